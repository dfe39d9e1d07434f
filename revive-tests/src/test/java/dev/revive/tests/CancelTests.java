// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.StepRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Branch;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.OnZombie;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Poll;
import dev.revive.workflow.Reconciliation;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepBody;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowCancelledException;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowRef;
import dev.revive.workflow.WorkflowStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Cancelling workflows. */
@InSettings
class CancelTests extends TestBed {
    private static final Signal<String> GO = Signal.named("go", String.class);
    private static final Duration LONG = Duration.ofHours(1);

    private final Effects effects = new Effects();

    private WorkflowRef ref(Trial<?> trial) {
        return trial.revive().workflow(trial.id());
    }

    private void awaitRow(Trial<?> trial, String name, StepStatus status) {
        await().atMost(PATIENCE)
                .until(() ->
                        trial.rows().stream().anyMatch(row -> row.key().name().equals(name) && row.status() == status));
    }

    private void awaitUnloaded(Trial<?> trial) {
        await().atMost(PATIENCE).until(() -> row(trial.id()).status() == WorkflowStatus.DUE);
    }

    private WorkflowCancelledException cancelled(Trial<?> trial) {
        WorkflowCancelledException thrown = catchThrowableOfType(WorkflowCancelledException.class, trial::result);
        assertThat(thrown).as("the workflow was cancelled").isNotNull();
        return thrown;
    }

    private Trial<String> cleansUp(Waiting waiting) {
        return trial(String.class, (ctx, in) -> {
            try {
                ctx.step("Before", () -> effects.happen("Before"));
                waiting.in(ctx);
                ctx.step("After", () -> effects.happen("After"));
                return "not cancelled";
            } finally {
                ctx.shielded(c -> c.step("Clean Up", () -> effects.happen("Clean Up")));
            }
        });
    }

    private interface Waiting {
        void in(WorkflowContext ctx) throws Exception;
    }

    private void isCancelledAt(Trial<String> trial, String call) {
        assertThat(ref(trial).cancel("too expensive")).isTrue();

        assertThat(cancelled(trial))
                .hasMessageContaining(trial.id())
                .hasMessageContaining("too expensive")
                .extracting(WorkflowCancelledException::reason)
                .isEqualTo("too expensive");
        assertThat(effects.all()).containsExactly("Before", "Clean Up");
        assertThat(trial.row(call).status()).isEqualTo(StepStatus.CANCELLED);
        assertThat(trial.row(call).failure()).contains("too expensive");
        assertThat(row(trial.id()).status()).isEqualTo(WorkflowStatus.CANCELLED);
        assertThat(row(trial.id()).dueAt()).as("no timer is left").isNull();
        assertThat(trial.handle().status()).isEqualTo(WorkflowStatus.CANCELLED);
    }

    @Nested
    class AWaitEndsAtOnce {
        @Test
        void aSleep() {
            Trial<String> trial = cleansUp(ctx -> ctx.sleep("Nap", LONG));
            trial.revive();
            awaitRow(trial, "Nap", StepStatus.STARTED);

            isCancelledAt(trial, "Nap");
        }

        @Test
        void aSleepThatIsARow() {
            Trial<String> trial = cleansUp(ctx -> ctx.sleep("Nap", LONG));
            trial.revive();
            awaitUnloaded(trial);

            isCancelledAt(trial, "Nap");
        }

        @Test
        void aWaitForASignal() {
            Trial<String> trial = cleansUp(ctx -> ctx.await(GO));
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);

            isCancelledAt(trial, "go");
        }

        @Test
        void aWaitForASignalThatIsARow() {
            Trial<String> trial = cleansUp(ctx -> ctx.await(GO, LONG));
            trial.revive();
            awaitUnloaded(trial);

            isCancelledAt(trial, "go");
        }

        @Test
        void aWaitForAnAwakeable() {
            Trial<String> trial = cleansUp(ctx -> ctx.await(ctx.awakeable("Payment", String.class)));
            trial.revive();
            awaitRow(trial, "Payment", StepStatus.STARTED);

            areCancelled(trial);
        }

