// SPDX-License-Identifier: Apache-2.0
package dev.revive.databases;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One server of each kind for the whole of this process, started when first asked for and ended with it. Safe for use by many threads. */
public final class SharedServers {
    /** Where a MySQL or MariaDB is that runs already, and takes the place of the process's own. */
    private static final String GIVEN = "revive.mysql.url";

    private static final Logger log = LoggerFactory.getLogger(SharedServers.class);
    private static @Nullable DatabaseServer postgres;
    private static @Nullable DatabaseServer mariaDb;

    private SharedServers() {}

    /**
     * The process's PostgreSQL.
     *
     * @return not to be killed or closed
     */
    public static synchronized DatabaseServer postgres() {
        DatabaseServer server = postgres;
        if (server == null) {
            server = started(PostgresServer.start());
            postgres = server;
        }
        return server;
    }

    /**
     * The process's MariaDB, or the server that {@code revive.mysql.url} names.
     *
     * @return not to be killed or closed
     */
    public static synchronized DatabaseServer mariaDb() {
        DatabaseServer server = mariaDb;
        if (server == null) {
            String given = System.getProperty(GIVEN);
            server = started(given == null ? MariaDbServer.start() : GivenServer.at(given));
            mariaDb = server;
        }
        return server;
    }

    private static DatabaseServer started(DatabaseServer server) {
        log.info("These tests really run on {}", server.product());
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "end-" + server.product()));
        return server;
    }
}
