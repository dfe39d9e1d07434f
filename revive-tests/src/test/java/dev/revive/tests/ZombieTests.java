// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.StepRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Decision;
import dev.revive.workflow.Failure;
import dev.revive.workflow.OnZombie;
import dev.revive.workflow.Reconciler;
import dev.revive.workflow.Reconciliation;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepOutcomeUnknownException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.WorkflowNeedsAttentionException;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A step that began and whose end nobody knows: what each kind of step does about it. */
@InSettings
class ZombieTests extends TestBed {
    private final Effects effects = new Effects();
    private final List<StepAttempt> attempts = new CopyOnWriteArrayList<>();

    private final Step<String> charge = Step.of("Charge", String.class, attempt -> {
        attempts.add(attempt);
        return "receipt " + effects.happen("charge");
    });

    private Trial<String> trial(Step<String> step) {
        return trial(String.class, (ctx, in) -> {
            try {
                return ctx.step(step);
            } catch (StepOutcomeUnknownException e) {
                effects.happen("caught");
                return e.failure().kind() + ": " + e.getMessage();
            }
        });
    }

    @Nested
    class AnOrdinaryStep {
        @Test
        void runsAgainAfterACrashBehindItsEffect() {
            Trial<String> trial = trial(charge);

            trial.crash(CrashPoint.AFTER_EFFECT, "Charge");

            assertThat(trial.result()).isEqualTo("receipt 2");
        }

        @ParameterizedTest
        @EnumSource(
                value = CrashPoint.class,
                names = {"BEFORE_EFFECT", "AFTER_EFFECT", "OUTCOME_QUEUED"})
        void isRecordedAsStartedAndKnowsThatItIsRecovered(CrashPoint point) {
            Trial<String> trial = trial(charge);

            trial.crash(point, "Charge");
            assertThat(trial.row("Charge").status()).isEqualTo(StepStatus.STARTED);
            trial.result();

            StepAttempt last = attempts.get(attempts.size() - 1);
            assertThat(last.attempt()).isEqualTo(2);
            assertThat(last.recovered()).isTrue();
            assertThat(attempts).extracting(StepAttempt::idempotencyKey).containsOnly(last.idempotencyKey());
            StepInfo step = trial.step("Charge");
            assertThat(step.attempt()).isEqualTo(2);
            assertThat(step.zombies()).isEqualTo(1);
            assertThat(step.resolution()).isEqualTo(Resolution.RAN_AGAIN);
        }

        @Test
        void leavesNothingWhenTheCrashComesBeforeItsStartIsRecorded() {
            Trial<String> trial = trial(charge);

            trial.crash(CrashPoint.BEFORE_STARTED, "Charge");
            assertThat(trial.rows()).isEmpty();

            assertThat(trial.result()).isEqualTo("receipt 1");
            assertThat(attempts).singleElement().matches(attempt -> !attempt.recovered() && attempt.attempt() == 1);
        }

        @Test
        void keepsItsOutcomeWhenTheDiskWasQuickerThanTheCrash() {
            Trial<String> trial = trial(charge);

            trial.crash(CrashPlan.at(CrashPoint.OUTCOME_QUEUED).ofStep("Charge").keepingQueued());

            assertThat(trial.result()).isEqualTo("receipt 1");
            assertThat(effects.times("charge")).isEqualTo(1);
        }

        @Test
        void countsEveryCrash() {
            Trial<String> trial = trial(charge);

            trial.crash(CrashPoint.AFTER_EFFECT, "Charge")
                    .crash(CrashPoint.AFTER_EFFECT, "Charge")
                    .crash(CrashPoint.BEFORE_EFFECT, "Charge");

            assertThat(trial.result()).isEqualTo("receipt 3");
            assertThat(attempts).extracting(StepAttempt::attempt).containsExactly(1, 2, 4);
            assertThat(trial.step("Charge").zombies()).isEqualTo(3);
        }

        @Test
        void isNoZombieAgainWhenTheCrashComesBeforeItsNextStartIsRecorded() {
            Trial<String> trial = trial(charge);

            trial.crash(CrashPoint.AFTER_EFFECT, "Charge").crash(CrashPoint.BEFORE_STARTED, "Charge");

            trial.result();
            assertThat(trial.step("Charge").zombies()).isEqualTo(1);
            assertThat(trial.step("Charge").attempt()).isEqualTo(2);
        }

