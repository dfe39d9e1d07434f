// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.WorkflowStore;
import dev.revive.testing.WorkflowStoreContract;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** The store's contract in a database of the host, where an executor's death shows by its lease alone. */
abstract class LeasedStoreContract extends WorkflowStoreContract {
    static final Duration LEASE = Duration.ofSeconds(30);
    private static final AtomicInteger STORES = new AtomicInteger();

    /** The host's pool. */
    abstract DataSource host();

    /** Each in tables of its own: the database may be that of many tests. */
    @Override
    protected WorkflowStore open() {
        return JdbcStore.over(host(), JdbcSettings.defaults().withTablePrefix("t" + STORES.incrementAndGet() + "_"));
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
