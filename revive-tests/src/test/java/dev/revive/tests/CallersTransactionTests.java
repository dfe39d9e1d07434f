// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.crash.CrashPoint;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.InMemoryStore;
import dev.revive.store.StoreException;
import dev.revive.store.Undelivered;
import dev.revive.store.Undelivered.Reason;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Logs;
import dev.revive.tests.support.Place;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Outbox;
import dev.revive.workflow.ResultTimeoutException;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalNotDeliveredException;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.TransactionOutcomeUnknownException;
import dev.revive.workflow.UnitOfWork;
import dev.revive.workflow.UnknownWorkflowException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowConflictException;
import dev.revive.workflow.WorkflowNotFoundException;
import dev.revive.workflow.WorkflowStatus;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Starts and signals in a transaction of the application's: there if and when it is committed, and its rows are. */
@InSettings({Setting.H2_WIDE, Setting.POSTGRES_WIDE, Setting.MARIADB_WIDE})
class CallersTransactionTests extends TestBed {
    private static final Signal<String> WORD = Signal.named("word", String.class);

    private HikariDataSource pool;
    private Workflow<String, String> echo;
    private Workflow<String, String> twoWords;
    private Revive revive;

    @BeforeEach
    void openDatabase() throws SQLException {
        pool = Place.pool(setting.place().database(unique("callers")), 30);
        sql("CREATE TABLE booking (who VARCHAR(20) PRIMARY KEY)");
        use(JdbcStore.over(pool, JdbcSettings.defaults().asExclusive()));
        echo = flow("echo", String.class);
        twoWords = flow("two-words", String.class);
        revive = newEngine();
    }

    private Revive newEngine() {
        return engine(builder -> builder.register(echo, (ctx, in) -> in)
                .register(twoWords, (ctx, in) -> ctx.await(WORD) + " " + ctx.await(WORD)));
    }

    @AfterEach
    void closeDatabase() {
        closeEngines();
        pool.close();
    }

