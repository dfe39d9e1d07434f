// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.codec.JacksonSerializer;
import dev.revive.codec.PayloadSerializer;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.StepRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Branch;
import dev.revive.workflow.BranchCutOffException;
import dev.revive.workflow.BranchFailedException;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.First;
import dev.revive.workflow.Outcome;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepBody;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Parallels that one branch may decide: who wins, how the others end, and that a crash changes nothing of it. */
@InSettings
class RaceTests extends TestBed {
    private static final Signal<String> APPROVAL = Signal.named("approval", String.class);
    private static final Signal<String> PAYMENT = Signal.named("payment", String.class);
    private static final Duration LONG = Duration.ofHours(1);

    private final Effects effects = new Effects();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    private String happen(WorkflowContext branch, String name) {
        branch.step(name, () -> effects.happen(name));
        return name;
    }

    private static String sleep(WorkflowContext branch, Duration duration) {
        branch.sleep("Sleep", duration);
        return "slept";
    }

    private String fail(WorkflowContext branch, String name) {
        return branch.step(name, String.class, () -> {
            effects.happen(name);
            throw new IllegalStateException(name);
        });
    }

    /** Waits for what never comes, and cleans up. */
    private String waitAndCleanUp(WorkflowContext branch) {
        try {
            return branch.await(PAYMENT);
        } catch (CancelledException e) {
            heard.add(e.getMessage());
            branch.shielded(c -> happen(c, "Clean up"));
            throw e;
        }
    }

    private static void send(Trial<?> trial, Signal<String> signal, String value) {
        trial.revive().workflow(trial.id()).signal(signal, value);
    }

    /** One that has not begun when it is decided has no row. */
    private static void awaitBothBranches(Trial<?> trial) {
        trial.handle();
        await().atMost(PATIENCE).until(() -> trial.rows().size() > 2);
    }

    private static StepStatus statusOf(Trial<?> trial, String name) {
        return trial.row(name).status();
    }

