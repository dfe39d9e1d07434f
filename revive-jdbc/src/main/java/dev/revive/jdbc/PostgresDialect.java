// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.StoreException;
import dev.revive.workflow.Printable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
    /** Leaves nothing on the connection, beside what every database knows. */
    private static final Set<String> PASSING = Set.of("LOCK", "COPY", "NOTIFY", "FETCH", "MOVE", "TRUNCATE");

    private static final Pattern FOR_THE_TRANSACTION =
            Pattern.compile("\\s*SET\\s+(LOCAL|TRANSACTION|CONSTRAINTS)\\s[^;]*;?\\s*", Pattern.CASE_INSENSITIVE);

    /**
     * Plans that a cached statement must not be stuck with, since they were made for small tables; how long a server waits; and what the statements
     * rely on, whatever the connection came with.
     */
    private static final List<String> KEPT = List.of(
            "enable_seqscan",
            "enable_hashjoin",
            "enable_mergejoin",
            "jit",
            "plan_cache_mode",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "default_transaction_isolation",
            "default_transaction_read_only");

    /** Those that a statement needs even if it is planned anew each time; each as one that ends with the transaction. */
    private static final List<String> NEEDED = List.of("lock_timeout", "idle_in_transaction_session_timeout");

    private static final String BY_INDEX = "SET LOCAL enable_seqscan = off";

    /** Less than the shortest time that a client waits for an answer. */
    private static final Duration SHORTEST_LOCK_WAIT = Duration.ofMillis(300);

    /** Whether what is set for one transaction may be: databases that only speak PostgreSQL's language may refuse it. */
    private final Map<String, Boolean> accepted = new ConcurrentHashMap<>();

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

    /** A plan that was made while few rows fulfilled the condition would read all that do. What is behind OFFSET stays inside. */
    @Override
    public String joinOfEach(String table, String condition) {
        return "CROSS JOIN LATERAL (SELECT * FROM %s WHERE workflow_id = w.id AND %s OFFSET 0) m"
                .formatted(table, condition);
    }

    /** Neither may be looked for alone: one workflow may have got a million messages, and one key a million workflows. */
    @Override
    public String byPairs(String table, String one, String other) {
        return """
                (SELECT unnest(?::text[]), unnest(?::text[])) AS wanted(one, other) CROSS JOIN LATERAL (
                SELECT * FROM %s WHERE %s = wanted.one AND %s = wanted.other OFFSET 0) m""".formatted(table, one, other);
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
        log.warn("This PostgreSQL server runs with {}={}: {}", setting, Printable.of(value), what);
    }

    @Override
    public String beginning() {
        return "SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE";
    }

    /**
     * For speed, and for a server that is not to keep what a client has given up: a statement that waits for a lock ends before its client does; a
     * client that stops between two statements loses its transaction, and with it the fence that a takeover waits for. Databases that only speak
     * PostgreSQL's language may refuse it.
     *
     * <p>Behind a pooler nothing is set between transactions, or others would get it.
     */
    @Override
    public void keep(Session session, Duration lease) throws SQLException {
        session.keepPlans();
        session.commitEachStatement(true);
        if (!PostgresBackend.isDirect(session.connection())) {
            session.setEachTransaction(NEEDED.stream()
                    .map(setting -> "SET LOCAL %s = %s".formatted(setting, kept(setting, lease)))
                    .collect(Collectors.joining(";")));
            return;
        }
        for (String setting : KEPT) {
            keep(session, setting, kept(setting, lease));
        }
    }

    /** In the round trip with which the transaction begins. What plans are kept for others who do the same are such as know no other way than the indexes. */
    @Override
    public void prepare(Session session, Duration patience) throws SQLException {
        String idling = "SET LOCAL idle_in_transaction_session_timeout = " + idleBound(patience);
        if (accepts(session, idling)) {
            session.beginWith(idling);
        }
        if (accepts(session, BY_INDEX)) {
            session.beginWith(BY_INDEX);
            session.keepPlans();
        }
    }

    /** In a transaction a refusal would be the end of it. So it is found out before the first one. */
    private boolean accepts(Session session, String setting) throws SQLException {
        Boolean known = accepted.get(setting);
        if (known == null) {
            known = isAccepted(session, setting);
            accepted.put(setting, known);
        }
        return known;
    }

    private static boolean isAccepted(Session session, String setting) throws SQLException {
        try {
            session.execute(setting);
            return true;
        } catch (SQLException e) {
            if (!isRefusal(e)) {
                throw e;
            }
            log.debug("{} is refused: {}", setting, Printable.of(e));
            return false;
        } finally {
            session.endTransaction();
        }
    }

    private static void keep(Session session, String setting, String value) throws SQLException {
        try {
            String before = show(session.connection(), setting);
            session.execute("SET %s = %s".formatted(setting, value));
            session.whenClosed("SET %s = '%s'".formatted(setting, before));
        } catch (SQLException e) {
            if (!isRefusal(e)) {
                throw e;
            }
            log.debug("{} is refused: {}", setting, Printable.of(e));
        }
    }

    private String kept(String setting, Duration lease) {
        return switch (setting) {
            case "plan_cache_mode" -> "force_generic_plan";
            case "lock_timeout" -> String.valueOf(lockWait(lease).toMillis());
            case "idle_in_transaction_session_timeout" -> String.valueOf(idleBound(lease));
            case "default_transaction_isolation" -> "'read committed'";
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
    public void planAnew(Session session) throws SQLException {
        if (session.setsEachTransaction()) {
            return; // the plans are with whoever else uses the server's session
        }
        session.commitEachStatement(true);
        try {
            session.execute("DISCARD PLANS");
        } catch (SQLException e) {
            if (!isRefusal(e)) {
                throw e;
            }
            log.debug("DISCARD PLANS is refused: {}", Printable.of(e));
        }
    }

    /** Another text is another statement to the driver, and to the server; from the first on, or what keeps its plans would be given this one. */
    @Override
    public String plannedAnew(String statement, int times) {
        return statement + " -- plan " + times;
    }

    private static boolean isRefusal(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("42") || state.startsWith("22") || state.startsWith("0A");
    }

    @Override
    public boolean mayLeaveSomething(String statement) {
        return Leftovers.mayComeOf(statement, PASSING)
                && !FOR_THE_TRANSACTION.matcher(statement).matches();
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

    /** As one block, which is a transaction: behind a pooler nothing may be set for longer. */
    @Override
    public void changeHardlyWaiting(Statement statement, String change) throws SQLException {
        statement.execute("DO $change$ BEGIN PERFORM set_config('lock_timeout', '1000', TRUE); %s; END $change$"
                .formatted(change));
    }

    @Override
    public void hardlyWait(Session session) throws SQLException {
        session.update("SET LOCAL lock_timeout = 100");
    }

    /**
     * A COMMIT or ROLLBACK that the body sends as SQL ends the transaction, and with it its number. Where the tables are searched is remembered as
     * well: a schema of another tenant may have tables of the same names.
     */
    @Override
    public Object mark(Session session, Sql sql, String executorId) throws SQLException {
        return Place.of(session);
    }

    @Override
    public boolean isStillIn(Session session, Sql sql, Object mark) throws SQLException {
        Place before = (Place) mark;
        Place now = Place.of(session);
        if (!now.searchPath().equals(before.searchPath())) {
            session.spoil();
            session.query("SELECT set_config('search_path', ?, TRUE)", row -> true, before.searchPath());
        }
        return now.transactionId().equals(before.transactionId());
    }

    private record Place(String transactionId, String searchPath) {
        static Place of(Session session) throws SQLException {
            return Objects.requireNonNull(session.first(
                    "SELECT pg_current_xact_id()::text, current_setting('search_path')",
                    row -> new Place(row.getString(1), row.getString(2))));
        }
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
