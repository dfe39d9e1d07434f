// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.WorkflowStore;
import dev.revive.testing.WorkflowStoreContract;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store's contract, for negative controls: without {@code Tests} at the end of its name, the build leaves it to {@link NegativeControlTests}. */
class ContractOnPostgres extends WorkflowStoreContract {
    private static final AtomicInteger STORES = new AtomicInteger();

    private static HikariDataSource pool;

    private String prefix = "";

    @BeforeAll
    static void openAPool() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(System.getProperty(ForceBed.URL));
        config.setMaximumPoolSize(20);
        config.setMinimumIdle(0);
        pool = new HikariDataSource(config);
    }

    @AfterAll
    static void closeThePool() {
        pool.close();
    }

    @Override
    protected WorkflowStore open() {
        prefix = "c%s_%d_".formatted(ForceBed.LOADED, STORES.incrementAndGet());
        return JdbcStore.over(pool, JdbcSettings.defaults().withTablePrefix(prefix));
    }

    @Override
    protected Transactions transactions() {
        return Transactions.ALL;
    }

    @Override
    protected Connection connect(WorkflowStore store) throws SQLException {
        return pool.getConnection();
    }

    @Override
    protected boolean deleteByHand(WorkflowStore store, String workflowId) {
        execute("DELETE FROM %sworkflow WHERE id = '%s'".formatted(prefix, workflowId));
        execute("DELETE FROM %sstep WHERE workflow_id = '%s'".formatted(prefix, workflowId));
        return true;
    }

    /** Everything that has a time gets older. */
    @Override
    protected void pass(WorkflowStore store, Duration duration) {
        long micros = duration.toNanos() / 1_000;
        execute("UPDATE %sworkflow SET due_at = due_at - %d".formatted(prefix, micros));
        execute("UPDATE %sexecutor SET lease_until = lease_until - %d".formatted(prefix, micros));
    }

    @Override
    protected WorkflowStore reopenAfterDeath(WorkflowStore store, ExecutorSeat dead) {
        execute("UPDATE %sexecutor SET lease_until = 0".formatted(prefix));
        try (ExecutorSeat sweeper = store.seat(new ExecutorSettings("sweeper", 1, ForceBed.LEASE))) {
            sweeper.sweep();
        }
        return store;
    }

    private static void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(System.getProperty(ForceBed.URL));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
