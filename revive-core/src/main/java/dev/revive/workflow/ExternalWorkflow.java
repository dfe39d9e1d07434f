// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

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

    /**
     * Has the other workflow cancelled, a child that nobody waits for any more, say: a durable call, a step named {@code Cancel} and its id. It is waited for,
     * and heard once; how the other one ends is not waited for. See {@link WorkflowRef#cancel}.
     *
     * @param reason for people, and for the other workflow's code, at most 4,000 characters of it; may be null
     * @return false if there is no such workflow, or it has ended: nothing was done then. This is recorded, and the same in every replay
     */
    boolean cancel(@Nullable String reason);

    /**
     * Ends the other workflow as it stands, without clean-up: a durable call, a step named {@code Terminate} and its id. See {@link WorkflowRef#terminate}.
     *
     * @param reason for people, at most 4,000 characters of it; may be null
     * @return false if there is no such workflow, or it has ended: nothing was done then. This is recorded, and the same in every replay
     */
    boolean terminate(@Nullable String reason);
}