        @Test
        void hasAKeyOfItsOwnAmongStepsOfTheSameName() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step(charge);
                ctx.step(charge);
                ctx.parallel(List.of(1, 2), (branch, item) -> branch.step(charge));
                return "done";
            });

            trial.result();

            assertThat(attempts)
                    .extracting(StepAttempt::idempotencyKey)
                    .doesNotHaveDuplicates()
                    .hasSize(4);
        }

        @Test
        void isNotAZombieWhenTheEngineWasClosed() {
            Trial<String> trial = trial(charge);

            trial.result();
            trial.stop();

            assertThat(trial.row("Charge").zombies()).isZero();
        }
    }

    @Nested
    class AnIdempotentStep {
        @Test
        void leavesNoTraceOfACrashInItsFirstAttempt() {
            Trial<String> trial = trial(charge.idempotent());

            trial.crash(CrashPoint.AFTER_EFFECT, "Charge");
            assertThat(trial.rows()).isEmpty();

            assertThat(trial.result()).isEqualTo("receipt 2");
            assertThat(attempts).extracting(StepAttempt::attempt).containsExactly(1, 1);
            assertThat(attempts).extracting(StepAttempt::recovered).containsOnly(false);
            assertThat(trial.step("Charge").zombies()).isZero();
        }

        @Test
        void isRecordedOnceItHasHappened() {
            Trial<String> trial = trial(charge.idempotent());

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("receipt 1");
        }

        @Test
        void waitsForWhatCameBeforeIt() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step("Before", () -> effects.happen("before"));
                return ctx.step(charge.idempotent());
            });

            trial.crash(CrashPoint.AFTER_EFFECT, "Charge");

            assertThat(trial.row("Before").status()).isEqualTo(StepStatus.COMPLETED);
            trial.result();
            assertThat(effects.times("before")).isEqualTo(1);
        }
    }

    @Nested
    class AnAtMostOnceStep {
        @Test
        void isNeverBegunAgain() {
            Trial<String> trial = trial(charge.atMostOnce());

            trial.crash(CrashPoint.BEFORE_EFFECT, "Charge");

            assertThat(trial.result())
                    .startsWith("OUTCOME_UNKNOWN: Step \"Charge\"")
                    .contains("may or may not have happened");
            assertThat(effects.times("charge")).isZero();
            StepInfo step = trial.step("Charge");
            assertThat(step.status()).isEqualTo(StepStatus.FAILED);
            assertThat(step.resolution()).isEqualTo(Resolution.GIVEN_UP);
            assertThat(step.zombies()).isEqualTo(1);
            assertThat(step.failure().kind()).isEqualTo(Failure.Kind.OUTCOME_UNKNOWN);
        }

        @Test
        void isUnknownInEveryReplayToo() {
            Trial<String> trial = trial(charge.atMostOnce());

            trial.crash(CrashPoint.AFTER_EFFECT, "Charge").crashAtTheEnd();
            String result = trial.result();

            assertThat(result).startsWith("OUTCOME_UNKNOWN: ");
            assertThat(effects.times("caught")).isEqualTo(2);
            assertThat(effects.times("charge")).isEqualTo(1);
        }

        @Test
        void runsWhenTheCrashCameBeforeItsStart() {
            Trial<String> trial = trial(charge.atMostOnce());

            trial.crash(CrashPoint.BEFORE_STARTED, "Charge");

            assertThat(trial.result()).isEqualTo("receipt 1");
        }

        @Test
        void isKnownWhenTheCrashCameAfterItsOutcome() {
            Trial<String> trial = trial(charge.atMostOnce());

            trial.crash(CrashPoint.AFTER_OUTCOME, "Charge");

            assertThat(trial.result()).isEqualTo("receipt 1");
        }

        @Test
        void staysUnknownWhenTheNextRunCrashesBeforeItIsRecorded() {
            Trial<String> trial = trial(charge.atMostOnce());

            trial.crash(CrashPoint.AFTER_EFFECT, "Charge").crash(CrashPoint.OUTCOME_QUEUED, "Charge");

            assertThat(trial.result()).startsWith("OUTCOME_UNKNOWN: ");
            assertThat(effects.times("charge")).isEqualTo(1);
            assertThat(trial.step("Charge").zombies()).isEqualTo(1);
        }
    }

    @Nested
    class AStepThatAsksAPerson {
        private final Trial<String> trial = trial(charge.onZombie(OnZombie.ASK));

        private StepInfo inDoubt() {
            trial.crash(CrashPoint.AFTER_EFFECT, "Charge");
            assertThat(trial.attention().reason()).isEqualTo(Attention.Reason.UNDECIDED_ZOMBIE);
            return trial.step("Charge");
        }

        @Test
        void waitsForADecisionAndSaysSoAtOnce() {
            StepInfo step = inDoubt();

            assertThatThrownBy(trial::result)
                    .isInstanceOf(WorkflowNeedsAttentionException.class)
                    .hasMessageContaining("Charge")
                    .hasMessageContaining(trial.id());
            assertThat(trial.handle().status()).isEqualTo(WorkflowStatus.NEEDS_ATTENTION);
            assertThat(step.status()).isEqualTo(StepStatus.STARTED);
            assertThat(effects.times("charge")).isEqualTo(1);
        }

        @Test
        void stillNeedsAttentionInTheNextEngine() {
            inDoubt();

            trial.stop();

            assertThat(trial.attention().reason()).isEqualTo(Attention.Reason.UNDECIDED_ZOMBIE);
        }

        @Test
        void asksAgainWhenItIsResumedWithoutADecision() {
            inDoubt();

            assertThat(trial.revive().resume(trial.id())).isTrue();

            assertThat(trial.attention().reason()).isEqualTo(Attention.Reason.UNDECIDED_ZOMBIE);
            assertThat(effects.times("charge")).isEqualTo(1);
        }

        @Test
        void completesWithWhatThePersonSays() {
            StepInfo step = inDoubt();

            assertThat(trial.revive().decide(trial.id(), step, Decision.happened("receipt by phone")))
                    .isTrue();

            assertThat(trial.result()).isEqualTo("receipt by phone");
            assertThat(effects.times("charge")).isEqualTo(1);
            assertThat(trial.step("Charge").resolution()).isEqualTo(Resolution.DECIDED);
            assertThat(trial.step("Charge").zombies()).isEqualTo(1);
            assertThat(trial.step("Charge").status()).isEqualTo(StepStatus.COMPLETED);
        }

        @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
        @JsonSubTypes(@JsonSubTypes.Type(Paid.class))
        sealed interface Receipt {}

        record Paid(String by) implements Receipt {}

        @Test
        void completesWithAValueOfTheStepsType() {
            TypeRef<List<Receipt>> type = new TypeRef<>() {};
            Trial<String> receipts = trial(
                    String.class,
                    (ctx, in) -> ctx.step(Step.of("Pay", type, attempt -> List.of(new Paid("card")))
                                    .onZombie(OnZombie.ASK))
                            .toString());
            receipts.crash(CrashPoint.AFTER_EFFECT, "Pay");
            receipts.attention();

            assertThat(receipts.revive()
                            .decide(
                                    receipts.id(),
                                    receipts.step("Pay"),
                                    Decision.happened(List.of(new Paid("phone")), type)))
                    .isTrue();

            assertThat(receipts.result()).isEqualTo("[Paid[by=phone]]");
        }

        @Test
        void completesWithNothing() {
            StepInfo step = inDoubt();

            trial.revive().decide(trial.id(), step, Decision.happened(null));

            assertThat(trial.result()).isNull();
        }

        @Test
        void runsAgain() {
            StepInfo step = inDoubt();

            trial.revive().decide(trial.id(), step, Decision.runAgain());

            assertThat(trial.result()).isEqualTo("receipt 2");
            assertThat(attempts).extracting(StepAttempt::attempt).containsExactly(1, 2);
            assertThat(attempts.get(1).recovered()).isTrue();
            assertThat(trial.step("Charge").resolution()).isEqualTo(Resolution.DECIDED_AGAIN);
            assertThat(trial.step("Charge").zombies()).isEqualTo(1);
        }

        @Test
        void failsForAReason() {
            StepInfo step = inDoubt();

            trial.revive().decide(trial.id(), step, Decision.fail("the bank does not know"));

            assertThat(trial.result()).startsWith("OUTCOME_UNKNOWN").contains("the bank does not know");
            assertThat(effects.times("caught")).isEqualTo(1);
        }

        @Test
        void takesOneDecisionOnly() {
            StepInfo step = inDoubt();
            Revive revive = trial.revive();

            assertThat(revive.decide(trial.id(), step, Decision.happened("first")))
                    .isTrue();
            trial.result();

            assertThat(revive.decide(trial.id(), step, Decision.happened("second")))
                    .isFalse();
            assertThat(trial.result()).isEqualTo("first");
        }

        @Test
        void takesNoDecisionAboutAnEarlierZombie() {
            StepInfo step = inDoubt();
            trial.revive().decide(trial.id(), step, Decision.runAgain());
            trial.result();

            assertThat(trial.revive().decide(trial.id(), step, Decision.runAgain()))
                    .isFalse();
            assertThat(trial.revive().decide(unique("nobody"), step, Decision.runAgain()))
                    .isFalse();
        }

        @Test
        void asksAgainAfterAnotherCrash() {
            trial.crash(CrashPoint.AFTER_EFFECT, "Charge");
            CrashPlan next = CrashPlan.at(CrashPoint.BEFORE_EFFECT).losingQueued();
            trial.with(builder -> builder.crashHook(next)).attention();
            trial.revive().decide(trial.id(), trial.step("Charge"), Decision.runAgain());
            await().atMost(PATIENCE).until(next::hasCrashed);
            trial.stop();

            assertThat(trial.attention().reason()).isEqualTo(Attention.Reason.UNDECIDED_ZOMBIE);
            trial.revive().decide(trial.id(), trial.step("Charge"), Decision.happened("at last"));
            assertThat(trial.result()).isEqualTo("at last");
            assertThat(trial.step("Charge").zombies()).isEqualTo(2);
        }
    }

    @Nested
    class AStepThatAsksTheWorld {
        private Trial<String> zombie(Reconciler<String> reconciler) {
            return zombie(charge.reconcile(reconciler));
        }

        private Trial<String> zombie(Step<String> step) {
            return trial(step).crash(CrashPoint.AFTER_EFFECT, "Charge");
        }

        @Test
        void takesTheWorldsWordThatItHappened() {
            Trial<String> trial = zombie((Reconciler<String>) attempt -> Reconciliation.happened("found"));

            assertThat(trial.result()).isEqualTo("found");
            assertThat(effects.times("charge")).isEqualTo(1);
            assertThat(trial.step("Charge").resolution()).isEqualTo(Resolution.FOUND_DONE);
            assertThat(trial.step("Charge").zombies()).isEqualTo(1);
            assertThat(trial.step("Charge").attempt()).isEqualTo(1);
        }

        @Test
        void isToldTheKeyOfTheLostAttempt() {
            List<StepAttempt> asked = new CopyOnWriteArrayList<>();
            Trial<String> trial = zombie((Reconciler<String>) attempt -> {
                asked.add(attempt);
                return Reconciliation.didNotHappen();
            });

            assertThat(trial.result()).isEqualTo("receipt 2");
            assertThat(asked).singleElement().satisfies(attempt -> {
                assertThat(attempt.idempotencyKey()).isEqualTo(attempts.get(0).idempotencyKey());
                assertThat(attempt.attempt()).isEqualTo(2);
                assertThat(attempt.recovered()).isTrue();
            });
            assertThat(trial.step("Charge").resolution()).isEqualTo(Resolution.FOUND_UNDONE);
            assertThat(attempts.get(1).attempt()).isEqualTo(2);
        }

        @Test
        void failsWhenTheWorldDoesNotKnow() {
            Trial<String> trial = zombie((Reconciler<String>) attempt -> Reconciliation.unknown());

            assertThat(trial.result()).startsWith("OUTCOME_UNKNOWN");
            assertThat(effects.times("charge")).isEqualTo(1);
            assertThat(trial.step("Charge").resolution()).isEqualTo(Resolution.GIVEN_UP);
        }

        @Test
        void asksAPersonWhenTheWorldDoesNotKnowIfItSaysSo() {
            Trial<String> trial = zombie(charge.onZombie(OnZombie.ASK).reconcile(attempt -> Reconciliation.unknown()));

            assertThat(trial.attention().reason()).isEqualTo(Attention.Reason.UNDECIDED_ZOMBIE);
        }

        @Test
        void asksAgainWhenTheWorldDoesNotAnswer() {
            Trial<String> trial = zombie(charge.retry(RetryPolicy.upTo(3).fixedDelay(Duration.ofMillis(1)))
                    .reconcile(attempt -> {
                        if (effects.happen("asked") < 3) {
                            throw new java.io.IOException("no line");
                        }
                        return Reconciliation.happened("found");
                    }));

            assertThat(trial.result()).isEqualTo("found");
            assertThat(effects.times("asked")).isEqualTo(3);
            assertThat(trial.step("Charge").attempt()).isEqualTo(1);
        }

        @Test
        void takesItAsUnknownWhenTheWorldNeverAnswers() {
            Trial<String> trial = zombie((Reconciler<String>) attempt -> {
                effects.happen("asked");
                throw new java.io.IOException("no line");
            });

            assertThat(trial.result()).startsWith("OUTCOME_UNKNOWN");
            assertThat(effects.times("asked")).isEqualTo(1);
        }

        @Test
        @SuppressWarnings("NullAway") // the misuse under test
        void takesNullAsUnknown() {
            Trial<String> trial = zombie((Reconciler<String>) attempt -> null);

            assertThat(trial.result()).startsWith("OUTCOME_UNKNOWN");
        }

        @Test
        void asksAgainWhenItCrashedBeforeTheAnswerWasRecorded() {
            Trial<String> trial = zombie((Reconciler<String>) attempt -> {
                effects.happen("asked");
                return Reconciliation.happened("found");
            });

            trial.crash(CrashPoint.OUTCOME_QUEUED, "Charge");

            assertThat(trial.result()).isEqualTo("found");
            assertThat(effects.times("asked")).isEqualTo(2);
            assertThat(effects.times("charge")).isEqualTo(1);
            assertThat(trial.step("Charge").zombies()).isEqualTo(1);
        }

        @Test
        void asksAboutTheNextAttemptToo() {
            Trial<String> trial = zombie((Reconciler<String>) attempt -> attempt.attempt() == 2
                    ? Reconciliation.didNotHappen()
                    : Reconciliation.happened("found at " + attempt.attempt()));

            trial.crash(CrashPoint.AFTER_EFFECT, "Charge");

            assertThat(trial.result()).isEqualTo("found at 3");
            assertThat(effects.times("charge")).isEqualTo(2);
            assertThat(trial.step("Charge").zombies()).isEqualTo(2);
        }

        @Test
        void isNotAskedWhenNothingIsInDoubt() {
            Trial<String> trial = trial(charge.reconcile(attempt -> {
                effects.happen("asked");
                return Reconciliation.unknown();
            }));

            trial.crash(CrashPoint.BEFORE_STARTED, "Charge").crash(CrashPoint.AFTER_OUTCOME, "Charge");

            assertThat(trial.result()).isEqualTo("receipt 1");
            assertThat(effects.times("asked")).isZero();
        }

        @Test
        void failsWhenTheFoundValueIsNoJson() {
            Trial<Object> trial = trial(
                    Object.class,
                    (ctx, in) -> ctx.step(Step.of("Charge", Object.class, attempt -> "receipt")
                            .reconcile(attempt -> {
                                List<Object> circle = new ArrayList<>();
                                circle.add(circle);
                                return Reconciliation.happened(circle);
                            })));
            trial.crash(CrashPoint.AFTER_EFFECT, "Charge");

            assertThat(trial.failure().failure().message()).contains("cannot be written as JSON");
        }
    }

    @Nested
    class InABranch {
        @Test
        void aZombieIsSettledAndItsSiblingsAreReplayed() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                            branch -> branch.step("Left", Integer.class, () -> effects.happen("left")),
                            branch -> branch.step(charge),
                            (left, right) -> left + " " + right));

            trial.crash(CrashPlan.at(CrashPoint.AFTER_EFFECT).ofStep("Charge").keepingQueued());

            assertThat(trial.result()).endsWith(" receipt 2");
            assertThat(effects.times("left")).isBetween(1, 2);
            assertThat(trial.rows().stream()
                            .filter(row -> row.key().name().equals("Charge"))
                            .map(StepRecord::zombies))
                    .containsExactly(1);
        }
    }
}
