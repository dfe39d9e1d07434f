// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.WorkflowStore;
import dev.revive.testing.WorkflowStoreContract;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** The store's contract in a database of the host, where an executor's death shows by its lease alone. */
abstract class LeasedStoreContract extends WorkflowStoreContract {
    static final Duration LEASE = Duration.ofSeconds(30);
    private static final Map<Class<?>, String> PREFIXES = new ConcurrentHashMap<>();

    private String prefix = JdbcSettings.defaults().tablePrefix();

    /** The host's pool. */
    abstract DataSource host();

    /** Each class in tables of its own, which are emptied for each test: to make them takes a server longer than most tests. */
    @Override
    protected WorkflowStore open() {
        prefix = PREFIXES.computeIfAbsent(getClass(), type -> "t" + PREFIXES.size() + "_");
        JdbcStore store = JdbcStore.over(host(), JdbcSettings.defaults().withTablePrefix(prefix));
        try (Connection connection = host().getConnection()) {
            Emptied.tables(connection, prefix);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return store;
    }

    @Override
    protected Transactions transactions() {
        return Transactions.ALL;
    }

    @Override
    protected Connection connect(WorkflowStore store) throws SQLException {
        return host().getConnection();
    }

    @Override
    protected boolean deleteByHand(WorkflowStore store, String workflowId) {
        for (String rows : List.of("workflow WHERE id", "step WHERE workflow_id")) {
            try (Connection connection = host().getConnection();
                    PreparedStatement delete = connection.prepareStatement("DELETE FROM " + prefix + rows + " = ?")) {
                delete.setString(1, workflowId);
                delete.executeUpdate();
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }
        return true;
    }

    @Override
    protected Optional<Connection> lockByHand(WorkflowStore store, String workflowId) throws SQLException {
        Connection connection = host().getConnection();
        connection.setAutoCommit(false);
        try (PreparedStatement lock =
                connection.prepareStatement("SELECT id FROM " + prefix + "workflow WHERE id = ? FOR UPDATE")) {
            lock.setString(1, workflowId);
            lock.executeQuery().close();
        }
        return Optional.of(connection);
    }

    @Override
    protected void pass(WorkflowStore store, Duration duration) {
        ((JdbcStore) store).moveClock(duration);
    }

    /** The lease lapses, and the next executor's sweep finds it. */
    @Override
    protected WorkflowStore reopenAfterDeath(WorkflowStore store, ExecutorSeat dead) {
        pass(store, LEASE.plusSeconds(1));
        try (ExecutorSeat sweeper = store.seat(new ExecutorSettings("sweeper", 1, LEASE))) {
            sweeper.sweep();
        }
        return store;
    }
}
