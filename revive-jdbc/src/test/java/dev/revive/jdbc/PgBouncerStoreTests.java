// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.databases.PgBouncer;
import dev.revive.databases.SharedServers;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The store's contract on PostgreSQL behind a pooler that lends a session of the server for one transaction. */
@Tag("once")
class PgBouncerStoreTests extends LeasedStoreContract {
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
    DataSource host() {
        return pool;
    }
}
