// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Objects;

/**
 * How a parallel runs.
 *
 * @param name the name its row is stored under, 1 to 200 characters
 * @param failurePolicy what happens to the siblings of a failing branch
 * @param maxConcurrency how many branches run at a time at most; 1 or more
 */
public record ParallelOptions(String name, FailurePolicy failurePolicy, int maxConcurrency) {
    private static final ParallelOptions DEFAULTS =
            new ParallelOptions("parallel", FailurePolicy.FINISH_SIBLINGS, Integer.MAX_VALUE);

    /** Checks the name and the bound. */
    public ParallelOptions {
        Names.name("parallel's name", name);
        Objects.requireNonNull(failurePolicy, "failurePolicy");
        if (maxConcurrency < 1) {
            throw new IllegalArgumentException("maxConcurrency must be 1 or more, not " + maxConcurrency + ".");
        }
    }

    /**
     * Named "parallel", siblings finish, as many at a time as there are.
     *
     * @return the defaults
     */
    public static ParallelOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The same under another name.
     *
     * @param name 1 to 200 characters
     * @return a copy
     */
    public ParallelOptions named(String name) {
        return new ParallelOptions(name, failurePolicy, maxConcurrency);
    }

    /**
     * The same, but a failing branch cancels its siblings.
     *
     * @return a copy
     */
    public ParallelOptions cancelSiblings() {
        return new ParallelOptions(name, FailurePolicy.CANCEL_SIBLINGS, maxConcurrency);
    }

    /**
     * The same, but at most so many branches at a time.
     *
     * @param branches 1 or more
     * @return a copy
     */
    public ParallelOptions atMost(int branches) {
        return new ParallelOptions(name, failurePolicy, branches);
    }
}
