// SPDX-License-Identifier: Apache-2.0
package dev.revive.testing;

import static dev.revive.store.Answer.ACCEPTED;
import static dev.revive.store.Answer.REFUSED;
import static dev.revive.store.Answer.TAKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.revive.store.Answer;
import dev.revive.store.Arrival;
import dev.revive.store.ChildCall;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.Letter;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Release;
import dev.revive.store.Operation.StartChild;
import dev.revive.store.ParentCall;
import dev.revive.store.Retry;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.Ties;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What binds workflows to those that they start. */
abstract class ChildContract extends OutboxContract {
    private static final String FAILURE = "{\"message\":\"no\"}";

    private static StepKey call(int sequence) {
        return new StepKey("", sequence, ORDER.name());
    }

    /** What a call of a workflow starts. */
    private static NewWorkflow child(String id, String parent, int sequence) {
        return workflow(id).childOf(new ParentCall(parent, STAMP, call(sequence).position()));
    }

    private static StartChild start(NewWorkflow child, int sequence, long epoch, ParentClosePolicy policy) {
        String parent = child.parent() == null ? "" : child.parent().workflowId();
        StepRecord started = StepRecord.of(parent, call(sequence), CallKind.CHILD, epoch)
                .at(STAMP)
                .detail(new ChildCall(child.id(), policy).detail())
                .completed(null);
        return new StartChild(child, started, started.change().failed("{\"message\":\"taken\"}"));
    }

    private static StartChild start(String id, String parent, int sequence, ParentClosePolicy policy) {
        return start(child(id, parent, sequence), sequence, 1, policy);
    }

    private static StartChild start(String id, String parent, int sequence) {
        return start(id, parent, sequence, ParentClosePolicy.CANCEL);
    }

    /** An end in the hands of this executor, of whomever it concerns. */
    private Finish end(String id, WorkflowStatus status, @Nullable String content) {
        WorkflowRecord row = row(id);
        boolean hasChildren = journal(id).stream().anyMatch(step -> step.kind() == CallKind.CHILD);
        return finish(id, row.epoch(), status, content).with(new Ties(row.createdAt(), row.parent(), hasChildren));
    }

    private void endNow(String id, WorkflowStatus status) {
        String content = status == WorkflowStatus.COMPLETED ? "\"done\"" : FAILURE;
        assertThat(write(end(id, status, content))).containsExactly(ACCEPTED);
        deliverEnds();
    }

    /** As a relay does, if this store needs one; whoever has a row locked lets go of it soon. */
    private void deliverEnds() {
        boolean isLeft = true;
        while (isLeft) {
            isLeft = store.deliver((existing, start) -> false);
        }
        assertThat(store.undelivered(9)).isEmpty();
    }

    private List<MessageKind> kinds(String id) {
        return inbox(id).messages().stream().map(Message::kind).toList();
    }

    private WorkflowStatus status(String id) {
        return row(id).status();
    }

    private void terminate(String id) {
        Letter letter = Letter.intent(id, MessageKind.TERMINATE, "end of " + id, FAILURE, STAMP);
        assertThat(sent(letter)).isEqualTo(Arrival.ARRIVED);
    }

    /** One that has failed of this call. */
    private void retry(String id, int sequence) {
        assertThat(store.retry(Retry.of(
                        row(id), journal(id), List.of(call(sequence).position()), call -> Failure.Kind.THROWN, STAMP)))
                .isTrue();
    }

    private static StepRecord failedStep(String id, int sequence) {
        return step(id, new StepKey("", sequence, "step"), StepStatus.FAILED, 1, 1, null);
    }

    @Nested
    class AChild {
        @Test
        void andTheCallThatStartsItAreOneWrite() {
            write(claimed("a"));
            StartChild start = start("b", "a", 1);

            assertThat(write(start)).containsExactly(ACCEPTED);

            WorkflowRecord row = row("b");
            assertThat(row.status()).isEqualTo(WorkflowStatus.DUE);
            assertThat(row.epoch()).isZero();
            assertThat(row.executorId()).isNull();
            assertThat(row.parent()).isEqualTo(new ParentCall("a", STAMP, "#1"));
            assertThat(row.input()).isEqualTo(start.child().input());
            assertThat(row.createdAt()).isEqualTo(STAMP);
            assertThat(journal("a")).containsExactly(start.started());
            assertThat(row("a").parent()).isNull();
        }

        @Test
        void isNotThereIfTheCallIsRefused() {
            write(claimed("a"), claimed("given back"), Release.of("given back", 1), claimed("ended"));
            write(complete("ended", 1));

            assertThat(write(start(child("b", "a", 1), 1, 2, ParentClosePolicy.CANCEL)))
                    .containsExactly(REFUSED);
            assertThat(write(start("b", "given back", 1))).containsExactly(REFUSED);
            assertThat(write(start("b", "ended", 1))).containsExactly(REFUSED);
            assertThat(write(start("b", "nobody", 1))).containsExactly(REFUSED);
            write(fresh(completed("a", 1, 1, 1, "1")));
            assertThat(write(start("b", "a", 1))).containsExactly(REFUSED);

            assertThat(store.find("b")).isEmpty();
            assertThat(journal("a")).extracting(StepRecord::kind).containsExactly(CallKind.STEP);
            assertThat(journal("given back")).isEmpty();
        }

