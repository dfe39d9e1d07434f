// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.jdbc.JdbcStore;
import dev.revive.tests.support.Place;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What sleeps is a row, and so is what waits for a signal: it costs no memory, no thread and no statements, however many they are; and what becomes
 * due at once, or is sent its signal, is awake soon. The million is {@code -Drevive.sleepers=1000000}, and then it is timed as well. With {@code -Drevive.sleepers.started=50000} only so many are started;
 * the rest are copies of their rows, made by the database.
 */
@Tag("once")
class SleepersTests {
    private static final int SLEEPERS = Integer.getInteger("revive.sleepers", 2_000);
    private static final int STARTED = Integer.getInteger("revive.sleepers.started", SLEEPERS);
    private static final boolean IS_TIMED = SLEEPERS >= 1_000_000;
    private static final int DOZERS = Math.min(SLEEPERS, 10_000);
    private static final Duration WINDOW = Duration.ofSeconds(IS_TIMED ? 120 : 10);

    /** Statements per second: one, and each periodic one may come once more at the edges of the window. */
    private static final double AT_MOST = 1 + 5.0 / WINDOW.toSeconds();

    private static final int CALLERS = 512;
    private static final long MEGABYTE = 1_000_000;

    private static final Signal<Instant> GO = Signal.named("go", Instant.class);

    private final Workflow<Instant, Instant> nap = Workflow.named("nap", Instant.class, Instant.class);
    private final Workflow<Instant, Instant> vigil = Workflow.named("vigil", Instant.class, Instant.class);
    private final Queue<Duration> lateness = new ConcurrentLinkedQueue<>();

    private Instant sleep(WorkflowContext ctx, Instant end) {
        ctx.sleepUntil("Sleep", end);
        lateness.add(Duration.between(end, Instant.now()));
        return end;
    }

