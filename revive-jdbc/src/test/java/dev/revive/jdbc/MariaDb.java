// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.databases.SharedServers;
import java.util.concurrent.atomic.AtomicBoolean;

/** Pools of connections to the database "revive" of the shared MariaDB, or of the MySQL that was given in its place. */
final class MariaDb {
    private static final AtomicBoolean CREATED = new AtomicBoolean();

    /** MariaDB Connector/J. */
    static final String MARIADB = "mariadb";

    /** MySQL Connector/J, which talks to MariaDB too. */
    static final String MYSQL = "mysql";

    private MariaDb() {}

    /** Not if a MySQL was given. */
    static boolean isItself() {
        return SharedServers.mariaDb().product().startsWith("MariaDB");
    }

    /** What a session is set to so that the server ends an idle client. */
    static String idleBound() {
        return isItself() ? "idle_transaction_timeout" : "wait_timeout";
    }

    static HikariDataSource pool(int size) {
        return pool(MARIADB, "", size);
    }

    static HikariDataSource pool(String driver, String options, int size) {
        if (CREATED.compareAndSet(false, true)) {
            SharedServers.mariaDb().create("revive");
        }
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(
                SharedServers.mariaDb().url("revive").replace("jdbc:mariadb:", "jdbc:" + driver + ":") + options);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(5_000);
        return new HikariDataSource(config);
    }
}
