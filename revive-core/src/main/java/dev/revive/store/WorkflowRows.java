// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a workflow's row looks after each change: what the in-memory store puts in its map, and SQL says elsewhere. */
final class WorkflowRows {
    private WorkflowRows() {}

    static WorkflowRecord created(Operation.Create create, String executorId, Instant now) {
        WorkflowRecord row = create.row(executorId);
        return row.status() == WorkflowStatus.DUE ? row.change().dueAt(now).build() : row;
    }

    static WorkflowRecord claimed(WorkflowRecord w, String executorId) {
        return w.change().heldBy(executorId, w.epoch() + 1).build();
    }

    static WorkflowRecord due(WorkflowRecord w, @Nullable Instant dueAt, int strikes) {
        return inNobodysHands(w)
                .status(WorkflowStatus.DUE)
                .dueAt(dueAt)
                .strikes(strikes)
                .build();
    }

    /** A person woke it up, so its strikes are forgiven. */
    static WorkflowRecord woken(WorkflowRecord w, Instant now) {
        return due(w, now, 0).change().attention(null).wakeSeq(w.wakeSeq() + 1).build();
    }

    /** A person had it retried: its next life. */
    static WorkflowRecord retried(WorkflowRecord w, Instant lastBegan, Instant now) {
        Instant deadline = w.deadline();
        return due(w, now, 0)
                .change()
                .deadline(deadline == null ? null : now.plus(Duration.between(lastBegan, deadline)))
                .failure(null)
                .finishedAt(null)
                .epoch(w.epoch() + 1)
                .wakeSeq(w.wakeSeq() + 1)
                .build();
    }

    /** Something happened that it may wait for. */
    static WorkflowRecord bumped(WorkflowRecord w, Instant now) {
        return told(w, true, now);
    }

    /**
     * A message has come for it.
     *
     * @param isAwaited whether it is to be due now, if it is DUE
     */
    static WorkflowRecord told(WorkflowRecord w, boolean isAwaited, Instant now) {
        boolean isEarlier = w.dueAt() == null || now.isBefore(w.dueAt());
        Instant dueAt = w.status() == WorkflowStatus.DUE && isAwaited && isEarlier ? now : w.dueAt();
        return w.change().dueAt(dueAt).wakeSeq(w.wakeSeq() + 1).build();
    }

    static WorkflowRecord terminated(WorkflowRecord w, String why, Instant at) {
        return inNobodysHands(w)
                .status(WorkflowStatus.TERMINATED)
                .failure(why)
                .attention(null)
                .finishedAt(at)
                .build();
    }

    static WorkflowRecord paused(WorkflowRecord w) {
        return inNobodysHands(w).status(WorkflowStatus.PAUSED).build();
    }

    static WorkflowRecord finished(WorkflowRecord w, Operation.Finish finish) {
        return inNobodysHands(w)
                .status(finish.status())
                .output(finish.output())
                .failure(finish.failure())
                .attention(finish.attention())
                .finishedAt(finish.overAt())
                .build();
    }

    private static WorkflowDraft inNobodysHands(WorkflowRecord w) {
        return w.change().executorId(null).dueAt(null);
    }
}
