// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.StoreException;
import dev.revive.workflow.Printable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MariaDB, 10.6 and newer, and MySQL, 8.0.17 and newer. A batch is a transaction at READ COMMITTED that finds every row by its primary key: a
 * scan of another index would lock entries of rows that others are writing, and they would wait for each other in a circle.
 *
 * <p>A client that stops in the middle of a transaction is cut off by the server after a third of a lease, by MySQL after two: MariaDB ends idle
 * transactions, MySQL only idle connections, so there a kept connection that was idle for half a lease is opened anew before it is used.
 */
final class MariaDbDialect implements Dialect {
    private static final Logger log = LoggerFactory.getLogger(MariaDbDialect.class);

    /** Lock wait timeout, a lock that is not waited for, a statement that took too long. */
    private static final Set<Integer> LOCKED_OUT = Set.of(1205, 3572, 1969);

    /** Deadlock, a record changed since it was read, and those. */
    private static final Set<Integer> RETRY = Set.of(1213, 1020, 1205, 3572, 1969);

    private static final int DUPLICATE = 1062;
    /** Too many connections, of the server or of this user: there will be others. The state of both says that the statement is wrong. */
    private static final Set<Integer> CROWDED = Set.of(1203, 1226);
    /**
     * A packet too large; a column without a value; a value cut off, of the wrong kind, not a text; collations that do not mix. And MySQL's codes for what a
     * check constraint forbids, which is of state 23 on MariaDB, and for a text that another character set does not have.
     */
    private static final Set<Integer> WRONG = Set.of(1153, 1364, 1265, 1366, 1267, 1295, 3819, 3988);

    private static final Set<String> TOO_LARGE = Set.of("PacketTooBigException", "MaxAllowedPacketException");

    private static final int UNKNOWN_VARIABLE = 1193;
    private static final int NO_SUCH_SAVEPOINT = 1305;
    private static final String MARK = "revive_body";
    private static final String EXACT =
            "SELECT _utf8mb4'a' COLLATE ? <> _utf8mb4'A' AND _utf8mb4'a' COLLATE ? <> _utf8mb4'a '";
    private static final String EMOJI = "\uD83D\uDE00";

    private final boolean isMariaDb;
    private final boolean sendsBatchesAtOnce;
    private final String collation;
    private volatile @Nullable String schema;

    MariaDbDialect(boolean isMariaDb, boolean sendsBatchesAtOnce) {
        this.isMariaDb = isMariaDb;
        this.sendsBatchesAtOnce = sendsBatchesAtOnce;
        this.collation = isMariaDb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin";
    }

    /** Asks the server itself: each driver talks to both, and says the name it likes. */
    static MariaDbDialect of(Connection connection) throws SQLException {
        boolean sendsBatchesAtOnce = connection.getMetaData().getDriverName().contains("MariaDB");
        return new MariaDbDialect(version(connection).contains("MariaDB"), sendsBatchesAtOnce);
    }

    private static String version(Connection connection) throws SQLException {
        return value(connection, "SELECT VERSION()");
    }

    private static String value(Connection connection, String query) throws SQLException {
        return Objects.requireNonNull(H2Dialect.value(connection, query), query);
    }

    @Override
    public String folder() {
        return "mariadb";
    }

    @Override
    public String collation() {
        return collation;
    }

    /** Without the session's time zone. */
    @Override
    public String clock() {
        return "TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', UTC_TIMESTAMP(6))";
    }

    @Override
    public String isAnyOf(String expression) {
        return expression + " IN (SELECT wanted.id FROM " + wanted() + ")";
    }

    /** A join in a fixed order: as a subquery, the optimizer would rather read the whole table, as long as it is small. */
    @Override
    public String byIds(String workflows, String joined) {
        return wanted() + " STRAIGHT_JOIN " + workflows + " w FORCE INDEX (PRIMARY) ON w.id = wanted.id " + joined
                + " WHERE TRUE";
    }

    /** MySQL would lock what comes out of the JSON, too, and refuses that; MariaDB does not know OF. */
    @Override
    public String lockingFree() {
        return isMariaDb ? Dialect.super.lockingFree() : "FOR UPDATE OF w SKIP LOCKED";
    }

    private String wanted() {
        return "JSON_TABLE(?, '$[*]' COLUMNS (id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE %s PATH '$')) AS wanted"
                .formatted(collation);
    }

    /** MariaDB's driver sends a JDBC batch in one go; MySQL's sends row by row and waits for each answer. */
    @Override
    public boolean insertsManyRows() {
        return !sendsBatchesAtOnce;
    }

    @Override
    public boolean updatesManyRows() {
        return true;
    }

