// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

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
}
