// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import static dev.revive.examples.simulator.Stage.at;
import static dev.revive.examples.simulator.Stage.caption;
import static dev.revive.examples.simulator.Stage.isExecuting;
import static dev.revive.examples.simulator.Stage.lastRun;
import static dev.revive.examples.simulator.Stage.life;
import static dev.revive.examples.simulator.Stage.outside;
import static dev.revive.examples.simulator.Stage.row;
import static dev.revive.examples.simulator.Stage.saw;
import static dev.revive.examples.simulator.Stage.times;
import static dev.revive.examples.simulator.Stage.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.crash.CrashPoint;
import dev.revive.examples.onboarding.Onboarding.Delivery;
import dev.revive.examples.simulator.State.Life;
import dev.revive.examples.simulator.State.LineKind;
import dev.revive.workflow.StepStatus;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a person does to real JVMs, and what they are shown. Several at a time: they mostly wait for what those do. */
@Tag("once")
@Execution(ExecutionMode.CONCURRENT)
class SimulatorTests {
    private static final String EMPLOYEE = "Create Employee Record";
    private static final String LAPTOP = "Provision Laptop";
    private static final String ACCESS = "Grant Access";
    private static final String EMAIL = "Send Welcome Email";
    private static final String HOLD = "Put On Hold";
    private static final String APPROVAL = "approval";
    private static final String FIRST_DAY = "first day";
    private static final String UNDO_EMPLOYEE = "Undo Create Employee Record";
    private static final String UNDO_LAPTOP = "Undo Provision Laptop";
    private static final String UNDO_ACCESS = "Undo Grant Access";
    private static final Map<String, String> UNDOING = Map.of(
            UNDO_EMPLOYEE,
            "company::strikeOff);",
            UNDO_LAPTOP,
            "company::sendBack);",
            UNDO_ACCESS,
            "company::closeAccount);");
    private static final long AN_HOUR = 3_600_000;

    @TempDir
    Path directory;

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(directory);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void beginsWithNothingButAWord() {
        State state = stage.simulator.state();

        assertThat(Stage.captions(state)).containsExactly("welcome");
        assertThat(state.plan()).isNull();
        assertThat(state.workflow()).isNull();
        assertThat(state.can()).isEqualTo(new State.Can(true, false, false, false, false, false, false, false, false));
        assertThat(state.points()).hasSize(21);
    }

    @Test
    void showsTheRevisionOnlyRiseWhenSomethingChanged() {
        long first = stage.simulator.state().revision();
        long second = stage.simulator.state().revision();
        stage.run(Delivery.AT_LEAST_ONCE, null);

        assertThat(second).isEqualTo(first);
        assertThat(stage.simulator.state().revision()).isGreaterThan(first);
    }

    @Test
    void runsInAProcessOfItsOwnWhereEveryStepHappensOnce() {
        stage.run(Delivery.AT_LEAST_ONCE, null);
        State executing = stage.await("the laptop is on order", state -> isExecuting(state, "A", LAPTOP));
        State state = stage.awaitCompleted();

        assertThat(worker(state, "A").pid())
                .isNotEqualTo(ProcessHandle.current().pid());
        assertThat(life(state, "A")).isEqualTo(Life.ALIVE);
        assertThat(worker(state, "A").seat()).isEqualTo(State.Seat.ALIVE);
        assertThat(executing.executing().get(0).line()).isNotNull();
        assertThat(Plan.STEPS).allSatisfy(step -> assertThat(times(state, step)).isEqualTo(1));
        assertThat(lastRun(state).ran()).containsExactlyInAnyOrderElementsOf(Plan.STEPS);
        assertThat(state.world())
                .allSatisfy(outside -> assertThat(outside.happenings())
                        .allSatisfy(happened -> assertThat(happened.worker()).isEqualTo("A")));
        assertThat(Stage.captions(state)).containsExactly("welcome", "run", "step", "recorded", "parallel", "finished");
        assertThat(state.can().run()).isTrue();
    }

