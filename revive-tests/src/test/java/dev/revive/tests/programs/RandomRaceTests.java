// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.programs;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.InMemoryStore;
import dev.revive.store.Join;
import dev.revive.store.Message;
import dev.revive.store.ReadLimit;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.LentStore;
import dev.revive.tests.support.Place;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random programs whose branches race, for time, for messages, and within each other; each crashed at every crash point it passes, with what was queued lost and
 * kept, and again while it recovers. Chance decides what they come to, but once: what a place has seen when an effect begins that follows from it, it sees in
 * every run; a decision that is recorded stays; who was cut off has cleaned up; and each message was received by somebody who still has it, or is still there. A failure names
 * its seed; {@code -Drevive.races.seed=N} runs that one alone, {@code -Drevive.races=N} that many, {@code -Drevive.races.from=N} other ones than always.
 */
class RandomRaceTests {
    private static final int PROGRAMS = Integer.getInteger("revive.races", 12);
    private static final long FIRST_SEED = Long.getLong("revive.races.from", 1);
    private static final Long ONLY_SEED = Long.getLong("revive.races.seed");
    private static final int FEWER = 20;
    private static final Workflow<Long, String> PROGRAM = Workflow.named("program", Long.class, String.class);
    private static final ReadLimit ALL = new ReadLimit(100, 1_000, 1_000_000);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @ParameterizedTest
    @EnumSource(Place.class)
    void everyRaceIsDecidedOnce(Place place) {
        int programs = place == Place.MEMORY ? PROGRAMS : Math.max(1, PROGRAMS / FEWER);
        if (place == Place.MEMORY) {
            runAll(new InMemoryStore(), programs);
            return;
        }
        try (HikariDataSource pool = Place.pool(place.database("races"), 20);
                WorkflowStore store =
                        JdbcStore.over(pool, JdbcSettings.defaults().asExclusive())) {
            runAll(store, programs);
        }
    }

    private static void runAll(WorkflowStore store, int programs) {
        long first = ONLY_SEED == null ? FIRST_SEED : ONLY_SEED;
        long last = ONLY_SEED == null ? FIRST_SEED + programs - 1 : ONLY_SEED;
        Tally tally = new Tally();
        try (World world = new World(store)) {
            for (long seed = first; seed <= last; seed++) {
                new Trial(store, world, seed, tally).run();
            }
            assertThat(world.troubles()).isEmpty();
            world.requireNothingUndelivered();
        }
        System.out.printf("%,d random programs of races: %s%n", last - first + 1, tally);
        if (ONLY_SEED == null && programs > 10) {
            assertThat(tally.crashes).isPositive();
            assertThat(tally.decisions).as("found undone after a crash").isPositive();
            assertThat(tally.cutOff).isPositive();
            assertThat(tally.winning).as("messages that win").isPositive();
        }
    }

    /** What a test that never came to anything would show as zero. */
    private static final class Tally {
        private int crashes;
        private int decisions;
        private int cutOff;
        private int winning;

        @Override
        public String toString() {
            return "%,d crashes, %,d decisions without a join after one, %,d branches cut off, %,d messages that decided"
                    .formatted(crashes, decisions, cutOff, winning);
        }
    }

    private record Spot(String id, StepKey key) {}

    /** One program, and a workflow for each of its crashes. */
    private static final class Trial {
        private final WorkflowStore store;
        private final World world;
        private final long seed;
        private final Tally tally;
        private final Program program;
        private final Random random;
        private final Map<String, Interpreter> interpreters = new ConcurrentHashMap<>();
        private final Map<Spot, StepRecord> known = new HashMap<>();

        Trial(WorkflowStore store, World world, long seed, Tally tally) {
            this.store = store;
            this.world = world;
            this.seed = seed;
            this.tally = tally;
            this.program = Program.generateRaces(seed);
            this.random = new Random(seed);
        }

