// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.store.Join;
import dev.revive.workflow.Branch;
import dev.revive.workflow.First;
import dev.revive.workflow.ItemBranch;
import dev.revive.workflow.Outcome;
import dev.revive.workflow.Parallel;
import dev.revive.workflow.ParallelOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The family of {@code parallel()}: one fork, by different rules of its join, and what the caller is told of that. */
final class Forks implements Parallel {
    /** Makes the call. */
    interface Fork {
        <T extends @Nullable Object> ParallelCall.Joined<T> run(
                String name, JoinRule rule, int maxConcurrency, List<? extends Branch<? extends T>> branches);
    }

    private final Fork fork;
    private final ParallelOptions options;

    Forks(Fork fork, ParallelOptions options) {
        this.fork = fork;
        this.options = options;
    }

    @Override
    public <T extends @Nullable Object> List<T> all(List<? extends Branch<? extends T>> branches) {
        List<? extends Branch<? extends T>> copy = List.copyOf(branches);
        if (options.enough().isPresent() || options.tolerance() != null) {
            throw new IllegalStateException(
                    "This parallel says how many branches are enough, or may fail; then not all have a value. Ask for outcomes(...), which tells of each.");
        }
        JoinRule rule = JoinRule.all(copy.size(), options);
        return Collections.unmodifiableList(this.<T>run(rule, copy).values());
    }

    @Override
    public <I extends @Nullable Object, T extends @Nullable Object> List<Outcome<T>> outcomes(
            List<? extends I> items, ItemBranch<? super I, ? extends T> branch) {
        Objects.requireNonNull(branch, "branch");
        List<Branch<T>> branches = new ArrayList<>(items.size());
        for (I item : items) {
            branches.add(context -> branch.run(context, item));
        }
        ParallelCall.Joined<T> joined = run(JoinRule.outcomes(branches.size(), options), branches);
        List<Outcome<T>> outcomes = new ArrayList<>(branches.size());
        for (int i = 0; i < branches.size(); i++) {
            outcomes.add(outcome(joined, i));
        }
        return Collections.unmodifiableList(outcomes);
    }

    private <T extends @Nullable Object> ParallelCall.Joined<T> run(
            JoinRule rule, List<? extends Branch<? extends T>> branches) {
        return fork.run(options.name(), rule, options.maxConcurrency(), branches);
    }

    @SuppressWarnings("NullAway") // null only if that is what the winner returned
    static <T extends @Nullable Object> T race(Fork fork, First options, List<? extends Branch<? extends T>> branches) {
        if (branches.isEmpty()) {
            throw new IllegalArgumentException(
                    "A race \"%s\" of no branches has no first. Give it one or more.".formatted(options.name()));
        }
        JoinRule rule = options.isToSucceed() ? JoinRule.firstToSucceed(branches.size()) : JoinRule.firstToEnd();
        ParallelCall.Joined<T> joined = fork.run(options.name(), rule, options.maxConcurrency(), branches);
        return joined.values().get(joined.join().first());
    }

    /** The block is the first branch, its timer the second, so a block that needs no time has it. */
    static <T extends @Nullable Object> Outcome<T> within(
            Fork fork, String name, Branch<? extends T> block, Branch<? extends @Nullable T> timer) {
        List<Branch<? extends @Nullable T>> branches = List.of(block, timer);
        ParallelCall.Joined<@Nullable T> joined = fork.run(name, JoinRule.within(), Integer.MAX_VALUE, branches);
        return outcome(joined, 0);
    }

    @SuppressWarnings("NullAway") // null only if that is what the branch returned
    private static <T extends @Nullable Object> Outcome<T> outcome(
            ParallelCall.Joined<? extends @Nullable T> joined, int branch) {
        return switch (joined.join().end(branch)) {
            case Join.COMPLETED -> new Outcome.Completed<>(joined.values().get(branch));
            case Join.FAILED ->
                new Outcome.Failed<>(Objects.requireNonNull(joined.failures().get(branch)));
            default -> new Outcome.CutOff<>();
        };
    }
}