    @Nested
    class AFirstToEnd {
        @Test
        void answersWithTheFirst() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd()).of(b -> sleep(b, LONG), b -> happen(b, "Quick")));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("Quick");
            assertThat(effects.all()).containsExactly("Quick");
            assertThat(trial.row("first").output()).isEqualTo("{\"ends\":\"XC\",\"first\":1}");
            assertThat(statusOf(trial, "Sleep")).isEqualTo(StepStatus.CANCELLED);
        }

        @Test
        void waitsForWhatTheOthersCleanUp() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                String first = ctx.parallel(First.toEnd()).of(RaceTests.this::waitAndCleanUp, b -> happen(b, "Quick"));
                return happen(ctx, "After " + first);
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("After Quick");
            assertThat(effects.all()).containsExactly("Quick", "Clean up", "After Quick");
            assertThat(heard)
                    .isNotEmpty()
                    .allMatch(message ->
                            message.matches("A branch of workflow .* was cut off: branch 2 has completed\\."));
        }

        @Test
        void failsIfTheFirstDoes() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.parallel(First.toEnd()).of(RaceTests.this::waitAndCleanUp, b -> fail(b, "Bad"));
                } catch (ParallelFailedException e) {
                    return "first %d, failed %s, cut off %s"
                            .formatted(e.first(), e.failures().keySet(), e.cancelled());
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("first 1, failed [1], cut off [0]");
            assertThat(effects.all()).containsExactly("Bad", "Clean up");
        }

        @Test
        void ofOneBranchIsThatOne() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd()).any(List.<Branch<String>>of(b -> happen(b, "Only"))));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("Only");
        }

        @Test
        void letsAnAwaitWithAMessageWinOverItsTimer() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd()).of(b -> b.await(APPROVAL), b -> sleep(b, LONG)));
            awaitBothBranches(trial);

            send(trial, APPROVAL, "Ada");

            assertThat(trial.result()).isEqualTo("Ada");
            assertThat(trial.row("first").output()).startsWith("{\"ends\":\"C");
        }

        @Test
        void leavesToTheInboxWhatALoserDidNotReceive() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                String first = ctx.parallel(First.toEnd()).of(b -> b.await(PAYMENT), b -> b.await(APPROVAL));
                return first + " " + ctx.await(PAYMENT);
            });
            awaitBothBranches(trial);

            send(trial, APPROVAL, "Ada");
            await().atMost(PATIENCE)
                    .until(() -> trial.rows().stream().anyMatch(row -> row.status() == StepStatus.CANCELLED));
            send(trial, PAYMENT, "paid");

            assertThat(trial.result()).isEqualTo("Ada paid");
        }

        @Test
        void withNoBranchIsRefused() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                assertThatThrownBy(() -> ctx.parallel(First.toEnd()).any(List.<Branch<String>>of()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("has no first");
                return "refused";
            });

            assertThat(trial.result()).isEqualTo("refused");
            assertThat(trial.steps()).isEmpty();
        }

        @Test
        void doesNotHearOfALoserThatGoesOnAllTheSame() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd())
                            .of(
                                    b -> {
                                        try {
                                            return b.await(PAYMENT);
                                        } catch (Throwable e) {
                                            assertThatThrownBy(() -> happen(b, "Never"))
                                                    .isInstanceOf(CancelledException.class);
                                            return "swallowed";
                                        }
                                    },
                                    b -> happen(b, "Quick")));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("Quick");
            assertThat(effects.all()).containsExactly("Quick");
            assertThat(trial.row("first").output()).isEqualTo("{\"ends\":\"CC\",\"first\":1}");
        }

        @Test
        void doesNotHearOfALoserThatFailsInItsCleanUp() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd())
                            .of(
                                    b -> {
                                        try {
                                            return b.await(PAYMENT);
                                        } catch (CancelledException e) {
                                            throw new IllegalStateException("in vain");
                                        }
                                    },
                                    b -> happen(b, "Quick")));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("Quick");
            assertThat(trial.row("first").output()).isEqualTo("{\"ends\":\"FC\",\"first\":1}");
        }
    }

    @Nested
    class AFirstToSucceed {
        @Test
        void passesOverThoseThatFail() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toSucceed().atMost(1))
                            .of(
                                    b -> fail(b, "Bad"),
                                    b -> fail(b, "Worse"),
                                    b -> happen(b, "Good"),
                                    b -> happen(b, "Never")));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("Good");
            assertThat(effects.all()).containsExactly("Bad", "Worse", "Good");
            assertThat(trial.row("first").output()).isEqualTo("{\"ends\":\"FFCN\",\"first\":2}");
        }

        @Test
        void failsIfAllDo() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.parallel(First.toSucceed().atMost(1)).of(b -> fail(b, "Bad"), b -> fail(b, "Worse"));
                } catch (ParallelFailedException e) {
                    return "first %d, failed %s"
                            .formatted(e.first(), e.failures().keySet());
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("first 0, failed [0, 1]");
        }

        @Test
        void asksEachItem() {
            Trial<Integer> trial = trial(
                    Integer.class,
                    (ctx, in) -> ctx.parallel(
                                    First.toSucceed().named("carriers").atMost(1))
                            .each(
                                    List.of(1, 2, 3),
                                    (b, i) -> b.step("Ask", Integer.class, () -> {
                                        if (i < 2) {
                                            throw new IllegalStateException("no");
                                        }
                                        return i;
                                    })));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo(2);
        }
    }

    @Nested
    class Outcomes {
        private final AtomicInteger trials = new AtomicInteger();

        private String text(List<Outcome<String>> outcomes) {
            List<String> texts = new ArrayList<>();
            for (Outcome<String> outcome : outcomes) {
                if (outcome instanceof Outcome.Failed<String> failed) {
                    texts.add("failed: " + failed.exception().getClass().getSimpleName());
                } else {
                    texts.add(outcome.isCutOff() ? "cut off" : outcome.orElseThrow());
                }
            }
            return texts.toString();
        }

        private Trial<String> asking(ParallelOptions options, List<String> names) {
            return trial("asking-" + trials.incrementAndGet(), String.class, (ctx, in) -> {
                try {
                    return text(ctx.parallel(options)
                            .outcomes(names, (b, name) -> name.startsWith("Bad") ? fail(b, name) : happen(b, name)));
                } catch (ParallelFailedException e) {
                    return "first %d, failed %s, cut off %s"
                            .formatted(e.first(), e.failures().keySet(), e.cancelled());
                }
            });
        }

        @Test
        void tellOfEach() {
            Trial<String> trial = asking(ParallelOptions.defaults(), List.of("a", "Bad", "c"));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("[a, failed: StepFailedException, c]");
        }

        @Test
        void areThereAsSoonAsThereAreEnough() {
            Trial<String> trial =
                    asking(ParallelOptions.defaults().atMost(1).enough(2), List.of("a", "Bad", "c", "d", "e"));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("[a, failed: StepFailedException, c, cut off, cut off]");
            assertThat(effects.all()).containsExactly("a", "Bad", "c");
        }

        @Test
        void areNotThereOnceThereCannotBeEnough() {
            Trial<String> trial =
                    asking(ParallelOptions.defaults().atMost(1).enough(2), List.of("a", "Bad 1", "Bad 2", "d"));
            Trial<String> other =
                    asking(ParallelOptions.defaults().atMost(1).enough(3), List.of("a", "Bad 1", "Bad 2", "d"));

            assertThat(trial.result()).isEqualTo("[a, failed: StepFailedException, failed: StepFailedException, d]");
            assertThat(other.result()).isEqualTo("first 1, failed [1, 2], cut off [3]");
        }

        @Test
        void tolerateSoManyFailures() {
            List<String> names = List.of("a", "Bad 1", "c", "Bad 2", "e");
            Trial<String> two = asking(ParallelOptions.defaults().atMost(1).tolerate(2), names);
            Trial<String> one = asking(ParallelOptions.defaults().atMost(1).tolerate(1), names);
            Trial<String> aFifth = asking(ParallelOptions.defaults().atMost(1).tolerateShare(0.39), names);

            two.crashAtTheEnd();

            assertThat(two.result()).isEqualTo("[a, failed: StepFailedException, c, failed: StepFailedException, e]");
            assertThat(one.result()).isEqualTo("first 1, failed [1, 3], cut off [4]");
            assertThat(aFifth.result()).isEqualTo("first 1, failed [1, 3], cut off [4]");
        }

        @Test
        void areAskedForWhereNotAllHaveAValue() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                assertThatThrownBy(() -> ctx.parallel(
                                List.of(1, 2), ParallelOptions.defaults().enough(1), (b, i) -> i))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("outcomes");
                return "refused";
            });

            assertThat(trial.result()).isEqualTo("refused");
        }

        @Test
        void haveAValueOrSayWhyNot() {
            assertThat(new Outcome.Completed<>("a").orElseThrow()).isEqualTo("a");
            assertThat(new Outcome.Completed<>("a").isCompleted()).isTrue();
            assertThat(new Outcome.CutOff<String>().orElse("b")).isEqualTo("b");
            assertThatThrownBy(() -> new Outcome.CutOff<String>().orElseThrow())
                    .isInstanceOf(BranchCutOffException.class);
            assertThatThrownBy(() -> new Outcome.Failed<String>(new IllegalStateException("no")).orElseThrow())
                    .isInstanceOf(BranchFailedException.class)
                    .hasMessageContaining("no")
                    .hasRootCauseMessage("no");
        }

        @Test
        void ofNoItemsAreNone() {
            Trial<String> trial = asking(ParallelOptions.defaults().enough(3), List.of());

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("[]");
        }
    }

    @Nested
    class ATimeLimit {
        private String text(Outcome<String> outcome) {
            return outcome.isCutOff() ? "cut off" : outcome.isCompleted() ? outcome.orElseThrow() : "failed";
        }

        @Test
        void doesNotMatterToABlockThatIsQuick() {
            Trial<String> trial = trial(String.class, (ctx, in) -> text(ctx.within(LONG, b -> happen(b, "Quick"))));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("Quick");
            assertThat(trial.row("within").output()).startsWith("{\"ends\":\"C");
        }

        @Test
        void cutsABlockOff() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> text(ctx.within("Patience", Duration.ofMillis(10), RaceTests.this::waitAndCleanUp)));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("cut off");
            assertThat(effects.all()).containsExactly("Clean up");
            assertThat(heard).isNotEmpty().allMatch(message -> message.endsWith("was cut off: its time was up."));
        }

        @Test
        void isCutOffItselfByABlockThatEndsInTime() {
            Trial<String> trial = trial(String.class, (ctx, in) -> text(ctx.within(LONG, b -> b.await(APPROVAL))));
            awaitBothBranches(trial);
            send(trial, APPROVAL, "Ada");

            assertThat(trial.result()).isEqualTo("Ada");
            assertThat(trial.row("Time limit").failure()).contains("what it limits has ended");
        }

        @Test
        void tellsOfABlockThatFails() {
            Trial<String> trial = trial(String.class, (ctx, in) -> text(ctx.within(LONG, b -> fail(b, "Bad"))));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("failed");
        }
    }

    @Nested
    class AStepUnderWay {
        private Trial<String> against(Gate gate, StepOptions options, StepBody<String> body) {
            assumeThat(setting.isNarrow()).isFalse();
            return trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd())
                            .of(b -> b.step(Step.of("Hang", String.class, body).with(options)), b -> {
                                b.step("Wait", () -> gate.awaitReached());
                                return "waited";
                            }));
        }

        @Test
        void isInterruptedIfThatIsItsChoice() {
            Gate gate = new Gate();
            Trial<String> trial = against(gate, StepOptions.defaults().interruptOnCancel(), attempt -> {
                gate.reach();
                Thread.sleep(LONG.toMillis());
                return "never";
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("waited");
            assertThat(statusOf(trial, "Hang")).isEqualTo(StepStatus.CANCELLED);
        }

        @Test
        void isAwaitedOtherwise() {
            Gate gate = new Gate();
            Trial<String> trial = against(gate, StepOptions.defaults(), attempt -> {
                gate.pass();
                return "late";
            });
            trial.handle();
            await().atMost(PATIENCE)
                    .until(() -> trial.rows().stream().anyMatch(row -> row.status() == StepStatus.DECIDED));

            gate.open();

            assertThat(trial.result()).isEqualTo("waited");
            assertThat(statusOf(trial, "Hang")).isEqualTo(StepStatus.COMPLETED);
            assertThat(trial.row("first").output()).isEqualTo("{\"ends\":\"CC\",\"first\":1}");
        }

        @Test
        void isNotWaitedForIfItIgnoresItsInterrupt() {
            Gate gate = new Gate();
            CountDownLatch end = new CountDownLatch(1);
            StepOptions options = StepOptions.defaults().interruptOnCancel().timeoutGrace(Duration.ofMillis(10));
            Trial<String> trial = against(gate, options, attempt -> {
                gate.reach();
                while (end.getCount() > 0) {
                    Thread.onSpinWait();
                }
                return "late";
            });

            assertThat(trial.result()).isEqualTo("waited");
            end.countDown();
            assertThat(statusOf(trial, "Hang")).isEqualTo(StepStatus.CANCELLED);
        }
    }

    @Nested
    class Within {
        @Test
        void anotherRaceTheInnerIsCutOffToo() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd().named("outer"))
                            .of(
                                    b -> b.parallel(First.toEnd().named("inner"))
                                            .of(RaceTests.this::waitAndCleanUp, c -> sleep(c, LONG)),
                                    b -> happen(b, "Quick")));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("Quick");
            assertThat(effects.all()).containsExactly("Quick", "Clean up");
            assertThat(trial.row("outer").output()).isEqualTo("{\"ends\":\"XC\",\"first\":1}");
        }

        @Test
        void aShieldedBlockARaceCutsOffItsOwn() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.await(PAYMENT);
                } catch (CancelledException e) {
                    ctx.shielded(c -> {
                        String first =
                                c.parallel(First.toEnd()).of(RaceTests.this::waitAndCleanUp, b -> happen(b, "Quick"));
                        happen(c, "After " + first);
                    });
                    throw e;
                }
            });
            trial.handle();
            await().atMost(PATIENCE).until(() -> !trial.rows().isEmpty());

            trial.revive().workflow(trial.id()).cancel("no more");

            await().atMost(PATIENCE).until(() -> trial.handle().status() == WorkflowStatus.CANCELLED);
            assertThat(effects.all()).containsExactly("Quick", "Clean up", "After Quick");
        }

        @Test
        void aCancelledWorkflowAnUndecidedRaceIsCancelled() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd()).of(RaceTests.this::waitAndCleanUp, b -> sleep(b, LONG)));
            trial.handle();
            await().atMost(PATIENCE).until(() -> trial.rows().size() > 1);

            trial.revive().workflow(trial.id()).cancel("no more");

            await().atMost(PATIENCE).until(() -> trial.handle().status() == WorkflowStatus.CANCELLED);
            assertThat(effects.all()).containsExactly("Clean up");
            assertThat(trial.row("first").output()).isEqualTo("{\"ends\":\"WW\",\"first\":-1}");
            assertThat(heard).isNotEmpty().allMatch(message -> message.contains("was cancelled: no more"));
        }
    }

    @Nested
    class ACrash {
        private Trial<String> program(String name) {
            return trial(name, String.class, (ctx, in) -> {
                String first = ctx.parallel(First.toEnd()).of(RaceTests.this::waitAndCleanUp, b -> {
                    happen(b, "One");
                    return happen(b, "Two");
                });
                return happen(ctx, "After " + first);
            });
        }

        @ParameterizedTest
        @EnumSource(
                value = CrashPoint.class,
                names = {
                    "BEFORE_FORK",
                    "AFTER_FORK",
                    "BEFORE_DECISION",
                    "DECISION_QUEUED",
                    "BEFORE_JOIN",
                    "JOIN_QUEUED",
                    "AFTER_OUTCOME"
                })
        void aroundADecisionChangesNothing(CrashPoint point) {
            for (boolean keeps : new boolean[] {true, false}) {
                Trial<String> trial = program("keeps " + keeps);
                int before = effects.all().size();

                CrashPlan.Builder plan = CrashPlan.at(point).ofStep("first");
                trial.crash(keeps ? plan.keepingQueued() : plan.losingQueued()).crashAtTheEnd();

                assertThat(trial.result()).isEqualTo("After Two");
                assertThat(effects.all().subList(before, effects.all().size()))
                        .containsExactly("One", "Two", "Clean up", "After Two");
            }
        }

        @Test
        void betweenTheDecisionAndTheCleanUpForgetsNoLoser() {
            for (CrashPoint point : List.of(
                    CrashPoint.BEFORE_STARTED,
                    CrashPoint.BEFORE_EFFECT,
                    CrashPoint.AFTER_EFFECT,
                    CrashPoint.OUTCOME_QUEUED)) {
                Trial<String> trial = program(point.label());

                trial.crash(CrashPlan.at(point).ofStep("Clean up").keepingQueued());
                List<StepRecord> rows = trial.rows();

                assertThat(rows)
                        .filteredOn(row -> row.key().name().equals("first"))
                        .allMatch(row -> row.status() == StepStatus.DECIDED
                                && Objects.equals(row.output(), "{\"ends\":\"RC\",\"first\":1}"));
                assertThat(trial.result()).isEqualTo("After Two");
                assertThat(statusOf(trial, "Clean up")).isEqualTo(StepStatus.COMPLETED);
            }
        }

        /** The branch that has all that it needs in its records wins over a timer that has run out meanwhile. */
        @Test
        void doesNotLoseTheMessageOfAWinner() {
            assertThatAMessageWins("plain", b -> b.await(APPROVAL));
        }

        @Test
        void doesNotLoseTheMessageOfAWinnerThatIsARaceItself() {
            assertThatAMessageWins(
                    "race", b -> b.within(LONG, c -> c.await(APPROVAL)).orElseThrow());
        }

        @Test
        void doesNotLoseTheMessageOfAWinnerThatIsAParallelItself() {
            assertThatAMessageWins("parallel", b -> b.parallel(c -> c.await(APPROVAL), c -> "", String::concat));
        }

        /** Both have come to their end as far as is recorded; and who has the message comes to it later, since it is to be joined. */
        @Test
        void doesNotLoseTheMessageOfAWinnerThatCleanedUpWhileAnotherEnded() {
            assumeThat(setting.isNarrow()).isFalse();
            Gate gate = new Gate();
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd().named("outer"))
                            .of(
                                    b -> {
                                        b.step("Wait", () -> gate.pass());
                                        return "waited";
                                    },
                                    b -> b.parallel(First.toEnd().named("inner"))
                                            .of(c -> c.await(APPROVAL), c -> sendAndCleanUp(c, gate))));

            trial.crash(CrashPlan.at(CrashPoint.BEFORE_JOIN).ofStep("inner").keepingQueued());
            trial.with(builder -> builder.threads(1).permits(1));

            assertThat(trial.result()).isEqualTo("Ada");
            assertThat(trial.row("outer").output()).isEqualTo("{\"ends\":\"CC\",\"first\":1}");
        }

        /** Once it is cut off, a branch that waits behind the gate ends. */
        private String sendAndCleanUp(WorkflowContext branch, Gate gate) {
            String id = branch.info().workflowId();
            branch.workflow(id).signal(APPROVAL, "Ada");
            try {
                return branch.await(PAYMENT);
            } catch (CancelledException e) {
                branch.shielded(c -> c.step("Clean up", () -> {
                    gate.open();
                    await().atMost(PATIENCE).until(() -> stepRow(id, "Wait").status() == StepStatus.COMPLETED);
                }));
                throw e;
            }
        }

        @Test
        void doesNotLoseTheMessageOfAWinnerThatIsARaceOfRaces() {
            assertThatAMessageWins(
                    "races",
                    b -> b.within(
                                    LONG,
                                    c -> c.within(LONG, d -> d.await(APPROVAL)).orElseThrow())
                            .orElseThrow());
        }

        @Test
        void doesNotLoseTheMessageOfAWinnerThatIsAParallelOfRaces() {
            assertThatAMessageWins(
                    "parallel races",
                    b -> b.parallel(
                            c -> "", c -> c.within(LONG, d -> d.await(APPROVAL)).orElseThrow(), String::concat));
        }

        /** Its last branch ends after the one that has the message, and makes no call. */
        @Test
        void doesNotLoseTheMessageOfAWinnerThatIsAParallelOfMany() {
            List<Integer> many = IntStream.range(0, 40).boxed().toList();
            assertThatAMessageWins(
                    "parallel of many",
                    b -> b.parallel(
                                    many,
                                    (c, i) -> i > 0
                                            ? ""
                                            : c.within(LONG, d -> d.await(APPROVAL))
                                                    .orElseThrow())
                            .get(0));
        }

        private void assertThatAMessageWins(String name, Branch<String> approval) {
            Duration patience = Duration.ofMillis(300);
            Trial<String> trial = trial(name, String.class, (ctx, in) -> {
                ctx.workflow(ctx.info().workflowId()).signal(APPROVAL, "Ada");
                return ctx.parallel(First.toEnd()).of(b -> sleep(b, patience), approval);
            });
            trial.crash(CrashPlan.at(CrashPoint.BEFORE_DECISION).losingQueued());
            boolean isReceived = trial.rows().stream()
                    .anyMatch(row -> row.kind() == CallKind.AWAIT && row.status() == StepStatus.COMPLETED);
            Instant later = Instant.now().plus(patience);
            await().atMost(PATIENCE).until(() -> Instant.now().isAfter(later));

            assertThat(trial.result()).isEqualTo(isReceived ? "Ada" : "slept");
        }
    }

    /** One loser has cleaned up, another does so for long; with one thread the workflow is a row meanwhile, and is not run again and again. */
    @Test
    void aDecidedRaceThatWaitsForCleanUpIsNotRunAgainAndAgain() {
        assumeThat(setting.isNarrow()).isTrue();
        Trial<String> trial = trial(
                String.class,
                (ctx, in) -> ctx.parallel(First.toEnd())
                        .of(b -> sleep(b, Duration.ofSeconds(2)), this::cleanUpForLong, b -> b.await(PAYMENT)));
        Workflow<String, String> other = flow("other", String.class);
        trial.with(builder -> builder.register(other, (ctx, in) -> ctx.step("Work", String.class, () -> in)));
        trial.handle();
        await().atMost(PATIENCE)
                .until(() -> trial.rows().stream()
                        .anyMatch(row -> row.kind() == CallKind.AWAIT
                                && row.key().name().equals(APPROVAL.name())
                                && row.status() == StepStatus.STARTED));

        for (int i = 0; i < 50; i++) {
            assertThat(trial.revive().start(other, unique("other") + i, "in").result(PATIENCE))
                    .isEqualTo("in");
        }

        assertThat(store().find(trial.id()).orElseThrow().epoch()).isLessThan(20);
    }

    private String cleanUpForLong(WorkflowContext branch) throws Exception {
        try {
            return branch.await(PAYMENT);
        } catch (CancelledException e) {
            branch.<Exception>shielded(c -> c.await(APPROVAL));
            throw e;
        }
    }

    @Nested
    class AMessage {
        private static final int MANY = 40;
        private static final Duration A_CHANCE = Duration.ofMillis(500);
        private static final Duration A_LOOK = Duration.ofMillis(5);

        /** Whoever ends in the same moment: what was received is what the race came to, and what was not is still there. */
        @Test
        void isNeverLostToATimer() {
            assertThatNoneIsLost("plain", b -> b.await(APPROVAL));
        }

        @Test
        void isNeverLostByARaceWithinARace() {
            assertThatNoneIsLost(
                    "race", b -> b.within(LONG, c -> c.await(APPROVAL)).orElseThrow());
        }

        /** It has been taken out of the inbox, and is not noted yet. */
        @Test
        void isNotLostWhileItIsRead() {
            assumeThat(setting.isNarrow()).isFalse();
            Gate reading = new Gate();
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd()).of(b -> b.await(APPROVAL), b -> {
                        b.step("Wait", () -> reading.awaitReached());
                        return "waited";
                    }));
            trial.with(builder -> builder.serializer(new SlowReader(reading, () -> giveAChanceTo(trial))));

            send(trial, APPROVAL, "Ada");

            assertThat(trial.result()).isEqualTo("Ada");
        }

        /** Who has it has joined its race, and is about to go on: no branch of its own is at work any more. */
        @Test
        void isNotLostAsItsRaceIsJoined() {
            assumeThat(setting.isNarrow()).isFalse();
            Gate joining = new Gate();
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd().named("outer"))
                            .of(
                                    b -> b.parallel(First.toEnd().named("inner"))
                                            .of(c -> c.await(APPROVAL), c -> sleep(c, LONG)),
                                    b -> {
                                        b.step("Wait", () -> joining.awaitReached());
                                        return "waited";
                                    }));
            trial.with(builder -> builder.crashHook(site -> {
                if (site.point() == CrashPoint.BEFORE_JOIN && "inner".equals(site.name())) {
                    joining.reach();
                    giveAChanceTo(trial);
                }
                return CrashAction.GO_ON;
            }));

            send(trial, APPROVAL, "Ada");

            assertThat(trial.result()).isEqualTo("Ada");
        }

        /** Waits until the other branch has decided, which it must not. */
        private static void giveAChanceTo(Trial<?> trial) {
            long end = System.nanoTime() + A_CHANCE.toNanos();
            while (System.nanoTime() < end && trial.rows().stream().noneMatch(AMessage::isOthersDecision)) {
                LockSupport.parkNanos(A_LOOK.toNanos());
            }
        }

        private static boolean isOthersDecision(StepRecord row) {
            return row.status() == StepStatus.DECIDED && row.key().scope().isEmpty();
        }

        /** Takes its time for what is received. Whoever sends it reads it, too. */
        private record SlowReader(PayloadSerializer real, Thread sender, Gate reading, Runnable pause)
                implements PayloadSerializer {
            SlowReader(Gate reading, Runnable pause) {
                this(new JacksonSerializer(), Thread.currentThread(), reading, pause);
            }

            @Override
            public String serialize(@Nullable Object value, Type type) {
                return real.serialize(value, type);
            }

            @Override
            public @Nullable Object deserialize(String json, Type type) {
                if (json.equals("\"Ada\"") && !Thread.currentThread().equals(sender)) {
                    reading.reach();
                    pause.run();
                }
                return real.deserialize(json, type);
            }
        }

        private void assertThatNoneIsLost(String name, Branch<String> approval) {
            Workflow<String, String> workflow = flow(name, String.class);
            Revive revive = engine(workflow, (ctx, in) -> {
                String first = ctx.parallel(First.toEnd())
                        .of(approval, b -> sleep(b, Duration.ofMillis(Integer.parseInt(in))));
                return first.equals("slept") ? "late " + ctx.await(APPROVAL) : first;
            });
            List<WorkflowHandle<String>> handles = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                String id = unique(name + "-" + i);
                handles.add(revive.start(workflow, id, String.valueOf(i % 10)));
                revive.workflow(id).signal(APPROVAL, "Ada");
            }

            assertThat(handles)
                    .allSatisfy(handle -> assertThat(handle.result(PATIENCE)).isIn("Ada", "late Ada"));
        }
    }

    /** It is due again at once: its losers, which have no thread, hear of the decision in its next run. */
    @Test
    void oneThreadIsEnoughForLosersThatWait() {
        Trial<String> trial = trial(
                String.class,
                (ctx, in) -> ctx.parallel(First.toEnd())
                        .of(RaceTests.this::waitAndCleanUp, b -> sleep(b, LONG), b -> happen(b, "Quick")));
        trial.with(builder -> builder.threads(1).permits(1)).handle();

        await().atMost(PATIENCE).until(() -> hasEnded(trial) || waitsFor(trial, LONG.dividedBy(2)));

        assertThat(hasEnded(trial)).isTrue();
        assertThat(effects.all()).containsExactly("Quick", "Clean up");
    }

    private boolean hasEnded(Trial<?> trial) {
        return store().find(trial.id()).orElseThrow().status().isFinal();
    }

    private boolean waitsFor(Trial<?> trial, Duration atLeast) {
        Instant due = store().find(trial.id()).orElseThrow().dueAt();
        return due != null && due.isAfter(Instant.now().plus(atLeast));
    }

    @Test
    void oneThreadIsEnoughForBranchesThatWaitForEachOther() {
        Trial<String> trial = trial(
                String.class,
                (ctx, in) -> String.join(
                        " ",
                        ctx.parallel(
                                IntStream.range(0, 3).boxed().toList(),
                                (b, i) -> b.parallel(First.toEnd())
                                        .of(c -> c.await(APPROVAL), c -> sleep(c, LONG), c -> c.await(PAYMENT)))));
        Revive revive = trial.with(builder -> builder.threads(1).permits(1)).revive();
        trial.handle();
        for (int i = 0; i < 3; i++) {
            revive.workflow(trial.id()).signal(i == 1 ? PAYMENT : APPROVAL, "m" + i);
        }

        assertThat(List.of(trial.result().split(" "))).containsExactlyInAnyOrder("m0", "m1", "m2");
    }
}
