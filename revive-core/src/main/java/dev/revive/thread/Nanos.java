// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

import java.time.Duration;

/** Durations as nanoseconds for deadlines, without overflow: more than a hundred years, either way, is a hundred years. */
public final class Nanos {
    /** As good as for ever. */
    public static final long LONGEST = Duration.ofDays(36_500).toNanos();

    private static final Duration MOST = Duration.ofNanos(LONGEST);

    private Nanos() {}

    public static long of(Duration duration) {
        if (duration.compareTo(MOST) > 0) {
            return LONGEST;
        }
        return duration.compareTo(MOST.negated()) < 0 ? -LONGEST : duration.toNanos();
    }

    /** What is left until a monotonic time; zero if it is over. */
    public static Duration until(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    /** The monotonic time after this duration. */
    public static long after(Duration duration) {
        return System.nanoTime() + of(duration);
    }
}
