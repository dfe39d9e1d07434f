// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.WorkflowStore;
import dev.revive.testing.WorkflowStoreContract;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;

/** The store's contract on MariaDB, through one driver with one set of options: what a user writes in a URL must not change what is true. */
abstract class MariaDbContract extends WorkflowStoreContract {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final AtomicInteger STORES = new AtomicInteger();

    @AutoClose
    private final HikariDataSource pool;

    MariaDbContract(String driver, String options) {
        pool = MariaDb.pool(driver, options, 16);
    }

    @Override
    protected WorkflowStore open() {
        return JdbcStore.over(pool, JdbcSettings.defaults().withTablePrefix("t" + STORES.incrementAndGet() + "_"));
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
