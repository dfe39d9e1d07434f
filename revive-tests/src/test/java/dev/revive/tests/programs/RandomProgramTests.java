// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.crash.CrashSite;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.InMemoryStore;
import dev.revive.store.PastLife;
import dev.revive.store.ReadLimit;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.LentStore;
import dev.revive.tests.support.Place;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random programs, each crashed at every crash point it passes, with what was queued lost and kept, and again and again while it recovers: the
 * result and the step keys are those of the run that was never crashed, and what was asked for in a transaction is there once, if that is committed. The same for workflows that fail since the world is down for one of their
 * effects, and are retried when it is fixed. A failure names its seed; {@code -Drevive.programs.seed=N} runs that one
 * alone, {@code -Drevive.programs=N} that many, {@code -Drevive.programs.from=N} other ones than always.
 */
class RandomProgramTests {
    private static final int PROGRAMS = Integer.getInteger("revive.programs", 20);
    private static final long FIRST_SEED = Long.getLong("revive.programs.from", 1);
    private static final Long ONLY_SEED = Long.getLong("revive.programs.seed");
    private static final int FEWER = 20;
    private static final int WORKERS = 2;
    private static final int PASSAGES_OF_A_STEP = 5;
    private static final Workflow<Long, String> PROGRAM = Workflow.named("program", Long.class, String.class);
    private static final Set<CallKind> NO_EFFECTS = EnumSet.complementOf(EnumSet.of(CallKind.STEP, CallKind.POLL));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void everyCrashOfEveryProgramEndsAsIfItHadNeverHappenedInMemory() throws Exception {
        runAll(PROGRAMS, worker -> new InMemoryStore());
    }

    @Test
    void everyCrashOfEveryProgramEndsAsIfItHadNeverHappenedOnH2() throws Exception {
        runAll(
                PROGRAMS,
                worker -> JdbcStore.over(
                        inMemory("programs-" + worker), JdbcSettings.defaults().asExclusive()));
    }

    /** Fewer, for each commit is one to the disk. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"MEMORY", "H2"})
    void everyCrashOfEveryProgramEndsAsIfItHadNeverHappenedOn(Place server) throws Exception {
        List<HikariDataSource> pools = new CopyOnWriteArrayList<>();
        try {
            runAll(Math.max(2, PROGRAMS / FEWER), worker -> {
                HikariDataSource pool = Place.pool(server.database("programs_" + worker), 10);
                pools.add(pool);
                return JdbcStore.over(pool, JdbcSettings.defaults().asExclusive());
            });
        } finally {
            pools.forEach(HikariDataSource::close);
        }
    }

    /** H2 without its file: what the file adds is the business of the kill tests, and it would take an hour here. */
    private static JdbcConnectionPool inMemory(String name) {
        return JdbcConnectionPool.create(
                "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1;OPTIMIZE_REUSE_RESULTS=FALSE;LOCK_TIMEOUT=10000", "sa", "");
    }

    private interface StoreOfWorker {
        WorkflowStore open(int worker);
    }

