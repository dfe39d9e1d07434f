// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of the workflow table without its payloads: what a list shows, however long inputs and outputs are.
 *
 * @param id the caller's id
 * @param type name and version
 * @param status where it stands
 * @param epoch raised by every claim; 0 before the first
 * @param executorId who runs it; null unless RUNNING
 * @param dueAt when it may be claimed; null unless DUE
 * @param wakeSeq raised by everything that wakes it up
 * @param strikes how often in a row its run ended in an {@link Error} or with its process, without one newly recorded outcome
 * @param createdAt the engine's stamp of its start
 * @param finishedAt when it reached its final status; null before
 */
public record WorkflowSummary(
        String id,
        WorkflowType type,
        WorkflowStatus status,
        long epoch,
        @Nullable String executorId,
        @Nullable Instant dueAt,
        long wakeSeq,
        int strikes,
        Instant createdAt,
        @Nullable Instant finishedAt) {
    /** Checks what is never null. */
    public WorkflowSummary {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(status, "status");
    }

    /**
     * A row without its payloads.
     *
     * @param row the whole row
     * @return the rest of it
     */
    public static WorkflowSummary of(WorkflowRecord row) {
        return new WorkflowSummary(
                row.id(),
                row.type(),
                row.status(),
                row.epoch(),
                row.executorId(),
                row.dueAt(),
                row.wakeSeq(),
                row.strikes(),
                row.createdAt(),
                row.finishedAt());
    }
}
