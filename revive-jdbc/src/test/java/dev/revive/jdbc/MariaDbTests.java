// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.databases.SharedServers;
import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Release;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.TransactionBodyException;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is special about MariaDB, and so about MySQL. */
@Timeout(120)
@Tag("once")
class MariaDbTests {
    private static final Instant STAMP = Instant.parse("2026-11-23T10:00:00Z");
    private static final WorkflowType ORDER = new WorkflowType("order", 1);
    private static final Duration LEASE = Duration.ofSeconds(30);

    /** Of all tests: to make tables takes longer than most of them. */
    private static final String PREFIX = "m_";

    @AutoClose
    private final HikariDataSource pool = MariaDb.pool(30);

    private JdbcStore store;
    private ExecutorSeat seat;
    private StepStore lane;

    @BeforeEach
    void openTheStore() throws SQLException {
        store = store();
        try (Connection connection = pool.getConnection()) {
            Emptied.tables(connection, PREFIX);
        }
        seat = seat();
        lane = seat.lanes().get(0);
    }

    @AfterEach
    void close() {
        seat.close();
        store.close();
    }

    private JdbcStore store() {
        return JdbcStore.over(pool, JdbcSettings.defaults().withTablePrefix(PREFIX));
    }

    private ExecutorSeat seat() {
        return seat(LEASE);
    }

    private ExecutorSeat seat(Duration lease) {
        return store.seat(new ExecutorSettings("test", 4, lease));
    }

    private static Create claimed(String id) {
        return new Create(new NewWorkflow(id, ORDER, "1", "hash", STAMP), Create.Start.CLAIMED, null);
    }

    private static Create due(String id) {
        return new Create(new NewWorkflow(id, ORDER, "1", "hash", STAMP), Create.Start.DUE, null);
    }

    private static Checkpoint step(String id, int sequence, StepStatus status) {
        return step(id, sequence, status, "1");
    }

    private static Checkpoint step(String id, int sequence, StepStatus status, String output) {
        StepRecord step = StepRecord.of(id, new StepKey("", sequence, "book"), CallKind.STEP, 1)
                .at(STAMP)
                .status(status)
                .output(status == StepStatus.COMPLETED ? output : null)
                .build();
        return new Checkpoint(step, status == StepStatus.STARTED);
    }

    private static Finish end(String id) {
        return Finish.of(id, 1, WorkflowStatus.COMPLETED, "1", STAMP);
    }

