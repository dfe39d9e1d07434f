// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * What is asked of Revive in a transaction of the caller's: done once that is committed, and not at all if it is rolled back. Got from {@code
 * revive.in(connection)}; used by one thread at a time, like its connection, and not after the transaction.
 *
 * <p>What cannot be done, since an id is taken by another workflow or a workflow has ended, cannot be told to a caller who has committed: it is in the log, once, and
 * stays in the outbox until a person has looked. In {@code revive.transact} it is thrown, and all is rolled back.
 */
public interface Outbox {
    /**
     * Starts a workflow once the transaction is committed. Starting the same id with the same input again does nothing.
     *
     * @param workflow its type, registered with the engine
     * @param id the caller's idempotency key, 1 to 255 characters
     * @param input the input, which may be null
     * @param <I> the input's type
     * @throws UnknownWorkflowException if it is not registered here
     * @throws SerializationException if the input cannot be written as JSON, or not be read back
     * @throws IllegalStateException if the connection commits each statement by itself, is read-only, or is none that Revive can write on
     * @throws dev.revive.store.StoreException if the database refuses it, saying what to do: roll back then
     */
    default <I extends @Nullable Object> void start(Workflow<I, ?> workflow, String id, I input) {
        start(workflow, id, input, StartOptions.defaults());
    }

    /**
     * Starts a workflow once the transaction is committed, with options. A timeout counts from this call.
     *
     * @param workflow its type
     * @param id the caller's idempotency key, 1 to 255 characters
     * @param input the input, which may be null
     * @param options what to do if it exists, and who runs it
     * @param <I> the input's type
     * @throws UnknownWorkflowException if it is not registered here and does not run elsewhere
     * @throws SerializationException if the input cannot be written as JSON, or not be read back
     * @throws IllegalStateException if the connection commits each statement by itself, is read-only, or is none that Revive can write on
     * @throws dev.revive.store.StoreException if the database refuses it, saying what to do: roll back then
     */
    <I extends @Nullable Object> void start(Workflow<I, ?> workflow, String id, I input, StartOptions options);

    /**
     * Sends a signal to a workflow once the transaction is committed: once, however often its delivery has to be tried.
     *
     * @param id the workflow's id
     * @param signal the signal's name and type
     * @param value what it carries, not null
     * @param <T> the type of what it carries
     * @throws SerializationException if the value cannot be written as JSON, or not be read back
     * @throws IllegalStateException if the connection commits each statement by itself, is read-only, or is none that Revive can write on
     * @throws dev.revive.store.StoreException if the database refuses it, saying what to do: roll back then
     */
    default <T> void signal(String id, Signal<T> signal, T value) {
        signal(id, signal, value, SignalOptions.defaults());
    }

    /**
     * Sends a signal to a workflow once the transaction is committed, with options.
     *
     * @param id the workflow's id
     * @param signal the signal's name and type
     * @param value what it carries, not null
     * @param options under which idempotency key it is sent
     * @param <T> the type of what it carries
     * @throws SerializationException if the value cannot be written as JSON, or not be read back
     * @throws IllegalStateException if the connection commits each statement by itself, is read-only, or is none that Revive can write on
     * @throws dev.revive.store.StoreException if the database refuses it, saying what to do: roll back then
     */
    <T> void signal(String id, Signal<T> signal, T value, SignalOptions options);

    /**
     * Sends a signal to a workflow once the transaction is committed, and starts it first if there is none under this id.
     *
     * @param workflow its type, registered with the engine
     * @param id its id
     * @param input the input, which may be null; ignored if the workflow is there
     * @param signal the signal's name and type
     * @param value what it carries, not null
     * @param <I> the input's type
     * @param <T> the type of what it carries
     * @throws UnknownWorkflowException if it is not registered here
     * @throws SerializationException if the input or the value cannot be written as JSON, or not be read back
     * @throws IllegalStateException if the connection commits each statement by itself, is read-only, or is none that Revive can write on
     * @throws dev.revive.store.StoreException if the database refuses it, saying what to do: roll back then
     */
    default <I extends @Nullable Object, T> void startAndSignal(
            Workflow<I, ?> workflow, String id, I input, Signal<T> signal, T value) {
        startAndSignal(workflow, id, input, StartOptions.defaults(), signal, value, SignalOptions.defaults());
    }

    /**
     * Sends a signal to a workflow once the transaction is committed, and starts it first if there is none under this id, with options.
     *
     * @param workflow its type
     * @param id its id
     * @param input the input, which may be null; ignored if the workflow is there
     * @param options who runs it; what they say of a workflow that exists is ignored
     * @param signal the signal's name and type
     * @param value what it carries, not null
     * @param how under which idempotency key it is sent
     * @param <I> the input's type
     * @param <T> the type of what it carries
     * @throws UnknownWorkflowException if it is not registered here and does not run elsewhere
     * @throws SerializationException if the input or the value cannot be written as JSON, or not be read back
     * @throws IllegalStateException if the connection commits each statement by itself, is read-only, or is none that Revive can write on
     * @throws dev.revive.store.StoreException if the database refuses it, saying what to do: roll back then
     */
    <I extends @Nullable Object, T> void startAndSignal(
            Workflow<I, ?> workflow,
            String id,
            I input,
            StartOptions options,
            Signal<T> signal,
            T value,
            SignalOptions how);
}
