// SPDX-License-Identifier: Apache-2.0
package dev.revive.testing;

import static dev.revive.store.Answer.ACCEPTED;
import static dev.revive.store.Answer.EXISTS;
import static dev.revive.store.Answer.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Release;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What becomes of batches. */
abstract class WritingContract extends StoreFixture {
    @Nested
    class CreatingAWorkflow {
        @Test
        void claimedItRunsAtEpochOneInTheHandsOfItsWriter() {
            assertThat(write(claimed("a"))).containsExactly(ACCEPTED);

            assertThat(row("a"))
                    .isEqualTo(WorkflowRecord.of(workflow("a"))
                            .heldBy(seat.executorId(), 1)
                            .build());
        }

        @Test
        void leftDueItWaitsAtEpochZeroInNobodysHands() {
            assertThat(write(due("a"))).containsExactly(ACCEPTED);

            assertThat(row("a").status()).isEqualTo(WorkflowStatus.DUE);
            assertThat(row("a").epoch()).isZero();
            assertThat(row("a").executorId()).isNull();
            assertThat(row("a").dueAt()).isNotNull();
        }

        @Test
        void withAnEndItIsWrittenOnceAsFinished() {
            write(new Create(workflow("a"), Create.Start.CLAIMED, complete("a", 1)));

            assertThat(row("a").status()).isEqualTo(WorkflowStatus.COMPLETED);
            assertThat(row("a").output()).isEqualTo("\"done\"");
            assertThat(row("a").finishedAt()).isEqualTo(STAMP.plusSeconds(1));
            assertThat(row("a").executorId()).isNull();
            assertThat(row("a").epoch()).isEqualTo(1);
        }

        @Test
        void aTakenIdExistsAndNothingLaterOfItIsWritten() {
            write(new Create(workflow("a"), Create.Start.CLAIMED, complete("a", 1)));
            NewWorkflow other = new NewWorkflow("a", ORDER, "2", "other hash", STAMP);

            assertThat(write(new Create(other, Create.Start.CLAIMED, null), fresh(started("a", 1, 1, 1))))
                    .containsExactly(EXISTS, REFUSED);
            assertThat(row("a").inputHash()).isEqualTo("hash");
            assertThat(journal("a")).isEmpty();
        }

        @Test
        void doneAgainAfterALostAnswerItIsAccepted() {
            Create ended = new Create(workflow("c"), Create.Start.CLAIMED, complete("c", 1));
            write(claimed("a"), due("b"), ended);

            assertThat(write(claimed("a"), due("b"), ended)).containsExactly(ACCEPTED, ACCEPTED, ACCEPTED);
        }

        @Test
        void doneAgainWhenItsDueRowHasGoneOnItIsAccepted() {
            write(due("a"));
            claim(1);

            assertThat(write(due("a"))).containsExactly(ACCEPTED);
            assertThat(row("a").status()).isEqualTo(WorkflowStatus.RUNNING);
        }

        @Test
        void aSecondStartWithAnotherStampExists() {
            write(claimed("a"));
            NewWorkflow later = new NewWorkflow("a", ORDER, workflow("a").input(), "hash", STAMP.plusSeconds(1));

            assertThat(write(new Create(later, Create.Start.CLAIMED, null))).containsExactly(EXISTS);
            assertThat(write(new Create(later, Create.Start.DUE, null))).containsExactly(EXISTS);
        }

        @Test
        void itsFirstStepsMayComeInTheSameBatch() {
            assertThat(write(claimed("a"), fresh(completed("a", 1, 1, 1, "1")), fresh(started("a", 2, 1, 1))))
                    .containsOnly(ACCEPTED);
            assertThat(journal("a")).hasSize(2);
        }

        @Test
        void itsWholeLifeMayComeInOneBatch() {
            assertThat(write(claimed("a"), fresh(completed("a", 1, 1, 1, "1")), complete("a", 1)))
                    .containsOnly(ACCEPTED);
            assertThat(row("a").status()).isEqualTo(WorkflowStatus.COMPLETED);
        }
    }

