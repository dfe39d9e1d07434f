// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * One line of the report: what was measured, and whether it is enough.
 *
 * @param work what was done
 * @param subject what is judged
 * @param against what it is compared with; null if the goal is a value and no ratio
 * @param goal for {@link #value}
 */
record Finding(String work, Series subject, @Nullable Series against, Goal goal) {
    /** The subject's median as a multiple of the other's. */
    static Finding ratio(String work, Series subject, Series against, Goal goal) {
        return new Finding(work, subject, against, goal);
    }

    /** The subject's median itself. */
    static Finding absolute(String work, Series subject, Goal goal) {
        return new Finding(work, subject, null, goal);
    }

    double value() {
        return against == null ? subject.median() : subject.median() / against.median();
    }

    boolean isReached() {
        return goal.isReachedBy(value());
    }

    String verdict() {
        return isReached() ? "PASS" : "MISS";
    }
}
