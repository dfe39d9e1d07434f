// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.store.WorkflowFilter;
import dev.revive.workflow.StartOutcomeUnknownException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.h2.engine.Engine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * H2 closes its file under us, for all connections, when a write fails and when an interrupt reaches its file channel. It is opened again, and
 * everything goes on.
 *
 * <p>{@code -Drevive.diskSeconds} changes how long the disk is filled and freed, {@code -Drevive.diskSeed} when. {@code -Drevive.smallDisk} names a directory
 * on a file system of a few dozen megabytes that nobody else uses: that one is then really filled, too.
 */
@Timeout(3600)
class ClosedFileTests {
    private static final Workflow<String, String> ERRAND = Workflow.named("errand", String.class, String.class);
    private static final Workflow<String, String> NAP = Workflow.named("nap", String.class, String.class);
    private static final Workflow<String, String> BOOKING = Workflow.named("booking", String.class, String.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration STORM = Duration.ofSeconds(Integer.getInteger("revive.diskSeconds", 4));
    private static final long SEED = Long.getLong("revive.diskSeed", 20_261_129);
    private static final String SMALL_DISK = "revive.smallDisk";
    private static final int AT_A_TIME = 8;
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    Path directory;

    private final Set<String> effects = ConcurrentHashMap.newKeySet();
    private final Random chance = new Random(SEED);
    private final AtomicInteger unknown = new AtomicInteger();

    @BeforeEach
    void installTheDisk() {
        FaultyDisk.install();
        FaultyDisk.fill(false);
    }

    @AfterEach
    void freeTheDisk() {
        FaultyDisk.fill(false);
        FaultyDisk.whenWritten(() -> {});
    }

    private JdbcStore store() {
        return JdbcStore.embedded(directory.resolve("data"), Durability.POWER_LOSS, FaultyDisk.SCHEME);
    }

    private Revive engine(JdbcStore store) {
        return Revive.with(store)
                .register(ERRAND, (ctx, name) -> {
                    String text = name;
                    for (int i = 1; i <= 3; i++) {
                        String before = text;
                        text = ctx.step("step" + i, String.class, () -> effect(before));
                    }
                    return text;
                })
                .register(NAP, (ctx, name) -> {
                    ctx.sleep("nap", Duration.ofSeconds(2));
                    return ctx.step("awake", String.class, () -> effect(name));
                })
                .unloadAfter(Duration.ZERO)
                .start();
    }

    /** A value of its own each time, so that what was recorded can be told from what was done again. */
    private String effect(String before) {
        String after = before + "+";
        assertThat(effects.add(after)).as("%s was not done before", after).isTrue();
        return after;
    }

    @Test
    void everyWorkflowEndsThoughTheDiskIsFullNowAndThen() throws Exception {
        AtomicInteger fills = new AtomicInteger();
        int opened = FaultyDisk.opened();
        try (JdbcStore store = store()) {
            inTrouble(store, () -> {
                FaultyDisk.fill(true);
                fills.incrementAndGet();
                aWhile();
                FaultyDisk.fill(false);
                aWhile();
            });
        }
        System.out.printf("Disk storm: %d fills, %d openings%n", fills.get(), FaultyDisk.opened() - opened);
    }

    /** A write that finds too little room writes what it can, and what is only written over needs none. */
    @Test
    @EnabledIfSystemProperty(named = SMALL_DISK, matches = ".+")
    void everyWorkflowEndsThoughARealDiskIsFullNowAndThen() throws Exception {
        Path disk = Files.createTempDirectory(Path.of(System.getProperty(SMALL_DISK)), "storm");
        Path ballast = disk.resolve("ballast");
        AtomicInteger fills = new AtomicInteger();
        int opened = FaultyDisk.opened();
        try (JdbcStore store = JdbcStore.embedded(disk.resolve("data"), Durability.POWER_LOSS, FaultyDisk.SCHEME)) {
            inTrouble(store, () -> {
                fill(ballast);
                fills.incrementAndGet();
                aWhile();
                assertThat(ballast.toFile().delete()).isTrue();
                aWhile();
            });
        }
        System.out.printf("Storm of a real disk: %d fills, %d openings%n", fills.get(), FaultyDisk.opened() - opened);
    }

    /** To the last byte. */
    private static void fill(Path ballast) {
        int size = MEGABYTE;
        try (FileChannel channel = FileChannel.open(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (size > 0) {
                size = writes(channel, size) ? size : size / 2;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean writes(FileChannel channel, int size) {
        try {
            return channel.write(ByteBuffer.allocate(size)) == size;
        } catch (IOException e) {
            return false; // it is full
        }
    }

    /** A tenth of a second, mostly; three seconds, now and then. */
    private void aWhile() {
        pause(chance.nextInt(100 << chance.nextInt(6)));
    }

    /** What was open under its name before, and is closed only now, takes the name with it. */
    @Test
    void isOpenedAgainAtOnceIfH2HasForgottenThatItIsOpen() {
        try (JdbcStore store = store()) {
            forgetWhatIsOpen();

            try (Revive revive = engine(store)) {
                assertThat(revive.start(ERRAND, "errand", "a").result(PATIENCE)).isEqualTo("a+++");
            }
        }
    }

    /** While the file is opened, and before the pool takes its first connection, which it does as it is made. */
    @Test
    void isOpenedAgainAtOnceIfH2ForgetsItBeforeThePoolIsMade() {
        AtomicBoolean isForgotten = new AtomicBoolean();
        FaultyDisk.whenWritten(() -> {
            if (!isForgotten.get()) {
                isForgotten.set(forgetsWhatIsOpen());
            }
        });
        try (JdbcStore store = store();
                Revive revive = engine(store)) {
            assertThat(isForgotten).isTrue();
            assertThat(revive.start(ERRAND, "errand", "a").result(PATIENCE)).isEqualTo("a+++");
        }
    }

    private void forgetWhatIsOpen() {
        assertThat(forgetsWhatIsOpen()).isTrue();
    }

    /** False if it knows of nothing. */
    private boolean forgetsWhatIsOpen() {
        try {
            Field open = Engine.class.getDeclaredField("DATABASES");
            open.setAccessible(true);
            Set<?> names = ((Map<?, ?>) open.get(null)).keySet();
            return names.removeIf(name ->
                    String.valueOf(name).contains(directory.getFileName().toString()));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whoever asks the store may do so on a thread that somebody interrupts. */
    @Test
    void everyWorkflowEndsThoughReadersAreInterruptedNowAndThen() throws Exception {
        try (JdbcStore store = store()) {
            inTrouble(store, () -> {
                Thread.currentThread().interrupt();
                assertThat(store.find("nap")).isPresent();
                assertThat(Thread.interrupted()).isTrue();
            });
        }
    }

    /** A library that got hold of a body's thread interrupts it for ever after. */
    @Test
    void itIsNotOpenedAgainForWhoInterruptsTheThreadOfATransactionThatIsOver() throws Exception {
        AtomicReference<Thread> leaked = new AtomicReference<>();
        AtomicBoolean calm = new AtomicBoolean();
        Thread library = new Thread(() -> {
            while (!calm.get()) {
                leaked.get().interrupt();
                LockSupport.parkNanos(10_000);
            }
        });
        try (JdbcStore store = store();
                Revive revive = Revive.with(store)
                        .register(
                                BOOKING,
                                (ctx, name) -> ctx.transaction("book", String.class, connection -> {
                                    leaked.compareAndSet(null, Thread.currentThread());
                                    return name;
                                }))
                        .start()) {
            revive.start(BOOKING, "first", "first").result(PATIENCE);
            int opened = FaultyDisk.opened();

            library.start();
            for (int i = 0; i < 200; i++) {
                revive.start(BOOKING, "booking-" + i, "x").result(PATIENCE);
            }
            calm.set(true);
            library.join();

            assertThat(FaultyDisk.opened()).isEqualTo(opened);
        }
    }

    /** Starts workflows all the time while something happens again and again; then it ends, and they do. */
    private void inTrouble(JdbcStore store, Runnable trouble) throws Exception {
        ExecutorService starters = Executors.newFixedThreadPool(AT_A_TIME);
        AtomicBoolean calm = new AtomicBoolean();
        try (Revive revive = engine(store)) {
            WorkflowHandle<String> nap = revive.start(NAP, "nap", "nap");
            List<Future<Integer>> done = new ArrayList<>();
            for (int i = 0; i < AT_A_TIME; i++) {
                String prefix = "errand-" + i + "-";
                done.add(starters.submit(() -> runErrands(revive, prefix, calm)));
            }
            long began = System.nanoTime();
            while (System.nanoTime() - began < STORM.toNanos()) {
                trouble.run();
            }
            calm.set(true);

            int errands = 0;
            for (Future<Integer> some : done) {
                errands += some.get(PATIENCE.toSeconds() * 2, TimeUnit.SECONDS);
            }
            assertThat(nap.result(PATIENCE)).isEqualTo("nap+");
            assertThat(revive.hasCrashed()).isFalse();
            assertThat(revive.start(ERRAND, "last", "last").result(PATIENCE)).isEqualTo("last+++");
            assertThat(store.find("last").orElseThrow().status()).isEqualTo(WorkflowStatus.COMPLETED);
            assertThat(store.list(new WorkflowFilter(Set.of(), null, "", "", 10).unfinished()))
                    .isEmpty();
            System.out.printf(
                    "ClosedFileTests: %d workflows ended, %d starts were asked for again%n", errands, unknown.get());
        } finally {
            starters.shutdownNow();
        }
    }

    private int runErrands(Revive revive, String prefix, AtomicBoolean calm) {
        int number = 0;
        while (!calm.get()) {
            String id = prefix + number++;
            assertThat(started(revive, id).result(STORM.plus(PATIENCE))).isEqualTo(id + "+++");
        }
        return number;
    }

    /** A start that is not answered in time, for the disk is full for too long, is safe to ask for again. */
    private WorkflowHandle<String> started(Revive revive, String id) {
        while (true) {
            try {
                return revive.start(ERRAND, id, id);
            } catch (StartOutcomeUnknownException e) {
                unknown.incrementAndGet();
            }
        }
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
