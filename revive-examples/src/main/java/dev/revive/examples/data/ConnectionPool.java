// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.data;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.store.StoreException;

/** Opens connection pools. */
public final class ConnectionPool {
    private static final int SIZE = 8;

    private ConnectionPool() {}

    /**
     * A pool for a database.
     *
     * @param url its JDBC URL
     * @return the pool; whoever opens it closes it
     * @throws StoreException if the database cannot be reached
     */
    public static HikariDataSource open(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(SIZE);
        try {
            return new HikariDataSource(config);
        } catch (RuntimeException e) {
            throw new StoreException("Cannot open the database " + url + ": " + e.getMessage(), e);
        }
    }
}
