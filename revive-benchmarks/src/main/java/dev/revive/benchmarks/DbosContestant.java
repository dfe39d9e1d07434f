// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.DBOSClient;
import dev.dbos.transact.StartWorkflowOptions;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Workflow;
import dev.dbos.transact.workflow.WorkflowHandle;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** DBOS Java, with its own pool or with one of this size. */
final class DbosContestant implements Contestant {
    private static final String GO = "go";
    private static final String NEWS = "news";
    private static final Duration FOREVER = Duration.ofDays(1);

    /** Of its own. */
    private static final int OWN_POOL = 10;

    private final int pool;

    private DbosContestant(int pool) {
        this.pool = pool;
    }

    static DbosContestant byDefault() {
        return new DbosContestant(0);
    }

    /** With a pool of this many connections; 0 is its own. */
    static DbosContestant withPool(int connections) {
        return new DbosContestant(connections);
    }

    int pool() {
        return pool;
    }

    @Override
    public String name() {
        return "DBOS";
    }

    @Override
    public String configuration() {
        return "dev.dbos:transact %s, all defaults, %s"
                .formatted(DBOS.version(), pool == 0 ? "its own pool (HikariCP of 10)" : "HikariCP of " + pool);
    }

    @Override
    public Running open(Database database, Effect effect) throws Exception {
        HikariDataSource source = pool == 0 ? null : database.pool(pool);
        DBOS dbos = new DBOS(config(database, source));
        Booking booking = new Booking(dbos, effect);
        Bookings bookings = dbos.registerProxy(Bookings.class, booking);
        booking.children = bookings;
        dbos.launch();
        return new Opened(dbos, bookings, source);
    }

    @Override
    public Sender openSender(Database database) {
        HikariDataSource source = database.pool(pool == 0 ? OWN_POOL : pool);
        DBOSClient client = new DBOSClient(source);
        return new Sender() {
            @Override
            public void signal(String id) {
                client.send(id, Effect.ANSWER, GO, null);
            }

            @Override
            public void close() {
                client.close();
                source.close();
            }
        };
    }

    private static DBOSConfig config(Database database, @Nullable HikariDataSource source) {
        DBOSConfig config = DBOSConfig.defaults("benchmark").withAppVersion("1");
        return source == null
                ? config.withDatabaseUrl(database.url()).withDbUser("postgres").withDbPassword("")
                : config.withDataSource(source);
    }

    @Override
    public Running openForCrowd(Database database, Effect effect, int workflows) throws Exception {
        return open(database, effect);
    }

    @Override
    public Running reopen(Database database, Effect effect) throws Exception {
        return open(database, effect);
    }

    /** Virtual threads, or a pool of 50 a core. */
    @Override
    public int largestCrowd() {
        return Runtime.version().feature() >= 21
                ? Integer.MAX_VALUE
                : 50 * Runtime.getRuntime().availableProcessors();
    }

    /** What it records as it begins to wait is when it will have waited long enough. */
    @Override
    public long waiting(Database database) throws SQLException {
        return database.count("SELECT COUNT(*) FROM dbos.operation_outputs");
    }

    @Override
    public long finished(Database database) throws SQLException {
        return database.count("SELECT COUNT(*) FROM dbos.workflow_status WHERE status = 'SUCCESS'");
    }

    /** DBOS finds workflows by an interface. */
    public interface Bookings {
        /** So many steps. */
        String book(int steps) throws Exception;

        /** Waits for a signal, and has the effect. */
        String receive(int number) throws Exception;

        /** Waits for news, and then so many times for a signal, with a step after each. */
        String rounds(int rounds) throws Exception;

        /** Starts so many workflows of one step, and waits for all of them. */
        String parent(int children) throws Exception;
    }

    /** Public, since DBOS calls it. */
    public static final class Booking implements Bookings {
        private final DBOS dbos;
        private final Effect effect;

        /** By which it starts others. */
        private volatile @Nullable Bookings children;

        private Booking(DBOS dbos, Effect effect) {
            this.dbos = dbos;
            this.effect = effect;
        }

        @Override
        @Workflow(name = "book")
        public String book(int steps) throws Exception {
            String last = "";
            for (int number = 1; number <= steps; number++) {
                int current = number;
                last = dbos.runStep(() -> effect.run(current), "book");
            }
            return last;
        }

        @Override
        @Workflow(name = "receive")
        public String receive(int number) throws Exception {
            String received = dbos.<String>recv(GO, FOREVER).orElseThrow();
            effect.run(number);
            return received;
        }

        @Override
        @Workflow(name = "rounds")
        public String rounds(int rounds) throws Exception {
            String last = dbos.<String>recv(NEWS, FOREVER).orElseThrow();
            for (int number = 1; number <= rounds; number++) {
                int current = number;
                if (dbos.<String>recv(GO, FOREVER).isEmpty()) {
                    throw new IllegalStateException("Nothing came.");
                }
                last = dbos.runStep(() -> effect.run(current), "book");
            }
            return last;
        }

        @Override
        @Workflow(name = "parent")
        public String parent(int number) throws Exception {
            Bookings others = Objects.requireNonNull(children, "set when it is opened");
            List<WorkflowHandle<String, Exception>> started = new ArrayList<>();
            for (int i = 1; i <= number; i++) {
                started.add(dbos.startWorkflow(() -> others.book(1)));
            }
            String last = "";
            for (WorkflowHandle<String, Exception> child : started) {
                last = child.getResult();
            }
            return last;
        }
    }

    private record Opened(
            DBOS dbos, Bookings bookings, @Nullable HikariDataSource source) implements Running {
        @Override
        public void call(String id, int steps, Steps kind) throws Exception {
            dbos.startWorkflow(() -> bookings.book(steps), new StartWorkflowOptions(id))
                    .getResult();
        }

        @Override
        public void callParent(String id, int children) throws Exception {
            dbos.startWorkflow(() -> bookings.parent(children), new StartWorkflowOptions(id))
                    .getResult();
        }

        @Override
        public void launch(String id, int steps) {
            dbos.startWorkflow(() -> bookings.book(steps), new StartWorkflowOptions(id));
        }

        @Override
        public void launchWaiting(String id, int number) {
            dbos.startWorkflow(() -> bookings.receive(number), new StartWorkflowOptions(id));
        }

        @Override
        public void launchRounds(String id, int rounds) {
            dbos.startWorkflow(() -> bookings.rounds(rounds), new StartWorkflowOptions(id));
        }

        @Override
        public void tell(String id) {
            dbos.send(id, Effect.ANSWER, NEWS);
        }

        @Override
        public void signal(String id) {
            dbos.send(id, Effect.ANSWER, GO);
        }

        @Override
        public void close() {
            dbos.close();
            if (source != null) {
                source.close();
            }
        }
    }
}
