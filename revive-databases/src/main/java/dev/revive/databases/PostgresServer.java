// SPDX-License-Identifier: Apache-2.0
package dev.revive.databases;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** PostgreSQL with fsync, synchronous_commit and full_page_writes on: the embedded server turns them off unless it is told. */
public final class PostgresServer implements DatabaseServer {
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on",
            "max_connections", "300",
            "shared_buffers", "512MB",
            "max_wal_size", "4GB",
            "log_min_messages", "fatal"));

    private static final int STARTS = 5;

    private final Path directory;
    private EmbeddedPostgres postgres;

    private PostgresServer(Path directory, EmbeddedPostgres postgres) {
        this.directory = directory;
        this.postgres = postgres;
    }

    /**
     * Starts one.
     *
     * @return the server
     */
    public static PostgresServer start() {
        try {
            PostgresServer server = started();
            server.requireDurable();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException("Cannot start PostgreSQL", e);
        }
    }

    /** A port that was free a moment ago may be another server's by now, and then it is that which answers. */
    private static PostgresServer started() throws IOException {
        for (int left = STARTS; left > 0; left--) {
            Path directory = Files.createTempDirectory("revive-postgres");
            PostgresServer server = new PostgresServer(directory, start(directory, 0));
            if (server.answersItself()) {
                return server;
            }
            server.giveUp();
        }
        throw new IOException("Another server has taken the port of each of " + STARTS + " that were started.");
    }

    private void giveUp() {
        try {
            close();
        } catch (IllegalStateException e) {
            // it could not run, so there is nothing to stop
        }
    }

    private boolean answersItself() throws IOException {
        try {
            return Path.of(show("data_directory")).toRealPath().equals(directory.toRealPath());
        } catch (IllegalStateException e) {
            return false; // the other has ended since
        }
    }

    private static EmbeddedPostgres start(Path directory, int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(directory)
                .setCleanDataDirectory(false)
                .setPGStartupWait(Duration.ofSeconds(60));
        SETTINGS.forEach(builder::setServerConfig);
        if (port != 0) {
            builder.setPort(port);
        }
        return builder.start();
    }

    private void requireDurable() {
        for (String setting : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
            if (!"on".equals(show(setting))) {
                throw new IllegalStateException("PostgreSQL runs with " + setting + "=" + show(setting));
            }
        }
    }

    /**
     * A setting, as the server tells it.
     *
     * @param setting its name
     * @return its value
     */
    public String show(String setting) {
        try (Connection connection = dataSource(mainDatabase()).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL does not answer", e);
        }
    }

    @Override
    public String product() {
        return "PostgreSQL " + show("server_version");
    }

    @Override
    public String url(String database) {
        return "jdbc:postgresql://localhost:%d/%s?user=postgres".formatted(postgres.getPort(), database);
    }

    @Override
    public DataSource dataSource(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(database));
        return source;
    }

    @Override
    public String mainDatabase() {
        return "postgres";
    }

    @Override
    public int port() {
        return postgres.getPort();
    }

    @Override
    public void kill() {
        try {
            long pid = Long.parseLong(Files.readAllLines(directory.resolve("postmaster.pid"))
                    .get(0)
                    .strip());
            Processes.kill(pid);
        } catch (IOException e) {
            throw new IllegalStateException("PostgreSQL does not run", e);
        }
    }

    @Override
    public void restart() {
        try {
            postgres.close(); // lets go of its lock on the directory; there is nothing left to stop
            Files.deleteIfExists(directory.resolve("postmaster.pid"));
            postgres = start(directory, postgres.getPort());
        } catch (IOException e) {
            throw new IllegalStateException("Cannot start PostgreSQL again", e);
        }
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new IllegalStateException("Cannot stop PostgreSQL", e);
        } finally {
            Processes.delete(directory);
        }
    }
}