        @Test
        void isDueAtOnce() {
            write(claimed("a"), start("b", "a", 1));

            assertThat(claim(9)).containsExactly("b");

            assertThat(row("b").epoch()).isEqualTo(1);
            assertThat(write(complete("b", 1))).containsExactly(ACCEPTED);
        }

        @Test
        void hasItsDeadline() {
            NewWorkflow timed = new NewWorkflow("b", ORDER, "1", "hash", STAMP, STAMP.plusSeconds(60), null)
                    .childOf(new ParentCall("a", STAMP, "#1"));
            write(claimed("a"), start(timed, 1, 1, ParentClosePolicy.CANCEL));

            assertThat(row("b").deadline()).isEqualTo(STAMP.plusSeconds(60));
        }

        /** In another life of its parent, in which the call is made anew. */
        @Test
        void isFoundByAStartThatIsMadeAgain() {
            write(claimed("a"), fresh(failedStep("a", 1)), start("b", "a", 2, ParentClosePolicy.ABANDON));
            endNow("a", WorkflowStatus.FAILED);
            retry("a", 1);
            assertThat(claim(9)).containsExactlyInAnyOrder("a", "b");
            WorkflowRecord before = row("b");
            NewWorkflow later = new NewWorkflow(
                            "b", ORDER, before.input(), before.inputHash(), STAMP.plusSeconds(9), null, null)
                    .childOf(new ParentCall("a", STAMP, "#2"));
            StartChild again = start(later, 2, row("a").epoch(), ParentClosePolicy.CANCEL);

            assertThat(write(again)).containsExactly(ACCEPTED);
            assertThat(write(again)).containsExactly(ACCEPTED);

            assertThat(row("b")).isEqualTo(before);
            assertThat(journal("a")).contains(again.started());
        }

        @Test
        void isOneThoughItsStartIsWrittenAgain() {
            write(claimed("a"));
            Operation[] batch = {fresh(completed("a", 1, 1, 1, "1")), start("b", "a", 2), start("c", "a", 3)};
            write(batch);
            claim(1);
            write(complete("b", 1));
            WorkflowRecord before = row("b");

            assertThat(write(batch)).containsExactly(ACCEPTED, ACCEPTED, ACCEPTED);
            assertThat(write(batch[1])).containsExactly(ACCEPTED);

            assertThat(row("b")).isEqualTo(before);
            assertThat(journal("a")).hasSize(3);
        }

        @Test
        void isOneThoughItsStartIsWrittenAgainWhenItsParentHasEnded() {
            write(claimed("a"));
            StartChild start = start("b", "a", 1);
            Finish end = complete("a", 1).with(new Ties(STAMP, null, true));

            assertThat(write(start, end)).containsExactly(ACCEPTED, ACCEPTED);
            assertThat(write(start, end)).containsExactly(ACCEPTED, ACCEPTED);
            deliverEnds();

            assertThat(kinds("b")).containsExactly(MessageKind.CANCEL);
        }

        @Test
        void ofOneCallIsNotThatOfAnother() {
            write(claimed("a"), start("b", "a", 1), start("c", "a", 2));

            assertThat(row("b").parent()).isEqualTo(new ParentCall("a", STAMP, "#1"));
            assertThat(row("c").parent()).isEqualTo(new ParentCall("a", STAMP, "#2"));
        }
    }

    @Nested
    class AnIdOfAnother {
        private void isTaken(NewWorkflow other) {
            write(claimed("a"), new Create(other, Create.Start.DUE, null));
            WorkflowRecord before = row("b");
            StartChild start = start("b", "a", 1);

            assertThat(write(start)).containsExactly(TAKEN);
            assertThat(write(start)).containsExactly(TAKEN);

            assertThat(journal("a")).containsExactly(start.taken());
            assertThat(row("b")).isEqualTo(before);
        }

        @Test
        void thatNobodyStartedIsTaken() {
            isTaken(workflow("b"));
        }

        @Test
        void ofAnotherCallIsTaken() {
            isTaken(child("b", "a", 2));
        }

        @Test
        void ofAnotherParentIsTaken() {
            isTaken(child("b", "other", 1));
        }

        /** The rows of the one that had its id before were deleted. */
        @Test
        void ofAnotherParentOfTheSameIdIsTaken() {
            isTaken(workflow("b").childOf(new ParentCall("a", STAMP.minusSeconds(1), "#1")));
        }

        @Test
        void withAnotherInputIsTaken() {
            isTaken(new NewWorkflow("b", ORDER, "2", "other hash", STAMP).childOf(new ParentCall("a", STAMP, "#1")));
        }

        @Test
        void ofAnotherTypeIsTaken() {
            NewWorkflow same = workflow("b");
            isTaken(new NewWorkflow("b", new WorkflowType("refund", 1), same.input(), same.inputHash(), STAMP)
                    .childOf(new ParentCall("a", STAMP, "#1")));
        }

        @Test
        void leavesItsWorkflowInTheseHands() {
            write(claimed("a"), due("b"));
            StepRecord next = completed("a", 2, 1, 1, "1");

            assertThat(write(start("b", "a", 1), fresh(next), complete("a", 1)))
                    .containsExactly(TAKEN, ACCEPTED, ACCEPTED);

            assertThat(journal("a"))
                    .extracting(StepRecord::status)
                    .containsExactly(StepStatus.FAILED, StepStatus.COMPLETED);
        }