    @Nested
    class WhenAWorkerHaltsAtAPlannedPoint {
        @ParameterizedTest(name = "{1} of {0}: {2} times outside, {3} zombies")
        @CsvSource({
            "Create Employee Record, AFTER_EFFECT,  2, 1",
            "Create Employee Record, AFTER_OUTCOME, 1, 0",
            "Provision Laptop,       AFTER_EFFECT,  2, 1",
            "Grant Access,           BEFORE_EFFECT, 1, 1",
            "Grant Access,           AFTER_OUTCOME, 1, 0",
            "Send Welcome Email,     BEFORE_EFFECT, 1, 1"
        })
        void theNextOneSkipsWhatIsRecordedAndOnlyAnUnrecordedEffectIsRepeated(
                String step, CrashPoint point, int times, int zombies) {
            haltAndResume(step, point, times, zombies);
        }

        @Tag("full")
        @ParameterizedTest(name = "{1} of {0}: {2} times outside, {3} zombies")
        @CsvSource({
            "Create Employee Record, BEFORE_EFFECT, 1, 1",
            "Provision Laptop,       BEFORE_EFFECT, 1, 1",
            "Provision Laptop,       AFTER_OUTCOME, 1, 0",
            "Grant Access,           AFTER_EFFECT,  2, 1",
            "Send Welcome Email,     AFTER_EFFECT,  2, 1",
            "Send Welcome Email,     AFTER_OUTCOME, 1, 0"
        })
        void soItIsAtEveryOtherPoint(String step, CrashPoint point, int times, int zombies) {
            haltAndResume(step, point, times, zombies);
        }

        private void haltAndResume(String step, CrashPoint point, int times, int zombies) {
            stage.run(Delivery.AT_LEAST_ONCE, at(step, point));
            State dead = stage.awaitDeath("A");
            stage.simulator.resume(null);
            State state = stage.awaitCompleted();

            assertThat(worker(dead, "A").exitCode()).isEqualTo(137);
            assertThat(worker(dead, "A").how()).startsWith("halted").contains(step);
            assertThat(dead.can().resume()).isTrue();
            assertThat(saw(dead, "died") && saw(dead, "kept")).isTrue();
            assertThat(times(state, step)).isEqualTo(times);
            assertThat(row(state, step).zombies()).isEqualTo(zombies);
            assertThat(outside(state, step).why() == null).isEqualTo(times == 1);
            if (point == CrashPoint.AFTER_OUTCOME) {
                assertThat(lastRun(state).skipped()).contains(step);
                assertThat(lastRun(state).ran()).doesNotContain(step);
            } else {
                assertThat(lastRun(state).ran()).contains(step);
                assertThat(saw(state, "again")).isTrue();
            }
            assertThat(worker(state, "A").seat()).isEqualTo(State.Seat.DEAD);
        }
    }

    @Nested
    class WhenTheEmailWasSentAndNotRecorded {
        @Test
        void atLeastOnceItIsSentAgain() {
            State state = resumedAfterTheEmail(Delivery.AT_LEAST_ONCE);

            assertThat(times(state, EMAIL)).isEqualTo(2);
            assertThat(outside(state, EMAIL).happenings().stream().map(State.Happened::idempotencyKey))
                    .containsOnly(outside(state, EMAIL).happenings().get(0).idempotencyKey());
            assertThat(outside(state, EMAIL).why()).contains("A did it and died", "B could not know");
            assertThat(caption(state, "twice")).contains("“Send Welcome Email” has now happened twice");
        }

        @Test
        void atMostOnceItIsNotAndNobodyKnows() {
            State state = resumedAfterTheEmail(Delivery.AT_MOST_ONCE);

            assertThat(times(state, EMAIL)).isEqualTo(1);
            assertThat(row(state, EMAIL).status()).isEqualTo(StepStatus.FAILED);
            assertThat(state.workflow().output().json()).contains("perhaps sent");
            assertThat(saw(state, "given-up")).isTrue();
        }

