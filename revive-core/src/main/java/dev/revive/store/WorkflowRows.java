// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a workflow's row looks after each change: what the in-memory store puts in its map, and SQL says elsewhere. */
final class WorkflowRows {
    private WorkflowRows() {}

    static WorkflowRecord created(Operation.Create create, String executorId, Instant now) {
        boolean claimed = create.start() == Operation.Create.Start.CLAIMED;
        NewWorkflow workflow = create.workflow();
        WorkflowRecord row = new WorkflowRecord(
                workflow.id(),
                workflow.type(),
                claimed ? WorkflowStatus.RUNNING : WorkflowStatus.DUE,
                workflow.input(),
                workflow.inputHash(),
                null,
                null,
                null,
                claimed ? 1 : 0,
                claimed ? executorId : null,
                claimed ? null : now,
                0,
                0,
                workflow.createdAt(),
                null);
        return create.end() == null ? row : finished(row, create.end());
    }

    /** How a created row stands once its whole batch is written. */
    static WorkflowRecord afterAll(WorkflowRecord created, List<Operation> batch) {
        WorkflowRecord row = created;
        for (Operation operation : batch) {
            if (operation instanceof Operation.Finish finish
                    && finish.workflowId().equals(row.id())) {
                row = finished(row, finish);
            } else if (operation instanceof Operation.Release
                    && operation.workflowId().equals(row.id())) {
                row = due(row, null, 0);
            }
        }
        return row;
    }

    /** Whether a row under the same id is this operation's own, found when its batch is written again. One left DUE may have gone on since. */
    static boolean isWrittenBy(Operation.Create create, WorkflowRecord after, WorkflowRecord recorded) {
        return after.type().equals(recorded.type())
                && Objects.equals(after.inputHash(), recorded.inputHash())
                && Objects.equals(after.createdAt(), recorded.createdAt())
                && (create.start() == Operation.Create.Start.DUE
                        || (after.epoch() == recorded.epoch()
                                && Objects.equals(after.executorId(), recorded.executorId())
                                && endTheSame(after, recorded)));
    }

    static WorkflowRecord claimed(WorkflowRecord w, String executorId) {
        return with(w, WorkflowStatus.RUNNING, null, w.epoch() + 1, executorId, null, w.wakeSeq(), w.strikes(), null);
    }

    static WorkflowRecord due(WorkflowRecord w, @Nullable Instant dueAt, int strikes) {
        return with(w, WorkflowStatus.DUE, null, w.epoch(), null, dueAt, w.wakeSeq(), strikes, null);
    }

    /** A person woke it up, so its strikes are forgiven. */
    static WorkflowRecord woken(WorkflowRecord w, Instant now) {
        return with(w, WorkflowStatus.DUE, null, w.epoch(), null, now, w.wakeSeq() + 1, 0, null);
    }

    /** A person had it retried: its next life. */
    static WorkflowRecord retried(WorkflowRecord w, Instant now) {
        return with(w, WorkflowStatus.DUE, null, w.epoch() + 1, null, now, w.wakeSeq() + 1, 0, null);
    }

    /** Something happened that it may wait for. */
    static WorkflowRecord bumped(WorkflowRecord w, Instant now) {
        boolean isEarlier = w.dueAt() == null || now.isBefore(w.dueAt());
        Instant dueAt = w.status() == WorkflowStatus.DUE && isEarlier ? now : w.dueAt();
        return with(w, w.status(), null, w.epoch(), w.executorId(), dueAt, w.wakeSeq() + 1, w.strikes(), null);
    }

    static WorkflowRecord finished(WorkflowRecord w, Operation.Finish finish) {
        Instant finishedAt = finish.status().isFinal() ? finish.finishedAt() : null;
        return with(w, finish.status(), finish.content(), w.epoch(), null, null, w.wakeSeq(), w.strikes(), finishedAt);
    }

    static boolean endTheSame(WorkflowRecord one, WorkflowRecord other) {
        return one.status() == other.status()
                && Objects.equals(one.output(), other.output())
                && Objects.equals(one.failure(), other.failure())
                && Objects.equals(one.attention(), other.attention());
    }

    private static WorkflowRecord with(
            WorkflowRecord w,
            WorkflowStatus status,
            @Nullable String content,
            long epoch,
            @Nullable String executorId,
            @Nullable Instant dueAt,
            long wakeSeq,
            int strikes,
            @Nullable Instant finishedAt) {
        return new WorkflowRecord(
                w.id(),
                w.type(),
                status,
                w.input(),
                w.inputHash(),
                status == WorkflowStatus.COMPLETED ? content : null,
                status == WorkflowStatus.FAILED || status == WorkflowStatus.CANCELLED ? content : null,
                status == WorkflowStatus.NEEDS_ATTENTION ? content : null,
                epoch,
                executorId,
                dueAt,
                wakeSeq,
                strikes,
                w.createdAt(),
                finishedAt);
    }
}
