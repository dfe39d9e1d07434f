// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.databases.SharedServers;
import dev.revive.store.Answer;
import dev.revive.store.Arrival;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.HostTransaction;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Create;
import dev.revive.store.Posting;
import dev.revive.store.StepStore;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.TransactionBodyException;
import dev.revive.store.Undelivered;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.WorkflowStatus;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PgConnection;

/** What is special about PostgreSQL. */
@Timeout(120)
class PostgresTests {
    private static final Instant STAMP = Instant.parse("2026-11-25T10:00:00Z");
    private static final Duration LEASE = Duration.ofSeconds(30);

    private HikariDataSource pool;
    private ExecutorSeat seat;
    private StepStore lane;

    @BeforeEach
    void openTheStore() {
        SharedServers.postgres().create("special");
        pool = TestDatabase.pool(SharedServers.postgres().dataSource("special"), 12);
        seat = JdbcStore.over(pool).seat(new ExecutorSettings("test", 1, LEASE));
        lane = seat.lanes().get(0);
        NewWorkflow workflow = new NewWorkflow("a", new WorkflowType("order", 1), "null", "hash", STAMP);
        lane.write(List.of(new Create(workflow, Create.Start.CLAIMED, null)));
    }

    @AfterEach
    void close() {
        seat.close();
        pool.close();
    }

    @Nested
    class ATransactionBodyWhoseConnectionIsLost {
        @BeforeEach
        void makeATable() throws SQLException {
            try (Connection connection = pool.getConnection()) {
                sql(connection, "CREATE TABLE account (id INT PRIMARY KEY)");
            }
        }

        @Test
        void isRunAgain() throws SQLException {
            AtomicInteger runs = new AtomicInteger();

            Answer answer = lane.transact(new Booking(connection -> {
                sql(connection, "INSERT INTO account VALUES (%d)".formatted(runs.incrementAndGet()));
                if (runs.get() == 1) {
                    loseConnection(connection);
                }
            }));

            assertThat(answer).isEqualTo(Answer.ACCEPTED);
            assertThat(accounts()).containsExactly("2");
        }

        /** What it throws in the end may be its own, without a trace of the database. */
        @Test
        void hasNotFailedWhateverItThrows() throws SQLException {
            assertThatThrownBy(() -> lane.transact(new Booking(connection -> {
                        try {
                            loseConnection(connection);
                        } catch (SQLException e) {
                            throw new IllegalStateException("no such customer");
                        }
                    })))
                    .isInstanceOf(StoreUnavailableException.class);

            assertThat(accounts()).isEmpty();
        }
    }

    @Nested
    class ATransactionBodysConnection {
        @Test
        void isNotFoundInAnyRoundaboutWay() {
            List<Booking.Body> ways = List.of(
                    connection -> connection
                            .getMetaData()
                            .getTables(null, null, null, null)
                            .getStatement()
                            .getConnection()
                            .commit(),
                    connection -> connection
                            .createArrayOf("int4", new Object[] {1})
                            .getResultSet()
                            .getStatement()
                            .getConnection()
                            .commit(),
                    connection -> connection.unwrap(PgConnection.class).commit());
            for (Booking.Body way : ways) {
                assertThatThrownBy(() -> lane.transact(new Booking(way)))
                        .isInstanceOf(TransactionBodyException.class)
                        .hasMessageContaining("ctx.transaction");
            }
        }