        void run() {
            Passages passages = new Passages();
            String uncrashed = seed + "-uncrashed";
            begin(uncrashed);
            try (Revive revive = engine(passages)) {
                end(revive, uncrashed);
            }
            passages.count().forEach((point, times) -> {
                for (CrashAction action : List.of(CrashAction.CRASH_LOSING_QUEUED, CrashAction.CRASH_KEEPING_QUEUED)) {
                    crashAt(point, 1 + random.nextInt(times), action);
                }
            });
            try (Revive revive = engine(site -> CrashAction.GO_ON)) {
                interpreters.keySet().forEach(id -> end(revive, id));
                interpreters.keySet().forEach(id -> check(revive, id));
            }
        }

        private void begin(String id) {
            interpreters.put(id, Interpreter.losing(program, world));
        }

        private void crashAt(CrashPoint point, int passage, CrashAction action) {
            String id = "%d-%s-%d-%s".formatted(seed, point.label(), passage, action);
            CrashPlan plan = CrashPlan.at(point).passage(passage).then(action);
            begin(id);
            try (Revive revive = engine(site -> site.workflowId().equals(id) ? plan.at(site) : CrashAction.GO_ON)) {
                end(revive, id);
            } catch (EngineStoppedException e) {
                tally.crashes++;
            }
            interpreters.keySet().forEach(this::look);
        }

        private void end(Revive revive, String id) {
            try {
                revive.start(PROGRAM, id, seed).result(PATIENCE);
            } catch (WorkflowFailedException e) {
                assertThat(e).as(what(id)).hasMessageContaining("Raised");
            }
        }

        private String what(String id) {
            return "seed " + seed + ", " + id + " of " + program;
        }

        /** A final row never changes, nor does a decision but to its join. */
        private void look(String id) {
            for (StepRecord now : store.steps(id)) {
                Spot spot = new Spot(id, now.key());
                StepRecord before = known.get(spot);
                if (before != null && before.status().isFinal()) {
                    assertThat(now).as(what(id)).isEqualTo(before);
                } else if (before != null) {
                    assertThat(now.status())
                            .as(what(id))
                            .isIn(StepStatus.DECIDED, StepStatus.COMPLETED, StepStatus.FAILED);
                    requireAgreed(Join.parse(before), Join.parse(now), what(id) + ": " + before + " and then " + now);
                }
                if (now.status().isFinal() || now.status() == StepStatus.DECIDED) {
                    known.put(spot, now);
                }
                if (before == null && now.status() == StepStatus.DECIDED) {
                    tally.decisions++;
                }
            }
        }

        private static void requireAgreed(Join before, Join now, String what) {
            assertThat(now.first()).as(what).isEqualTo(before.first());
            for (int i = 0; i < before.ends().length(); i++) {
                if (before.end(i) != Join.AT_WORK) {
                    assertThat(now.end(i)).as(what).isEqualTo(before.end(i));
                }
            }
        }

        private void check(Revive revive, String id) {
            look(id);
            Interpreter interpreter = interpreters.get(id);
            assertThat(interpreter.contradictions()).as(what(id)).isEmpty();
            List<StepRecord> steps = store.steps(id);
            assertThat(steps).as(what(id)).allMatch(step -> step.status().isFinal());
            requireNoNeedlessEffect(id, steps);
            Map<String, List<StepRecord>> scopes = new TreeMap<>();
            steps.forEach(step -> scopes.computeIfAbsent(step.key().scope(), fresh -> new ArrayList<>())
                    .add(step));
            scopes.forEach((scope, calls) -> requireCleanUp(id, scope, calls));
            steps.stream()
                    .filter(step -> step.kind() == CallKind.PARALLEL)
                    .forEach(fork -> requireAgreed(id, fork, scopes));
            requireMessages(id, steps, scopes);
            interpreter.requireChildren(store, id, what(id));
            interpreter.requireGuests(revive.handle(PROGRAM, id).steps(), what(id));
        }

