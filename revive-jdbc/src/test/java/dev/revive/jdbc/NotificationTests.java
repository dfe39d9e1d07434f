// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.databases.SharedServers;
import dev.revive.store.Arrival;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.Hint;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Release;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.WorkflowStatus;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** How executors in different processes, here stores with pools of their own, tell each other what became due and what ended. */
@Timeout(300)
class NotificationTests {
    private static final Instant STAMP = Instant.parse("2026-11-23T10:00:00Z");
    private static final WorkflowType ORDER = new WorkflowType("order", 1);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String DATABASE = "notifications";
    private static final AtomicInteger STORES = new AtomicInteger();

    private final String prefix = "n" + STORES.incrementAndGet() + "_";
    private final List<AutoCloseable> open = new ArrayList<>();
    private Process here;

    /** A store with a pool and a seat, and what it hears. */
    private final class Process {
        private final JdbcStore store;
        private final ExecutorSeat seat;
        private final BlockingQueue<Hint> heard = new LinkedBlockingQueue<>();

        Process() {
            this(SharedServers.postgres().dataSource(DATABASE));
        }

        Process(DataSource source) {
            HikariDataSource pool = TestDatabase.pool(source, 12);
            store = JdbcStore.over(pool, JdbcSettings.defaults().withTablePrefix(prefix));
            seat = store.seat(new ExecutorSettings("test", 1, LEASE));
            open.add(0, pool);
            open.add(0, store);
            open.add(0, seat);
            seat.listen(heard::add);
        }

        /** Past the hints that everybody gets who begins to hear. */
        Process hearing() throws InterruptedException {
            awaitTrue(seat::isListening);
            assertThat(next()).isEqualTo(Hint.DUE);
            assertThat(next()).isEqualTo(Hint.ENDED);
            return this;
        }

        Hint next() throws InterruptedException {
            return heard.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }

        void write(Operation... batch) {
            seat.lanes().get(0).write(List.of(batch));
        }
    }

    @BeforeAll
    static void makeADatabase() {
        SharedServers.postgres().create(DATABASE);
    }

