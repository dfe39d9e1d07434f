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
     * @throws StoreException if the database cannot be reached; it names neither user and password nor the name of an H2 database, which may be a key
     */
    public static HikariDataSource open(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(SIZE);
        try {
            return new HikariDataSource(config);
        } catch (RuntimeException e) {
            throw new StoreException("Cannot open the database " + withoutSecrets(url) + ": " + reason(e, url), e);
        }
    }

    private static String withoutSecrets(String url) {
        String bare = url.replaceAll("[;?].*", "").replaceAll("//[^/@]*@", "//");
        return bare.startsWith("jdbc:h2:tcp:") ? bare.replaceAll("[^/]*$", "...") : bare;
    }

    /** Drivers like to say the whole URL again. */
    private static String reason(RuntimeException e, String url) {
        String message = String.valueOf(e.getMessage());
        String name = url.replaceAll("[;?].*", "").replaceAll(".*/", "");
        return message.contains(url) || (!name.isEmpty() && message.contains(name))
                ? e.getClass().getSimpleName()
                : message;
    }
}
