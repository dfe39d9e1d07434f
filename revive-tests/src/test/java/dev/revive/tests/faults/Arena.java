// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.databases.DatabaseServer;
import dev.revive.databases.MariaDbServer;
import dev.revive.databases.PostgresServer;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.ExecutorSeat;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The database of a run, seen from beside: the parent's questions go straight to the server, through no proxy and no pool. */
final class Arena implements AutoCloseable {
    /** The kinds of databases that processes can share. */
    enum Kind {
        POSTGRESQL("(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT", PostgresServer::start),
        MARIADB("TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', UTC_TIMESTAMP(6))", MariaDbServer::start);

        private final String clock;
        private final Supplier<DatabaseServer> start;

        Kind(String clock, Supplier<DatabaseServer> start) {
            this.clock = clock;
            this.start = start;
        }
    }

    /** Reads the row that a result set stands on. */
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private static final String DATABASE = "faults";

    private final Kind kind;
    private final DatabaseServer server;

    private Arena(Kind kind, DatabaseServer server) {
        this.kind = kind;
        this.server = server;
    }

    static Arena open(Kind kind) {
        Arena arena = new Arena(kind, kind.start.get());
        arena.server.create(DATABASE);
        JdbcStore.over(arena.server.dataSource(DATABASE)).close();
        arena.execute("CREATE TABLE " + Errands.TABLE
                + " (workflow_id VARCHAR(255) NOT NULL, name VARCHAR(200) NOT NULL, content VARCHAR(4000) NOT NULL)");
        return arena;
    }

    String product() {
        return server.product();
    }

    Proxy proxy() {
        return new Proxy(server.port());
    }

    String url(Proxy through) {
        return server.url(DATABASE).replace("localhost:" + server.port(), "127.0.0.1:" + through.port());
    }

    void kill() {
        server.kill();
    }

    void restart() {
        server.restart();
    }

    @Override
    public void close() {
        server.close();
    }

    // ---- questions

    /** The server's clock, in microseconds. */
    long now() {
        return query("SELECT " + kind.clock, row -> row.getLong(1)).get(0);
    }

    /** How many errands have begun and have not ended. */
    int active() {
        return query(
                        "SELECT COUNT(*) FROM revive_workflow WHERE status IN ('DUE', 'RUNNING') AND name = 'errand'",
                        row -> row.getInt(1))
                .get(0);
    }

    /** The workflows that have not ended, the paused ones included. */
    List<String> unfinished() {
        return query(
                "SELECT id FROM revive_workflow WHERE status IN ('DUE', 'RUNNING', 'PAUSED', 'NEEDS_ATTENTION')",
                row -> row.getString(1));
    }

    List<String> paused() {
        return query("SELECT id FROM revive_workflow WHERE status = 'PAUSED'", row -> row.getString(1));
    }

    /** The processes that have renewed a lease, or begun again, since this moment of the server's clock. */
    Set<String> renewedSince(long micros) {
        return new HashSet<>(
                query("SELECT name FROM revive_executor WHERE heartbeat_at > ?", row -> row.getString(1), micros));
    }

    /** An errand in somebody's hands. */
    record Held(String id, long epoch) {}

    Set<Held> heldBy(String process) {
        return new HashSet<>(query(
                "SELECT w.id, w.epoch FROM revive_workflow w JOIN revive_executor e ON e.id = w.executor_id"
                        + " WHERE w.status = 'RUNNING' AND w.name = 'errand' AND e.name = ?",
                row -> new Held(row.getString(1), row.getLong(2)),
                process));
    }

    /**
     * Those of some workflows that nobody has claimed since, though nothing speaks against it. One that has ended under the same epoch was on its way to
     * its end when its process was frozen: the server had heard of it, and there is nothing left to claim.
     */
    Set<Held> unclaimed(Set<Held> held) {
        return unclaimed(
                held, " AND (status = 'RUNNING' OR status = 'DUE' AND strikes < " + ExecutorSeat.SUSPECT + ")");
    }

    /** Those of some workflows that nobody has claimed since, because they ended their processes before, and go on one by one. */
    Set<Held> unclaimedSuspects(Set<Held> held) {
        return unclaimed(held, " AND status = 'DUE' AND strikes >= " + ExecutorSeat.SUSPECT);
    }

    private Set<Held> unclaimed(Set<Held> held, String condition) {
        String ids = String.join("', '", held.stream().map(Held::id).toList());
        Set<Held> now = new HashSet<>(query(
                "SELECT id, epoch FROM revive_workflow WHERE id IN ('" + ids + "')" + condition,
                row -> new Held(row.getString(1), row.getLong(2))));
        now.retainAll(held);
        return now;
    }

    /** Workflows as they stand in the database, to be read by people. */
    List<String> rows(Set<Held> held) {
        String ids = String.join("', '", held.stream().map(Held::id).toList());
        return query(
                "SELECT id, epoch, status, strikes, executor_id FROM revive_workflow WHERE id IN ('" + ids + "')",
                row -> "%s at epoch %d is %s with %d strikes in the hands of %s"
                        .formatted(
                                row.getString(1), row.getLong(2), row.getString(3), row.getInt(4), row.getString(5)));
    }

    <T> List<T> query(String sql, Row<T> reader, Object... parameters) {
        try (Connection connection = server.dataSource(DATABASE).getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                List<T> rows = new ArrayList<>();
                while (row.next()) {
                    rows.add(reader.of(row));
                }
                return rows;
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The database does not answer: " + sql, e);
        }
    }

    private void execute(String sql) {
        try (Connection connection = server.dataSource(DATABASE).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
