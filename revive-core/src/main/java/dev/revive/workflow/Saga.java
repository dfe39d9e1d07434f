// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Steps that are undone if what follows fails, see {@link WorkflowContext#saga}. It belongs to the thread of its context and is over when its block has
 * returned or thrown.
 */
public interface Saga {
    /** Ten attempts, the first pauses short, then longer ones: compensations should not give up early. */
    StepOptions PERSISTENT = StepOptions.defaults().retry(RetryPolicy.upTo(10));

    /**
     * Makes a step, and remembers how to undo it. One of which it is not known whether it happened is undone, too: that was cut off by a cancellation, took too
     * long or is otherwise in doubt; an interrupted effect that has not returned by its grace may even happen after that. One that is known to have failed is not.
     *
     * <pre>{@code
     * Hotel hotel = saga.step(
     *         Step.of("Book Hotel", Hotel.class, attempt -> hotels.book(attempt.idempotencyKey())),
     *         undo -> hotels.cancel(undo.idempotencyKey()));
     * }</pre>
     *
     * @param step the step
     * @param compensation undoes it: a step itself, named "Undo " and the step's name, with up to ten attempts
     * @param <T> the type of its result
     * @return what it returned
     * @throws StepFailedException as {@link WorkflowContext#step(Step)} does
     * @throws IllegalStateException after the end of the saga
     */
    default <T extends @Nullable Object> T step(Step<T> step, Compensation<? super T> compensation) {
        return step(step, PERSISTENT, compensation);
    }

    /**
     * Makes a step, and remembers how to undo it, with options for that.
     *
     * @param step the step
     * @param undoing how the compensation is tried
     * @param compensation undoes it
     * @param <T> the type of its result
     * @return what it returned
     * @throws StepFailedException as {@link WorkflowContext#step(Step)} does
     * @throws IllegalStateException after the end of the saga
     */
    <T extends @Nullable Object> T step(Step<T> step, StepOptions undoing, Compensation<? super T> compensation);

    /**
     * Remembers a block that undoes what was done in another way, by a child or a signal, say. It is no call; if it is run, a call "Undo" comes first.
     *
     * @param block its calls are made in their turn, shielded
     * @throws IllegalStateException after the end of the saga
     */
    void compensate(ShieldedBlock<? extends Exception> block);
}