        @Test
        void aWaitForAnAwakeableThatIsARow() {
            Trial<String> trial = cleansUp(ctx -> ctx.await(ctx.awakeable("Payment", String.class), LONG));
            trial.revive();
            awaitUnloaded(trial);

            areCancelled(trial);
        }

        /** The call that made it, too, has its name. */
        private void areCancelled(Trial<String> trial) {
            ref(trial).cancel("too expensive");

            assertThat(cancelled(trial).reason()).isEqualTo("too expensive");
            assertThat(effects.all()).containsExactly("Before", "Clean Up");
            assertThat(trial.rows())
                    .filteredOn(row -> row.kind() == CallKind.COMPLETION)
                    .extracting(StepRecord::status)
                    .containsExactly(StepStatus.CANCELLED);
            assertThat(row(trial.id()).dueAt()).isNull();
        }

        @Test
        void thePauseBetweenTwoLooksOfAPoll() {
            Trial<String> trial = cleansUp(
                    ctx -> ctx.poll("Look", String.class, Poll.every(LONG).until("there"::equals), a -> "not"));
            trial.revive();
            awaitRow(trial, "Look", StepStatus.BACKOFF);

            isCancelledAt(trial, "Look");
            assertThat(trial.row("Look").output()).isEqualTo("\"not\"");
        }