        /** Each announcement of an effect covers one at most; and what is cancelled without a doubt has not happened. */
        private void requireNoNeedlessEffect(String id, List<StepRecord> steps) {
            Map<String, Integer> effects = new TreeMap<>(interpreters.get(id).effects());
            for (StepRecord step : steps) {
                int times = Objects.requireNonNullElse(effects.remove(step.key().toString()), 0);
                if (step.kind() != CallKind.STEP || isCleanUp(step)) {
                    continue;
                }
                String what = what(id) + ": effects of " + step;
                if (!isOf(step.key().name(), Program.Flavour.IDEMPOTENT)) {
                    assertThat(times).as(what).isLessThanOrEqualTo(step.attempt());
                }
                boolean isUndoubted = step.status() == StepStatus.CANCELLED && step.resolution() != Resolution.GIVEN_UP;
                if (isUndoubted && !isOf(step.key().name(), Program.Flavour.FAILING_TWICE)) {
                    assertThat(times).as(what).isZero();
                }
                if (step.status() == StepStatus.COMPLETED) {
                    assertThat(times).as(what).isPositive();
                }
            }
            effects.keySet().removeIf(key -> key.contains(Interpreter.CLEAN_UP) || isUnannounced(key));
            assertThat(effects).as(what(id) + ": effects without a step").isEmpty();
        }

        /** What begins without a row of its own: it may be that a crash has lost all trace of it, and its branch was not needed then. */
        private boolean isUnannounced(String key) {
            String name = key.substring(key.indexOf('/') + 1, key.indexOf('#'));
            return name.startsWith("watch") || isOf(name, Program.Flavour.IDEMPOTENT);
        }

        private boolean isOf(String name, Program.Flavour flavour) {
            return program.toString().contains("[name=" + name + ", flavour=" + flavour + "]");
        }

        private static boolean isCleanUp(StepRecord step) {
            return step.key().name().startsWith(Interpreter.CLEAN_UP);
        }

        /** In each scope that a program ran in and was cut off. */
        private void requireCleanUp(String id, String scope, List<StepRecord> calls) {
            boolean isCutOff = calls.stream().anyMatch(call -> call.status() == StepStatus.CANCELLED);
            Interpreter interpreter = interpreters.get(id);
            if (!isCutOff || !interpreter.scopes().contains(scope)) {
                return;
            }
            tally.cutOff++;
            StepRecord last = calls.get(calls.size() - 1);
            assertThat(last.key().name()).as(what(id) + ": " + calls).isEqualTo(Interpreter.CLEAN_UP + "last");
            for (String step : List.of("first", "last")) {
                assertThat(calls)
                        .as(what(id))
                        .filteredOn(call -> call.key().name().equals(Interpreter.CLEAN_UP + step))
                        .singleElement()
                        .satisfies(call -> assertThat(interpreter
                                        .effects()
                                        .get(scope + " " + call.key().name()))
                                .isBetween(1, call.attempt()));
            }
            assertThat(calls.stream().filter(call -> call.status() == StepStatus.CANCELLED))
                    .as(what(id))
                    .hasSize(1);
        }

        /** That its letters are what its branches came to. */
        private void requireAgreed(String id, StepRecord fork, Map<String, List<StepRecord>> scopes) {
            if (fork.output() == null) {
                return; // cancelled before it began
            }
            Join join = Join.parse(fork);
            String what = what(id) + ": " + fork;
            for (int i = 0; i < join.ends().length(); i++) {
                List<StepRecord> calls = scopes.getOrDefault(fork.key().branchScope(i + 1), List.of());
                boolean isCutOff = calls.stream().anyMatch(call -> call.status() == StepStatus.CANCELLED);
                switch (join.end(i)) {
                    case Join.NOT_BEGUN -> assertThat(calls).as(what).isEmpty();
                    case Join.CANCELLED, Join.ENDED_WITH_WORKFLOW ->
                        assertThat(isCutOff).as(what).isTrue();
                    default -> assertThat(join.end(i)).as(what).isIn(Join.COMPLETED, Join.FAILED);
                }
            }
        }