    private Instant watch(WorkflowContext ctx, Instant ignored) {
        Instant sent = ctx.await(GO);
        lateness.add(Duration.between(sent, Instant.now()));
        return sent;
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void costNothingAndAreAwakeInTime() throws Exception {
        cost(nap, (revive, server, started) -> {
            Duration enoughToStart = Duration.ofSeconds((IS_TIMED ? 5 : 30) + (long) (3 * DOZERS / started));
            Instant end = Instant.now().plus(enoughToStart).truncatedTo(ChronoUnit.MICROS);
            start(revive, nap, "dozer", DOZERS, end);
            awaitAllAsleep(server, nap);
            assertThat(Instant.now()).as("all sleep before the first is due").isBefore(end);
            return end;
        });
    }

    @Tag("full")
    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void costNothingAndAreAwakeSoonThoughTheyWaitForASignal() throws Exception {
        cost(vigil, (revive, server, started) -> {
            start(revive, vigil, "dozer", DOZERS, Instant.MAX);
            awaitAllAsleep(server, vigil);
            Instant first = Instant.now();
            atOnce(DOZERS, i -> revive.workflow("dozer-" + i).signal(GO, Instant.now()));
            System.out.printf("%,d sent at %,.0f/s%n", DOZERS, DOZERS / seconds(first));
            return first;
        });
    }

    /** Has some more fall asleep, and answers when they are to be awake. */
    private interface Waking {
        Instant of(Revive revive, CountingServer server, double startedPerSecond) throws Exception;
    }

    private void cost(Workflow<Instant, Instant> sleepers, Waking waking) throws Exception {
        try (CountingServer server = CountingServer.postgres();
                HikariDataSource pool = Place.pool(server.database(), 20);
                JdbcStore store = JdbcStore.over(pool);
                Revive revive = Revive.with(store)
                        .register(nap, this::sleep)
                        .register(vigil, this::watch)
                        .start()) {
            start(revive, nap, "warm", 1_000, Instant.EPOCH);
            awaitAllAsleep(server, nap);
            Heap empty = Heap.settled();
            Instant began = Instant.now();
            start(revive, sleepers, "sleeper", STARTED, began.plus(Duration.ofDays(30)));
            awaitAllAsleep(server, sleepers);
            double started = STARTED / seconds(began);
            server.multiplySleepers(SLEEPERS / STARTED);
            System.out.printf(
                    "%,d of %s on %s: %,d started and unloaded at %,.0f/s%n",
                    server.countOfAsleep(sleepers.name()), sleepers.name(), server.product(), STARTED, started);

            Heap full = Heap.settled();
            System.out.printf(
                    "live heap %+.2f MB, threads %+d%n",
                    (full.bytes() - empty.bytes()) / 1e6, full.threads() - empty.threads());
            double perSecond = server.statementsPerSecond(WINDOW);
            System.out.printf("%.2f statements/s over %d s%n", perSecond, WINDOW.toSeconds());

            lateness.clear();
            Instant due = waking.of(revive, server, started);
            await().atMost(Duration.ofMinutes(5)).until(() -> lateness.size() == DOZERS);
            awaitAllAsleep(server, sleepers);
            Duration all = Duration.between(due, server.lastEnd());

            List<Duration> sorted = lateness.stream().sorted().toList();
            Duration p50 = sorted.get(DOZERS / 2);
            Duration p99 = sorted.get(DOZERS * 99 / 100);
            double rate = DOZERS / (all.toNanos() / 1e9);
            System.out.printf(
                    "%,d awake at %,.0f/s, late by %d ms (p50), %d ms (p99), %d ms (last)%n",
                    DOZERS,
                    rate,
                    p50.toMillis(),
                    p99.toMillis(),
                    sorted.get(DOZERS - 1).toMillis());
            assertThat(full.bytes() - empty.bytes()).isLessThan(10 * MEGABYTE);
            assertThat(full.threads()).isLessThanOrEqualTo(empty.threads());
            assertThat(perSecond).isLessThanOrEqualTo(AT_MOST);
            assertThat(sorted.get(0)).isGreaterThanOrEqualTo(Duration.ZERO);
            if (IS_TIMED) {
                assertThat(rate).isGreaterThan(2_000);
                assertThat(p99).isLessThan(Duration.ofSeconds(10));
            }
        }
    }

    /** There are no notifications on MariaDB: the poll is all there is. */
    @ParameterizedTest
    @EnumSource(CountingServer.Kind.class)
    @Timeout(180)
    void anIdleEngineAsksLessThanOnceASecond(CountingServer.Kind kind) throws Exception {
        try (CountingServer server = CountingServer.of(kind);
                HikariDataSource pool = Place.pool(server.database(), 20);
                JdbcStore store = JdbcStore.over(pool);
                Revive revive = Revive.with(store).register(nap, this::sleep).start()) {
            start(revive, nap, "sleeper", 100, Instant.now().plus(Duration.ofDays(30)));
            awaitAllAsleep(server, nap);

            double perSecond = server.statementsPerSecond(WINDOW);

            System.out.printf(
                    "An idle engine on %s: %.2f statements/s over %d s%n",
                    server.product(), perSecond, WINDOW.toSeconds());
            assertThat(perSecond).isLessThanOrEqualTo(AT_MOST);
        }
    }

    private static void start(Revive revive, Workflow<Instant, Instant> workflow, String name, int count, Instant end)
            throws Exception {
        atOnce(count, i -> revive.start(workflow, name + "-" + i, end));
    }

    private static void atOnce(int count, IntConsumer each) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            AtomicInteger next = new AtomicInteger();
            List<Future<?>> all = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                all.add(callers.submit(() -> {
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                        each.accept(i);
                    }
                }));
            }
            for (Future<?> caller : all) {
                caller.get();
            }
        } finally {
            callers.shutdown();
            assertThat(callers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static void awaitAllAsleep(CountingServer server, Workflow<?, ?> workflow) {
        await().atMost(Duration.ofMinutes(10))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> server.countOfAwake(workflow.name()) == 0);
    }

    private static double seconds(Instant since) {
        return Duration.between(since, Instant.now()).toNanos() / 1e9;
    }

    /** What is alive once nothing is going on any more. */
    private record Heap(long bytes, int threads) {
        static Heap settled() {
            Heap last = now();
            for (int same = 0; same < 4; ) {
                Heap next = now();
                same = next.threads >= last.threads && last.bytes - next.bytes < MEGABYTE / 10 ? same + 1 : 0;
                last = next;
            }
            return last;
        }

        private static Heap now() {
            try {
                Thread.sleep(3_000); // pooled threads end after some idle seconds
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            return new Heap(runtime.totalMemory() - runtime.freeMemory(), Thread.activeCount());
        }
    }
}
