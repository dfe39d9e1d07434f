// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Create;
import dev.revive.store.StoreException;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowType;
import dev.revive.testing.WorkflowStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoreTests extends WorkflowStoreContract {
    @TempDir
    Path directory;

    @Override
    protected WorkflowStore open() {
        return JdbcStore.embedded(directory.resolve("data"));
    }

    @Override
    protected Transactions transactions() {
        return Transactions.ITS_OWN;
    }

    @Override
    protected void pass(WorkflowStore store, Duration duration) {
        ((JdbcStore) store).moveClock(duration);
    }

    @Override
    protected WorkflowStore reopenAfterDeath(WorkflowStore store, ExecutorSeat dead) {
        dead.abandon();
        store.close();
        return open();
    }

    @Nested
    class TheDirectory {
        @Test
        void isCreatedWithTheFileInIt() {
            assertThat(directory.resolve("data").resolve("revive.mv.db")).exists();
        }

        @Test
        void isOpenedOnceAtATime() {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> open())
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining(directory.resolve("data").toString())
                        .hasMessageContaining("in use")
                        .hasMessageContaining("Close that first");
            }
        }

        @Test
        void canBeOpenedAgainAfterItWasClosed() throws Exception {
            JdbcStore first = JdbcStore.embedded(directory.resolve("again"), Durability.PROCESS_CRASH);
            first.close();
            first.close();
            JdbcStore.embedded(directory.resolve("again")).close();
        }

        @Test
        void isOpenedAndClosedByAnInterruptedThreadWithoutHarm() {
            Path other = directory.resolve("interrupted");
            Thread.currentThread().interrupt();
            JdbcStore.embedded(other).close();

            assertThat(Thread.interrupted()).isTrue();
            JdbcStore.embedded(other).close();
        }

        @Test
        void isRefusedIfAFileIsInItsWay() throws IOException {
            Path file = Files.writeString(directory.resolve("file"), "not a directory");

            assertThatThrownBy(() -> JdbcStore.embedded(file))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("Is there a file in its way");
        }

        @Test
        void isRefusedIfItIsReadOnly() throws IOException {
            Path readOnly = Files.createDirectory(directory.resolve("read-only"));
            assumeFalse(
                    !readOnly.toFile().setWritable(false) || Files.isWritable(readOnly), "root may write everywhere");

            assertThatThrownBy(() -> JdbcStore.embedded(readOnly))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("read-only");
        }

        @Test
        void isRefusedIfItsFileIsDamaged() throws IOException {
            Path damaged = Files.createDirectory(directory.resolve("damaged"));
            Files.write(
                    damaged.resolve("revive.mv.db"),
                    "this is no database ".repeat(2_000).getBytes());

            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> JdbcStore.embedded(damaged))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("revive.mv.db")
                        .hasMessageContaining("restore it from a backup");
            }
        }

        @Test
        void isRefusedIfH2CannotSpellIt() {
            assertThatThrownBy(() -> JdbcStore.embedded(directory.resolve("a;b")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("\";\"");
        }
    }

    @Nested
    class Durably {
        @Test
        void aWriteDelayKeptInTheFileIsMended() throws Exception {
            Path other = directory.resolve("delayed");
            try (Connection connection = raw(other, ";WRITE_DELAY=500");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE mine (id INT)");
            }
            JdbcStore.embedded(other).close();

            try (Connection connection = raw(other, "")) {
                assertThat(
                                H2Dialect.value(
                                        connection,
                                        "SELECT setting_value FROM information_schema.settings WHERE setting_name = 'WRITE_DELAY'"))
                        .isEqualTo("0");
            }
        }

        /** H2 shows what is committed before it is on the disk. */
        @Test
        void whatIsCommittedIsShownOnlyWhenItIsOnTheDisk() throws Exception {
            FaultyDisk.install();
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try (JdbcStore store =
                            JdbcStore.embedded(directory.resolve("held"), Durability.POWER_LOSS, FaultyDisk.SCHEME);
                    ExecutorSeat seat = store.seat(new ExecutorSettings("host", 1, Duration.ofSeconds(30)))) {
                CountDownLatch held = FaultyDisk.hold();
                Future<List<Answer>> writing = threads.submit(() -> seat.lanes()
                        .get(0)
                        .write(List.of(new Create(
                                new NewWorkflow("a", new WorkflowType("order", 1), "1", "hash", Instant.EPOCH),
                                Create.Start.CLAIMED,
                                null))));
                Future<Boolean> reading = threads.submit(() -> {
                    while (store.find("a").isEmpty()) {
                        Thread.onSpinWait();
                    }
                    return held.getCount() == 0;
                });
                assertThatThrownBy(() -> reading.get(300, TimeUnit.MILLISECONDS))
                        .as("what the reader is shown while the disk holds it up")
                        .isInstanceOf(TimeoutException.class);
                held.countDown();

                assertThat(writing.get(30, TimeUnit.SECONDS)).containsExactly(Answer.ACCEPTED);
                assertThat(reading.get(30, TimeUnit.SECONDS))
                        .as("shown after it was on the disk")
                        .isTrue();
            } finally {
                FaultyDisk.hold().countDown();
                threads.shutdownNow();
            }
        }

        @Test
        void versionsThatLoseCommitsAreRefused() {
            assertThatThrownBy(() -> H2Dialect.checkVersion("2.5.252"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("2.4.240");
            H2Dialect.checkVersion("2.4.240");
        }
    }

    private static Connection raw(Path directory, String settings) throws SQLException {
        return DriverManager.getConnection("jdbc:h2:file:" + directory.resolve("revive") + settings);
    }
}
