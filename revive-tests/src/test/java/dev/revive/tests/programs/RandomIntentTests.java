// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.codec.Documents;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPlan;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.Arrival;
import dev.revive.store.InMemoryStore;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.LentStore;
import dev.revive.tests.support.OverheardStore;
import dev.revive.tests.support.Place;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random programs that clean up, each crashed at every crash point it passes, with what was queued lost and kept; and at random crash points, and beside
 * all of it, somebody wants them cancelled, terminated, paused, or to go on. One of which nobody wanted an end ends as if nothing had happened. What is
 * cancelled cleans up, to the end and once. A failure names its seed; {@code -Drevive.wishes.seed=N} runs that one alone, {@code -Drevive.wishes=N} that
 * many, {@code -Drevive.wishes.from=N} other ones than always.
 */
class RandomIntentTests {
    private static final int PROGRAMS = Integer.getInteger("revive.wishes", 12);
    private static final long FIRST_SEED = Long.getLong("revive.wishes.from", 1);
    private static final Long ONLY_SEED = Long.getLong("revive.wishes.seed");
    private static final int FEWER = 20;
    private static final Workflow<Long, String> PROGRAM = Workflow.named("program", Long.class, String.class);
    private static final Set<CallKind> NO_EFFECTS = EnumSet.complementOf(EnumSet.of(CallKind.STEP));
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(2);
    private static final Duration A_WHILE = Duration.ofMillis(20);

    /** As often as they stand here. */
    private static final List<MessageKind> KINDS = List.of(
            MessageKind.CANCEL,
            MessageKind.CANCEL,
            MessageKind.CANCEL,
            MessageKind.TERMINATE,
            MessageKind.PAUSE,
            MessageKind.PAUSE,
            MessageKind.SIGNAL);

    private final Map<WorkflowStatus, Integer> ends = new TreeMap<>();

    @ParameterizedTest
    @EnumSource(Place.class)
    void everyProgramEndsAsItIsWanted(Place place) {
        int programs = place == Place.MEMORY ? PROGRAMS : Math.max(1, PROGRAMS / FEWER);
        if (place == Place.MEMORY) {
            runAll(new InMemoryStore(), programs);
            return;
        }
        try (HikariDataSource pool = Place.pool(place.database("wishes"), 20);
                WorkflowStore store =
                        JdbcStore.over(pool, JdbcSettings.defaults().asExclusive())) {
            runAll(store, programs);
        }
    }

    private void runAll(WorkflowStore store, int programs) {
        long first = ONLY_SEED == null ? FIRST_SEED : ONLY_SEED;
        long last = ONLY_SEED == null ? FIRST_SEED + programs - 1 : ONLY_SEED;
        try (World world = new World(store)) {
            for (long seed = first; seed <= last; seed++) {
                new Trial(store, world, seed).run();
            }
            world.requireNothingUndelivered();
        }
        System.out.printf("%,d random programs of which people want something: %s%n", last - first + 1, ends);
        assertThat(ends.get(WorkflowStatus.COMPLETED)).as("some are left alone").isPositive();
        if (ONLY_SEED == null && programs > 10) {
            assertThat(ends.get(WorkflowStatus.CANCELLED)).isGreaterThan(programs);
            assertThat(ends.get(WorkflowStatus.TERMINATED)).isGreaterThan(programs);
        }
    }

    /** Hears an engine look into the inboxes of its runs. */
    private static final class Looks implements OverheardStore.Listener {
        private long made;

        @Override
        public void hear(String method, List<?> arguments) {}

        @Override
        public synchronized void made(String method, List<?> arguments) {
            if (method.equals("inboxes")) {
                made++;
                notifyAll();
            }
        }

