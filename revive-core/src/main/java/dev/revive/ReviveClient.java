// SPDX-License-Identifier: Apache-2.0
package dev.revive;

import dev.revive.client.Outsider;
import dev.revive.client.StoredAwakeable;
import dev.revive.client.StoredRef;
import dev.revive.codec.Payloads;
import dev.revive.workflow.Decision;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowId;
import dev.revive.workflow.WorkflowRef;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Signals, asks and decides from a process that runs no workflows: a web application, a message consumer, a program of the operators. It keeps no connection,
 * has no lease and claims nothing. Open it with {@link Revive.Builder#openClient}. To start workflows takes a {@link Revive}, of which
 * {@code StartOptions.defaults().runElsewhere()} asks for no more than to write the start.
 *
 * <p>It is told of nothing, so {@link WorkflowHandle#result()} looks for the end a few times a second, less often the more are waited for.
 *
 * <p>In a workflow's function it is for steps only, as everything outside, and refuses the rest with an {@link IllegalStateException}; {@code ctx.workflow(id).signal} is
 * exactly once.
 *
 * <p>Safe for use by many threads.
 */
public final class ReviveClient implements AutoCloseable {
    private final Outsider outsider;

    ReviveClient(Outsider outsider) {
        this.outsider = outsider;
    }

    /**
     * A handle for a workflow that was started before.
     *
     * @param workflow its type
     * @param id its id
     * @param <O> the output's type
     * @return the handle; that the workflow exists shows when it is used
     */
    public <O extends @Nullable Object> WorkflowHandle<O> handle(Workflow<?, O> workflow, String id) {
        Objects.requireNonNull(workflow, "workflow");
        return outsider.client().handle(workflow, WorkflowId.valid(id), new AtomicReference<>());
    }

    /**
     * A workflow by its id, whatever its type: to signal, cancel, terminate, pause and resume it.
     *
     * @param id its id
     * @return what can be done to it from outside; that it exists shows when it is used
     */
    public WorkflowRef workflow(String id) {
        return new StoredRef(outsider.client(), WorkflowId.valid(id));
    }

    /**
     * Completes an awakeable, as {@link Revive#complete(String, Object)} does.
     *
     * @param awakeableId its {@link dev.revive.workflow.Awakeable#id}
     * @param value a value of the awakeable's type, not null, of a class without type arguments
     * @throws dev.revive.workflow.CompletionNotDeliveredException if there is no awakeable with this id, or its workflow has ended
     * @throws dev.revive.workflow.AwakeableCompletedException if it was completed or failed before, otherwise than now
     * @throws dev.revive.workflow.SerializationException if the value cannot be written as JSON, or not be read back, or has type arguments
     * @throws dev.revive.workflow.CompletionOutcomeUnknownException if the store did not answer in time
     * @throws dev.revive.workflow.EngineStoppedException if this client is closed, or was meanwhile: then it may be completed
     */
    public void complete(String awakeableId, Object value) {
        Objects.requireNonNull(awakeableId, "awakeableId");
        Payloads.requireValue(value);
        new StoredAwakeable(outsider.client(), awakeableId).complete(value);
    }

    /**
     * Completes an awakeable with a value of a type that has type arguments, or is another than the value's class.
     *
     * @param awakeableId its {@link dev.revive.workflow.Awakeable#id}
     * @param value a value of the awakeable's type, not null
     * @param type that type
     * @param <T> that type
     * @throws dev.revive.workflow.CompletionNotDeliveredException if there is no awakeable with this id, or its workflow has ended
     * @throws dev.revive.workflow.AwakeableCompletedException if it was completed or failed before, otherwise than now
     * @throws dev.revive.workflow.SerializationException if the value cannot be written as JSON, or not be read back
     * @throws dev.revive.workflow.CompletionOutcomeUnknownException if the store did not answer in time
     * @throws dev.revive.workflow.EngineStoppedException if this client is closed, or was meanwhile: then it may be completed
     */
    public <T> void complete(String awakeableId, T value, TypeRef<T> type) {
        Objects.requireNonNull(awakeableId, "awakeableId");
        Payloads.requireValue(value);
        Objects.requireNonNull(type, "type");
        new StoredAwakeable(outsider.client(), awakeableId).complete(value, type);
    }

    /**
     * Fails an awakeable, as {@link Revive#fail} does.
     *
     * @param awakeableId its {@link dev.revive.workflow.Awakeable#id}
     * @param reason for people, and for the workflow to decide by; cut at 4,000 characters
     * @throws dev.revive.workflow.CompletionNotDeliveredException if there is no awakeable with this id, or its workflow has ended
     * @throws dev.revive.workflow.AwakeableCompletedException if it was completed or failed before, otherwise than now
     * @throws dev.revive.workflow.CompletionOutcomeUnknownException if the store did not answer in time
     * @throws dev.revive.workflow.EngineStoppedException if this client is closed, or was meanwhile: then it may be completed
     */
    public void fail(String awakeableId, String reason) {
        Objects.requireNonNull(awakeableId, "awakeableId");
        Objects.requireNonNull(reason, "reason");
        new StoredAwakeable(outsider.client(), awakeableId).fail(reason);
    }

    /**
     * Gives a failed workflow another life, as {@link Revive#retry} does.
     *
     * @param id its id
     * @return false if there is none, if it has not failed, or if it failed since its time was up
     * @throws dev.revive.workflow.RetryRefusedException if a saga's compensation followed the call that would be asked for again, or a branch was
     *     cut off and has cleaned up since
     * @throws dev.revive.workflow.EngineStoppedException if this client is closed, or was meanwhile: then it may be done
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer within {@link Revive.Builder#startTimeout}; it may do it all the
     *     same
     */
    public boolean retry(String id) {
        return outsider.client().retry(WorkflowId.valid(id));
    }

    /**
     * Records what a person found out about a step that may or may not have happened, and lets its workflow go on, as {@link Revive#decide} does.
     *
     * @param id the workflow, which needs attention
     * @param step the step in doubt, from {@link WorkflowHandle#steps()}
     * @param decision what became of it
     * @return false if the workflow does not need attention, or the step is no longer as it was seen
     * @throws dev.revive.workflow.EngineStoppedException if this client is closed, or was meanwhile: then it may be done
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer within {@link Revive.Builder#startTimeout}; it may do it all the
     *     same
     */
    public boolean decide(String id, StepInfo step, Decision decision) {
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(decision, "decision");
        return outsider.client().decide(WorkflowId.valid(id), step, decision);
    }

    /** Whoever waits hears that it is closed; the store is closed, too. Takes no longer than ten seconds, whatever the store does. */
    @Override
    public void close() {
        outsider.close();
    }
}