        @Test
        void mayBeThatOfTheParentItself() {
            write(claimed("a"));

            assertThat(write(start("a", "a", 1))).containsExactly(TAKEN);

            assertThat(status("a")).isEqualTo(WorkflowStatus.RUNNING);
        }

        @Test
        void isOneOfThoseThatComeInOneBatch() {
            write(claimed("a"), claimed("b"));

            assertThat(write(start("c", "a", 1), start("c", "a", 2), start("c", "b", 1)))
                    .containsExactly(ACCEPTED, TAKEN, TAKEN);

            assertThat(row("c").parent()).isEqualTo(new ParentCall("a", STAMP, "#1"));
        }

        @Test
        void isOneOfThoseThatComeAtOnce() throws Exception {
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try (ExecutorSeat other = seat()) {
                for (int round = 0; round < 30; round++) {
                    String mine = "mine " + round;
                    String others = "others " + round;
                    String child = "child " + round;
                    write(claimed(mine));
                    other.lanes().get(0).write(List.of(claimed(others)));
                    CyclicBarrier together = new CyclicBarrier(2);
                    Future<Answer> first = threads.submit(() -> {
                        together.await();
                        return write(start(child, mine, 1)).get(0);
                    });
                    Future<Answer> second = threads.submit(() -> {
                        together.await();
                        return other.lanes()
                                .get(0)
                                .write(List.of(start(child, others, 1)))
                                .get(0);
                    });
                    assertThat(List.of(first.get(), second.get())).containsExactlyInAnyOrder(ACCEPTED, TAKEN);
                    assertThat(row(child).parent())
                            .isEqualTo(new ParentCall(first.get() == ACCEPTED ? mine : others, STAMP, "#1"));
                }
            } finally {
                threads.shutdown();
            }
        }

        /** Two batches that want the same ids in opposite orders do not wait for each other for ever. */
        @Test
        void isOneOfThoseThatComeCrosswise() throws Exception {
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try (ExecutorSeat other = seat()) {
                for (int i = 0; i < 20; i++) {
                    String round = "round " + i + " ";
                    write(claimed(round + "a"), claimed(round + "b"));
                    other.lanes().get(0).write(List.of(claimed(round + "c"), claimed(round + "d")));
                    CyclicBarrier together = new CyclicBarrier(2);
                    Future<List<Answer>> first = threads.submit(() -> {
                        together.await();
                        return write(start(round + "x", round + "a", 1), start(round + "y", round + "b", 1));
                    });
                    Future<List<Answer>> second = threads.submit(() -> {
                        together.await();
                        return other.lanes()
                                .get(0)
                                .write(List.of(start(round + "y", round + "c", 1), start(round + "x", round + "d", 1)));
                    });
                    assertThat(List.of(first.get().get(0), second.get().get(1)))
                            .as(round + "x")
                            .containsExactlyInAnyOrder(ACCEPTED, TAKEN);
                    assertThat(List.of(first.get().get(1), second.get().get(0)))
                            .as(round + "y")
                            .containsExactlyInAnyOrder(ACCEPTED, TAKEN);
                }
            } finally {
                threads.shutdown();
            }
        }

        @Test
        void isTakenStillThoughThatIsDeletedBeforeTheSameIsWrittenAgain() {
            write(claimed("a"), due("b"));
            StartChild start = start("b", "a", 1);
            write(start);
            assumeTrue(deleteByHand(store, "b"), "somebody can delete rows");

            assertThat(write(start)).containsExactly(TAKEN);

            assertThat(store.find("b")).isEmpty();
            assertThat(journal("a")).containsExactly(start.taken());
        }

        @Test
        void isWhatItWasThoughTheChildIsDeletedAndAnotherHasItBeforeTheSameIsWrittenAgain() {
            write(claimed("a"));
            StartChild start = start("b", "a", 1);
            write(start);
            assumeTrue(deleteByHand(store, "b"), "somebody can delete rows");
            write(due("b"));

            assertThat(write(start)).containsExactly(ACCEPTED);

            assertThat(journal("a")).containsExactly(start.started());
        }
    }

    @Nested
    class AmongOthers {
        @Test
        void aStartThatIsRefusedLeavesTheOthersAsTheyAre() {
            Operation[] parents =
                    IntStream.range(0, 100).mapToObj(i -> claimed("p" + i)).toArray(Operation[]::new);
            write(parents);
            Operation[] batch = IntStream.range(0, 100)
                    .mapToObj(i -> start(child("c" + i, "p" + i, 1), 1, i == 50 ? 2 : 1, ParentClosePolicy.CANCEL))
                    .toArray(Operation[]::new);

            List<Answer> answers = write(batch);

            for (int i = 0; i < 100; i++) {
                assertThat(answers.get(i)).as("" + i).isEqualTo(i == 50 ? REFUSED : ACCEPTED);
                assertThat(store.find("c" + i).isPresent()).as("" + i).isEqualTo(i != 50);
                assertThat(journal("p" + i)).as("" + i).hasSize(i == 50 ? 0 : 1);
            }
        }

