// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL, 14 and newer. A batch is one statement that commits by itself, so a client that stops holds no lock; whatever plan it was given
 * while the tables were empty, it must go by the indexes when they are full.
 */
final class PostgresDialect implements Dialect {
    private static final Logger log = LoggerFactory.getLogger(PostgresDialect.class);
    private static final int OLDEST = 140_000;
    /** Lock not available, statement cancelled. */
    private static final Set<String> LOCKED_OUT = Set.of("55P03", "57014");
    /** Deadlock, serialization failure, and those. */
    private static final Set<String> RETRY = Set.of("40P01", "40001", "55P03", "57014");
    /** A transaction that an earlier error has aborted: whoever swallowed that error will do it again. */
    private static final String ABORTED = "25P02";
    /** Plans that a cached statement must not be stuck with, since they were made for small tables; and how long a server waits. */
    private static final String[] KEPT = {
        "enable_seqscan",
        "enable_hashjoin",
        "enable_mergejoin",
        "jit",
        "plan_cache_mode",
        "lock_timeout",
        "idle_in_transaction_session_timeout"
    };

    /** Less than the shortest time that a client waits for an answer. */
    private static final Duration SHORTEST_LOCK_WAIT = Duration.ofMillis(300);

    @Override
    public String folder() {
        return "postgresql";
    }

    @Override
    public String clock() {
        return "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT";
    }

    /** {@code clock_timestamp()} moves while an index is searched, so PostgreSQL would not search it but go through all of it. */
    @Override
    public String statementClock() {
        return "(EXTRACT(EPOCH FROM statement_timestamp()) * 1000000)::BIGINT";
    }

    @Override
    public @Nullable Notifications notifications() {
        try {
            return new PostgresNotifications();
        } catch (LinkageError e) {
            log.info("Notifications need PostgreSQL's own driver, which is not here; Revive polls instead");
            return null;
        }
    }

    @Override
    public Object textSet(Connection connection, Collection<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }

    @Override
    public void check(Connection connection) throws SQLException {
        if (Integer.parseInt(show(connection, "server_version_num")) < OLDEST) {
            throw new StoreException(
                    "PostgreSQL %s is too old. Use 14 or newer.".formatted(show(connection, "server_version")), null);
        }
        if (!"UTF8".equals(show(connection, "server_encoding"))) {
            throw new StoreException(
                    "This PostgreSQL database has the encoding %s, which cannot hold every text. Create it with ENCODING 'UTF8'."
                            .formatted(show(connection, "server_encoding")),
                    null);
        }
        warnUnlessOn(connection, "fsync", "a crash of its machine loses acknowledged steps, and perhaps the database");
        warnUnlessOn(connection, "full_page_writes", "a crash of its machine may damage the tables");
        if (show(connection, "synchronous_commit").equals("off")) {
            warn("synchronous_commit", "off", "a crash of the server loses acknowledged steps");
        }
    }

    private static String show(Connection connection, String setting) throws SQLException {
        return Objects.requireNonNull(H2Dialect.value(connection, "SHOW " + setting), setting);
    }

    private static void warnUnlessOn(Connection connection, String setting, String what) throws SQLException {
        String value = show(connection, setting);
        if (!value.equals("on")) {
            warn(setting, value, what);
        }
    }

    private static void warn(String setting, String value, String what) {
        log.warn("This PostgreSQL server runs with {}={}: {}", setting, value, what);
    }

    /**
     * Connection poolers and databases that only speak PostgreSQL's language may refuse this: it is for speed, and for a server that is not to keep
     * what a client has given up. A statement that waits for a lock ends before its client does; a client that stops between two statements
     * loses its transaction, and with it the fence that a takeover waits for.
     */
    @Override
    public void keep(Session session, Duration lease) throws SQLException {
        session.commitEachStatement(true);
        for (String setting : KEPT) {
            set(session.connection(), "SET %s = %s".formatted(setting, kept(setting, lease)));
        }
    }

    private String kept(String setting, Duration lease) {
        return switch (setting) {
            case "plan_cache_mode" -> "force_generic_plan";
            case "lock_timeout" -> String.valueOf(lockWait(lease).toMillis());
            case "idle_in_transaction_session_timeout" -> String.valueOf(idleBound(lease));
            default -> "off";
        };
    }

    @Override
    public Duration lockWait(Duration lease) {
        Duration part = lease.dividedBy(LOCK_WAITS_PER_LEASE);
        return part.compareTo(SHORTEST_LOCK_WAIT) < 0 ? SHORTEST_LOCK_WAIT : part;
    }

    private static long idleBound(Duration lease) {
        return Math.max(100, lease.toMillis() / 3);
    }

    @Override
    public void giveBack(Session session) throws SQLException {
        session.commitEachStatement(true);
        for (String setting : KEPT) {
            set(session.connection(), "RESET " + setting);
        }
    }

    @Override
    public void planAnew(Session session) throws SQLException {
        session.commitEachStatement(true);
        set(session.connection(), "DISCARD PLANS");
    }

    private static void set(Connection connection, String statement) throws SQLException {
        try (Statement set = connection.createStatement()) {
            set.execute(statement);
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (!state.startsWith("42") && !state.startsWith("22") && !state.startsWith("0A")) {
                throw e;
            }
            log.debug("{} is refused: {}", statement, e.toString());
        }
    }

    @Override
    public boolean writesInOneStatement() {
        return true;
    }

    @Override
    public void boundIdling(Session session, Duration lease) throws SQLException {
        session.update("SET LOCAL idle_in_transaction_session_timeout = " + idleBound(lease));
    }

    @Override
    public void boundLockWait(Session session) throws SQLException {
        session.update("SET LOCAL lock_timeout = 1000");
    }

    @Override
    public void hardlyWait(Session session) throws SQLException {
        session.update("SET LOCAL lock_timeout = 100");
    }

    /** A COMMIT or ROLLBACK that the body sends as SQL ends the transaction, and with it its number. */
    @Override
    public Object mark(Session session, Sql sql, String executorId) throws SQLException {
        return transactionId(session);
    }

    @Override
    public boolean isStillIn(Session session, Sql sql, Object mark) throws SQLException {
        return mark.equals(transactionId(session));
    }

    private static String transactionId(Session session) throws SQLException {
        return Objects.requireNonNull(
                H2Dialect.value(session.connection(), "SELECT pg_current_xact_id()::text"), "transaction id");
    }

    @Override
    public boolean isLockedOut(SQLException e) {
        return LOCKED_OUT.contains(String.valueOf(e.getSQLState()));
    }

    @Override
    public Trouble trouble(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (RETRY.contains(state)) {
            return Trouble.RETRY;
        }
        if (state.equals("23505")) {
            return Trouble.CONFLICT;
        }
        boolean isWrong = state.startsWith("22") || state.startsWith("23") || state.startsWith("42");
        return isWrong || state.equals(ABORTED) ? Trouble.REFUSED : Trouble.UNAVAILABLE;
    }
}
