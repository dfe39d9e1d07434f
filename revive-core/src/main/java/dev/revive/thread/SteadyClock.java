// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

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
    private final AtomicReference<Reading> last =
            new AtomicReference<>(new Reading(Instant.MIN, Duration.ZERO, System.nanoTime()));

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
        return read().time();
    }

    /**
     * How far it is ahead of the clock that it follows.
     *
     * @return zero unless that was set back
     */
    public Duration ahead() {
        return read().ahead();
    }

    /** Every step asks, so nobody waits here for another. */
    private Reading read() {
        while (true) {
            Reading before = last.get();
            Reading next = before.followedBy(followed.instant(), System.nanoTime());
            if (last.compareAndSet(before, next)) {
                return next;
            }
        }
    }

    /**
     * What it showed.
     *
     * @param ahead of the clock that it follows
     * @param nanos by {@link System#nanoTime}
     */
    private record Reading(Instant time, Duration ahead, long nanos) {
        Reading followedBy(Instant other, long now) {
            if (!other.isBefore(time)) {
                return new Reading(other, Duration.ZERO, now);
            }
            long passed = now - nanos;
            Instant counted = time.plusNanos(passed - passed / WAITS_ONE_IN);
            return new Reading(counted, Duration.between(other, counted), now);
        }
    }
}