    @Nested
    class RecordingAStep {
        @Test
        void everyFieldComesBackAsItWas() {
            StepRecord step = StepRecord.of("a", new StepKey("2.1", 3, "Grant Access"), CallKind.PARALLEL, 1)
                    .attempt(4)
                    .zombies(2)
                    .resolution(Resolution.FOUND_UNDONE)
                    .branches(5)
                    .output("[1]")
                    .firstStartedAt(STAMP)
                    .startedAt(STAMP.plusMillis(1))
                    .recordedAt(STAMP.plusMillis(2))
                    .detail("{\"of\":[7]}")
                    .backoff("{\"message\":\"no\"}", STAMP.plusSeconds(5));
            assertThat(step).as("a column that this test forgets").hasNoNullFieldsOrProperties();
            assertThat(step.change().build()).isEqualTo(step);
            write(claimed("a"), fresh(step));

            assertThat(journal("a")).containsExactly(step);
        }

        @Test
        void aFinalRowNeverChanges() {
            StepRecord done = completed("a", 1, 1, 1, "1");
            write(claimed("a"), fresh(done));

            assertThat(write(later(completed("a", 1, 1, 2, "2")))).containsExactly(REFUSED);
            assertThat(write(fresh(completed("a", 1, 1, 1, "2")))).containsExactly(REFUSED);
            assertThat(write(later(started("a", 1, 1, 2)))).containsExactly(REFUSED);
            assertThat(journal("a")).containsExactly(done);
        }

        @Test
        void anIdenticalRewriteIsAcceptedWhateverTheHint() {
            StepRecord done = completed("a", 1, 1, 1, "1");
            write(claimed("a"), fresh(done));

            assertThat(write(fresh(done))).containsExactly(ACCEPTED);
            assertThat(write(later(done))).containsExactly(ACCEPTED);
        }

        @Test
        void anAttemptGoesFromStartedToItsOutcomeAndNotBack() {
            write(claimed("a"), fresh(started("a", 1, 1, 1)));

            StepRecord backoff = step("a", new StepKey("", 1, "step"), StepStatus.BACKOFF, 1, 1, null);
            assertThat(write(later(backoff))).containsExactly(ACCEPTED);
            assertThat(write(later(started("a", 1, 1, 1)))).containsExactly(REFUSED);
            assertThat(write(later(completed("a", 1, 1, 1, "1")))).containsExactly(REFUSED);
            assertThat(journal("a")).containsExactly(backoff);
        }

        /** A parallel's: it is STARTED, may be DECIDED, and then joined. */
        @Test
        void aDecisionFollowsTheStartAndIsFollowedByAnOutcome() {
            StepRecord decided = step("a", new StepKey("", 1, "step"), StepStatus.DECIDED, 1, 1, "1");
            StepRecord backoff = step("a", new StepKey("", 1, "step"), StepStatus.BACKOFF, 1, 1, null);
            write(claimed("a"), fresh(started("a", 1, 1, 1)));

            assertThat(write(later(decided))).containsExactly(ACCEPTED);
            assertThat(write(later(decided))).as("written again").containsExactly(ACCEPTED);
            assertThat(write(later(step("a", new StepKey("", 1, "step"), StepStatus.DECIDED, 1, 1, "2"))))
                    .containsExactly(REFUSED);
            assertThat(write(later(started("a", 1, 1, 1)))).containsExactly(REFUSED);
            assertThat(write(later(backoff))).containsExactly(REFUSED);
            assertThat(journal("a")).containsExactly(decided);

            assertThat(write(later(completed("a", 1, 1, 1, "3")))).containsExactly(ACCEPTED);
            assertThat(write(later(decided))).containsExactly(REFUSED);
            assertThat(journal("a")).containsExactly(completed("a", 1, 1, 1, "3"));
        }

