// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static dev.revive.jdbc.ColumnType.BIGINT;
import static dev.revive.jdbc.ColumnType.BOOLEAN;
import static dev.revive.jdbc.ColumnType.INTEGER;
import static dev.revive.jdbc.ColumnType.JSON;
import static dev.revive.jdbc.ColumnType.text;

import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Posting;
import dev.revive.store.Undelivered.Reason;
import dev.revive.store.WorkflowType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The columns of the outbox, for every statement and every reader. */
final class OutboxTable {
    /** What is asked for. */
    static final Columns ROW = Columns.none()
            .and("workflow_id", text(255))
            .and("name", text(200))
            .and("version", INTEGER)
            .and("input", JSON)
            .and("input_hash", text(64))
            .and("deadline_at", BIGINT)
            .and("must_be_new", BOOLEAN)
            .and("kind", text(20))
            .and("message_name", text(255))
            .and("message_key", text(255))
            .and("payload", JSON)
            .and("created_at", BIGINT);

    /** As {@link #inserted} has their values. */
    static final Columns INSERTED = ROW.and("connection_id", text(36)).and("store_id", text(36));

    private static final Set<String> TEXTS = Set.of("input", "payload");

    private static final int FIRST = 4;

    private OutboxTable() {}

    /**
     * One that is in the outbox.
     *
     * @param connectionId what came on one connection has the same
     */
    record Posted(long position, @Nullable Reason problem, String connectionId, Posting posting) {}

    /** What is selected of a column, where texts are cut: the input and then the payload, so there are two parameters. */
    static String cut(String column) {
        return TEXTS.contains(column) ? "SUBSTRING(%s, 1, ?)".formatted(column) : column;
    }

    /** Of a row of its position, its problem, its connection, and these columns. */
    static Posted read(ResultSet row) throws SQLException {
        String problem = row.getString(2);
        return new Posted(
                row.getLong(1),
                problem == null ? null : Rows.known(problem, Reason.UNKNOWN),
                row.getString(3),
                posting(row));
    }

    /** A row that nobody of this version has written is for others: it sends what is not known. */
    private static Posting posting(ResultSet row) throws SQLException {
        String id = row.getString(FIRST);
        try {
            return new Posting(
                    id,
                    start(row, id),
                    row.getBoolean(FIRST + 6),
                    letter(row, id),
                    Rows.instant(row.getLong(FIRST + 11)));
        } catch (RuntimeException e) {
            return new Posting(
                    id,
                    null,
                    false,
                    new Letter(id, MessageKind.UNKNOWN, "", "", "null", Instant.EPOCH, null),
                    Instant.EPOCH);
        }
    }

    private static @Nullable NewWorkflow start(ResultSet row, String id) throws SQLException {
        String name = row.getString(FIRST + 1);
        return name == null
                ? null
                : new NewWorkflow(
                        id,
                        new WorkflowType(name, row.getInt(FIRST + 2)),
                        row.getString(FIRST + 3),
                        row.getString(FIRST + 4),
                        Rows.instant(row.getLong(FIRST + 11)),
                        Rows.instantOrNull(row, FIRST + 5),
                        null);
    }

    private static @Nullable Letter letter(ResultSet row, String id) throws SQLException {
        String kind = row.getString(FIRST + 7);
        return kind == null
                ? null
                : new Letter(
                        id,
                        Rows.known(kind, MessageKind.UNKNOWN),
                        row.getString(FIRST + 8),
                        row.getString(FIRST + 9),
                        row.getString(FIRST + 10),
                        Rows.instant(row.getLong(FIRST + 11)),
                        null);
    }

    /** For {@link Sql#insertPosting}. */
    static @Nullable Object[] inserted(Posting posting, String connectionId, String storeId) {
        NewWorkflow start = posting.start();
        Letter letter = posting.letter();
        return new @Nullable Object[] {
            posting.workflowId(),
            start == null ? null : start.type().name(),
            start == null ? null : start.type().version(),
            start == null ? null : start.input(),
            start == null ? null : start.inputHash(),
            start == null ? null : Rows.microsOrNull(start.deadline()),
            posting.mustBeNew(),
            letter == null ? null : letter.kind().name(),
            letter == null ? null : letter.name(),
            letter == null ? null : letter.key(),
            letter == null ? null : letter.payload(),
            Rows.micros(posting.createdAt()),
            connectionId,
            storeId
        };
    }

    /** Of what an end asks for, which was asked for on nobody's connection. */
    static @Nullable Object[] ofEnd(Posting posting, String storeId) {
        return inserted(posting, "-", storeId);
    }
}