        @Test
        void reconcileAsksTheMailServer() {
            State state = resumedAfterTheEmail(Delivery.RECONCILE);

            assertThat(times(state, EMAIL)).isEqualTo(1);
            assertThat(row(state, EMAIL).status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(lastRun(state).asked()).containsExactly(EMAIL);
            assertThat(lastRun(state).ran()).isEmpty();
            assertThat(caption(state, "asked")).contains("It was sent");
        }

        private State resumedAfterTheEmail(Delivery email) {
            stage.run(email, at(EMAIL, CrashPoint.AFTER_EFFECT));
            stage.awaitDeath("A");
            stage.simulator.resume(null);
            return stage.awaitCompleted();
        }
    }

    @Test
    void reconcileSendsTheEmailWhenTheMailServerKnowsNothingOfIt() {
        stage.run(Delivery.RECONCILE, at(EMAIL, CrashPoint.BEFORE_EFFECT));
        stage.awaitDeath("A");
        stage.simulator.resume(null);
        State state = stage.awaitCompleted();

        assertThat(times(state, EMAIL)).isEqualTo(1);
        assertThat(caption(state, "asked")).contains("was not sent");
        assertThat(saw(state, "again")).isFalse();
    }

    @Test
    void crashesAgainWhileItResumes() {
        stage.run(Delivery.AT_LEAST_ONCE, at(EMPLOYEE, CrashPoint.AFTER_OUTCOME));
        stage.awaitDeath("A");
        stage.simulator.resume(at(LAPTOP, CrashPoint.AFTER_EFFECT));
        stage.awaitDeath("B");
        stage.simulator.resume(null);
        State state = stage.awaitCompleted();

        assertThat(state.workers()).extracting(State.Worker::name).containsExactly("A", "B", "C");
        assertThat(lastRun(state).skipped()).contains(EMPLOYEE).doesNotContain(LAPTOP);
        boolean isAccessRecorded = lastRun(state).skipped().contains(ACCESS); // the other branch may be cut off, too
        assertThat(Plan.STEPS.stream().map(step -> times(state, step)))
                .containsExactly(1, 2, isAccessRecorded ? 1 : times(state, ACCESS), 1);
        assertThat(times(state, ACCESS)).isBetween(1, 2);
    }

    @Nested
    class WhenAnExecutorIsFrozen {
        @Test
        void theSecondTakesOverAndTheLateWriteIsRefused() {
            stage.inTheMiddleOf(EMAIL, 1_000, () -> stage.simulator.freeze("A"));
            stage.simulator.second();
            State taken = stage.awaitCompleted();
            stage.simulator.thaw("A");
            State state = stage.await(
                    "the late write is refused",
                    now -> now.log().stream().anyMatch(line -> line.kind() == LineKind.REFUSED));

            assertThat(life(taken, "A")).isEqualTo(Life.FROZEN);
            assertThat(worker(taken, "A").seat()).isEqualTo(State.Seat.DEAD);
            assertThat(times(taken, EMAIL)).isEqualTo(1);
            assertThat(times(state, EMAIL)).isEqualTo(2);
            assertThat(outside(state, EMAIL).why()).contains("A was frozen in the middle of it");
            assertThat(row(state, EMAIL)).isEqualTo(row(taken, EMAIL));
            assertThat(state.runs().get(0).refused()).isPositive(); // more than one if the code ran ahead of its disk
            assertThat(saw(state, "refused")).isTrue();
            State replaced = stage.await(
                    "A has a new seat",
                    now -> !worker(taken, "A")
                            .executorId()
                            .equals(worker(now, "A").executorId()));
            assertThat(life(replaced, "A")).isEqualTo(Life.ALIVE);
        }

        @Test
        void itGoesOnItselfIfNobodyTookOver() {
            stage.run(Delivery.AT_LEAST_ONCE, null);
            stage.await("the laptop is on order", state -> isExecuting(state, "A", LAPTOP));
            stage.simulator.freeze("A");
            stage.await(
                    "its lease is over",
                    state -> state.now().isAfter(lastOf(state, "frozen").plusSeconds(4)));
            stage.simulator.thaw("A");
            State state = stage.awaitCompleted();

            assertThat(times(state, EMAIL)).isEqualTo(1);
        }

