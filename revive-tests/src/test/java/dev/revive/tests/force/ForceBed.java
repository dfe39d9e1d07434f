// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.databases.DatabaseServer;
import dev.revive.databases.SharedServers;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.LentStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * Tables of one's own on PostgreSQL, and two ways to them: {@link #far}, through a proxy that holds and cuts, for the executor that is to suffer;
 * and {@link #near}, for whoever takes over. The test itself has connections, to lock what it likes.
 */
@Timeout(60)
abstract class ForceBed {
    /** How long a test waits for anything. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** InnoDB shows who waits as it was at the last look, unless that is more than 100 ms ago: who looks more often never sees a change. */
    private static final Duration LOOK = Duration.ofMillis(150);

    /** Long, so that nothing happens by itself: leases lapse when the test says so. */
    static final Duration LEASE = Duration.ofSeconds(120);

    /** Where a negative control runs: the database of the build that started it. */
    static final String URL = "revive.force.url";

    /** In the names of tables: other processes use the same database, and with negative controls other copies of this class. */
    static final String LOADED = UUID.randomUUID().toString().substring(0, 8);

    private static final AtomicInteger BEDS = new AtomicInteger();
    private static final Pattern PORT = Pattern.compile("//localhost:(\\d+)/");

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** In front of the names of this test's tables. */
    String prefix;

    String url;
    HoldingProxy proxy;

    /** For the executor that is to suffer. */
    WorkflowStore far;

    /** For everybody else. */
    WorkflowStore near;

    @BeforeEach
    void open() {
        prefix = "f%s_%d_".formatted(LOADED, BEDS.incrementAndGet());
        url = url();
        proxy = toClose(new HoldingProxy(port()));
        near = store(url);
        far = store(url.replace(":" + port() + "/", ":" + proxy.port() + "/"));
    }

    @AfterEach
    void close() throws Exception {
        proxy.close();
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    /** On which server the test runs. */
    Server server() {
        return Server.POSTGRES;
    }

    /** The database's address; a test of a server that is to be killed has one of its own. */
    String url() {
        return server().url();
    }

    /** What differs between servers, for the test's own look at them. */
    enum Server {
        /** Where a negative control runs, the database is another process's. */
        POSTGRES(
                "&prepareThreshold=0&connectTimeout=5",
                "SELECT pg_backend_pid()",
                "SELECT COUNT(*) FROM pg_stat_activity WHERE ? = ANY(pg_blocking_pids(pid))") {
            @Override
            String start() {
                String given = System.getProperty(URL);
                return given != null ? given : SharedServers.postgres().create("forced");
            }
        },
        MARIADB("&connectTimeout=5000", "SELECT CONNECTION_ID()", """
                SELECT COUNT(DISTINCT w.requesting_trx_id) FROM information_schema.innodb_lock_waits w
                  JOIN information_schema.innodb_trx t ON t.trx_id = w.blocking_trx_id
                 WHERE t.trx_mysql_thread_id = ?""") {
            private String ofMySql = "";

            /** If a MySQL was given in its place, that has another table for it. */
            @Override
            String start() {
                DatabaseServer server = SharedServers.mariaDb();
                if (!server.product().startsWith("MariaDB")) {
                    ofMySql = super.waiting()
                            .replace("information_schema.innodb_lock_waits", "performance_schema.data_lock_waits")
                            .replace("ing_trx_id", "ing_engine_transaction_id");
                }
                return server.create("forced");
            }

            @Override
            String waiting() {
                return ofMySql.isEmpty() ? super.waiting() : ofMySql;
            }
        };

        /** So that each statement is sent as text, which the proxy can read. */
        final String options;

        final String backend;
        private final String waiting;
        private String url = "";

        Server(String options, String backend, String waiting) {
            this.options = options;
            this.backend = backend;
            this.waiting = waiting;
        }

        abstract String start();

        /** How many wait for a session. */
        String waiting() {
            return waiting;
        }

        synchronized String url() {
            if (url.isEmpty()) {
                url = start();
            }
            return url;
        }
    }

    private int port() {
        Matcher matcher = PORT.matcher(url);
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    <T extends AutoCloseable> T toClose(T resource) {
        open.push(resource);
        return resource;
    }

    private WorkflowStore store(String address) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(address + server().options);
        config.setMaximumPoolSize(30);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(5_000);
        HikariDataSource pool = toClose(new HikariDataSource(config));
        return new LentStore(
                toClose(JdbcStore.over(pool, JdbcSettings.defaults().withTablePrefix(prefix))));
    }

    // ---- executors

    ExecutorSeat seat(WorkflowStore store, String name) {
        return seat(store, name, LEASE);
    }

    ExecutorSeat seat(WorkflowStore store, String name, Duration lease) {
        ExecutorSeat seat = store.seat(new ExecutorSettings(name, 1, lease));
        open.push(seat::abandon);
        return seat;
    }

    Revive engine(WorkflowStore store, String name, UnaryOperator<Revive.Builder> more) {
        return toClose(more.apply(Revive.with(store).name(name).lease(LEASE).shutdownGrace(Duration.ofSeconds(1)))
                .start());
    }

    /** The lease of every executor of that name lapses; what is due to happen then is up to whoever sweeps. */
    void lapse(String name) {
        update("UPDATE ${prefix}executor SET lease_until = 0 WHERE name = ?", name);
    }

    /** The leases of the executors of that name lapse, and another declares them dead. Answers how many workflows became due. */
    int takeOver(String name) {
        lapse(name);
        ExecutorSeat sweeper = seat(near, "sweeper");
        AtomicInteger orphans = new AtomicInteger();
        await().atMost(PATIENCE).until(() -> {
            orphans.addAndGet(sweeper.sweep());
            return number("SELECT COUNT(*) FROM ${prefix}executor WHERE name = ? AND lease_until = 0", name) == 0;
        });
        return orphans.get();
    }

    // ---- rows

    WorkflowRecord row(String id) {
        return near.find(id).orElseThrow();
    }

    List<StepRecord> steps(String id) {
        return near.steps(id);
    }

    /** All there is to a workflow. */
    record Rows(@Nullable WorkflowRecord workflow, List<StepRecord> steps) {}

    Rows rows(String id) {
        return new Rows(near.find(id).orElse(null), near.steps(id));
    }

    // ---- the test's own connections

    Connection connection() {
        try {
            return toClose(DriverManager.getConnection(url));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    int update(String sql, Object... parameters) {
        try (Connection connection = DriverManager.getConnection(url)) {
            return update(connection, sql, parameters);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    int update(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, parameters)) {
            return statement.execute() ? 0 : statement.getUpdateCount();
        }
    }

    long number(String sql, Object... parameters) {
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement statement = prepared(connection, sql, parameters);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private PreparedStatement prepared(Connection connection, String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql.replace("${prefix}", prefix));
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    /** A transaction of the test's own that has done this, and goes on. */
    Lock lock(String sql, Object... parameters) {
        try {
            Connection connection = connection();
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(false);
            update(connection, sql, parameters);
            try (ResultSet row = connection.createStatement().executeQuery(server().backend)) {
                row.next();
                return new Lock(connection, row.getLong(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** What the test holds. */
    final class Lock {
        private final Connection connection;
        private final long backend;

        private Lock(Connection connection, long backend) {
            this.connection = connection;
            this.backend = backend;
        }

        /** Waits until so many wait for it. */
        void awaitWaiting(int howMany) {
            await().atMost(PATIENCE).pollInterval(LOOK).until(() -> areWaiting(howMany));
        }

        /** Waits until this waits for it, or has not waited and is over. */
        void awaitWaiting(CompletableFuture<?> work) {
            await().atMost(PATIENCE).pollInterval(LOOK).until(() -> work.isDone() || areWaiting(1));
        }

        /** Whether anybody waits for it now; on MariaDB, a tenth of a second ago. */
        boolean isWaitedFor() {
            return areWaiting(1);
        }

        private boolean areWaiting(int howMany) {
            return number(server().waiting(), (int) backend) >= howMany;
        }

        void commit() {
            end(true);
        }

        void rollback() {
            end(false);
        }

        private void end(boolean isKept) {
            try {
                if (isKept) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    // ---- threads

    /** Something that goes on meanwhile. */
    static <T> CompletableFuture<T> meanwhile(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(work.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                },
                "meanwhile");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** What came of it, or what it threw. */
    static <T> T outcome(CompletableFuture<T> work) {
        try {
            return work.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new AssertionError("It goes on for too long.", e);
            }
            if (e.getCause() instanceof RuntimeException thrown) {
                throw thrown;
            }
            throw e;
        }
    }
}
