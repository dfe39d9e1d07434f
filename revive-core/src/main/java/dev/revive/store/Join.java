// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the branches of a parallel ended, or how they stood when it was decided: one letter each, and the index of the one that made the difference (-1: none
 * did). Recorded as {@code {"ends":"CFX","first":1}}.
 *
 * @param ends one letter for each branch
 * @param first the index, from 0, of the branch that won, or that failed first so that the parallel fails; -1 if all of them count
 */
public record Join(String ends, int first) {
    /** Of no branch in particular. */
    public static final int NONE = -1;

    /** The letter of a branch that completed. */
    public static final char COMPLETED = 'C';

    /** The letter of a branch that failed. */
    public static final char FAILED = 'F';

    /** The letter of a branch that was cut off, since the parallel was decided without it, and left with that. */
    public static final char CANCELLED = 'X';

    /** The letter of a branch that ended since the workflow, or a branch around the parallel, was cancelled. */
    public static final char ENDED_WITH_WORKFLOW = 'W';

    /** The letter of a branch that had not begun when the parallel was decided, and never will. */
    public static final char NOT_BEGUN = 'N';

    /** In a decision: the letter of a branch that was at work, and is cut off. */
    public static final char AT_WORK = 'R';

    private static final Pattern JSON = Pattern.compile("\\{\"ends\":\"([CFXWNR]*)\",\"first\":(-?\\d+)}");

    /**
     * Reads what a parallel recorded.
     *
     * @param recorded a parallel's row, DECIDED or in a final status
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
     * How a branch ended.
     *
     * @param branch its index, from 0
     * @return its letter
     */
    public char end(int branch) {
        return ends.charAt(branch);
    }

    /**
     * Whether the parallel fails.
     *
     * @return true if the branch that made the difference has failed
     */
    public boolean isFailure() {
        return first != NONE && end(first) == FAILED;
    }

    /**
     * Whether any branch ended with what is around the parallel.
     *
     * @return true if one did; then so did the parallel, unless it was decided
     */
    public boolean hasEndedWithWorkflow() {
        return ends.indexOf(ENDED_WITH_WORKFLOW) >= 0;
    }
}
