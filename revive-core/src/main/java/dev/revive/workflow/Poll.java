// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How often a workflow looks at the world, for how long, and what it waits to see.
 *
 * <pre>{@code
 * Poll.every(Duration.ofMinutes(5)).upTo(Duration.ofDays(7)).until(Status::isFinal)
 * }</pre>
 *
 * @param pace the pause from the end of one look to the beginning of the next
 * @param limit the bound on all looks together, or null for none
 * @param until whether what a look saw is what is waited for; pure, like all code between durable calls
 * @param <T> the type of what is seen
 */
public record Poll<T extends @Nullable Object>(
        Duration pace, @Nullable Duration limit, Predicate<? super T> until) {
    /** Checks that the durations are positive. More than 36,500 days is that many. */
    public Poll {
        pace = Spans.positive("every", pace);
        limit = Spans.positiveOrNone("upTo", limit);
        Objects.requireNonNull(until, "until");
    }

    /**
     * With this pause between two looks.
     *
     * @param pause more than zero; from the end of one look to the beginning of the next
     * @return the pace, without a limit
     */
    public static Pace every(Duration pause) {
        return new Pace(pause, null);
    }

    /**
     * A poll that does not yet know what it waits for.
     *
     * @param pause the pause from the end of one look to the beginning of the next
     * @param limit the bound on all looks together, or null for none
     */
    public record Pace(Duration pause, @Nullable Duration limit) {
        /** Checks that the durations are positive. More than 36,500 days is that many. */
        public Pace {
            pause = Spans.positive("every", pause);
            limit = Spans.positiveOrNone("upTo", limit);
        }

        /**
         * With this bound on all looks together, counted from the beginning of the first, crashes and pauses included. When it is reached there is one
         * more look, and then a {@link PollTimedOutException}.
         *
         * @param limit more than zero
         * @return a copy
         */
        public Pace upTo(Duration limit) {
            return new Pace(pause, Objects.requireNonNull(limit, "upTo"));
        }

        /**
         * Waits for this.
         *
         * @param condition whether what a look saw, be it null, is what is waited for. Pure: it may be asked about the same look again after a crash,
         *     and a replay does not ask it at all
         * @param <T> the type of what is seen
         * @return the poll
         */
        public <T extends @Nullable Object> Poll<T> until(Predicate<? super T> condition) {
            return new Poll<>(pause, limit, condition);
        }
    }
}
