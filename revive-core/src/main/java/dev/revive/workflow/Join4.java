// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Joins the values of 4 branches.
 *
 * @param <A> the first value's type
 * @param <B> the second value's type
 * @param <C> the third value's type
 * @param <D> the fourth value's type
 * @param <R> the joined type
 */
@FunctionalInterface
public interface Join4<
        A extends @Nullable Object,
        B extends @Nullable Object,
        C extends @Nullable Object,
        D extends @Nullable Object,
        R extends @Nullable Object> {
    /**
     * Makes one value of 4.
     *
     * @param first the first branch's value
     * @param second the second branch's value
     * @param third the third branch's value
     * @param fourth the fourth branch's value
     * @return the joined value
     */
    R apply(A first, B second, C third, D fourth);
}
