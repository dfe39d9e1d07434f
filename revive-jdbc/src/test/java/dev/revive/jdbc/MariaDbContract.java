// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;

/** The store's contract on MariaDB, through one driver with one set of options: what a user writes in a URL must not change what is true. */
abstract class MariaDbContract extends LeasedStoreContract {
    private static @Nullable HikariDataSource pool;

    MariaDbContract(String driver, String options) {
        if (pool == null) {
            pool = MariaDb.pool(driver, options, 16);
        }
    }

    @AfterAll
    static void closeThePool() {
        if (pool != null) {
            pool.close();
            pool = null;
        }
    }

    @Override
    DataSource host() {
        return Objects.requireNonNull(pool);
    }
}