    private void sql(String text) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    private static void book(Connection connection, String who) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO booking (who) VALUES ('%s')".formatted(who));
        }
    }

    private List<String> bookings() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT who FROM booking ORDER BY who")) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }

    private String result(Workflow<String, String> workflow, String id) throws Exception {
        return revive.handle(workflow, id).result(PATIENCE);
    }

    private List<Undelivered> undelivered() {
        await().atMost(PATIENCE).until(() -> !store().undelivered(10).isEmpty());
        return store().undelivered(10);
    }

    /** A transaction as an application has it: on H2, where there is one writer, by {@code transact}. */
    private void inTransaction(UnitOfWork<Boolean, SQLException> unit) throws SQLException {
        if (setting.place() == Place.H2) {
            revive.transact(unit);
            return;
        }
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                unit.run(connection);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    /** A server's, with a connection that the application has opened. */
    private Connection open() throws SQLException {
        assumeThat(setting.place()).as("H2 has one writer").isNotEqualTo(Place.H2);
        Connection connection = pool.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    @Nested
    class ATransactionOfTheCallers {
        @Test
        void startsAWorkflowOnceItIsCommitted() throws Exception {
            inTransaction(connection -> {
                book(connection, "Ada");
                revive.in(connection).start(echo, unique("it"), "hello");
                assertThat(store().find(unique("it"))).isEmpty();
                return true;
            });

            assertThat(result(echo, unique("it"))).isEqualTo("hello");
            assertThat(bookings()).containsExactly("Ada");
        }

        @Test
        void thatIsRolledBackStartsNothingAndSendsNothing() throws Exception {
            revive.start(twoWords, unique("waits"), "");
            assertThatThrownBy(() -> inTransaction(connection -> {
                        book(connection, "Ada");
                        revive.in(connection).start(echo, unique("it"), "hello");
                        revive.in(connection).signal(unique("waits"), WORD, "lost");
                        throw new SQLException("no");
                    }))
                    .hasMessage("no");

            revive.workflow(unique("waits")).signal(WORD, "one");
            inTransaction(connection -> {
                revive.in(connection).signal(unique("waits"), WORD, "two");
                return true;
            });
            assertThat(result(twoWords, unique("waits"))).isEqualTo("one two");
            assertThat(store().find(unique("it"))).isEmpty();
            assertThat(bookings()).isEmpty();
        }

        @Test
        void sendsItsSignalsInTheirOrderAfterItsStart() throws Exception {
            inTransaction(connection -> {
                Outbox outbox = revive.in(connection);
                outbox.start(twoWords, unique("it"), "");
                outbox.signal(unique("it"), WORD, "one");
                outbox.signal(unique("it"), WORD, "two");
                return true;
            });

            assertThat(result(twoWords, unique("it"))).isEqualTo("one two");
        }

        @Test
        void startsWhatItSignalsIfThatIsNotThere() throws Exception {
            inTransaction(connection -> {
                revive.in(connection).startAndSignal(twoWords, unique("it"), "", WORD, "one");
                return true;
            });
            inTransaction(connection -> {
                revive.in(connection).startAndSignal(twoWords, unique("it"), "another input", WORD, "two");
                return true;
            });

            assertThat(result(twoWords, unique("it"))).isEqualTo("one two");
        }

        @Test
        void isFoundByTheIdOfWhatItStartsAsSoonAsItIsCommitted() throws Exception {
            Revive other = newEngine();
            try (Connection relay = open();
                    Statement statement = relay.createStatement();
                    Connection connection = open()) {
                statement.executeQuery("SELECT id FROM revive_outbox_relay WHERE id = 1 FOR UPDATE");
                revive.in(connection).start(echo, unique("it"), "hello");
                assertThatThrownBy(() -> revive.handle(echo, unique("it")).status())
                        .as("it is not committed")
                        .isInstanceOf(WorkflowNotFoundException.class);
                connection.commit();

                for (Revive each : List.of(revive, other)) {
                    assertThatThrownBy(() -> each.handle(echo, unique("it")).result(Duration.ZERO))
                            .as("it is there, and not finished")
                            .isInstanceOf(ResultTimeoutException.class);
                    assertThatThrownBy(() -> each.handle(echo, unique("it")).result(Duration.ofMillis(300)))
                            .isInstanceOf(ResultTimeoutException.class);
                }
                CompletableFuture<WorkflowStatus> status = CompletableFuture.supplyAsync(
                        () -> other.handle(echo, unique("it")).status());
                relay.rollback();
                assertThat(status.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
            }

            assertThat(revive.handle(echo, unique("it")).result(PATIENCE)).isEqualTo("hello");
        }

        @Test
        void startsOnceWhatIsStartedWithTheSameInputAgain() throws Exception {
            for (int i = 0; i < 2; i++) {
                inTransaction(connection -> {
                    revive.in(connection).start(echo, unique("it"), "hello");
                    revive.in(connection).start(echo, unique("it"), "hello");
                    return true;
                });
            }

            assertThat(result(echo, unique("it"))).isEqualTo("hello");
            assertThat(store().undelivered(10)).isEmpty();
        }

        @Test
        void countsASignalUnderOneKeyOnce() throws Exception {
            revive.start(twoWords, unique("it"), "");
            for (int i = 0; i < 2; i++) {
                inTransaction(connection -> {
                    revive.in(connection).signal(unique("it"), WORD, "one", SignalOptions.idempotencyKey("click"));
                    return true;
                });
            }
            inTransaction(connection -> {
                revive.in(connection).signal(unique("it"), WORD, "two");
                return true;
            });

            assertThat(result(twoWords, unique("it"))).isEqualTo("one two");
        }

        @Test
        void takesBackWhatItRollsBackToASavepoint() throws Exception {
            inTransaction(connection -> {
                Savepoint before = connection.setSavepoint();
                revive.in(connection).start(echo, unique("taken-back"), "hello");
                connection.rollback(before);
                revive.in(connection).start(echo, unique("it"), "hello");
                return true;
            });

            assertThat(result(echo, unique("it"))).isEqualTo("hello");
            assertThat(store().find(unique("taken-back"))).isEmpty();
        }

        @Test
        void isHeardOfWhereItsEngineIsGone() throws Exception {
            try (Connection connection = open()) {
                revive.in(connection).start(echo, unique("it"), "hello");
                close(revive);
                connection.commit();
            }
            revive = newEngine();

            assertThat(result(echo, unique("it"))).isEqualTo("hello");
        }

        @Test
        void mayStayOpenWhileTheSameWorkflowIsStartedRunsAndEnds() throws Exception {
            try (Connection connection = open()) {
                revive.in(connection).start(echo, unique("it"), "hello");
                revive.in(connection).signal(unique("other"), WORD, "late");

                assertThat(revive.start(echo, unique("it"), "hello").result(PATIENCE))
                        .isEqualTo("hello");
                revive.start(twoWords, unique("other"), "");
                revive.workflow(unique("other")).signal(WORD, "early");
                connection.commit();
            }

            assertThat(result(twoWords, unique("other"))).isEqualTo("early late");
            assertThat(store().undelivered(10)).isEmpty();
        }

        @Test
        void holdsUpNoneThatWasCommittedAfterIt() throws Exception {
            try (Connection first = open();
                    Connection second = open()) {
                revive.in(first).start(echo, unique("first"), "hello");
                revive.in(second).start(echo, unique("second"), "hello");
                second.commit();

                assertThat(result(echo, unique("second"))).isEqualTo("hello");
                assertThat(store().find(unique("first"))).isEmpty();
                first.commit();
            }
            assertThat(result(echo, unique("first"))).isEqualTo("hello");
        }
    }

    @Nested
    class WhatCannotBeDone {
        @Test
        void staysUntilSomebodyDiscardsIt() throws Exception {
            revive.start(echo, unique("it"), "hello").result(PATIENCE);
            try (Connection connection = open()) {
                revive.in(connection).start(echo, unique("it"), "another");
                revive.in(connection).signal(unique("it"), WORD, "for the other");
                connection.commit();
            }

            await().atMost(PATIENCE).until(() -> store().undelivered(10).size() == 2);
            assertThat(undelivered()).extracting(Undelivered::reason).containsOnly(Reason.CONFLICT);
            for (Undelivered each : undelivered()) {
                assertThat(store().discard(each.position())).isTrue();
                assertThat(store().discard(each.position())).isFalse();
            }
            assertThat(store().undelivered(10)).isEmpty();
        }

        @Test
        void isTriedAgainAtAPersonsWord() throws Exception {
            try (Connection connection = open()) {
                revive.in(connection).signal(unique("it"), WORD, "one");
                connection.commit();
            }
            Undelivered lost = undelivered().get(0);
            assertThat(lost.reason()).isEqualTo(Reason.NOT_FOUND);

            revive.start(twoWords, unique("it"), "");
            revive.workflow(unique("it")).signal(WORD, "first");
            assertThat(store().deliverAgain(lost.position())).isTrue();
            store().deliver((existing, start) -> true);

            assertThat(result(twoWords, unique("it"))).isEqualTo("first one");
            assertThat(store().deliverAgain(lost.position())).isFalse();
        }

        @Test
        void isOneLineOfTheLog() throws Exception {
            revive.start(echo, unique("it"), "hello").result(PATIENCE);
            try (Logs logs = new Logs();
                    Connection connection = open()) {
                revive.in(connection).signal(unique("it"), WORD, "late");
                connection.commit();

                assertThat(undelivered().get(0).reason()).isEqualTo(Reason.ENDED);
                await().atMost(PATIENCE)
                        .until(() -> logs.lines(unique("it")).stream()
                                        .filter(line -> line.contains("ENDED"))
                                        .count()
                                == 1);
            }
        }

        @Test
        void isAStartThatWasToBeNew() throws Exception {
            revive.start(echo, unique("it"), "hello").result(PATIENCE);
            try (Connection connection = open()) {
                revive.in(connection)
                        .start(
                                echo,
                                unique("it"),
                                "hello",
                                StartOptions.defaults().failIfExists());
                connection.commit();
            }

            assertThat(undelivered().get(0).reason()).isEqualTo(Reason.CONFLICT);
        }
    }

    @Nested
    class ASignalFromOutside {
        @Test
        void waitsForAStartThatIsCommittedAndOnItsWay() throws Exception {
            try (Connection relay = open();
                    Statement statement = relay.createStatement()) {
                statement.executeQuery("SELECT id FROM revive_outbox_relay WHERE id = 1 FOR UPDATE");
                try (Connection connection = open()) {
                    revive.in(connection).start(twoWords, unique("it"), "");
                    connection.commit();
                }
                CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                    revive.workflow(unique("it")).signal(WORD, "one");
                    revive.workflow(unique("it")).signal(WORD, "two");
                });
                assertThatThrownBy(() -> sent.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
                assertThat(store().find(unique("it"))).isEmpty();
                relay.rollback();
                sent.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }

            assertThat(result(twoWords, unique("it"))).isEqualTo("one two");
        }

        @Test
        void ofAWorkflowWaitsForItToo() throws Exception {
            Workflow<String, String> teller = flow("teller", String.class);
            Revive other = engine(builder -> builder.register(teller, (ctx, in) -> {
                ctx.workflow(in).signal(WORD, "one");
                ctx.workflow(in).signal(WORD, "two");
                return "told";
            }));
            try (Connection relay = open();
                    Statement statement = relay.createStatement()) {
                statement.executeQuery("SELECT id FROM revive_outbox_relay WHERE id = 1 FOR UPDATE");
                try (Connection connection = open()) {
                    revive.in(connection).start(twoWords, unique("it"), "");
                    connection.commit();
                }
                other.start(teller, unique("teller"), unique("it"));
                assertThatThrownBy(() -> other.handle(teller, unique("teller")).result(Duration.ofMillis(300)))
                        .isInstanceOf(ResultTimeoutException.class);
                relay.rollback();
            }

            assertThat(result(twoWords, unique("it"))).isEqualTo("one two");
            assertThat(other.handle(teller, unique("teller")).result(PATIENCE)).isEqualTo("told");
        }
    }

    @Nested
    class ATransactionOfRevives {
        @Test
        void hasStartedItsWorkflowsWhenItReturns() throws Exception {
            String answer = revive.transact(connection -> {
                book(connection, "Ada");
                revive.in(connection).start(echo, unique("it"), "hello");
                return "done";
            });

            assertThat(answer).isEqualTo("done");
            assertThat(revive.handle(echo, unique("it")).result(PATIENCE)).isEqualTo("hello");
            assertThat(bookings()).containsExactly("Ada");
        }

        @Test
        void rollsAllBackWithWhatItsBodyThrows() throws Exception {
            IOException thrown = new IOException("full");
            assertThatThrownBy(() -> revive.transact(connection -> {
                        book(connection, "Ada");
                        revive.in(connection).start(echo, unique("it"), "hello");
                        if (thrown.getMessage() != null) {
                            throw thrown;
                        }
                        return "";
                    }))
                    .isSameAs(thrown);

            assertThat(bookings()).isEmpty();
            assertThatThrownBy(() -> revive.handle(echo, unique("it")).result(PATIENCE))
                    .isInstanceOf(WorkflowNotFoundException.class);
        }

        @Test
        void isOneThoughSomebodyHasWrappedItsConnection() throws Exception {
            revive.transact(connection -> {
                revive.in(new Wrapped(connection).connection()).start(echo, unique("it"), "hello");
                return true;
            });

            assertThat(store().find(unique("it"))).isPresent();
        }

        @Test
        void signalsWhatIsOnItsWay() throws Exception {
            try (Connection connection = open()) {
                revive.in(connection).start(twoWords, unique("it"), "");
                connection.commit();
            }
            revive.transact(connection -> {
                revive.in(connection).signal(unique("it"), WORD, "one");
                revive.in(connection).signal(unique("it"), WORD, "two");
                return true;
            });

            assertThat(revive.handle(twoWords, unique("it")).result(PATIENCE)).isEqualTo("one two");
        }

        @Test
        void leavesTheInterruptThatCameMeanwhile() throws Exception {
            assumeThat(setting.place())
                    .as("on H2 the body has a thread of its own")
                    .isNotEqualTo(Place.H2);
            revive.transact(connection -> {
                Thread.currentThread().interrupt();
                return true;
            });

            assertThat(Thread.interrupted()).isTrue();
        }

        @Test
        void rollsAllBackIfAnIdIsTaken() throws Exception {
            revive.start(echo, unique("it"), "hello").result(PATIENCE);

            assertThatThrownBy(() -> revive.transact(connection -> {
                        book(connection, "Ada");
                        revive.in(connection).start(echo, unique("it"), "another");
                        return true;
                    }))
                    .isInstanceOf(WorkflowConflictException.class)
                    .hasMessageContaining("rolled back");
            assertThat(bookings()).isEmpty();
            assertThat(store().undelivered(10)).isEmpty();
        }

        @Test
        void rollsAllBackIfNobodyReceivesItsSignal() throws Exception {
            revive.start(echo, unique("ended"), "hello").result(PATIENCE);
            for (String id : List.of(unique("ended"), unique("nobody"))) {
                assertThatThrownBy(() -> revive.transact(connection -> {
                            book(connection, "Ada");
                            revive.in(connection).signal(id, WORD, "late");
                            return true;
                        }))
                        .isInstanceOf(SignalNotDeliveredException.class);
            }
            assertThat(bookings()).isEmpty();
        }

        @Test
        void isRunAgainIfTheDatabaseRolledItBackInFavourOfOthers() throws Exception {
            AtomicInteger tries = new AtomicInteger();
            int answer = revive.transact(connection -> {
                revive.in(connection).start(echo, unique("it"), "hello");
                if (tries.incrementAndGet() < 3) {
                    throw deadlock();
                }
                return tries.get();
            });

            assertThat(answer).isEqualTo(3);
            assertThat(revive.handle(echo, unique("it")).result(PATIENCE)).isEqualTo("hello");
        }

        @Test
        void thatItsCommitRefusesIsKnownNotToBeThere() throws SQLException {
            assumeThat(setting.place())
                    .as("constraints are checked at the commit")
                    .isEqualTo(Place.POSTGRES);
            sql("CREATE TABLE ticket (who VARCHAR(20) REFERENCES booking DEFERRABLE INITIALLY DEFERRED)");

            assertThatThrownBy(() -> revive.transact(connection -> {
                        revive.in(connection).start(echo, unique("it"), "hello");
                        try (Statement statement = connection.createStatement()) {
                            return statement.executeUpdate("INSERT INTO ticket (who) VALUES ('Nobody')");
                        }
                    }))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("nothing of it was done");
            assertThat(store().find(unique("it"))).isEmpty();
        }

        private SQLException deadlock() {
            return switch (setting.place()) {
                case H2 -> new SQLException("deadlock", "40001", 40001);
                case MARIADB -> new SQLException("deadlock", "40001", 1213);
                default -> new SQLException("deadlock", "40P01");
            };
        }

        @Test
        void refusesWhatWouldWaitForItself() throws Exception {
            assertThatThrownBy(() -> revive.transact(connection -> revive.start(echo, unique("it"), "hello")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("revive.in(connection)");
            assertThatThrownBy(() -> revive.transact(connection -> revive.transact(again -> true)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("body of a transaction");
        }

        @Test
        void keepsItsCommitToItself() {
            assertThatThrownBy(() -> revive.transact(connection -> {
                        connection.commit();
                        return true;
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("revive.transact");
        }

        @Test
        void refusesAnotherOfTheSameStoreWhereThereIsOneWriter() {
            assumeThat(setting.place()).isEqualTo(Place.H2);
            Revive other = newEngine();
            for (UnitOfWork<Boolean, RuntimeException> inside : List.<UnitOfWork<Boolean, RuntimeException>>of(
                    connection -> other.transact(again -> true),
                    connection -> store().wake(unique("it")),
                    connection -> store().discard(1))) {
                assertThatThrownBy(() -> revive.transact(inside))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("wait for itself");
            }
            boolean isWritten =
                    revive.transact(connection -> store().find(unique("it")).isEmpty());
            assertThat(isWritten).as("it may read").isTrue();
        }

        @Test
        void thatCommitsByItselfIsToldAndWhatItHadAskedForIsDone() throws Exception {
            String committing = setting.place() == Place.POSTGRES
                    ? "COMMIT"
                    : "CREATE TABLE " + unique("ddl").replace('-', '_') + " (id INT)";
            assertThatThrownBy(() -> revive.transact(connection -> {
                        book(connection, "Ada");
                        revive.in(connection).start(echo, unique("before"), "hello");
                        try (Statement statement = connection.createStatement()) {
                            statement.execute(committing);
                        }
                        book(connection, "Bob");
                        revive.in(connection).start(echo, unique("after"), "hello");
                        return true;
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("committed by itself");

            assertThat(result(echo, unique("before"))).isEqualTo("hello");
            assertThat(bookings()).containsExactly("Ada");
            assertThat(store().find(unique("after"))).isEmpty();
        }

        @Test
        void saysWhatToDoWhereATransactionManagerCommits() throws Exception {
            assumeThat(setting.place()).as("H2 commits on a thread of Revive's").isNotEqualTo(Place.H2);
            AtomicBoolean isBegun = new AtomicBoolean();
            Thread thread = Thread.currentThread();
            try (JdbcStore managed = JdbcStore.over(managed(() -> isBegun.get() && Thread.currentThread() == thread));
                    Revive theirs =
                            Revive.with(managed).register(echo, (ctx, in) -> in).start()) {
                isBegun.set(true);
                assertThatThrownBy(() -> theirs.transact(connection -> {
                            theirs.in(connection).start(echo, unique("it"), "hello");
                            return true;
                        }))
                        .isInstanceOf(TransactionOutcomeUnknownException.class)
                        .hasMessageContaining("no commit in a managed transaction")
                        .hasMessageContaining("outside of its transactions");
            }
        }

        /** As a transaction manager gives out connections to the thread of a transaction of its own. */
        private DataSource managed(BooleanSupplier isInTransaction) {
            return (DataSource) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                        Object answer = method.invoke(pool, arguments);
                        return answer instanceof Connection connection && isInTransaction.getAsBoolean()
                                ? refusingToCommit(connection)
                                : answer;
                    });
        }

        private Connection refusingToCommit(Connection connection) {
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                        if (method.getName().equals("commit")) {
                            throw new SQLException("no commit in a managed transaction");
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Test
        void leavesNoWayInOnceItIsOver() throws Exception {
            AtomicReference<Connection> kept = new AtomicReference<>();
            revive.transact(connection -> {
                kept.set(connection);
                return true;
            });

            assertThatThrownBy(() -> revive.in(kept.get()).start(echo, unique("it"), "hello"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("over");
        }
    }

    /** A connection as pools and frameworks wrap it. */
    private record Wrapped(Connection real) {
        Connection connection() {
            return (Connection) Proxy.newProxyInstance(
                    Wrapped.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                        try {
                            return method.invoke(real, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    @Nested
    class ATransactionOfAWorkflow {
        private Trial<String> starting() {
            return trial(String.class, (ctx, in) -> {
                String booked = ctx.transaction("Book", String.class, connection -> {
                    book(connection, "Ada");
                    revive.in(connection).startAndSignal(twoWords, unique("started"), "", WORD, "one");
                    return "booked";
                });
                ctx.workflow(unique("started")).signal(WORD, "two");
                return booked;
            });
        }

        @Test
        void startsWithItsCommit() throws Exception {
            assertThat(starting().result()).isEqualTo("booked");
            assertThat(result(twoWords, unique("started"))).isEqualTo("one two");
            assertThat(bookings()).containsExactly("Ada");
        }

        @Test
        void startsOnceThoughItCrashes() throws Exception {
            Trial<String> trial = starting();
            trial.crash(CrashPoint.AFTER_EFFECT, "Book");
            trial.crash(CrashPoint.AFTER_OUTCOME, "Book");

            assertThat(trial.result()).isEqualTo("booked");
            assertThat(result(twoWords, unique("started"))).isEqualTo("one two");
            assertThat(bookings()).containsExactly("Ada");
        }
    }

    @Nested
    class AConnectionThatWillNotDo {
        @Test
        void commitsEachStatement() throws SQLException {
            try (Connection connection = open()) {
                connection.setAutoCommit(true);
                assertRefused(connection, "commits each statement");
                assertRefused(connection, "connection.setAutoCommit(false), or @Transactional");
                assertThat(store().undelivered(1)).isEmpty();
            }
        }

        @Test
        void isReadOnly() throws SQLException {
            try (Connection connection = open()) {
                connection.setReadOnly(true);
                assertRefused(connection, "read-only");
                connection.rollback();
                connection.setReadOnly(false);
            }
        }

        @Test
        void isASecondWriterOnH2() throws SQLException {
            assumeThat(setting.place()).isEqualTo(Place.H2);
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                assertRefused(connection, "revive.transact");
            }
        }

        @Test
        void isOfADatabaseWithoutSuchTables() throws SQLException {
            assumeThat(setting.place()).isNotEqualTo(Place.H2);
            try (HikariDataSource other = Place.pool(setting.place().database(unique("bare")), 2);
                    Connection connection = other.getConnection()) {
                connection.setAutoCommit(false);
                assertElsewhere(connection);
            }
        }

        @Test
        void isOfAnotherEnginesDatabase() throws SQLException {
            assumeThat(setting.place()).isNotEqualTo(Place.H2);
            try (HikariDataSource other = Place.pool(setting.place().database(unique("staging")), 5);
                    JdbcStore theirs = JdbcStore.over(other)) {
                assertThat(theirs.undelivered(1)).isEmpty();
                try (Connection connection = other.getConnection()) {
                    connection.setAutoCommit(false);
                    assertElsewhere(connection);
                }
            }
        }

        @Test
        void isOfAnotherEnginesTransaction() throws Exception {
            try (HikariDataSource other = Place.pool(setting.place().database(unique("staging")), 10);
                    Revive theirs = Revive.with(JdbcStore.over(other)).start()) {
                assertThatThrownBy(() -> theirs.transact(connection -> {
                            revive.in(connection).start(echo, unique("it"), "hello");
                            return true;
                        }))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("another store");
            }
        }

        private void assertRefused(Connection connection, String why) {
            assertThatThrownBy(() -> revive.in(connection).start(echo, unique("it"), "hello"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(why);
            assertThatThrownBy(() -> revive.in(connection).signal(unique("it"), WORD, "hello"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(why);
        }

        private void assertElsewhere(Connection connection) throws SQLException {
            assertThatThrownBy(() -> revive.in(connection).start(echo, unique("it"), "hello"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("does not lead to the tables");
            connection.rollback();
        }
    }

    @Nested
    class Misuse {
        @Test
        void isToldBeforeAnythingIsWritten() throws SQLException {
            Workflow<String, String> unknown = flow("unknown", String.class);
            AtomicReference<Trial<String>> itself = new AtomicReference<>();
            Trial<String> inAWorkflow = trial(String.class, (ctx, in) -> {
                try (Connection connection = pool.getConnection()) {
                    itself.get().revive().in(connection).signal(unique("it"), WORD, "hello");
                }
                return "";
            });
            itself.set(inAWorkflow);

            inTransaction(connection -> {
                assertThatThrownBy(() -> revive.in(connection).start(unknown, unique("it"), ""))
                        .isInstanceOf(UnknownWorkflowException.class);
                assertThatThrownBy(() -> revive.in(connection).start(echo, " ", ""))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> revive.in(connection).signal(unique("it"), WORD, null))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessageContaining("Send what null would mean");
                assertThatThrownBy(() -> revive.in(connection).signal(null, WORD, "hello"))
                        .hasMessageContaining("workflow id");
                return true;
            });
            assertThat(inAWorkflow.failure().getMessage()).contains("outside its steps");
            assertThat(row(inAWorkflow.id()).status()).isEqualTo(WorkflowStatus.FAILED);
        }

        @Test
        void inMemoryNamesTheStoreThatHasTransactions() {
            try (Revive inMemory = Revive.with(new InMemoryStore())
                    .register(echo, (ctx, in) -> in)
                    .start()) {
                assertThatThrownBy(() -> inMemory.transact(connection -> true))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("JdbcStore");
            }
        }
    }
}
