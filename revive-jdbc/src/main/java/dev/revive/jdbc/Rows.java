// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.ExecutorRecord;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.StepSummary;
import dev.revive.store.WorkflowCounts;
import dev.revive.store.WorkflowExcerpt;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowSummary;
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
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Rows to records, and records to the parameters of the statements that write them. */
final class Rows {
    private Rows() {}

    /** Of a row that begins with the columns of a workflow. By their places: a driver that looks for names takes as long for that as for the rest. */
    static WorkflowRecord workflow(ResultSet row) throws SQLException {
        return new WorkflowRecord(
                row.getString(1),
                new WorkflowType(row.getString(2), row.getInt(3)),
                WorkflowStatus.valueOf(row.getString(4)),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getLong(10),
                row.getString(11),
                instantOrNull(row, 12),
                row.getLong(13),
                row.getInt(14),
                instant(row.getLong(15)),
                instantOrNull(row, 16));
    }

    /** Of a row of a list for people. */
    static WorkflowSummary summary(ResultSet row) throws SQLException {
        return new WorkflowSummary(
                row.getString(1),
                new WorkflowType(row.getString(2), row.getInt(3)),
                WorkflowStatus.valueOf(row.getString(4)),
                row.getLong(5),
                row.getString(6),
                instantOrNull(row, 7),
                row.getLong(8),
                row.getInt(9),
                instant(row.getLong(10)),
                instantOrNull(row, 11));
    }

    static WorkflowCounts.Group group(ResultSet row) throws SQLException {
        return new WorkflowCounts.Group(row.getString(1), WorkflowStatus.valueOf(row.getString(2)), row.getInt(3));
    }

    static StepSummary stepSummary(ResultSet row) throws SQLException {
        return new StepSummary(step(row), row.getInt(18));
    }

    /** Of a row of {@link Sql#excerpt}. */
    static WorkflowExcerpt excerpt(ResultSet row) throws SQLException {
        return new WorkflowExcerpt(workflow(row), row.getInt(17), row.getInt(18));
    }

    static long number(ResultSet row) throws SQLException {
        return row.getLong(1);
    }

    /** All columns one after the other. */
    static String joined(ResultSet row) throws SQLException {
        StringJoiner columns = new StringJoiner(" ");
        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
            columns.add(String.valueOf(row.getString(column)));
        }
        return columns.toString();
    }

    /** A lease means nothing where every seat lives as long as its process. */
    static ExecutorRecord executor(ResultSet row, boolean exclusive) throws SQLException {
        Instant leaseUntil = instant(row.getLong(7));
        Instant seenAt = instant(row.getLong(8));
        boolean alive = row.getBoolean(4) && (exclusive || seenAt.isBefore(leaseUntil));
        return new ExecutorRecord(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                alive,
                instant(row.getLong(5)),
                exclusive ? null : instant(row.getLong(6)),
                exclusive ? null : leaseUntil,
                seenAt);
    }

    /** Of a row that begins with the columns of a step. */
    static StepRecord step(ResultSet row) throws SQLException {
        return step(row.getString(1), row);
    }

    /** The same, of a workflow whose id is known. */
    static StepRecord step(String workflowId, ResultSet row) throws SQLException {
        String resolution = row.getString(10);
        return new StepRecord(
                workflowId,
                new StepKey(row.getString(2), row.getInt(3), row.getString(4)),
                CallKind.valueOf(row.getString(5)),
                StepStatus.valueOf(row.getString(6)),
                row.getLong(7),
                row.getInt(8),
                row.getInt(9),
                resolution == null ? null : Resolution.valueOf(resolution),
                row.getInt(11),
                row.getString(12),
                row.getString(13),
                instant(row.getLong(14)),
                instant(row.getLong(15)),
                instant(row.getLong(16)),
                instantOrNull(row, 17));
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
        return joined(state(step), key(step));
    }

    /** The parameters that find a step. */
    static @Nullable Object[] key(StepRecord step) {
        return new Object[] {step.workflowId(), step.key().stepId(), step.key().sequence()};
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

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static @Nullable Instant instantOrNull(ResultSet row, int column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? null : instant(micros);
    }

    private static @Nullable Object[] joined(@Nullable Object[] one, @Nullable Object[] other) {
        @Nullable Object[] all = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, all, one.length, other.length);
        return all;
    }
}
