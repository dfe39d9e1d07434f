// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.jdbc.JdbcStore;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Place;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The server cuts the connections of transaction bodies: before they write, after, and at any moment from then on, so in the middle of the commit, or when the
 * connection is somebody else's already. All that was booked is booked once, every workflow ends, and the engine lives.
 */
@InSettings({Setting.POSTGRES_WIDE, Setting.MARIADB_WIDE})
@Timeout(3600)
class CutStormTests extends TestBed {
    private static final Duration STORM = Duration.ofSeconds(Integer.getInteger("revive.cutSeconds", 3));
    private static final long SEED = Long.getLong("revive.cutSeed", 20_261_201);
    private static final int AT_A_TIME = 8;
    private static final int BOOKINGS = 3;
    private static final int CONNECTIONS = 40;
    private static final int FEWEST_CUTS = 10;
    private static final int SOON = 4_000;

    private enum Cut {
        NONE,
        BEFORE_IT_WRITES,
        AFTER_IT_WROTE,
        SOON
    }

    private final Random random = new Random(SEED);
    private final AtomicInteger bodies = new AtomicInteger();
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicInteger lateCuts = new AtomicInteger();
    private final ScheduledExecutorService cutter = Executors.newScheduledThreadPool(2);
    private final ExecutorService starters = Executors.newFixedThreadPool(AT_A_TIME);
    private DataSource database = new JdbcDataSource();
    private HikariDataSource pool = new HikariDataSource();
    private volatile long calmAt = System.nanoTime();

    @BeforeEach
    void openDatabase() throws SQLException {
        database = setting.place().database(unique("cut"));
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE booking (who VARCHAR(80) NOT NULL)"); // nothing keeps one from being made twice
        }
        pool = Place.pool(database, CONNECTIONS);
        use(JdbcStore.over(pool));
    }

    @AfterEach
    void closeDatabase() {
        closeEngines();
        starters.shutdownNow();
        cutter.shutdownNow();
        pool.close();
    }

    /** Not before there was a storm, however little a busy machine gets done in its time. */
    private boolean isCalm() {
        return System.nanoTime() - calmAt >= 0 && cuts.get() >= FEWEST_CUTS;
    }

    private synchronized Cut cut() {
        return isCalm() || random.nextInt(3) > 0 ? Cut.NONE : Cut.values()[1 + random.nextInt(3)];
    }

    private synchronized int soon() {
        return random.nextInt(SOON);
    }

    private String work(WorkflowContext ctx, String in) {
        for (int i = 0; i < BOOKINGS; i++) {
            String who = in + " " + i;
            ctx.transaction("Book " + i, String.class, connection -> book(connection, who));
            ctx.step("Write " + i, String.class, () -> who);
        }
        return in;
    }

    private String book(Connection connection, String who) throws SQLException {
        bodies.incrementAndGet();
        Cut cut = cut();
        long session = session(connection);
        if (cut == Cut.BEFORE_IT_WRITES) {
            cut(session);
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO booking VALUES (?)")) {
            insert.setString(1, who);
            insert.executeUpdate();
        }
        if (cut == Cut.AFTER_IT_WROTE) {
            cut(session);
        }
        if (cut == Cut.SOON) {
            cutter.schedule(() -> cutLate(session), soon(), TimeUnit.MICROSECONDS);
        }
        return who;
    }

    private long session(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        setting.place() == Place.POSTGRES ? "SELECT pg_backend_pid()" : "SELECT CONNECTION_ID()")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** By another connection, as an administrator does it. */
    private boolean cut(long session) throws SQLException {
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement()) {
            boolean isPostgres = setting.place() == Place.POSTGRES;
            statement.execute((isPostgres ? "SELECT pg_terminate_backend(%d)" : "KILL %d").formatted(session));
            if (isPostgres && !isTrue(statement)) {
                return false; // it was gone already
            }
            cuts.incrementAndGet();
            return true;
        }
    }

    private static boolean isTrue(Statement statement) throws SQLException {
        try (ResultSet row = statement.getResultSet()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private void cutLate(long session) {
        try {
            if (cut(session)) {
                lateCuts.incrementAndGet();
            }
        } catch (SQLException e) {
            // It is gone already.
        }
    }

    @Test
    void allIsBookedOnceAndEveryWorkflowEndsThoughConnectionsAreCutInBodies() throws Exception {
        Workflow<String, String> flow = flow("cut", String.class);
        Revive revive = engine(builder -> builder.maxStrikes(1_000_000).register(flow, this::work));
        List<Future<Integer>> started = new ArrayList<>();
        calmAt = System.nanoTime() + STORM.toNanos();
        for (int i = 0; i < AT_A_TIME; i++) {
            String prefix = unique("cut-" + i) + "-";
            started.add(starters.submit(() -> runAllTheTime(revive, flow, prefix)));
        }
        int workflows = 0;
        for (Future<Integer> some : started) {
            workflows += some.get(STORM.plus(PATIENCE).plus(PATIENCE).toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(revive.hasCrashed()).isFalse();
        assertThat(bodies.get()).as("some ran again").isGreaterThan(workflows * BOOKINGS);
        assertThat(number("SELECT COUNT(*) FROM booking")).isEqualTo((long) workflows * BOOKINGS);
        assertThat(number("SELECT COUNT(DISTINCT who) FROM booking")).isEqualTo((long) workflows * BOOKINGS);
        assertThat(number("SELECT COUNT(*) FROM revive_workflow WHERE status = 'COMPLETED'"))
                .isEqualTo(workflows);
        System.out.printf(
                "Cut storm, %s: %d workflows ended, %d bodies, %d connections cut, %d of them by surprise%n",
                setting, workflows, bodies.get(), cuts.get(), lateCuts.get());
    }

    private int runAllTheTime(Revive revive, Workflow<String, String> flow, String prefix) {
        int number = 0;
        while (!isCalm()) {
            String id = prefix + number++;
            assertThat(revive.start(flow, id, id).result(PATIENCE)).isEqualTo(id);
        }
        return number;
    }

    private long number(String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
