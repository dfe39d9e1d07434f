// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.databases.SharedServers;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store's contract on PostgreSQL. */
class PostgresStoreTests extends LeasedStoreContract {
    private static HikariDataSource pool;

    @BeforeAll
    static void makeADatabase() {
        SharedServers.postgres().create("contract");
        pool = TestDatabase.pool(SharedServers.postgres().dataSource("contract"), 20);
    }

    @AfterAll
    static void closeThePool() {
        pool.close();
    }

    @Override
    DataSource host() {
        return pool;
    }
}