        @Test
        void anIdThatIsTakenLeavesTheOthersAsTheyAre() {
            write(claimed("a"), claimed("b"), due("taken"));

            assertThat(write(
                            start("c", "a", 1),
                            start("taken", "a", 2),
                            fresh(completed("a", 3, 1, 1, "1")),
                            claimed("d"),
                            start("e", "b", 1),
                            complete("b", 1)))
                    .containsExactly(ACCEPTED, TAKEN, ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED);

            assertThat(journal("a"))
                    .extracting(StepRecord::status)
                    .containsExactly(StepStatus.COMPLETED, StepStatus.FAILED, StepStatus.COMPLETED);
            assertThat(status("c")).isEqualTo(WorkflowStatus.DUE);
            assertThat(status("b")).isEqualTo(WorkflowStatus.COMPLETED);
        }

        @Test
        void afterARefusalNothingLaterOfThatWorkflowIsWritten() {
            write(claimed("a"), claimed("b"));

            assertThat(write(fresh(completed("a", 1, 2, 1, "1")), start("c", "a", 2), start("d", "b", 1)))
                    .containsExactly(REFUSED, REFUSED, ACCEPTED);

            assertThat(store.find("c")).isEmpty();
            assertThat(journal("a")).isEmpty();
        }

        @Test
        void aParentMayBeCreatedInTheSameBatch() {
            assertThat(write(claimed("a"), start("b", "a", 1), start("c", "a", 2), endOfAParent()))
                    .containsOnly(ACCEPTED);
            deliverEnds();

            assertThat(kinds("b")).containsExactly(MessageKind.CANCEL);
            assertThat(kinds("c")).containsExactly(MessageKind.CANCEL);
        }

        private static Finish endOfAParent() {
            return complete("a", 1).with(new Ties(STAMP, null, true));
        }
    }

    @Nested
    class AnEnd {
        /** The parent waits for the child, in nobody's hands, and the child is in those of this executor. */
        private void parentThatWaits() {
            write(claimed("a"), start("b", "a", 1));
            claim(1);
            write(Release.of("a", 1).in(Duration.ofHours(1)).ifWakeSeq(0).waitingFor(List.of("CHILD:b")));
        }

        private Message news() {
            List<Message> messages = inbox("a").messages();
            assertThat(messages).hasSize(1);
            return messages.get(0);
        }

        @Test
        void tellsItsParentWhatItCameTo() {
            parentThatWaits();

            write(end("b", WorkflowStatus.COMPLETED, "{\"emoji\":\"😀\"}"));
            deliverEnds();

            assertThat(news().kind()).isEqualTo(MessageKind.RESULT);
            assertThat(news().name()).isEqualTo("b");
            assertThat(news().payload()).isEqualTo("{\"emoji\":\"😀\"}");
            assertThat(news().position()).isEqualTo(1);
            assertThat(row("a").wakeSeq()).isEqualTo(1);
            assertThat(claim(9)).containsExactly("a");
        }

        @Test
        void withMuchToTellIsNewsOnly() {
            parentThatWaits();

            write(end("b", WorkflowStatus.COMPLETED, "\"" + "x".repeat(2_000) + "\""));
            deliverEnds();

            assertThat(news().kind()).isEqualTo(MessageKind.END);
            assertThat(news().name()).isEqualTo("b");
            assertThat(row("a").wakeSeq()).isEqualTo(1);
            assertThat(claim(9)).containsExactly("a");
        }

        @Test
        void byAFailureIsNewsOnly() {
            thatIsNotWhatWasHopedForIsNewsOnly(WorkflowStatus.FAILED);
        }

        @Test
        void byACancellationIsNewsOnly() {
            thatIsNotWhatWasHopedForIsNewsOnly(WorkflowStatus.CANCELLED);
        }

        @Test
        void byATerminationIsNewsOnly() {
            thatIsNotWhatWasHopedForIsNewsOnly(WorkflowStatus.TERMINATED);
        }

        private void thatIsNotWhatWasHopedForIsNewsOnly(WorkflowStatus status) {
            parentThatWaits();

            endNow("b", status);

            assertThat(news().kind()).isEqualTo(MessageKind.END);
            assertThat(claim(9)).containsExactly("a");
        }

        @Test
        void isNotThatItNeedsAttention() {
            thatIsNoneTellsNobody(WorkflowStatus.NEEDS_ATTENTION);
        }

        @Test
        void isNotThatItIsPaused() {
            thatIsNoneTellsNobody(WorkflowStatus.PAUSED);
        }

        private void thatIsNoneTellsNobody(WorkflowStatus status) {
            parentThatWaits();

            write(end("b", status, status == WorkflowStatus.PAUSED ? null : FAILURE));
            deliverEnds();

            assertThat(unread("a")).isEmpty();
            assertThat(row("a").wakeSeq()).isZero();
        }

        @Test
        void isToldOnceThoughItIsWrittenAgain() {
            parentThatWaits();
            Finish end = end("b", WorkflowStatus.COMPLETED, "1");

            assertThat(write(end)).containsExactly(ACCEPTED);
            assertThat(write(end)).containsExactly(ACCEPTED);
            deliverEnds();
            assertThat(write(end)).containsExactly(ACCEPTED);
            deliverEnds();

            assertThat(unread("a")).hasSize(1);
            assertThat(row("a").wakeSeq()).isEqualTo(1);
        }

