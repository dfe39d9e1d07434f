// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.InMemoryStore;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Logs;
import dev.revive.tests.support.Place;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TransactionBody;
import dev.revive.workflow.TypeRef;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Business rows and the checkpoint in one transaction: both or neither, whatever crashes and whatever the body does. */
@InSettings({Setting.H2_NARROW, Setting.H2_WIDE, Setting.POSTGRES_WIDE, Setting.MARIADB_WIDE})
class TransactionTests extends TestBed {
    private final Effects effects = new Effects();
    private DataSource database = new JdbcDataSource();

    @BeforeEach
    void openDatabase() throws SQLException {
        database = setting.place().database(unique("transactions"));
        String id = setting.place() == Place.POSTGRES ? "SERIAL" : "INT AUTO_INCREMENT";
        sql("CREATE TABLE booking (id %s PRIMARY KEY, who VARCHAR(20) UNIQUE NOT NULL)".formatted(id));
        use(JdbcStore.over(database, JdbcSettings.defaults().asExclusive()));
    }

    @AfterEach
    void closeDatabase() throws SQLException {
        closeEngines();
        if (setting.place() == Place.H2) {
            sql("SHUTDOWN");
        }
    }

    private void sql(String text) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    private List<String> bookings() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT who FROM booking ORDER BY id")) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }

