// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How a parallel runs.
 *
 * @param name the name its row is stored under, 1 to 200 characters
 * @param failurePolicy what happens to the siblings of a failing branch
 * @param maxConcurrency how many branches run at a time at most; 1 or more
 * @param needed how many completed branches are enough; 0 if all are wanted
 * @param tolerance how many may fail; null if that was not said
 */
public record ParallelOptions(
        String name,
        FailurePolicy failurePolicy,
        int maxConcurrency,
        int needed,
        @Nullable Tolerance tolerance) {
    private static final ParallelOptions DEFAULTS =
            new ParallelOptions("parallel", FailurePolicy.FINISH_SIBLINGS, Integer.MAX_VALUE, 0, null);

    /**
     * How many branches may fail.
     *
     * @param branches so many
     * @param share or this share of them all, from 0 to 1, rounded down; the greater counts
     */
    public record Tolerance(int branches, double share) {
        /** Checks that neither is negative. */
        public Tolerance {
            if (branches < 0) {
                throw new IllegalArgumentException("A parallel tolerates 0 failures or more, not " + branches + ".");
            }
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("A parallel tolerates a share from 0 to 1, not " + share + ".");
            }
        }
    }

    /** Checks the name and the bounds. */
    public ParallelOptions {
        Names.name("parallel's name", name);
        Objects.requireNonNull(failurePolicy, "failurePolicy");
        if (maxConcurrency < 1) {
            throw new IllegalArgumentException("maxConcurrency must be 1 or more, not " + maxConcurrency + ".");
        }
        if (needed < 0) {
            throw new IllegalArgumentException("needed must be 0 or more, not " + needed + ".");
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
        return new ParallelOptions(name, failurePolicy, maxConcurrency, needed, tolerance);
    }

    /**
     * The same, but a failing branch cancels its siblings.
     *
     * @return a copy
     */
    public ParallelOptions cancelSiblings() {
        return new ParallelOptions(name, FailurePolicy.CANCEL_SIBLINGS, maxConcurrency, needed, tolerance);
    }

    /**
     * The same, but at most so many branches at a time.
     *
     * @param branches 1 or more
     * @return a copy
     */
    public ParallelOptions atMost(int branches) {
        return new ParallelOptions(name, failurePolicy, branches, needed, tolerance);
    }

    /**
     * The same, but as soon as so many branches have completed, the others are cut off. It fails as soon as there cannot be so many any more. For {@link
     * Parallel#outcomes}.
     *
     * @param branches 1 or more; as many as there are, if there are fewer
     * @return a copy
     */
    public ParallelOptions enough(int branches) {
        if (branches < 1) {
            throw new IllegalArgumentException("enough(...) must be 1 or more, not " + branches + ".");
        }
        return new ParallelOptions(name, failurePolicy, maxConcurrency, branches, tolerance);
    }

    /**
     * The same, but it fails, and the others are cut off, as soon as more than so many branches have failed. For {@link Parallel#outcomes}.
     *
     * @param failures 0 or more
     * @return a copy
     */
    public ParallelOptions tolerate(int failures) {
        return new ParallelOptions(name, failurePolicy, maxConcurrency, needed, new Tolerance(failures, 0));
    }

    /**
     * The same, but it fails, and the others are cut off, as soon as more than this share of all branches have failed. For {@link Parallel#outcomes}.
     *
     * @param share from 0 to 1; of 10 branches 0.25 are 2
     * @return a copy
     */
    public ParallelOptions tolerateShare(double share) {
        return new ParallelOptions(name, failurePolicy, maxConcurrency, needed, new Tolerance(0, share));
    }

    /**
     * How many completed branches are enough.
     *
     * @return empty if all are wanted
     */
    public OptionalInt enough() {
        return needed == 0 ? OptionalInt.empty() : OptionalInt.of(needed);
    }

    /**
     * How many may fail.
     *
     * @param branches of so many
     * @return as many as there are, if nothing was said
     */
    public int toleratedOf(int branches) {
        return tolerance == null
                ? branches
                : Math.max(tolerance.branches(), (int) Math.floor(tolerance.share() * branches));
    }
}