        @Test
        void thePauseBetweenTwoAttempts() {
            Step<String> step = Step.of("Try", String.class, a -> {
                        throw new IllegalStateException("busy");
                    })
                    .retry(RetryPolicy.forever().fixedDelay(LONG));
            Trial<String> trial = cleansUp(ctx -> ctx.step(step));
            trial.revive();
            awaitRow(trial, "Try", StepStatus.BACKOFF);

            isCancelledAt(trial, "Try");
        }
    }

    @Nested
    class AStepUnderWay {
        private final Gate gate = new Gate();

        private Trial<String> cancelledIn(Step<String> step) {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                String got = "nothing";
                try {
                    got = ctx.step(step);
                    ctx.await(GO); // by here at the latest it has heard
                    ctx.step("After", () -> effects.happen("After"));
                    return "not cancelled";
                } catch (CancelledException e) {
                    String seen = got;
                    ctx.shielded(c -> c.step("Clean Up", () -> effects.happen("Undo " + seen)));
                    throw e;
                }
            });
            trial.revive();
            gate.awaitReached();
            ref(trial).cancel(null);
            gate.open();
            return trial;
        }

        @Test
        void endsByItselfAndWhatItReturnsCounts() {
            Trial<String> trial = cancelledIn(Step.of("Work", String.class, a -> {
                gate.pass();
                return "done";
            }));

            assertThat(cancelled(trial).reason()).isNull();
            assertThat(trial.row("Work").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(effects.all()).containsExactly("Undo done");
        }

        @Test
        void isNotTriedAgain() {
            Trial<String> trial = cancelledIn(Step.of("Work", String.class, a -> {
                        effects.happen("Attempt");
                        gate.pass();
                        throw new IllegalStateException("busy");
                    })
                    .retry(RetryPolicy.forever().fixedDelay(Duration.ofMillis(1))));

            cancelled(trial);
            await().atMost(PATIENCE).until(() -> row(trial.id()).status() == WorkflowStatus.CANCELLED);
            assertThat(trial.row("Work").status()).isEqualTo(StepStatus.CANCELLED);
            assertThat(trial.row("Work").failure()).contains("CANCELLED");
        }

        private Step<String> interrupted(StepBody<String> body) {
            return Step.of("Work", String.class, body)
                    .with(StepOptions.defaults().interruptOnCancel());
        }

        @Test
        void isInterruptedIfThatIsItsChoice() {
            Gate never = new Gate();
            Trial<String> trial = cancelledIn(interrupted(a -> {
                gate.reach();
                never.pass();
                return "done";
            }));

            cancelled(trial);
            assertThat(trial.row("Work").status()).isEqualTo(StepStatus.CANCELLED);
            assertThat(trial.row("Work").resolution()).isEqualTo(Resolution.GIVEN_UP);
            assertThat(effects.all()).containsExactly("Undo nothing");
        }

        @Test
        void isInterruptedThoughItHasAThreadOfItsOwn() {
            Gate never = new Gate();
            Step<String> step = Step.of("Work", String.class, a -> {
                        gate.reach();
                        never.pass();
                        return "done";
                    })
                    .with(StepOptions.defaults().interruptOnCancel().attemptTimeout(LONG));

            cancelled(cancelledIn(step));
            assertThat(effects.all()).containsExactly("Undo nothing");
        }

        @Test
        void thatIsInterruptedAndReturnsAllTheSameCounts() {
            Gate never = new Gate();
            Trial<String> trial = cancelledIn(interrupted(a -> {
                gate.reach();
                try {
                    never.pass();
                    return "not interrupted";
                } catch (InterruptedException e) {
                    return "in time";
                }
            }));

            cancelled(trial);
            assertThat(trial.row("Work").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(effects.all()).containsExactly("Undo in time");
        }

        @Test
        void failsIfItWouldHaveFailedAnyhow() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step("Work", String.class, () -> {
                        gate.pass();
                        throw new IllegalStateException("no");
                    }));
            trial.revive();
            gate.awaitReached();
            ref(trial).cancel("late");
            gate.open();

            assertThat(trial.failure().failure().type()).isEqualTo(StepFailedException.class.getName());
        }
    }

    @Nested
    class AZombie {
        private Trial<String> zombie(Step<String> step) {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.step(step);
                } catch (CancelledException e) {
                    ctx.shielded(c -> c.step("Clean Up", () -> effects.happen("unknown: " + e.isOutcomeUnknown())));
                    throw e;
                }
            });
            trial.crash(CrashPoint.AFTER_EFFECT, "Charge");
            Revive client = engine(builder -> builder);
            assertThat(client.workflow(trial.id()).cancel("no more")).isTrue();
            close(client);
            return trial;
        }

        private Step<String> charge() {
            return Step.of("Charge", String.class, a -> "charged " + effects.happen("charge"));
        }

        @Test
        void isCancelledInDoubt() {
            Trial<String> trial = zombie(charge());

            assertThat(cancelled(trial)).hasMessageContaining("no more");
            assertThat(trial.row("Charge").status()).isEqualTo(StepStatus.CANCELLED);
            assertThat(trial.row("Charge").resolution()).isEqualTo(Resolution.GIVEN_UP);
            assertThat(effects.all()).containsExactly("charge", "unknown: true");
        }

        @Test
        void isCancelledInDoubtThoughItIsToBeginAtMostOnce() {
            Trial<String> trial = zombie(charge().atMostOnce());

            cancelled(trial);
            assertThat(effects.all()).containsExactly("charge", "unknown: true");
        }

        /** Nothing is recorded of it before it has happened. */
        @Test
        void ofAnIdempotentStepIsCancelledInDoubtToo() {
            Trial<String> trial = zombie(charge().idempotent());

            cancelled(trial);
            assertThat(effects.all()).containsExactly("charge", "unknown: true");
        }

        @Test
        void countsIfTheReconcilerSaysThatItHappened() {
            Trial<String> trial = zombie(charge().reconcile(a -> Reconciliation.happened("charged before")));

            assertThat(trial.result()).isEqualTo("charged before");
            assertThat(effects.all()).containsExactly("charge");
        }

        @Test
        void isCancelledIfTheReconcilerSaysThatItDidNotHappen() {
            Trial<String> trial = zombie(charge().reconcile(a -> Reconciliation.didNotHappen()));

            cancelled(trial);
            assertThat(trial.row("Charge").status()).isEqualTo(StepStatus.CANCELLED);
            assertThat(effects.all()).containsExactly("charge", "unknown: false");
        }

        @Test
        void isCancelledInDoubtIfTheReconcilerCannotTell() {
            Trial<String> trial = zombie(charge().atMostOnce().reconcile(a -> Reconciliation.unknown()));

            cancelled(trial);
            assertThat(effects.all()).containsExactly("charge", "unknown: true");
        }
    }

    @Nested
    class InBranches {
        @Test
        void eachIsCancelledWhereItStandsAndCleansUp() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.parallel(List.of("a", "b", "c"), (b, name) -> {
                        try {
                            b.step("Book " + name, () -> effects.happen("book"));
                            b.await(GO);
                            return name;
                        } finally {
                            b.shielded(c -> c.step("Release " + name, () -> effects.happen("release")));
                        }
                    });
                    return "not cancelled";
                } finally {
                    ctx.shielded(c -> c.step("Clean Up", () -> effects.happen("Clean Up")));
                }
            });
            trial.revive();
            await().atMost(PATIENCE)
                    .until(() -> trial.rows().stream()
                                    .filter(row -> row.key().name().equals("go"))
                                    .count()
                            == 3);

            ref(trial).cancel("all of it");

            cancelled(trial);
            assertThat(effects.times("book")).isEqualTo(3);
            assertThat(effects.times("release")).isEqualTo(3);
            assertThat(effects.times("Clean Up")).isEqualTo(1);
            StepRecord join = trial.row("parallel");
            assertThat(join.status()).isEqualTo(StepStatus.CANCELLED);
            assertThat(join.output()).contains("WWW");
        }

        @Test
        void aBranchThatHasEndedStands() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.parallel(ParallelOptions.defaults())
                            .all(List.<Branch<String>>of(b -> b.step("First", String.class, () -> "first"), b -> {
                                b.step("Second", gate::pass);
                                return b.await(GO);
                            }));
                } catch (CancelledException e) {
                    ctx.shielded(c -> c.step("Clean Up", () -> effects.happen("Clean Up")));
                    throw e;
                }
                return "not cancelled";
            });
            trial.revive();
            gate.awaitReached();
            awaitRow(trial, "First", StepStatus.COMPLETED);
            ref(trial).cancel("now");
            gate.open();

            cancelled(trial);
            assertThat(trial.row("parallel").output()).contains("CW");
            assertThat(effects.all()).containsExactly("Clean Up");
        }

        /** What one of them failed with is not lost, though the cancellation is what is thrown. */
        @Test
        void aFailureOfAnotherBranchIsSuppressed() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.parallel(ParallelOptions.defaults())
                            .all(List.<Branch<String>>of(
                                    b -> b.step("Fail", String.class, () -> {
                                        throw new IllegalStateException("boom");
                                    }),
                                    b -> {
                                        b.step("Second", gate::pass);
                                        return b.await(GO);
                                    }));
                } catch (CancelledException e) {
                    String suppressed = e.getSuppressed()[0].getMessage();
                    ctx.shielded(c -> c.step("Tell", () -> effects.happen(suppressed)));
                    throw e;
                }
                return "not cancelled";
            });
            trial.revive();
            gate.awaitReached();
            awaitRow(trial, "Fail", StepStatus.FAILED);
            ref(trial).cancel("now");
            gate.open();

            cancelled(trial);
            assertThat(trial.row("parallel").output()).contains("FW");
            assertThat(effects.all().toString()).contains("boom");
        }

        @Test
        void aParallelThatHasNotBegunDoesNot() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.parallel(List.of(1, 2), (b, n) -> effects.happen("branch"));
                return "not cancelled";
            });
            trial.crash(CrashPoint.BEFORE_FORK, "parallel");
            Revive client = engine(builder -> builder);
            client.workflow(trial.id()).cancel("now");
            close(client);

            cancelled(trial);
            assertThat(effects.all()).isEmpty();
            assertThat(trial.row("parallel").status()).isEqualTo(StepStatus.CANCELLED);
        }

        /** More branches than threads, each of which waits: those that gave up their thread hear of it, too. */
        @Test
        void thoseThatWaitWithoutAThreadAreCancelledToo() {
            int many = 30;
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                        ctx.parallel(IntStream.range(0, many).boxed().toList(), (b, n) -> {
                            try {
                                return b.await(GO);
                            } finally {
                                b.shielded(c -> {
                                    c.sleep("Breathe", Duration.ofMillis(1));
                                    c.step("Release " + n, () -> effects.happen("release"));
                                });
                            }
                        });
                        return "not cancelled";
                    })
                    .with(builder -> builder.threads(2).permits(1));
            trial.revive();
            await().atMost(PATIENCE)
                    .until(() -> trial.rows().stream()
                                    .filter(row -> row.key().name().equals("go"))
                                    .count()
                            == many);

            ref(trial).cancel("all");

            cancelled(trial);
            assertThat(effects.times("release")).isEqualTo(many);
        }
    }

    @Nested
    class CleaningUp {
        @Test
        void maySleepAwaitAndOpenBranches() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.sleep("Nap", LONG);
                } catch (CancelledException e) {
                    ctx.shielded(c -> {
                        c.sleep("Breathe", Duration.ofMillis(50));
                        effects.happen(c.await(GO));
                        c.parallel(
                                List.of("x", "y"),
                                (b, n) -> b.step("Undo " + n, String.class, () -> {
                                    effects.happen("undo");
                                    return n;
                                }));
                    });
                    throw e;
                }
                return "not cancelled";
            });
            trial.revive();
            awaitRow(trial, "Nap", StepStatus.STARTED);
            ref(trial).cancel("now");
            awaitRow(trial, "go", StepStatus.STARTED);
            if (!setting.isNarrow()) {
                awaitUnloaded(trial);
            }
            ref(trial).signal(GO, "from outside");

            cancelled(trial);
            assertThat(effects.times("from outside")).isGreaterThanOrEqualTo(1);
            assertThat(effects.times("undo")).isEqualTo(2);
        }

        @Test
        void mayBeNested() {
            Trial<String> trial = cleansUp(ctx -> {
                try {
                    ctx.sleep("Nap", LONG);
                } finally {
                    ctx.shielded(c -> {
                        c.shielded(d -> d.step("Inner", () -> {}));
                        try {
                            c.shielded(d -> {
                                throw new IOException("the inner one ends so");
                            });
                        } catch (IOException e) {
                            c.step("Outer", () -> {});
                        }
                    });
                }
            });
            trial.revive();
            awaitRow(trial, "Nap", StepStatus.STARTED);

            isCancelledAt(trial, "Nap");
            assertThat(trial.row("Inner").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(trial.row("Outer").status()).isEqualTo(StepStatus.COMPLETED);
        }

        @Test
        void isOverWithItsBlock() {
            Trial<String> trial = cleansUp(ctx -> {
                try {
                    ctx.sleep("Nap", LONG);
                } catch (CancelledException e) {
                    ctx.shielded(c -> c.step("Inside", () -> {}));
                    ctx.step("Outside", () -> effects.happen("Outside"));
                }
            });
            trial.revive();
            awaitRow(trial, "Nap", StepStatus.STARTED);

            isCancelledAt(trial, "Nap");
            assertThat(trial.row("Inside").status()).isEqualTo(StepStatus.COMPLETED);
        }

        @Test
        void isLikeAllElseWhereNobodyCancels() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.shielded(c -> c.shielded(d -> d.step("Inner", () -> effects.happen("Inner"))));
                return ctx.step("After", String.class, () -> "after");
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("after");
            assertThat(trial.stepKeys()).containsExactly("Inner#1", "After#2");
            assertThat(effects.all()).containsExactly("Inner");
        }

        @Test
        void isDoneOnceThoughTheProcessDiesInIt() {
            for (CrashPoint point :
                    List.of(CrashPoint.BEFORE_STARTED, CrashPoint.OUTCOME_QUEUED, CrashPoint.AFTER_OUTCOME)) {
                for (CrashAction how : List.of(CrashAction.CRASH_LOSING_QUEUED, CrashAction.CRASH_KEEPING_QUEUED)) {
                    List<String> done = new ArrayList<>();
                    Trial<String> trial = trial("crash-" + point + how, String.class, (ctx, in) -> {
                        try {
                            return ctx.await(GO);
                        } finally {
                            ctx.shielded(c -> {
                                c.step("One", () -> done.add("one"));
                                c.step("Two", () -> done.add("two"));
                            });
                        }
                    });
                    trial.revive();
                    awaitRow(trial, "go", StepStatus.STARTED);
                    trial.stop();
                    Revive client = engine(builder -> builder);
                    client.workflow(trial.id()).cancel("why");
                    close(client);

                    trial.crash(CrashPlan.at(point).ofStep("Two").then(how));

                    assertThat(cancelled(trial).reason()).isEqualTo("why");
                    assertThat(done).contains("one", "two");
                    assertThat(done.indexOf("two")).as("one is recorded").isEqualTo(1);
                    trial.stop();
                }
            }
        }
    }

    @Nested
    class TheFunction {
        @Test
        void thatReturnsAllTheSameHasCompleted() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.await(GO);
                } catch (CancelledException e) {
                    return "gave up: " + e.reason() + (e.isTimedOut() ? ", in time" : "");
                }
            });
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            ref(trial).cancel("late");

            assertThat(trial.result()).isEqualTo("gave up: late");
        }

        @Test
        void thatThrowsSomethingElseHasFailed() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.await(GO);
                } catch (CancelledException e) {
                    throw new IllegalStateException("cannot clean up");
                }
            });
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            ref(trial).cancel("late");

            assertThat(trial.failure().failure().message()).isEqualTo("cannot clean up");
        }

        @Test
        void thatWrapsItIsCancelled() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.await(GO);
                } catch (CancelledException e) {
                    throw new IllegalStateException("wrapped", e);
                }
            });
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            ref(trial).cancel("late");

            assertThat(cancelled(trial).reason()).isEqualTo("late");
            assertThat(row(trial.id()).failure()).contains("wrapped");
        }

        @Test
        void thatGoesOnIsToldAtEveryCallWithoutARow() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                int told = 0;
                for (int i = 0; i < 20; i++) {
                    try {
                        ctx.step("Step " + i, () -> effects.happen("step"));
                    } catch (CancelledException e) {
                        told++;
                    }
                    if (i == 0) {
                        try {
                            ctx.await(GO);
                        } catch (CancelledException e) {
                            told++;
                        }
                    }
                }
                return "told " + told;
            });
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            ref(trial).cancel("now");

            assertThat(trial.result()).isEqualTo("told 20");
            assertThat(effects.all()).containsExactly("step");
            assertThat(trial.rows()).hasSize(2);
        }

        @Test
        void thatNeverEndsNeedsAttention() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                while (true) {
                    try {
                        ctx.await(GO);
                    } catch (CancelledException e) {
                        effects.happen("swallowed");
                    }
                }
            });
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            ref(trial).cancel("now");

            Attention attention = trial.attention();
            assertThat(attention.reason()).isEqualTo(Attention.Reason.SWALLOWED_CANCELLATION);
            assertThat(attention.message())
                    .contains(trial.id())
                    .contains("go#1")
                    .contains("Let CancelledException leave the loop and the function")
                    .contains("resume")
                    .contains("terminate");
            assertThat(trial.rows()).hasSize(1);
        }

        @Test
        void aBranchOfWhichNeverEndsNeedsAttention() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                            b -> {
                                while (true) {
                                    try {
                                        b.await(GO);
                                    } catch (CancelledException e) {
                                        effects.happen("swallowed");
                                    }
                                }
                            },
                            b -> b.step("Beside", String.class, () -> "beside"),
                            (one, other) -> other));
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            ref(trial).cancel("now");

            Attention attention = trial.attention();
            assertThat(attention.reason()).isEqualTo(Attention.Reason.SWALLOWED_CANCELLATION);
            assertThat(attention.message()).contains("1.1/go#1").contains("leave the loop");
        }
    }

    @Nested
    class TheWish {
        @Test
        void isHeardBeforeTheFirstCall() {
            Trial<String> trial = cleansUp(ctx -> {});
            trial.crash(CrashPoint.BEFORE_STARTED, "Before");
            Revive client = engine(builder -> builder);
            client.workflow(trial.id()).cancel("at once");
            close(client);

            cancelled(trial);
            assertThat(effects.all()).containsExactly("Clean Up");
        }

        @Test
        void endsTheNeedForAPerson() {
            Step<String> step = Step.of("Charge", String.class, a -> "" + effects.happen("charge"))
                    .onZombie(OnZombie.ASK);
            Trial<String> trial = trial(String.class, (ctx, in) -> ctx.step(step));
            trial.crash(CrashPoint.AFTER_EFFECT, "Charge");
            trial.attention();

            ref(trial).cancel("nobody knows");

            cancelled(trial);
            assertThat(effects.all()).containsExactly("charge");
            assertThat(trial.row("Charge").resolution()).isEqualTo(Resolution.GIVEN_UP);
        }

        @Test
        void isInVainWhereNobodyIsOrAllIsOver() {
            Trial<String> trial = trial(String.class, (ctx, in) -> "over");
            trial.result();

            assertThat(ref(trial).cancel("late")).isFalse();
            assertThat(trial.revive().workflow(unique("nobody")).cancel("why")).isFalse();
            assertThat(trial.result()).isEqualTo("over");
        }

        @Test
        void twiceIsOnce() {
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
            assertThat(ref(trial).cancel("too expensive")).isTrue();
            gate.awaitReached();

            assertThat(ref(trial).cancel("again")).isTrue();
            gate.open();

            assertThat(cancelled(trial).reason()).isEqualTo("too expensive");
            assertThat(effects.all()).containsExactly("Clean Up");
        }

        @Test
        void isNotTakenBack() {
            Trial<String> trial = cleansUp(ctx -> ctx.await(GO));
            trial.revive();
            awaitRow(trial, "go", StepStatus.STARTED);
            isCancelledAt(trial, "go");

            assertThat(ref(trial).resume()).isFalse();
            assertThat(trial.revive().retry(trial.id())).isFalse();
            assertThat(ref(trial).pause("again")).isFalse();
            assertThat(ref(trial).cancel("again")).isFalse();
            assertThat(ref(trial).terminate("again")).isFalse();
            assertThat(cancelled(trial).reason()).isEqualTo("too expensive");
        }

        @Test
        void givesTheOnlyPlaceToOthers() {
            Gate gate = new Gate();
            Gate never = new Gate();
            Trial<String> trial = trial(
                            String.class,
                            (ctx, in) -> ctx.step(Step.of("Work", String.class, a -> {
                                        gate.reach();
                                        never.pass();
                                        return "done";
                                    })
                                    .with(StepOptions.defaults().interruptOnCancel())))
                    .with(builder -> builder.permits(1).threads(1).register(other(), (ctx, in) -> {
                        ctx.step("Other", () -> effects.happen("other"));
                        return in;
                    }));
            WorkflowHandle<String> waiting = trial.revive().start(other(), unique("other"), "it");
            gate.awaitReached();
            assertThat(effects.all()).isEmpty();

            ref(trial).cancel("let others in");

            assertThat(waiting.result(PATIENCE)).isEqualTo("it");
            cancelled(trial);
        }

        private Workflow<String, String> other() {
            return flow("other", String.class);
        }

        @Test
        void isRefusedInAWorkflow() {
            AtomicReference<WorkflowRef> ref = new AtomicReference<>();
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step("Wait", gate::pass);
                ref.get().cancel("from a workflow");
                return "";
            });
            ref.set(ref(trial));
            gate.open();

            assertThat(trial.failure().failure().type()).isEqualTo(IllegalStateException.class.getName());
        }

        @Test
        void mayComeFromAStep() {
            Trial<String> other = trial("other", String.class, (ctx, in) -> ctx.await(GO));
            WorkflowRef ref = ref(other);
            awaitRow(other, "go", StepStatus.STARTED);
            Trial<Boolean> trial = trial(
                    Boolean.class, (ctx, in) -> ctx.step("Cancel", Boolean.class, () -> ref.cancel("from a step")));

            assertThat(trial.result()).isTrue();
            assertThat(cancelled(other).reason()).isEqualTo("from a step");
        }
    }

    @Nested
    class AParallelWithASiblingsFailure {
        @Test
        void failsAsEverIfNobodyCancels() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.parallel(ParallelOptions.defaults().cancelSiblings())
                        .all(List.<Branch<String>>of(
                                b -> b.await(GO),
                                b -> b.step("Fail", String.class, () -> {
                                    throw new IllegalStateException("boom");
                                })));
                return "";
            });

            assertThatThrownBy(trial::result).hasMessageContaining("boom");
            assertThat(trial.failure().failure().type()).isEqualTo(ParallelFailedException.class.getName());
            assertThat(trial.failure().failure().kind()).isEqualTo(Failure.Kind.THROWN);
        }
    }
}