        private Instant lastOf(State state, String text) {
            return state.log().stream()
                    .filter(line -> line.text().startsWith(text))
                    .map(State.Line::time)
                    .reduce((one, other) -> other)
                    .orElseThrow();
        }
    }

    @Test
    void killsAtOnceWhateverItDoes() {
        stage.inTheMiddleOf(LAPTOP, 300, () -> stage.simulator.crash("A"));
        State dead = stage.simulator.state();
        stage.simulator.resume(null);
        State state = stage.awaitCompleted();

        assertThat(life(dead, "A")).isEqualTo(Life.DEAD);
        assertThat(worker(dead, "A").how()).isEqualTo("killed");
        assertThat(dead.executing()).isEmpty();
        assertThat(times(state, LAPTOP)).isEqualTo(1);
    }

    @Test
    void resetLeavesNothing() {
        stage.run(Delivery.AT_LEAST_ONCE, null);
        State before = stage.await("the laptop is on order", state -> isExecuting(state, "A", LAPTOP));
        stage.simulator.freeze("A");
        stage.simulator.reset();
        State state = stage.simulator.state();

        assertThat(ProcessHandle.of(worker(before, "A").pid()).filter(ProcessHandle::isAlive))
                .isEmpty();
        assertThat(state.workers()).isEmpty();
        assertThat(state.world())
                .hasSize(4)
                .allSatisfy(outside -> assertThat(outside.times()).isZero());
        assertThat(Stage.captions(state)).containsExactly("welcome");
        assertThat(stage.tables.store().find("onboard-ada")).isEmpty();
        assertThat(stage.tables.store().steps("onboard-ada")).isEmpty();
        stage.run(Delivery.AT_LEAST_ONCE, null);
        assertThat(stage.awaitCompleted().workers()).hasSize(1);
    }

    @Test
    void goesOnWithTheStoryWhenThePagesOwnProcessBeginsAgain() {
        stage.run(Delivery.AT_LEAST_ONCE, at(LAPTOP, CrashPoint.AFTER_EFFECT));
        stage.awaitDeath("A");
        State before = stage.await("its lease has lapsed", it -> worker(it, "A").seat() == State.Seat.DEAD);
        stage.close();
        stage = new Stage(directory);
        State after = stage.simulator.state();
        stage.simulator.resume(null);
        State state = stage.awaitCompleted();

        assertThat(after.workers()).isEqualTo(before.workers());
        assertThat(after.captions()).isEqualTo(before.captions());
        assertThat(after.workflow().steps()).isEqualTo(before.workflow().steps());
        assertThat(times(state, LAPTOP)).isEqualTo(2);
    }

    @Nested
    class WhenTheOnboardingWaitsForTheApproval {
        @Test
        void itWaitsOnAfterACrashUntilTheSameTimeAndGoesOnOnceItIsApproved() {
            stage.simulator.runWithApproval("Ada", 50, AN_HOUR);
            State waiting = awaitRow();
            stage.simulator.crash("A");
            State dead = stage.simulator.state();
            stage.simulator.resume(null);
            State resumed = stage.await("B is alive", state -> life(state, "B") == Life.ALIVE);
            stage.simulator.approve();
            State state = stage.awaitCompleted();

            assertThat(waiting.can().approve()).isTrue();
            assertThat(List.of(row(dead, APPROVAL), row(resumed, APPROVAL)))
                    .containsOnly(row(waiting, APPROVAL))
                    .allSatisfy(row -> assertThat(row.status()).isEqualTo(StepStatus.STARTED));
            assertThat(caption(dead, "kept")).contains("still waits");
            assertThat(caption(state, "resumed")).contains("the limit is the one from before the crash");
            assertThat(row(state, APPROVAL).preview()).contains("the manager");
            assertThat(row(state, APPROVAL).startedAt())
                    .isEqualTo(row(waiting, APPROVAL).startedAt());
            assertThat(state.workflow().output().json()).contains("APPROVED");
            assertThat(Plan.STEPS)
                    .allSatisfy(step -> assertThat(times(state, step)).isEqualTo(1));
            assertThat(times(state, HOLD)).isZero();
            assertThat(lastRun(state).skipped()).containsExactly(EMPLOYEE);
            assertThat(Stage.captions(state))
                    .containsSubsequence("waits", "died", "kept", "resumed", "woken", "replay", "received", "finished");
        }

