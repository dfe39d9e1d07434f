// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** Another workflow, by its id, as a workflow sees it. Belongs to the scope that asked for it. */
public interface ExternalWorkflow {
    /**
     * The other workflow's id.
     *
     * @return its id; that it exists is not checked
     */
    String id();

    /**
     * Sends a signal: a durable call. It and its arrival are one transaction, so it arrives exactly once, whatever crashes. It is waited for.
     *
     * @param signal its name and type
     * @param value what it carries, not null; the same in every run
     * @param <T> the type
     * @throws SignalNotDeliveredException if there is no such workflow, or it has ended: this is recorded, and the same in every replay
     * @throws SerializationException if the value cannot be written as JSON, or not be read back
     */
    <T> void signal(Signal<T> signal, T value);
}
