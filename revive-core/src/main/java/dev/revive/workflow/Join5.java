// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Joins the values of 5 branches.
 *
 * @param <A> the first value's type
 * @param <B> the second value's type
 * @param <C> the third value's type
 * @param <D> the fourth value's type
 * @param <E> the fifth value's type
 * @param <R> the joined type
 */
@FunctionalInterface
public interface Join5<
        A extends @Nullable Object,
        B extends @Nullable Object,
        C extends @Nullable Object,
        D extends @Nullable Object,
        E extends @Nullable Object,
        R extends @Nullable Object> {
    /**
     * Makes one value of 5.
     *
     * @param first the first branch's value
     * @param second the second branch's value
     * @param third the third branch's value
     * @param fourth the fourth branch's value
     * @param fifth the fifth branch's value
     * @return the joined value
     */
    R apply(A first, B second, C third, D fourth, E fifth);
}