        @Test
        @Tag("full")
        void anApprovalThatIsSentWhileNoProcessLivesIsReceivedByTheNext() {
            stage.simulator.runWithApproval("Ada", 50, AN_HOUR);
            awaitRow();
            stage.simulator.crash("A");
            stage.simulator.approve();
            State approved = stage.simulator.state();
            refused(stage.simulator::approve, "No approval is waited for");
            stage.simulator.resume(null);
            State state = stage.awaitCompleted();

            assertThat(row(approved, APPROVAL).status()).isEqualTo(StepStatus.STARTED);
            assertThat(caption(approved, "approved")).contains("None is alive");
            assertThat(caption(state, "resumed")).contains("The approval is among it");
            assertThat(state.workflow().output().json()).contains("APPROVED");
        }

        @Test
        void theHireIsPutOnHoldOnceTheTimeIsUp() {
            stage.simulator.runWithApproval("Ada", 50, 1_500);
            State state = stage.awaitCompleted();

            assertThat(row(state, APPROVAL).status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(row(state, APPROVAL).preview()).isNull();
            assertThat(times(state, HOLD)).isEqualTo(1);
            assertThat(times(state, LAPTOP)).isZero();
            assertThat(state.workflow().output().json()).contains("ON_HOLD");
            assertThat(Stage.captions(state)).containsSubsequence("waits", "time-up", "finished");
            assertThat(state.can().approve()).isFalse();
        }

        /** Until nothing is left of the workflow but its rows. */
        private State awaitRow() {
            return stage.await(
                    "it waits, and belongs to nobody",
                    state -> "DUE".equals(Stage.status(state))
                            && state.log().stream().anyMatch(line -> line.text().contains("gives the workflow back")));
        }
    }

    @Nested
    class WhenTheHireIsCalledOff {
        @Test
        void whatWasDoneIsUndoneTheLastFirstAndEachOnce() {
            stage.simulator.runUntilFirstDay("Ada", 50, AN_HOUR, null);
            State asleep = awaitSleep();
            stage.simulator.cancel();
            State state = stage.awaitCancelled();

            assertThat(asleep.can().cancel()).isTrue();
            assertThat(row(state, FIRST_DAY).status()).isEqualTo(StepStatus.CANCELLED);
            assertThat(lastRun(state).skipped()).containsExactly(EMPLOYEE, LAPTOP, ACCESS);
            assertThat(lastRun(state).ran()).containsExactly(UNDO_ACCESS, UNDO_LAPTOP, UNDO_EMPLOYEE);
            assertAllIsUndoneOnce(state);
            assertThat(times(state, EMAIL)).isZero();
            assertThat(state.can().cancel()).isFalse();
            assertThat(Stage.captions(state))
                    .containsSubsequence("sleeps", "called-off", "cancelled", "undo", "finished");
            assertThat(caption(state, "finished")).contains("CANCELLED", "undone", "nothing happened more than once");
        }

