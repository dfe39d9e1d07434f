// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashPoint;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Decision;
import dev.revive.workflow.OnZombie;
import dev.revive.workflow.ResultTimeoutException;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowCancelledException;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowRef;
import dev.revive.workflow.WorkflowStatus;
import dev.revive.workflow.WorkflowTerminatedException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Pausing, resuming and terminating workflows. */
@InSettings
class PauseTests extends TestBed {
    private static final Signal<String> GO = Signal.named("go", String.class);
    private static final Duration LONG = Duration.ofHours(1);

    /** For an answer of the store's, however busy the machine is. */
    private static final Duration ENOUGH_TO_LOOK = Duration.ofSeconds(3);

    private final Effects effects = new Effects();

    private WorkflowRef ref(Trial<?> trial) {
        return trial.revive().workflow(trial.id());
    }

    private void awaitStatus(Trial<?> trial, WorkflowStatus status) {
        await().atMost(PATIENCE).until(() -> row(trial.id()).status() == status);
    }

    private void awaitRow(Trial<?> trial, String name, StepStatus status) {
        await().atMost(PATIENCE)
                .until(() ->
                        trial.rows().stream().anyMatch(row -> row.key().name().equals(name) && row.status() == status));
    }

    /** By an engine that has no code for it. */
    private void fromOutside(Trial<?> trial, Consumer<WorkflowRef> what) {
        Revive client = engine(builder -> builder);
        what.accept(client.workflow(trial.id()));
        close(client);
    }

    private Trial<String> waiting() {
        return trial(String.class, (ctx, in) -> {
            ctx.step("Before", () -> effects.happen("Before"));
            String got = ctx.await(GO);
            ctx.step("After", () -> effects.happen("After"));
            return got;
        });
    }