        /** Which a store may write row by row. */
        @Test
        void aDecisionAndItsOutcomeMayBeWrittenAgainBesideWhatIsRefused() {
            StepRecord decided = step("a", new StepKey("", 1, "step"), StepStatus.DECIDED, 1, 1, "1");
            StepRecord done = completed("a", 1, 1, 1, "2");
            write(claimed("a"), claimed("b"), fresh(started("a", 1, 1, 1)));

            for (StepRecord state : List.of(decided, decided, done, done)) {
                assertThat(write(fresh(started("b", 1, 5, 1)), later(state))).containsExactly(REFUSED, ACCEPTED);
                assertThat(journal("a")).containsExactly(state);
            }
            assertThat(write(fresh(started("b", 1, 5, 1)), later(decided))).containsExactly(REFUSED, REFUSED);
        }

        @Test
        void whatIsDecidedIsNotDecidedOtherwiseBesideWhatIsRefused() {
            StepRecord decided = step("a", new StepKey("", 1, "step"), StepStatus.DECIDED, 1, 1, "1");
            StepRecord otherwise = step("a", new StepKey("", 1, "step"), StepStatus.DECIDED, 1, 1, "2");
            write(claimed("a"), claimed("b"), fresh(started("a", 1, 1, 1)));
            write(later(decided));

            assertThat(write(fresh(started("b", 1, 5, 1)), later(decided))).containsExactly(REFUSED, ACCEPTED);
            assertThat(write(fresh(started("b", 1, 5, 1)), later(otherwise))).containsExactly(REFUSED, REFUSED);
            assertThat(write(fresh(started("b", 1, 5, 1)), later(started("a", 1, 1, 1))))
                    .containsExactly(REFUSED, REFUSED);
            assertThat(journal("a")).containsExactly(decided);
        }

        @Test
        void aDecisionOfAnEarlierEpochIsFollowedByAnOutcomeOfALaterOne() {
            StepRecord decided = step("a", new StepKey("", 1, "step"), StepStatus.DECIDED, 1, 1, "1");
            write(claimed("a"), fresh(started("a", 1, 1, 1)), release("a", 1));
            claim(1);
            assertThat(write(later(decided))).as("of the epoch before").containsExactly(REFUSED);

            StepRecord now = step("a", new StepKey("", 1, "step"), StepStatus.DECIDED, 2, 1, "1");
            assertThat(write(later(now))).containsExactly(ACCEPTED);
            write(release("a", 2));
            claim(1);

            assertThat(write(later(completed("a", 1, 3, 1, "2")))).containsExactly(ACCEPTED);
        }

        @Test
        void aHigherAttemptTakesThePlaceOfALowerOne() {
            write(claimed("a"), fresh(started("a", 1, 1, 2)));

            assertThat(write(later(started("a", 1, 1, 1)))).containsExactly(REFUSED);
            assertThat(write(later(started("a", 1, 1, 3)))).containsExactly(ACCEPTED);
            assertThat(write(later(completed("a", 1, 1, 3, "1")))).containsExactly(ACCEPTED);
        }

        @Test
        void aHigherEpochTakesThePlaceOfALowerOneEvenAtALowerAttempt() {
            write(claimed("a"), fresh(started("a", 1, 1, 7)), release("a", 1));
            claim(1);

            assertThat(write(later(started("a", 1, 2, 1)))).containsExactly(ACCEPTED);
            assertThat(journal("a").get(0).epoch()).isEqualTo(2);
        }

        @Test
        void aWrongHintDoesNoHarm() {
            write(claimed("a"), later(started("a", 1, 1, 1)));
            assertThat(journal("a")).hasSize(1);

            assertThat(write(fresh(completed("a", 1, 1, 1, "1")))).containsExactly(ACCEPTED);
            assertThat(journal("a").get(0).output()).isEqualTo("1");
        }