        /** Until a look that begins after this does, but not for long: the engine may not need one. */
        synchronized void awaitOne() {
            long seen = made;
            long deadline = System.nanoTime() + A_WHILE.toNanos();
            try {
                for (long left = A_WHILE.toMillis(); made == seen && left > 0; left = millisUntil(deadline)) {
                    wait(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // an engine's thread, which goes on
            }
        }

        private static long millisUntil(long deadline) {
            return Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        }
    }

    /** What is wanted of one workflow. */
    private static final class Wishes {
        private final String id;
        private final WorkflowStore store;
        private final Looks looks = new Looks();
        private final boolean areHeard;
        private final Map<Integer, List<MessageKind>> atPassages = new TreeMap<>();
        private int passed;
        private int sent;
        private boolean isEndWanted;
        private boolean isCancelWanted;

        /** @param areHeard whether the thread that passes a crash point waits a while, so that its run may hear what is wanted there */
        Wishes(String id, WorkflowStore store, boolean areHeard) {
            this.id = id;
            this.store = store;
            this.areHeard = areHeard;
        }

        /** {@code SIGNAL} stands for that it go on. */
        void add(int passage, MessageKind kind) {
            atPassages.computeIfAbsent(passage, p -> new ArrayList<>()).add(kind);
        }

        void pass() {
            if (wantWhatIsDue() && areHeard) {
                looks.awaitOne();
            }
        }

        private synchronized boolean wantWhatIsDue() {
            List<MessageKind> due = atPassages.getOrDefault(++passed, List.of());
            due.forEach(this::want);
            return !due.isEmpty();
        }

        synchronized void want(MessageKind kind) {
            if (kind == MessageKind.SIGNAL) {
                store.resume(id);
                return;
            }
            String why = Documents.write(
                    new Failure(Failure.Kind.CANCELLED, CancelledException.class.getName(), "wanted", List.of(), null));
            Letter letter = new Letter(id, kind, "wish", "p" + ++sent, why, Instant.EPOCH, null);
            Arrival arrival = Arrival.LOCKED;
            while (arrival == Arrival.LOCKED) {
                arrival = store.send(List.of(letter)).get(0);
            }
            isEndWanted |= arrival == Arrival.ARRIVED && kind == MessageKind.TERMINATE;
            isCancelWanted |= arrival == Arrival.ARRIVED && kind == MessageKind.CANCEL;
        }

        synchronized Set<WorkflowStatus> possible(WorkflowStatus ifLeftAlone) {
            Set<WorkflowStatus> possible = EnumSet.of(ifLeftAlone);
            if (isEndWanted) {
                possible.add(WorkflowStatus.TERMINATED);
            }
            if (isCancelWanted) {
                possible.add(WorkflowStatus.CANCELLED);
            }
            return possible;
        }
    }

    private record Rows(WorkflowRecord workflow, List<StepRecord> steps) {}

    /** One program, and a workflow for each of its crashes and wishes. */
    private final class Trial {
        private final WorkflowStore store;
        private final World world;
        private final long seed;
        private final Program program;
        private final Random random;
        private final Map<String, Interpreter> interpreters = new ConcurrentHashMap<>();
        private final Map<String, Wishes> wishes = new TreeMap<>();
        private final Map<String, Rows> ended = new TreeMap<>();

        Trial(WorkflowStore store, World world, long seed) {
            this.store = store;
            this.world = world;
            this.seed = seed;
            this.program = Program.generate(seed);
            this.random = new Random(seed);
        }

        void run() {
            Passages passages = new Passages();
            String alone = seed + "-alone";
            interpreters.put(alone, Interpreter.cleaningUp(program, world));
            Outcome expected;
            try (Revive revive = engine(passages)) {
                revive.start(PROGRAM, alone, seed);
                awaitEnd(alone);
                expected = outcome(revive, alone);
            }
            int all = passages.count().values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            passages.count().forEach((point, times) -> {
                for (CrashAction action : List.of(CrashAction.CRASH_LOSING_QUEUED, CrashAction.CRASH_KEEPING_QUEUED)) {
                    String id = "%d-%s-%s".formatted(seed, point.label(), action);
                    disturb(
                            id,
                            all,
                            CrashPlan.at(point)
                                    .ofWorkflow(id)
                                    .passage(1 + random.nextInt(times))
                                    .then(action));
                }
            });
            for (int i = 0; i < 4; i++) {
                disturb(
                        "%d-uncrashed-%d".formatted(seed, i),
                        all,
                        CrashPlan.atPassage(Integer.MAX_VALUE).then(CrashAction.CRASH_LOSING_QUEUED));
            }
            try (Revive revive = engine(site -> CrashAction.GO_ON)) {
                for (String id : wishes.keySet()) {
                    store.resume(id);
                    awaitEnd(id);
                    check(revive, id, expected, alone);
                }
            }
            ended.forEach((id, rows) -> assertThat(rows(id)).as(what(id)).isEqualTo(rows));
        }

        /** Until it has ended, is paused, or its engine is dead. */
        private void disturb(String id, int all, CrashPlan plan) {
            Wishes wanted = new Wishes(id, store, random.nextBoolean());
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                wanted.add(random.nextInt(1 + random.nextInt(all)), KINDS.get(random.nextInt(KINDS.size())));
            }
            wishes.put(id, wanted);
            interpreters.put(id, Interpreter.cleaningUp(program, world));
            AtomicInteger deaths = new AtomicInteger();
            CrashHook hook = site -> {
                if (site.workflowId().equals(id)) {
                    wanted.pass();
                }
                CrashAction action = plan.at(site);
                if (action != CrashAction.GO_ON) {
                    deaths.incrementAndGet();
                }
                return action;
            };
            try (Revive revive = engine(OverheardStore.of(store, wanted.looks), hook)) {
                revive.start(PROGRAM, id, seed);
                wanted.atPassages.getOrDefault(0, List.of()).forEach(wanted::want);
                await().atMost(PATIENCE)
                        .pollDelay(Duration.ZERO)
                        .pollInterval(LOOK)
                        .until(() -> deaths.get() > 0 || isAtRest(id));
            }
            store.find(id).filter(row -> row.status().isFinal()).ifPresent(row -> ended.put(id, rows(id)));
        }

        private boolean isAtRest(String id) {
            return store.find(id)
                    .filter(row -> row.status().isFinal() || row.status() == WorkflowStatus.PAUSED)
                    .isPresent();
        }

        private void awaitEnd(String id) {
            await(what(id))
                    .atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(LOOK)
                    .until(() -> store.find(id).isEmpty() || row(id).status().isFinal());
        }

        private WorkflowRecord row(String id) {
            return store.find(id).orElseThrow();
        }

        private Rows rows(String id) {
            return new Rows(row(id), store.steps(id));
        }

        private String what(String id) {
            return "seed " + seed + ", " + id + " of " + program;
        }

        private Outcome outcome(Revive revive, String id) {
            return new Outcome(
                    row(id).status() + " " + row(id).output(),
                    Outcome.ends(revive.handle(PROGRAM, id).steps()));
        }

        private void check(Revive revive, String id, Outcome expected, String alone) {
            if (store.find(id).isEmpty()) {
                return; // its start was lost with its engine
            }
            WorkflowStatus status = row(id).status();
            ends.merge(status, 1, Integer::sum);
            assertThat(status)
                    .as(what(id))
                    .isIn(wishes.get(id).possible(row(alone).status()));
            List<StepInfo> steps = revive.handle(PROGRAM, id).steps();
            requireNoNeedlessEffect(id, steps);
            interpreters.get(id).requireGuests(steps, what(id));
            interpreters.get(id).requireChildren(store, id, what(id));
            if (status == WorkflowStatus.CANCELLED) {
                requireCleanEnds(id, steps);
            } else if (status != WorkflowStatus.TERMINATED) {
                Outcome found = outcome(revive, id);
                assertThat(found.result()).as(what(id)).isEqualTo(expected.result());
                if (!Interpreter.hasRaces(program)) {
                    assertThat(found.steps()).as(what(id)).isEqualTo(expected.steps());
                }
            }
            if (status != WorkflowStatus.TERMINATED) {
                requireCleanUp(id, "", steps);
            }
        }

        /** Each announcement of an effect covers one at most; and what is cancelled without a doubt has not happened. */
        private void requireNoNeedlessEffect(String id, List<StepInfo> steps) {
            Map<String, Integer> effects = interpreters.get(id).effects();
            for (StepInfo step : steps) {
                if (NO_EFFECTS.contains(step.kind()) || isCleanUp(step)) {
                    continue;
                }
                int times = effects.getOrDefault(step.stepKey(), 0);
                String what = what(id) + ": effects of " + step;
                if (!isOf(step, Program.Flavour.IDEMPOTENT)) {
                    assertThat(times).as(what).isLessThanOrEqualTo(step.attempt());
                }
                boolean isUndoubted = step.status() == StepStatus.CANCELLED && step.resolution() != Resolution.GIVEN_UP;
                if (isUndoubted && !isOf(step, Program.Flavour.FAILING_TWICE)) {
                    assertThat(times).as(what).isZero();
                }
                if (step.status() == StepStatus.COMPLETED) {
                    assertThat(times).as(what).isPositive();
                }
            }
        }

        private boolean isOf(StepInfo step, Program.Flavour flavour) {
            return program.toString().contains("[name=" + step.name() + ", flavour=" + flavour + "]");
        }

        private static boolean isCleanUp(StepInfo step) {
            return step.name().startsWith(Interpreter.CLEAN_UP);
        }

        /** In each scope one call was cancelled at most, and nothing but clean-up follows. */
        private void requireCleanEnds(String id, List<StepInfo> steps) {
            Map<String, List<StepInfo>> scopes = new TreeMap<>();
            steps.forEach(step -> scopes.computeIfAbsent(step.scope(), scope -> new ArrayList<>())
                    .add(step));
            scopes.forEach((scope, calls) -> {
                boolean isCancelled = false;
                for (StepInfo call : calls) {
                    String what = what(id) + ": " + call;
                    if (isCancelled) {
                        assertThat(call.status()).as(what).isNotEqualTo(StepStatus.CANCELLED);
                        assertThat(isCleanUp(call)).as(what).isTrue();
                    }
                    isCancelled |= call.status() == StepStatus.CANCELLED;
                    if (isCleanUp(call)) {
                        assertThat(call.status()).as(what).isNotEqualTo(StepStatus.CANCELLED);
                    }
                }
                if (isCancelled && !Interpreter.hasRaces(program) && !isOnlyAWait(calls.get(0))) {
                    requireCleanUp(id, scope, steps);
                }
            });
            assertThat(scopes.get("").stream().filter(call -> call.status() == StepStatus.CANCELLED))
                    .as(what(id))
                    .hasSize(1);
        }

        /** The branches that only wait for a callback or a child do not clean up; in others it is opened, or started, first. */
        private static boolean isOnlyAWait(StepInfo first) {
            return first.kind() == CallKind.RESULT
                    || (first.kind() != CallKind.AWAKEABLE && first.name().startsWith("callback"));
        }

        /** To its end, and each of its effects. */
        private void requireCleanUp(String id, String scope, List<StepInfo> steps) {
            List<StepInfo> calls =
                    steps.stream().filter(step -> step.scope().equals(scope)).toList();
            StepInfo last = calls.get(calls.size() - 1);
            assertThat(last.name()).as(what(id)).isEqualTo(Interpreter.CLEAN_UP + "last");
            assertThat(last.status()).as(what(id)).isEqualTo(StepStatus.COMPLETED);
            for (String effect : List.of("first", "left", "right", "last")) {
                assertThat(interpreters.get(id).effects())
                        .as(what(id))
                        .containsKey(scope + " " + Interpreter.CLEAN_UP + effect);
            }
        }

        private Revive engine(CrashHook hook) {
            return engine(store, hook);
        }

        private Revive engine(WorkflowStore at, CrashHook hook) {
            Revive.Builder builder = Revive.with(new LentStore(at))
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
            if (seed % 8 < 3) {
                builder.unloadAfter(Duration.ZERO);
            }
            return seed % 4 == 0 ? builder.permits(1).threads(1).start() : builder.start();
        }
    }
}
