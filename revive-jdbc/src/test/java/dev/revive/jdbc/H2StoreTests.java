// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.FencedException;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Create;
import dev.revive.store.StoreException;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.WorkflowStatus;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables in a database of the host, shared with others. */
class H2StoreTests extends LeasedStoreContract {
    @AutoClose
    private final HikariDataSource host = TestDatabase.hikari(20);

    @Override
    protected WorkflowStore open() {
        return JdbcStore.over(host);
    }

    @Override
    protected Transactions transactions() {
        return Transactions.ITS_OWN;
    }

    @Override
    DataSource host() {
        return host;
    }

    private static ExecutorSeat seat(WorkflowStore store) {
        return store.seat(new ExecutorSettings("host", 2, LEASE));
    }

    private static boolean write(ExecutorSeat seat, Operation operation) {
        return seat.lanes().get(0).write(List.of(operation)).get(0) == Answer.ACCEPTED;
    }

    private static Create claimed(String id) {
        NewWorkflow workflow = new NewWorkflow(id, new WorkflowType("order", 1), "1", "hash", Instant.EPOCH);
        return new Create(workflow, Create.Start.CLAIMED, null);
    }

    @Nested
    class AHostsDataSource {
        @Test
        void staysOpen() throws SQLException {
            JdbcStore.over(host).close();

            assertThat(host.isClosed()).isFalse();
            try (Connection connection = host.getConnection()) {
                assertThat(connection.getAutoCommit()).isTrue();
            }
        }

        @Test
        void isGivenAllItsConnectionsBack() {
            HikariPoolMXBean pool = host.getHikariPoolMXBean();
            int before = pool.getActiveConnections();
            try (JdbcStore store = JdbcStore.over(host)) {
                try (ExecutorSeat seat = seat(store)) {
                    write(seat, claimed("a"));
                    assertThat(pool.getActiveConnections()).isEqualTo(before + 4);
                }
                assertThat(pool.getActiveConnections()).isEqualTo(before);
            }
        }

        @Test
        void thatIsTooSmallIsToldAtTheStart() {
            try (HikariDataSource small = TestDatabase.pool(TestDatabase.source(""), 3, 1_000)) {
                try (JdbcStore store = JdbcStore.over(small)) {
                    assertThatThrownBy(() -> seat(store))
                            .isInstanceOf(StoreException.class)
                            .hasMessageContaining("pool too small");
                    assertThat(small.getHikariPoolMXBean().getActiveConnections())
                            .isZero();
                }
            }
        }

        @Test
        void ofAnUnknownDatabaseIsRefusedByName() {
            DataSource other = TestDatabase.named(host, "Oracle");

            assertThatThrownBy(() -> JdbcStore.over(other))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("\"Oracle\"")
                    .hasMessageContaining("Supported are: H2, PostgreSQL");
        }

        @Test
        void thatDoesNotCompareExactlyIsRefused() {
            DataSource oracle = TestDatabase.source(";MODE=Oracle");

            assertThatThrownBy(() -> JdbcStore.over(oracle))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("does not compare text exactly");
        }

        @Test
        void thatDoesNotKnowLimitIsRefused() {
            for (String mode : List.of("MSSQLServer", "Derby", "STRICT")) {
                DataSource strict = TestDatabase.source(";MODE=" + mode);

                assertThatThrownBy(() -> JdbcStore.over(strict))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("does not understand LIMIT");
            }
        }

        @Test
        void mayTakeNamesAsTheyAreWritten() {
            for (String names : List.of("DATABASE_TO_UPPER=FALSE", "DATABASE_TO_LOWER=TRUE")) {
                try (HikariDataSource pool = TestDatabase.pool(TestDatabase.source(";" + names), 5);
                        JdbcStore store = JdbcStore.over(pool);
                        ExecutorSeat seat = seat(store)) {
                    write(seat, claimed("a"));
                    assertThat(store.find("a")).as(names).isPresent();
                    assertThat(store.summaries(WorkflowFilter.all())).hasSize(1);
                    assertThat(store.counts("", 10).groups()).hasSize(1);
                }
            }
        }

