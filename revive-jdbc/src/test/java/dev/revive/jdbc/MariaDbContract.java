// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;
import org.junit.jupiter.api.AutoClose;

/** The store's contract on MariaDB, through one driver with one set of options: what a user writes in a URL must not change what is true. */
abstract class MariaDbContract extends LeasedStoreContract {
    @AutoClose
    private final HikariDataSource pool;

    MariaDbContract(String driver, String options) {
        pool = MariaDb.pool(driver, options, 16);
    }

    @Override
    DataSource host() {
        return pool;
    }
}
