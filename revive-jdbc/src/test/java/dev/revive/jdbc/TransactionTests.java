// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.FencedException;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Release;
import dev.revive.store.StepStore;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.TransactionBodyException;
import dev.revive.store.WorkflowType;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbc.JdbcStatement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The user's rows and the checkpoint, together or not at all. */
class TransactionTests {
    private static final Instant STAMP = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir
    Path directory;

    private JdbcStore store;
    private ExecutorSeat seat;
    private StepStore lane;

    @BeforeEach
    void openWithATableAndAWorkflow() {
        store = JdbcStore.embedded(directory);
        seat = store.seat(new ExecutorSettings("test", 1, Duration.ofSeconds(30)));
        lane = seat.lanes().get(0);
        NewWorkflow workflow = new NewWorkflow("a", new WorkflowType("order", 1), "1", "hash", STAMP);
        lane.write(List.of(new Create(workflow, Create.Start.CLAIMED, null)));
        assertThatThrownBy(() -> transact(
                        9, connection -> sql(connection, "CREATE TABLE account (id INT PRIMARY KEY, balance INT)")))
                .isInstanceOf(TransactionBodyException.class);
    }

    @AfterEach
    void close() {
        seat.close();
        store.close();
    }

    private static void sql(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void insert(Connection connection, int id) throws SQLException {
        sql(connection, "INSERT INTO account VALUES (" + id + ", 100)");
    }

    private Answer transact(int sequence, Booking.Body body) {
        return transact(sequence, 1, body);
    }

    private Answer transact(int sequence, long epoch, Booking.Body body) {
        return lane.transact(new Booking("a", sequence, epoch, body));
    }

    private List<Integer> accounts() {
        List<Integer> ids = new ArrayList<>();
        assertThatThrownBy(() -> transact(8, connection -> {
                    try (Statement statement = connection.createStatement();
                            ResultSet rows = statement.executeQuery("SELECT id FROM account ORDER BY id")) {
                        while (rows.next()) {
                            ids.add(rows.getInt(1));
                        }
                    }
                    throw new IllegalStateException("only looking");
                }))
                .isInstanceOf(TransactionBodyException.class);
        return ids;
    }

    @Nested
    class RowsAndCheckpoint {
        @Test
        void areCommittedTogether() {
            assertThat(transact(1, connection -> insert(connection, 1))).isEqualTo(Answer.ACCEPTED);

            assertThat(accounts()).containsExactly(1);
            assertThat(store.steps("a")).containsExactly(Booking.step("a", 1, 1));
        }

        @Test
        void areRolledBackTogetherIfTheBodyThrows() {
            assertThatThrownBy(() -> transact(1, connection -> {
                        insert(connection, 1);
                        throw new IllegalArgumentException("no");
                    }))
                    .isInstanceOf(TransactionBodyException.class)
                    .hasRootCauseInstanceOf(IllegalArgumentException.class);

            assertThat(accounts()).isEmpty();
            assertThat(store.steps("a")).isEmpty();
        }

        @Test
        void areRolledBackIfTheBodyThrowsAnErrorWhichIsThrownOn() {
            Error error = new StackOverflowError("test");
            assertThatThrownBy(() -> transact(1, connection -> {
                        insert(connection, 1);
                        throw error;
                    }))
                    .isSameAs(error);

            assertThat(accounts()).isEmpty();
        }

        @Test
        void areRefusedIfTheStepIsRecordedAlready() {
            lane.write(List.of(new Checkpoint(Booking.step("a", 1, 1), true)));

            assertThat(transact(1, connection -> insert(connection, 1))).isEqualTo(Answer.REFUSED);
            assertThat(accounts()).isEmpty();
        }

        @Test
        void areRefusedAtAnotherEpoch() {
            assertThat(transact(1, 2, connection -> insert(connection, 1))).isEqualTo(Answer.REFUSED);
            assertThat(accounts()).isEmpty();
        }

        @Test
        void areRefusedIfTheWorkflowRunsNoMore() {
            lane.write(List.<Operation>of(Release.of("a", 1)));

            assertThat(transact(1, connection -> insert(connection, 1))).isEqualTo(Answer.REFUSED);
            assertThat(accounts()).isEmpty();
        }

        @Test
        void areFencedOffIfTheExecutorIsDead() {
            StepStore late = lane;
            assertThatThrownBy(() -> transact(1, connection -> {
                        insert(connection, 1);
                        seat.abandon();
                    }))
                    .isInstanceOf(FencedException.class);
            seat = store.seat(new ExecutorSettings("next", 1, Duration.ofSeconds(30)));
            assertThatThrownBy(() -> late.write(List.of(new Checkpoint(Booking.step("a", 1, 1), true))))
                    .isInstanceOf(FencedException.class);
            assertThat(store.steps("a")).isEmpty();
        }

        @Test
        void areTriedAgainIfTheDatabaseRolledBack() {
            AtomicInteger runs = new AtomicInteger();
            assertThat(transact(1, connection -> {
                        insert(connection, 1);
                        if (runs.incrementAndGet() < 3) {
                            throw new IllegalStateException(new SQLException("deadlock", "40001", 40001));
                        }
                    }))
                    .isEqualTo(Answer.ACCEPTED);

            assertThat(runs).hasValue(3);
            assertThat(accounts()).containsExactly(1);
        }

        @Test
        void areNotTriedForEver() {
            AtomicInteger runs = new AtomicInteger();
            assertThatThrownBy(() -> transact(1, connection -> {
                        runs.incrementAndGet();
                        throw new SQLException("deadlock", "40001", 40001);
                    }))
                    .isInstanceOf(TransactionBodyException.class);
            assertThat(runs).hasValue(Database.TRIES);
        }
    }

    @Nested
    class ABodyThatCommits {
        @Test
        void byDdlIsDetected() {
            assertThatThrownBy(() -> transact(1, connection -> {
                        insert(connection, 1);
                        sql(connection, "CREATE TABLE other (id INT)");
                        insert(connection, 2);
                    }))
                    .isInstanceOf(TransactionBodyException.class)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Move DDL out");
            assertThat(store.steps("a")).isEmpty();
        }

        @Test
        void inSqlIsDetected() {
            assertThatThrownBy(() -> transact(1, connection -> sql(connection, "COMMIT")))
                    .isInstanceOf(TransactionBodyException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
        }

        @Test
        void leavesTheStoreAtWork() {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> transact(1, connection -> sql(connection, "COMMIT")))
                        .isInstanceOf(TransactionBodyException.class);
            }
            assertThat(transact(1, connection -> insert(connection, 1))).isEqualTo(Answer.ACCEPTED);
        }
    }

