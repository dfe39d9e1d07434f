// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.jdbc.OutboxTable.Posted;
import dev.revive.store.Posting;
import dev.revive.store.ReadLimit;
import dev.revive.store.StoreException;
import dev.revive.store.Undelivered;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What applications ask for in transactions of their own. Such a transaction inserts rows, under fresh keys, and nothing else: it may stay open for a minute, and
 * nobody of ours waits for it. Once it is committed an {@link OutboxRelay} takes them out.
 */
final class Outbox {
    private static final String KEY = "position";

    /** What a database says whose table is not there, or has a check that a row is for itself. */
    private static final Set<String> ELSEWHERE = Set.of("42P01", "42S02", "42S03", "42S04", "23514");

    private static final Set<Integer> CHECK_FAILED = Set.of(4025, 3819);

    private final Database database;
    private final Sql sql;
    private final String storeId;

    /** Of connections that somebody has still. */
    private final Map<Connection, String> connectionIds = Collections.synchronizedMap(new WeakHashMap<>());

    private Outbox(Database database, String storeId) {
        this.database = database;
        this.sql = database.sql();
        this.storeId = storeId;
    }

    static Outbox of(Database database) {
        String storeId = database.storeId();
        database.read(
                session -> session.query(database.sql().postedBehind, Rows::number, "", "", 0L)); // may it be read?
        return new Outbox(database, storeId);
    }

    // ---- putting in

    /** On the caller's connection and thread. */
    void post(Connection connection, Posting posting) {
        try {
            GuardedConnection guard = GuardedConnection.of(connection);
            if (guard == null) {
                requireFit(connection);
            } else {
                guard.requireOf(database);
            }
            insert(connection, posting, guard);
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private void requireFit(Connection connection) throws SQLException {
        if (database.dialect().hasOneWriter()) {
            throw new IllegalStateException(
                    "On H2 one transaction writes at a time, and this connection's would be a second one. Use revive.transact(connection -> ...), which takes its turn.");
        }
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "This connection commits each statement by itself, so what is asked for would not be part of a transaction. Begin one: connection.setAutoCommit(false), or @Transactional.");
        }
        if (connection.isReadOnly()) {
            throw new IllegalStateException(
                    "This connection is read-only, and what is asked for in its transaction is a row of it. Use one that may write.");
        }
    }

    /** Of its place nobody makes use but a transaction of ours; to ask for it takes a right to read. */
    private void insert(Connection connection, Posting posting, @Nullable GuardedConnection guard) throws SQLException {
        try (PreparedStatement statement = guard == null
                ? connection.prepareStatement(sql.insertPosting)
                : connection.prepareStatement(sql.insertPosting, new String[] {KEY})) {
            @Nullable Object[] values = OutboxTable.inserted(posting, connectionId(connection), storeId);
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
            if (guard != null) {
                guard.posted(key(statement));
            }
        }
    }

    /** The same for all that is asked for on a connection while somebody has it: a pool makes another object each time. */
    private String connectionId(Connection connection) {
        return connectionIds.computeIfAbsent(
                connection, first -> UUID.randomUUID().toString());
    }

    private static long key(PreparedStatement statement) throws SQLException {
        try (ResultSet keys = statement.getGeneratedKeys()) {
            keys.next();
            return keys.getLong(1);
        }
    }

    private StoreException refused(SQLException e) {
        if (ELSEWHERE.contains(String.valueOf(e.getSQLState())) || CHECK_FAILED.contains(e.getErrorCode())) {
            return new StoreException(
                    "This connection does not lead to the tables that this engine uses: it is another database's, or another schema is its first. Use one of the engine's DataSource. The database says: "
                            + e.getMessage(),
                    e);
        }
        return new StoreException(
                "What is asked for in this transaction could not be noted in it; roll it back. The database says: "
                        + e.getMessage(),
                e);
    }

    // ---- for people

    List<Undelivered> undelivered(int limit) {
        return database.read(session -> session.query(sql.undelivered, Outbox::undelivered, limit));
    }

    List<Undelivered> undelivered(ReadLimit limit) {
        return database.read(session ->
                session.query(sql.undeliveredCut, Outbox::undelivered, limit.chars(), limit.chars(), limit.rows()));
    }

    private static Undelivered undelivered(ResultSet row) throws SQLException {
        Posted posted = OutboxTable.read(row);
        return new Undelivered(
                posted.position(), posted.posting(), Objects.requireNonNull(posted.problem(), "problem"));
    }

    boolean discard(long position) {
        return database.write(session -> session.update(sql.discardPosting, position) == 1);
    }

    boolean deliverAgain(long position) {
        return database.write(session -> session.update(sql.deliverAgain, position) == 1);
    }
}
