// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.databases.SharedServers;
import dev.revive.store.ExecutorRecord;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables of the version before, while executors of that version go on with them. */
@Timeout(120)
@Tag("once")
class MigrationTests {
    private static final String TYPES = "[\"order v1\"]";
    private static final Duration LEASE = Duration.ofSeconds(30);

    enum Kind {
        H2(TestDatabase::hikari),
        POSTGRES(size -> {
            SharedServers.postgres().create("migrated");
            return TestDatabase.pool(SharedServers.postgres().dataSource("migrated"), size);
        }),
        MARIADB(size -> {
            SharedServers.mariaDb().create("migrated");
            return TestDatabase.pool(SharedServers.mariaDb().dataSource("migrated"), size);
        });

        private final IntFunction<HikariDataSource> pool;

        Kind(IntFunction<HikariDataSource> pool) {
            this.pool = pool;
        }
    }

    private HikariDataSource pool;

    @AfterEach
    void close() {
        pool.close();
    }

    @ParameterizedTest
    @EnumSource
    void getTheColumnAndKeepTheirExecutors(Kind kind) throws SQLException {
        pool = kind.pool.apply(20);
        try (ExecutorSeat older = seat("older");
                Connection connection = pool.getConnection()) {
            goBack(connection);

            try (ExecutorSeat newer = seat("newer")) {
                sql(connection, """
                        INSERT INTO revive_executor (id, name, version, alive, started_at, heartbeat_at, lease_until)
                        VALUES ('x', 'as an older one writes it', '', TRUE, 0, 0, 9000000000000000)""");
                assertThat(older.renew()).isTrue();
                assertThat(newer.renew()).isTrue();
                assertThat(JdbcStore.over(pool).executors())
                        .filteredOn(each -> each.types() != null)
                        .singleElement()
                        .satisfies(each -> assertThat(each.name()).isEqualTo("newer"))
                        .extracting(ExecutorRecord::types)
                        .isEqualTo(TYPES);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void mayHaveGotTheColumnBeforeTheMigrationWasCutOff(Kind kind) throws SQLException {
        pool = kind.pool.apply(20);
        seat("first").close();
        try (Connection connection = pool.getConnection()) {
            sql(connection, "DELETE FROM revive_schema_version WHERE version > 2");
        }

        try (ExecutorSeat next = seat("next")) {
            assertThat(next.renew()).isTrue();
        }
    }

    /** As a backup is, which reads the tables for as long as it takes. */
    @ParameterizedTest
    @EnumSource(names = {"POSTGRES", "MARIADB"})
    void thatAreBeingReadCostNobodyHisLeaseMeanwhile(Kind kind) throws Exception {
        pool = kind.pool.apply(20);
        try (ExecutorSeat older = seat("older");
                Connection connection = pool.getConnection();
                Connection backup = pool.getConnection()) {
            goBack(connection);
            backup.setAutoCommit(false);
            sql(backup, "SELECT * FROM revive_executor");
            CompletableFuture<ExecutorSeat> newer = CompletableFuture.supplyAsync(() -> seat("newer"));
            awaitAnAttemptToChangeTheTable(kind, connection);

            assertThat(older.renew()).isTrue();

            assertThat(newer).isNotDone();
            backup.commit();
            newer.get(60, TimeUnit.SECONDS).close();
        }
    }

    /** By somebody who made it in advance, with CONCURRENTLY, and was cut off. */
    @Test
    void doNotGoByAnIndexThatWasNotCompleted() throws SQLException {
        pool = Kind.POSTGRES.pool.apply(20);
        seat("first").close();
        try (Connection connection = pool.getConnection();
                Connection writer = pool.getConnection()) {
            sql(connection, "DELETE FROM revive_schema_version WHERE version > 7");
            sql(connection, "DROP INDEX revive_message_by_key");
            writer.setAutoCommit(false);
            sql(writer, "LOCK TABLE revive_message IN ROW EXCLUSIVE MODE");
            sql(connection, "SET statement_timeout = 100");
            assertThatThrownBy(
                            () -> sql(
                                    connection,
                                    "CREATE UNIQUE INDEX CONCURRENTLY revive_message_by_key ON revive_message (message_key, workflow_id)"))
                    .hasMessageContaining("statement timeout");
            sql(connection, "SET statement_timeout = 0");
            writer.rollback();
            assertThat(isValid(connection)).isEqualTo("f");

            seat("next").close();

            assertThat(isValid(connection)).isEqualTo("t");
        }
    }

    private static String isValid(Connection connection) throws SQLException {
        return H2Dialect.value(
                connection,
                "SELECT indisvalid FROM pg_index WHERE indexrelid = 'revive_message_by_key'::regclass AND indisunique");
    }

    private static void awaitAnAttemptToChangeTheTable(Kind kind, Connection connection) {
        String sessions = kind == Kind.POSTGRES
                ? "SELECT COUNT(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted"
                : "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'Waiting for table metadata lock'";
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    try (Statement statement = connection.createStatement();
                            var row = statement.executeQuery(sessions)) {
                        return row.next() && row.getInt(1) > 0;
                    }
                });
    }

    private ExecutorSeat seat(String name) {
        return JdbcStore.over(pool).seat(new ExecutorSettings(name, 1, LEASE, "", TYPES));
    }

    /** As the version before left them. */
    private static void goBack(Connection connection) throws SQLException {
        sql(connection, "ALTER TABLE revive_executor DROP COLUMN types");
        sql(connection, "DELETE FROM revive_schema_version WHERE version > 2");
    }

    private static void sql(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