    @BeforeEach
    void openTheStore() throws InterruptedException {
        here = new Process().hearing();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private static Create created(String id, Create.Start start) {
        return new Create(new NewWorkflow(id, ORDER, "1", "hash", STAMP), start, null);
    }

    private static Create claimed(String id) {
        return created(id, Create.Start.CLAIMED);
    }

    private static Finish finish(String id, WorkflowStatus status) {
        return Finish.of(id, 1, status, "1", STAMP);
    }

    private static Finish end(String id) {
        return finish(id, WorkflowStatus.COMPLETED);
    }

    private static Release release(String id, Duration delay) {
        return Release.of(id, 1).in(delay);
    }

    private static void awaitTrue(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    /** How many backends wait for notifications of this test's store. */
    private List<Integer> listeners() {
        try (Connection connection =
                        SharedServers.postgres().dataSource(DATABASE).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN "
                        + prefix + "hint' ORDER BY backend_start")) {
            List<Integer> pids = new ArrayList<>();
            while (row.next()) {
                pids.add(row.getInt(1));
            }
            return pids;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Nested
    class AnotherProcessIsTold {
        private final Process other = new Process();

        @BeforeEach
        void bothHear() throws InterruptedException {
            other.hearing();
        }

        @Test
        void ofWhatWaitsToBeClaimed() throws InterruptedException {
            other.write(created("a", Create.Start.DUE));

            assertThat(here.next()).isEqualTo(Hint.due("a"));
            assertThat(here.seat.claim(Set.of(ORDER), 9, 0).workflows()).hasSize(1);
        }

        @Test
        void ofWhatIsGivenBackForNow() throws InterruptedException {
            other.write(claimed("a"));
            other.write(release("a", Duration.ZERO));

            assertThat(here.next()).isEqualTo(Hint.due("a"));
        }

        @Test
        void ofAnEndAndNotOfWhatIsDueLater() throws InterruptedException {
            other.write(claimed("a"), claimed("b"));
            other.write(release("a", Duration.ofHours(1)));
            other.write(end("b"));

            assertThat(here.next()).isEqualTo(Hint.ended("b"));
        }

        @Test
        void ofWhatNeedsAttentionAndOfItsResumption() throws InterruptedException {
            other.write(claimed("a"));
            other.write(finish("a", WorkflowStatus.NEEDS_ATTENTION));
            assertThat(here.next()).isEqualTo(Hint.ended("a"));

            assertThat(other.store.resume("a")).isTrue();
            assertThat(here.next()).isEqualTo(Hint.due("a"));
        }

        @Test
        void ofAMessageThatCameForAWorkflow() throws InterruptedException {
            here.write(claimed("a"));

            Letter letter = new Letter("a", MessageKind.SIGNAL, "go", "u:1", "1", STAMP, null);
            assertThat(other.store.send(List.of(letter))).containsExactly(Arrival.ARRIVED);

            assertThat(here.next()).isEqualTo(Hint.news("a"));
        }

        @Test
        void ofAWakeUpAsIsTheOneWhoseStoreDidIt() throws InterruptedException {
            other.write(claimed("a"));
            other.write(release("a", null));

            assertThat(other.store.wake("a")).isTrue();

            assertThat(here.next()).isEqualTo(Hint.due("a"));
            assertThat(other.next()).isEqualTo(Hint.due("a"));
        }

        @Test
        void ofWhatOneThatLeavesGivesBack() throws InterruptedException {
            other.write(claimed("a"));

            other.seat.close();

            assertThat(here.next()).isEqualTo(Hint.DUE);
        }

        @Test
        void ofWhatADeadOneWasRunning() throws InterruptedException {
            other.write(claimed("a"));
            other.seat.abandon();
            Process third = new Process().hearing();
            for (Process living : List.of(here, third)) {
                living.store.moveClock(LEASE.dividedBy(2));
                assertThat(living.seat.renew()).isTrue();
            }
            third.store.moveClock(LEASE.dividedBy(2).plusSeconds(1));

            assertThat(third.seat.sweep()).isEqualTo(1);

            assertThat(here.next()).isEqualTo(Hint.DUE);
        }

        @Test
        void inFewWordsOfMuch() throws InterruptedException {
            List<Operation> many = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                many.add(claimed("a" + i));
            }
            other.write(many.toArray(Operation[]::new));
            for (int i = 0; i < 500; i++) {
                other.write(end("a" + i));
            }
            other.write(created("last", Create.Start.DUE));

            Set<Hint> ends = new HashSet<>();
            for (Hint hint = here.next();
                    !hint.equals(Hint.due("last")) && !hint.equals(Hint.DUE);
                    hint = here.next()) {
                assertThat(hint.kind()).isEqualTo(Hint.Kind.ENDED);
                ends.add(hint);
            }
            assertThat(ends).hasSizeBetween(1, 500);
        }
    }

    @Nested
    class Telling {
        @Test
        void goesOnAfterAnError() throws InterruptedException {
            AtomicBoolean isArmed = new AtomicBoolean();
            Process shaken =
                    new Process(changed("prepareStatement", new AtomicInteger(), (connection, method, arguments) -> {
                        if (Thread.currentThread().getName().equals("revive-hints") && isArmed.getAndSet(false)) {
                            throw new OutOfMemoryError("injected");
                        }
                        return invoke(connection, method, arguments);
                    }));
            shaken.hearing();
            isArmed.set(true);
            shaken.write(created("a", Create.Start.DUE));
            awaitTrue(() -> !isArmed.get());

            shaken.write(created("b", Create.Start.DUE));

            assertThat(here.next()).isEqualTo(Hint.due("b"));
        }
    }

    @Nested
    class AnotherSeatOfTheSameStore {
        @Test
        void isNotHeldResponsibleForWhatAnotherThrowsAtAHint() {
            try (ExecutorSeat second = here.store.seat(new ExecutorSettings("second", 1, LEASE))) {
                second.listen(hint -> {
                    throw new StackOverflowError("injected");
                });

                here.write(created("a", Create.Start.DUE));

                assertThat(here.seat.claim(Set.of(ORDER), 9, 0).workflows()).hasSize(1);
            }
        }

        @Test
        void isToldWithoutTheDatabase() throws InterruptedException {
            try (ExecutorSeat second = here.store.seat(new ExecutorSettings("second", 1, LEASE))) {
                second.lanes().get(0).write(List.of(created("a", Create.Start.DUE)));

                assertThat(here.next()).isEqualTo(Hint.due("a"));
            }
        }
    }

    @Nested
    class WhoIsAlone {
        @Test
        void tellsNobodyUntilSomebodyComes() throws Exception {
            try (Connection connection =
                            SharedServers.postgres().dataSource(DATABASE).getConnection();
                    Statement listen = connection.createStatement()) {
                listen.execute("LISTEN " + prefix + "hint");
                here.seat.sweep();
                here.write(claimed("a"));
                here.write(end("a"));

                new Process().hearing();

                List<String> said = new ArrayList<>();
                for (int i = 0; said.stream().noneMatch(text -> text.contains(Hint.Kind.ENDED.name())); i++) {
                    here.write(claimed("b" + i)); // until it has heard that it is not alone any more
                    here.write(end("b" + i));
                    PGNotification[] some =
                            connection.unwrap(PGConnection.class).getNotifications(100);
                    for (PGNotification one : some == null ? new PGNotification[0] : some) {
                        said.add(one.getParameter());
                    }
                }
                assertThat(said.get(0)).contains(HintSender.HERE);
            }
        }
    }

    @Nested
    class Listening {
        @Test
        void endsWithTheSeat() throws InterruptedException {
            assertThat(listeners()).hasSize(1);

            here.seat.close();

            awaitTrue(() -> listeners().isEmpty());
        }

        @Test
        void beginsAgainWhenItsConnectionIsLost() throws Exception {
            int backend = listeners().get(0);
            try (Connection connection =
                            SharedServers.postgres().dataSource(DATABASE).getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_terminate_backend(" + backend + ")");
            }

            here.hearing();

            awaitTrue(() -> !listeners().contains(backend)); // it is told before it has gone
            assertThat(listeners()).hasSize(1);
            new Process().write(created("a", Create.Start.DUE));
            assertThat(here.next()).isEqualTo(Hint.due("a"));
        }

        @Test
        void goesOnAfterAnError() throws InterruptedException {
            AtomicInteger unwrapped = new AtomicInteger();
            Process shaken = new Process(changed("unwrap", new AtomicInteger(), (connection, method, arguments) -> {
                boolean isListener = Thread.currentThread().getName().equals("revive-listener");
                if (isListener && unwrapped.incrementAndGet() == 1) {
                    throw new OutOfMemoryError("injected");
                }
                return invoke(connection, method, arguments);
            }));

            shaken.hearing();

            here.write(created("a", Create.Start.DUE));
            assertThat(shaken.next()).isEqualTo(Hint.due("a"));
        }

        @Test
        void isGivenUpWhereTheDriverIsHidden() throws InterruptedException {
            AtomicInteger closed = new AtomicInteger();
            DataSource hiding = changed("unwrap", closed, (connection, method, arguments) -> {
                throw new SQLException("not a wrapper");
            });
            Process deaf = new Process(hiding);

            awaitTrue(() -> closed.get() > 0);

            assertThat(deaf.seat.isListening()).isFalse();
            deaf.write(created("a", Create.Start.DUE));
            assertThat(here.next()).isEqualTo(Hint.due("a"));
            assertThat(deaf.seat.claim(Set.of(ORDER), 1, 0).workflows()).hasSize(1);
        }

        /** Such a pooler forgets LISTEN as it gives the server's connection to somebody else. */
        @Test
        void isNotTrustedBehindAPoolerThatLendsConnectionsForATransaction() throws InterruptedException {
            AtomicInteger listened = new AtomicInteger();
            DataSource pooled = changed("createStatement", new AtomicInteger(), (connection, method, arguments) -> {
                Statement statement = (Statement) invoke(connection, method, arguments);
                return Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {Statement.class}, (self, called, its) -> {
                            Object answer = invoke(statement, called, its);
                            if (its != null && String.valueOf(its[0]).startsWith("LISTEN")) {
                                statement.execute("UNLISTEN *");
                                listened.incrementAndGet();
                            }
                            return answer;
                        });
            });
            Process deaf = new Process(pooled);

            awaitTrue(() -> listened.get() > 1);

            assertThat(deaf.seat.isListening()).isFalse();
            assertThat(deaf.heard).isEmpty();
        }
    }

    private interface Call {
        Object of(Connection connection, Method method, Object[] arguments) throws Throwable;
    }

    /** The same database, but for one method of its connections. */
    private static DataSource changed(String method, AtomicInteger aborted, Call call) {
        DataSource source = SharedServers.postgres().dataSource(DATABASE);
        return (DataSource) Proxy.newProxyInstance(
                NotificationTests.class.getClassLoader(), new Class<?>[] {DataSource.class}, (self, called, its) -> {
                    Object answer = invoke(source, called, its);
                    return answer instanceof Connection connection
                            ? changed(connection, method, aborted, call)
                            : answer;
                });
    }

    private static Connection changed(Connection connection, String method, AtomicInteger aborted, Call call) {
        return (Connection) Proxy.newProxyInstance(
                NotificationTests.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, called, its) -> {
                    if (called.getName().equals("abort")) {
                        aborted.incrementAndGet();
                    }
                    return called.getName().equals(method)
                            ? call.of(connection, called, its)
                            : invoke(connection, called, its);
                });
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
