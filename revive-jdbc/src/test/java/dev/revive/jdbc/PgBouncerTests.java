// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.databases.PgBouncer;
import dev.revive.databases.PgBouncer.Mode;
import dev.revive.databases.SharedServers;
import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.Hint;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Create;
import dev.revive.store.StepStore;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowType;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A pooler between Revive and PostgreSQL, beside other clients of it. */
@ParameterizedClass
@EnumSource(Mode.class)
@Timeout(120)
@Tag("once")
class PgBouncerTests {
    private static final Instant STAMP = Instant.parse("2026-11-25T10:00:00Z");
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final WorkflowType ORDER = new WorkflowType("order", 1);
    private static final List<String> SETTINGS = List.of(
            "enable_seqscan",
            "plan_cache_mode",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "default_transaction_isolation",
            "search_path");

    @Parameter
    Mode mode = Mode.TRANSACTION;

    private PgBouncer bouncer;
    private HikariDataSource pool;
    private JdbcStore store;
    private ExecutorSeat seat;

    @BeforeEach
    void openTheStore() {
        bouncer = Pooler.start(mode);
        SharedServers.postgres().create("beside");
        pool = TestDatabase.pool(bouncer.dataSource("beside"), 12);
        store = JdbcStore.over(pool);
        seat = store.seat(new ExecutorSettings("test", 2, LEASE));
    }

    @AfterEach
    void close() {
        if (seat != null) {
            seat.close();
            store.close();
            pool.close();
        }
        if (bouncer != null) {
            bouncer.close();
        }
    }

    private void work() {
        StepStore lane = seat.lanes().get(0);
        NewWorkflow workflow = new NewWorkflow("a", ORDER, "null", "hash", STAMP);
        lane.write(List.of(new Create(workflow, Create.Start.DUE, null)));
        assertThat(seat.claim(Set.of(ORDER), 1, 0).workflows()).hasSize(1);
        assertThat(lane.transact(new Booking(PgBouncerTests::lookAround))).isEqualTo(Answer.ACCEPTED);
        assertThat(seat.renew()).isTrue();
        seat.sweep();
        assertThat(store.steps("a")).hasSize(1);
    }

    private static void lookAround(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        }
    }

    /** Here plans are the database's own, and one that joins by the ids, as may be best once a table was analyzed, gives the rows in their order. */
    @Test
    void whatIsDueTheLongestIsClaimedFirstWhateverThePlan() throws SQLException {
        List<String> ids = List.of("third", "first", "second");
        try (Connection connection =
                        SharedServers.postgres().dataSource("beside").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER DATABASE beside SET enable_nestloop = off");
            statement.execute("ALTER DATABASE beside SET enable_hashjoin = off");
            for (String id : ids) {
                NewWorkflow workflow = new NewWorkflow(id, ORDER, "null", "hash", STAMP);
                seat.lanes().get(0).write(List.of(new Create(workflow, Create.Start.DUE, null)));
                statement.execute(
                        "UPDATE revive_workflow SET due_at = %d WHERE id = '%s'".formatted(ids.indexOf(id), id));
            }
        }
        try (PgBouncer fresh = Pooler.start(mode);
                HikariDataSource planned = TestDatabase.pool(fresh.dataSource("beside"), 12);
                ExecutorSeat other = JdbcStore.over(planned).seat(new ExecutorSettings("other", 1, LEASE))) {
            assertThat(other.claim(Set.of(ORDER), 3, 0).workflows())
                    .extracting(WorkflowRecord::id)
                    .containsExactlyElementsOf(ids);
        }
    }

    @Test
    void leavesTheServersSessionsAsTheyWereForOthers() throws SQLException {
        work();
        if (mode == Mode.SESSION) {
            seat.close(); // until then its sessions are its own
        }

        List<String> untouched = settings(SharedServers.postgres().dataSource("beside"), 1);
        assertThat(settings(bouncer.dataSource("beside"), Pooler.SESSIONS)).containsOnly(untouched.get(0));
    }

    /** Of so many sessions of the server at the same time. */
    private static List<String> settings(DataSource source, int sessions) throws SQLException {
        List<Connection> all = new ArrayList<>();
        try {
            List<String> found = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                Connection connection = source.getConnection();
                all.add(connection);
                connection.setAutoCommit(false);
                StringBuilder values = new StringBuilder();
                for (String setting : SETTINGS) {
                    values.append(H2Dialect.value(connection, "SHOW " + setting))
                            .append(' ');
                }
                values.append(H2Dialect.value(connection, "SELECT COUNT(*) FROM pg_listening_channels()"));
                found.add(values.toString());
            }
            return found;
        } finally {
            for (Connection connection : all) {
                connection.rollback();
                connection.close();
            }
        }
    }

    /** Or a statement that its client has given up would wait in the server for as long as somebody has locked a row, and so would the next. */
    @Test
    void boundsHowLongAStatementWaitsForALock() throws SQLException {
        PostgresDialect dialect = new PostgresDialect();
        Database database = new Database(pool, dialect, new Sql("revive_", dialect));
        HeldConnection held = new HeldConnection(database, pool::getConnection, LEASE);
        try {
            String bound = database.alone(
                    held,
                    session -> Objects.requireNonNull(session.first(
                            "SELECT setting FROM pg_settings WHERE name = 'lock_timeout'", row -> row.getString(1))));
            assertThat(bound).isEqualTo(String.valueOf(dialect.lockWait(LEASE).toMillis()));
        } finally {
            held.close();
        }
    }

    @Test
    void hearsOnlyWhereASessionIsItsOwn() throws InterruptedException {
        LinkedBlockingQueue<Hint> heard = new LinkedBlockingQueue<>();
        seat.listen(heard::add);
        if (mode == Mode.SESSION) {
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isNotNull(); // it has heard itself
            assertThat(seat.isListening()).isTrue();
        } else {
            work();
            assertThat(seat.isListening()).isFalse();
            assertThat(heard).isEmpty();
        }
    }
}