        @ParameterizedTest
        @CsvSource({
            "Undo Provision Laptop,       BEFORE_EFFECT, 1, false",
            "Undo Provision Laptop,       AFTER_EFFECT,  1, true",
            "Undo Provision Laptop,       AFTER_OUTCOME, 0, false",
            "Undo Create Employee Record, AFTER_OUTCOME, 0, false"
        })
        void aCrashAmidTheUndoingIsTakenUpAndNothingIsUndoneTwice(
                String step, CrashPoint point, int zombies, boolean isRecognised) {
            stage.simulator.runUntilFirstDay("Ada", 50, AN_HOUR, at(step, point));
            awaitSleep();
            stage.simulator.cancel();
            State dead = stage.awaitDeath("A");
            stage.simulator.resume(null);
            State state = stage.awaitCancelled();

            assertThat(Stage.status(dead)).isEqualTo("RUNNING");
            assertThat(worker(dead, "A").how()).startsWith("halted").contains(step);
            assertThat(lastRun(state).skipped()).contains(EMPLOYEE, LAPTOP, ACCESS, FIRST_DAY, UNDO_ACCESS);
            assertThat(row(state, step).zombies()).isEqualTo(zombies);
            assertAllIsUndoneOnce(state);
            assertThat(saw(state, "recognised")).isEqualTo(isRecognised);
            assertThat(outside(state, step).why() != null).isEqualTo(isRecognised);
        }

        @Test
        void whileNoProcessLivesTheNextOneUndoesIt() {
            stage.simulator.runUntilFirstDay("Ada", 50, AN_HOUR, null);
            awaitSleep();
            stage.simulator.crash("A");
            stage.simulator.cancel();
            State calledOff = stage.simulator.state();
            refused(stage.simulator::cancel, "called off already");
            stage.simulator.resume(null);
            State state = stage.awaitCancelled();

            assertThat(row(calledOff, FIRST_DAY).status()).isEqualTo(StepStatus.STARTED);
            assertThat(caption(calledOff, "called-off")).contains("None is alive");
            assertThat(caption(state, "resumed")).contains("That the hire is called off is among it");
            assertAllIsUndoneOnce(state);
        }

        @ParameterizedTest
        @CsvSource({"AFTER_EFFECT, 1", "BEFORE_EFFECT, 0"})
        void aStepInDoubtIsUndoneIfTheWorldKnowsItsKey(CrashPoint point, int times) {
            stage.simulator.runUntilFirstDay("Ada", 50, AN_HOUR, at(LAPTOP, point));
            stage.awaitDeath("A");
            stage.simulator.cancel();
            stage.simulator.resume(null);
            State state = stage.awaitCancelled();

            assertThat(row(state, LAPTOP).status()).isEqualTo(StepStatus.CANCELLED);
            assertThat(times(state, LAPTOP)).isEqualTo(times);
            assertThat(times(state, UNDO_LAPTOP)).isEqualTo(times);
            assertThat(times(state, UNDO_EMPLOYEE)).isEqualTo(1);
            assertThat(times(state, ACCESS)).isZero();
            assertThat(times(state, UNDO_ACCESS)).isZero();
            assertThat(saw(state, "nothing-to-undo")).isEqualTo(times == 0);
        }

        @Test
        void onceItHasEndedNothingIsCalledOffAnyMore() {
            stage.simulator.runUntilFirstDay("Ada", 50, 1_500, null);
            State state = stage.awaitCompleted();

            assertThat(state.can().cancel()).isFalse();
            refused(stage.simulator::cancel, "nothing can be called off any more");
            assertThat(Plan.STEPS)
                    .allSatisfy(step -> assertThat(times(state, step)).isEqualTo(1));
            assertThat(List.of(UNDO_EMPLOYEE, UNDO_LAPTOP, UNDO_ACCESS))
                    .allSatisfy(step -> assertThat(times(state, step)).isZero());
            assertThat(Stage.captions(state)).containsSubsequence("sleeps", "woke", "finished");
        }

        /** Each under the key of the step that it undoes. */
        private void assertAllIsUndoneOnce(State state) {
            assertThat(List.of(EMPLOYEE, LAPTOP, ACCESS)).allSatisfy(step -> {
                State.Outside done = outside(state, step);
                State.Outside undone = outside(state, "Undo " + step);
                assertThat(row(state, "Undo " + step).status()).isEqualTo(StepStatus.COMPLETED);
                assertThat(List.of(done.times(), undone.times())).containsOnly(1);
                assertThat(undone.happenings().get(0).idempotencyKey())
                        .isEqualTo(done.happenings().get(0).idempotencyKey());
            });
        }

