// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.jdbc.Durability;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.tests.kill.OrdersChild.Work;
import dev.revive.tests.support.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Children run workflows and are killed at random moments, again and again on the same directories. What was acknowledged is there for ever, what
 * is recorded never runs again, and business rows are there exactly once.
 *
 * <p>Some children live longer than a minute before they are killed: H2 has had versions that lost acknowledged commits only of processes older
 * than 45 s. {@code -Drevive.kills} and {@code -Drevive.longKills} change how many kills there are, {@code -Drevive.seed} their moments.
 */
@Timeout(1_200)
class RandomKillTests {
    private static final int KILLS = Integer.getInteger("revive.kills", 10);
    private static final int LONG_KILLS = Integer.getInteger("revive.longKills", 1);
    private static final long SEED = Long.getLong("revive.seed", 20_261_123);

    private static final int DIRECTORIES = 2;
    private static final int KILLS_BETWEEN_LOOKS = 10;

    @TempDir
    private Path temporary;

    @Test
    void losesNothingAcknowledgedAndRepeatsNothingRecorded() throws Exception {
        List<Callable<Ledger>> lives = new ArrayList<>();
        for (int i = 0; i < DIRECTORIES; i++) {
            Random chance = new Random(SEED + i);
            int kills = KILLS / DIRECTORIES + (i < KILLS % DIRECTORIES ? 1 : 0);
            lives.add(() -> manyShortLives(chance, kills));
        }
        for (int i = 0; i < LONG_KILLS; i++) {
            Random chance = new Random(SEED - 1 - i);
            lives.add(() -> aLongLife(chance));
        }

        List<Ledger> ledgers = all(lives);

        System.out.printf(
                "RandomKillTests: %d kills (%d of them after a minute), %d workflows, %d acknowledged checkpoints, %d duplicates,"
                        + " %d zombies, %d transactions; seed %d%n",
                KILLS + LONG_KILLS,
                LONG_KILLS,
                sum(ledgers, Ledger::workflows),
                sum(ledgers, Ledger::acknowledged),
                sum(ledgers, Ledger::duplicates),
                sum(ledgers, Ledger::zombies),
                sum(ledgers, Ledger::transactions),
                SEED);
        assertThat(sum(ledgers, Ledger::acknowledged)).isGreaterThan(KILLS * 10);
        assertThat(sum(ledgers, Ledger::transactions)).isGreaterThan(KILLS);
        assertThat(sum(ledgers, Ledger::duplicates)).isGreaterThan(KILLS / 20);
        assertThat(sum(ledgers, Ledger::zombies)).isGreaterThanOrEqualTo(sum(ledgers, Ledger::duplicates));
    }

    private static List<Ledger> all(List<Callable<Ledger>> lives) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(lives.size());
        try {
            List<Ledger> ledgers = new ArrayList<>();
            for (Future<Ledger> ledger : threads.invokeAll(lives)) {
                ledgers.add(ledger.get());
            }
            return ledgers;
        } finally {
            threads.shutdownNow();
        }
    }

    private static int sum(List<Ledger> ledgers, ToIntFunction<Ledger> count) {
        return ledgers.stream().mapToInt(count).sum();
    }

    // ---- lives

    private Ledger manyShortLives(Random chance, int kills) throws IOException {
        Path directory = newDirectory();
        Ledger ledger = new Ledger();
        for (int kill = 1; kill <= kills; kill++) {
            Work work = new Work(
                    ledger.nextRound(),
                    chance.nextBoolean(),
                    chance.nextBoolean() ? Durability.POWER_LOSS : Durability.PROCESS_CRASH,
                    1 + chance.nextInt(4),
                    1 + chance.nextInt(4),
                    Duration.ofMillis(chance.nextInt(3)));
            boolean isEarly = chance.nextInt(10) == 0;
            live(directory, ledger, work, !isEarly, Duration.ofMillis(200 + chance.nextInt(1_000)));
            if (kill % KILLS_BETWEEN_LOOKS == 0) {
                look(directory, ledger);
            }
        }
        return toTheEnd(directory, ledger);
    }

    private Ledger aLongLife(Random chance) throws IOException {
        Path directory = newDirectory();
        Ledger ledger = new Ledger();
        Work work = new Work(
                ledger.nextRound(), chance.nextBoolean(), Durability.PROCESS_CRASH, 2, 1, Duration.ofMillis(4));
        live(directory, ledger, work, true, Duration.ofMillis(60_000 + chance.nextInt(15_000)));
        return toTheEnd(directory, ledger);
    }

    private Path newDirectory() throws IOException {
        Path directory = Files.createTempDirectory(temporary, "orders");
        Bookings.createTable(directory);
        return directory;
    }

    /** From the start of a child, or from the first thing it acknowledged, for so long, to SIGKILL. */
    private static void live(
            Path directory, Ledger ledger, Work work, boolean isFromFirstAcknowledged, Duration lifetime) {
        CountDownLatch acknowledged = new CountDownLatch(1);
        try (ChildJvm child = ChildJvm.start(
                OrdersChild.class,
                line -> {
                    ledger.read(line);
                    if (line.startsWith("A")) {
                        acknowledged.countDown();
                    }
                },
                work.arguments(directory))) {
            if (isFromFirstAcknowledged) {
                await(acknowledged);
            }
            child.killAfter(lifetime);
        }
        ledger.requireNoViolation();
    }

    private static void await(CountDownLatch acknowledged) {
        try {
            assertThat(acknowledged.await(ChildJvm.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                    .as("the child acknowledged something")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException("The test ran out of time.", e);
        }
    }

    // ---- looks

    /** Nobody runs anything meanwhile: what is in the file is what the killed processes left. */
    private static void look(Path directory, Ledger ledger) {
        try (JdbcStore store = JdbcStore.embedded(directory, Durability.PROCESS_CRASH)) {
            ledger.verify(store, Bookings.all(directory));
        }
    }

    /** What the last kill left is looked at, then everything is run to its end in this process. */
    private static Ledger toTheEnd(Path directory, Ledger ledger) {
        look(directory, ledger);
        ledger.nextRound();
        Orders orders = new Orders(line -> readFromManyThreads(ledger, line), Duration.ZERO);
        try (JdbcStore store = JdbcStore.embedded(directory, Durability.PROCESS_CRASH);
                Revive revive = Revive.with(store)
                        .register(Orders.WORKFLOW, orders::run)
                        .maxStrikes(Orders.MAX_STRIKES)
                        .start()) {
            for (WorkflowRecord open : unfinished(store)) {
                orders.ended(
                        open.id(), revive.handle(Orders.WORKFLOW, open.id()).result(ChildJvm.PATIENCE));
            }
            assertThat(unfinished(store)).isEmpty();
            synchronized (ledger) {
                ledger.verifyTheEnd(store, Bookings.all(directory));
            }
        }
        return ledger;
    }

    private static List<WorkflowRecord> unfinished(JdbcStore store) {
        return store.list(new WorkflowFilter(Set.of(), null, "", "", 1_000).unfinished());
    }

    private static void readFromManyThreads(Ledger ledger, String line) {
        synchronized (ledger) {
            ledger.read(line);
        }
    }
}