    private List<String> column(String sql) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return column(connection, sql);
        }
    }

    private static List<String> column(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> column = new ArrayList<>();
            while (row.next()) {
                column.add(row.getString(1));
            }
            return column;
        }
    }

    private static void sql(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Nested
    class Ids {
        private static final List<String> ALIKE = List.of(
                "a",
                "A",
                "a ",
                " a",
                "\u00E4",
                "a\u0308",
                "ss",
                "\u00DF",
                "\uD83D\uDE00",
                "\uD83D\uDE01",
                "a\\\"b",
                "a'b",
                "a\nb",
                "%",
                "_");

        @Test
        void areExact() {
            List<Operation> batch = new ArrayList<>();
            ALIKE.forEach(id -> batch.add(claimed(id)));
            assertThat(lane.write(batch)).containsOnly(Answer.ACCEPTED);

            for (String id : ALIKE) {
                assertThat(store.find(List.of(id)))
                        .extracting(WorkflowRecord::id)
                        .containsExactly(id);
                assertThat(store.find(id)).get().extracting(WorkflowRecord::id).isEqualTo(id);
            }
            assertThat(store.find(ALIKE)).extracting(WorkflowRecord::id).containsExactlyInAnyOrderElementsOf(ALIKE);
            assertThat(store.find("a  ")).isEmpty();
        }

        @Test
        void ofTypesAreExactToo() {
            lane.write(List.of(due("a")));

            assertThat(seat.claim(Set.of(new WorkflowType("Order", 1)), 9, 0).workflows())
                    .isEmpty();
            assertThat(seat.claim(Set.of(new WorkflowType("order ", 1)), 9, 0).workflows())
                    .isEmpty();
            assertThat(seat.claim(Set.of(ORDER), 9, 0).workflows()).hasSize(1);
        }

        @Test
        void areFoundByTheirKey() throws SQLException {
            lane.write(List.of(claimed("a")));
            Sql sql = new Sql(PREFIX, MariaDbDialect.of(pool.getConnection()));
            for (String statement : List.of(sql.states, sql.findWorkflows, sql.lockDue, sql.load)) {
                String literal = statement
                        .replace("JSON_TABLE(?", "JSON_TABLE('[\"a\"]'")
                        .replace("?", "0");
                try (Connection connection = pool.getConnection();
                        Statement explain = connection.createStatement();
                        ResultSet plan = explain.executeQuery("EXPLAIN FORMAT=TRADITIONAL " + literal)) {
                    while (plan.next()) {
                        if (plan.getString("table").equals("w")) {
                            assertThat(plan.getString("key")).isEqualTo("PRIMARY");
                            assertThat(plan.getString("type")).isEqualTo("eq_ref");
                        }
                    }
                }
            }
        }
    }

    /** It refuses to lock what comes out of JSON, so the table of those that are locked is named. This build's server may be a MariaDB, which does not know how. */
    @Test
    void onMySqlOnlyWorkflowsAreLocked() {
        Sql sql = new Sql(PREFIX, new MariaDbDialect(false, true));
        for (String statement : List.of(sql.lockDue, sql.lockRunBy, sql.lockFree, sql.lockFreeReceivers)) {
            assertThat(statement).contains("JSON_TABLE").endsWith("FOR UPDATE OF w SKIP LOCKED");
        }
    }

    @Nested
    class ATransactionBody {
        @BeforeEach
        void makeATableAndAWorkflow() throws SQLException {
            lane.write(List.of(claimed("a")));
            try (Connection connection = pool.getConnection()) {
                sql(connection, "DROP TABLE IF EXISTS account");
                sql(connection, "CREATE TABLE account (id INT PRIMARY KEY, balance INT)");
                sql(connection, "INSERT INTO account VALUES (100, 0), (200, 0)");
            }
        }

        private Answer transact(int sequence, Booking.Body body) {
            return lane.transact(new Booking(sequence, body));
        }

        private static void insert(Connection connection, int id) throws SQLException {
            sql(connection, "INSERT INTO account VALUES (%d, 1)".formatted(id));
        }

        private List<String> inserted() throws SQLException {
            return column("SELECT id FROM account WHERE id < 100 ORDER BY id");
        }

        @Test
        void isCommittedWithItsCheckpoint() throws SQLException {
            assertThat(transact(1, connection -> insert(connection, 1))).isEqualTo(Answer.ACCEPTED);

            assertThat(inserted()).containsExactly("1");
            assertThat(store.steps("a")).containsExactly(Booking.step("a", 1, 1));
        }

        @Test
        void isRolledBackIfItThrows() throws SQLException {
            assertThatThrownBy(() -> transact(1, connection -> {
                        insert(connection, 1);
                        throw new IllegalArgumentException("no");
                    }))
                    .isInstanceOf(TransactionBodyException.class);

            assertThat(inserted()).isEmpty();
            assertThat(store.steps("a")).isEmpty();
        }

        @Test
        void isRolledBackIfTheStepIsRecorded() throws SQLException {
            transact(1, connection -> insert(connection, 1));

            assertThat(transact(1, connection -> insert(connection, 2))).isEqualTo(Answer.REFUSED);
            assertThat(inserted()).containsExactly("1");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "CREATE TABLE IF NOT EXISTS other (id INT)",
                    "TRUNCATE TABLE account",
                    "COMMIT",
                    "ROLLBACK",
                    "BEGIN"
                })
        void thatEndsItsTransactionIsFound(String statement) {
            assertThatThrownBy(() -> transact(1, connection -> {
                        insert(connection, 1);
                        sql(connection, statement);
                        insert(connection, 2);
                    }))
                    .isInstanceOf(TransactionBodyException.class)
                    .hasMessageContaining("Move DDL out");

            assertThat(store.steps("a")).isEmpty();
            assertThat(transact(1, connection -> insert(connection, 3))).isEqualTo(Answer.ACCEPTED);
        }

        @Test
        void mayUseSavepoints() throws SQLException {
            transact(1, connection -> {
                insert(connection, 1);
                var savepoint = connection.setSavepoint();
                insert(connection, 2);
                connection.rollback(savepoint);
                insert(connection, 3);
            });

            assertThat(inserted()).containsExactly("1", "3");
        }

        /** The server hangs up on it, as it would each time. */
        @Test
        void hasFailedIfItsStatementIsTooLarge() throws SQLException {
            AtomicInteger runs = new AtomicInteger();
            int limit = Integer.parseInt(column("SELECT @@max_allowed_packet").get(0));

            assertThatThrownBy(() -> transact(1, connection -> {
                        runs.incrementAndGet();
                        try (var statement = connection.prepareStatement("SELECT LENGTH(?)")) {
                            statement.setString(1, "x".repeat(limit + 1));
                            statement.executeQuery();
                        }
                    }))
                    .isInstanceOf(TransactionBodyException.class);

            assertThat(runs).hasValue(1);
        }

        @Test
        void isRunAgainIfItsConnectionIsLost() throws SQLException {
            AtomicInteger runs = new AtomicInteger();

            Answer answer = transact(1, connection -> {
                insert(connection, runs.incrementAndGet());
                if (runs.get() == 1) {
                    kill(column(connection, "SELECT CONNECTION_ID()").get(0));
                    insert(connection, 50);
                }
            });

            assertThat(answer).isEqualTo(Answer.ACCEPTED);
            assertThat(inserted()).containsExactly("2");
        }

        private void kill(String connectionId) throws SQLException {
            try (Connection other = pool.getConnection()) {
                sql(other, "KILL " + connectionId);
            }
        }

        /** Both take one row, then the other's: the server rolls one of them back. */
        @Test
        void isRunAgainAfterADeadlock() throws Exception {
            AtomicInteger runs = new AtomicInteger();
            CountDownLatch bothHaveOne = new CountDownLatch(2);
            ExecutorService threads = Executors.newSingleThreadExecutor();
            try (Connection rival = pool.getConnection()) {
                rival.setAutoCommit(false);
                sql(rival, "UPDATE account SET balance = balance + 1 WHERE id IN (200)");
                for (int id = 10; id < 40; id++) {
                    insert(rival, id); // the lighter transaction is the victim
                }
                bothHaveOne.countDown();
                Future<Answer> body = threads.submit(() -> transact(1, connection -> {
                    runs.incrementAndGet();
                    sql(connection, "UPDATE account SET balance = balance + 1 WHERE id = 100");
                    bothHaveOne.countDown();
                    sql(connection, "UPDATE account SET balance = balance + 1 WHERE id = 200");
                }));
                bothHaveOne.await();
                sql(rival, "UPDATE account SET balance = balance + 1 WHERE id = 100");
                rival.commit();

                assertThat(body.get()).isEqualTo(Answer.ACCEPTED);
            } finally {
                threads.shutdownNow();
            }
            assertThat(runs).hasValueGreaterThan(1);
            assertThat(column("SELECT balance FROM account WHERE id >= 100")).containsExactly("2", "2");
        }

        @Test
        void leavesItsConnectionAsItWas() throws SQLException {
            try (HikariDataSource one = MariaDb.pool(9)) {
                JdbcStore other = JdbcStore.over(one, JdbcSettings.defaults().withTablePrefix(PREFIX));
                try (ExecutorSeat there = other.seat(new ExecutorSettings("test", 4, LEASE))) {
                    there.lanes().get(0).write(List.of(claimed("b")));
                    there.lanes().get(0).transact(new Booking("b", 1, 1, connection -> insert(connection, 1)));
                    there.sweep();
                }
                assertThat(settingsOfAll(one)).containsOnly(settings("GLOBAL"));
            }
        }

        private List<String> settingsOfAll(HikariDataSource source) throws SQLException {
            List<Connection> all = new ArrayList<>();
            List<String> settings = new ArrayList<>();
            try {
                for (int i = 0; i < source.getMaximumPoolSize(); i++) {
                    all.add(source.getConnection());
                    settings.addAll(column(all.get(i), select("SESSION")));
                }
            } finally {
                for (Connection connection : all) {
                    connection.close();
                }
            }
            return settings;
        }

        private String settings(String scope) throws SQLException {
            return column(select(scope)).get(0);
        }

        private static String select(String scope) {
            return "SELECT CONCAT_WS(' ', @@%1$s.%2$s, @@%1$s.net_read_timeout, @@%1$s.net_write_timeout, @@%1$s.innodb_lock_wait_timeout, @@%1$s.wait_timeout)"
                    .formatted(scope, MariaDb.idleBound());
        }
    }

    @Nested
    class TwoExecutors {
        private static final int ROUNDS = 20;

        /** Enough for the statements for many rows. */
        private static final int WIDE = 30;

        /** Each lane of each writes batches that touch all tables, into the same ranges of the keys. */
        @Test
        void writeSideBySide() throws Exception {
            try (ExecutorSeat other = seat()) {
                List<Callable<List<Answer>>> work = new ArrayList<>();
                for (ExecutorSeat each : List.of(seat, other)) {
                    for (StepStore one : each.lanes()) {
                        String name = each == seat ? "one" : "two";
                        int number = each.lanes().indexOf(one);
                        work.add(() -> rounds(one, name + number));
                    }
                }
                assertThat(all(work)).hasSize(8 * ROUNDS * 5 * WIDE).containsOnly(Answer.ACCEPTED);
            }
            assertThat(column("SELECT COUNT(*) FROM %sstep WHERE status = 'COMPLETED'".formatted(PREFIX)))
                    .containsExactly("" + 8 * ROUNDS * WIDE);
        }

        private List<Answer> rounds(StepStore one, String name) {
            List<Answer> answers = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                List<Operation> create = new ArrayList<>();
                List<Operation> begin = new ArrayList<>();
                List<Operation> complete = new ArrayList<>();
                List<Operation> end = new ArrayList<>();
                for (int i = 0; i < WIDE; i++) {
                    String id = "w%d-%d-%s".formatted(i, round, name);
                    create.add(claimed(id));
                    begin.add(step(id, 1, StepStatus.STARTED));
                    begin.add(step(id, 2, StepStatus.STARTED));
                    complete.add(step(id, 1, StepStatus.COMPLETED));
                    end.add(end(id));
                }
                for (List<Operation> batch : List.of(create, begin, complete, end)) {
                    answers.addAll(one.write(batch));
                }
            }
            return answers;
        }

        /** One of them gets each, and nobody an error, though they come from both ends. */
        @Test
        void mayStartTheSame() throws Exception {
            try (ExecutorSeat other = seat()) {
                for (int round = 0; round < 20; round++) {
                    List<Operation> upwards = new ArrayList<>();
                    for (int i = 0; i < 30; i++) {
                        upwards.add(claimed("same-%d-%d".formatted(round, i)));
                    }
                    List<Operation> downwards = new ArrayList<>(upwards);
                    Collections.reverse(downwards);

                    List<Answer> answers = all(List.of(
                            () -> lane.write(upwards),
                            () -> other.lanes().get(0).write(downwards)));

                    assertThat(answers)
                            .filteredOn(answer -> answer == Answer.ACCEPTED)
                            .hasSize(30);
                    assertThat(answers)
                            .filteredOn(answer -> answer == Answer.EXISTS)
                            .hasSize(30);
                }
            }
        }

        @Test
        void claimWithoutWaitingForEachOther() throws Exception {
            List<Operation> many = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                many.add(due("d" + i));
            }
            lane.write(many);
            try (ExecutorSeat other = seat()) {
                List<Callable<List<WorkflowRecord>>> work = new ArrayList<>();
                for (int i = 0; i < 60; i++) {
                    ExecutorSeat one = i % 2 == 0 ? seat : other;
                    work.add(() -> one.claim(Set.of(ORDER), 10, 0).workflows());
                }
                List<WorkflowRecord> claimed = all(work);
                assertThat(claimed).extracting(WorkflowRecord::id).doesNotHaveDuplicates();
                assertThat(claimed).allMatch(w -> w.epoch() == 1);
            }
        }

        private static <T> List<T> all(List<Callable<List<T>>> work) throws Exception {
            ExecutorService threads = Executors.newFixedThreadPool(work.size());
            try {
                List<T> results = new ArrayList<>();
                for (Future<List<T>> result : threads.invokeAll(work)) {
                    results.addAll(result.get());
                }
                return results;
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Nested
    class AFrozenClientWithTheFenceLocked {
        private static final Duration SHORT = Duration.ofSeconds(9);

        private ExecutorSeat dying;

        @BeforeEach
        void takeASeat() {
            dying = seat(SHORT);
            dying.lanes().get(0).write(List.of(claimed("a")));
        }

        /** As a lane's connection is, in the middle of a transaction, and silent from then on. */
        private Session freeze(MariaDbDialect dialect, boolean bounded) throws SQLException {
            Database database = new Database(pool, dialect, new Sql(PREFIX, dialect));
            Session frozen = Session.transactional(pool.getConnection(), database);
            if (bounded) {
                dialect.keep(frozen, SHORT);
            }
            Integer locked = frozen.first(database.sql().lockFence, row -> row.getInt(1), dying.executorId(), 1);
            assertThat(locked).isEqualTo(1);
            dying.abandon();
            return frozen;
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void isCutOffByTheServer(boolean asMariaDb) throws SQLException {
            assumeTrue(!asMariaDb || MariaDb.isItself(), "MySQL cannot be treated as MariaDB.");
            Session frozen = freeze(new MariaDbDialect(asMariaDb, true), true);
            store.moveClock(SHORT.plusSeconds(1));
            while (store.find("a").orElseThrow().status() == WorkflowStatus.RUNNING) {
                seat.sweep(); // waits for the lock a little, and never throws
            }
            assertThat(seat.claim(Set.of(ORDER), 1, 0).workflows()).hasSize(1);
            assertThatThrownBy(frozen::commit).isInstanceOf(SQLException.class);
            assertThatCode(frozen::close).doesNotThrowAnyException();
        }

        @Test
        void doesNotKeepASweepFromOthersThatDied() throws SQLException {
            ExecutorSeat other = seat(SHORT);
            other.lanes().get(0).write(List.of(claimed("b")));
            Session frozen = freeze(new MariaDbDialect(true, true), false); // it stays
            other.abandon();
            store.moveClock(SHORT.plusSeconds(1));

            assertThat(seat.sweep()).isEqualTo(1);

            assertThat(store.find("a").orElseThrow().status()).isEqualTo(WorkflowStatus.RUNNING);
            assertThat(store.find("b").orElseThrow().status()).isEqualTo(WorkflowStatus.DUE);
            frozen.close();
        }
    }

    @Nested
    class ManyAtOnce {
        private static final int COUNT = 300;

        @Test
        void areRefusedOneByOne() {
            List<Operation> create = new ArrayList<>();
            List<Operation> begin = new ArrayList<>();
            List<Operation> complete = new ArrayList<>();
            List<Operation> end = new ArrayList<>();
            for (int i = 0; i < COUNT; i++) {
                create.add(claimed("w" + i));
                begin.add(step("w" + i, 1, StepStatus.STARTED));
                complete.add(step("w" + i, 1, StepStatus.COMPLETED));
                end.add(end("w" + i));
            }
            assertThat(lane.write(create)).containsOnly(Answer.ACCEPTED);
            assertThat(lane.write(begin)).containsOnly(Answer.ACCEPTED);
            lane.write(List.of(step("w7", 1, StepStatus.COMPLETED, "\"other\"")));
            lane.write(List.of(end("w8")));

            List<Answer> completed = lane.write(complete);
            assertThat(completed.get(7)).isEqualTo(Answer.REFUSED);
            assertThat(completed.get(8)).isEqualTo(Answer.REFUSED);
            assertThat(completed)
                    .filteredOn(answer -> answer == Answer.ACCEPTED)
                    .hasSize(COUNT - 2);
            assertThat(lane.write(complete)).isEqualTo(completed);
            assertThat(store.steps("w7").get(0).output()).isEqualTo("\"other\"");
            assertThat(lane.write(end)).containsOnly(Answer.ACCEPTED);
        }

        @Test
        void areGivenBackUnlessSomethingWokeThemUp() {
            List<Operation> create = new ArrayList<>();
            List<Operation> release = new ArrayList<>();
            for (int i = 0; i < COUNT; i++) {
                create.add(claimed("w" + i));
                release.add(Release.of("w" + i, 1)
                        .in(i % 2 == 0 ? Duration.ofMillis(i) : null)
                        .ifWakeSeq(0L));
            }
            lane.write(create);
            store.wake("w5");

            List<Answer> answers = lane.write(release);

            assertThat(answers.get(5)).isEqualTo(Answer.REFUSED);
            assertThat(answers).filteredOn(answer -> answer == Answer.ACCEPTED).hasSize(COUNT - 1);
            assertThat(store.find("w4").orElseThrow().dueAt()).isNotNull();
            assertThat(store.find("w7").orElseThrow().dueAt()).isNull();
            assertThat(store.find("w7").orElseThrow().status()).isEqualTo(WorkflowStatus.DUE);
        }
    }

    @Nested
    class ALostConnection {
        /** MySQL ends what is idle, in a transaction or not: what is kept has to be younger, and the lease's is used every third of a lease. */
        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3, 4, 5, 7, 10, 30, 3_600})
        void isNotExpectedBetweenTwoRenewalsWhereMySqlEndsIdleOnes(int seconds) throws SQLException {
            Duration lease = Duration.ofSeconds(seconds);
            MariaDbDialect dialect = new MariaDbDialect(false, true);
            Database database = new Database(pool, dialect, new Sql(PREFIX, dialect));
            Session kept = Session.transactional(pool.getConnection(), database);
            dialect.keep(kept, lease);

            Long until = kept.first("SELECT @@SESSION.wait_timeout", row -> row.getLong(1));

            assertThat(dialect.isStale(lease.dividedBy(3).plusMillis(100), lease))
                    .isFalse();
            assertThat(dialect.isStale(Duration.ofSeconds(until).minusMillis(100), lease))
                    .isTrue();
            kept.close();
        }

        /** One of an earlier test may have ended by itself. */
        private void kill(Connection connection, String id) throws SQLException {
            try {
                sql(connection, "KILL " + id);
            } catch (SQLException e) {
                assertThat(e.getErrorCode()).as("no such thread").isEqualTo(1094);
            }
        }

        /** As a network that fails, an administrator, or an idle bound of the server does it. */
        @Test
        void isOpenedAgain() throws SQLException {
            lane.write(List.of(claimed("a")));
            try (Connection connection = pool.getConnection()) {
                String self = column(connection, "SELECT CONNECTION_ID()").get(0);
                for (String id :
                        column(connection, "SELECT id FROM information_schema.processlist WHERE db = DATABASE()")) {
                    if (!id.equals(self)) {
                        kill(connection, id);
                    }
                }
            }
            assertThatThrownBy(() -> lane.write(List.of(step("a", 1, StepStatus.STARTED))))
                    .isInstanceOf(StoreUnavailableException.class);
            assertThat(lane.write(List.of(step("a", 1, StepStatus.STARTED)))).containsExactly(Answer.ACCEPTED);
        }

        /** The driver gives it the state of a wrong statement. */
        @Test
        void isNoRefusalWhoeverFindsOut() throws SQLException {
            MariaDbDialect dialect = new MariaDbDialect(true, true);
            Connection connection = SharedServers.mariaDb().dataSource("revive").getConnection();
            connection.close();

            assertThatThrownBy(() -> connection.setNetworkTimeout(Runnable::run, 500))
                    .isInstanceOfSatisfying(SQLException.class, e -> {
                        assertThat(e.getSQLState()).startsWith("42");
                        assertThat(dialect.trouble(e)).isEqualTo(Dialect.Trouble.UNAVAILABLE);
                        assertThat(inAPool(dialect, e)).isEqualTo(Dialect.Trouble.UNAVAILABLE);
                    });
        }

        private Dialect.Trouble inAPool(MariaDbDialect dialect, SQLException last) {
            return new Database(pool, dialect, new Sql("revive_", dialect))
                    .trouble(new SQLTransientConnectionException("timed out", last.getSQLState(), last));
        }

        @Test
        void isToldFromARefusal() {
            MariaDbDialect dialect = new MariaDbDialect(true, true);

            assertThat(dialect.trouble(new SQLException("gone", "08S01", 0))).isEqualTo(Dialect.Trouble.UNAVAILABLE);
            assertThat(dialect.trouble(new SQLException("read-only", "HY000", 1290)))
                    .isEqualTo(Dialect.Trouble.UNAVAILABLE);
            assertThat(dialect.trouble(new SQLException("read-only", "25006", 1792)))
                    .isEqualTo(Dialect.Trouble.UNAVAILABLE);
            assertThat(dialect.trouble(new SQLException("crowded", "42000", 1226)))
                    .isEqualTo(Dialect.Trouble.UNAVAILABLE);
            assertThat(dialect.trouble(new SQLException("deadlock", "40001", 1213)))
                    .isEqualTo(Dialect.Trouble.RETRY);
            assertThat(dialect.trouble(new SQLException("taken", "23000", 1062)))
                    .isEqualTo(Dialect.Trouble.CONFLICT);
            assertThat(dialect.trouble(new SQLException("too long", "22001", 1406)))
                    .isEqualTo(Dialect.Trouble.REFUSED);
            assertThat(dialect.trouble(new SQLException("MySQL's check", "HY000", 3819)))
                    .isEqualTo(Dialect.Trouble.REFUSED);
            assertThat(dialect.trouble(new SQLException("MySQL's end of an idle one", "HY000", 4031)))
                    .isEqualTo(Dialect.Trouble.UNAVAILABLE);
        }
    }

    @Nested
    class AValue {
        @Test
        void thatDoesNotFitIsRefused() {
            assertThatThrownBy(() -> lane.write(List.of(claimed("x".repeat(256)))))
                    .isInstanceOf(StoreException.class)
                    .isNotInstanceOf(StoreUnavailableException.class);
        }

        @ParameterizedTest
        @ValueSource(strings = {MariaDb.MARIADB, MariaDb.MYSQL})
        void thatIsLargerThanAPacketIsRefused(String driver) throws SQLException {
            int packet = Integer.parseInt(column("SELECT @@max_allowed_packet").get(0));
            NewWorkflow large = new NewWorkflow("large", ORDER, "x".repeat(packet), "hash", STAMP);
            try (HikariDataSource users = MariaDb.pool(driver, "", 10);
                    ExecutorSeat there = JdbcStore.over(
                                    users, JdbcSettings.defaults().withTablePrefix(PREFIX))
                            .seat(new ExecutorSettings("test", 1, LEASE))) {
                StepStore one = there.lanes().get(0);
                assertThatThrownBy(() -> one.write(List.of(new Create(large, Create.Start.CLAIMED, null))))
                        .isInstanceOf(StoreException.class)
                        .isNotInstanceOf(StoreUnavailableException.class);
                assertThat(one.write(List.of(claimed("small")))).containsExactly(Answer.ACCEPTED);
            }
        }

        /** Whichever way it takes: alone or among many, new or as an outcome. */
        @ParameterizedTest
        @ValueSource(strings = {MariaDb.MARIADB, MariaDb.MYSQL})
        void isKeptToTheLetter(String driver) {
            StringBuilder all = new StringBuilder("\"");
            for (char c = 1; c < Character.MAX_VALUE; c++) {
                all.append(Character.isSurrogate(c) ? "\uD83D\uDE00" : String.valueOf(c));
            }
            String payload = all.append("\\u0000\\ud800\"").toString();
            try (HikariDataSource users = MariaDb.pool(driver, "", 10);
                    JdbcStore other =
                            JdbcStore.over(users, JdbcSettings.defaults().withTablePrefix(PREFIX));
                    ExecutorSeat there = other.seat(new ExecutorSettings("test", 1, LEASE))) {
                for (int count : List.of(1, 40)) {
                    List<Operation> create = new ArrayList<>();
                    List<Operation> begin = new ArrayList<>();
                    List<Operation> complete = new ArrayList<>();
                    List<Operation> end = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        String id = "%d-%d".formatted(count, i);
                        create.add(new Create(
                                new NewWorkflow(id, ORDER, payload, "hash", STAMP), Create.Start.CLAIMED, null));
                        begin.add(step(id, 1, StepStatus.STARTED));
                        complete.add(step(id, 1, StepStatus.COMPLETED, payload));
                        end.add(Finish.of(id, 1, WorkflowStatus.COMPLETED, payload, STAMP));
                    }
                    for (List<Operation> batch : List.of(create, begin, complete, end)) {
                        assertThat(there.lanes().get(0).write(batch)).containsOnly(Answer.ACCEPTED);
                    }
                    WorkflowRecord last =
                            other.find("%d-%d".formatted(count, count - 1)).orElseThrow();
                    assertThat(last.input()).isEqualTo(payload);
                    assertThat(last.output()).isEqualTo(payload);
                    assertThat(other.steps(last.id()).get(0).output()).isEqualTo(payload);
                }
            }
        }

        @Test
        void ofSeveralMegabytesIsKept() {
            String input = "\"" + "\uD83D\uDE00'\\\\".repeat(1_000_000) + "\"";
            NewWorkflow large = new NewWorkflow("large", ORDER, input, "hash", STAMP);
            assertThat(lane.write(List.of(new Create(large, Create.Start.CLAIMED, null))))
                    .containsExactly(Answer.ACCEPTED);
            assertThat(store.find("large").orElseThrow().input()).isEqualTo(input);
        }
    }

    @Nested
    class AServer {
        @Test
        void thatCutsValuesOffIsRefused() {
            try (HikariDataSource lax = MariaDb.pool(MariaDb.MARIADB, "&sessionVariables=sql_mode=''", 9)) {
                assertThatThrownBy(() -> JdbcStore.over(lax))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("STRICT_TRANS_TABLES");
            }
        }

        /** MariaDB knows this name of MySQL's, but pads what it compares. */
        @Test
        void thatDoesNotCompareExactlyIsRefused() throws SQLException {
            assumeTrue(MariaDb.isItself(), "MySQL compares exactly.");
            try (Connection connection = pool.getConnection()) {
                assertThatThrownBy(() -> new MariaDbDialect(false, true).checkComparison(connection))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("utf8mb4_0900_bin");
            }
        }

        @Test
        void thatHearsOnlyLatinIsRefused() {
            try (HikariDataSource latin = MariaDb.pool(MariaDb.MYSQL, "&characterEncoding=latin1", 9)) {
                assertThatThrownBy(() -> JdbcStore.over(latin))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("utf8mb4");
            }
        }

        @Test
        void thatIsTooOldIsRefused() {
            assertThatThrownBy(() -> new MariaDbDialect(true, true).checkVersion("5.5.5-10.5.27-MariaDB-log"))
                    .hasMessageContaining("MariaDB 10.6");
            assertThatThrownBy(() -> new MariaDbDialect(false, true).checkVersion("5.7.44"))
                    .hasMessageContaining("8.0.17");
            new MariaDbDialect(true, true).checkVersion("10.6.0-MariaDB");
            new MariaDbDialect(false, true).checkVersion("8.4.3");
        }

        @Test
        void inAnotherTimeZoneTellsTheSameTime() throws SQLException {
            String clock = "SELECT " + new MariaDbDialect(true, true).clock();
            try (Connection connection = pool.getConnection()) {
                long here = Long.parseLong(column(connection, clock).get(0));
                sql(connection, "SET time_zone = '+11:00'");
                long there = Long.parseLong(column(connection, clock).get(0));
                sql(connection, "SET time_zone = DEFAULT");
                assertThat(Duration.ofNanos((there - here) * 1_000)).isBetween(Duration.ZERO, Duration.ofMinutes(5));
            }
        }
    }

    @Nested
    class AnEngine {
        @ParameterizedTest
        @ValueSource(strings = {MariaDb.MARIADB, MariaDb.MYSQL})
        void runsWorkflowsOnIt(String driver) throws SQLException {
            Workflow<String, String> greet = Workflow.named("greet", String.class, String.class);
            try (HikariDataSource users = MariaDb.pool(driver, "", 10);
                    Revive revive = Revive.with(JdbcStore.over(
                                    users, JdbcSettings.defaults().withTablePrefix(PREFIX)))
                            .register(greet, (ctx, name) -> {
                                String hello = ctx.step("hello", String.class, () -> "Hello " + name);
                                ctx.transaction("note", String.class, connection -> {
                                    sql(connection, "CREATE TEMPORARY TABLE seen (name VARCHAR(20))");
                                    sql(connection, "INSERT INTO seen VALUES ('ada')");
                                    sql(connection, "DROP TEMPORARY TABLE seen");
                                    return "noted";
                                });
                                return hello;
                            })
                            .start()) {
                assertThat(revive.start(greet, "g-" + driver, "Ada").result()).isEqualTo("Hello Ada");
            }
            assertThat(column("SELECT COUNT(*) FROM %sstep WHERE workflow_id = 'g-%s'".formatted(PREFIX, driver)))
                    .containsExactly("2");
        }
    }
}