    private static void insert(Connection connection, String who) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO booking (who) VALUES ('%s')".formatted(who));
        }
    }

    private String book(Connection connection) throws SQLException {
        effects.happen("body");
        insert(connection, "Ada");
        return "booked";
    }

    private Trial<String> booking(TransactionBody<String> body) {
        return trial(String.class, (ctx, in) -> {
            try {
                return ctx.transaction("Book", String.class, body);
            } catch (StepFailedException e) {
                effects.happen("caught");
                return e.failure().kind() + " " + e.failure().summary();
            }
        });
    }

    @Nested
    class ATransaction {
        @Test
        void thatFollowedAFailedCallIsNotCommittedAgainWhenItsWorkflowIsRetried() throws SQLException {
            AtomicBoolean isMended = new AtomicBoolean();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                StepFailedException failed = null;
                try {
                    ctx.step(Step.of("Ship", () -> {
                        if (!isMended.get()) {
                            throw new IOException("no ship");
                        }
                    }));
                } catch (StepFailedException e) {
                    failed = e;
                }
                String booked = ctx.transaction("Book", String.class, TransactionTests.this::book);
                if (failed != null) {
                    throw failed;
                }
                return booked;
            });
            trial.failure();

            isMended.set(true);
            assertThat(trial.revive().retry(trial.id())).isTrue();

            assertThat(trial.result()).isEqualTo("booked");
            assertThat(effects.times("body")).isEqualTo(1);
            assertThat(bookings()).containsExactly("Ada");
        }

        @Test
        void writesItsRowsAndItsCheckpoint() throws SQLException {
            Trial<String> trial = booking(TransactionTests.this::book);

            assertThat(trial.result()).isEqualTo("booked");
            assertThat(bookings()).containsExactly("Ada");
            StepInfo step = trial.step("Book");
            assertThat(step.kind()).isEqualTo(CallKind.TRANSACTION);
            assertThat(step.status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(step.attempt()).isEqualTo(1);
            assertThat(step.zombies()).isZero();
        }

        @ParameterizedTest
        @EnumSource(
                value = CrashPoint.class,
                names = {"BEFORE_STARTED", "BEFORE_EFFECT", "AFTER_EFFECT", "AFTER_OUTCOME"})
        void writesItsRowsOnceWhateverCrashes(CrashPoint point) throws SQLException {
            Trial<String> trial = booking(TransactionTests.this::book);

            trial.crash(point, "Book");
            assertThat(bookings()).hasSize(trial.rows().size());

            assertThat(trial.result()).isEqualTo("booked");
            assertThat(bookings()).containsExactly("Ada");
            assertThat(trial.step("Book").zombies()).isZero();
        }

        /** Where bodies have a thread of their own, the first who needs it makes it. */
        @Test
        void seesNothingOfTheThreadThatStartedIt() throws Exception {
            InheritableThreadLocal<String> tenant = new InheritableThreadLocal<>();
            Trial<String> trial = booking(connection -> String.valueOf(tenant.get()));
            CompletableFuture<String> seen = new CompletableFuture<>();
            Thread request = new Thread(() -> {
                tenant.set("A");
                seen.complete(trial.result());
            });
            request.start();

            assertThat(seen.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo("null");
        }

        @Test
        void failsForGoodWhenItsBodyFailsByItselfWhileTheEngineCloses() throws SQLException {
            Gate gate = new Gate();
            Trial<String> trial = booking(connection -> {
                book(connection);
                gate.passUninterruptibly();
                throw new IOException("no seat");
            });
            trial.stopWhile(gate);

            assertThat(trial.row("Book").status()).isEqualTo(StepStatus.FAILED);
            assertThat(trial.result()).isEqualTo("THROWN java.io.IOException: no seat");
            assertThat(effects.times("body")).isEqualTo(1);
            assertThat(bookings()).isEmpty();
        }

        @Test
        void isNotRepeatedByAReplay() throws SQLException {
            Trial<String> trial = booking(TransactionTests.this::book);

            trial.crashAtTheEnd().crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("booked");
            assertThat(effects.times("body")).isEqualTo(1);
        }

        @Test
        void mayAnswerNullAndTypesWithArguments() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                String nothing = ctx.transaction("Null", String.class, connection -> null);
                List<Long> list = ctx.transaction("List", new TypeRef<List<Long>>() {}, connection -> List.of(1L, 2L));
                return nothing + " " + (list.get(0) + list.get(1));
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("null 3");
        }

        @Test
        void comesAfterEverythingBeforeItIsDurable() throws SQLException {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step("Before", () -> effects.happen("before"));
                return ctx.transaction("Book", String.class, TransactionTests.this::book);
            });

            trial.crash(CrashPoint.AFTER_OUTCOME, "Book");

            assertThat(bookings()).containsExactly("Ada");
            assertThat(trial.row("Before").status()).isEqualTo(StepStatus.COMPLETED);
            trial.result();
            assertThat(effects.times("before")).isEqualTo(1);
        }

        @Test
        void mayRunInBranches() throws SQLException {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                                    List.of("Ada", "Bob", "Cyd", "Dan"),
                                    (b, who) -> b.transaction("Book", String.class, connection -> {
                                        insert(connection, who);
                                        return who;
                                    }))
                            .toString());

            trial.crash(CrashPlan.at(CrashPoint.AFTER_OUTCOME)
                    .ofStep("Book")
                    .passage(2)
                    .keepingQueued());

            assertThat(trial.result()).isEqualTo("[Ada, Bob, Cyd, Dan]");
            assertThat(bookings()).containsExactlyInAnyOrder("Ada", "Bob", "Cyd", "Dan");
        }

        @Test
        void mayRollBackToASavepointOfItsOwn() throws SQLException {
            Trial<String> trial = booking(connection -> {
                insert(connection, "Ada");
                Savepoint savepoint = connection.setSavepoint();
                insert(connection, "Bob");
                connection.rollback(savepoint);
                return "booked";
            });

            assertThat(trial.result()).isEqualTo("booked");
            assertThat(bookings()).containsExactly("Ada");
        }

        @Test
        void isFinishedWhenTheEngineIsClosed() throws SQLException {
            Gate gate = new Gate();
            Trial<String> trial = booking(connection -> {
                insert(connection, "Ada");
                gate.pass();
                return "booked";
            });
            trial.revive();
            gate.awaitReached();
            Thread closer = new Thread(trial::stop);
            closer.start();
            gate.open();
            join(closer);

            assertThat(bookings()).containsExactly("Ada");
            assertThat(trial.row("Book").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(trial.result()).isEqualTo("booked");
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(thread.isAlive()).isFalse();
    }

    @Nested
    class AFailingBody {
        private Trial<String> failing(Exception failure) {
            return booking(connection -> {
                effects.happen("body");
                insert(connection, "Ada");
                throw failure;
            });
        }

        @Test
        void leavesNoRowsAndIsRecorded() throws SQLException {
            Trial<String> trial = failing(new IllegalStateException("full"));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("THROWN java.lang.IllegalStateException: full");
            assertThat(bookings()).isEmpty();
            assertThat(effects.times("body")).isEqualTo(1);
            assertThat(effects.times("caught")).isEqualTo(2);
            assertThat(trial.step("Book").status()).isEqualTo(StepStatus.FAILED);
            assertThat(trial.step("Book").kind()).isEqualTo(CallKind.TRANSACTION);
        }

        @Test
        void mayFailInTheDatabase() throws SQLException {
            sql("INSERT INTO booking (who) VALUES ('Ada')");
            Trial<String> trial = booking(TransactionTests.this::book);

            assertThat(trial.result()).containsPattern("(?i)unique|duplicate");
            assertThat(bookings()).containsExactly("Ada");
        }

        @Test
        void mayFailByAnAssertion() throws SQLException {
            Trial<String> trial = booking(connection -> {
                insert(connection, "Ada");
                throw new AssertionError("never");
            });

            assertThat(trial.result()).isEqualTo("THROWN java.lang.AssertionError: never");
            assertThat(bookings()).isEmpty();
        }

        @Test
        void whoseValueIsNoJsonLeavesNoRows() throws SQLException {
            Trial<Object> trial = trial(Object.class, (ctx, in) -> {
                try {
                    return ctx.transaction("Book", Object.class, connection -> {
                        insert(connection, "Ada");
                        List<Object> circle = new ArrayList<>();
                        circle.add(circle);
                        return circle;
                    });
                } catch (StepFailedException e) {
                    return e.failure().kind().name();
                }
            });

            assertThat(trial.result()).isEqualTo(Failure.Kind.NOT_SERIALIZABLE.name());
            assertThat(bookings()).isEmpty();
        }

        @Test
        void lacksNothingButMemoryAndIsTriedAgain() throws SQLException {
            Trial<String> trial = booking(connection -> {
                if (effects.happen("body") == 1) {
                    insert(connection, "Nobody");
                    throw new OutOfMemoryError("injected");
                }
                insert(connection, "Ada");
                return "booked";
            });

            assertThat(trial.result()).isEqualTo("booked");
            assertThat(bookings()).containsExactly("Ada");
        }
    }

    @Nested
    class ABodyWhoseConnectionIsLost {
        @BeforeEach
        void needAServer() {
            assumeTrue(setting.place() != Place.H2, "Nobody cuts a connection within a process.");
        }

        private void lose(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        setting.place() == Place.POSTGRES
                                ? "SELECT pg_terminate_backend(pg_backend_pid())"
                                : "KILL CONNECTION_ID()");
            }
        }

        @Test
        void eachTimeIsTriedAgainAfterAPauseAndThenLeftToAPerson() throws SQLException {
            Trial<String> trial = booking(connection -> {
                        effects.happen("body");
                        insert(connection, "Ada");
                        lose(connection);
                        return "booked";
                    })
                    .with(builder -> builder.maxStrikes(2));
            try (Logs logs = new Logs()) {
                long before = System.nanoTime();

                Attention attention = trial.attention();

                assertThat(attention.reason()).isEqualTo(Attention.Reason.REPEATED_ERRORS);
                assertThat(attention.message())
                        .contains("a transaction's connection")
                        .contains("lost");
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofSeconds(1));
                assertThat(logs.lines(trial.id() + " transaction")).hasSize(2);
            }
            assertThat(effects.times("body")).isBetween(2, 12); // a run tries a few times
            assertThat(bookings()).isEmpty();
        }

        @Test
        void onceGoesOn() throws SQLException {
            Trial<String> trial = booking(connection -> {
                if (effects.happen("body") == 1) {
                    lose(connection);
                }
                insert(connection, "Ada");
                return "booked";
            });

            assertThat(trial.result()).isEqualTo("booked");
            assertThat(bookings()).containsExactly("Ada");
        }
    }

    @Nested
    class ABodyThatMeddles {
        private interface Meddling {
            void with(Connection connection) throws Exception;
        }

        private String refused(Meddling meddling) throws SQLException {
            Trial<String> trial = booking(connection -> {
                insert(connection, "Ada");
                meddling.with(connection);
                return "got away with it";
            });
            String result = trial.result();
            assertThat(bookings()).isEmpty();
            return result;
        }

        @Test
        void isRefusedACommit() throws SQLException {
            assertThat(refused(Connection::commit))
                    .contains("commit() is not for the body of ctx.transaction")
                    .contains("To undo, throw an exception");
        }

        @Test
        void isRefusedARollback() throws SQLException {
            assertThat(refused(Connection::rollback)).contains("rollback() is not for the body");
        }

        @Test
        void isRefusedAClose() throws SQLException {
            assertThat(refused(Connection::close)).contains("close() is not for the body");
        }

        @Test
        void isRefusedAutoCommit() throws SQLException {
            assertThat(refused(connection -> connection.setAutoCommit(true)))
                    .contains("setAutoCommit() is not for the body");
        }

        @Test
        void isRefusedTheRealConnection() throws SQLException {
            assertThat(refused(connection -> connection.unwrap(org.h2.jdbc.JdbcConnection.class)))
                    .contains("cannot be unwrapped");
        }

        @Test
        void mayGoOnAfterARefusal() throws SQLException {
            Trial<String> trial = booking(connection -> {
                insert(connection, "Ada");
                assertThatThrownBy(connection::commit).isInstanceOf(IllegalStateException.class);
                insert(connection, "Bob");
                return "booked";
            });

            assertThat(trial.result()).isEqualTo("booked");
            assertThat(bookings()).containsExactly("Ada", "Bob");
        }

        @Test
        void isFoundOutWhenItDefinesATableUnlessThatIsPartOfTheTransaction() {
            Trial<String> trial = booking(connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("CREATE TABLE sneaky (id INT)");
                }
                return "got away with it";
            });

            assertThat(trial.result())
                    .contains(
                            setting.place() == Place.POSTGRES
                                    ? "got away with it"
                                    : "committed by itself, as DDL does");
        }

        @Test
        void isFoundOutWhenItCommitsAsSql() {
            Trial<String> trial = booking(connection -> {
                insert(connection, "Ada");
                try (Statement statement = connection.createStatement()) {
                    statement.execute("COMMIT");
                }
                return "got away with it";
            });

            assertThat(trial.result()).contains("committed by itself");
        }

        @Test
        void isFoundOutWhenItCommitsBehindTheScenes() throws SQLException {
            Trial<String> trial = booking(connection -> {
                insert(connection, "Ada");
                connection.getMetaData().getConnection().commit();
                return "got away with it";
            });

            assertThat(trial.result()).contains("commit() is not for the body");
            assertThat(bookings()).isEmpty();
        }

        /** As a framework does it, whose own transaction ends with the service that it surrounds. */
        @Test
        void showsWhyItWantedARollback() throws SQLException {
            Trial<String> trial = booking(connection -> {
                try {
                    insert(connection, "Ada");
                    throw new IllegalArgumentException("Ada is not welcome");
                } catch (IllegalArgumentException e) {
                    connection.rollback();
                    throw e;
                }
            });

            assertThat(trial.result()).isEqualTo("THROWN java.lang.IllegalArgumentException: Ada is not welcome");
            assertThat(bookings()).isEmpty();
        }

        @Test
        void losesItsConnectionAtItsEnd() {
            AtomicReference<Connection> kept = new AtomicReference<>();
            Trial<String> trial = booking(connection -> {
                kept.set(connection);
                return "booked";
            });

            trial.result();

            assertThatThrownBy(() -> kept.get().createStatement())
                    .hasMessageContaining("its connection must not leave the body");
        }

        @Test
        void isRefusedTheWorkflowsContext() throws SQLException {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.transaction("Book", String.class, connection -> {
                        insert(connection, "Ada");
                        ctx.step("Inside", () -> effects.happen("inside"));
                        return "got away with it";
                    });
                } catch (StepFailedException e) {
                    return e.failure().message();
                }
            });

            assertThat(trial.result()).contains("step \"Inside\" was asked for inside a step");
            assertThat(bookings()).isEmpty();
        }

        @Test
        void isRefusedToStartAnotherWorkflowRatherThanLeftToWaitForItself() throws SQLException {
            var other = flow("other", String.class);
            AtomicReference<Revive> revive = new AtomicReference<>();
            Gate known = new Gate();
            List<Throwable> thrown = new CopyOnWriteArrayList<>();
            Trial<String> trial = booking(connection -> {
                        insert(connection, "Ada");
                        known.pass();
                        try {
                            revive.get().start(other, unique("other"), "x");
                        } catch (RuntimeException e) {
                            thrown.add(e);
                        }
                        return "booked";
                    })
                    .with(builder -> builder.startTimeout(Duration.ofSeconds(2)).register(other, (ctx, in) -> "other"));
            revive.set(trial.revive());
            known.open();

            trial.result();

            assertThat(thrown).singleElement().isInstanceOf(IllegalStateException.class);
            assertThat(bookings()).containsExactly("Ada");
        }
    }

    @Nested
    class WithoutADatabase {
        @Test
        void thereIsNoTransactionAndTheErrorSaysWhatToUse() {
            use(new InMemoryStore());
            Trial<String> trial =
                    trial(String.class, (ctx, in) -> ctx.transaction("Book", String.class, connection -> "booked"));

            assertThat(trial.failure().failure().message())
                    .contains("no database")
                    .contains("JdbcStore");
        }
    }
}