        @Test
        void twoNamesCannotShareAPosition() {
            write(claimed("a"), fresh(started("a", 1, 1, 1)));
            StepRecord other = step("a", new StepKey("", 1, "another"), StepStatus.STARTED, 1, 2, null);

            assertThat(write(fresh(other))).containsExactly(REFUSED);
            assertThat(write(later(other))).containsExactly(REFUSED);
        }

        @Test
        void sameNamesInBranchesAreDifferentSteps() {
            StepRecord one = step("a", new StepKey("1.1", 1, "step"), StepStatus.COMPLETED, 1, 1, "1");
            StepRecord two = step("a", new StepKey("1.2", 1, "step"), StepStatus.COMPLETED, 1, 1, "2");

            assertThat(write(claimed("a"), fresh(one), fresh(two))).containsOnly(ACCEPTED);
            assertThat(journal("a")).containsExactly(one, two);
        }

        @Test
        void itIsRefusedAtAnotherEpoch() {
            write(claimed("a"));

            assertThat(write(fresh(started("a", 1, 2, 1)))).containsExactly(REFUSED);
            assertThat(write(fresh(started("a", 1, 0, 1)))).containsExactly(REFUSED);
        }

        @Test
        void itIsRefusedUnlessTheWorkflowRuns() {
            write(claimed("a"), complete("a", 1));
            write(due("b"));

            assertThat(write(fresh(started("a", 1, 1, 1)))).containsExactly(REFUSED);
            assertThat(write(fresh(started("b", 1, 0, 1)))).containsExactly(REFUSED);
            assertThat(write(fresh(started("nobody", 1, 1, 1)))).containsExactly(REFUSED);
        }

        @Test
        void itIsRefusedToAnotherLivingExecutor() {
            write(claimed("a"));
            try (var other = seat()) {
                assertThat(other.lanes().get(0).write(List.of(fresh(started("a", 1, 1, 1)))))
                        .containsExactly(REFUSED);
            }
        }
    }

    @Nested
    class Batches {
        @Test
        void answersStandInTheOrderOfTheOperations() {
            write(claimed("a"), claimed("b"));

            assertThat(write(fresh(started("b", 1, 9, 1)), fresh(started("a", 1, 1, 1)), claimed("c")))
                    .containsExactly(REFUSED, ACCEPTED, ACCEPTED);
        }

        @Test
        void afterARefusalNothingLaterOfThatWorkflowIsWritten() {
            write(claimed("a"), fresh(completed("a", 1, 1, 1, "1")));

            assertThat(write(
                            fresh(completed("a", 1, 1, 1, "different")),
                            fresh(started("a", 2, 1, 1)),
                            complete("a", 1)))
                    .containsExactly(REFUSED, REFUSED, REFUSED);
            assertThat(journal("a")).hasSize(1);
            assertThat(row("a").status()).isEqualTo(WorkflowStatus.RUNNING);
        }

        @Test
        void whatCameBeforeARefusalIsWritten() {
            write(claimed("a"), fresh(completed("a", 2, 1, 1, "1")));

            assertThat(write(fresh(completed("a", 1, 1, 1, "1")), fresh(started("a", 2, 1, 1))))
                    .containsExactly(ACCEPTED, REFUSED);
            assertThat(journal("a")).hasSize(2);
        }

        @Test
        void neighboursDoNotNotice() {
            write(claimed("a"), claimed("b"), claimed("c"));

            assertThat(write(
                            fresh(started("a", 1, 1, 1)),
                            fresh(started("b", 1, 5, 1)),
                            fresh(started("c", 1, 1, 1)),
                            fresh(started("b", 2, 1, 1)),
                            complete("c", 1)))
                    .containsExactly(ACCEPTED, REFUSED, ACCEPTED, REFUSED, ACCEPTED);
            assertThat(journal("b")).isEmpty();
            assertThat(row("c").status()).isEqualTo(WorkflowStatus.COMPLETED);
        }

