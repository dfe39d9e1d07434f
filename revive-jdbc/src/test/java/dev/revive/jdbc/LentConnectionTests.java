// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.databases.DatabaseServer;
import dev.revive.databases.SharedServers;
import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Create;
import dev.revive.store.WorkflowType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A pool is only lent: what comes back is as it was, whichever pool it is, or does not come back. */
@ParameterizedClass
@EnumSource
@Timeout(120)
class LentConnectionTests {
    private static final Instant STAMP = Instant.parse("2026-11-25T10:00:00Z");
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final WorkflowType ORDER = new WorkflowType("order", 1);
    private static final int SIZE = 8;

    /** Whose pool, and of which database. */
    enum Lender {
        HIKARI_OF_POSTGRES(true),
        WRAPPED_HIKARI_OF_POSTGRES(true),
        DBCP_OF_POSTGRES(true),
        HIKARI_OF_MARIADB(false),
        DBCP_OF_MARIADB(false);

        private final boolean isPostgres;

        Lender(boolean isPostgres) {
            this.isPostgres = isPostgres;
        }

        DatabaseServer server() {
            return isPostgres ? SharedServers.postgres() : SharedServers.mariaDb();
        }

        /** What the host wants of each of its connections. */
        String init() {
            return isPostgres ? "SET lock_timeout = '7s'" : "SET innodb_lock_wait_timeout = 7";
        }

        /** All that Revive, or a body, could have changed. */
        List<String> looks() {
            return isPostgres
                    ? List.of(
                            "SHOW lock_timeout",
                            "SHOW enable_seqscan",
                            "SHOW plan_cache_mode",
                            "SHOW idle_in_transaction_session_timeout",
                            "SHOW default_transaction_isolation",
                            "SHOW default_transaction_read_only",
                            "SHOW search_path")
                    : List.of(
                            "SELECT @@innodb_lock_wait_timeout",
                            "SELECT @@" + MariaDb.idleBound(),
                            "SELECT @@net_read_timeout",
                            "SELECT @@transaction_isolation",
                            "SELECT @@transaction_read_only",
                            "SELECT DATABASE()");
        }

        DataSource pool(String database) {
            DataSource source = server().dataSource(database);
            if (name().startsWith("DBCP")) {
                BasicDataSource pool = new BasicDataSource();
                pool.setUrl(server().url(database));
                pool.setMaxTotal(SIZE);
                pool.setMaxWait(Duration.ofSeconds(5));
                pool.setDefaultTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                pool.setConnectionInitSqls(List.of(init()));
                return pool;
            }
            HikariConfig config = new HikariConfig();
            config.setDataSource(source);
            config.setMaximumPoolSize(SIZE);
            config.setConnectionTimeout(5_000);
            config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
            config.setConnectionInitSql(init());
            return new HikariDataSource(config);
        }
    }

    @Parameter
    Lender lender = Lender.HIKARI_OF_POSTGRES;

    private DataSource pool;
    private DataSource seen;
    private List<String> untouched;
    private JdbcStore store;
    private ExecutorSeat seat;

    @BeforeEach
    void openTheStore() throws SQLException {
        lender.server().create("lent");
        pool = lender.pool("lent");
        seen = lender.name().startsWith("WRAPPED") ? wrapped(pool) : pool;
        untouched = state(pool, 1);
        store = JdbcStore.over(seen);
        seat = store.seat(new ExecutorSettings("test", 2, LEASE));
        NewWorkflow workflow = new NewWorkflow("a", ORDER, "null", "hash", STAMP);
        seat.lanes().get(0).write(List.of(new Create(workflow, Create.Start.DUE, null)));
        assertThat(seat.claim(Set.of(ORDER), 1, 0).workflows()).hasSize(1);
    }

    @AfterEach
    void closeThePool() throws Exception {
        try {
            seat.close();
            store.close();
        } finally {
            ((AutoCloseable) pool).close();
        }
    }

    /** As a framework does, which lets neither its pool nor the pool's connections be seen. */
    private static DataSource wrapped(DataSource source) {
        return hidden(DataSource.class, source);
    }

    private static <T> T hidden(Class<T> type, Object target) {
        return type.cast(Proxy.newProxyInstance(
                LentConnectionTests.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        Object answer = method.invoke(target, arguments);
                        return method.getName().equals("getConnection") ? hidden(Connection.class, answer) : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    /** What so many connections at the same time are set to. */
    private List<String> state(DataSource source, int connections) throws SQLException {
        List<Connection> all = new ArrayList<>();
        try {
            List<String> found = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                Connection connection = source.getConnection();
                all.add(connection);
                StringBuilder values = new StringBuilder();
                values.append(connection.getTransactionIsolation())
                        .append(connection.getAutoCommit())
                        .append(connection.getNetworkTimeout());
                for (String look : lender.looks()) {
                    values.append(' ').append(H2Dialect.value(connection, look));
                }
                found.add(values.toString());
            }
            return found;
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    private Answer transact(String... statements) {
        return seat.lanes().get(0).transact(new Booking(connection -> {
            try (Statement statement = connection.createStatement()) {
                for (String text : statements) {
                    statement.execute(text);
                }
            }
        }));
    }

    @Test
    void comesBackAsItWas() throws SQLException {
        assertThat(transact("SELECT 1")).isEqualTo(Answer.ACCEPTED);
        seat.renew();
        seat.sweep();

        seat.close();

        assertThat(state(pool, SIZE)).containsOnly(untouched.get(0));
    }

    @Test
    void doesNotComeBackOnceItFailed() throws SQLException {
        Dialect dialect = dialect();
        Database database = new Database(seen, dialect, new Sql("revive_", dialect));
        HeldConnection held = new HeldConnection(database, seen::getConnection, LEASE);
        assertThatThrownBy(() -> held.use(session -> {
                    throw new SQLException("gone", "08006");
                }))
                .isInstanceOf(SQLException.class);
        held.close();
        seat.close();

        assertThat(state(pool, SIZE)).containsOnly(untouched.get(0));
    }

    private Dialect dialect() throws SQLException {
        try (Connection connection = seen.getConnection()) {
            return Dialect.of(connection, Durability.POWER_LOSS);
        }
    }

    @Test
    void doesNotComeBackOnceABodyHasChangedIt() throws SQLException {
        String[] changes = lender.isPostgres
                ? new String[] {"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SET search_path TO pg_catalog"}
                : new String[] {
                    "SELECT COUNT(*) FROM revive_workflow",
                    "SET SESSION TRANSACTION READ ONLY",
                    "USE information_schema"
                };

        assertThat(transact(changes)).isEqualTo(Answer.ACCEPTED);

        seat.close();
        assertThat(state(pool, SIZE)).containsOnly(untouched.get(0));
    }

    /** A pool whose connections are SERIALIZABLE by default: Revive's statements wait for each other's locks, and see what came then. */
    @Test
    void isAtReadCommittedMeanwhile() throws SQLException {
        Dialect dialect = dialect();
        Database database = new Database(seen, dialect, new Sql("revive_", dialect));
        HeldConnection held = new HeldConnection(database, seen::getConnection, LEASE);
        String look = lender.isPostgres ? "SHOW transaction_isolation" : "SELECT @@transaction_isolation";
        try {
            assertThat(List.of(
                            database.<String>alone(held, session -> session.first(look, row -> row.getString(1))),
                            database.<String>write(held, session -> session.first(look, row -> row.getString(1))),
                            database.<String>write(session -> session.first(look, row -> row.getString(1)))))
                    .allSatisfy(level -> assertThat(level).matches("(?i)read.committed"));
        } finally {
            held.close();
        }
    }
}
