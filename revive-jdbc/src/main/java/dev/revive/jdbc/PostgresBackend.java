// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.workflow.Printable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is at the other end of a connection: PostgreSQL itself, or a pooler that lends its sessions to one client after the other. */
final class PostgresBackend {
    private static final Logger log = LoggerFactory.getLogger(PostgresBackend.class);

    private PostgresBackend() {}

    /**
     * Whether the connection is known to be PostgreSQL's own. A pooler gives its clients process ids of its own; and what is set on a session that
     * is not ours alone stays there, for others.
     */
    static boolean isDirect(Connection connection) throws SQLException {
        String server = pid(connection);
        try {
            return String.valueOf(connection.unwrap(PGConnection.class).getBackendPID())
                    .equals(server);
        } catch (SQLException | LinkageError e) {
            log.debug("It is not known whether this is a connection of the server itself: {}", Printable.of(e));
            return false;
        }
    }

    /** Whether the pooler gives both the same session in turn: seen so, it does; not seen, it may do so all the same. */
    static boolean isLentInTurn(Connection one, Connection other) throws SQLException {
        return pid(one).equals(pid(other));
    }

    private static String pid(Connection connection) throws SQLException {
        return Objects.requireNonNull(H2Dialect.value(connection, "SELECT pg_backend_pid()"), "pid");
    }
}
