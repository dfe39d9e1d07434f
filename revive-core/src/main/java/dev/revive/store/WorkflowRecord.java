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
 * @param failure the failure as JSON; null unless FAILED or CANCELLED
 * @param attention the report as JSON; null unless NEEDS_ATTENTION
 * @param epoch raised by every claim; 0 before the first
 * @param executorId who runs it; null unless RUNNING
 * @param dueAt when it may be claimed; null unless DUE
 * @param wakeSeq raised by everything that wakes it up
 * @param strikes how often in a row its run ended in an {@link Error} or with its process, without one newly recorded outcome
 * @param createdAt the engine's stamp of its start
 * @param finishedAt when it reached its final status; null before
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
        @Nullable Instant finishedAt) {
    /** Checks what is never null. */
    public WorkflowRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(input, "input");
    }
}