        /** Until nothing is left of the workflow but its rows. */
        private State awaitSleep() {
            return stage.await(
                    "it sleeps, and belongs to nobody",
                    state -> "DUE".equals(Stage.status(state))
                            && state.log().stream().anyMatch(line -> line.text().contains("gives the workflow back")));
        }
    }

    private static void refused(Runnable command, String why) {
        assertThatThrownBy(command::run).isInstanceOf(NotNowException.class).hasMessageContaining(why);
    }

    @Nested
    class WhatMakesNoSense {
        @Test
        void beforeTheFirstRun() {
            refused(() -> stage.simulator.resume(null), "run a workflow first");
            refused(stage.simulator::second, "run a workflow first");
            refused(stage.simulator::approve, "run a workflow first");
            refused(stage.simulator::cancel, "run a workflow first");
            refused(() -> stage.simulator.crash("A"), "no living worker A");
            refused(() -> stage.simulator.freeze("A"), "no living worker A");
            refused(() -> stage.simulator.thaw("A"), "no living worker A");
            stage.simulator.reset();
        }

        @Test
        void whileItRuns() {
            stage.simulator.run("Ada", 5_000, Delivery.AT_LEAST_ONCE, null);
            refused(() -> stage.run(Delivery.AT_LEAST_ONCE, null), "not finished");
            refused(() -> stage.simulator.resume(null), "Worker A is alive");
            stage.await("it is alive", state -> life(state, "A") == Life.ALIVE);
            refused(() -> stage.simulator.thaw("A"), "not frozen");
            refused(stage.simulator::cancel, "nothing to call off");
            stage.simulator.freeze("A");
            refused(() -> stage.simulator.freeze("A"), "frozen already");
        }

        @Test
        void onceItIsFinished() {
            stage.run(Delivery.AT_LEAST_ONCE, null);
            stage.awaitCompleted();
            refused(() -> stage.simulator.resume(null), "finished");
            refused(stage.simulator::second, "finished");
            stage.run(Delivery.AT_LEAST_ONCE, null);
            assertThat(stage.simulator.state().plan().workflowId()).isEqualTo("onboard-ada-2");
        }

        @Test
        void aPlanThatCannotBe() {
            assertThatThrownBy(() -> stage.simulator.run(" ", 1, Delivery.RECONCILE, null))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> stage.simulator.run("Ada", -1, Delivery.RECONCILE, null))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> at("Fire Everybody", CrashPoint.AFTER_EFFECT))
                    .hasMessageContaining("There is no step");
            assertThatThrownBy(() -> at(EMAIL, CrashPoint.AFTER_FORK)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> stage.run(Delivery.RECONCILE, at(UNDO_LAPTOP, CrashPoint.AFTER_EFFECT)))
                    .hasMessageContaining("in this scene");
        }
    }

    @ParameterizedTest
    @EnumSource
    void showsTheRealSource(Scene scene) {
        Source source = stage.simulator.source(scene);

        assertThat(source.steps().keySet()).containsAll(scene.steps());
        assertThat(source.steps().containsKey(APPROVAL)).isEqualTo(scene == Scene.APPROVAL);
        assertThat(source.steps().containsKey(FIRST_DAY)).isEqualTo(scene == Scene.CALLED_OFF);
        assertThat(scene.steps())
                .allSatisfy(step -> assertThat(lines(source, step))
                        .contains(UNDOING.getOrDefault(step, "\"" + step + "\""))
                        .matches("(?s).*[;,]"));
    }

    private static String lines(Source source, String step) {
        List<Integer> range = source.steps().get(step);
        return String.join("\n", source.lines().subList(range.get(0) - 1, range.get(1)));
    }
}
