// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.workflow.Printable;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection and the statements prepared on it. Used by one thread at a time. */
final class Session implements AutoCloseable {
    /** Reads the row that a result set stands on. */
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private static final Logger log = LoggerFactory.getLogger(Session.class);
    private static final int AS_IT_IS = -1;

    private final Connection connection;
    private final Database database;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private final List<String> endings = new ArrayList<>();
    private @Nullable String beginning;
    private boolean setsEachTransaction;
    private boolean keepsPlans;
    private boolean isSpoilt;
    private boolean autoCommit = true;
    private int isolation = AS_IT_IS;
    private int networkTimeout = AS_IT_IS;

    private Session(Connection connection, Database database) {
        this.connection = connection;
        this.database = database;
        this.beginning = database.dialect().beginning();
    }

    /** For transactions, at READ COMMITTED. */
    static Session transactional(Connection connection, Database database) throws SQLException {
        return new Session(connection, database).prepared(false);
    }

    /** For single reads. */
    static Session reading(Connection connection, Database database) throws SQLException {
        return new Session(connection, database).prepared(true);
    }

    /** The isolation first: to ask may begin a transaction, in which nothing can be set. */
    private Session prepared(boolean commitsEach) throws SQLException {
        try {
            autoCommit = connection.getAutoCommit();
            int before = commitsEach || beginning != null
                    ? Connection.TRANSACTION_READ_COMMITTED
                    : connection.getTransactionIsolation();
            if (before != Connection.TRANSACTION_READ_COMMITTED) {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                isolation = before;
            }
            commitEachStatement(commitsEach);
            return this;
        } catch (SQLException e) {
            database.throwAway(connection);
            throw e;
        }
    }

    Connection connection() {
        return connection;
    }

    /**
     * Lets the server keep the plans of this session's statements: none can be made here that is wrong for a large table, or they are forgotten now and then. Else
     * they are only good for a while.
     */
    void keepPlans() {
        keepsPlans = true;
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
            statement = connection.prepareStatement(
                    keepsPlans ? sql : database.dialect().plannedAnew(sql, database.plansMade()));
            statements.put(sql, statement);
        }
        return statement;
    }

    /** Fails with an {@link SQLException} if an answer takes longer, as it does for ever when the network swallows it. */
    Session giveUpAfter(Duration patience) throws SQLException {
        if (networkTimeout == AS_IT_IS) {
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

    /** Has every transaction begin with this as well, and nothing run outside of one: what is set between them would not stay here, or not only. */
    void setEachTransaction(String settings) {
        beginWith(settings);
        setsEachTransaction = true;
    }

    /** Has every transaction begin with this as well. */
    void beginWith(String settings) {
        beginning = beginning == null ? settings : beginning + ";" + settings;
    }

    boolean setsEachTransaction() {
        return setsEachTransaction;
    }

    /** The first thing in a transaction. */
    void begin() throws SQLException {
        if (beginning != null) {
            execute(beginning);
        }
    }

    boolean isSpoilt() {
        return isSpoilt;
    }

    /** Nobody is to get this connection after this session: something of it may have stayed, or it does not work. */
    void spoil() {
        isSpoilt = true;
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

    /** Gives the connection back as it came; throws it away where that cannot be. */
    @Override
    public void close() {
        try {
            if (!isSpoilt) {
                restore();
                connection.close();
                return;
            }
        } catch (SQLException e) {
            log.debug("A connection could not be given back as it came, and is thrown away: {}", Printable.of(e));
        }
        database.throwAway(connection);
    }

    private void restore() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.close();
        }
        endTransaction();
        for (String ending : endings) {
            execute(ending);
        }
        endTransaction();
        if (isolation != AS_IT_IS) {
            connection.setTransactionIsolation(isolation);
        }
        commitEachStatement(autoCommit);
        if (networkTimeout != AS_IT_IS) {
            connection.setNetworkTimeout(Runnable::run, networkTimeout);
        }
    }
}