    private void runAll(int programs, StoreOfWorker stores) throws Exception {
        AtomicReference<Tally> total = new AtomicReference<>(new Tally(0, 0));
        AtomicLong nextSeed = new AtomicLong(ONLY_SEED == null ? FIRST_SEED : ONLY_SEED);
        long last = ONLY_SEED == null ? FIRST_SEED + programs - 1 : ONLY_SEED;
        ExecutorService pool = Executors.newFixedThreadPool(WORKERS);
        try {
            List<Future<Void>> workers = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                int number = worker;
                workers.add(pool.submit((Callable<Void>) () -> {
                    try (WorkflowStore store = stores.open(number);
                            World world = new World(store)) {
                        for (long seed = nextSeed.getAndIncrement(); seed <= last; seed = nextSeed.getAndIncrement()) {
                            Tally tally = new Trial(store, world, seed).run();
                            total.updateAndGet(tally::plus);
                        }
                        assertThat(world.troubles()).isEmpty();
                        world.requireNothingUndelivered();
                    }
                    return null;
                }));
            }
            for (Future<Void> worker : workers) {
                worker.get();
            }
        } finally {
            pool.shutdownNow();
        }
        Tally tally = total.get();
        System.out.printf(
                "%,d random programs, %,d crashes, %,d recoveries cut off by another crash%n",
                ONLY_SEED == null ? programs : 1, tally.crashes(), tally.crashesOfRecoveries());
        assertThat(tally.crashes()).isPositive();
        assertThat(ONLY_SEED != null || tally.crashesOfRecoveries() > programs).isTrue();
    }

    /** What a test that never crashed anything would show as zero. */
    private record Tally(long crashes, long crashesOfRecoveries) {
        Tally plus(Tally other) {
            return new Tally(crashes + other.crashes, crashesOfRecoveries + other.crashesOfRecoveries);
        }
    }

    /**
     * One program and all its crashes: a workflow for each, and an engine for each that dies there. Every engine also finds the unfinished
     * workflows of those before it, so its death is one more crash in the middle of their recovery. A last engine finishes what is left.
     */
    private static final class Trial {
        private final WorkflowStore store;
        private final World world;
        private final long seed;
        private final Program program;
        private final Random random;
        private final boolean isNarrow;
        private final boolean isUnloading;
        private final Map<String, Interpreter> interpreters = new ConcurrentHashMap<>();
        private int crashes;

        Trial(WorkflowStore store, World world, long seed) {
            this.store = store;
            this.world = world;
            this.seed = seed;
            this.program = Program.generate(seed);
            this.random = new Random(seed);
            this.isNarrow = seed % 4 == 0;
            this.isUnloading = seed % 8 < 3;
        }

        Tally run() {
            Passages passages = new Passages();
            Outcome expected;
            try (Revive revive = engine(passages)) {
                expected = outcome(revive, seed + "-uncrashed");
            }
            passages.count().forEach((point, times) -> {
                for (CrashAction action : List.of(CrashAction.CRASH_LOSING_QUEUED, CrashAction.CRASH_KEEPING_QUEUED)) {
                    crashAt(point, 1 + random.nextInt(times), action);
                }
            });
            if (!Interpreter.hasRaces(program)) {
                failAndBeRetried(expected);
            }
            try (Revive revive = engine(site -> CrashAction.GO_ON)) {
                for (String id : interpreters.keySet()) {
                    requireSame(outcome(revive, id), expected, id);
                }
            }
            return new Tally(crashes, crashesOfRecoveries());
        }

        /** A run more than the first and the one after its own crash is one that another crash cut off. */
        private long crashesOfRecoveries() {
            return interpreters.values().stream()
                    .filter(Interpreter::isSound)
                    .mapToLong(each -> Math.max(0, each.runs() - 2))
                    .sum();
        }

        private void crashAt(CrashPoint point, int passage, CrashAction action) {
            String id = "%d-%s-%d-%s".formatted(seed, point.label(), passage, action);
            CrashPlan plan = CrashPlan.at(point).passage(passage).then(action);
            try (Revive revive = engine(site -> isOf(site, id) ? plan.at(site) : CrashAction.GO_ON)) {
                interpreters.put(id, new Interpreter(program, world));
                revive.start(PROGRAM, id, seed).result(PATIENCE);
            } catch (EngineStoppedException e) {
                crashes++;
            }
        }

        /** The workflow itself, or a child of it. */
        private static boolean isOf(CrashSite site, String id) {
            return site.workflowId().equals(id) || site.workflowId().startsWith(id + "/");
        }

        private void failAndBeRetried(Outcome expected) {
            List<String> sound = expected.steps().entrySet().stream()
                    .filter(step -> step.getValue().startsWith("STEP COMPLETED"))
                    .map(Map.Entry::getKey)
                    .toList();
            for (boolean isFelt : List.of(true, false)) {
                if (!sound.isEmpty()) {
                    failAndBeRetried(sound.get(random.nextInt(sound.size())), isFelt);
                }
            }
        }

        /** And crash somewhere in its new life. */
        private void failAndBeRetried(String outage, boolean isFelt) {
            String id = seed + (isFelt ? "-fails at " : "-fails after ") + outage;
            Interpreter interpreter = new Interpreter(program, world, outage, isFelt);
            interpreters.put(id, interpreter);
            CrashPlan plan = CrashPlan.atPassage(1 + random.nextInt(2 * PASSAGES_OF_A_STEP))
                    .then(random.nextBoolean() ? CrashAction.CRASH_LOSING_QUEUED : CrashAction.CRASH_KEEPING_QUEUED);
            AtomicBoolean hasFailed = new AtomicBoolean();
            CrashHook hook = site -> {
                boolean isEndOfFirstLife = site.point() == CrashPoint.AFTER_COMPLETION
                        && site.workflowId().equals(id)
                        && hasFailed.compareAndSet(false, true); // passed a moment after it is told
                return interpreter.isMended() && !isEndOfFirstLife && isOf(site, id)
                        ? plan.at(site)
                        : CrashAction.GO_ON;
            };
            try (Revive revive = engine(hook)) {
                WorkflowHandle<String> handle = revive.start(PROGRAM, id, seed);
                assertThatThrownBy(() -> handle.result(PATIENCE)).as(id).isInstanceOf(WorkflowFailedException.class);
                interpreter.fix();
                assertThat(revive.retry(id)).as(id).isTrue();
                handle.result(PATIENCE);
            } catch (EngineStoppedException e) {
                crashes++;
            }
        }

        private void requireSame(Outcome recovered, Outcome expected, String id) {
            String what = "seed " + seed + ", " + id + " of " + program;
            assertThat(recovered.result()).as(what).isEqualTo(expected.result());
            if (!Interpreter.hasRaces(program)) {
                assertThat(recovered.steps()).as(what).isEqualTo(expected.steps());
            }
        }

        private Outcome outcome(Revive revive, String id) {
            Interpreter interpreter = interpreters.computeIfAbsent(id, fresh -> new Interpreter(program, world));
            String result = revive.start(PROGRAM, id, seed).result(PATIENCE);
            List<StepInfo> steps = revive.handle(PROGRAM, id).steps();
            requireNoNeedlessEffect(interpreter, steps, id);
            if (interpreter.isSound()) {
                assertThat(interpreter.contradictions()).as(id).isEmpty();
            }
            interpreter.requireChildren(store, id, "seed " + seed + ", " + id + " of " + program);
            interpreter.requireGuests(steps, "seed " + seed + ", " + id + " of " + program);
            return new Outcome(String.valueOf(result), Outcome.ends(steps));
        }

        /** Every effect that ran was announced, and each announcement covers one effect at most. */
        private void requireNoNeedlessEffect(Interpreter interpreter, List<StepInfo> steps, String id) {
            Map<String, Integer> effects = new TreeMap<>(interpreter.effects());
            Map<String, Integer> past = new TreeMap<>();
            for (PastLife life :
                    store.pastLives(id, new ReadLimit(1, 1_000, 1_000_000)).lives()) {
                life.aside()
                        .forEach(call -> past.merge(
                                call.step().key().toString(), call.step().attempt(), Integer::sum));
            }
            effects.replaceAll((key, times) -> times - past.getOrDefault(key, 0));
            effects.values().removeIf(times -> times == 0);
            for (StepInfo step : steps) {
                int times = effects.getOrDefault(step.stepKey(), 0);
                effects.remove(step.stepKey());
                if (NO_EFFECTS.contains(step.kind())) {
                    continue;
                }
                String what = "seed " + seed + ", " + id + ": effects of " + step;
                if (step.kind() != CallKind.POLL && !isIdempotent(step)) {
                    assertThat(times).as(what).isLessThanOrEqualTo(step.attempt());
                    if (step.zombies() == 0 && step.status().isFinal()) {
                        assertThat(times).as(what).isEqualTo(step.attempt());
                    }
                }
                if (step.status() == StepStatus.COMPLETED) {
                    assertThat(times).as(what).isPositive();
                }
            }
            if (!Interpreter.hasRaces(program)) {
                assertThat(effects)
                        .as("seed %d, %s: effects without a step", seed, id)
                        .isEmpty();
            }
        }

        private boolean isIdempotent(StepInfo step) {
            return program.toString().contains("[name=" + step.name() + ", flavour=IDEMPOTENT]");
        }

        private Revive engine(CrashHook hook) {
            Revive.Builder builder = Revive.with(new LentStore(store))
                    .register(
                            PROGRAM,
                            (context, input) -> interpreters
                                    .get(context.info().workflowId())
                                    .run(context))
                    .register(Interpreter.CHILD, (context, input) -> Interpreter.runChild(interpreters, context, input))
                    .shutdownGrace(PATIENCE)
                    .lanes(1)
                    .maxStrikes(Integer.MAX_VALUE) // each of its deaths is a strike for all that it had in hand
                    .crashHook(hook);
            if (isUnloading) {
                builder.unloadAfter(Duration.ZERO);
            }
            return isNarrow ? builder.permits(1).threads(1).start() : builder.start();
        }
    }
}
