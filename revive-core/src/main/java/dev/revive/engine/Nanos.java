// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import java.time.Duration;

/** Durations as nanoseconds for deadlines, without overflow: more than a hundred years, either way, is a hundred years. */
final class Nanos {
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Nanos() {}

    static long of(Duration duration) {
        if (duration.compareTo(LONGEST) > 0) {
            return LONGEST.toNanos();
        }
        return duration.compareTo(LONGEST.negated()) < 0 ? -LONGEST.toNanos() : duration.toNanos();
    }

    /** The monotonic time after this duration. */
    static long after(Duration duration) {
        return System.nanoTime() + of(duration);
    }
}