    @Override
    public String rows(Columns columns) {
        StringJoiner table = new StringJoiner(", ", "JSON_TABLE(?, '$[*]' COLUMNS (", ")) AS r");
        for (Columns.Column column : columns.list()) {
            String collated = column.type().isText() ? " CHARACTER SET utf8mb4 COLLATE " + collation : "";
            table.add("%s %s%s PATH '$[%d]'"
                    .formatted(
                            column.name(),
                            column.type().mariaDb(),
                            collated,
                            columns.list().indexOf(column)));
        }
        return table.toString();
    }

    /** A JSON array: there are no arrays of its own. */
    @Override
    public Object textSet(Connection connection, Collection<String> texts) {
        return JsonArrays.of(texts);
    }

    // ---- is this server fit?

    @Override
    public void check(Connection connection) throws SQLException {
        checkVersion(version(connection));
        schema = H2Dialect.value(connection, "SELECT DATABASE()");
        if (!value(connection, "SELECT @@SESSION.sql_mode").contains("STRICT_")) {
            throw new StoreException(
                    "The sql_mode of this connection is not strict: what is too long would be cut off without an error. Add STRICT_TRANS_TABLES to it, in the server's configuration or with sessionVariables=sql_mode=... in the URL.",
                    null);
        }
        if (!speaksUnicode(connection)) {
            throw new StoreException(
                    "This connection does not keep every text as it is. Use utf8mb4, the default, as its character set.",
                    null);
        }
        checkComparison(connection);
        warnUnless(
                "1",
                connection,
                "innodb_flush_log_at_trx_commit",
                "a crash of the server or its machine loses acknowledged steps");
        warnUnless("1", connection, "innodb_doublewrite", "a crash of its machine may damage the tables");
        if (value(connection, "SELECT @@log_bin").equals("1")) {
            warnUnless("1", connection, "sync_binlog", "a crash of its machine loses acknowledged steps");
            checkBinlogFormat(connection);
        }
    }

    private static void checkBinlogFormat(Connection connection) throws SQLException {
        try {
            if (value(connection, "SELECT @@SESSION.binlog_format").equals("STATEMENT")) {
                throw new StoreException(
                        "This server writes its binary log as statements, and then InnoDB does not write at READ COMMITTED. Set binlog_format to ROW or MIXED.",
                        null);
            }
        } catch (SQLException e) {
            if (e.getErrorCode() != UNKNOWN_VARIABLE) {
                throw e; // newer servers only know rows
            }
        }
    }

    void checkComparison(Connection connection) throws SQLException {
        if (!value(connection, EXACT.replace("?", collation)).equals("1")) {
            throw new StoreException(
                    "This server's collation %s does not tell every two texts apart. Use a server of MariaDB or MySQL itself."
                            .formatted(collation),
                    null);
        }
    }

