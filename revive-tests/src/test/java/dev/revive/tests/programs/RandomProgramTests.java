// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.programs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.crash.CrashSite;
import dev.revive.jdbc.Durability;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.InMemoryStore;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random programs, each crashed at every crash point it passes, with what was queued lost and kept, and crashed once more while it recovers: the
 * result and the step keys are those of the run that was never crashed. A failure names its seed; {@code -Drevive.programs.seed=N} runs that one
 * alone, {@code -Drevive.programs=N} that many.
 */
class RandomProgramTests {
    private static final int PROGRAMS = Integer.getInteger("revive.programs", 2_000);
    private static final Long ONLY_SEED = Long.getLong("revive.programs.seed");
    private static final int WORKERS = 2;
    private static final Workflow<Long, String> PROGRAM = Workflow.named("program", Long.class, String.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void everyCrashOfEveryProgramEndsAsIfItHadNeverHappenedInMemory() throws Exception {
        runAll(worker -> new InMemoryStore());
    }

    @Test
    void everyCrashOfEveryProgramEndsAsIfItHadNeverHappenedOnH2() throws Exception {
        runAll(worker -> JdbcStore.embedded(directory.resolve("h2-" + worker), Durability.PROCESS_CRASH));
    }

    private interface StoreOfWorker {
        WorkflowStore open(int worker);
    }

    private void runAll(StoreOfWorker stores) throws Exception {
        AtomicLong crashes = new AtomicLong();
        AtomicLong nextSeed = new AtomicLong(ONLY_SEED == null ? 1 : ONLY_SEED);
        long last = ONLY_SEED == null ? PROGRAMS : ONLY_SEED;
        ExecutorService pool = Executors.newFixedThreadPool(WORKERS);
        try {
            List<Future<Void>> workers = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                int number = worker;
                workers.add(pool.submit((Callable<Void>) () -> {
                    try (WorkflowStore store = stores.open(number)) {
                        for (long seed = nextSeed.getAndIncrement(); seed <= last; seed = nextSeed.getAndIncrement()) {
                            crashes.addAndGet(new Trial(store, seed).run());
                        }
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
        System.out.printf("%d random programs, %d crashes%n", last, crashes.get());
        assertThat(crashes.get()).isGreaterThan(PROGRAMS);
    }

    /** One program and all its crashes. */
    private static final class Trial {
        private final WorkflowStore store;
        private final long seed;
        private final Program program;
        private final Random random;
        private final boolean isNarrow;
        private int crashes;

        Trial(WorkflowStore store, long seed) {
            this.store = store;
            this.seed = seed;
            this.program = Program.generate(seed);
            this.random = new Random(seed);
            this.isNarrow = seed % 4 == 0;
        }

        int run() {
            Counter passages = new Counter();
            Interpreter uncrashed = new Interpreter(program);
            Outcome expected = finish(uncrashed, "uncrashed", passages);
            passages.count.forEach((point, times) -> {
                for (CrashAction action :
                        List.of(CrashAction.CRASH_LOSING_QUEUED, CrashAction.CRASH_KEEPING_QUEUED)) {
                    crashAt(point, 1 + random.nextInt(times), action, expected);
                }
            });
            return crashes;
        }

        private void crashAt(CrashPoint point, int passage, CrashAction action, Outcome expected) {
            String id = point + "-" + passage + "-" + action;
            Interpreter interpreter = new Interpreter(program);
            crash(interpreter, id, CrashPlan.at(point).passage(passage).then(action));
            CrashAction second =
                    random.nextBoolean() ? CrashAction.CRASH_LOSING_QUEUED : CrashAction.CRASH_KEEPING_QUEUED;
            crash(interpreter, id, CrashPlan.atPassage(1 + random.nextInt(6)).then(second));
            Outcome recovered = finish(interpreter, id, site -> CrashAction.GO_ON);
            String what = "seed " + seed + ", crash at " + id + " of " + program;
            assertThat(recovered.result()).as(what).isEqualTo(expected.result());
            if (!Interpreter.hasRaces(program)) {
                assertThat(recovered.steps()).as(what).isEqualTo(expected.steps());
            }
        }

        private void crash(Interpreter interpreter, String id, CrashPlan plan) {
            try (Revive revive = engine(interpreter, plan)) {
                revive.start(PROGRAM, workflowId(id), seed).result(PATIENCE);
            } catch (EngineStoppedException e) {
                crashes++;
            }
        }

        private Outcome finish(Interpreter interpreter, String id, CrashHook hook) {
            try (Revive revive = engine(interpreter, hook)) {
                String result =
                        revive.start(PROGRAM, workflowId(id), seed).result(PATIENCE);
                List<StepInfo> steps = revive.handle(PROGRAM, workflowId(id)).steps();
                requireNoNeedlessEffect(interpreter, steps, id);
                return new Outcome(String.valueOf(result), Outcome.ends(steps));
            }
        }

        /** Every effect that ran was announced, and each announcement covers one effect at most. */
        private void requireNoNeedlessEffect(Interpreter interpreter, List<StepInfo> steps, String id) {
            Map<String, Integer> effects = new TreeMap<>(interpreter.effects());
            for (StepInfo step : steps) {
                int times = effects.getOrDefault(step.stepKey(), 0);
                effects.remove(step.stepKey());
                if (step.kind() == dev.revive.workflow.CallKind.PARALLEL) {
                    continue;
                }
                String what = "seed " + seed + ", " + id + ": effects of " + step;
                if (!isIdempotent(step)) {
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
                assertThat(effects).as("seed %d, %s: effects without a step", seed, id).isEmpty();
            }
        }

        private boolean isIdempotent(StepInfo step) {
            return program.toString().contains("[name=" + step.name() + ", flavour=IDEMPOTENT]");
        }

        private String workflowId(String id) {
            return seed + "-" + id;
        }

        private Revive engine(Interpreter interpreter, CrashHook hook) {
            Supplier<Revive.Builder> builder = () -> Revive.with(new Borrowed(store))
                    .register(PROGRAM, (context, input) -> interpreter.run(context))
                    .shutdownGrace(PATIENCE)
                    .crashHook(hook);
            return isNarrow ? builder.get().permits(1).threads(1).start() : builder.get().start();
        }
    }

    /** What must be the same. */
    private record Outcome(String result, Map<String, String> steps) {
        static Map<String, String> ends(List<StepInfo> steps) {
            Map<String, String> ends = new TreeMap<>();
            for (StepInfo step : steps) {
                boolean isParallel = step.kind() == dev.revive.workflow.CallKind.PARALLEL;
                String output = isParallel || step.output() == null || step.output().length() == 38
                        ? ""
                        : step.output();
                ends.put(step.stepKey(), step.kind() + " " + step.status() + " " + output);
            }
            return ends;
        }
    }

    /** Counts the passages of an uncrashed run. */
    private static final class Counter implements CrashHook {
        private final Map<CrashPoint, Integer> count = new EnumMap<>(CrashPoint.class);

        @Override
        public synchronized CrashAction at(CrashSite site) {
            count.merge(site.point(), 1, Integer::sum);
            return CrashAction.GO_ON;
        }
    }
}
