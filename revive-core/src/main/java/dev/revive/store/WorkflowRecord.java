// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of the workflow table.
 *
 * @param id the caller's id
 * @param type name and version
 * @param status where it stands
 * @param input the input as JSON
 * @param inputHash SHA-256 of the canonical input, in hexadecimal
 * @param output the result as JSON; null unless COMPLETED
 * @param failure the failure as JSON; null unless FAILED, CANCELLED or TERMINATED
 * @param attention the report as JSON; null unless NEEDS_ATTENTION
 * @param epoch raised by every claim; 0 before the first
 * @param executorId who runs it; null unless RUNNING
 * @param dueAt when it may be claimed; null unless DUE
 * @param wakeSeq raised by everything that wakes it up
 * @param strikes how often in a row its run ended in an {@link Error} or with its process, without one newly recorded outcome
 * @param createdAt the engine's stamp of its start
 * @param finishedAt when it reached its final status; null before
 * @param deadline when it is cancelled if it has not ended; null: never
 * @param parent the call of another workflow that started it; null if none did
 */
public record WorkflowRecord(
        String id,
        WorkflowType type,
        WorkflowStatus status,
        String input,
        String inputHash,
        @Nullable String output,
        @Nullable String failure,
        @Nullable String attention,
        long epoch,
        @Nullable String executorId,
        @Nullable Instant dueAt,
        long wakeSeq,
        int strikes,
        Instant createdAt,
        @Nullable Instant finishedAt,
        @Nullable Instant deadline,
        @Nullable ParentCall parent) {
    /** Checks what is never null. */
    public WorkflowRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(input, "input");
    }

    /**
     * A workflow that has just been started, to be described further.
     *
     * @param workflow what was started
     * @return DUE at no time, at epoch 0
     */
    public static WorkflowDraft of(NewWorkflow workflow) {
        return new WorkflowDraft()
                .id(workflow.id())
                .type(workflow.type())
                .input(workflow.input())
                .inputHash(workflow.inputHash())
                .createdAt(workflow.createdAt())
                .deadline(workflow.deadline())
                .parent(workflow.parent());
    }

    /**
     * Another state of the same workflow.
     *
     * @return the same in all columns, to be changed
     */
    public WorkflowDraft change() {
        return new WorkflowDraft()
                .id(id)
                .type(type)
                .status(status)
                .input(input)
                .inputHash(inputHash)
                .output(output)
                .failure(failure)
                .attention(attention)
                .epoch(epoch)
                .executorId(executorId)
                .dueAt(dueAt)
                .wakeSeq(wakeSeq)
                .strikes(strikes)
                .createdAt(createdAt)
                .finishedAt(finishedAt)
                .deadline(deadline)
                .parent(parent);
    }

    /**
     * Whether it is in an executor's hands.
     *
     * @param executor the executor's id
     * @param atEpoch the epoch of its claim
     * @return true if it is RUNNING there at that epoch
     */
    public boolean isHeldBy(String executor, long atEpoch) {
        return status == WorkflowStatus.RUNNING && epoch == atEpoch && executor.equals(executorId);
    }
}