        @Test
        void aWholeBatchDoneAgainIsAcceptedAsAWhole() {
            Operation[] batch = {
                claimed("a"),
                fresh(completed("a", 1, 1, 1, "1")),
                complete("a", 1),
                claimed("b"),
                fresh(started("b", 1, 1, 1)),
                due("c")
            };
            assertThat(write(batch)).containsOnly(ACCEPTED);
            assertThat(write(batch)).containsOnly(ACCEPTED);
        }

        @Test
        void aReleaseDoneAgainIsAcceptedUntilSomebodyClaims() {
            write(claimed("a"));
            Operation[] batch = {fresh(completed("a", 1, 1, 1, "1")), release("a", 1)};

            assertThat(write(batch)).containsExactly(ACCEPTED, ACCEPTED);
            assertThat(write(batch)).containsExactly(ACCEPTED, ACCEPTED);
            claim(1);
            assertThat(write(batch)).containsExactly(REFUSED, REFUSED);
        }

        @Test
        void afterItsEndAWorkflowTakesNothing() {
            write(claimed("a"));

            assertThat(write(complete("a", 1), fresh(started("a", 1, 1, 1)))).containsExactly(ACCEPTED, REFUSED);
        }

        @Test
        void aThousandRowsFitIntoOne() {
            Operation[] batch = new Operation[1_000];
            batch[0] = claimed("a");
            for (int i = 1; i < batch.length; i++) {
                batch[i] = fresh(completed("a", i, 1, 1, "" + i));
            }
            assertThat(write(batch)).containsOnly(ACCEPTED);
            assertThat(journal("a")).hasSize(999);
        }
    }

    /** One of them is refused something in the middle: what it wrote before that is written, nothing later of it is, and the others do not notice. */
    @Nested
    class AHundredWorkflowsOfWhichOneIsRefused {
        private static final String ONE = "w50";

        @Test
        void atALowerEpoch() {
            write(claimed(ONE), release(ONE, 1));
            claim(1);

            refusesTheRestOf(fresh(started(ONE, 2, 1, 1)), fresh(completed(ONE, 3, 2, 1, "1")), complete(ONE, 2));
            assertThat(row(ONE).status()).isEqualTo(WorkflowStatus.RUNNING);
        }

        @Test
        void atAHigherEpoch() {
            write(claimed(ONE));

            refusesTheRestOf(fresh(started(ONE, 2, 2, 1)), fresh(completed(ONE, 3, 1, 1, "1")), complete(ONE, 1));
            assertThat(row(ONE).status()).isEqualTo(WorkflowStatus.RUNNING);
        }

        @Test
        void becauseAnotherExecutorHasIt() {
            try (ExecutorSeat other = seat()) {
                other.lanes().get(0).write(List.of(claimed(ONE)));

                refusesTheRestOf(fresh(started(ONE, 2, 1, 1)), fresh(completed(ONE, 3, 1, 1, "1")), complete(ONE, 1));
                assertThat(row(ONE).executorId()).isEqualTo(other.executorId());
            }
        }

        @Test
        void becauseTheStepIsFinal() {
            StepRecord done = completed(ONE, 2, 1, 1, "1");
            write(claimed(ONE), fresh(done));

            refusesTheRestOf(
                    later(completed(ONE, 2, 1, 2, "2")), fresh(completed(ONE, 3, 1, 1, "1")), complete(ONE, 1));
            assertThat(journal(ONE)).contains(done);
        }

        @Test
        void becauseAnotherNameHasThePosition() {
            write(claimed(ONE), fresh(started(ONE, 2, 1, 1)));
            StepRecord other = step(ONE, new StepKey("", 2, "another"), StepStatus.STARTED, 1, 1, null);

            refusesTheRestOf(fresh(other), fresh(completed(ONE, 3, 1, 1, "1")), complete(ONE, 1));
        }

