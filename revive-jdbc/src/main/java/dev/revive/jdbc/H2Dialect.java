// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.StoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * H2. One write transaction at a time: with several, a killed process was seen to leave one half applied. One thread that nobody interrupts for
 * transaction bodies: an interrupt that reaches H2's file channel closes the whole database.
 */
final class H2Dialect implements Dialect {
    private static final int DEADLOCK = 40001;
    private static final int LOCK_TIMEOUT = 50200;
    private static final int CONCURRENT_UPDATE = 90131;
    private static final int READ_ONLY = 90097;
    private static final int NO_RIGHTS = 90096;
    private static final int NO_ADMIN_RIGHTS = 90040;
    private static final Set<String> LOSING_VERSIONS = Set.of("2.5.250", "2.5.251", "2.5.252");

    private final Durability durability;
    private final Runnable afterCommit;
    private final AtomicInteger marks = new AtomicInteger();
    private volatile boolean isFile;
    private volatile String schema = "PUBLIC";

    H2Dialect(Durability durability) {
        this(durability, () -> {});
    }

    /** @param afterCommit what the writer does when its commit is durable */
    H2Dialect(Durability durability, Runnable afterCommit) {
        this.durability = durability;
        this.afterCommit = afterCommit;
    }

    @Override
    public String folder() {
        return "h2";
    }

    @Override
    public String clock() {
        return "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000000 AS BIGINT)";
    }

    @Override
    public boolean isInThisProcess() {
        return true;
    }

    @Override
    public Object textSet(Connection connection, Collection<String> texts) {
        return texts.toArray(new String[0]);
    }

    @Override
    public void check(Connection connection) throws SQLException {
        checkVersion(String.valueOf(value(connection, "SELECT H2VERSION()")));
        if (connection.isReadOnly()) {
            throw new StoreException(
                    "The H2 database %s is read-only. Make its file and directory writable, and open it without ACCESS_MODE_DATA=r."
                            .formatted(connection.getMetaData().getURL()),
                    null);
        }
        if (!"TRUE".equals(value(connection, "SELECT 'a' <> 'A' AND 'a' <> 'a ' AND '' IS NOT NULL"))) {
            throw new StoreException(
                    "This H2 database does not compare text exactly. Open it without COLLATION, IGNORECASE and Oracle mode.",
                    null);
        }
        requireLimit(connection);
        schema = String.valueOf(value(connection, "SELECT SCHEMA()"));
        isFile = value(connection, setting("info.FILE_SIZE")) != null;
        String writeDelay = value(connection, setting("WRITE_DELAY"));
        if (isFile && writeDelay != null && !writeDelay.equals("0")) {
            throw new StoreException(
                    "This H2 file has WRITE_DELAY=%s: a killed process loses what was acknowledged. Add ;WRITE_DELAY=0 to its URL, or run SET WRITE_DELAY 0 once."
                            .formatted(writeDelay),
                    null);
        }
    }

    /** Some modes, STRICT and those of Derby and of Microsoft's server, do not know it. */
    private static void requireLimit(Connection connection) throws SQLException {
        try {
            value(connection, "SELECT 1 LIMIT 1");
        } catch (SQLException e) {
            throw new StoreException(
                    "This H2 database does not understand LIMIT in the mode of its URL. Open it without MODE, or in one like PostgreSQL, MySQL or MariaDB.",
                    e);
        }
    }

    /** Before a file is opened, since a losing version would change it. */
    static void checkVersion(String version) {
        if (version.startsWith("1.") || LOSING_VERSIONS.contains(version)) {
            throw new StoreException(
                    "H2 %s %s Use H2 2.4.240."
                            .formatted(
                                    version,
                                    version.startsWith("1.")
                                            ? "is too old."
                                            : "loses acknowledged commits when its process is killed."),
                    null);
        }
    }

    /** In the letters that H2 has them in, for a database that takes names as they are written. */
    private static String setting(String name) {
        return "SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = '%s'".formatted(name);
    }

    static @Nullable String value(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    @Override
    public int lanes(int asked) {
        return 1;
    }

    @Override
    public boolean hasOneWriter() {
        return true;
    }

    @Override
    public boolean toleratesInterrupts() {
        return false;
    }

    @Override
    public void makeDurable(Connection connection) throws SQLException {
        if (isFile && durability == Durability.POWER_LOSS) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CHECKPOINT SYNC");
            }
        }
        afterCommit.run();
    }

    @Override
    public void comeBack(Session session) throws SQLException {
        session.connection().setSchema(schema);
    }

    /**
     * Inserts a row that nobody else will see, under a number that is never used twice. H2 forgets savepoints on an implicit commit without an
     * error that could be seen from outside; but a transaction that has written has a number, and it changes.
     */
    @Override
    public Object mark(Session session, Sql sql, String executorId) throws SQLException {
        int lane = -marks.incrementAndGet();
        session.update(sql.insertFence, executorId, lane);
        return new Mark(executorId, lane, transactionId(session));
    }

    @Override
    public boolean isStillIn(Session session, Sql sql, Object mark) throws SQLException {
        Mark before = (Mark) mark;
        boolean same = before.transactionId().equals(transactionId(session));
        session.update(sql.deleteFence, before.executorId(), before.lane());
        return same;
    }

    private static String transactionId(Session session) throws SQLException {
        return String.valueOf(value(session.connection(), "SELECT TRANSACTION_ID()"));
    }

    private record Mark(String executorId, int lane, String transactionId) {}

    @Override
    public boolean isLockedOut(SQLException e) {
        return e.getErrorCode() == LOCK_TIMEOUT;
    }

    @Override
    public Trouble trouble(SQLException e) {
        int code = e.getErrorCode();
        String state = String.valueOf(e.getSQLState());
        if (code == DEADLOCK || code == LOCK_TIMEOUT || code == CONCURRENT_UPDATE) {
            return Trouble.RETRY;
        }
        if (code == 23505) {
            return Trouble.CONFLICT;
        }
        boolean isWrong = state.startsWith("22") || state.startsWith("23") || state.startsWith("42");
        return isWrong || code == READ_ONLY || code == NO_RIGHTS || code == NO_ADMIN_RIGHTS
                ? Trouble.REFUSED
                : Trouble.UNAVAILABLE;
    }
}
