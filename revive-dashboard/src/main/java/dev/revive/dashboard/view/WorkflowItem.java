// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import dev.revive.store.WorkflowSummary;
import dev.revive.workflow.WorkflowStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A workflow in a list.
 *
 * @param id the caller's id
 * @param name the workflow's name
 * @param version its version
 * @param status where it stands
 * @param epoch raised by every claim
 * @param executorId who runs it, or null
 * @param createdAt when it was started
 * @param finishedAt when it ended, or null
 * @param dueAt when it may be claimed, or null
 * @param strikes how often in a row its run ended badly
 */
public record WorkflowItem(
        String id,
        String name,
        int version,
        WorkflowStatus status,
        long epoch,
        @Nullable String executorId,
        Instant createdAt,
        @Nullable Instant finishedAt,
        @Nullable Instant dueAt,
        int strikes) {
    static WorkflowItem of(WorkflowSummary w) {
        return new WorkflowItem(
                w.id(),
                w.type().name(),
                w.type().version(),
                w.status(),
                w.epoch(),
                w.executorId(),
                w.createdAt(),
                w.finishedAt(),
                w.dueAt(),
                w.strikes());
    }
}
