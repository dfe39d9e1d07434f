// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.crash.CrashPoint;
import dev.revive.store.PastLife;
import dev.revive.store.ReadLimit;
import dev.revive.store.StepRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Decision;
import dev.revive.workflow.Failure;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Reconciliation;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.StepBody;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepOutcomeUnknownException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A failed workflow that a person has retried: what is asked again, and what stands. */
@InSettings
class PastLifeTests extends TestBed {
    private final Effects effects = new Effects();
    private final List<StepAttempt> attempts = new CopyOnWriteArrayList<>();
    private final AtomicBoolean isMended = new AtomicBoolean();

    /** Fails until the world is fixed. */
    private StepBody<String> fragile(String what) {
        return attempt -> {
            attempts.add(attempt);
            effects.happen(what);
            if (!isMended.get()) {
                throw new IllegalStateException(what + " is down");
            }
            return what;
        };
    }

    private String sound(WorkflowContext ctx, String what) {
        return ctx.step(what, String.class, () -> what + effects.happen(what));
    }

    private void fix(Trial<?> trial) {
        isMended.set(true);
        assertThat(trial.revive().retry(trial.id())).isTrue();
    }

    private PastLife pastLife(Trial<?> trial) {
        List<PastLife> lives =
                store().pastLives(trial.id(), new ReadLimit(1_000, 10, 100_000)).lives();
        assertThat(lives).hasSize(1);
        return lives.get(0);
    }

    private List<String> setAside(Trial<?> trial) {
        return pastLife(trial).aside().stream()
                .map(call -> call.step().key().toString())
                .toList();
    }