        @Test
        void hasTheDriversOwnInterfaces() throws SQLException {
            try (Connection connection = pool.getConnection()) {
                sql(connection, "CREATE TABLE account (id INT PRIMARY KEY)");
            }
            lane.transact(new Booking(connection -> connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY account FROM STDIN", new StringReader("1\n2\n"))));

            assertThat(accounts()).containsExactly("1", "2");
        }
    }

    @Nested
    class ABodyThatGoesToAnotherSchema {
        @BeforeEach
        void makeAnotherTenantsTables() throws SQLException {
            try (Connection connection = pool.getConnection()) {
                sql(connection, "CREATE SCHEMA tenant");
                for (String table : List.of("executor", "fence", "workflow", "step")) {
                    sql(
                            connection,
                            "CREATE TABLE tenant.revive_%1$s (LIKE public.revive_%1$s INCLUDING ALL)".formatted(table));
                }
                sql(connection, """
                        CREATE FUNCTION enter_tenant() RETURNS void LANGUAGE plpgsql
                        AS 'BEGIN PERFORM set_config(''search_path'', ''tenant'', false); END'""");
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "SET search_path TO tenant",
                    "SET LOCAL search_path TO tenant",
                    "SELECT set_config('search_path', 'tenant', false)",
                    "SELECT enter_tenant()"
                })
        void isRecordedInItsOwn(String going) throws SQLException {
            assertThat(lane.transact(new Booking(connection -> sql(connection, going))))
                    .isEqualTo(Answer.ACCEPTED);

            try (Connection connection = pool.getConnection()) {
                assertThat(H2Dialect.value(connection, "SELECT COUNT(*) FROM public.revive_step"))
                        .isEqualTo("1");
                assertThat(H2Dialect.value(connection, "SELECT COUNT(*) FROM tenant.revive_step"))
                        .isEqualTo("0");
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "SET search_path TO tenant",
                    "SELECT enter_tenant()",
                    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                    "SET ROLE pg_monitor; RESET ROLE; SET application_name = 'body'",
                    "CREATE TEMPORARY TABLE left_behind (id INT)",
                    "SELECT pg_advisory_lock(42)"
                })
        void leavesNothingOfItToTheNextOfThePool(String going) throws SQLException {
            lane.transact(new Booking(connection -> sql(connection, going)));

            assertThat(atEveryConnection("SHOW search_path")).containsOnly("\"$user\", public");
            assertThat(atEveryConnection("SHOW default_transaction_read_only")).containsOnly("off");
            assertThat(atEveryConnection("SHOW application_name")).doesNotContain("body");
            assertThat(atEveryConnection("SELECT to_regclass('left_behind')::text"))
                    .containsOnlyNulls();
            assertThat(atEveryConnection("SELECT pg_advisory_unlock(42)::text")).containsOnly("false");
        }

        /** All that the pool has to lend. */
        private List<String> atEveryConnection(String query) throws SQLException {
            List<Connection> all = new ArrayList<>();
            try {
                List<String> answers = new ArrayList<>();
                while (pool.getHikariPoolMXBean().getActiveConnections() < pool.getMaximumPoolSize()) {
                    all.add(pool.getConnection());
                    answers.add(H2Dialect.value(all.get(all.size() - 1), query));
                }
                return answers;
            } finally {
                for (Connection connection : all) {
                    connection.close();
                }
            }
        }
    }

    /** Each as a statement is that is planned while nothing is there, by those who keep plans. */
    @Nested
    class AMessage {
        private final Sql sql = new Sql("revive_", new PostgresDialect());

        @Test
        void isLookedForByItsWorkflowIfItIsUnread() throws SQLException {
            assertThat(plan(sql.unreadOf.replace("?", "$1"), "(text[])", "('{a,b}')"))
                    .anyMatch(line -> line.startsWith("->  Index Scan using revive_message_unread"))
                    .anyMatch(line -> line.startsWith("Index Cond: ((workflow_id)::text = (w.id)::text)"));
        }

        /** Not among all that its workflow has got, nor among all that have its key. */
        @Test
        void isLookedForByItsKeyAndItsWorkflow() throws SQLException {
            String keys = sql.messageKeys.replaceFirst("\\?", "\\$1").replaceFirst("\\?", "\\$2");

            assertThat(plan(keys, "(text[], text[])", "('{a,b}', '{k,l}')"))
                    .anyMatch(line -> line.contains("using revive_message_by_key"))
                    .anyMatch(line ->
                            line.startsWith("Index Cond: ((message_key = ") && line.contains("AND (workflow_id = "));
        }

        @Test
        void isLookedForByItsKeyAndItsWorkflowIfItIsOne() throws SQLException {
            for (String one : List.of(sql.messageKey, sql.messageByKey)) {
                String key = one.replaceFirst("\\?", "\\$1").replaceFirst("\\?", "\\$2");

                assertThat(plan(key, "(text, text)", "('a', 'k')"))
                        .anyMatch(line -> line.contains("using revive_message_by_key"))
                        .anyMatch(line -> line.startsWith("Index Cond: ((")
                                && line.indexOf("message_key") < line.indexOf("workflow_id"));
            }
        }

        /** Not among all that its workflow has got. */
        @Test
        void isReceivedByItsPosition() throws SQLException {
            String receive = sql.receive
                    .replaceFirst("\\?", "1")
                    .replaceFirst("\\?", "\\$1")
                    .replaceFirst("\\?", "\\$2");

            assertThat(plan(receive, "(text, bigint)", "('a', 1)"))
                    .anyMatch(line -> line.startsWith("Index Cond: ") && line.contains("\"position\" = $2"));
        }

        private List<String> plan(String text, String types, String values) throws SQLException {
            List<String> lines = new ArrayList<>();
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                for (String setting : List.of("seqscan", "hashjoin", "mergejoin")) {
                    statement.execute("SET enable_%s = off".formatted(setting));
                }
                statement.execute("SET plan_cache_mode = force_generic_plan");
                statement.execute("PREPARE planned %s AS %s".formatted(types, text));
                try (ResultSet plan = statement.executeQuery("EXPLAIN EXECUTE planned " + values)) {
                    while (plan.next()) {
                        lines.add(plan.getString(1).strip());
                    }
                }
                statement.execute("DISCARD ALL");
            }
            return lines;
        }
    }