    void checkVersion(String version) {
        Matcher number = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)").matcher(version.replaceFirst("^5\\.5\\.5-", ""));
        if (!number.find()) {
            return; // a server that speaks the language and counts otherwise; what it lacks it will refuse
        }
        long found = (Long.parseLong(number.group(1)) * 1_000 + Long.parseLong(number.group(2))) * 1_000
                + Long.parseLong(number.group(3));
        if (found < (isMariaDb ? 10_006_000 : 8_000_017)) {
            throw new StoreException(
                    "%s %s is too old. Use %s or newer."
                            .formatted(
                                    isMariaDb ? "MariaDB" : "MySQL",
                                    version,
                                    isMariaDb ? "MariaDB 10.6" : "MySQL 8.0.17"),
                    null);
        }
    }

    private static boolean speaksUnicode(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT HEX(?), ?")) {
            statement.setString(1, EMOJI);
            statement.setString(2, EMOJI);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && "F09F9880".equals(row.getString(1)) && EMOJI.equals(row.getString(2));
            }
        }
    }

    private void warnUnless(String wanted, Connection connection, String setting, String what) throws SQLException {
        String value = value(connection, "SELECT @@" + setting);
        if (!value.equals(wanted) && !value.equals("ON")) {
            log.warn(
                    "This {} server runs with {}={}: {}",
                    isMariaDb ? "MariaDB" : "MySQL",
                    setting,
                    Printable.of(value),
                    what);
        }
    }

    // ---- what is set for a while

    /** The server stops waiting for a client that stopped, be it between two statements or in the middle of one. */
    @Override
    public void keep(Session session, Duration lease) throws SQLException {
        boundIdling(session, lease);
        set(session, "net_read_timeout", bound(lease));
        set(session, "net_write_timeout", bound(lease));
        set(session, "innodb_lock_wait_timeout", lockWait(lease).toSeconds());
    }

    @Override
    public Duration lockWait(Duration lease) {
        return Duration.ofSeconds(seconds(lease.dividedBy(LOCK_WAITS_PER_LEASE)));
    }

    @Override
    public boolean isStale(Duration idle, Duration lease) {
        return !isMariaDb && idle.toMillis() > idleBound(lease) * 1_000 * 3 / 4;
    }

    @Override
    public void boundIdling(Session session, Duration lease) throws SQLException {
        set(session, isMariaDb ? "idle_transaction_timeout" : "wait_timeout", idleBound(lease));
    }

    @Override
    public void boundLockWait(Session session) throws SQLException {
        set(session, "innodb_lock_wait_timeout", 1);
    }

    /** MySQL can set this for a session only, which is the pool's: it is set back at once. */
    @Override
    public void changeHardlyWaiting(Statement statement, String change) throws SQLException {
        if (isMariaDb) {
            statement.execute("SET STATEMENT lock_wait_timeout = 1 FOR " + change);
            return;
        }
        statement.execute("SET @revive_ddl_wait = @@SESSION.lock_wait_timeout, SESSION lock_wait_timeout = 1");
        try {
            statement.execute(change);
        } catch (SQLException e) {
            try {
                waitAsBefore(statement);
            } catch (SQLException lost) {
                e.addSuppressed(lost);
            }
            throw e;
        }
        waitAsBefore(statement);
    }

    private static void waitAsBefore(Statement statement) throws SQLException {
        statement.execute("SET SESSION lock_wait_timeout = @revive_ddl_wait, @revive_ddl_wait = NULL");
    }

    /** From then on, until the connection is given back: whoever had to hurry once need not be patient again. */
    @Override
    public void hardlyWait(Session session) throws SQLException {
        boundLockWait(session);
    }

    /**
     * MySQL ends idle connections only; in a transaction that comes to the same. There it is more than the third of a lease that is between two
     * renewals, which would else open their connection anew each time, from a pool that may have none to give.
     */
    private long idleBound(Duration lease) {
        return isMariaDb ? bound(lease) : (lease.toMillis() * 2 / 3 + 999) / 1_000;
    }

    private static long bound(Duration lease) {
        return seconds(lease.dividedBy(3));
    }

    /** The server counts whole seconds, and takes 0 for for ever. */
    private static long seconds(Duration duration) {
        return Math.max(1, duration.toSeconds());
    }

    private static void set(Session session, String setting, long value) throws SQLException {
        String before = "@revive_" + setting;
        session.execute("SET %1$s = CAST(COALESCE(%1$s, @@SESSION.%2$s) AS UNSIGNED), SESSION %2$s = %3$s"
                .formatted(before, setting, value));
        session.whenClosed("SET SESSION %2$s = %1$s, %1$s = NULL".formatted(before, setting));
    }

    // ---- transaction bodies

    @Override
    public void comeBack(Session session) throws SQLException {
        if (schema != null) {
            session.execute("USE `%s`".formatted(schema.replace("`", "``")));
        }
    }

    /** An implicit commit, as DDL causes it, forgets savepoints; so does a rollback of the whole. */
    @Override
    public Object mark(Session session, Sql sql, String executorId) throws SQLException {
        return session.connection().setSavepoint(MARK);
    }

    @Override
    public boolean isStillIn(Session session, Sql sql, Object mark) throws SQLException {
        try {
            session.connection().releaseSavepoint((Savepoint) mark);
            return true;
        } catch (SQLException e) {
            if (e.getErrorCode() == NO_SUCH_SAVEPOINT) {
                return false;
            }
            throw e;
        }
    }

    // ---- errors

    @Override
    public boolean isLockedOut(SQLException e) {
        return LOCKED_OUT.contains(e.getErrorCode());
    }

    @Override
    public Trouble trouble(SQLException e) {
        int code = e.getErrorCode();
        if (RETRY.contains(code)) {
            return Trouble.RETRY;
        }
        if (code == DUPLICATE) {
            return Trouble.CONFLICT;
        }
        if (isTooLarge(e)) {
            return Trouble.REFUSED;
        }
        String state = String.valueOf(e.getSQLState());
        boolean isFromServer = code > 0; // MariaDB's driver says 42000 of a connection that is closed, too
        boolean isWrong = isFromServer && (state.startsWith("22") || state.startsWith("23") || state.startsWith("42"));
        return !CROWDED.contains(code) && (isWrong || WRONG.contains(code)) ? Trouble.REFUSED : Trouble.UNAVAILABLE;
    }

    /** The drivers find out before they send it, and have no code for it. */
    private static boolean isTooLarge(SQLException e) {
        return TOO_LARGE.contains(e.getClass().getSimpleName())
                || (e.getCause() != null
                        && TOO_LARGE.contains(e.getCause().getClass().getSimpleName()));
    }
}
