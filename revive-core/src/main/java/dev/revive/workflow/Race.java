// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Branches of which the first decides: {@code ctx.parallel(First.toEnd()).of(a, b)}. Good for one call. The others are cut off, each at its first call that is
 * not recorded, with a {@link CancelledException}; what it cleans up then is waited for.
 *
 * <p>Which was first is recorded before any of them hears of it, and is the same in every run. Between its calls one branch runs at a time, so a message that a
 * branch receives as its last call is not lost to another that ends in the same moment.
 */
public interface Race {
    /**
     * Runs the branches until one of them decides.
     *
     * @param branches one or more
     * @param <T> the type of their values
     * @return the winner's value
     * @throws ParallelFailedException if the branch that decides failed, or all did
     * @throws IllegalArgumentException if there is none
     */
    <T extends @Nullable Object> T any(List<? extends Branch<? extends T>> branches);

    /**
     * Runs one branch for each item until one of them decides.
     *
     * @param items one or more; the list is read once, now
     * @param branch what runs for each
     * @param <I> the items' type
     * @param <T> the type of the values
     * @return the winner's value
     * @throws ParallelFailedException if the branch that decides failed, or all did
     * @throws IllegalArgumentException if there is none
     */
    default <I extends @Nullable Object, T extends @Nullable Object> T each(
            List<? extends I> items, ItemBranch<? super I, ? extends T> branch) {
        List<Branch<T>> branches = new ArrayList<>(items.size());
        for (I item : items) {
            branches.add(context -> branch.run(context, item));
        }
        return any(branches);
    }

    /**
     * Runs two branches until one of them decides.
     *
     * @param first the first branch
     * @param second the second branch
     * @param <T> the type of their values
     * @return the winner's value
     * @throws ParallelFailedException if the branch that decides failed, or all did
     */
    default <T extends @Nullable Object> T of(Branch<? extends T> first, Branch<? extends T> second) {
        return any(List.of(first, second));
    }

    /**
     * Runs three branches until one of them decides.
     *
     * @param first the first branch
     * @param second the second branch
     * @param third the third branch
     * @param <T> the type of their values
     * @return the winner's value
     * @throws ParallelFailedException if the branch that decides failed, or all did
     */
    default <T extends @Nullable Object> T of(
            Branch<? extends T> first, Branch<? extends T> second, Branch<? extends T> third) {
        return any(List.of(first, second, third));
    }

    /**
     * Runs four branches until one of them decides.
     *
     * @param first the first branch
     * @param second the second branch
     * @param third the third branch
     * @param fourth the fourth branch
     * @param <T> the type of their values
     * @return the winner's value
     * @throws ParallelFailedException if the branch that decides failed, or all did
     */
    default <T extends @Nullable Object> T of(
            Branch<? extends T> first,
            Branch<? extends T> second,
            Branch<? extends T> third,
            Branch<? extends T> fourth) {
        return any(List.of(first, second, third, fourth));
    }

    /**
     * Runs five branches until one of them decides.
     *
     * @param first the first branch
     * @param second the second branch
     * @param third the third branch
     * @param fourth the fourth branch
     * @param fifth the fifth branch
     * @param <T> the type of their values
     * @return the winner's value
     * @throws ParallelFailedException if the branch that decides failed, or all did
     */
    default <T extends @Nullable Object> T of(
            Branch<? extends T> first,
            Branch<? extends T> second,
            Branch<? extends T> third,
            Branch<? extends T> fourth,
            Branch<? extends T> fifth) {
        return any(List.of(first, second, third, fourth, fifth));
    }
}