        @Test
        void thatIsRefusedIsToldToNobody() {
            parentThatWaits();
            Finish end = end("b", WorkflowStatus.COMPLETED, "1");
            Finish ofAnotherRun = new Finish("b", 2, WorkflowStatus.COMPLETED, "1", end.finishedAt(), null, end.ties());

            assertThat(write(ofAnotherRun)).containsExactly(REFUSED);
            assertThat(write(fresh(completed("b", 1, 2, 1, "1")), end)).containsExactly(REFUSED, REFUSED);
            deliverEnds();

            assertThat(unread("a")).isEmpty();
        }

        @Test
        void amongOthersOfWhichOneIsRefusedIsTold() {
            parentThatWaits();
            write(claimed("c"));

            assertThat(write(fresh(completed("c", 1, 2, 1, "1")), end("b", WorkflowStatus.COMPLETED, "1")))
                    .containsExactly(REFUSED, ACCEPTED);
            deliverEnds();

            assertThat(news().kind()).isEqualTo(MessageKind.RESULT);
        }

        @Test
        void doesNotWakeWhoWaitsForAnother() {
            write(claimed("a"), start("b", "a", 1));
            claim(1);
            write(Release.of("a", 1).in(Duration.ofHours(1)).ifWakeSeq(0).waitingFor(List.of("CHILD:bb", "SIGNAL:b")));

            endNow("b", WorkflowStatus.COMPLETED);

            assertThat(claim(9)).isEmpty();
            assertThat(kinds("a")).containsExactly(MessageKind.RESULT);
        }

        @Test
        void keepsAParentThatRunsFromLeavingByWhatItHasSeen() {
            write(claimed("a"), start("b", "a", 1));
            claim(1);

            endNow("b", WorkflowStatus.COMPLETED);

            assertThat(write(Release.of("a", 1).in(null).ifWakeSeq(0))).containsExactly(REFUSED);
        }

        @Test
        void reachesAParentThatHasFailed() {
            write(claimed("a"), start("b", "a", 1), fresh(failedStep("a", 2)));
            claim(1);
            endNow("a", WorkflowStatus.FAILED);

            endNow("b", WorkflowStatus.COMPLETED);

            assertThat(status("a")).isEqualTo(WorkflowStatus.FAILED);
            assertThat(kinds("a")).containsExactly(MessageKind.RESULT);
            retry("a", 2);
            assertThat(kinds("a")).containsExactly(MessageKind.RESULT);
            assertThat(claim(9)).containsExactly("a");
        }

        @Test
        void reachesNoParentThatIsCompleted() {
            reachesNoOtherThatHasEnded(WorkflowStatus.COMPLETED);
        }

        @Test
        void reachesNoParentThatIsCancelled() {
            reachesNoOtherThatHasEnded(WorkflowStatus.CANCELLED);
        }

        @Test
        void reachesNoParentThatIsTerminated() {
            reachesNoOtherThatHasEnded(WorkflowStatus.TERMINATED);
        }

        private void reachesNoOtherThatHasEnded(WorkflowStatus status) {
            write(claimed("a"), start("b", "a", 1));
            claim(1);
            endNow("a", status);
            WorkflowRecord before = row("a");

            endNow("b", WorkflowStatus.COMPLETED);

            assertThat(unread("a")).isEmpty();
            assertThat(row("a")).isEqualTo(before);
        }

        @Test
        void ofAChildWhoseParentIsGoneConcernsNobody() {
            write(new Create(child("b", "gone", 1), Create.Start.CLAIMED, null));

            endNow("b", WorkflowStatus.COMPLETED);

            assertThat(store.find("gone")).isEmpty();
        }

        @Test
        void ofEachLifeIsNews() {
            parentThatWaits();
            write(fresh(failedStep("b", 1)));
            endNow("b", WorkflowStatus.FAILED);
            retry("b", 1);
            assertThat(claim(9)).containsExactlyInAnyOrder("a", "b");

            endNow("b", WorkflowStatus.COMPLETED);

            assertThat(kinds("a")).containsExactly(MessageKind.END, MessageKind.RESULT);
        }
    }

    @Nested
    class TheEndOfAParent {
        private static final List<WorkflowStatus> UNFINISHED = List.of(
                WorkflowStatus.DUE, WorkflowStatus.RUNNING, WorkflowStatus.PAUSED, WorkflowStatus.NEEDS_ATTENTION);

        /** One child of each status at which there is something left to do. */
        private void withChildren(ParentClosePolicy policy) {
            write(claimed("a"));
            for (int i = 0; i < UNFINISHED.size(); i++) {
                String id = UNFINISHED.get(i).name();
                write(start(id, "a", i + 1, policy));
                claim(1);
                switch (UNFINISHED.get(i)) {
                    case DUE ->
                        write(Release.of(id, 1)
                                .in(Duration.ofHours(1))
                                .ifWakeSeq(0)
                                .waitingFor(List.of("SIGNAL:never")));
                    case RUNNING -> {}
                    default ->
                        write(end(id, UNFINISHED.get(i), UNFINISHED.get(i) == WorkflowStatus.PAUSED ? null : FAILURE));
                }
                assertThat(status(id)).isEqualTo(UNFINISHED.get(i));
            }
        }