    @Nested
    class TheStore {
        @Test
        void opensTheDatabaseAgainAfterItWasClosedUnderIt() {
            transact(1, connection -> insert(connection, 1));
            assertThatThrownBy(() -> transact(2, connection -> sql(connection, "SHUTDOWN IMMEDIATELY")))
                    .isInstanceOf(StoreException.class);

            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(StoreUnavailableException.class)
                    .until(
                            () -> lane.write(List.of(new Checkpoint(Booking.step("a", 3, 1), true))),
                            List.of(Answer.ACCEPTED)::equals);
            assertThat(store.steps("a")).containsExactly(Booking.step("a", 1, 1), Booking.step("a", 3, 1));
        }
    }

    @Nested
    class TheConnection {
        @Test
        void refusesWhatWouldEndTheTransaction() {
            List<Booking.Body> forbidden = List.of(
                    Connection::commit,
                    Connection::rollback,
                    Connection::close,
                    connection -> connection.setAutoCommit(true),
                    connection -> connection.abort(Runnable::run),
                    connection -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE),
                    connection -> connection.unwrap(Connection.class),
                    connection -> connection.unwrap(JdbcConnection.class));
            for (Booking.Body body : forbidden) {
                assertThatThrownBy(() -> transact(1, body))
                        .isInstanceOf(TransactionBodyException.class)
                        .hasRootCauseInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("ctx.transaction");
            }
        }

        @Test
        void isNotFoundInAnyRoundaboutWay() {
            interface Way {
                Connection from(Connection connection) throws SQLException;
            }
            List<Way> ways = List.of(
                    connection -> connection.getMetaData().getConnection(),
                    connection -> connection.createStatement().getConnection(),
                    connection -> connection.prepareStatement("SELECT 1").getConnection(),
                    connection -> connection.prepareCall("SELECT 1").getConnection(),
                    connection -> connection
                            .createStatement()
                            .executeQuery("SELECT 1")
                            .getStatement()
                            .getConnection(),
                    connection ->
                            connection.createStatement().unwrap(Statement.class).getConnection(),
                    connection -> connection.unwrap(AutoCloseable.class) instanceof Connection found ? found : null,
                    connection -> connection
                            .createStatement()
                            .unwrap(JdbcStatement.class)
                            .getConnection());
            for (Way way : ways) {
                assertThatThrownBy(() -> transact(1, connection -> {
                            insert(connection, 1);
                            way.from(connection).commit();
                        }))
                        .isInstanceOf(TransactionBodyException.class)
                        .hasRootCauseInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("ctx.transaction");
            }
            assertThat(accounts()).isEmpty();
        }

