// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.StoreUnavailableException;
import dev.revive.tests.support.ChildJvm;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.StartOutcomeUnknownException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowCancelledException;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowTerminatedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An executor's process. Does what it is told, a line each: an {@link Order}, answered by {@code S} and the same line once it is done, and {@code stop}.
 * Tells {@code R} when it is ready. It runs what comes its way, whoever started it.
 */
final class ErrandsChild {
    /**
     * How a child works.
     *
     * @param url of the database, perhaps through a proxy
     * @param directory of all diaries and of the world
     * @param name no other child's
     * @param lease the executor's
     * @param isHasty whether its pool gives up sooner than pools do by default
     */
    record Place(String url, Path directory, String name, Duration lease, boolean isHasty) {
        Object[] arguments() {
            return new Object[] {url, directory, name, lease, isHasty};
        }

        static Place of(String[] arguments) {
            return new Place(
                    arguments[0],
                    Path.of(arguments[1]),
                    arguments[2],
                    Duration.parse(arguments[3]),
                    Boolean.parseBoolean(arguments[4]));
        }

        Path diary() {
            return directory.resolve(name + ".diary");
        }

        Path log() {
            return directory.resolve(name + ".log");
        }

        Path world() {
            return directory.resolve("world");
        }
    }

    private static final Logger log = LoggerFactory.getLogger(ErrandsChild.class);
    private static final int CONNECTIONS = 12;

    private final Diary diary;
    private final Revive revive;
    private final Post post;

    private ErrandsChild(Diary diary, Revive revive) {
        this.diary = diary;
        this.revive = revive;
        this.post = new Post(diary, revive);
    }

    public static void main(String[] arguments) throws IOException {
        Place place = Place.of(arguments);
        Diary diary = new Diary(place.diary());
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> fail(diary, thrown));
        try {
            Watch watch = new Watch(diary);
            Errands errands = new Errands(place.name(), watch, new World(place.world()));
            Pool pool = new Pool(place);
            Revive revive = untilTheDatabaseAnswers(() -> engine(place, pool, watch, errands));
            new ErrandsChild(diary, revive).obey();
            pool.close();
        } catch (Throwable e) {
            fail(diary, e);
        }
    }

    private static void fail(Diary diary, Throwable thrown) {
        log.error("The child ends here", thrown);
        diary.write('X', thrown.toString().replace('\n', ' '));
        Runtime.getRuntime().halt(3);
    }

    private void obey() throws IOException {
        ChildJvm.say("R");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); !"stop".equals(line); line = orders.readLine()) {
            Order order = Order.of(Objects.requireNonNull(line, "The parent has ended."));
            Thread thread = new Thread(() -> fulfil(order), order.line());
            thread.setDaemon(true);
            thread.start();
        }
        revive.close();
    }

    private void fulfil(Order order) {
        try {
            switch (order.verb()) {
                case START -> start(order.id());
                case SEND -> post.send(Mail.sender(order.id()));
                case RESUME -> post.resume(order.id());
            }
        } catch (EngineStoppedException e) {
            return; // told to stop: another process has done it, or the parent sees that nobody has
        }
        ChildJvm.say("S " + order.line());
        switch (order.verb()) {
            case START -> awaitEnd(workflow(order.id()), order.id());
            case SEND -> awaitEnd(Mailboxes.MAILBOX, Mail.sender(order.id()).mailbox());
            case RESUME -> {}
        }
    }

    private static Workflow<String, String> workflow(String id) {
        if (id.startsWith(Families.PREFIX)) {
            return Families.FAMILY;
        }
        return Mail.isCourier(id) ? Mailboxes.COURIER : Errands.WORKFLOW;
    }

    /** Until it is started: to call again with the same id is safe. */
    private void start(String id) {
        while (!isStarted(id)) {
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    private boolean isStarted(String id) {
        try {
            revive.start(workflow(id), id, id);
            return true;
        } catch (StartOutcomeUnknownException | StoreUnavailableException e) {
            return false;
        }
    }

    private void awaitEnd(Workflow<String, String> workflow, String id) {
        while (true) {
            try {
                diary.write('D', id, "COMPLETED", revive.handle(workflow, id).result());
                return;
            } catch (WorkflowFailedException e) {
                diary.write('D', id, "FAILED", e.failure().message());
                return;
            } catch (WorkflowCancelledException e) {
                diary.write('D', id, "CANCELLED", e.reason());
                return;
            } catch (WorkflowTerminatedException e) {
                diary.write('D', id, "TERMINATED", e.reason());
                return;
            } catch (StoreUnavailableException e) {
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            } catch (EngineStoppedException e) {
                return; // told to stop; had the engine died, the parent would see what did not get done
            }
        }
    }

    // ---- the database

    private static Revive engine(Place place, Pool pool, Watch watch, Errands errands) {
        return Revive.with(new WatchedStore(JdbcStore.over(pool), watch, () -> pool.failed.get() == Boolean.TRUE))
                .name(place.name())
                .lease(place.lease())
                .unloadAfter(Duration.ofMillis(300))
                .startTimeout(Duration.ofSeconds(3))
                .maxStrikes(Integer.MAX_VALUE) // its process may die any number of times before its next outcome
                .register(Errands.WORKFLOW, errands::run)
                .register(Mailboxes.MAILBOX, Mailboxes::receive)
                .register(Mailboxes.COURIER, Mailboxes::carry)
                .register(Families.FAMILY, Families::raise)
                .register(Families.RELATIVE, Families::live)
                .start();
    }

    private static <T> T untilTheDatabaseAnswers(Supplier<T> work) {
        while (true) {
            try {
                return work.get();
            } catch (StoreUnavailableException e) {
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
        }
    }

    /** A pool, given to Revive as it is; it remembers which thread could not have a connection, for whom no commit can be in doubt. */
    private static final class Pool extends HikariDataSource {
        private final ThreadLocal<Boolean> failed = new ThreadLocal<>();

        Pool(Place place) {
            super(settings(place));
        }

        private static HikariConfig settings(Place place) {
            HikariConfig settings = new HikariConfig();
            settings.setJdbcUrl(place.url());
            settings.setMaximumPoolSize(CONNECTIONS);
            settings.setInitializationFailTimeout(-1);
            if (place.isHasty()) {
                settings.setConnectionTimeout(1_000);
                settings.setValidationTimeout(500);
            }
            return settings;
        }

        @Override
        public Connection getConnection() throws SQLException {
            failed.set(true);
            Connection connection = super.getConnection();
            failed.set(false);
            return connection;
        }
    }
}
