// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static dev.revive.jdbc.ColumnType.BIGINT;
import static dev.revive.jdbc.ColumnType.BOOLEAN;
import static dev.revive.jdbc.ColumnType.INTEGER;
import static dev.revive.jdbc.ColumnType.JSON;
import static dev.revive.jdbc.ColumnType.text;

import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Release;
import dev.revive.store.ParentCall;
import dev.revive.store.WorkflowDraft;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.WorkflowStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of the workflow table, for every statement and every reader. A new one is one line here, and one in the migrations. */
final class WorkflowTable {
    /** All but {@code due_at}, which is the database's to say. */
    private static final Fields<WorkflowRecord, WorkflowDraft> ROW = new Fields<WorkflowRecord, WorkflowDraft>()
            .and("id", text(255), WorkflowRecord::id, (w, row, at) -> w.id(row.getString(at)))
            .and("name", text(200), w -> w.type().name(), (w, row, at) -> w.type(type(row, at)))
            .and("version", INTEGER, w -> w.type().version(), (w, row, at) -> {}) // read with the name
            .and(
                    "status",
                    text(20),
                    w -> w.status().name(),
                    (w, row, at) -> w.status(Rows.known(row.getString(at), WorkflowStatus.UNKNOWN)))
            .and("input", JSON, WorkflowRecord::input, (w, row, at) -> w.input(row.getString(at)))
            .and("input_hash", text(64), WorkflowRecord::inputHash, (w, row, at) -> w.inputHash(row.getString(at)))
            .and("output", JSON, WorkflowRecord::output, (w, row, at) -> w.output(row.getString(at)))
            .and("failure", JSON, WorkflowRecord::failure, (w, row, at) -> w.failure(row.getString(at)))
            .and("attention", JSON, WorkflowRecord::attention, (w, row, at) -> w.attention(row.getString(at)))
            .and("epoch", BIGINT, WorkflowRecord::epoch, (w, row, at) -> w.epoch(row.getLong(at)))
            .and("executor_id", text(64), WorkflowRecord::executorId, (w, row, at) -> w.executorId(row.getString(at)))
            .and("wake_seq", BIGINT, WorkflowRecord::wakeSeq, (w, row, at) -> w.wakeSeq(row.getLong(at)))
            .and("strikes", INTEGER, WorkflowRecord::strikes, (w, row, at) -> w.strikes(row.getInt(at)))
            .and(
                    "created_at",
                    BIGINT,
                    w -> Rows.micros(w.createdAt()),
                    (w, row, at) -> w.createdAt(Rows.instant(row.getLong(at))))
            .and(
                    "finished_at",
                    BIGINT,
                    w -> Rows.microsOrNull(w.finishedAt()),
                    (w, row, at) -> w.finishedAt(Rows.instantOrNull(row, at)))
            .and(
                    "deadline_at",
                    BIGINT,
                    w -> Rows.microsOrNull(w.deadline()),
                    (w, row, at) -> w.deadline(Rows.instantOrNull(row, at)))
            .and(
                    "parent_id",
                    text(255),
                    w -> w.parent() == null ? null : w.parent().workflowId(),
                    (w, row, at) -> w.parent(parent(row, at)))
            .and(
                    "parent_call",
                    text(255),
                    w -> w.parent() == null ? null : w.parent().call(),
                    (w, row, at) -> {}); // read with the id

    /** As {@link #inserted} begins. */
    static final Columns WRITTEN = ROW.columns();

    /** As {@link #read} reads them. */
    static final Columns READ = WRITTEN.and("due_at", BIGINT);

    /** As {@link #inserted} has their values. */
    static final Columns INSERTED = WRITTEN.and("is_due", BOOLEAN).and("clock_offset", BIGINT);

    /** Of {@link Sql#tell}, which asks for the clock twice: it becomes due now, unless it was before. */
    static final Columns TOLD = Columns.none()
            .and("wake_seq", BIGINT)
            .and("is_awaited", BOOLEAN)
            .and("clock_offset", BIGINT)
            .and("same_offset", BIGINT)
            .and("id", text(255));

    /** As {@link #finishing} has their values. */
    static final Columns FINISHED = Columns.none()
            .and("status", text(20))
            .and("output", JSON)
            .and("failure", JSON)
            .and("attention", JSON)
            .and("finished_at", BIGINT)
            .and("id", text(255))
            .and("executor_id", text(64))
            .and("epoch", BIGINT);

    /** As {@link #releasing} has their values. */
    static final Columns RELEASED = Columns.none()
            .and("is_timed", BOOLEAN)
            .and("clock_offset", BIGINT)
            .and("delay", BIGINT)
            .and("strike", BOOLEAN)
            .and("waits_for", JSON)
            .and("id", text(255))
            .and("executor_id", text(64))
            .and("epoch", BIGINT)
            .and("in_any_case", BOOLEAN)
            .and("wake_seq", BIGINT);

    private WorkflowTable() {}

    /** Of a row that begins with these columns. */
    static WorkflowRecord read(ResultSet row) throws SQLException {
        WorkflowDraft draft = new WorkflowDraft();
        ROW.read(draft, row, 1);
        return draft.dueAt(Rows.instantOrNull(row, READ.count())).build();
    }

    /** For {@link Sql#insertWorkflow}. */
    static @Nullable Object[] inserted(Create create, String executorId, long clockOffset) {
        WorkflowRecord row = create.row(executorId);
        List<@Nullable Object> values = new ArrayList<>();
        Collections.addAll(values, ROW.values(row));
        values.add(row.status() == WorkflowStatus.DUE);
        values.add(clockOffset);
        return values.toArray();
    }

    /** For {@link Sql#finish}. */
    static @Nullable Object[] finishing(Finish finish, String executorId) {
        return new @Nullable Object[] {
            finish.status().name(),
            finish.output(),
            finish.failure(),
            finish.attention(),
            Rows.microsOrNull(finish.overAt()),
            finish.workflowId(),
            executorId,
            finish.epoch()
        };
    }

    /** For {@link Sql#release}. */
    static @Nullable Object[] releasing(Release release, String executorId, long clockOffset) {
        Duration delay = release.delay();
        Long wakeSeq = release.ifWakeSeq();
        return new @Nullable Object[] {
            delay != null,
            clockOffset,
            delay == null ? 0L : delay.toNanos() / 1_000,
            release.strike(),
            release.waitsFor() == null ? null : JsonArrays.of(release.waitsFor()),
            release.workflowId(),
            executorId,
            release.epoch(),
            wakeSeq == null,
            wakeSeq == null ? 0L : wakeSeq
        };
    }

    /** Of a row whose parent's id is at this place, and then the call. */
    static @Nullable ParentCall parent(ResultSet row, int at) throws SQLException {
        String id = row.getString(at);
        return id == null ? null : ParentCall.of(id, row.getString(at + 1));
    }

    private static WorkflowType type(ResultSet row, int at) throws SQLException {
        return new WorkflowType(row.getString(at), row.getInt(at + 1));
    }
}
