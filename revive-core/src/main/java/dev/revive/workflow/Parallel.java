// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A parallel with options: {@code ctx.parallel(ParallelOptions.defaults().cancelSiblings()).of(a, b, join)}. Good for one call. */
public interface Parallel {
    /**
     * Runs the branches and waits for them all.
     *
     * @param branches the branches; an empty list is a parallel of none
     * @param <T> the type of their values
     * @return the branches' values in their order; a value may be null
     * @throws ParallelFailedException if a branch failed
     * @throws IllegalStateException if the options say how many are enough, or may fail: ask for {@link #outcomes}
     */
    <T extends @Nullable Object> List<T> all(List<? extends Branch<? extends T>> branches);

    /**
     * Runs one branch for each item and tells of each what became of it, as its failures are tolerated. It waits for all, unless {@link
     * ParallelOptions#enough} or {@link ParallelOptions#tolerate} says that it is decided before: then the others are cut off, see {@link CancelledException}.
     *
     * <pre>{@code
     * List<Outcome<Quote>> quotes = ctx.parallel(ParallelOptions.defaults().atMost(20).enough(7)).outcomes(shops, (b, shop) -> b.step(...));
     * }</pre>
     *
     * @param items the items; the list is read once, now
     * @param branch what runs for each
     * @param <I> the items' type
     * @param <T> the type of the values
     * @return the outcomes in the items' order
     * @throws ParallelFailedException if more branches failed than are tolerated, or too few can complete
     */
    <I extends @Nullable Object, T extends @Nullable Object> List<Outcome<T>> outcomes(
            List<? extends I> items, ItemBranch<? super I, ? extends T> branch);

    /**
     * Runs one branch for each item and waits for them all.
     *
     * @param items the items; the list is read once, now
     * @param branch what runs for each
     * @param <I> the items' type
     * @param <T> the type of the values
     * @return the values in the items' order; a value may be null
     * @throws ParallelFailedException if a branch failed
     */
    default <I extends @Nullable Object, T extends @Nullable Object> List<T> each(
            List<? extends I> items, ItemBranch<? super I, ? extends T> branch) {
        List<Branch<T>> branches = new ArrayList<>(items.size());
        for (I item : items) {
            branches.add(context -> branch.run(context, item));
        }
        return all(branches);
    }

    /**
     * Runs two branches and joins their values.
     *
     * @param first the first branch
     * @param second the second branch
     * @param join makes one value of theirs; pure, like all code between durable calls
     * @param <A> the first value's type
     * @param <B> the second value's type
     * @param <R> the joined type
     * @return the joined value
     * @throws ParallelFailedException if a branch failed
     */
    @SuppressWarnings("unchecked") // each value comes from the branch of its own type
    default <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> R of(
            Branch<? extends A> first, Branch<? extends B> second, BiFunction<? super A, ? super B, ? extends R> join) {
        List<@Nullable Object> values = all(List.of(first, second));
        return join.apply((A) values.get(0), (B) values.get(1));
    }

    /**
     * Runs three branches and joins their values.
     *
     * @param first the first branch
     * @param second the second branch
     * @param third the third branch
     * @param join makes one value of theirs; pure, like all code between durable calls
     * @param <A> the first value's type
     * @param <B> the second value's type
     * @param <C> the third value's type
     * @param <R> the joined type
     * @return the joined value
     * @throws ParallelFailedException if a branch failed
     */
    @SuppressWarnings("unchecked") // each value comes from the branch of its own type
    default <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            R of(
                    Branch<? extends A> first,
                    Branch<? extends B> second,
                    Branch<? extends C> third,
                    Join3<? super A, ? super B, ? super C, ? extends R> join) {
        List<@Nullable Object> values = all(List.of(first, second, third));
        return join.apply((A) values.get(0), (B) values.get(1), (C) values.get(2));
    }

    /**
     * Runs four branches and joins their values.
     *
     * @param first the first branch
     * @param second the second branch
     * @param third the third branch
     * @param fourth the fourth branch
     * @param join makes one value of theirs; pure, like all code between durable calls
     * @param <A> the first value's type
     * @param <B> the second value's type
     * @param <C> the third value's type
     * @param <D> the fourth value's type
     * @param <R> the joined type
     * @return the joined value
     * @throws ParallelFailedException if a branch failed
     */
    @SuppressWarnings("unchecked") // each value comes from the branch of its own type
    default <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    R extends @Nullable Object>
            R of(
                    Branch<? extends A> first,
                    Branch<? extends B> second,
                    Branch<? extends C> third,
                    Branch<? extends D> fourth,
                    Join4<? super A, ? super B, ? super C, ? super D, ? extends R> join) {
        List<@Nullable Object> values = all(List.of(first, second, third, fourth));
        return join.apply((A) values.get(0), (B) values.get(1), (C) values.get(2), (D) values.get(3));
    }

    /**
     * Runs five branches and joins their values.
     *
     * @param first the first branch
     * @param second the second branch
     * @param third the third branch
     * @param fourth the fourth branch
     * @param fifth the fifth branch
     * @param join makes one value of theirs; pure, like all code between durable calls
     * @param <A> the first value's type
     * @param <B> the second value's type
     * @param <C> the third value's type
     * @param <D> the fourth value's type
     * @param <E> the fifth value's type
     * @param <R> the joined type
     * @return the joined value
     * @throws ParallelFailedException if a branch failed
     */
    @SuppressWarnings("unchecked") // each value comes from the branch of its own type
    default <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    R extends @Nullable Object>
            R of(
                    Branch<? extends A> first,
                    Branch<? extends B> second,
                    Branch<? extends C> third,
                    Branch<? extends D> fourth,
                    Branch<? extends E> fifth,
                    Join5<? super A, ? super B, ? super C, ? super D, ? super E, ? extends R> join) {
        List<@Nullable Object> values = all(List.of(first, second, third, fourth, fifth));
        return join.apply(
                (A) values.get(0), (B) values.get(1), (C) values.get(2), (D) values.get(3), (E) values.get(4));
    }
}
