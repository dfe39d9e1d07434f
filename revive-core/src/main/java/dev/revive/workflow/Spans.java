// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Durations as they are taken in: not negative, and no longer than anything can count, so that nobody further inside can overflow. */
final class Spans {
    /** For ever, as far as clocks and databases can count. */
    static final Duration LONGEST = Duration.ofDays(36_500);

    private Spans() {}

    static Duration notNegative(String what, Duration duration) {
        Objects.requireNonNull(duration, what);
        if (duration.isNegative()) {
            throw new IllegalArgumentException(what + " must not be negative: " + duration);
        }
        return bounded(duration);
    }

    static @Nullable Duration positiveOrNone(String what, @Nullable Duration duration) {
        return duration == null ? null : positive(what, duration);
    }

    static Duration positive(String what, Duration duration) {
        Objects.requireNonNull(duration, what);
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " must be more than zero: " + duration);
        }
        return bounded(duration);
    }

    static Duration bounded(Duration duration) {
        return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }
}
