// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the branches of a parallel ended: one letter each, and the index of the one that failed first (-1: none). Recorded as
 * {@code {"ends":"CFX","first":1}}.
 *
 * @param ends one letter for each branch
 * @param first the index, from 0, of the branch that failed first; -1 if none did
 */
public record Join(String ends, int first) {
    /** The letter of a branch that completed. */
    public static final char COMPLETED = 'C';

    /** The letter of a branch that failed. */
    public static final char FAILED = 'F';

    /** The letter of a branch that a sibling's failure ended. */
    public static final char CANCELLED = 'X';

    /** The letter of a branch that ended since the workflow was cancelled. */
    public static final char ENDED_WITH_WORKFLOW = 'W';

    private static final Pattern JSON = Pattern.compile("\\{\"ends\":\"([CFXW]*)\",\"first\":(-?\\d+)}");

    /**
     * Reads what a parallel recorded.
     *
     * @param recorded a parallel's row in a final status
     * @return its join
     */
    public static Join parse(StepRecord recorded) {
        String output = Objects.requireNonNull(recorded.output(), "a parallel's join");
        Matcher json = JSON.matcher(output);
        if (!json.matches()) {
            throw new IllegalStateException(
                    "Step %s recorded a join that cannot be read: %s".formatted(recorded.key(), output));
        }
        return new Join(json.group(1), Integer.parseInt(json.group(2)));
    }

    /**
     * Writes it as a row's output.
     *
     * @return what {@link #parse} reads
     */
    public String toJson() {
        return "{\"ends\":\"%s\",\"first\":%s}".formatted(ends, first);
    }

    /**
     * Whether a branch was cancelled.
     *
     * @param branch its index, from 0
     * @return true if a sibling's failure ended it
     */
    public boolean isCancelled(int branch) {
        return ends.charAt(branch) == CANCELLED;
    }

    /**
     * Whether any branch ended since the workflow was cancelled.
     *
     * @return true if one did; then so did the parallel
     */
    public boolean hasEndedWithWorkflow() {
        return ends.indexOf(ENDED_WITH_WORKFLOW) >= 0;
    }

    /**
     * Whether any branch was cancelled.
     *
     * @return true if one was
     */
    public boolean hasCancelled() {
        return ends.indexOf(CANCELLED) >= 0;
    }
}
