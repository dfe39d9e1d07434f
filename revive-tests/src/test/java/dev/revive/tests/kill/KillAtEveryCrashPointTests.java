// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.examples.world.Happening;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.StepRecord;
import dev.revive.tests.support.ChildJvm;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A child halts exactly at one crash point of one call, as if by kill -9, and this JVM goes on with what is in the file. What happened outside
 * is counted there.
 *
 * <p>With one thread the branches run one after the other and every count is exact. With many, the step of the other branch may be open at the
 * kill, and is allowed the one repeat that this may cost.
 */
@Timeout(600)
@Tag("once")
@Execution(ExecutionMode.CONCURRENT)
class KillAtEveryCrashPointTests {
    private static final int ONE_THREAD = 1;
    private static final int MANY_THREADS = 16;

    private record Kill(CrashPoint point, String call, int threads) {
        @Override
        public String toString() {
            return "%s of %s, %s".formatted(point.label(), call, threads == ONE_THREAD ? "one thread" : "many threads");
        }

        /** Whether it is unknown at the kill what became of an attempt that began. */
        boolean leavesAZombie() {
            return Onboarding.STEPS.contains(call)
                    && List.of(CrashPoint.BEFORE_EFFECT, CrashPoint.AFTER_EFFECT, CrashPoint.OUTCOME_QUEUED)
                            .contains(point);
        }

        int repeats() {
            return leavesAZombie() && point != CrashPoint.BEFORE_EFFECT ? 1 : 0;
        }

        boolean mayFindOpen(String step) {
            List<String> branches = List.of(Onboarding.LAPTOP, Onboarding.ACCESS);
            return threads != ONE_THREAD && branches.contains(call) && branches.contains(step) && !step.equals(call);
        }
    }

    static Stream<Kill> kills() {
        return Arrays.stream(CrashPoint.values()).flatMap(KillAtEveryCrashPointTests::killsAt);
    }

    private static Stream<Kill> killsAt(CrashPoint point) {
        List<Kill> kills = new ArrayList<>();
        for (String call : callsThatPass(point)) {
            kills.add(new Kill(point, call, ONE_THREAD));
            if (call.equals(Onboarding.LAPTOP) || call.equals(Onboarding.ACCESS)) {
                kills.add(new Kill(point, call, MANY_THREADS));
            }
        }
        return kills.stream();
    }

    /** A point that is new to the engine does not compile here before it has its kills. */
    private static List<String> callsThatPass(CrashPoint point) {
        return switch (point) {
            case BEFORE_STARTED, BEFORE_EFFECT, AFTER_EFFECT -> stepsAnd(Onboarding.BOOK);
            case OUTCOME_QUEUED -> Onboarding.STEPS;
            case AFTER_OUTCOME -> stepsAnd(Onboarding.BOOK, Onboarding.EQUIP);
            case BEFORE_FORK, AFTER_FORK, BEFORE_JOIN, JOIN_QUEUED -> List.of(Onboarding.EQUIP);
            case BEFORE_DECISION, DECISION_QUEUED -> List.of(); // there is no race in it: see RaceTests
            case BEFORE_UNLOAD, AFTER_UNLOAD, BEFORE_COMPLETION, AFTER_COMPLETION ->
                List.of(Onboarding.WORKFLOW.name());
        };
    }