        /** Each was received once or is there; and who received it has gone on, or was heard. */
        private void requireMessages(String id, List<StepRecord> steps, Map<String, List<StepRecord>> scopes) {
            Set<String> found = new HashSet<>();
            for (Message message : store.messages(id, ALL)) {
                if (message.name().startsWith("topic") && message.receivedAt() == null) {
                    assertThat(found.add(message.payload())).as(what(id)).isTrue();
                }
            }
            for (StepRecord step : steps) {
                if (step.kind() == CallKind.AWAIT && step.status() == StepStatus.COMPLETED && step.output() != null) {
                    requireHeard(id, step, scopes);
                    if (step.output().startsWith("\"message ")) {
                        assertThat(found.add(step.output()))
                                .as(what(id) + ": " + step)
                                .isTrue();
                    }
                }
            }
            Set<String> sent = new HashSet<>();
            world.arrived(id).forEach(message -> sent.add("\"" + message + "\""));
            assertThat(found).as(what(id)).isEqualTo(sent);
        }

        private void requireHeard(String id, StepRecord received, Map<String, List<StepRecord>> scopes) {
            StepRecord call = received;
            while (!call.key().scope().isEmpty()) {
                String scope = call.key().scope();
                List<StepRecord> calls = scopes.get(scope);
                if (!calls.get(calls.size() - 1).equals(call)) {
                    return; // it went on
                }
                String[] path = scope.split("\\.");
                int index = Integer.parseInt(path[path.length - 1]) - 1;
                call = forkOf(scope, path, scopes);
                Join join = Join.parse(call);
                String what = what(id) + ": " + received.key() + ", lost by " + call.key() + " of\n" + text(scopes);
                String rule = Objects.requireNonNullElse(call.detail(), "");
                boolean isFirst = rule.equals("{\"until\":\"first\"}");
                boolean isLimited = rule.equals("{\"until\":\"time limit\"}");
                boolean isFirstSuccess =
                        rule.equals("{\"until\":\"first success\"}") && join.end(index) == Join.COMPLETED;
                if (!isFirst && !isLimited && !isFirstSuccess) {
                    return; // one of several that count
                }
                assertThat(call.status()).as(what).isNotEqualTo(StepStatus.CANCELLED);
                if (isLimited) {
                    assertThat(join.end(index)).as(what).isIn(Join.COMPLETED, Join.FAILED);
                } else {
                    assertThat(join.first()).as(what).isEqualTo(index);
                }
                tally.winning++;
            }
        }

        private static String text(Map<String, List<StepRecord>> scopes) {
            StringBuilder text = new StringBuilder();
            scopes.values()
                    .forEach(calls -> calls.forEach(call -> text.append("%s %s %s, epoch %d, attempt %d, at %s: %s%n"
                            .formatted(
                                    call.key(),
                                    call.kind(),
                                    call.status(),
                                    call.epoch(),
                                    call.attempt(),
                                    call.recordedAt(),
                                    call.output()))));
            return text.toString();
        }

        private static StepRecord forkOf(String scope, String[] path, Map<String, List<StepRecord>> scopes) {
            int number = Integer.parseInt(path[path.length - 2]);
            String below = "." + path[path.length - 1];
            String withoutBranch = scope.substring(0, scope.length() - below.length());
            int dot = withoutBranch.lastIndexOf('.');
            return scopes.get(dot < 0 ? "" : withoutBranch.substring(0, dot)).stream()
                    .filter(call -> call.key().sequence() == number)
                    .findFirst()
                    .orElseThrow();
        }

        private Revive engine(CrashHook hook) {
            CrashHook settling = site -> {
                Interpreter interpreter = interpreters.get(site.workflowId());
                if (interpreter != null && site.point() == CrashPoint.BEFORE_COMPLETION) {
                    interpreter.settleResult();
                }
                return hook.at(site);
            };
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
                    .crashHook(settling);
            if (seed % 8 < 3) {
                builder.unloadAfter(Duration.ZERO);
            }
            return seed % 4 == 0 ? builder.permits(1).threads(1).start() : builder.start();
        }
    }
}
