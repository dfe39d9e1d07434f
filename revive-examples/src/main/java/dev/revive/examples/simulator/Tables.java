// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.examples.data.ConnectionPool;
import dev.revive.examples.world.OwnerOnly;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.StoreException;
import dev.revive.store.WorkflowStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;

/**
 * Where the simulator's tables are. An H2 file is opened by the page's process, which serves it to the workers on the loopback interface: so a
 * dead or frozen worker takes no data with it, and the page reads what the workers write. The server knows the file by a random name only, and
 * opens no other.
 */
final class Tables implements AutoCloseable {
    /** In a database of somebody else's: nothing of theirs has such a name. */
    private static final String FOREIGN_PREFIX = "revive_simulator_";

    private static final String OWN_PREFIX = "revive_";
    private static final int ALREADY_OPEN = 90020;
    private static final int TRIES = 5;
    private static final int KEY_BYTES = 24;

    private final HikariDataSource pool;
    private final @Nullable Server server;
    private final String url;
    private final String prefix;
    private final String place;
    private final WorkflowStore store;

    private Tables(HikariDataSource pool, @Nullable Server server, String url, String prefix, String place) {
        this.pool = pool;
        this.server = server;
        this.url = url;
        this.prefix = prefix;
        this.place = place;
        this.store = JdbcStore.over(pool, JdbcSettings.defaults().withTablePrefix(prefix));
    }

    /** Tables in an H2 file of this directory. */
    static Tables in(Path directory) {
        Path file = directory.toAbsolutePath().normalize().resolve("revive");
        OwnerOnly.createDirectory(directory);
        OwnerOnly.createFile(file.resolveSibling("revive.mv.db")); // H2 takes an empty file for none
        System.setProperty("h2.bindAddress", "127.0.0.1"); // read once, when H2 opens its first socket
        HikariDataSource pool = open(file);
        try {
            String key = key();
            Server server = Server.createTcpServer("-tcpPort", "0", "-tcpDaemon", "-key", key, "file:" + file)
                    .start();
            String url = "jdbc:h2:tcp://127.0.0.1:%d/%s".formatted(server.getPort(), key);
            return new Tables(pool, server, url, OWN_PREFIX, "the H2 file " + file + ".mv.db");
        } catch (SQLException e) {
            pool.close();
            throw new StoreException("Cannot serve the database to the workers: " + e.getMessage(), e);
        }
    }

    /** Tables in a database of the user's. */
    static Tables at(String url) {
        return new Tables(ConnectionPool.open(url), null, url, FOREIGN_PREFIX, ConnectionPool.withoutSecrets(url));
    }

    private static HikariDataSource open(Path file) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(
                "jdbc:h2:file:" + file
                        + ";WRITE_DELAY=0;OPTIMIZE_REUSE_RESULTS=FALSE;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=10000;TRACE_LEVEL_FILE=0");
        try (Connection first = source.getConnection();
                Statement statement = first.createStatement()) {
            statement.execute("SET WRITE_DELAY 0");
            HikariConfig config = new HikariConfig();
            config.setDataSource(source);
            config.setMaximumPoolSize(8);
            return new HikariDataSource(config);
        } catch (SQLException e) {
            throw new StoreException(
                    e.getErrorCode() == ALREADY_OPEN
                            ? "The database in %s is in use. Close the other simulator first, or name another directory with --data."
                                    .formatted(file.getParent())
                            : "Cannot open the database %s: %s".formatted(file, e.getMessage()),
                    e);
        }
    }

    /** What nobody guesses. */
    static String key() {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    WorkflowStore store() {
        return store;
    }

    /** For workers. */
    String url() {
        return url;
    }

    String prefix() {
        return prefix;
    }

    /** For people. */
    String place() {
        return place;
    }

    /**
     * Whether nobody is in the middle of a transaction. One that is frozen there keeps its locks, and H2 has no bound on that as servers have: nobody
     * could take over before it goes on.
     */
    boolean areAtRest() {
        if (server == null) {
            return true;
        }
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT 1 FROM information_schema.sessions WHERE contains_uncommitted")) {
            return !row.next();
        } catch (SQLException e) {
            throw new StoreException("Cannot read the sessions: " + e.getMessage(), e);
        }
    }

    /** Empties the tables. Nobody may run on them. */
    void wipe() {
        for (int tries = 1; ; tries++) {
            try (Connection connection = pool.getConnection()) {
                wipe(connection);
                return;
            } catch (SQLException e) {
                if (tries == TRIES) { // the session of a worker that has just died may hold a lock for a moment
                    throw new StoreException("The tables could not be emptied: " + e.getMessage(), e);
                }
            }
        }
    }

    private void wipe(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String table : List.of("fence", "message", "step", "workflow", "executor")) {
                statement.executeUpdate("DELETE FROM " + prefix + table);
            }
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public void close() {
        store.close();
        if (server != null) {
            server.stop();
            shutDown();
        }
        pool.close();
    }

    private void shutDown() {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN");
        } catch (SQLException e) {
            // It is closed with its last connection, then.
        }
    }
}
