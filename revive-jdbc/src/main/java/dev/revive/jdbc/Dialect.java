// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * All that differs from database to database, but for its migrations. One implementation each.
 *
 * <p>A database that can write rows in a WITH clause takes a batch, and a claim, as one statement ({@link #writesInOneStatement}); the others get
 * a transaction. The rest is small: how to pass a set of ids, how to tell the time, how not to wait for a frozen client for ever, and what an
 * error means.
 */
interface Dialect {
    /** What an {@link SQLException} says about the transaction that met it. */
    enum Trouble {
        /** A key is taken. */
        CONFLICT,
        /** Rolled back by the database in favour of others: the same transaction may well succeed when it is run again. */
        RETRY,
        /** The statement or one of its values is wrong, and will be next time. */
        REFUSED,
        /** Anything else: nobody knows what happened. */
        UNAVAILABLE
    }

    /** A row that somebody has locked holds up the others of a lane for one such part of the lease. */
    int LOCK_WAITS_PER_LEASE = 15;

    /** The dialect for a database, or a clear error. */
    static Dialect of(Connection connection, Durability durability) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "H2" -> new H2Dialect(durability);
            case "PostgreSQL" -> new PostgresDialect();
            case "MariaDB", "MySQL" -> MariaDbDialect.of(connection);
            default ->
                throw new StoreException(
                        "Revive cannot use the database \"%s\". Supported are: H2, PostgreSQL, MariaDB, MySQL."
                                .formatted(product),
                        null);
        };
    }

    /** The folder of its migrations, beside this class. */
    String folder();

    /** The collation that its migrations name, if they do. */
    default String collation() {
        return "";
    }

    /** The database's clock, in microseconds since 1970. */
    String clock();

    /** Whether the database is part of this process, and so goes by the clock of its host. */
    default boolean isInThisProcess() {
        return false;
    }

    /**
     * The same clock as {@link #clock}, but one that stands still while a statement runs: an index can be searched for it. For statements that
     * are a transaction of their own.
     */
    default String statementClock() {
        return clock();
    }

    /** A condition that an expression is one of a set of texts: one parameter. */
    default String isAnyOf(String expression) {
        return expression + " = ANY(?)";
    }

    /** What follows FROM, to find workflows, named w, by a set of ids, in order of them if need be: one parameter. */
    default String byIds(String workflows, String joined) {
        return "%s w %s WHERE %s".formatted(workflows, joined, isAnyOf("w.id"));
    }

    /** What ends a query {@link #byIds} that locks the workflows it finds, but those that somebody else has locked. */
    default String lockingFree() {
        return "FOR UPDATE SKIP LOCKED";
    }

    /** What joins to workflows, named w, the rows of a table, named m, for which a condition holds: looked for by the workflow, each. */
    default String joinOfEach(String table, String condition) {
        return "JOIN %s m ON m.workflow_id = w.id AND m.%s".formatted(table, condition);
    }

    /**
     * What follows FROM, to find rows of a table, named m, by two of its columns, which hold texts: two parameters, the wanted texts of each in the same
     * order. Also finds, perhaps, rows that have one text of each that do not belong together.
     */
    default String byPairs(String table, String one, String other) {
        return "%s m WHERE %s AND %s".formatted(table, isAnyOf("m." + one), isAnyOf("m." + other));
    }

    /** The parameter for {@link #isAnyOf} and {@link #byIds}, and each of the two for {@link #byPairs}. */
    Object textSet(Connection connection, Collection<String> texts) throws SQLException;

    /** Refuses, with a message that says what to do, a database that would not keep Revive's promises; warns of one that may not. */
    void check(Connection connection) throws SQLException;

    /**
     * What a transaction begins with, for it alone to write at READ COMMITTED, whatever its connection is set to. Null where only the connection
     * can be set so.
     */
    default @Nullable String beginning() {
        return null;
    }

    /** Prepares a connection that an executor keeps: what is set here is undone when the session is closed. */
    default void keep(Session session, Duration lease) throws SQLException {}

    /**
     * Prepares a transaction of Revive's own on a connection of the pool, before it begins. It is ended if its client stops in the middle of it: a sweeper that
     * does must not keep the next one out.
     */
    default void prepare(Session session, Duration patience) throws SQLException {
        boundIdling(session, patience);
    }

    /** Whether something of what this statement does may stay with the connection when its transaction is over. */
    default boolean mayLeaveSomething(String statement) {
        return Leftovers.mayComeOf(statement);
    }

    /** Whether a kept connection was idle for so long that the server may have ended it: then it is opened anew. */
    default boolean isStale(Duration idle, Duration lease) {
        return false;
    }

    /** Goes back to the schema that the tables were found in: a body may have gone to another. */
    default void comeBack(Session session) throws SQLException {}

    /** Forgets the plans of the statements prepared on a connection: tables have grown since. */
    default void planAnew(Session session) throws SQLException {}

    /**
     * A statement as it is to be sent for a while, on connections that nobody can have plans forgotten on.
     *
     * @param times how often plans are to have been made anew by now
     */
    default String plannedAnew(String statement, int times) {
        return statement;
    }

    /** Whether a batch and a claim are one statement that commits by itself. */
    default boolean writesInOneStatement() {
        return false;
    }

    /** Whether new rows are better one statement with a list of VALUES than a JDBC batch. */
    default boolean insertsManyRows() {
        return false;
    }

    /** Whether many changes of one kind can be one statement that reads them from {@link #rows}. */
    default boolean updatesManyRows() {
        return false;
    }

    /** A table of rows that one parameter holds, for FROM; named r. */
    default String rows(Columns columns) {
        throw new UnsupportedOperationException();
    }

    /** How many lanes are of any use. */
    default int lanes(int asked) {
        return asked;
    }

    /** Whether write transactions must follow one another, whoever runs them. */
    default boolean hasOneWriter() {
        return false;
    }

    /** Whether an interrupt during a call can harm the call at most; else only threads that nobody can interrupt may use a connection. */
    default boolean toleratesInterrupts() {
        return true;
    }

    /** How clients of this database notify each other; null if they cannot. */
    default @Nullable Notifications notifications() {
        return null;
    }

    /** What to do after a commit before it may be acknowledged. */
    default void makeDurable(Connection connection) throws SQLException {}

    /** Ends this transaction if its client stops in the middle of it: it is about to lock a fence, which others must not wait for for ever. Set
     * until the transaction or the session ends. */
    default void boundIdling(Session session, Duration lease) throws SQLException {}

    /** Bounds how long this transaction waits for a lock; it {@linkplain #isLockedOut is locked out} then. */
    default void boundLockWait(Session session) throws SQLException {}

    /** The same, and next to not at all: what waits for this transaction has nothing to do with whoever holds the lock. */
    default void hardlyWait(Session session) throws SQLException {}

    /** Changes the schema, but does not wait for locks for long: it {@linkplain #isLockedOut is locked out} then. */
    default void changeHardlyWaiting(Statement statement, String change) throws SQLException {
        statement.execute(change);
    }

    /** How long a statement of a kept connection waits for a lock, at least about. A client must wait longer. */
    default Duration lockWait(Duration lease) {
        return Duration.ZERO;
    }

    /** Marks a transaction, right after its begin, such that {@link #isStillIn} can tell later whether it was committed in between. */
    Object mark(Session session, Sql sql, String executorId) throws SQLException;

    /** Whether the session is still in the marked transaction; removes the mark. */
    boolean isStillIn(Session session, Sql sql, Object mark) throws SQLException;

    Trouble trouble(SQLException e);

    /** Whether the database gave up a wait that others keep up: for a lock, or for the end of a statement. Nothing of the transaction was done. */
    boolean isLockedOut(SQLException e);
}