    private static List<String> stepsAnd(String... calls) {
        return Stream.concat(Onboarding.STEPS.stream(), Stream.of(calls)).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kills")
    void nothingIsRepeatedButWhatNobodyCouldKnow(Kill kill, @TempDir Path directory) {
        Onboarding onboarding = new Onboarding(directory);
        Bookings.createTable(directory);
        killAt(kill, directory);

        List<StepRecord> left;
        List<StepRecord> steps;
        WorkflowStatus status;
        String result;
        try (JdbcStore store = onboarding.open()) {
            left = store.steps(Onboarding.ID);
            status = store.find(Onboarding.ID).orElseThrow().status();
            try (Revive revive = onboarding.engineOn(store).start()) {
                result = revive.start(Onboarding.WORKFLOW, Onboarding.ID, "Ada").result(ChildJvm.PATIENCE);
                steps = store.steps(Onboarding.ID);
            }
        }

        assertThat(status == WorkflowStatus.COMPLETED).isEqualTo(kill.point() == CrashPoint.AFTER_COMPLETION);
        assertLeftBehind(kill, left);
        for (String step : Onboarding.STEPS) {
            assertEffects(kill, row(steps, step).orElseThrow(), effects(onboarding, step), result);
        }
        assertThat(row(steps, Onboarding.BOOK).orElseThrow())
                .returns(0, StepRecord::zombies)
                .returns(1, StepRecord::attempt);
        assertThat(Bookings.all(directory))
                .containsOnlyKeys(Bookings.place(Onboarding.ID, Onboarding.BOOK))
                .containsValue(effects(onboarding, Onboarding.CREATE).stream()
                        .map(Happening::nonce)
                        .filter(result::contains)
                        .toList());
    }

    /** That it halted there is told by the child: of a process that somebody else waited for, Java knows no exit code, and says 0. */
    private static void killAt(Kill kill, Path directory) {
        List<String> told = new CopyOnWriteArrayList<>();
        try (ChildJvm child = ChildJvm.start(
                Halting.class, told::add, directory, kill.point().label(), kill.call(), kill.threads())) {
            int exit = child.await();
            assertThat(told)
                    .as("what the child told before it ended with %s", exit)
                    .containsExactly(Halting.BEGINS, Halting.HALTS);
        }
    }

    /** What the dead process left of the step in the file. */
    private static void assertLeftBehind(Kill kill, List<StepRecord> left) {
        boolean isStep = Onboarding.STEPS.contains(kill.call());
        StepStatus expected = switch (kill.point()) {
            case BEFORE_EFFECT, AFTER_EFFECT, OUTCOME_QUEUED -> isStep ? StepStatus.STARTED : null;
            case AFTER_OUTCOME -> StepStatus.COMPLETED;
            default -> null;
        };
        if (isStep || kill.call().equals(Onboarding.BOOK)) {
            assertThat(row(left, kill.call()).map(StepRecord::status)).isEqualTo(Optional.ofNullable(expected));
        }
    }

    private static void assertEffects(Kill kill, StepRecord row, List<Happening> effects, String result) {
        String step = row.key().name();
        assertThat(row.status()).isEqualTo(StepStatus.COMPLETED);
        assertThat(row.attempt()).as(step + "'s attempts").isEqualTo(1 + row.zombies());
        assertThat(result).contains(effects.get(effects.size() - 1).nonce());
        if (kill.mayFindOpen(step)) {
            assertThat(row.zombies()).as(step + "'s zombies").isLessThanOrEqualTo(1);
            assertThat(effects).as(step).hasSizeBetween(1, row.attempt());
            return;
        }
        boolean isZombie = step.equals(kill.call()) && kill.leavesAZombie();
        int repeats = step.equals(kill.call()) ? kill.repeats() : 0;
        assertThat(effects).as(step).hasSize(1 + repeats);
        assertThat(row.zombies()).as(step + "'s zombies").isEqualTo(isZombie ? 1 : 0);
        assertThat(row.resolution()).as(step + "'s resolution").isEqualTo(isZombie ? Resolution.RAN_AGAIN : null);
        assertThat(effects.stream().map(Happening::idempotencyKey).distinct())
                .as(step + "'s idempotency keys")
                .hasSize(1);
    }

    private static Optional<StepRecord> row(List<StepRecord> steps, String name) {
        return steps.stream().filter(step -> step.key().name().equals(name)).findFirst();
    }

    private static List<Happening> effects(Onboarding onboarding, String step) {
        return onboarding.world().of(Onboarding.ID).stream()
                .filter(happening -> happening.step().equals(step))
                .toList();
    }

    /** The child: directory, crash point, call, threads. */
    static final class Halting {
        static final String BEGINS = "begins";
        static final String HALTS = "halts";

        public static void main(String[] args) throws InterruptedException {
            ChildJvm.say(BEGINS);
            Onboarding onboarding = new Onboarding(Path.of(args[0]));
            CrashPoint point = CrashPoint.of(args[1]);
            if (point == CrashPoint.BEFORE_UNLOAD || point == CrashPoint.AFTER_UNLOAD) {
                onboarding.sleepLong();
            }
            CrashPlan plan = CrashPlan.at(point).ofStep(args[2]).halt();
            Revive revive = onboarding
                    .engineOn(onboarding.open())
                    .threads(Integer.parseInt(args[3]))
                    .crashHook(site -> told(plan.at(site)))
                    .start();
            revive.start(Onboarding.WORKFLOW, Onboarding.ID, "Ada").result();
            Thread.currentThread().join(); // the last points are passed after the result is there
        }

        private static CrashAction told(CrashAction action) {
            if (action == CrashAction.HALT) {
                ChildJvm.say(HALTS);
            }
            return action;
        }
    }
}
