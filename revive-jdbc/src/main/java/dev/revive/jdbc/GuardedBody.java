// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.TransactionBodyException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs SQL of the application's in a transaction of ours: guarded, and with a look whether it was committed by itself. */
final class GuardedBody {
    /** The application's SQL. */
    interface Sql<T extends @Nullable Object> {
        T run(Connection connection) throws Exception;
    }

    private static final int SECONDS_TO_ANSWER = 2;

    private final Database database;
    private final String owner;
    private List<Long> posted = List.of();

    /** @param owner an id for the mark of the transaction */
    GuardedBody(Database database, String owner) {
        this.database = database;
        this.owner = owner;
    }

    /** Where in the outbox the last body has put something. */
    List<Long> posted() {
        return posted;
    }

    /**
     * Runs it in the transaction of a session.
     *
     * @param isLast whether what the database has rolled back in favour of others is not tried again
     * @throws TransactionBodyException if it threw, or has committed by itself
     * @throws SQLException if the database, and not the body, is the reason
     */
    <T extends @Nullable Object> T run(Session session, boolean isLast, Sql<T> body) throws SQLException {
        Dialect dialect = database.dialect();
        Object mark = dialect.mark(session, database.sql(), owner);
        T answer = guarded(session, isLast, body);
        if (session.isSpoilt()) {
            dialect.comeBack(session);
        }
        if (!dialect.isStillIn(session, database.sql(), mark)) {
            throw committedByItself();
        }
        return answer;
    }

    private <T extends @Nullable Object> T guarded(Session session, boolean isLast, Sql<T> body) throws SQLException {
        Connection connection = session.connection();
        GuardedConnection guard = new GuardedConnection(connection, database);
        try (guard) {
            T answer = body.run(guard.connection());
            guard.requireNotRolledBack();
            posted = guard.posted();
            return answer;
        } catch (Exception e) {
            if (isLost(connection, e)) {
                throw new SQLTransientConnectionException("The connection was lost in the transaction's body: " + e, e);
            }
            SQLException again = isLast ? null : cause(e, Dialect.Trouble.RETRY);
            if (again != null) {
                throw again;
            }
            throw new TransactionBodyException("The transaction's body threw, all of it is rolled back: " + e, e);
        } finally {
            Thread.interrupted(); // the body may have restored a flag; H2's file must not see it
            if (guard.isChanged()) {
                session.spoil();
            }
        }
    }

    /**
     * Whatever the body made of it: that its connection is gone says nothing about the body, and it must not be recorded as its failure. A statement
     * that the database refuses is one, even if it hangs up for it, as MariaDB does for one that is too large: it would do so each time.
     */
    private boolean isLost(Connection connection, Exception thrown) throws SQLException {
        if (cause(thrown, Dialect.Trouble.REFUSED) != null) {
            return false;
        }
        Thread.interrupted(); // the body may have restored a flag; H2's file must not see it
        return connection.isClosed()
                || (cause(thrown, Dialect.Trouble.UNAVAILABLE) != null && !connection.isValid(SECONDS_TO_ANSWER));
    }

    /** What the body threw may hide a deadlock, say, under layers of a framework's exceptions. */
    private @Nullable SQLException cause(Throwable thrown, Dialect.Trouble trouble) {
        int depth = 0;
        for (Throwable t = thrown; t != null && depth++ < 20; t = t.getCause()) {
            if (t instanceof SQLException e && database.trouble(e) == trouble) {
                return e;
            }
        }
        return null;
    }

    private static TransactionBodyException committedByItself() {
        String what =
                "The transaction's body committed by itself, as DDL does in this database, or COMMIT as SQL: its rows could be there without"
                        + " the checkpoint, and what it asked for with them may be done. Move DDL out of it, into a migration; and leave the commit to Revive.";
        return new TransactionBodyException(what, new IllegalStateException(what));
    }
}
