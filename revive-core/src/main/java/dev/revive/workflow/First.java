// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/**
 * How a race runs, for {@link WorkflowContext#parallel(First)}.
 *
 * @param name the name its row is stored under, 1 to 200 characters
 * @param isToSucceed whether branches that fail are passed over as long as another may complete
 * @param maxConcurrency how many branches run at a time at most; 1 or more
 */
public record First(String name, boolean isToSucceed, int maxConcurrency) {
    /** Checks the name and the bound. */
    public First {
        Names.name("parallel's name", name);
        if (maxConcurrency < 1) {
            throw new IllegalArgumentException("maxConcurrency must be 1 or more, not " + maxConcurrency + ".");
        }
    }

    /**
     * The first branch that ends decides: its value is the race's, its failure too.
     *
     * @return named "first", as many at a time as there are
     */
    public static First toEnd() {
        return new First("first", false, Integer.MAX_VALUE);
    }

    /**
     * The first branch that completes decides. The race fails if all of them do.
     *
     * @return named "first", as many at a time as there are
     */
    public static First toSucceed() {
        return new First("first", true, Integer.MAX_VALUE);
    }

    /**
     * The same under another name.
     *
     * @param name 1 to 200 characters
     * @return a copy
     */
    public First named(String name) {
        return new First(name, isToSucceed, maxConcurrency);
    }

    /**
     * The same, but at most so many branches at a time: with 1 they are tried one after the other.
     *
     * @param branches 1 or more
     * @return a copy
     */
    public First atMost(int branches) {
        return new First(name, isToSucceed, branches);
    }
}