    @Nested
    class APausedWorkflow {
        @Test
        void beginsNoCallUntilItIsResumed() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                String got = ctx.step("Work", String.class, () -> {
                    effects.happen("Work");
                    gate.pass();
                    return "worked";
                });
                String more = ctx.await(GO); // by here at the latest it has heard
                ctx.step("After", () -> effects.happen("After"));
                return got + more;
            });
            trial.revive();
            gate.awaitReached();

            assertThat(ref(trial).pause("month's end")).isTrue();
            gate.open();
            awaitStatus(trial, WorkflowStatus.PAUSED);

            assertThat(trial.row("Work").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(effects.all()).containsExactly("Work");
            ref(trial).signal(GO, " on");
            assertThat(ref(trial).resume()).isTrue();
            assertThat(trial.result()).isEqualTo("worked on");
            assertThat(effects.all()).containsExactly("Work", "After");
            assertThat(ref(trial).resume()).isFalse();
        }

        @Test
        void keepsWhatComesForIt() {
            Trial<String> trial = waiting();
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            ref(trial).pause(null);
            awaitStatus(trial, WorkflowStatus.PAUSED);

            ref(trial).signal(GO, "kept");

            assertThat(row(trial.id()).status()).isEqualTo(WorkflowStatus.PAUSED);
            assertThat(effects.all()).containsExactly("Before");
            ref(trial).resume();
            assertThat(trial.result()).isEqualTo("kept");
        }

        @Test
        void thatWaitsAsARowIsPausedAtOnce() {
            Trial<String> trial = waiting();
            trial.revive();
            awaitStatus(trial, WorkflowStatus.DUE);

            ref(trial).pause(null);

            assertThat(row(trial.id()).status()).isEqualTo(WorkflowStatus.PAUSED);
            ref(trial).signal(GO, "kept");
            ref(trial).resume();
            assertThat(trial.result()).isEqualTo("kept");
        }

        @Test
        void isToldToWhoAsksForItsResult() {
            Trial<String> trial = waiting();
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            assertThat(notFinished(trial, Duration.ZERO)).contains("It goes on; ask again");
            ref(trial).pause(null);
            awaitStatus(trial, WorkflowStatus.PAUSED);

            assertThat(notFinished(trial, Duration.ZERO))
                    .contains("it was paused")
                    .contains("resume()");
            assertThat(notFinished(trial, ENOUGH_TO_LOOK))
                    .contains("it was paused")
                    .contains("resume()");

            ref(trial).resume();
            awaitStatus(trial, WorkflowStatus.DUE);
            assertThat(notFinished(trial, ENOUGH_TO_LOOK)).contains("It goes on; ask again");
        }

        private static String notFinished(Trial<?> trial, Duration timeout) {
            return catchThrowableOfType(
                            ResultTimeoutException.class, () -> trial.handle().result(timeout))
                    .getMessage();
        }

        /** Whoever waits hears of it at the latest with the next look at what ends elsewhere: a second or a few. */
        @Test
        void isToldToWhoWaitedForItsResultBefore() throws Exception {
            assumeThat(setting).isIn(Setting.MEMORY_NARROW, Setting.MEMORY_UNLOADING, Setting.H2_WIDE);
            Trial<String> trial = waiting();
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            String told = "";
            for (int seconds = 1; seconds <= 32 && !told.contains("it was paused"); seconds *= 2) {
                Duration patience = Duration.ofSeconds(seconds);
                FutureTask<String> waits = new FutureTask<>(() -> notFinished(trial, patience));
                Thread waiter = new Thread(waits, "waiter");
                waiter.start();
                await().atMost(PATIENCE).until(() -> waits.isDone() || isWaitingForAnEnd(waiter));
                ref(trial).pause(null);
                told = waits.get();
                ref(trial).resume();
            }

            assertThat(told).contains("it was paused");
        }

        /** Only its stack tells that it waits: it may have asked no store. */
        private static boolean isWaitingForAnEnd(Thread thread) {
            return Arrays.stream(thread.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().endsWith("Endings$Expectation")
                            && frame.getMethodName().equals("await"));
        }

        /** Its timers count on. */
        @Test
        void whoseSleepIsOverGoesOnAtOnceWhenItIsResumed() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.sleep("Nap", Duration.ofMillis(30));
                ctx.step("After", () -> effects.happen("After"));
                return "slept";
            });
            Gate gate = new Gate();
            Trial<String> beside = trial("beside", String.class, (ctx, in) -> {
                ctx.sleep("Longer Nap", Duration.ofMillis(60));
                ctx.step("Wait", gate::pass);
                return "";
            });
            trial.crash(CrashPoint.AFTER_OUTCOME, "Nap");
            fromOutside(trial, it -> it.pause("while nobody runs it"));
            assertThat(row(trial.id()).status()).isEqualTo(WorkflowStatus.PAUSED);
            beside.revive();
            gate.awaitReached();
            gate.open();
            assertThat(effects.all()).isEmpty();

            ref(trial).resume();

            assertThat(trial.result()).isEqualTo("slept");
        }

        @Test
        void ofManyBranchesEndsThemAll() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<String> all = ctx.parallel(List.of("a", "b", "c"), (b, n) -> {
                    b.step("Work " + n, () -> {
                        effects.happen("work");
                        gate.pass();
                    });
                    b.await(GO); // by here at the latest it has heard
                    return b.step("Then " + n, String.class, () -> "then" + effects.happen("then"));
                });
                return "" + all.size();
            });
            trial.revive();
            gate.awaitReached();
            ref(trial).pause(null);
            gate.open();
            awaitStatus(trial, WorkflowStatus.PAUSED);
            assertThat(effects.times("then")).isZero();

            for (int i = 0; i < 3; i++) {
                ref(trial).signal(GO, "on");
            }
            ref(trial).resume();

            assertThat(trial.result()).isEqualTo("3");
            assertThat(effects.times("work")).isEqualTo(3);
            assertThat(effects.times("then")).isEqualTo(3);
        }

        @Test
        void thatIsCancelledGoesOnToCleanUp() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.await(GO);
                } finally {
                    ctx.shielded(c -> c.step("Clean Up", () -> effects.happen("Clean Up")));
                }
            });
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            ref(trial).pause(null);
            awaitStatus(trial, WorkflowStatus.PAUSED);

            ref(trial).cancel("enough");

            assertThat(catchThrowableOfType(WorkflowCancelledException.class, trial::result)
                            .reason())
                    .isEqualTo("enough");
            assertThat(effects.all()).containsExactly("Clean Up");
        }

        @Test
        void thatIsCancelledAlreadyIsNotPaused() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.await(GO);
                } finally {
                    ctx.shielded(c -> c.step("Clean Up", () -> {
                        effects.happen("Clean Up");
                        gate.pass();
                    }));
                }
            });
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            ref(trial).cancel("enough");
            gate.awaitReached();

            ref(trial).pause("too late");
            gate.open();

            assertThat(catchThrowableOfType(WorkflowCancelledException.class, trial::result))
                    .isNotNull();
        }

        @Test
        void isNotLeftSoIfItIsResumedBeforeItWasPaused() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step("Work", () -> {
                    effects.happen("Work");
                    gate.pass();
                });
                ctx.step("After", () -> effects.happen("After"));
                return "over";
            });
            trial.revive();
            gate.awaitReached();
            for (int i = 0; i < 3; i++) {
                assertThat(ref(trial).pause(null)).isTrue();
                assertThat(ref(trial).resume()).isTrue();
            }
            gate.open();

            assertThat(trial.result()).isEqualTo("over");
            assertThat(effects.all()).containsExactly("Work", "After");
        }

        @Test
        void isPausedThoughItsProcessDied() {
            Trial<String> trial = waiting();
            trial.crash(CrashPoint.AFTER_OUTCOME, "Before");
            fromOutside(trial, it -> assertThat(it.pause(null)).isTrue());
            trial.revive();

            assertThat(row(trial.id()).status()).isEqualTo(WorkflowStatus.PAUSED);
            ref(trial).signal(GO, "go");
            ref(trial).resume();
            assertThat(trial.result()).isEqualTo("go");
            assertThat(effects.all()).containsExactly("Before", "After");
        }

        @Test
        void whoNeededAPersonIsPausedOnceThatHasDecided() {
            Step<String> step = Step.of("Charge", String.class, a -> "" + effects.happen("charge"))
                    .onZombie(OnZombie.ASK);
            Trial<String> trial = trial(String.class, (ctx, in) -> ctx.step(step) + ctx.await(GO));
            trial.crash(CrashPoint.AFTER_EFFECT, "Charge");
            trial.attention();

            ref(trial).pause(null);
            assertThat(row(trial.id()).status()).isEqualTo(WorkflowStatus.NEEDS_ATTENTION);

            trial.revive().decide(trial.id(), trial.step("Charge"), Decision.happened("1"));
            awaitStatus(trial, WorkflowStatus.PAUSED);
            ref(trial).signal(GO, "+");
            ref(trial).resume();
            assertThat(trial.result()).isEqualTo("1+");
        }
    }

    @Nested
    class ATerminatedWorkflow {
        private void isTerminated(Trial<?> trial) {
            assertThat(ref(trial).terminate("wrong order")).isTrue();

            WorkflowTerminatedException thrown = catchThrowableOfType(WorkflowTerminatedException.class, trial::result);
            assertThat(thrown.reason()).isEqualTo("wrong order");
            assertThat(thrown.workflowId()).isEqualTo(trial.id());
            assertThat(row(trial.id()).status()).isEqualTo(WorkflowStatus.TERMINATED);
            assertThat(ref(trial).terminate("again")).isFalse();
            assertThat(ref(trial).cancel("again")).isFalse();
            assertThat(ref(trial).pause("again")).isFalse();
            assertThat(ref(trial).resume()).isFalse();
            assertThat(trial.revive().retry(trial.id())).isFalse();
        }

        private Trial<String> cleaningUp() {
            return trial(String.class, (ctx, in) -> {
                try {
                    ctx.step("Before", () -> effects.happen("Before"));
                    return ctx.await(GO);
                } finally {
                    ctx.shielded(c -> c.step("Clean Up", () -> effects.happen("Clean Up")));
                }
            });
        }

        @Test
        void endsAsItStandsWithoutCleanUp() {
            Trial<String> trial = cleaningUp();
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);

            isTerminated(trial);
            assertThat(effects.all()).containsExactly("Before");
        }

        @Test
        void endsThoughItIsARow() {
            Trial<String> trial = cleaningUp();
            trial.revive();
            awaitStatus(trial, WorkflowStatus.DUE);

            isTerminated(trial);
            assertThat(effects.all()).containsExactly("Before");
        }

        @Test
        void endsThoughNobodyHasCodeForIt() {
            Trial<String> trial = cleaningUp();
            trial.crash(CrashPoint.AFTER_OUTCOME, "Before");
            fromOutside(trial, it -> assertThat(it.terminate("wrong order")).isTrue());

            assertThat(row(trial.id()).status()).isEqualTo(WorkflowStatus.TERMINATED);
            assertThat(row(trial.id()).failure()).contains("wrong order");
            assertThat(effects.all()).containsExactly("Before");
        }

        @Test
        void endsThoughItIsPaused() {
            Trial<String> trial = cleaningUp();
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            ref(trial).pause(null);
            awaitStatus(trial, WorkflowStatus.PAUSED);

            isTerminated(trial);
        }

        @Test
        void endsThoughItNeedsAttention() {
            Step<String> step = Step.of("Charge", String.class, a -> "" + effects.happen("c"))
                    .onZombie(OnZombie.ASK);
            Trial<String> trial = trial(String.class, (ctx, in) -> ctx.step(step));
            trial.crash(CrashPoint.AFTER_EFFECT, "Charge");
            trial.attention();

            isTerminated(trial);
            assertThat(row(trial.id()).attention()).isNull();
        }

        @Test
        void endsThoughItIsCleaningUpAfterACancellation() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.await(GO);
                } finally {
                    ctx.shielded(c -> c.sleep("For Long", LONG));
                }
            });
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            ref(trial).cancel("first");
            awaitRow(trial, "For Long", StepStatus.STARTED);

            isTerminated(trial);
            gate.open();
        }

        /** It is told at once, and what the effect does from then on is not recorded. */
        @Test
        void isNotWaitedForThoughAnEffectDoesNotHeedItsInterrupt() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step("Deaf", () -> {
                    gate.passUninterruptibly();
                    effects.happen("late");
                });
                ctx.step("After", () -> effects.happen("After"));
                return "";
            });
            trial.revive();
            gate.awaitReached();

            isTerminated(trial);
            gate.open();
            await().atMost(PATIENCE).until(() -> effects.times("late") == 1);
            trial.stop();

            assertThat(trial.row("Deaf").status()).isEqualTo(StepStatus.STARTED);
            assertThat(effects.all()).containsExactly("late");
            assertThat(row(trial.id()).status()).isEqualTo(WorkflowStatus.TERMINATED);
        }

        @Test
        void doesNotTryAgain() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step(Step.of("Busy", String.class, a -> {
                                throw new IllegalStateException("busy");
                            })
                            .retry(RetryPolicy.forever().fixedDelay(LONG))));
            trial.revive();
            awaitRow(trial, "Busy", StepStatus.BACKOFF);

            isTerminated(trial);
        }

        @Test
        void makesRoomForOthers() {
            List<Trial<String>> many = IntStream.range(0, 20)
                    .mapToObj(i -> trial("many" + i, String.class, (ctx, in) -> ctx.await(GO)))
                    .toList();
            Revive revive = engine(builder -> {
                many.forEach(trial -> builder.register(trial.workflow(), trial.function()));
                return builder;
            });
            many.forEach(trial -> revive.start(trial.workflow(), trial.id(), ""));
            many.forEach(trial ->
                    assertThat(revive.workflow(trial.id()).terminate(null)).isTrue());

            for (Trial<String> trial : many) {
                WorkflowTerminatedException thrown = catchThrowableOfType(
                        WorkflowTerminatedException.class,
                        () -> revive.handle(trial.workflow(), trial.id()).result(PATIENCE));
                assertThat(thrown.reason()).isNull();
            }
        }
    }

    @Nested
    class ARetriedWorkflow {
        /** The wish came too late to be heard: who has it retried wants it to go on. */
        @Test
        void forgetsWhatPeopleWantedOfTheFailedOne() {
            Gate gate = new Gate();
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step("Fail", String.class, () -> {
                        gate.pass();
                        if (effects.happen("try") == 1) {
                            throw new IllegalStateException("no");
                        }
                        return "yes";
                    }));
            trial.revive();
            gate.awaitReached();
            ref(trial).cancel("late");
            gate.open();
            assertThat(catchThrowableOfType(WorkflowFailedException.class, trial::result))
                    .isNotNull();

            assertThat(trial.revive().retry(trial.id())).isTrue();

            assertThat(trial.result()).isEqualTo("yes");
        }

        /** Whose clean-up failed cleans up again, and is cancelled. */
        @Test
        void staysCancelledIfACallWas() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.await(GO);
                } finally {
                    ctx.shielded(c -> c.step("Clean Up", () -> {
                        if (effects.happen("Clean Up") == 1) {
                            throw new IllegalStateException("no");
                        }
                    }));
                }
            });
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            ref(trial).cancel("enough");
            assertThat(catchThrowableOfType(WorkflowFailedException.class, trial::result))
                    .isNotNull();

            assertThat(trial.revive().retry(trial.id())).isTrue();

            assertThat(catchThrowableOfType(WorkflowCancelledException.class, trial::result)
                            .reason())
                    .isEqualTo("enough");
            assertThat(effects.all()).containsExactly("Clean Up", "Clean Up");
        }
    }
}
