// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at, or waits for, one workflow from outside. Safe for use by many threads. Must not be used in a workflow: what it answers is not
 * recorded. A step may look at another workflow, and take its result if it has ended; it must not wait for one.
 *
 * <p>A workflow that a transaction of the application's has asked for is there moments after the commit: whoever asks for its status, attention or
 * result waits until it is, for half of {@code Builder.startTimeout} at most.
 *
 * @param <O> the type of the workflow's result
 */
public interface WorkflowHandle<O extends @Nullable Object> {
    /**
     * The workflow's id.
     *
     * @return as given at its start
     */
    String id();

    /**
     * Where the workflow stands, read from the store.
     *
     * @return its status
     * @throws WorkflowNotFoundException if there is none with this id
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer within the engine's {@code startTimeout}
     * @throws WaitInterruptedException if the calling thread is interrupted; its interrupt flag is set again
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    WorkflowStatus status();

    /**
     * The recorded calls, ordered by scope and sequence, read from the store.
     *
     * @return empty if nothing is recorded
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer within the engine's {@code startTimeout}
     * @throws WaitInterruptedException if the calling thread is interrupted; its interrupt flag is set again
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    List<StepInfo> steps();

    /**
     * Why it needs attention.
     *
     * @return empty if it does not
     * @throws WorkflowNotFoundException if there is none with this id
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer within the engine's {@code startTimeout}
     * @throws WaitInterruptedException if the calling thread is interrupted; its interrupt flag is set again
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    Optional<Attention> attention();

    /**
     * Waits for the result, for as long as it takes.
     *
     * @return the result, which may be null
     * @throws WorkflowFailedException if the workflow failed
     * @throws WorkflowNeedsAttentionException at once, if it cannot go on without a person
     * @throws WorkflowNotFoundException if there is none with this id
     * @throws SerializationException if the result cannot be read as this handle's type
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer
     * @throws EngineStoppedException if this engine stops before the workflow has finished
     * @throws WaitInterruptedException if the waiting thread is interrupted; its interrupt flag is set again
     * @throws IllegalStateException if called in a workflow, outside its steps; or in a step, and the other workflow has not ended
     */
    @Nullable
    O result();

    /**
     * Waits for the result, but not longer than this.
     *
     * @param timeout how long to wait at most; zero or less asks the store, and waits for its answer only
     * @return the result, which may be null
     * @throws ResultTimeoutException if it has not finished by then: it goes on all the same, or is paused, which the message says
     * @throws WorkflowFailedException if the workflow failed
     * @throws WorkflowNeedsAttentionException at once, if it cannot go on without a person
     * @throws WorkflowNotFoundException if there is none with this id
     * @throws SerializationException if the result cannot be read as this handle's type
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer
     * @throws EngineStoppedException if this engine stops before the workflow has finished
     * @throws WaitInterruptedException if the waiting thread is interrupted; its interrupt flag is set again
     * @throws IllegalStateException if called in a workflow, outside its steps; or in a step, and the other workflow has not ended
     */
    @Nullable
    O result(Duration timeout);
}