        @Test
        void takesBackWhatItGave() {
            transact(1, connection -> {
                Array array = connection.createArrayOf("INTEGER", new Object[] {1, 2});
                try (PreparedStatement statement = connection.prepareStatement("SELECT CARDINALITY(?)")) {
                    statement.setArray(1, array);
                    try (ResultSet row = statement.executeQuery()) {
                        assertThat(row.next()).isTrue();
                        assertThat(row.getInt(1)).isEqualTo(2);
                        assertThat(row.getStatement()).isSameAs(statement);
                    }
                }
            });
        }

        @Test
        void remembersARollbackSoThatItsReasonIsSeen() {
            assertThatThrownBy(() -> transact(1, connection -> {
                        insert(connection, 1);
                        connection.rollback();
                        throw new IllegalArgumentException("no such customer");
                    }))
                    .isInstanceOf(TransactionBodyException.class)
                    .hasRootCauseMessage("no such customer");
            assertThat(accounts()).isEmpty();
        }

        @Test
        void takesNoStatementAfterARollback() {
            assertThatThrownBy(() -> transact(1, connection -> {
                        connection.rollback();
                        insert(connection, 1);
                    }))
                    .isInstanceOf(TransactionBodyException.class)
                    .hasMessageContaining("rollback() is not for the body");
        }

        @Test
        void allowsSavepoints() {
            transact(1, connection -> {
                insert(connection, 1);
                Savepoint savepoint = connection.setSavepoint();
                insert(connection, 2);
                connection.rollback(savepoint);
                Savepoint other = connection.setSavepoint("other");
                insert(connection, 3);
                connection.releaseSavepoint(other);
            });

            assertThat(accounts()).containsExactly(1, 3);
        }

        @Test
        void isFoundAgainThroughItsStatements() {
            transact(1, connection -> {
                try (PreparedStatement statement = connection.prepareStatement("SELECT 1")) {
                    assertThat(statement.getConnection()).isSameAs(connection);
                }
                assertThat(connection.isClosed()).isFalse();
                assertThat(connection.isWrapperFor(Connection.class)).isFalse();
                assertThat(connection.equals(connection)).isTrue();
            });
        }

        @Test
        void isOverWithTheBody() throws SQLException {
            AtomicReference<Connection> kept = new AtomicReference<>();
            AtomicReference<Statement> open = new AtomicReference<>();
            transact(1, connection -> {
                kept.set(connection);
                open.set(connection.createStatement());
            });

            assertThat(kept.get().isClosed()).isTrue();
            assertThat(open.get().isClosed()).isTrue();
            assertThatThrownBy(() -> kept.get().createStatement()).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void throwsTheDriversOwnExceptions() {
            assertThatThrownBy(() -> transact(1, connection -> sql(connection, "SELECT nonsense")))
                    .isInstanceOf(TransactionBodyException.class)
                    .hasRootCauseInstanceOf(SQLException.class);
        }
    }

    @Nested
    class AnInterrupt {
        /** A doubt about the connection makes Revive ask the database, which an interrupt must not reach. */
        @Test
        void thatTheBodyLeavesBehindWithADoubtDoesNotCloseTheDatabase() {
            assertThatThrownBy(() -> transact(1, connection -> {
                        insert(connection, 1);
                        Thread.currentThread().interrupt();
                        throw new SQLException("gone?", "08000");
                    }))
                    .isInstanceOf(TransactionBodyException.class);

            assertThat(Thread.interrupted()).isFalse();
            assertThat(transact(2, connection -> insert(connection, 2))).isEqualTo(Answer.ACCEPTED);
            assertThat(accounts()).containsExactly(2);
        }

        @Test
        void ofTheCallerDoesNotReachTheDatabase() {
            Thread.currentThread().interrupt();
            Answer answer = transact(1, connection -> insert(connection, 1));

            assertThat(Thread.interrupted()).isTrue();
            assertThat(answer).isEqualTo(Answer.ACCEPTED);
            assertThat(accounts()).containsExactly(1);
        }

        @Test
        void ofTheBodyItselfDoesNotEither() {
            transact(1, connection -> {
                Thread.currentThread().interrupt();
                insert(connection, 1);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            });

            assertThat(accounts()).containsExactly(1);
            assertThat(transact(
                            2,
                            connection -> assertThat(Thread.currentThread().isInterrupted())
                                    .isFalse()))
                    .isEqualTo(Answer.ACCEPTED);
        }

        @Test
        void findsABodyOnAThreadWithTheCallersClassLoader() {
            ClassLoader mine = new ClassLoader(null) {};
            ClassLoader before = Thread.currentThread().getContextClassLoader();
            Thread.currentThread().setContextClassLoader(mine);
            try {
                transact(1, connection -> {
                    assertThat(Thread.currentThread().getName()).isEqualTo("revive-h2-body");
                    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(mine);
                });
            } finally {
                Thread.currentThread().setContextClassLoader(before);
            }
        }
    }
}
