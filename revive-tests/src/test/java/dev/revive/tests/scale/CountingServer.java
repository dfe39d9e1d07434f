// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.scale;

import dev.revive.databases.DatabaseServer;
import dev.revive.databases.MariaDbServer;
import dev.revive.databases.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** A server of one's own that counts all statements that its clients send: reads and writes, BEGIN, COMMIT and SET. */
final class CountingServer implements AutoCloseable {
    private static final String DATABASE = "counted";

    /** Which server. */
    enum Kind {
        /** Counted by {@code pg_stat_statements}, those of one database. */
        POSTGRES(
                "SELECT COALESCE(SUM(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = '%s'"
                        .formatted(DATABASE),
                0),
        /** Counted by {@code Questions}, the one that asks among them. */
        MARIADB("SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'QUESTIONS'", 1);

        private final String count;
        private final int own;

        Kind(String count, int own) {
            this.count = count;
            this.own = own;
        }
    }

    private final Kind kind;
    private final DatabaseServer server;

    private CountingServer(Kind kind, DatabaseServer server) {
        this.kind = kind;
        this.server = server;
    }

    static CountingServer of(Kind kind) throws SQLException {
        return kind == Kind.POSTGRES ? postgres() : mariaDb();
    }

    static CountingServer postgres() throws SQLException {
        PostgresServer server = PostgresServer.start();
        CountingServer counting = new CountingServer(Kind.POSTGRES, server);
        counting.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
        server.kill(); // it is loaded at the start only
        server.restart();
        counting.execute("CREATE EXTENSION pg_stat_statements");
        server.create(DATABASE);
        return counting;
    }

    private static CountingServer mariaDb() {
        MariaDbServer server = MariaDbServer.start();
        server.create(DATABASE);
        return new CountingServer(Kind.MARIADB, server);
    }

    String product() {
        return server.product();
    }

    DataSource database() {
        return server.dataSource(DATABASE);
    }

    /** How many statements come in, on average. */
    double statementsPerSecond(Duration window) throws SQLException, InterruptedException {
        try (Connection connection = server.dataSource(server.mainDatabase()).getConnection()) {
            long before = number(connection, kind.count);
            long began = System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(window.toNanos());
            long after = number(connection, kind.count);
            return (after - before - kind.own) / ((System.nanoTime() - began) / 1e9);
        }
    }

    /** How many workflows of a name, in version 1, run or could. */
    long countOfAwake(String name) throws SQLException {
        String ofThem =
                "SELECT COUNT(*) FROM revive_workflow WHERE name = '%s' AND version = 1 AND status = ".formatted(name);
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        return number(ofThem + "'RUNNING'") + number(ofThem + "'DUE' AND due_at <= " + now);
    }

    long countOfAsleep(String name) throws SQLException {
        return number("SELECT COUNT(*) FROM revive_workflow WHERE name = '%s' AND version = 1 AND status = 'DUE'"
                .formatted(name));
    }

    /** Copies the rows of all that sleep, under other ids, until there are so many times as many. */
    void multiplySleepers(int times) throws SQLException {
        try (Connection connection = database().getConnection()) {
            String copies = "generate_series(2, %d) AS copy".formatted(times);
            copy(connection, "revive_step", "workflow_id", "workflow_id LIKE 'sleeper-%'", copies);
            copy(connection, "revive_workflow", "id", "id LIKE 'sleeper-%'", copies);
        }
    }

    private static void copy(Connection connection, String table, String id, String which, String copies)
            throws SQLException {
        String columns;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_name = '%s' AND column_name <> '%s'"
                                .formatted(table, id))) {
            row.next();
            columns = row.getString(1);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO %1$s (%2$s, %3$s) SELECT %2$s || '-copy-' || copy, %3$s FROM %1$s, %4$s WHERE %5$s"
                            .formatted(table, id, columns, copies, which));
        }
    }

    Instant lastEnd() throws SQLException {
        return Instant.EPOCH.plus(number("SELECT MAX(finished_at) FROM revive_workflow"), ChronoUnit.MICROS);
    }

    private long number(String query) throws SQLException {
        try (Connection connection = database().getConnection()) {
            return number(connection, query);
        }
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = server.dataSource(server.mainDatabase()).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