    @Test
    void itsFailedStepIsAskedAgainUnderTheSameKeyAndWhatCameBeforeStands() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            String charged = sound(ctx, "Charge");
            return charged + ctx.step(Step.of("Ship", String.class, fragile("Ship")));
        });
        Failure failure = trial.failure().failure();

        fix(trial);

        assertThat(trial.result()).isEqualTo("Charge1Ship");
        assertThat(effects.all()).containsExactly("Charge", "Ship", "Ship");
        assertThat(attempts)
                .extracting(StepAttempt::idempotencyKey)
                .containsOnly(attempts.get(0).idempotencyKey());
        assertThat(attempts).extracting(StepAttempt::attempt).containsExactly(1, 1);
        assertThat(attempts).extracting(StepAttempt::recovered).containsExactly(false, true);
        assertThat(setAside(trial)).containsExactly("Ship#2");
        assertThat(failure.message()).contains("Ship is down");
        assertThat(pastLife(trial).failure()).contains("Ship is down");
    }

    @Test
    void itsAttemptsAndItsTotalTimeBeginAnew() {
        RetryPolicy twice = RetryPolicy.upTo(2).fixedDelay(Duration.ofMillis(1));
        Trial<String> trial = trial(
                String.class,
                (ctx, in) -> ctx.step(Step.of("Ship", String.class, fragile("Ship"))
                        .retry(twice)
                        .totalTimeout(Duration.ofSeconds(30))));
        trial.failure();

        assertThat(trial.revive().retry(trial.id())).isTrue();
        trial.failure();

        assertThat(effects.times("Ship")).isEqualTo(4);
        fix(trial);
        assertThat(trial.result()).isEqualTo("Ship");
        assertThat(effects.times("Ship")).isEqualTo(5);
        assertThat(store().pastLives(trial.id(), new ReadLimit(1, 10, 100_000)).lives())
                .hasSize(2);
    }

    @Test
    void whatFollowedTheFailedCallIsKeptAsideWithIt() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            sound(ctx, "Charge");
            try {
                return ctx.step(Step.of("Ship", String.class, fragile("Ship")));
            } catch (StepFailedException e) {
                ctx.parallel(List.of("a", "b"), (branch, item) -> sound(branch, "Undo " + item));
                throw e;
            }
        });
        trial.failure();

        fix(trial);

        assertThat(trial.result()).isEqualTo("Ship");
        assertThat(trial.stepKeys()).containsExactly("Charge#1", "Ship#2");
        assertThat(setAside(trial)).containsExactly("Ship#2", "parallel#3", "3.1/Undo a#1", "3.2/Undo b#1");
    }

    @Test
    void whatTheCodeCaughtAndWentOnFromStandsIfTheFailureDidNotComeFromIt() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            try {
                ctx.step(Step.of("Greet", String.class, fragile("Greet")));
            } catch (StepFailedException e) {
                effects.happen("caught");
            }
            String charged = sound(ctx, "Charge");
            if (!isMended.get()) {
                throw new IllegalStateException("a bug");
            }
            return charged;
        });
        trial.failure();

        fix(trial);

        assertThat(trial.result()).isEqualTo("Charge1");
        assertThat(effects.all()).containsExactly("Greet", "caught", "Charge", "caught");
        assertThat(pastLife(trial).aside()).isEmpty();
        assertThat(pastLife(trial).failure()).contains("a bug");
    }

    @Test
    void aCallThatTheFailureDoesNotNameIsAskedAgainIfItWasTheLast() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            sound(ctx, "Charge");
            try {
                return ctx.step(Step.of("Ship", String.class, fragile("Ship")));
            } catch (StepFailedException e) {
                throw new IllegalArgumentException("no luck");
            }
        });
        trial.failure();

        fix(trial);

        assertThat(trial.result()).isEqualTo("Ship");
        assertThat(effects.times("Charge")).isEqualTo(1);
    }

    @Test
    void aCallThatIsWrappedIsFoundAlongTheCauses() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            try {
                return ctx.step(Step.of("Ship", String.class, fragile("Ship")));
            } catch (StepFailedException e) {
                sound(ctx, "Apologize");
                throw new IllegalArgumentException("no luck", new RuntimeException(e));
            }
        });
        trial.failure();

        fix(trial);

        assertThat(trial.result()).isEqualTo("Ship");
        assertThat(setAside(trial)).containsExactly("Ship#1", "Apologize#2");
    }

    @Test
    void newCodeMayGoAnotherWayFromTheFailedCallOn() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            sound(ctx, "Charge");
            return ctx.step(Step.of("Ship", String.class, fragile("Ship")));
        });
        trial.failure();
        trial.deploy((ctx, in) -> {
            sound(ctx, "Charge");
            String shipped = ctx.step("Ship", String.class, () -> "by " + in);
            return shipped + sound(ctx, "Tell");
        });

        fix(trial);

        assertThat(trial.result()).isEqualTo("by inputTell1");
        assertThat(effects.times("Charge")).isEqualTo(1);
    }

    @Test
    void aResultThatCouldNotBeWrittenIsComputedAgain() {
        Trial<Object> trial = trial(Object.class, (ctx, in) -> {
            String charged = sound(ctx, "Charge");
            return isMended.get() ? charged : new Object();
        });
        assertThat(trial.failure().failure().kind()).isEqualTo(Failure.Kind.NOT_SERIALIZABLE);

        fix(trial);

        assertThat(trial.result()).isEqualTo("Charge1");
    }

    @Test
    void goesOnAfterACrashInItsNewLife() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            sound(ctx, "Charge");
            return ctx.step(Step.of("Ship", String.class, fragile("Ship")));
        });
        trial.failure();
        trial.stop();
        isMended.set(true);
        Revive bystander = engine(builder -> builder);
        assertThat(bystander.retry(trial.id())).isTrue();
        close(bystander);

        trial.crash(CrashPoint.AFTER_EFFECT, "Ship");

        assertThat(trial.result()).isEqualTo("Ship");
        assertThat(effects.times("Charge")).isEqualTo(1);
        assertThat(effects.times("Ship")).isEqualTo(3);
        assertThat(trial.step("Ship").zombies()).isEqualTo(1);
    }

    @Nested
    class ItsBranches {
        private final ParallelOptions cancellingOneByOne =
                ParallelOptions.defaults().cancelSiblings().atMost(1);

        @Test
        void thatCompletedStandAndThoseThatFailedAreAskedAgain() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                sound(ctx, "Charge");
                List<String> shipped = ctx.parallel(List.of("a", "b", "c"), (branch, item) -> {
                    sound(branch, "Pack " + item);
                    return item.equals("b")
                            ? sound(branch, "Ship b")
                            : branch.step(Step.of("Ship " + item, String.class, fragile("Ship " + item)));
                });
                return shipped.toString();
            });
            trial.failure();

            fix(trial);

            assertThat(trial.result()).isEqualTo("[Ship a, Ship b1, Ship c]");
            assertThat(List.of("Charge", "Pack a", "Pack b", "Pack c", "Ship b"))
                    .allMatch(what -> effects.times(what) == 1);
            assertThat(setAside(trial)).containsExactly("parallel#2", "2.1/Ship a#2", "2.3/Ship c#2");
        }

        @Test
        void thatWereCancelledGoOn() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(List.of("a", "b"), cancellingOneByOne, (branch, item) -> {
                                return item.equals("a")
                                        ? branch.step(Step.of("Ship", String.class, fragile("Ship")))
                                        : sound(branch, "Pack") + sound(branch, "Label");
                            })
                            .toString());
            trial.failure();
            assertThat(trial.stepKeys()).containsExactly("parallel#1", "1.1/Ship#1");

            fix(trial);

            assertThat(trial.result()).isEqualTo("[Ship, Pack1Label1]");
        }

        @Test
        void areFoundAtAnyDepthAndWhateverTheFailureIsWrappedIn() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.parallel(List.of("a", "b"), (outer, x) -> {
                        sound(outer, "Open " + x);
                        return outer.parallel(
                                List.of("1", "2"),
                                (inner, y) -> x.equals("b") && y.equals("2")
                                        ? inner.step(Step.of("Deep", String.class, fragile("Deep")))
                                        : sound(inner, "Do " + x + y));
                    });
                } catch (ParallelFailedException e) {
                    throw new IllegalStateException(e);
                }
                return sound(ctx, "Close");
            });
            trial.failure();

            fix(trial);

            assertThat(trial.result()).isEqualTo("Close1");
            assertThat(effects.all()).filteredOn(what -> !what.equals("Deep")).doesNotHaveDuplicates();
            assertThat(setAside(trial)).containsExactly("parallel#1", "1.2/parallel#2", "1.2.2.2/Deep#1");
        }

        @Test
        void failAgainIfNothingIsMended() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.parallel(List.of("a", "b"), (branch, x) -> branch.step(Step.of("Ship", String.class, fragile(x))));
                return "done";
            });
            trial.failure();

            assertThat(trial.revive().retry(trial.id())).isTrue();
            trial.failure();
            fix(trial);

            assertThat(trial.result()).isEqualTo("done");
            assertThat(effects.times("a")).isEqualTo(3);
            assertThat(effects.times("b")).isEqualTo(3);
        }
    }

    @Nested
    class AStepOfWhichNobodyKnowsWhetherItHappened {
        private final Step<String> once =
                Step.of("Charge", String.class, attempt -> "receipt " + effects.happen("charge"));

        private Trial<String> failed(Step<String> step) {
            Trial<String> trial = trial(String.class, (ctx, in) -> ctx.step(step));
            trial.crash(CrashPoint.AFTER_EFFECT, "Charge");
            assertThat(trial.failure().failure().message()).contains("may or may not have happened");
            return trial;
        }

        @Test
        void isNotAskedAgainUntilAPersonHasDecided() {
            Trial<String> trial = failed(once.atMostOnce());

            fix(trial);

            assertThat(trial.attention().reason()).isEqualTo(Attention.Reason.UNDECIDED_ZOMBIE);
            assertThat(trial.step("Charge").status()).isEqualTo(StepStatus.STARTED);
            assertThat(effects.times("charge")).isEqualTo(1);
            assertThat(trial.revive().decide(trial.id(), trial.step("Charge"), Decision.happened("receipt 1")))
                    .isTrue();
            assertThat(trial.result()).isEqualTo("receipt 1");
        }

        @Test
        void runsAgainIfThatIsDecided() {
            Trial<String> trial = failed(once.atMostOnce());
            fix(trial);
            trial.attention();

            trial.revive().decide(trial.id(), trial.step("Charge"), Decision.runAgain());

            assertThat(trial.result()).isEqualTo("receipt 2");
            assertThat(trial.step("Charge").attempt()).isEqualTo(1);
            assertThat(trial.step("Charge").zombies()).isZero();
        }

        @Test
        void isLookedForFirstWhereThereIsAReconciler() {
            Trial<String> trial = failed(once.reconcile(
                    attempt -> isMended.get() ? Reconciliation.happened("found") : Reconciliation.unknown()));

            fix(trial);

            assertThat(trial.result()).isEqualTo("found");
            assertThat(effects.times("charge")).isEqualTo(1);
        }

        /** It happened for sure: only what it returned is lost. */
        @Test
        void orWhoseValueIsLostIsNotAskedAgainEither() {
            Step<Object> lossy = Step.of("Charge", Object.class, attempt -> {
                effects.happen("charge");
                return new Object();
            });
            Trial<Object> trial = trial(Object.class, (ctx, in) -> ctx.step(lossy.atMostOnce()));
            trial.failure();

            fix(trial);

            trial.attention();
            assertThat(effects.times("charge")).isEqualTo(1);
            trial.revive().decide(trial.id(), trial.step("Charge"), Decision.happened("receipt"));
            assertThat(trial.result()).isEqualTo("receipt");
        }
    }

    /** The code goes on after a call that failed, and fails for it in the end: the retry sets all of that aside, and asks for it again. */
    @Nested
    class WhatFollowedTheFailedCall {
        private Trial<String> goingOn(Function<WorkflowContext, String> after) {
            return trial(String.class, (ctx, in) -> {
                StepFailedException failed = null;
                try {
                    ctx.step(Step.of("Ship", String.class, fragile("Ship")));
                } catch (StepFailedException e) {
                    failed = e;
                }
                String told = after.apply(ctx);
                if (failed != null) {
                    throw failed;
                }
                return told;
            });
        }

        private Step<String> tell(StepBody<String> body) {
            return Step.of("Tell", String.class, body);
        }

        private String told(StepAttempt attempt) {
            attempts.add(attempt);
            return "told " + effects.happen("tell");
        }

        private List<StepAttempt> attemptsToTell() {
            return attempts.stream()
                    .filter(attempt -> attempt.stepName().equals("Tell"))
                    .toList();
        }

        @Test
        void runsAgainUnderItsKeyAndKnowsThatItMayHaveHappened() {
            Trial<String> trial = goingOn(ctx -> ctx.step(tell(this::told)));
            trial.failure();

            fix(trial);

            assertThat(trial.result()).isEqualTo("told 2");
            assertThat(attemptsToTell()).extracting(StepAttempt::recovered).containsExactly(false, true);
            assertThat(attemptsToTell()).extracting(StepAttempt::attempt).containsExactly(1, 1);
            assertThat(attemptsToTell())
                    .extracting(StepAttempt::idempotencyKey)
                    .containsOnly(attemptsToTell().get(0).idempotencyKey());
        }

        @Test
        void standsIfItCompletedAndMustNotHappenTwice() {
            Trial<String> trial = goingOn(ctx -> ctx.step(tell(this::told).atMostOnce()));
            trial.failure();

            fix(trial);

            assertThat(trial.result()).isEqualTo("told 1");
            assertThat(effects.times("tell")).isEqualTo(1);
            assertThat(trial.step("Tell").resolution()).isEqualTo(Resolution.RETRIED);
            assertThat(trial.stop().result()).isEqualTo("told 1");
        }

        @Test
        void standsInEveryLaterLife() {
            Trial<String> trial = goingOn(ctx -> ctx.step(tell(this::told).atMostOnce()));
            trial.failure();
            assertThat(trial.revive().retry(trial.id())).isTrue();
            trial.failure();

            fix(trial);

            assertThat(trial.result()).isEqualTo("told 1");
            assertThat(effects.times("Ship")).isEqualTo(3);
        }

        @Test
        void isLeftToAPersonIfNobodyKnowsWhetherItHappened() {
            Trial<String> trial = goingOn(ctx -> {
                try {
                    return ctx.step(tell(this::told).atMostOnce());
                } catch (StepOutcomeUnknownException e) {
                    return "unknown";
                }
            });
            trial.crash(CrashPoint.AFTER_EFFECT, "Tell");
            trial.failure();

            fix(trial);

            assertThat(trial.attention().reason()).isEqualTo(Attention.Reason.UNDECIDED_ZOMBIE);
            assertThat(effects.times("tell")).isEqualTo(1);
            assertThat(trial.revive().decide(trial.id(), trial.step("Tell"), Decision.happened("told by phone")))
                    .isTrue();
            assertThat(trial.result()).isEqualTo("told by phone");
        }

        @Test
        void isLookedForWhereThereIsAReconciler() {
            Trial<String> trial = goingOn(ctx -> ctx.step(
                    tell(this::told).reconcile(attempt -> Reconciliation.happened("found " + attempt.attempt()))));
            trial.failure();

            fix(trial);

            assertThat(trial.result()).isEqualTo("found 1");
            assertThat(effects.times("tell")).isEqualTo(1);
        }

        @Test
        void isFoundInBranches() {
            Trial<String> trial = goingOn(ctx -> ctx.parallel(
                            List.of("a", "b"),
                            (branch, who) -> branch.step(tell(this::told).atMostOnce()))
                    .toString());
            trial.failure();

            fix(trial);
            trial.result();

            assertThat(effects.times("tell")).isEqualTo(2);
        }

        @Test
        void isAnotherCallIfItsNameIsAnother() {
            Trial<String> trial =
                    goingOn(ctx -> ctx.step(Step.of(isMended.get() ? "Thank" : "Apologize", String.class, this::told)
                            .atMostOnce()));
            trial.failure();

            fix(trial);

            assertThat(trial.result()).isEqualTo("told 2");
        }
    }

    @Nested
    class Callers {
        @Test
        void hearOfTheNewEndAndNotOfTheOld() {
            Trial<String> trial =
                    trial(String.class, (ctx, in) -> ctx.step(Step.of("Ship", String.class, fragile("Ship"))));
            WorkflowHandle<String> first = trial.revive().start(trial.workflow(), unique("other"), "input");
            assertThat(CompletableFuture.supplyAsync(first::result)).failsWithin(PATIENCE);

            isMended.set(true);
            assertThat(trial.revive().retry(first.id())).isTrue();

            assertThat(first.result(PATIENCE)).isEqualTo("Ship");
            WorkflowHandle<String> again = trial.revive().start(trial.workflow(), first.id(), "input");
            assertThat(again.result(PATIENCE)).isEqualTo("Ship");
        }

        @Test
        void areToldFalseUnlessItHasFailed() {
            Trial<String> trial =
                    trial(String.class, (ctx, in) -> ctx.step(Step.of("Ship", String.class, fragile("Ship"))));
            trial.failure();

            fix(trial);
            trial.result();

            assertThat(trial.revive().retry(trial.id())).isFalse();
            assertThat(trial.revive().retry(unique("unknown"))).isFalse();
            assertThat(row(trial.id()).status()).isEqualTo(WorkflowStatus.COMPLETED);
        }
    }

    @Test
    void whatStandsIsWhatWasRecordedToTheLastField() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            sound(ctx, "Charge");
            return ctx.step(Step.of("Ship", String.class, fragile("Ship")));
        });
        trial.failure();
        StepRecord charged = trial.row("Charge");

        fix(trial);
        trial.result();

        assertThat(trial.row("Charge")).isEqualTo(charged);
    }
}
