// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.databases.PgBouncer;
import dev.revive.databases.SharedServers;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.WorkflowStore;
import dev.revive.testing.WorkflowStoreContract;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store's contract on PostgreSQL behind a pooler that lends a session of the server for one transaction. */
class PgBouncerStoreTests extends WorkflowStoreContract {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final AtomicInteger STORES = new AtomicInteger();

    private static PgBouncer bouncer;
    private static HikariDataSource pool;

    @BeforeAll
    static void makeADatabase() {
        bouncer = Pooler.start(PgBouncer.Mode.TRANSACTION);
        SharedServers.postgres().create("bounced");
        pool = TestDatabase.pool(bouncer.dataSource("bounced"), 20);
    }

    @AfterAll
    static void closeThePool() {
        if (pool != null) {
            pool.close();
            bouncer.close();
        }
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