    /** A plan that was right for a small table is wrong for a large one, and nobody has those of a pool forgotten. */
    @Test
    void leavesNoPlanOfAWriteOnAConnectionOfThePoolThatReadsAWholeTable() throws SQLException {
        try (HikariDataSource one = TestDatabase.pool(SharedServers.postgres().dataSource("special"), 1)) {
            JdbcStore store = JdbcStore.over(one);
            try (Connection connection = one.getConnection()) {
                sql(connection, "ANALYZE"); // so that it is known how small they are
            }
            for (int number = 1; number <= 20; number++) {
                assertThat(store.send(List.of(letter("a", number), letter("b", number))))
                        .containsExactly(Arrival.ARRIVED, Arrival.NOT_FOUND);
                assertThat(store.send(List.of(letter("a", -number)))).containsExactly(Arrival.ARRIVED);
            }
            try (Connection connection = one.getConnection()) {
                assertThat(kept(connection)).isNotEmpty().noneMatch(plan -> plan.contains("Seq Scan on revive_"));
            }
        }
    }

    /** A body's transaction is planned as its connection came, and it sends with the same statements. */
    @Test
    void keepsNoPlanOfABodysTransactionForAWrite() throws SQLException {
        try (HikariDataSource one = TestDatabase.pool(SharedServers.postgres().dataSource("special"), 1)) {
            JdbcStore store = JdbcStore.over(one);
            try (Connection connection = one.getConnection()) {
                sql(connection, "ANALYZE");
            }
            for (int number = 1; number <= 12; number++) {
                Posting posting = Posting.of(letter("a", number));
                store.transact(new Posted(connection -> store.post(connection, posting)));
            }
            for (int number = 1; number <= 12; number++) {
                assertThat(store.send(List.of(letter("a", -number)))).containsExactly(Arrival.ARRIVED);
            }
            try (Connection connection = one.getConnection()) {
                assertThat(kept(connection)).isNotEmpty().noneMatch(plan -> plan.contains("Seq Scan on revive_"));
            }
        }
    }

    /** As one that only speaks PostgreSQL's language: what one statement of a transaction is refused, all of it is. */
    @ParameterizedTest
    @ValueSource(strings = {"enable_seqscan", "idle_in_transaction_session_timeout"})
    void writesWhereASettingIsRefused(String setting) {
        JdbcStore store = JdbcStore.over(TestDatabase.without(pool, setting));

        for (int number = 1; number <= 2; number++) {
            assertThat(store.send(List.of(letter("a", number)))).containsExactly(Arrival.ARRIVED);
        }
    }

    private record Posted(Consumer<Connection> body) implements HostTransaction {
        @Override
        public void run(Connection connection) {
            body.accept(connection);
        }

        @Override
        public RuntimeException refusal(Undelivered what) {
            return new IllegalStateException(what.toString());
        }

        @Override
        public boolean isSame(WorkflowRecord there, NewWorkflow asked) {
            return true;
        }
    }

    @Test
    void plansReadsAnewWheneverTheyHaveDoubled() throws SQLException {
        try (HikariDataSource one = TestDatabase.pool(SharedServers.postgres().dataSource("special"), 1)) {
            JdbcStore store = JdbcStore.over(one);
            for (int number = 1; number <= 300; number++) {
                assertThat(store.find("a")).isPresent();
            }
            try (Connection connection = one.getConnection()) {
                assertThat(
                                H2Dialect.value(
                                        connection,
                                        "SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM revive_workflow%'"))
                        .isEqualTo("4"); // until 64, 128, 256, and since
            }
        }
    }

