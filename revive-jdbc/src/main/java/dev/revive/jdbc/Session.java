// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection and the statements prepared on it. Used by one thread at a time. */
final class Session implements AutoCloseable {
    /** Reads the row that a result set stands on. */
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    private final boolean autoCommit;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private final List<String> endings = new ArrayList<>();
    private int networkTimeout = -1;

    private Session(Connection connection, boolean autoCommit) {
        this.connection = connection;
        this.autoCommit = autoCommit;
    }

    /** For transactions, at READ COMMITTED. */
    static Session transactional(Connection connection) throws SQLException {
        return prepared(connection, false);
    }

    /** For single reads. */
    static Session reading(Connection connection) throws SQLException {
        return prepared(connection, true);
    }

    private static Session prepared(Connection connection, boolean autoCommit) throws SQLException {
        try {
            boolean before = connection.getAutoCommit();
            boolean isTransactional =
                    !autoCommit; // asked first: to ask may begin a transaction, in which nothing can be set
            if (isTransactional && connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED) {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
            if (before != autoCommit) {
                connection.setAutoCommit(autoCommit);
            }
            return new Session(connection, before);
        } catch (SQLException e) {
            closeQuietly(connection, e);
            throw e;
        }
    }

    Connection connection() {
        return connection;
    }

    int update(String sql, @Nullable Object... parameters) throws SQLException {
        return bound(sql, parameters).executeUpdate();
    }

    <T> List<T> query(String sql, Row<T> row, @Nullable Object... parameters) throws SQLException {
        try (ResultSet result = bound(sql, parameters).executeQuery()) {
            List<T> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(row.of(result));
            }
            return rows;
        }
    }

    <T> @Nullable T first(String sql, Row<T> row, @Nullable Object... parameters) throws SQLException {
        List<T> rows = query(sql, row, parameters);
        return rows.isEmpty() ? null : rows.get(0);
    }

    /** Runs the statement once for each set of parameters, in one round trip; how many rows each changed. */
    int[] batch(String sql, List<@Nullable Object[]> parameters) throws SQLException {
        PreparedStatement statement = statement(sql);
        for (@Nullable Object[] one : parameters) {
            bind(statement, one);
            statement.addBatch();
        }
        try {
            return statement.executeBatch();
        } finally {
            statement.clearBatch();
        }
    }

    /** A statement that returns nothing. */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Has a statement executed before the connection is given back: it undoes what was set on it. */
    void whenClosed(String sql) {
        if (!endings.contains(sql)) {
            endings.add(sql);
        }
    }

    private PreparedStatement bound(String sql, @Nullable Object[] parameters) throws SQLException {
        PreparedStatement statement = statement(sql);
        bind(statement, parameters);
        return statement;
    }

    private static void bind(PreparedStatement statement, @Nullable Object[] parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }

    private PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        return statement;
    }

    /** Fails with an {@link SQLException} if an answer takes longer, as it does for ever when the network swallows it. */
    Session giveUpAfter(Duration patience) throws SQLException {
        if (networkTimeout < 0) {
            networkTimeout = connection.getNetworkTimeout();
        }
        connection.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, patience.toMillis()));
        return this;
    }

    /** Switches between transactions and statements that commit by themselves. Between two transactions only. */
    void commitEachStatement(boolean each) throws SQLException {
        if (connection.getAutoCommit() != each) {
            connection.setAutoCommit(each);
        }
    }

    void endTransaction() throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
    }

    void commit() throws SQLException {
        connection.commit();
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    /** Gives the connection back as it came. */
    @Override
    public void close() throws SQLException {
        try {
            for (PreparedStatement statement : statements.values()) {
                statement.close();
            }
            endTransaction();
            for (String ending : endings) {
                execute(ending);
            }
            endTransaction();
            commitEachStatement(autoCommit);
            if (networkTimeout >= 0) {
                connection.setNetworkTimeout(Runnable::run, networkTimeout);
            }
        } finally {
            connection.close();
        }
    }

    private static void closeQuietly(Connection connection, SQLException why) {
        try {
            connection.close();
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }
}
