// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static dev.revive.jdbc.ColumnType.BIGINT;
import static dev.revive.jdbc.ColumnType.INTEGER;
import static dev.revive.jdbc.ColumnType.JSON;
import static dev.revive.jdbc.ColumnType.text;

import dev.revive.store.StepDraft;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.StepStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The columns of the step table, for every statement and every reader. A new one is one line here, and one in the migrations. */
final class StepTable {
    /** The primary key. */
    private static final Columns KEY = Columns.none()
            .and("workflow_id", text(255))
            .and("step_id", text(401))
            .and("sequence", INTEGER);

    /** What the step's id was put together from. */
    private static final Columns NAME = Columns.none().and("scope", text(200)).and("name", text(200));

    /** Those that a later state changes. */
    private static final Fields<StepRecord, StepDraft> STATE = new Fields<StepRecord, StepDraft>()
            .and(
                    "kind",
                    text(20),
                    s -> s.kind().name(),
                    (s, row, at) -> s.kind(Rows.known(row.getString(at), CallKind.UNKNOWN)))
            .and(
                    "status",
                    text(20),
                    s -> s.status().name(),
                    (s, row, at) -> s.status(Rows.known(row.getString(at), StepStatus.UNKNOWN)))
            .and("epoch", BIGINT, StepRecord::epoch, (s, row, at) -> s.epoch(row.getLong(at)))
            .and("attempt", INTEGER, StepRecord::attempt, (s, row, at) -> s.attempt(row.getInt(at)))
            .and("zombies", INTEGER, StepRecord::zombies, (s, row, at) -> s.zombies(row.getInt(at)))
            .and(
                    "resolution",
                    text(20),
                    s -> s.resolution() == null ? null : s.resolution().name(),
                    (s, row, at) -> s.resolution(resolution(row.getString(at))))
            .and("branches", INTEGER, StepRecord::branches, (s, row, at) -> s.branches(row.getInt(at)))
            .and("serialized_output", JSON, StepRecord::output, (s, row, at) -> s.output(row.getString(at)))
            .and("failure", JSON, StepRecord::failure, (s, row, at) -> s.failure(row.getString(at)))
            .and(
                    "first_started_at",
                    BIGINT,
                    s -> Rows.micros(s.firstStartedAt()),
                    (s, row, at) -> s.firstStartedAt(Rows.instant(row.getLong(at))))
            .and(
                    "started_at",
                    BIGINT,
                    s -> Rows.micros(s.startedAt()),
                    (s, row, at) -> s.startedAt(Rows.instant(row.getLong(at))))
            .and(
                    "recorded_at",
                    BIGINT,
                    s -> Rows.micros(s.recordedAt()),
                    (s, row, at) -> s.recordedAt(Rows.instant(row.getLong(at))))
            .and(
                    "next_at",
                    BIGINT,
                    s -> Rows.microsOrNull(s.nextAt()),
                    (s, row, at) -> s.nextAt(Rows.instantOrNull(row, at)))
            .and("detail", JSON, StepRecord::detail, (s, row, at) -> s.detail(row.getString(at)));

    /** As {@link #read} reads them. Without the step's id: it follows from scope and name. */
    static final Columns READ = Columns.none()
            .and("workflow_id", text(255))
            .and("scope", text(200))
            .and("sequence", INTEGER)
            .and("name", text(200))
            .and(STATE.columns());

    /** Where the name is among those. */
    static final int NAME_PLACE = 4;

    /** As {@link #inserted} has their values. */
    static final Columns INSERTED = KEY.and(NAME).and(STATE.columns());

    /** As {@link #replacing} has the values of the first. */
    static final Columns STATE_COLUMNS = STATE.columns();

    /** As {@link #replacing} has them. */
    static final Columns STATE_AND_KEY = STATE_COLUMNS.and(KEY);

    private StepTable() {}

    /** Of a row that begins with these columns, of a workflow whose id is known. */
    static StepRecord read(String workflowId, ResultSet row) throws SQLException {
        StepDraft draft = new StepDraft()
                .workflowId(workflowId)
                .key(new StepKey(row.getString(2), row.getInt(3), row.getString(NAME_PLACE)));
        STATE.read(draft, row, NAME_PLACE + 1);
        return draft.build();
    }

    /** For {@link Sql#insertStep}. */
    static @Nullable Object[] inserted(StepRecord step) {
        Object[] name = {step.key().scope(), step.key().name()};
        return joined(key(step), name, STATE.values(step));
    }

    /** For {@link Sql#replaceStep}. */
    static @Nullable Object[] replacing(StepRecord step) {
        return joined(STATE.values(step), key(step));
    }

    /** For {@link Sql#succeedStep}. */
    static @Nullable Object[] succeeding(StepRecord step) {
        Object[] condition = {
            step.epoch(),
            step.epoch(),
            step.attempt(),
            step.attempt(),
            step.status() != StepStatus.STARTED,
            step.status().isFinal()
        };
        return joined(replacing(step), condition);
    }

    /** The parameters that find a step. */
    static @Nullable Object[] key(StepRecord step) {
        return new Object[] {step.workflowId(), step.key().stepId(), step.key().sequence()};
    }

    private static @Nullable Resolution resolution(@Nullable String name) {
        return name == null ? null : Rows.known(name, Resolution.UNKNOWN);
    }

    private static @Nullable Object[] joined(@Nullable Object[]... parts) {
        int length = 0;
        for (@Nullable Object[] part : parts) {
            length += part.length;
        }
        @Nullable Object[] all = new @Nullable Object[length];
        int place = 0;
        for (@Nullable Object[] part : parts) {
            System.arraycopy(part, 0, all, place, part.length);
            place += part.length;
        }
        return all;
    }
}
