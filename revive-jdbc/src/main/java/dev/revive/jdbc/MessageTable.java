// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static dev.revive.jdbc.ColumnType.BIGINT;
import static dev.revive.jdbc.ColumnType.JSON;
import static dev.revive.jdbc.ColumnType.text;

import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.Operation.Receive;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The columns of the message table, for every statement and every reader. */
final class MessageTable {
    /** As {@link #read} reads them, and {@link #inserted} has their values. */
    static final Columns ROW = Columns.none()
            .and("workflow_id", text(255))
            .and("position", BIGINT)
            .and("kind", text(20))
            .and("name", text(255))
            .and("message_key", text(255))
            .and("payload", JSON)
            .and("sent_at", BIGINT)
            .and("received_at", BIGINT);

    /** As {@link #receiving} has their values. */
    static final Columns RECEIVED = Columns.none()
            .and("received_at", BIGINT)
            .and("workflow_id", text(255))
            .and("position", BIGINT);

    private MessageTable() {}

    /** Of a row that has these columns from a place on. */
    static Message read(ResultSet row, int first) throws SQLException {
        return new Message(
                row.getString(first),
                row.getLong(first + 1),
                Rows.known(row.getString(first + 2), MessageKind.UNKNOWN),
                row.getString(first + 3),
                row.getString(first + 4),
                row.getString(first + 5),
                Rows.instant(row.getLong(first + 6)),
                Rows.instantOrNull(row, first + 7));
    }

    /** For {@link Sql#insertMessage}. */
    static @Nullable Object[] inserted(Message message) {
        return new @Nullable Object[] {
            message.workflowId(),
            message.position(),
            message.kind().name(),
            message.name(),
            message.key(),
            message.payload(),
            Rows.micros(message.sentAt()),
            Rows.microsOrNull(message.receivedAt())
        };
    }

    /** For {@link Sql#receive}. */
    static Object[] receiving(Receive receive) {
        return new Object[] {Rows.micros(receive.step().recordedAt()), receive.workflowId(), receive.position()};
    }
}
