// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** LISTEN and NOTIFY. The only class that knows PostgreSQL's own driver: without it, it cannot be loaded. */
final class PostgresNotifications implements Notifications {
    @Override
    public String send() {
        return "SELECT pg_notify(?, ?)";
    }

    @Override
    public void listen(Connection connection, String channel) throws SQLException {
        connection.unwrap(PGConnection.class);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + channel);
        }
    }

    @Override
    public boolean isDeaf(Connection connection, HeldConnection.Source others) throws SQLException {
        if (PostgresBackend.isDirect(connection)) {
            return false;
        }
        try (Connection other = others.open()) {
            return PostgresBackend.isLentInTurn(connection, other);
        }
    }

    /** The driver sets a socket timeout of its own for this, and restores the connection's. */
    @Override
    public List<String> await(Connection connection, Duration patience) throws SQLException {
        PGNotification[] heard =
                connection.unwrap(PGConnection.class).getNotifications(Math.toIntExact(patience.toMillis()));
        List<String> texts = new ArrayList<>();
        if (heard != null) {
            for (PGNotification notification : heard) {
                texts.add(notification.getParameter());
            }
        }
        return texts;
    }

    /** Databases that only speak PostgreSQL's language do not know LISTEN; a wrapped connection need not let the driver's own out. */
    @Override
    public boolean isRefusal(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("42") || state.startsWith("0A") || e.getSQLState() == null;
    }
}
