// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A workflow, by its id, for those outside of it: what they can do to it, whatever its type. Safe for use by many threads.
 *
 * <p><strong>Nothing of it is part of the caller's transaction</strong>: each call commits by itself before it returns.
 */
public interface WorkflowRef {
    /**
     * The workflow's id.
     *
     * @return its id; that it exists is not checked
     */
    String id();

    /**
     * Sends a signal. It is durable when this returns, and waits for the workflow to {@linkplain WorkflowContext#await(Signal) receive} it: signals of
     * one name are received in the order in which they became durable, each once.
     *
     * @param signal its name and type
     * @param value what it carries, not null
     * @param <T> the type
     * @throws SignalNotDeliveredException if there is no such workflow, or it has ended
     * @throws SerializationException if the value cannot be written as JSON, or not be read back
     * @throws SignalOutcomeUnknownException if the store did not answer in time
     * @throws WaitInterruptedException if the calling thread is interrupted: it may have arrived
     * @throws EngineStoppedException if this engine is closed, or was while the signal was on its way: then it may have arrived
     * @throws IllegalStateException if called in a workflow, outside its steps: there, {@link WorkflowContext#workflow} sends signals
     */
    default <T> void signal(Signal<T> signal, T value) {
        signal(signal, value, SignalOptions.defaults());
    }

    /**
     * Sends a signal, with options.
     *
     * @param signal its name and type
     * @param value what it carries, not null
     * @param options under which idempotency key
     * @param <T> the type
     * @throws SignalNotDeliveredException if there is no such workflow, or it has ended, and none has arrived under this key
     * @throws SerializationException if the value cannot be written as JSON, or not be read back
     * @throws SignalOutcomeUnknownException if the store did not answer in time
     * @throws WaitInterruptedException if the calling thread is interrupted: it may have arrived
     * @throws EngineStoppedException if this engine is closed, or was while the signal was on its way: then it may have arrived
     * @throws IllegalStateException if called in a workflow, outside its steps: there, {@link WorkflowContext#workflow} sends signals
     */
    <T> void signal(Signal<T> signal, T value, SignalOptions options);

    /**
     * Has the workflow cancelled: in each of its scopes the first call without an outcome throws {@link CancelledException}, waits end at once, and the
     * code cleans up and lets that exception leave the function. It is durable when this returns, and delivered soon after; a step that is under way
     * ends by itself first. A workflow that needs attention or is paused goes on, to be cancelled. A second cancellation adds nothing to the first.
     *
     * @param reason for people, and for the workflow's code, at most 4,000 characters of it; may be null
     * @return false if there is no such workflow, or it has ended: nothing was done then
     * @throws IntentOutcomeUnknownException if the store did not answer in time: it may be asked again
     * @throws WaitInterruptedException if the calling thread is interrupted: it may have been heard
     * @throws EngineStoppedException if this engine is closed
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    boolean cancel(@Nullable String reason);

    /**
     * Ends the workflow as it stands: TERMINATED, without clean-up. No call of it begins once that is known where it runs, which this does not wait for;
     * what a step under way still does is not recorded. For what {@link #cancel} cannot end, since it costs the workflow its chance to put things right.
     *
     * @param reason for people, at most 4,000 characters of it; may be null
     * @return false if there is no such workflow, or it has ended: nothing was done then
     * @throws IntentOutcomeUnknownException if the store did not answer in time: it may be asked again
     * @throws WaitInterruptedException if the calling thread is interrupted: it may have been heard
     * @throws EngineStoppedException if this engine is closed
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    boolean terminate(@Nullable String reason);

    /**
     * Pauses the workflow: no call of it begins any more, until it is {@linkplain #resume resumed}; a step that is under way ends and is recorded.
     * Meanwhile its timers count on, and messages wait for it. It is durable when this returns, and PAUSED soon after. One that is being cancelled cleans
     * up all the same. One that needs attention goes on needing it, and is paused once somebody has decided about its step; its resumption takes both back.
     *
     * @param reason for people, at most 4,000 characters of it; may be null
     * @return false if there is no such workflow, or it has ended: nothing was done then
     * @throws IntentOutcomeUnknownException if the store did not answer in time: it may be asked again
     * @throws WaitInterruptedException if the calling thread is interrupted: it may have been heard
     * @throws EngineStoppedException if this engine is closed
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    boolean pause(@Nullable String reason);

    /**
     * Lets the workflow go on: one that is paused, or is to be, or needs attention.
     *
     * @return false if it is none of these, or there is no such workflow
     * @throws WaitInterruptedException if the calling thread is interrupted: it may have been done
     * @throws EngineStoppedException if this engine is closed, or was meanwhile: then it may be done
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    boolean resume();
}