        @Test
        void becauseItWasWokenUp() {
            write(claimed(ONE));
            store.wake(ONE);

            refusesTheRestOf(
                    Release.of(ONE, 1).in(null).ifWakeSeq(0L), fresh(completed(ONE, 3, 1, 1, "1")), complete(ONE, 1));
            assertThat(row(ONE).status()).isEqualTo(WorkflowStatus.RUNNING);
        }

        @Test
        void becauseItHasEnded() {
            write(claimed(ONE), complete(ONE, 1));

            refusesTheRestOf(
                    fresh(started(ONE, 2, 1, 1)),
                    fresh(completed(ONE, 3, 1, 1, "1")),
                    finish(ONE, 1, WorkflowStatus.FAILED, "1"));
            assertThat(row(ONE).status()).isEqualTo(WorkflowStatus.COMPLETED);
        }

        @Test
        void becauseItsIdIsTaken() {
            write(new Create(
                    new NewWorkflow(ONE, ORDER, "2", "other hash", STAMP), Create.Start.CLAIMED, complete(ONE, 1)));

            refusesTheRestOf(
                    claimed(ONE), fresh(completed(ONE, 3, 1, 1, "1")), finish(ONE, 1, WorkflowStatus.FAILED, "1"));
            assertThat(row(ONE).inputHash()).isEqualTo("other hash");
        }

        /** Writes them all, a step of each before and after what the one is refused. */
        private void refusesTheRestOf(Operation refused, Operation afterIt, Operation last) {
            List<String> others = IntStream.range(0, 100)
                    .mapToObj(i -> "w" + i)
                    .filter(id -> !id.equals(ONE))
                    .toList();
            write(others.stream().map(StoreFixture::claimed).toArray(Operation[]::new));
            int before = journal(ONE).size();
            List<Operation> batch = new ArrayList<>();
            others.forEach(id -> batch.add(fresh(completed(id, 1, 1, 1, "1"))));
            batch.add(50, refused);
            others.forEach(id -> batch.add(fresh(started(id, 2, 1, 1))));
            batch.add(afterIt);
            others.subList(0, 50).forEach(id -> batch.add(complete(id, 1)));
            batch.add(last);

            List<Answer> answers = lane.write(batch);

            for (int i = 0; i < answers.size(); i++) {
                boolean isOfTheOne = batch.get(i).workflowId().equals(ONE);
                Answer expected = !isOfTheOne ? ACCEPTED : i == 50 && refused.beginsLog() ? EXISTS : REFUSED;
                assertThat(answers.get(i)).as("%s", batch.get(i)).isEqualTo(expected);
            }
            assertThat(journal(ONE)).hasSize(before);
            assertThat(others).allSatisfy(id -> assertThat(journal(id)).hasSize(2));
            assertThat(others.subList(0, 50))
                    .allSatisfy(id -> assertThat(row(id).status()).isEqualTo(WorkflowStatus.COMPLETED));
        }
    }

    @Nested
    class EndingAWorkflow {
        @Test
        void eachStatusKeepsItsContentInItsPlace() {
            write(claimed("a"), claimed("b"), claimed("c"));
            write(
                    complete("a", 1),
                    finish("b", 1, WorkflowStatus.FAILED, "\"why\""),
                    finish("c", 1, WorkflowStatus.NEEDS_ATTENTION, "\"look\""));

            assertThat(row("a").output()).isEqualTo("\"done\"");
            assertThat(row("b").failure()).isEqualTo("\"why\"");
            assertThat(row("b").output()).isNull();
            assertThat(row("c").attention()).isEqualTo("\"look\"");
            assertThat(row("c").finishedAt()).isNull();
            assertThat(List.of(row("a"), row("b"), row("c"))).allMatch(w -> w.executorId() == null);
        }

