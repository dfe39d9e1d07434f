// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.ExecutorRecord;
import dev.revive.store.StepRecord;
import dev.revive.store.StepSummary;
import dev.revive.store.WorkflowCounts;
import dev.revive.store.WorkflowExcerpt;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowSummary;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.WorkflowStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Rows to records, and records to the parameters of the statements that write them. */
final class Rows {
    private Rows() {}

    /** Of a row that begins with the columns of a workflow. */
    static WorkflowRecord workflow(ResultSet row) throws SQLException {
        return WorkflowTable.read(row);
    }

    /** Of a row of a list for people. */
    static WorkflowSummary summary(ResultSet row) throws SQLException {
        return new WorkflowSummary(
                row.getString(1),
                new WorkflowType(row.getString(2), row.getInt(3)),
                known(row.getString(4), WorkflowStatus.UNKNOWN),
                row.getLong(5),
                row.getString(6),
                instantOrNull(row, 7),
                row.getLong(8),
                row.getInt(9),
                instant(row.getLong(10)),
                instantOrNull(row, 11));
    }

    static WorkflowCounts.Group group(ResultSet row) throws SQLException {
        return new WorkflowCounts.Group(
                row.getString(1), known(row.getString(2), WorkflowStatus.UNKNOWN), row.getInt(3));
    }

    static StepSummary stepSummary(ResultSet row) throws SQLException {
        return new StepSummary(step(row), row.getInt(StepTable.READ.count() + 1));
    }

    /** Of a row of {@link Sql#excerpt}. */
    static WorkflowExcerpt excerpt(ResultSet row) throws SQLException {
        return new WorkflowExcerpt(
                workflow(row), row.getInt(WorkflowTable.READ.count() + 1), row.getInt(WorkflowTable.READ.count() + 2));
    }

    /** What a newer Revive wrote may be none of the constants. */
    static <E extends Enum<E>> E known(String name, E unknown) {
        for (E each : unknown.getDeclaringClass().getEnumConstants()) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        return unknown;
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
                seenAt,
                row.getString(9));
    }

    /** Of a row that begins with the columns of a step. */
    static StepRecord step(ResultSet row) throws SQLException {
        return StepTable.read(row.getString(1), row);
    }

    static @Nullable Long microsOrNull(@Nullable Instant instant) {
        return instant == null ? null : micros(instant);
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    static @Nullable Instant instantOrNull(ResultSet row, int column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? null : instant(micros);
    }
}