        @Test
        void byCompletionCancelsThem() {
            cancelsThem(WorkflowStatus.COMPLETED);
        }

        @Test
        void byFailureCancelsThem() {
            cancelsThem(WorkflowStatus.FAILED);
        }

        @Test
        void byCancellationCancelsThem() {
            cancelsThem(WorkflowStatus.CANCELLED);
        }

        @Test
        void byTerminationCancelsThem() {
            cancelsThem(WorkflowStatus.TERMINATED);
        }

        private void cancelsThem(WorkflowStatus end) {
            withChildren(ParentClosePolicy.CANCEL);

            endNow("a", end);

            for (WorkflowStatus before : UNFINISHED) {
                assertThat(kinds(before.name())).as(before.name()).containsExactly(MessageKind.CANCEL);
                assertThat(inbox(before.name()).messages().get(0).payload()).contains("Its parent, workflow a, has");
                assertThat(row(before.name()).wakeSeq()).as(before.name()).isEqualTo(1);
            }
            assertThat(status("RUNNING")).isEqualTo(WorkflowStatus.RUNNING);
            assertThat(claim(9)).containsExactlyInAnyOrder("DUE", "PAUSED", "NEEDS_ATTENTION");
        }

        @Test
        void byCompletionTerminatesThem() {
            terminatesThem(WorkflowStatus.COMPLETED);
        }

        @Test
        void byFailureTerminatesThem() {
            terminatesThem(WorkflowStatus.FAILED);
        }

        @Test
        void byCancellationTerminatesThem() {
            terminatesThem(WorkflowStatus.CANCELLED);
        }

        @Test
        void byTerminationTerminatesThem() {
            terminatesThem(WorkflowStatus.TERMINATED);
        }

        private void terminatesThem(WorkflowStatus end) {
            withChildren(ParentClosePolicy.TERMINATE);

            endNow("a", end);

            for (String id : List.of("DUE", "PAUSED", "NEEDS_ATTENTION")) {
                assertThat(status(id)).as(id).isEqualTo(WorkflowStatus.TERMINATED);
                assertThat(row(id).failure()).contains("Its parent, workflow a, has ended.");
            }
            assertThat(status("RUNNING")).isEqualTo(WorkflowStatus.RUNNING);
            assertThat(kinds("RUNNING")).containsExactly(MessageKind.TERMINATE);
        }

        @Test
        void leavesThemAlone() {
            withChildren(ParentClosePolicy.ABANDON);
            List<WorkflowRecord> before =
                    UNFINISHED.stream().map(s -> row(s.name())).toList();

            endNow("a", WorkflowStatus.COMPLETED);

            assertThat(UNFINISHED.stream().map(s -> row(s.name()))).isEqualTo(before);
            UNFINISHED.forEach(status -> assertThat(unread(status.name())).isEmpty());
        }

        @Test
        void isNotThatItNeedsAttention() {
            thatIsNoneLeavesThemAlone(WorkflowStatus.NEEDS_ATTENTION);
        }

        @Test
        void isNotThatItIsPaused() {
            thatIsNoneLeavesThemAlone(WorkflowStatus.PAUSED);
        }

        private void thatIsNoneLeavesThemAlone(WorkflowStatus status) {
            withChildren(ParentClosePolicy.CANCEL);

            write(end("a", status, status == WorkflowStatus.PAUSED ? null : FAILURE));
            deliverEnds();

            UNFINISHED.forEach(each -> assertThat(unread(each.name())).isEmpty());
        }

        @Test
        void leavesThoseAloneThatHaveEnded() {
            write(claimed("a"), start("b", "a", 1), start("c", "a", 2));
            claim(2);
            endNow("b", WorkflowStatus.COMPLETED);
            endNow("c", WorkflowStatus.FAILED);
            List<WorkflowRecord> before = List.of(row("b"), row("c"));

            endNow("a", WorkflowStatus.COMPLETED);

            assertThat(List.of(row("b"), row("c"))).isEqualTo(before);
            assertThat(unread("b")).isEmpty();
            assertThat(unread("c")).isEmpty();
        }

        @Test
        void isToldThemOnceThoughItIsWrittenAgain() {
            write(claimed("a"), start("b", "a", 1));
            Finish end = end("a", WorkflowStatus.COMPLETED, "1");
            write(end);
            deliverEnds();
            write(end);
            deliverEnds();

            assertThat(unread("b")).hasSize(1);
        }

        @Test
        void reachesAllOfThem() {
            int many = 600;
            write(claimed("a"));
            List<Operation> starts = new ArrayList<>();
            for (int i = 1; i <= many; i++) {
                boolean isLast = i % 3 == 0;
                starts.add(start("c" + i, "a", i, isLast ? ParentClosePolicy.TERMINATE : ParentClosePolicy.CANCEL));
            }
            assertThat(lane.write(starts)).containsOnly(ACCEPTED);

            endNow("a", WorkflowStatus.COMPLETED);

            for (int i = 1; i <= many; i++) {
                if (i % 3 == 0) {
                    assertThat(status("c" + i)).as("" + i).isEqualTo(WorkflowStatus.TERMINATED);
                } else {
                    assertThat(row("c" + i).wakeSeq()).as("" + i).isEqualTo(1);
                }
            }
            assertThat(kinds("c" + (many - 1))).containsExactly(MessageKind.CANCEL);
        }