        @Test
        void mayHoldSeveralStoresUnderDifferentPrefixes() {
            JdbcSettings other = JdbcSettings.defaults().withTablePrefix("other_");
            try (JdbcStore one = JdbcStore.over(host);
                    JdbcStore two = JdbcStore.over(host, other);
                    ExecutorSeat seat = seat(one)) {
                write(seat, claimed("a"));
                assertThat(one.find("a")).isPresent();
                assertThat(two.find("a")).isEmpty();
            }
        }

        @Test
        void hasPrefixesOfPlainLettersOnly() {
            for (String prefix : List.of("", "R_", "1a", "a-b", "a;drop", "a".repeat(22))) {
                assertThatThrownBy(() -> JdbcSettings.defaults().withTablePrefix(prefix))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Nested
    class TheSchema {
        @Test
        void ofANewerReviveIsRefused() throws SQLException {
            execute(host, "INSERT INTO revive_schema_version (version) VALUES (999)");

            for (SchemaMode mode : List.of(SchemaMode.MIGRATE, SchemaMode.VALIDATE)) {
                JdbcSettings settings = JdbcSettings.defaults().withSchemaMode(mode);
                assertThatThrownBy(() -> JdbcStore.over(host, settings))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("version 999")
                        .hasMessageContaining("Use the newer Revive");
            }
            JdbcStore.over(host, JdbcSettings.defaults().withSchemaMode(SchemaMode.NONE))
                    .close();
        }

        @Test
        void thatIsMissingFailsValidation() {
            JdbcSettings validate =
                    JdbcSettings.defaults().withTablePrefix("none_").withSchemaMode(SchemaMode.VALIDATE);

            assertThatThrownBy(() -> JdbcStore.over(host, validate))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("none_*")
                    .hasMessageContaining("SchemaMode.MIGRATE");
        }

        @Test
        void isValidAfterAMigration() {
            JdbcStore.over(host, JdbcSettings.defaults().withSchemaMode(SchemaMode.VALIDATE))
                    .close();
        }

        @Test
        void thatMayNotBeReadIsNotTakenForMissing() throws SQLException {
            JdbcDataSource owner =
                    (JdbcDataSource) TestDatabase.of("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
            JdbcStore.over(owner).close();
            execute(owner, "CREATE USER guest PASSWORD 'guest'");
            JdbcDataSource guest =
                    (JdbcDataSource) TestDatabase.of(owner.getURL().replace(";DB_CLOSE_DELAY=-1", ""));
            guest.setUser("guest");
            guest.setPassword("guest");

            for (SchemaMode mode : List.of(SchemaMode.VALIDATE, SchemaMode.MIGRATE)) {
                JdbcSettings settings = JdbcSettings.defaults().withSchemaMode(mode);
                assertThatThrownBy(() -> JdbcStore.over(guest, settings))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("revive_schema_version")
                        .hasMessageContaining("SELECT");
            }
        }

        @Test
        void isMigratedByOneOfManyThatStartAtOnce() throws Exception {
            DataSource empty = TestDatabase.source("");
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                List<Future<?>> starts = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    starts.add(threads.submit(() -> JdbcStore.over(empty).close()));
                }
                for (Future<?> start : starts) {
                    start.get();
                }
            } finally {
                threads.shutdown();
            }
        }

        @Test
        void ofAReadOnlyDatabaseIsRefused(@TempDir Path directory) throws SQLException {
            String url = "jdbc:h2:file:" + directory.resolve("db");
            execute(TestDatabase.of(url + ";WRITE_DELAY=0"), "CREATE TABLE mine (id INT)");

            assertThatThrownBy(() -> JdbcStore.over(TestDatabase.of(url + ";ACCESS_MODE_DATA=r")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("read-only");
        }

        @Test
        void inAFileThatDelaysItsWritesIsRefused(@TempDir Path directory) {
            DataSource delayed = TestDatabase.of("jdbc:h2:file:" + directory.resolve("db"));

            assertThatThrownBy(() -> JdbcStore.over(delayed))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("WRITE_DELAY=0");
        }
    }

    @Nested
    class ItsExecutors {
        @Test
        void ofTwoStoresLiveSideBySide() {
            try (JdbcStore one = JdbcStore.over(host);
                    JdbcStore two = JdbcStore.over(host);
                    ExecutorSeat first = seat(one);
                    ExecutorSeat second = seat(two)) {
                assertThat(first.isShared()).isTrue();
                write(first, claimed("a"));
                assertThat(second.sweep()).isZero();
                assertThat(second.claim(Set.of(new WorkflowType("order", 1)), 9, 0)
                                .workflows())
                        .isEmpty();
                assertThat(first.renew()).isTrue();
            }
        }

        @Test
        void whoseLeaseLapsedCannotRenewIt() {
            try (JdbcStore store = JdbcStore.over(host);
                    ExecutorSeat seat = seat(store)) {
                store.moveClock(Duration.ofSeconds(15));
                assertThat(seat.renew()).isTrue();
                store.moveClock(Duration.ofSeconds(31));
                assertThat(seat.renew()).isFalse();
            }
        }

        @Test
        void thatRenewInTimeAreNotSweptAway() {
            try (JdbcStore store = JdbcStore.over(host);
                    ExecutorSeat seat = seat(store);
                    ExecutorSeat other = seat(store)) {
                write(seat, claimed("a"));
                store.moveClock(Duration.ofSeconds(20));
                seat.renew();
                store.moveClock(Duration.ofSeconds(20));

                assertThat(other.sweep()).isZero();
                assertThat(write(seat, claimed("b"))).isTrue();
            }
        }

        @Test
        void declaredDeadAreFencedThoughTheirConnectionsLive() {
            try (JdbcStore one = JdbcStore.over(host);
                    JdbcStore two = JdbcStore.over(host);
                    ExecutorSeat frozen = seat(one);
                    ExecutorSeat other = seat(two)) {
                write(frozen, claimed("a"));
                two.moveClock(LEASE.plusSeconds(1));

                assertThat(other.sweep()).isEqualTo(1);

                assertThatThrownBy(() -> write(frozen, claimed("b"))).isInstanceOf(FencedException.class);
                assertThatThrownBy(() -> frozen.claim(Set.of(new WorkflowType("order", 1)), 1, 0))
                        .isInstanceOf(FencedException.class);
                assertThat(frozen.renew()).isFalse();
                assertThat(one.find("a").orElseThrow().status()).isEqualTo(WorkflowStatus.DUE);
            }
        }

        @Test
        void ofAnExclusiveStoreOutliveEverybodyElse() {
            try (JdbcStore before = JdbcStore.over(host);
                    JdbcStore alone =
                            JdbcStore.over(host, JdbcSettings.defaults().asExclusive())) {
                ExecutorSeat stranger = seat(before);
                write(stranger, claimed("a"));

                try (ExecutorSeat first = seat(alone);
                        ExecutorSeat second = seat(alone)) {
                    assertThat(first.isShared()).isFalse();
                    assertThat(alone.find("a").orElseThrow().status()).isEqualTo(WorkflowStatus.DUE);
                    assertThatThrownBy(() -> write(stranger, claimed("b"))).isInstanceOf(FencedException.class);
                    assertThat(write(first, claimed("c"))).isTrue();
                    assertThat(second.renew()).isTrue();
                }
            }
        }

        @Test
        void leaveNoRowsBehind() throws SQLException {
            JdbcStore store = JdbcStore.over(host, JdbcSettings.defaults().withTablePrefix("clean_"));
            seat(store).close();

            try (Connection connection = host.getConnection()) {
                assertThat(H2Dialect.value(
                                connection,
                                "SELECT (SELECT COUNT(*) FROM clean_executor) + (SELECT COUNT(*) FROM clean_fence)"))
                        .isEqualTo("0");
            }
        }
    }

    static void execute(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
