// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.databases.DatabaseServer;
import dev.revive.databases.SharedServers;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.InMemoryStore;
import dev.revive.store.WorkflowStore;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Where a test's workflows are kept. Servers are started when first asked for, and end with the run. */
public enum Place {
    /** In memory. */
    MEMORY(null),
    /** In an H2 file; databases of a test's own are in memory. */
    H2(null),
    /** In PostgreSQL. */
    POSTGRES(SharedServers::postgres),
    /** In MariaDB. */
    MARIADB(SharedServers::mariaDb);

    private final @Nullable Supplier<DatabaseServer> server;

    Place(@Nullable Supplier<DatabaseServer> server) {
        this.server = server;
    }

    /** Starts its server, if it has one that does not run yet. */
    void start() {
        if (server != null) {
            server.get();
        }
    }

    /** The store that the run's tests share, or one in memory for each. */
    WorkflowStore store(ExtensionContext context) {
        return switch (this) {
            case MEMORY -> new InMemoryStore();
            case H2 -> new LentStore(H2File.of(context));
            default ->
                new LentStore(context.getRoot()
                        .getStore(Namespace.GLOBAL)
                        .computeIfAbsent(this, place -> new Shared(place), Shared.class)
                        .store);
        };
    }

    /** An empty database of a test's own. */
    public DataSource database(String name) {
        Supplier<DatabaseServer> known = server;
        String valid = name.replace('-', '_');
        if (known != null) {
            known.get().create(valid);
            return known.get().dataSource(valid);
        }
        JdbcDataSource memory = new JdbcDataSource();
        memory.setURL("jdbc:h2:mem:" + valid + ";DB_CLOSE_DELAY=-1;OPTIMIZE_REUSE_RESULTS=FALSE;LOCK_TIMEOUT=10000");
        return memory;
    }

    /** A pool of connections to a database. */
    public static HikariDataSource pool(DataSource source, int size) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }

    /** One store for all tests of the run. Nobody else uses it: what a crashed engine held is due at once. */
    private static final class Shared implements AutoCloseable {
        private final HikariDataSource pool;
        private final JdbcStore store;

        Shared(Place place) {
            pool = pool(place.database("behaviour"), 50);
            store = JdbcStore.over(pool, JdbcSettings.defaults().asExclusive());
        }

        @Override
        public void close() {
            store.close();
            pool.close();
        }
    }
}