        @Test
        void reachesThoseOfBranches() {
            write(claimed("a"));
            List<String> scopes = List.of("1.1", "1.10", "1.2", "2.1");
            for (String scope : scopes) {
                StepKey key = new StepKey(scope, 1, ORDER.name());
                StepRecord started = StepRecord.of("a", key, CallKind.CHILD, 1)
                        .at(STAMP)
                        .detail(new ChildCall("c" + scope, ParentClosePolicy.TERMINATE).detail())
                        .completed(null);
                NewWorkflow child = workflow("c" + scope).childOf(new ParentCall("a", STAMP, key.position()));
                write(new StartChild(child, started, started.change().failed("{\"message\":\"taken\"}")));
            }

            endNow("a", WorkflowStatus.COMPLETED);

            scopes.forEach(scope -> assertThat(status("c" + scope)).as(scope).isEqualTo(WorkflowStatus.TERMINATED));
        }

        @Test
        void reachesTheirDescendants() {
            write(claimed("a"));
            String parent = "a";
            for (String id : List.of("b", "c", "d", "e")) {
                write(start(id, parent, 1, ParentClosePolicy.TERMINATE));
                claim(1);
                if (!parent.equals("a")) {
                    write(Release.of(parent, 1).in(null).ifWakeSeq(0));
                }
                parent = id;
            }
            write(Release.of("e", 1).in(null).ifWakeSeq(0));

            endNow("a", WorkflowStatus.COMPLETED);

            for (String id : List.of("b", "c", "d", "e")) {
                assertThat(status(id)).as(id).isEqualTo(WorkflowStatus.TERMINATED);
            }
            for (String id : List.of("a", "b", "c", "d")) {
                assertThat(kinds(id)).as(id).doesNotContain(MessageKind.END);
            }
        }

        /** Its row was deleted, and another was started under its id. */
        @Test
        void leavesAloneWhoHasThatIdAndIsNoChildOfIt() {
            write(
                    claimed("a"),
                    fresh(start("b", "a", 1, ParentClosePolicy.TERMINATE).started()),
                    due("b"));
            write(fresh(start("c", "a", 2, ParentClosePolicy.TERMINATE).started()));
            write(new Create(child("c", "other", 2), Create.Start.DUE, null));
            List<WorkflowRecord> before = List.of(row("b"), row("c"));

            endNow("a", WorkflowStatus.COMPLETED);

            assertThat(List.of(row("b"), row("c"))).isEqualTo(before);
        }

        @Test
        void leavesAloneWhoseStartWasNoneOfIts() {
            write(claimed("a"), due("b"));
            write(start("b", "a", 1, ParentClosePolicy.TERMINATE));

            endNow("a", WorkflowStatus.COMPLETED);

            assertThat(status("b")).isEqualTo(WorkflowStatus.DUE);
            assertThat(unread("b")).isEmpty();
        }
    }

    @Nested
    class ARowThatSomebodyKeepsLocked {
        private Connection lock(String id) throws SQLException {
            Optional<Connection> connection = lockByHand(store, id);
            assumeTrue(connection.isPresent(), "somebody can lock rows");
            return connection.orElseThrow();
        }

        private boolean isLeft() {
            return store.deliver((existing, start) -> false);
        }

        @Test
        void ofAChildIsOfOneThatIsEndedLater() throws SQLException {
            write(claimed("a"));
            for (int i = 1; i <= 3; i++) {
                write(start("c" + i, "a", i, ParentClosePolicy.TERMINATE));
            }
            write(end("a", WorkflowStatus.COMPLETED, "1"));

            try (Connection connection = lock("c2")) {
                assertThat(isLeft()).isTrue();
                assertThat(isLeft()).isTrue();
                assertThat(List.of(status("c1"), status("c2"), status("c3")))
                        .containsExactly(WorkflowStatus.TERMINATED, WorkflowStatus.DUE, WorkflowStatus.TERMINATED);
                connection.rollback();
            }
            deliverEnds();

            assertThat(status("c2")).isEqualTo(WorkflowStatus.TERMINATED);
        }

        @Test
        void ofAParentIsOfOneThatHearsLater() throws SQLException {
            write(claimed("a"), start("b", "a", 1), claimed("other"), start("c", "other", 1));
            claim(2);
            write(end("b", WorkflowStatus.COMPLETED, "1"), end("c", WorkflowStatus.COMPLETED, "1"));

            try (Connection connection = lock("a")) {
                assertThat(isLeft()).isTrue();
                assertThat(unread("a")).isEmpty();
                assertThat(kinds("other")).containsExactly(MessageKind.RESULT);
                connection.rollback();
            }
            deliverEnds();

            assertThat(kinds("a")).containsExactly(MessageKind.RESULT);
        }

        @Test
        void ofAParentThatHasEndedIsOfOneWhoseChildrenAreEndedLater() throws SQLException {
            write(claimed("a"), start("b", "a", 1, ParentClosePolicy.TERMINATE));
            write(end("a", WorkflowStatus.COMPLETED, "1"));

            try (Connection connection = lock("a")) {
                assertThat(isLeft()).isTrue();
                assertThat(status("b")).isEqualTo(WorkflowStatus.DUE);
                connection.rollback();
            }
            deliverEnds();

            assertThat(status("b")).isEqualTo(WorkflowStatus.TERMINATED);
        }
    }

