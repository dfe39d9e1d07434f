// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rows to records, and records to the parameters of the statements that write them. */
final class Rows {
    private Rows() {}

    static WorkflowRecord workflow(ResultSet row) throws SQLException {
        return new WorkflowRecord(
                row.getString("id"),
                new WorkflowType(row.getString("name"), row.getInt("version")),
                WorkflowStatus.valueOf(row.getString("status")),
                row.getString("input"),
                row.getString("input_hash"),
                row.getString("output"),
                row.getString("failure"),
                row.getString("attention"),
                row.getLong("epoch"),
                row.getString("executor_id"),
                instantOrNull(row, "due_at"),
                row.getLong("wake_seq"),
                row.getInt("strikes"),
                instant(row.getLong("created_at")),
                instantOrNull(row, "finished_at"));
    }

    static StepRecord step(ResultSet row) throws SQLException {
        String resolution = row.getString("resolution");
        return new StepRecord(
                row.getString("workflow_id"),
                new StepKey(row.getString("scope"), row.getInt("sequence"), row.getString("name")),
                CallKind.valueOf(row.getString("kind")),
                StepStatus.valueOf(row.getString("status")),
                row.getLong("epoch"),
                row.getInt("attempt"),
                row.getInt("zombies"),
                resolution == null ? null : Resolution.valueOf(resolution),
                row.getInt("branches"),
                row.getString("serialized_output"),
                row.getString("failure"),
                instant(row.getLong("first_started_at")),
                instant(row.getLong("started_at")),
                instant(row.getLong("recorded_at")),
                instantOrNull(row, "next_at"));
    }

    /** The row that a claim leaves, told from the one it found. */
    static WorkflowRecord claimed(WorkflowRecord w, String executorId) {
        return new WorkflowRecord(
                w.id(),
                w.type(),
                WorkflowStatus.RUNNING,
                w.input(),
                w.inputHash(),
                null,
                null,
                null,
                w.epoch() + 1,
                executorId,
                null,
                w.wakeSeq(),
                w.strikes(),
                w.createdAt(),
                null);
    }

    /** For {@link Sql#insertWorkflow}. */
    static @Nullable Object[] inserted(Create create, String executorId, long clockOffset) {
        boolean claimed = create.start() == Create.Start.CLAIMED;
        NewWorkflow workflow = create.workflow();
        Finish end = create.end();
        WorkflowStatus status = end != null ? end.status() : claimed ? WorkflowStatus.RUNNING : WorkflowStatus.DUE;
        return new @Nullable Object[] {
            workflow.id(),
            workflow.type().name(),
            workflow.type().version(),
            status.name(),
            workflow.input(),
            workflow.inputHash(),
            end == null ? null : outputOf(end),
            end == null ? null : failureOf(end),
            end == null ? null : attentionOf(end),
            claimed ? 1L : 0L,
            claimed && end == null ? executorId : null,
            status == WorkflowStatus.DUE,
            clockOffset,
            micros(workflow.createdAt()),
            end == null ? null : finishedAt(end)
        };
    }

    /** For {@link Sql#insertStep}. */
    static @Nullable Object[] inserted(StepRecord step) {
        StepKey key = step.key();
        Object[] place = {step.workflowId(), key.stepId(), key.sequence(), key.scope(), key.name()};
        return joined(place, state(step));
    }

    /** For {@link Sql#replaceStep}. */
    static @Nullable Object[] replacing(StepRecord step) {
        return joined(
                state(step),
                new Object[] {step.workflowId(), step.key().stepId(), step.key().sequence()});
    }

    /** For {@link Sql#succeedStep}. */
    static @Nullable Object[] succeeding(StepRecord step) {
        Object[] condition = {
            step.epoch(), step.epoch(), step.attempt(), step.attempt(), step.status() != StepStatus.STARTED
        };
        return joined(replacing(step), condition);
    }

    private static @Nullable Object[] state(StepRecord step) {
        Resolution resolution = step.resolution();
        return new @Nullable Object[] {
            step.kind().name(),
            step.status().name(),
            step.epoch(),
            step.attempt(),
            step.zombies(),
            resolution == null ? null : resolution.name(),
            step.branches(),
            step.output(),
            step.failure(),
            micros(step.firstStartedAt()),
            micros(step.startedAt()),
            micros(step.recordedAt()),
            step.nextAt() == null ? null : micros(step.nextAt())
        };
    }

    static @Nullable String outputOf(Finish finish) {
        return finish.status() == WorkflowStatus.COMPLETED ? finish.content() : null;
    }

    static @Nullable String failureOf(Finish finish) {
        return finish.status() == WorkflowStatus.FAILED || finish.status() == WorkflowStatus.CANCELLED
                ? finish.content()
                : null;
    }

    static @Nullable String attentionOf(Finish finish) {
        return finish.status() == WorkflowStatus.NEEDS_ATTENTION ? finish.content() : null;
    }

    static @Nullable Long finishedAt(Finish finish) {
        return finish.status().isFinal() ? micros(finish.finishedAt()) : null;
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? null : instant(micros);
    }

    private static @Nullable Object[] joined(@Nullable Object[] one, @Nullable Object[] other) {
        @Nullable Object[] all = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, all, one.length, other.length);
        return all;
    }
}
