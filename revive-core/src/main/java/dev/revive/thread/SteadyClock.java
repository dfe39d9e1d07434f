// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A clock that is never set back. Where the one that it follows is, it goes on from where it was, by the JVM's monotonic time, and lets itself be
 * caught up with: of eight seconds it counts seven. So a wait that is reckoned by it ends though the clock was set back by an hour, and takes at most
 * a seventh longer. It follows at once when the other is set forward.
 *
 * <p>It knows of what happens while it lives, and only between two times that somebody asks it. Safe for use by many threads.
 */
public final class SteadyClock implements InstantSource {
    private static final int WAITS_ONE_IN = 8;

    private final InstantSource followed;
    private final ReentrantLock lock = new ReentrantLock();
    private Instant last = Instant.MIN;
    private long lastNanos = System.nanoTime();
    private Duration ahead = Duration.ZERO;

    /**
     * A clock that follows another.
     *
     * @param followed the system's, say
     */
    public SteadyClock(InstantSource followed) {
        this.followed = Objects.requireNonNull(followed, "followed");
    }

    @Override
    public Instant instant() {
        lock.lock();
        try {
            look();
            return last;
        } finally {
            lock.unlock();
        }
    }

    /**
     * How far it is ahead of the clock that it follows.
     *
     * @return zero unless that was set back
     */
    public Duration ahead() {
        lock.lock();
        try {
            look();
            return ahead;
        } finally {
            lock.unlock();
        }
    }

    private void look() {
        Instant other = followed.instant();
        long now = System.nanoTime();
        long passed = now - lastNanos;
        long counted = passed - passed / WAITS_ONE_IN;
        lastNanos = now;
        last = other.isBefore(last) ? last.plusNanos(counted) : other;
        ahead = Duration.between(other, last);
    }
}