    @Nested
    class ARetryOfAParent {
        @Test
        void meanwhileLeavesItsChildrenAlone() {
            assumeTrue(transactions() != Transactions.NONE, "ends are delivered later");
            write(claimed("a"), start("b", "a", 1, ParentClosePolicy.TERMINATE), fresh(failedStep("a", 2)));
            write(end("a", WorkflowStatus.FAILED, FAILURE));
            WorkflowRecord before = row("b");

            retry("a", 2);
            deliverEnds();

            assertThat(row("b")).isEqualTo(before);
            assertThat(status("a")).isEqualTo(WorkflowStatus.DUE);
        }

        /** By its first end they would be told twice. */
        @Test
        void meanwhileLeavesThemToItsNextEnd() {
            assumeTrue(transactions() != Transactions.NONE, "ends are delivered later");
            write(claimed("a"), start("b", "a", 1, ParentClosePolicy.CANCEL), fresh(failedStep("a", 2)));
            write(end("a", WorkflowStatus.FAILED, FAILURE));
            retry("a", 2);
            assertThat(claim(9)).containsExactlyInAnyOrder("a", "b");
            write(end("a", WorkflowStatus.FAILED, FAILURE));

            deliverEnds();

            assertThat(kinds("b")).containsExactly(MessageKind.CANCEL);
            assertThat(row("b").wakeSeq()).isEqualTo(1);
        }

        @Test
        void endsTheChildrenOfCallsThatItSetsAside() {
            write(claimed("a"), fresh(failedStep("a", 1)));
            write(start("b", "a", 2, ParentClosePolicy.TERMINATE), start("c", "a", 3, ParentClosePolicy.CANCEL));
            write(start("d", "a", 4, ParentClosePolicy.ABANDON));
            write(end("a", WorkflowStatus.FAILED, FAILURE));

            retry("a", 1);
            deliverEnds();

            assertThat(status("b")).isEqualTo(WorkflowStatus.TERMINATED);
            assertThat(kinds("c")).containsExactly(MessageKind.CANCEL);
            assertThat(unread("d")).isEmpty();
            assertThat(status("a")).isEqualTo(WorkflowStatus.DUE);
        }

        @Test
        void afterTheirEndIsNoNewsToThem() {
            write(claimed("a"), fresh(failedStep("a", 1)), start("b", "a", 2, ParentClosePolicy.CANCEL));
            endNow("a", WorkflowStatus.FAILED);

            retry("a", 1);
            deliverEnds();

            assertThat(unread("b")).hasSize(1);
            assertThat(row("b").wakeSeq()).isEqualTo(1);
        }

        /** Its row was deleted, and another was started under its id. */
        @Test
        void leavesAloneWhoHasTheIdOfAChildThatItSetsAside() {
            write(claimed("a"), fresh(failedStep("a", 1)));
            write(fresh(start("b", "a", 2, ParentClosePolicy.TERMINATE).started()), due("b"));
            write(end("a", WorkflowStatus.FAILED, FAILURE));
            WorkflowRecord before = row("b");

            retry("a", 1);
            deliverEnds();

            assertThat(row("b")).isEqualTo(before);
        }
    }

    /** One in the middle: it has a parent, which waits for it, and a child. */
    @Nested
    class WhatIsTerminatedInNobodysHands {
        private void family() {
            write(claimed("a"), start("b", "a", 1));
            claim(1);
            write(start("c", "b", 1, ParentClosePolicy.TERMINATE));
        }

        private void isOver() {
            deliverEnds();
            assertThat(status("b")).isEqualTo(WorkflowStatus.TERMINATED);
            assertThat(kinds("a")).containsExactly(MessageKind.END);
            assertThat(inbox("a").messages().get(0).name()).isEqualTo("b");
            assertThat(status("c")).isEqualTo(WorkflowStatus.TERMINATED);
        }

        @Test
        void tellsItsParentAndEndsItsChildren() {
            family();
            write(Release.of("b", 1).in(null).ifWakeSeq(0));

            terminate("b");

            isOver();
        }

        @Test
        void whenItNeedsAttention() {
            whenItIsLeftToPeople(WorkflowStatus.NEEDS_ATTENTION);
        }

        @Test
        void whenItIsPaused() {
            whenItIsLeftToPeople(WorkflowStatus.PAUSED);
        }

        private void whenItIsLeftToPeople(WorkflowStatus status) {
            family();
            write(end("b", status, status == WorkflowStatus.PAUSED ? null : FAILURE));

            terminate("b");

            isOver();
        }

        @Test
        void byATakeover() {
            family();
            terminate("b");
            assertThat(status("b")).isEqualTo(WorkflowStatus.RUNNING);

            dieAndComeBack();

            isOver();
        }

        @Test
        void asItsExecutorLeaves() {
            family();
            terminate("b");

            seat.close();
            seat = seat();
            lane = seat.lanes().get(0);

            isOver();
        }

        @Test
        void withoutAParentAndWithoutChildrenConcernsNobody() {
            write(due("a"));

            terminate("a");
            deliverEnds();

            assertThat(status("a")).isEqualTo(WorkflowStatus.TERMINATED);
        }
    }
}