        @Test
        void theSameEndIsAcceptedAgainAndAnotherRefused() {
            write(claimed("a"), complete("a", 1));

            assertThat(write(complete("a", 1))).containsExactly(ACCEPTED);
            assertThat(write(finish("a", 1, WorkflowStatus.COMPLETED, "\"other\"")))
                    .containsExactly(REFUSED);
            assertThat(write(finish("a", 1, WorkflowStatus.FAILED, "\"done\""))).containsExactly(REFUSED);
            assertThat(write(complete("a", 2))).containsExactly(REFUSED);
        }

        @Test
        void itIsRefusedAtAnotherEpoch() {
            write(claimed("a"), release("a", 1));
            claim(1);

            assertThat(write(complete("a", 1))).containsExactly(REFUSED);
            assertThat(write(complete("a", 2))).containsExactly(ACCEPTED);
        }
    }

    @Nested
    class GivingAWorkflowBack {
        @Test
        void withoutADelayItCanBeClaimedAtOnce() {
            write(claimed("a"));

            assertThat(write(release("a", 1))).containsExactly(ACCEPTED);
            assertThat(row("a").executorId()).isNull();
            assertThat(claim(9)).containsExactly("a");
        }

        @Test
        void withADelayItCanBeClaimedWhenItHasPassed() {
            write(claimed("a"), Release.of("a", 1).in(Duration.ofMinutes(10)));
            assertThat(claim(9)).isEmpty();

            pass(store, Duration.ofMinutes(11));
            assertThat(claim(9)).containsExactly("a");
        }

        @Test
        void withoutATimeItIsNotClaimed() {
            write(claimed("a"), Release.of("a", 1).in(null));
            pass(store, Duration.ofDays(400));

            assertThat(row("a").dueAt()).isNull();
            assertThat(claim(9)).isEmpty();
        }

        @Test
        void itIsRefusedIfSomethingWokeItUpMeanwhile() {
            write(claimed("a"), finish("a", 1, WorkflowStatus.NEEDS_ATTENTION, "1"));
            store.resume("a");
            claim(1);
            assertThat(row("a").wakeSeq()).isEqualTo(1);

            assertThat(write(Release.of("a", 2).ifWakeSeq(0L))).containsExactly(REFUSED);
            assertThat(write(Release.of("a", 2).ifWakeSeq(1L))).containsExactly(ACCEPTED);
        }

        @Test
        void itIsRefusedAtAnotherEpoch() {
            write(claimed("a"));

            assertThat(write(release("a", 2))).containsExactly(REFUSED);
            assertThat(row("a").status()).isEqualTo(WorkflowStatus.RUNNING);
        }

        @Test
        void anErrorIsAStrikeAndInARowTheyAddUp() {
            write(claimed("a"), Release.of("a", 1).withStrike());
            claim(1);
            write(Release.of("a", 2).withStrike());

            assertThat(row("a").strikes()).isEqualTo(2);
        }

        @Test
        void aNewlyRecordedOutcomeBeginsTheCountAnew() {
            write(claimed("a"), Release.of("a", 1).withStrike());
            claim(1);
            write(fresh(completed("a", 1, 2, 1, "1")), Release.of("a", 2).withStrike());

            assertThat(row("a").strikes()).isEqualTo(1);
        }

        @Test
        void anOutcomeOfAnEarlierRunDoesNotCountAsNew() {
            write(
                    claimed("a"),
                    fresh(completed("a", 1, 1, 1, "1")),
                    Release.of("a", 1).withStrike());
            claim(1);
            write(fresh(started("a", 2, 2, 1)), Release.of("a", 2).withStrike());

            assertThat(row("a").strikes()).isEqualTo(2);
        }

        @Test
        void withoutAStrikeTheCountStays() {
            write(claimed("a"), Release.of("a", 1).withStrike());
            claim(1);
            write(release("a", 2));

            assertThat(row("a").strikes()).isEqualTo(1);
        }
    }
}