    /** Of all statements that search tables of Revive's, but those that are sent for a while only. */
    private static List<String> kept(Connection connection) throws SQLException {
        List<String> plans = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                Statement explain = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT name, cardinality(parameter_types) FROM pg_prepared_statements
                         WHERE statement LIKE '%revive_%' AND statement NOT LIKE 'INSERT%' AND statement NOT LIKE '%-- plan %'
                           AND generic_plans > 0""")) {
            while (row.next()) {
                String nulls = String.join(", ", Collections.nCopies(row.getInt(2), "NULL"));
                try (ResultSet plan =
                        explain.executeQuery("EXPLAIN EXECUTE \"%s\" (%s)".formatted(row.getString(1), nulls))) {
                    while (plan.next()) {
                        plans.add(plan.getString(1));
                    }
                }
            }
        }
        return plans;
    }

    private static Letter letter(String workflowId, int number) {
        return new Letter(workflowId, MessageKind.SIGNAL, "news", "key-" + number, "1", STAMP, null);
    }

    @Nested
    class WhatFailed {
        @Test
        void isFoundWithoutALookAtWhatCompleted() throws SQLException {
            Sql sql = new Sql("revive_", new PostgresDialect());
            try (Connection connection = pool.getConnection()) {
                sql(connection, """
                        INSERT INTO revive_workflow (id, name, version, status, input, input_hash, epoch, wake_seq, strikes, created_at)
                        SELECT 'w' || n, 'order', 1, CASE WHEN n % 5000 = 0 THEN 'FAILED' ELSE 'COMPLETED' END, '1', '', 1, 0, 0, 0
                          FROM generate_series(1, 20000) AS n""");
                sql(connection, "VACUUM ANALYZE revive_workflow");

                assertThat(plan(connection, sql.countApart(10_000)))
                        .contains("Index Only Scan using revive_workflow_failed")
                        .doesNotContain("Seq Scan");
                WorkflowFilter failed = new WorkflowFilter(Set.of(WorkflowStatus.FAILED), null, "", "", 50);
                String page =
                        sql.summaries(failed).replaceFirst("> \\?", "> ''").replaceFirst("\\?", "50");
                assertThat(plan(connection, page))
                        .contains("Index Scan using revive_workflow_failed")
                        .doesNotContain("Sort");
            }
            assertThat(JdbcStore.over(pool).counts("", 100).of(WorkflowStatus.FAILED, null))
                    .isEqualTo(4);
        }

        private String plan(Connection connection, String sql) throws SQLException {
            List<String> lines = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("EXPLAIN " + sql)) {
                while (row.next()) {
                    lines.add(row.getString(1));
                }
            }
            return String.join("\n", lines);
        }
    }

    @Nested
    class StartsOfTheSameWorkflowsByTwoExecutorsInAnotherOrder {
        private static final int ROUNDS = 30;
        private static final int WORKFLOWS = 100;

        @Test
        void doNotWaitForEachOtherInACircle() throws Exception {
            try (ExecutorSeat other = JdbcStore.over(pool).seat(new ExecutorSettings("other", 1, LEASE))) {
                CyclicBarrier together = new CyclicBarrier(2);
                ExecutorService threads = Executors.newFixedThreadPool(2);
                try {
                    Future<Integer> forwards = threads.submit(() -> start(lane, together, false));
                    Future<Integer> backwards =
                            threads.submit(() -> start(other.lanes().get(0), together, true));

                    assertThat(forwards.get() + backwards.get()).isEqualTo(ROUNDS * WORKFLOWS);
                } finally {
                    threads.shutdownNow();
                }
            }
            try (Connection connection = pool.getConnection()) {
                sql(connection, "SELECT pg_stat_force_next_flush()");
                assertThat(H2Dialect.value(
                                connection,
                                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
                        .isEqualTo("0");
            }
        }

        /** How many were this one's. */
        private int start(StepStore at, CyclicBarrier together, boolean backwards) throws Exception {
            int mine = 0;
            for (int round = 0; round < ROUNDS; round++) {
                List<Operation> batch = new ArrayList<>();
                for (int i = 0; i < WORKFLOWS; i++) {
                    String id = "%s-%03d".formatted(round, backwards ? WORKFLOWS - 1 - i : i);
                    NewWorkflow workflow = new NewWorkflow(
                            id, new WorkflowType("order", 1), "null", backwards ? "one" : "other", STAMP);
                    batch.add(new Create(workflow, Create.Start.DUE, null));
                }
                together.await();
                mine += Collections.frequency(at.write(batch), Answer.ACCEPTED);
            }
            return mine;
        }
    }

    private static void loseConnection(Connection connection) throws SQLException {
        sql(connection, "SELECT pg_terminate_backend(pg_backend_pid())");
    }

    private static void sql(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> accounts() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id FROM account ORDER BY id")) {
            List<String> ids = new ArrayList<>();
            while (row.next()) {
                ids.add(row.getString(1));
            }
            return ids;
        }
    }
}
