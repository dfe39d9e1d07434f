// SPDX-License-Identifier: Apache-2.0
package dev.revive.testing;

import static dev.revive.store.Answer.ACCEPTED;
import static dev.revive.store.Answer.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.store.Answer;
import dev.revive.store.Arrival;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Release;
import dev.revive.store.ReadLimit;
import dev.revive.store.Retry;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What people want of workflows: that they be cancelled, terminated, paused, or go on. */
abstract class IntentContract extends MessagingContract {
    private static final MessageKind CANCEL = MessageKind.CANCEL;
    private static final MessageKind TERMINATE = MessageKind.TERMINATE;
    private static final MessageKind PAUSE = MessageKind.PAUSE;
    private static final List<WorkflowStatus> UNFINISHED =
            List.of(WorkflowStatus.RUNNING, WorkflowStatus.DUE, WorkflowStatus.NEEDS_ATTENTION, WorkflowStatus.PAUSED);

    private static Letter wish(MessageKind kind, String id, String key) {
        return new Letter(id, kind, "wish", key, why(key), STAMP.plusSeconds(7), null);
    }

    private static String why(String key) {
        return "{\"message\":\"" + key + "\"}";
    }

    /** To one workflow, in one call, their keys 1, 2 and so on. */
    private List<Arrival> want(String id, MessageKind... kinds) {
        return store.send(IntStream.range(0, kinds.length)
                .mapToObj(i -> kinds[i] == MessageKind.SIGNAL
                        ? letter(id, "go", "" + (i + 1))
                        : wish(kinds[i], id, "" + (i + 1)))
                .toList());
    }

    /** A workflow of this status at epoch 2, with a strike and an empty inbox, which if it is DUE waits for an hour and for a signal that nobody sends. */
    private String in(WorkflowStatus status) {
        String id = status.name();
        write(claimed(id), Release.of(id, 1).withStrike().in(Duration.ZERO));
        claim(9);
        switch (status) {
            case RUNNING -> {}
            case DUE -> write(Release.of(id, 2).in(Duration.ofHours(1)).waitingFor(List.of("SIGNAL:other")));
            case COMPLETED -> write(complete(id, 2));
            default -> write(finish(id, 2, status, status == WorkflowStatus.PAUSED ? null : "{\"message\":\"x\"}"));
        }
        assertThat(row(id).status()).isEqualTo(status);
        assertThat(row(id).strikes()).isEqualTo(1);
        return id;
    }

    private void isTerminated(String id, String key, long wakeSeq) {
        WorkflowRecord row = row(id);
        assertThat(row.status()).isEqualTo(WorkflowStatus.TERMINATED);
        assertThat(row.failure()).isEqualTo(why(key));
        assertThat(row.finishedAt()).isEqualTo(STAMP.plusSeconds(7));
        assertThat(row.attention()).isNull();
        assertThat(row.output()).isNull();
        isInNobodysHands(row, wakeSeq);
        assertThat(row.dueAt()).isNull();
    }

    private void isPaused(String id, long wakeSeq) {
        assertThat(row(id).status()).isEqualTo(WorkflowStatus.PAUSED);
        isInNobodysHands(row(id), wakeSeq);
        assertThat(row(id).dueAt()).isNull();
        assertThat(row(id).finishedAt()).isNull();
        assertThat(claim(99)).doesNotContain(id);
    }

    private void isDueNow(String id, long wakeSeq) {
        assertThat(row(id).status()).isEqualTo(WorkflowStatus.DUE);
        isInNobodysHands(row(id), wakeSeq);
        assertThat(row(id).attention()).isNull();
        assertThat(claim(99)).contains(id);
    }

    private static void isInNobodysHands(WorkflowRecord row, long wakeSeq) {
        assertThat(row.executorId()).isNull();
        assertThat(row.wakeSeq()).isEqualTo(wakeSeq);
    }

    private static Finish paused(String id, long epoch, long position) {
        return finish(id, epoch, WorkflowStatus.PAUSED, null).ifNoIntentAfter(position);
    }

    private static Finish left(String id, long epoch, long position) {
        return finish(id, epoch, WorkflowStatus.NEEDS_ATTENTION, "{\"look\":1}").ifNoIntentAfter(position);
    }

    @Nested
    class Cancelling {
        @Test
        void isLeftToWhoRunsIt() {
            String id = in(WorkflowStatus.RUNNING);
            WorkflowRecord before = row(id);

            assertThat(want(id, CANCEL)).containsExactly(Arrival.ARRIVED);

            assertThat(row(id)).isEqualTo(before.change().wakeSeq(1).build());
            assertThat(inbox(id).messages())
                    .containsExactly(wish(CANCEL, id, "1").at(1));
        }

        @Test
        void makesDueWhatWaitsForSomethingElse() {
            String id = in(WorkflowStatus.DUE);

            want(id, CANCEL);

            assertThat(row(id).strikes()).isEqualTo(1);
            isDueNow(id, 1);
            assertThat(unread(id)).containsExactly("1");
        }

        @Test
        void letsWhatWasLeftToPeopleGoOn() {
            for (WorkflowStatus status : List.of(WorkflowStatus.NEEDS_ATTENTION, WorkflowStatus.PAUSED)) {
                String id = in(status);

                assertThat(want(id, CANCEL)).containsExactly(Arrival.ARRIVED);

                assertThat(row(id).strikes()).isZero();
                isDueNow(id, 1);
                assertThat(unread(id)).containsExactly("1");
            }
        }

        /** It is never received, so whoever runs the workflow next finds it, too. */
        @Test
        void isFoundByEachRun() {
            write(claimed("a"));
            want("a", CANCEL);
            write(Release.of("a", 1).in(null).ifWakeSeq(1));
            store.wake("a");
            assertThat(claim(9)).containsExactly("a");
            assertThat(unread("a")).containsExactly("1");

            dieAndComeBack();

            assertThat(claim(9)).containsExactly("a");
            assertThat(unread("a")).containsExactly("1");
        }

        @Test
        void takesBackThatItBePaused() {
            for (WorkflowStatus status : List.of(WorkflowStatus.NEEDS_ATTENTION, WorkflowStatus.DUE)) {
                String id = in(status);
                want(id, PAUSE);

                store.send(List.of(wish(CANCEL, id, "cancel")));

                isDueNow(id, 2);
                assertThat(unread(id)).containsExactly("cancel");
            }
        }
    }

    @Nested
    class Terminating {
        @Test
        void isLeftToWhoRunsIt() {
            String id = in(WorkflowStatus.RUNNING);
            WorkflowRecord before = row(id);

            assertThat(want(id, TERMINATE)).containsExactly(Arrival.ARRIVED);

            assertThat(row(id)).isEqualTo(before.change().wakeSeq(1).build());
            assertThat(unread(id)).containsExactly("1");
            Finish end = finish(id, 2, WorkflowStatus.TERMINATED, why("1"));
            assertThat(write(end)).containsExactly(ACCEPTED);
            assertThat(write(end)).containsExactly(ACCEPTED);
            assertThat(row(id).failure()).isEqualTo(why("1"));
            assertThat(row(id).finishedAt()).isEqualTo(STAMP.plusSeconds(1));
        }

        @Test
        void endsWhatIsInNobodysHands() {
            for (WorkflowStatus status : UNFINISHED.subList(1, 4)) {
                String id = in(status);

                assertThat(want(id, TERMINATE)).as(id).containsExactly(Arrival.ARRIVED);

                isTerminated(id, "1", 1);
            }
            assertThat(claim(99)).isEmpty();
        }

        @Test
        void endsManyAtOnceAndOnlyThem() {
            List<String> ids =
                    IntStream.range(0, 40).mapToObj(i -> "w%02d".formatted(i)).toList();
            ids.forEach(id -> waiting(id, List.of()));
            List<Letter> letters = IntStream.range(0, 40)
                    .filter(i -> i % 4 != 3)
                    .mapToObj(i -> wish(i % 4 == 0 ? TERMINATE : i % 4 == 1 ? PAUSE : CANCEL, ids.get(i), "k"))
                    .toList();

            assertThat(store.send(letters)).hasSize(30).containsOnly(Arrival.ARRIVED);

            List<String> due = claim(99);
            for (int i = 0; i < 40; i++) {
                switch (i % 4) {
                    case 0 -> isTerminated(ids.get(i), "k", 1);
                    case 1 -> isPaused(ids.get(i), 1);
                    default -> assertThat(due.contains(ids.get(i))).isEqualTo(i % 4 == 2);
                }
            }
        }
    }

    @Nested
    class Pausing {
        @Test
        void isLeftToWhoRunsIt() {
            String id = in(WorkflowStatus.RUNNING);
            WorkflowRecord before = row(id);

            assertThat(want(id, PAUSE)).containsExactly(Arrival.ARRIVED);

            assertThat(row(id)).isEqualTo(before.change().wakeSeq(1).build());
            assertThat(write(paused(id, 2, 0))).containsExactly(ACCEPTED);
            isPaused(id, 1);
            assertThat(write(paused(id, 2, 0))).containsExactly(ACCEPTED);
            assertThat(unread(id)).containsExactly("1");
        }

        @Test
        void parksWhatIsDue() {
            String id = in(WorkflowStatus.DUE);

            want(id, PAUSE);

            isPaused(id, 1);
            assertThat(unread(id)).containsExactly("1");
            assertThat(row(id).strikes()).isEqualTo(1);
        }

        @Test
        void changesNothingOfWhatIsLeftToPeople() {
            for (WorkflowStatus status : List.of(WorkflowStatus.NEEDS_ATTENTION, WorkflowStatus.PAUSED)) {
                String id = in(status);
                WorkflowRecord before = row(id);

                assertThat(want(id, PAUSE)).containsExactly(Arrival.ARRIVED);

                assertThat(row(id)).isEqualTo(before.change().wakeSeq(1).build());
            }
        }

        @Test
        void isNothingToOneThatIsCancelled() {
            String id = in(WorkflowStatus.DUE);
            want(id, CANCEL);
            store.send(List.of(wish(PAUSE, id, "pause")));

            assertThat(row(id).strikes()).isEqualTo(1);
            isDueNow(id, 2);
        }

        @Test
        void keepsWhatComesMeanwhile() {
            String id = in(WorkflowStatus.DUE);
            want(id, PAUSE);

            assertThat(store.send(List.of(letter(id, "other", "2")))).containsExactly(Arrival.ARRIVED);
            assertThat(store.wake(id)).isFalse();

            isPaused(id, 2);
            store.resume(id);
            isDueNow(id, 3);
            assertThat(unread(id)).containsExactly("2");
        }
    }

    @Nested
    class LettingGoOn {
        @Test
        void makesDueWhatIsPausedAndForgivesItsStrikes() {
            String id = in(WorkflowStatus.DUE);
            want(id, PAUSE);

            assertThat(store.resume(id)).isTrue();

            assertThat(row(id).strikes()).isZero();
            isDueNow(id, 2);
            assertThat(unread(id)).isEmpty();
            assertThat(store.resume(id)).isFalse();
        }

        @Test
        void takesBackWhatItsOwnerHasNotDoneYet() {
            String id = in(WorkflowStatus.RUNNING);
            want(id, PAUSE, PAUSE);

            assertThat(store.resume(id)).isTrue();

            assertThat(row(id).status()).isEqualTo(WorkflowStatus.RUNNING);
            assertThat(row(id).wakeSeq()).isEqualTo(3);
            assertThat(unread(id)).isEmpty();
            assertThat(write(paused(id, 2, 0))).containsExactly(REFUSED);
            assertThat(write(Release.of(id, 2).in(null).ifWakeSeq(2))).containsExactly(REFUSED);
            assertThat(row(id).status()).isEqualTo(WorkflowStatus.RUNNING);
        }

        @Test
        void takesBackAPauseOfOneThatNeedsAttention() {
            String id = in(WorkflowStatus.NEEDS_ATTENTION);
            want(id, PAUSE);

            assertThat(store.resume(id)).isTrue();

            isDueNow(id, 2);
            assertThat(unread(id)).isEmpty();
        }

        @Test
        void isNothingToOthers() {
            for (WorkflowStatus status : List.of(
                    WorkflowStatus.RUNNING,
                    WorkflowStatus.DUE,
                    WorkflowStatus.COMPLETED,
                    WorkflowStatus.FAILED,
                    WorkflowStatus.CANCELLED,
                    WorkflowStatus.TERMINATED)) {
                String id = in(status);
                WorkflowRecord before = row(id);

                assertThat(store.resume(id)).as(id).isFalse();

                assertThat(row(id)).isEqualTo(before);
            }
            assertThat(store.resume("nobody")).isFalse();
        }

        @Test
        void leavesACancellationAndAnEndAsTheyAre() {
            String id = in(WorkflowStatus.RUNNING);
            want(id, CANCEL, TERMINATE, PAUSE);

            assertThat(store.resume(id)).isTrue();

            assertThat(unread(id)).containsExactly("1", "2");
        }
    }

    @Nested
    class TooLate {
        @Test
        void isWhatPeopleWantOfOneThatHasEnded() {
            for (WorkflowStatus status : List.of(
                    WorkflowStatus.COMPLETED,
                    WorkflowStatus.FAILED,
                    WorkflowStatus.CANCELLED,
                    WorkflowStatus.TERMINATED)) {
                String id = in(status);
                WorkflowRecord before = row(id);

                assertThat(want(id, CANCEL, TERMINATE, PAUSE)).as(id).containsOnly(Arrival.ENDED);

                assertThat(row(id)).isEqualTo(before);
                assertThat(unread(id)).isEmpty();
            }
        }

        @Test
        void isNotWhereThereIsNobody() {
            assertThat(want("nobody", CANCEL, TERMINATE, PAUSE)).containsOnly(Arrival.NOT_FOUND);
            assertThat(store.send(List.of(wish(PAUSE, "nobody", "1"), wish(PAUSE, "no one", "1"))))
                    .containsOnly(Arrival.NOT_FOUND);
        }
    }

    /** What one call brings to one workflow is done in its order. */
    @Nested
    class SeveralAtOnce {
        @Test
        void afterAnEndAreTooLate() {
            for (WorkflowStatus status : UNFINISHED.subList(1, 4)) {
                String id = in(status);

                assertThat(want(id, TERMINATE, MessageKind.SIGNAL, CANCEL, PAUSE, TERMINATE))
                        .as(id)
                        .containsExactly(Arrival.ARRIVED, Arrival.ENDED, Arrival.ENDED, Arrival.ENDED, Arrival.ENDED);

                isTerminated(id, "1", 1);
                assertThat(unread(id)).containsExactly("1");
            }
        }

        @Test
        void beforeAnEndArrive() {
            for (WorkflowStatus status : UNFINISHED.subList(1, 4)) {
                String id = in(status);

                assertThat(want(id, MessageKind.SIGNAL, CANCEL, PAUSE, TERMINATE))
                        .containsOnly(Arrival.ARRIVED);

                isTerminated(id, "4", 4);
            }
        }

        @Test
        void areAllKeptForWhoRunsIt() {
            String id = in(WorkflowStatus.RUNNING);

            assertThat(want(id, TERMINATE, MessageKind.SIGNAL, CANCEL, PAUSE)).containsOnly(Arrival.ARRIVED);

            assertThat(row(id).status()).isEqualTo(WorkflowStatus.RUNNING);
            assertThat(row(id).wakeSeq()).isEqualTo(4);
            assertThat(unread(id)).containsExactly("1", "2", "3", "4");
        }

        @Test
        void aCancellationAfterAPauseTakesItBack() {
            for (WorkflowStatus status : UNFINISHED.subList(1, 4)) {
                String id = in(status);

                assertThat(want(id, PAUSE, CANCEL)).containsOnly(Arrival.ARRIVED);

                isDueNow(id, 2);
                assertThat(unread(id)).as(id).containsExactly("2");
                assertThat(row(id).strikes()).isZero();
            }
        }

        /** As if the one had come a while after the other. */
        @Test
        void aPauseAfterACancellationDoesNothing() {
            for (WorkflowStatus status : UNFINISHED.subList(1, 4)) {
                String id = in(status);

                assertThat(want(id, CANCEL, PAUSE)).containsOnly(Arrival.ARRIVED);

                assertThat(row(id).strikes()).as(id).isEqualTo(status == WorkflowStatus.DUE ? 1 : 0);
                isDueNow(id, 2);
                assertThat(unread(id)).as(id).containsExactly("1", "2");
            }
        }

        @Test
        void aSignalAndAPauseLeaveItPausedWithTheSignal() {
            waiting("a", List.of("SIGNAL:go"));

            assertThat(want("a", MessageKind.SIGNAL, PAUSE)).containsOnly(Arrival.ARRIVED);

            isPaused("a", 2);
            assertThat(unread("a")).containsExactly("1", "2");
        }

        /** Whatever order they come in, by one call or by many. */
        @Test
        void areDoneAsIfTheyHadComeOneByOne() {
            MessageKind[] kinds = {CANCEL, TERMINATE, PAUSE, MessageKind.SIGNAL};
            int number = 0;
            for (MessageKind first : kinds) {
                for (MessageKind second : kinds) {
                    for (MessageKind third : kinds) {
                        for (WorkflowStatus status : UNFINISHED) {
                            requireSame(number++, status, first, second, third);
                        }
                    }
                }
            }
        }

        private void requireSame(int number, WorkflowStatus status, MessageKind... kinds) {
            List<String> ids = List.of("together" + number, "one by one" + number);
            for (String id : ids) {
                write(claimed(id));
                if (status == WorkflowStatus.DUE) {
                    write(Release.of(id, 1).in(Duration.ofHours(1)).waitingFor(List.of()));
                } else if (status != WorkflowStatus.RUNNING) {
                    write(finish(id, 1, status, status == WorkflowStatus.PAUSED ? null : "{}"));
                }
            }
            List<Arrival> arrivals = want(ids.get(0), kinds);
            List<Arrival> others = new ArrayList<>();
            for (int i = 0; i < kinds.length; i++) {
                String key = "" + (i + 1);
                others.addAll(store.send(List.of(
                        kinds[i] == MessageKind.SIGNAL
                                ? letter(ids.get(1), "go", key)
                                : wish(kinds[i], ids.get(1), key))));
            }

            String what = status + " " + Arrays.toString(kinds);
            assertThat(arrivals).as(what).isEqualTo(others);
            assertThat(unread(ids.get(0))).as(what).isEqualTo(unread(ids.get(1)));
            assertThat(seen(ids.get(0))).as(what).isEqualTo(seen(ids.get(1)));
        }

        /** All that two may have in common. */
        private List<@Nullable Object> seen(String id) {
            WorkflowRecord row = row(id);
            Instant due = row.dueAt();
            boolean isDueSoon = due != null && due.isBefore(Instant.now().plus(Duration.ofMinutes(1)));
            return Arrays.asList(
                    row.status(),
                    row.wakeSeq(),
                    row.strikes(),
                    row.failure(),
                    row.finishedAt(),
                    due == null,
                    isDueSoon);
        }
    }

    /** The answer was lost, and nobody knows whether it arrived: it is sent again, under its key. */
    @Nested
    class ASecondTry {
        @Test
        void isDoneIfTheFirstNeverCame() {
            for (MessageKind kind : List.of(CANCEL, TERMINATE, PAUSE)) {
                String id = kind.name();
                waiting(id, List.of());
                Letter letter = wish(kind, id, "same");

                assertThat(store.send(List.of(letter, letter))).containsOnly(Arrival.ARRIVED);

                assertThat(row(id).wakeSeq()).isEqualTo(1);
            }
        }

        @Test
        void ofAnEndArrivesThoughTheWorkflowHasEndedOfIt() {
            String id = in(WorkflowStatus.DUE);
            want(id, TERMINATE);

            assertThat(want(id, TERMINATE)).containsExactly(Arrival.ARRIVED);

            isTerminated(id, "1", 1);
        }

        @Test
        void ofAPauseDoesNotPauseAgainWhatWasResumedSince() {
            String id = in(WorkflowStatus.DUE);
            want(id, PAUSE);
            store.resume(id);

            assertThat(want(id, PAUSE)).containsExactly(Arrival.ARRIVED);

            assertThat(unread(id)).isEmpty();
            isDueNow(id, 2);
        }

        @Test
        void ofAPauseDoesNotPauseAgainWhatWasCancelledSince() {
            String id = in(WorkflowStatus.NEEDS_ATTENTION);
            want(id, PAUSE);
            store.send(List.of(wish(CANCEL, id, "cancel")));

            assertThat(want(id, PAUSE)).containsExactly(Arrival.ARRIVED);

            assertThat(unread(id)).containsExactly("cancel");
            isDueNow(id, 2);
        }

        @Test
        void ofACancellationDoesNotLiftWhatWasLeftToPeopleSince() {
            String id = in(WorkflowStatus.PAUSED);
            want(id, CANCEL);
            claim(9);
            write(left(id, 3, 1));
            WorkflowRecord before = row(id);

            assertThat(want(id, CANCEL)).containsExactly(Arrival.ARRIVED);

            assertThat(row(id)).isEqualTo(before);
        }

        @Test
        void ofAnEndDoesNotEndWhatWasRetriedSince() {
            String id = in(WorkflowStatus.RUNNING);
            want(id, TERMINATE);
            write(finish(id, 2, WorkflowStatus.FAILED, "{}"));
            store.retry(new Retry(id, 2, List.of(), List.of()));

            assertThat(want(id, TERMINATE)).containsExactly(Arrival.ARRIVED);

            isDueNow(id, 2);
        }
    }

    /** Who leaves a workflow to people must have seen what they want of it. */
    @Nested
    class LeavingItToPeople {
        @Test
        void isRefusedIfTheyWantItCancelledOrEndedAndTheRunDoesNotKnow() {
            for (MessageKind kind : List.of(CANCEL, TERMINATE)) {
                String id = kind.name();
                write(claimed(id));
                store.send(List.of(letter(id, "go", "0"), wish(PAUSE, id, "1"), wish(kind, id, "2")));
                WorkflowRecord before = row(id);

                assertThat(write(left(id, 1, 0))).containsExactly(REFUSED);
                assertThat(write(left(id, 1, 2))).containsExactly(REFUSED);
                assertThat(write(paused(id, 1, 2))).containsExactly(REFUSED);

                assertThat(row(id)).isEqualTo(before);
                assertThat(write(left(id, 1, 3))).containsExactly(ACCEPTED);
            }
        }

        @Test
        void isAcceptedWhateverElseHasCome() {
            write(claimed("a"), claimed("b"));
            want("a", MessageKind.SIGNAL, PAUSE);
            want("b", MessageKind.SIGNAL, PAUSE);

            assertThat(write(left("a", 1, 0), paused("b", 1, 0))).containsExactly(ACCEPTED, ACCEPTED);

            assertThat(row("a").status()).isEqualTo(WorkflowStatus.NEEDS_ATTENTION);
            isPaused("b", 2);
        }

        @Test
        void asPausedIsRefusedUnlessSomebodyStillWantsThat() {
            write(claimed("a"));
            assertThat(write(paused("a", 1, 0))).containsExactly(REFUSED);
            want("a", PAUSE);
            store.resume("a");
            assertThat(write(paused("a", 1, 9))).containsExactly(REFUSED);
            store.send(List.of(wish(PAUSE, "a", "again")));

            assertThat(write(paused("a", 1, 0))).containsExactly(ACCEPTED);
        }

        @Test
        void isRefusedAtAnotherEpoch() {
            write(claimed("a"));
            want("a", PAUSE);

            assertThat(write(paused("a", 2, 0))).containsExactly(REFUSED);
            assertThat(write(left("a", 0, 0))).containsExactly(REFUSED);
        }

        @Test
        void thatIsRefusedKeepsTheStepsBeforeItAndLetsNothingFollow() {
            write(claimed("a"));
            want("a", CANCEL);
            StepRecord step = completed("a", 1, 1, 1, "1");

            assertThat(write(fresh(step), left("a", 1, 0), fresh(completed("a", 2, 1, 1, "2"))))
                    .containsExactly(ACCEPTED, REFUSED, REFUSED);

            assertThat(journal("a")).containsExactly(step);
            assertThat(row("a").status()).isEqualTo(WorkflowStatus.RUNNING);
        }

        /** Each of its neighbours of another kind. */
        @Test
        void thatIsRefusedIsNotNoticedByItsNeighbours() {
            List<String> ids =
                    IntStream.range(0, 60).mapToObj(i -> "w%02d".formatted(i)).toList();
            write(ids.stream().map(id -> claimed(id)).toArray(Operation[]::new));
            for (int i = 0; i < 60; i += 6) {
                want(ids.get(i), PAUSE, i % 12 == 0 ? CANCEL : TERMINATE);
                want(ids.get(i + 1), PAUSE);
            }
            List<Operation> batch = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                String id = ids.get(i);
                batch.add(fresh(completed(id, 1, 1, 1, "1")));
                batch.add(
                        switch (i % 6) {
                            case 0 -> paused(id, 1, 1);
                            case 1 -> paused(id, 1, 0);
                            case 2 -> left(id, 1, 0);
                            case 3 -> complete(id, 1);
                            case 4 -> finish(id, 1, WorkflowStatus.CANCELLED, "{}");
                            default -> Release.of(id, 1).in(null).ifWakeSeq(0);
                        });
            }

            List<Answer> answers = write(batch.toArray(Operation[]::new));

            List<WorkflowStatus> ends = List.of(
                    WorkflowStatus.RUNNING,
                    WorkflowStatus.PAUSED,
                    WorkflowStatus.NEEDS_ATTENTION,
                    WorkflowStatus.COMPLETED,
                    WorkflowStatus.CANCELLED,
                    WorkflowStatus.DUE);
            for (int i = 0; i < 60; i++) {
                assertThat(answers.get(2 * i)).isEqualTo(ACCEPTED);
                assertThat(answers.get(2 * i + 1)).as(ids.get(i)).isEqualTo(i % 6 == 0 ? REFUSED : ACCEPTED);
                assertThat(row(ids.get(i)).status()).isEqualTo(ends.get(i % 6));
                assertThat(journal(ids.get(i))).hasSize(1);
            }
        }

        /** Whichever comes first: the end finds it paused or left, or who leaves it so is refused. */
        @Test
        void orTheirWishIsDoneWhicheverComesFirst() throws Exception {
            ExecutorService people = Executors.newSingleThreadExecutor();
            try {
                for (int i = 0; i < 100; i++) {
                    String id = "a" + i;
                    MessageKind kind = i % 2 == 0 ? CANCEL : TERMINATE;
                    write(claimed(id));
                    store.send(List.of(wish(PAUSE, id, "pause")));
                    CyclicBarrier together = new CyclicBarrier(2);
                    Future<Arrival> sent = people.submit(() -> {
                        together.await();
                        return sent(wish(kind, id, "1"));
                    });
                    together.await();
                    Answer answer =
                            write(i % 4 < 2 ? paused(id, 1, 1) : left(id, 1, 1)).get(0);

                    assertThat(sent.get()).isEqualTo(Arrival.ARRIVED);
                    WorkflowStatus heeded = kind == CANCEL ? WorkflowStatus.DUE : WorkflowStatus.TERMINATED;
                    assertThat(row(id).status()).isEqualTo(answer == ACCEPTED ? heeded : WorkflowStatus.RUNNING);
                }
            } finally {
                people.shutdown();
            }
        }
    }

    /** The answer to a batch was lost, and people decided before it was written again. */
    @Nested
    class ABatchWrittenAgain {
        private final Create start = claimed("a");
        private final StepRecord step = completed("a", 1, 1, 1, "1");

        private void isAcceptedAgainAfter(List<Operation> batch, MessageKind... kinds) {
            assertThat(lane.write(batch)).containsOnly(ACCEPTED);
            assertThat(want("a", kinds)).containsOnly(Arrival.ARRIVED);
            WorkflowRecord before = row("a");

            assertThat(lane.write(batch)).containsOnly(ACCEPTED);

            assertThat(row("a")).isEqualTo(before);
            assertThat(journal("a")).hasSize(batch.size() - (batch.contains(start) ? 2 : 1));
        }

        @Test
        void thatStartedAndReleasedItIsAcceptedThoughItIsTerminatedSince() {
            isAcceptedAgainAfter(List.of(start, fresh(step), Release.of("a", 1).in(null)), TERMINATE);

            isTerminated("a", "1", 1);
        }

        @Test
        void thatStartedAndReleasedItIsAcceptedThoughItIsPausedSince() {
            isAcceptedAgainAfter(List.of(start, fresh(step), Release.of("a", 1).in(null)), PAUSE);

            isPaused("a", 1);
        }

        @Test
        void thatReleasedItIsAcceptedThoughItIsPausedOrTerminatedSince() {
            write(start);
            isAcceptedAgainAfter(
                    List.of(fresh(step), Release.of("a", 1).in(null).ifWakeSeq(0)), PAUSE);
            isAcceptedAgainAfterwards(Release.of("a", 1).in(null).ifWakeSeq(0));
        }

        private void isAcceptedAgainAfterwards(Release release) {
            store.send(List.of(wish(TERMINATE, "a", "end")));

            assertThat(write(fresh(step), release)).containsExactly(ACCEPTED, ACCEPTED);

            isTerminated("a", "end", 2);
        }

        /** Its start and its steps are there. That it was left to people is over: nobody takes it for his own again. */
        @Test
        void thatStartedItAndLeftItToPeopleStandsThoughTheyHaveDecided() {
            for (MessageKind kind : List.of(TERMINATE, CANCEL)) {
                String id = kind.name();
                Operation[] batch = {claimed(id), fresh(completed(id, 1, 1, 1, "1")), left(id, 1, 0)};
                write(batch);
                want(id, kind);
                WorkflowRecord before = row(id);

                assertThat(write(batch)).containsExactly(ACCEPTED, ACCEPTED, REFUSED);

                assertThat(row(id)).isEqualTo(before);
                assertThat(journal(id)).hasSize(1);
            }
        }

        @Test
        void thatLeftItToPeopleStandsThoughTheyHaveDecided() {
            for (MessageKind kind : List.of(TERMINATE, CANCEL)) {
                String id = kind.name();
                write(claimed(id));
                Operation[] batch = {fresh(completed(id, 1, 1, 1, "1")), left(id, 1, 0)};
                write(batch);
                want(id, kind);
                WorkflowRecord before = row(id);

                assertThat(write(batch)).containsExactly(ACCEPTED, REFUSED);

                assertThat(row(id)).isEqualTo(before);
                assertThat(journal(id)).hasSize(1);
            }
        }

        @Test
        void thatLeftItToPeopleIsAcceptedIfTheyOnlyWantSomethingThatChangesNothing() {
            write(claimed("a"));
            Operation[] batch = {fresh(step), left("a", 1, 0)};
            write(batch);
            want("a", PAUSE);

            assertThat(write(batch)).containsExactly(ACCEPTED, ACCEPTED);
        }

        @Test
        void thatPausedItUndoesNothingOfWhatCameSince() {
            write(claimed("a"));
            want("a", PAUSE);
            Operation[] batch = {fresh(step), paused("a", 1, 0)};
            write(batch);
            store.resume("a");
            WorkflowRecord before = row("a");

            assertThat(write(batch)).containsExactly(ACCEPTED, REFUSED);

            assertThat(row("a")).isEqualTo(before);
        }

        @Test
        void thatLeftItDueWithALetterThatWasHeededIsAccepted() {
            write(due("a"));
            want("a", TERMINATE);

            assertThat(write(due("a"))).containsExactly(ACCEPTED);

            isTerminated("a", "1", 1);
        }
    }

    @Nested
    class ACancelledCall {
        private final StepKey key = new StepKey("", 1, "step");

        private StepRecord cancelled(long epoch, int attempt) {
            return step("a", key, StepStatus.STARTED, epoch, attempt, null)
                    .change()
                    .cancelled(why("enough"));
        }

        @Test
        void isRecordedWithWhy() {
            write(claimed("a"));

            assertThat(write(fresh(cancelled(1, 1)))).containsExactly(ACCEPTED);

            assertThat(journal("a")).containsExactly(cancelled(1, 1));
        }

        @Test
        void mayFollowWhatHadNoOutcome() {
            write(claimed("a"), claimed("b"));
            write(fresh(started("a", 1, 1, 1)));
            assertThat(write(later(cancelled(1, 1)))).containsExactly(ACCEPTED);
            StepRecord waits = step("b", key, StepStatus.BACKOFF, 1, 1, null);
            write(fresh(waits));
            StepRecord after = waits.change().attempt(2).cancelled(why("enough"));

            assertThat(write(later(after))).containsExactly(ACCEPTED);

            assertThat(journal("a")).containsExactly(cancelled(1, 1));
            assertThat(journal("b")).containsExactly(after);
        }

        @Test
        void isFinal() {
            write(claimed("a"));
            write(fresh(cancelled(1, 1)));
            for (StepStatus status : StepStatus.values()) {
                if (status != StepStatus.UNKNOWN) {
                    StepRecord other = step("a", key, status, 1, 9, "9");

                    assertThat(write(later(other))).as("" + status).containsExactly(REFUSED);
                    assertThat(write(fresh(other))).as("" + status).containsExactly(REFUSED);
                }
            }
            write(Release.of("a", 1).in(Duration.ZERO));
            claim(9);

            assertThat(write(later(completed("a", 1, 2, 9, "9")))).containsExactly(REFUSED);
            assertThat(journal("a")).containsExactly(cancelled(1, 1));
        }

        @Test
        void isFinalAmongManyThatAreNot() {
            List<Operation> first = new ArrayList<>();
            List<Operation> second = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String id = "w%02d".formatted(i);
                write(claimed(id));
                StepRecord started = started(id, 1, 1, 1);
                first.add(fresh(i % 2 == 0 ? started : started.change().cancelled(why("enough"))));
                second.add(later(completed(id, 1, 1, 1, "1")));
            }
            write(first.toArray(Operation[]::new));

            List<Answer> answers = write(second.toArray(Operation[]::new));

            for (int i = 0; i < 40; i++) {
                assertThat(answers.get(i)).isEqualTo(i % 2 == 0 ? ACCEPTED : REFUSED);
                assertThat(journal("w%02d".formatted(i)))
                        .extracting(StepRecord::status)
                        .containsExactly(i % 2 == 0 ? StepStatus.COMPLETED : StepStatus.CANCELLED);
            }
        }

        @Test
        void writtenAgainIsAccepted() {
            write(claimed("a"));
            Operation[] batch = {
                fresh(cancelled(1, 1)), finish("a", 1, WorkflowStatus.CANCELLED, why("enough")),
            };

            assertThat(write(batch)).containsExactly(ACCEPTED, ACCEPTED);
            assertThat(write(batch)).containsExactly(ACCEPTED, ACCEPTED);

            assertThat(row("a").status()).isEqualTo(WorkflowStatus.CANCELLED);
            assertThat(row("a").failure()).isEqualTo(why("enough"));
            assertThat(row("a").finishedAt()).isEqualTo(STAMP.plusSeconds(1));
        }

        @Test
        void isAnOutcomeForTheCountOfStrikes() {
            String id = in(WorkflowStatus.RUNNING);
            write(fresh(step(id, key, StepStatus.STARTED, 2, 1, null).change().cancelled(why("enough"))));

            dieAndComeBack();

            assertThat(row(id).strikes()).isEqualTo(1);
        }

        @Test
        void isAnOutcomeForTheCountOfStrikesOfAnError() {
            String id = in(WorkflowStatus.RUNNING);

            write(
                    fresh(step(id, key, StepStatus.STARTED, 2, 1, null).change().cancelled(why("enough"))),
                    Release.of(id, 2).withStrike().in(null));

            assertThat(row(id).strikes()).isEqualTo(1);
        }
    }

    @Nested
    class RetryingOneThatPeopleWantedSomethingOf {
        private final StepRecord failed = step("a", new StepKey("", 2, "step"), StepStatus.FAILED, 1, 1, null);
        private final StepRecord cancelled = started("a", 1, 1, 1).change().cancelled(why("enough"));

        private void failAfter(StepRecord... steps) {
            write(claimed("a"));
            want("a", CANCEL, TERMINATE, PAUSE, MessageKind.SIGNAL);
            Stream.of(steps).forEach(step -> write(fresh(step)));
            write(finish("a", 1, WorkflowStatus.FAILED, "{\"message\":\"no\"}"));
        }

        @Test
        void forgetsAllOfIt() {
            failAfter(failed);

            assertThat(store.retry(new Retry("a", 1, List.of(failed), List.of())))
                    .isTrue();

            assertThat(unread("a")).containsExactly("4");
            isDueNow("a", 5);
        }

        @Test
        void remembersTheCancellationThatACallEndedWith() {
            failAfter(cancelled, failed);

            assertThat(store.retry(new Retry("a", 1, List.of(failed), List.of())))
                    .isTrue();

            assertThat(unread("a")).containsExactly("1", "4");
        }

        @Test
        void forgetsTheCancellationIfTheCallIsSetAside() {
            failAfter(cancelled, failed);

            assertThat(store.retry(new Retry("a", 1, List.of(cancelled, failed), List.of())))
                    .isTrue();

            assertThat(unread("a")).containsExactly("4");
        }

        @Test
        void changesNothingIfItIsRefused() {
            failAfter(failed);

            assertThat(store.retry(new Retry("a", 2, List.of(failed), List.of())))
                    .isFalse();
            assertThat(store.retry(new Retry("a", 1, List.of(failed, cancelled), List.of())))
                    .isFalse();

            assertThat(unread("a")).containsExactly("1", "2", "3", "4");
        }

        @Test
        void isNotForOneThatTheyEnded() {
            for (WorkflowStatus status : List.of(WorkflowStatus.CANCELLED, WorkflowStatus.TERMINATED)) {
                String id = in(status);

                assertThat(store.retry(new Retry(id, 2, List.of(), List.of()))).isFalse();
            }
        }
    }

    @Nested
    class AnEndThatWasWantedWhileItRan {
        @Test
        void isFoundByWhoWantsSomethingElseOfItOnceItIsInNobodysHands() {
            for (MessageKind other : List.of(PAUSE, CANCEL)) {
                String id = "after " + other;
                write(claimed(id));
                store.send(List.of(wish(TERMINATE, id, "1")));
                write(Release.of(id, 1).withStrike());

                store.send(List.of(wish(other, id, "2")));

                assertThat(row(id).status()).as(id).isEqualTo(WorkflowStatus.TERMINATED);
                assertThat(row(id).failure()).isEqualTo(why("1"));
            }
        }
    }

    @Nested
    class ADeadline {
        private final Duration limit = Duration.ofHours(1);
        private final Instant past = STAMP.minus(limit);
        private final Instant future = STAMP.plus(Duration.ofDays(36_000));

        /** A workflow that is left to people at epoch 1. */
        private String left(String id, WorkflowStatus status, Instant deadline) {
            NewWorkflow workflow = workflow(id);
            NewWorkflow timed = new NewWorkflow(
                    id, workflow.type(), workflow.input(), workflow.inputHash(), workflow.createdAt(), deadline, null);
            write(
                    new Create(timed, Create.Start.CLAIMED, null),
                    finish(id, 1, status, status == WorkflowStatus.PAUSED ? null : "{}"));
            assertThat(row(id).deadline()).isEqualTo(deadline);
            return id;
        }

        private List<String> overdue() {
            return store.overdue(100).stream().map(WorkflowRecord::id).toList();
        }

        @Test
        void isFoundToHavePassedWherePeopleWereLeftWithTheWorkflow() {
            left("attention", WorkflowStatus.NEEDS_ATTENTION, past);
            left("paused", WorkflowStatus.PAUSED, past);
            left("in time", WorkflowStatus.PAUSED, future);
            left("failed", WorkflowStatus.FAILED, past);
            write(claimed("none"), finish("none", 1, WorkflowStatus.PAUSED, null));

            assertThat(overdue()).containsExactlyInAnyOrder("attention", "paused");
        }

        /** Such a one that needs attention again would be found for ever, and keep others from being found. */
        @Test
        void isNotLookedForWhereTheWorkflowIsCancelledAlready() {
            String id = left("a", WorkflowStatus.NEEDS_ATTENTION, past);
            store.send(List.of(wish(CANCEL, id, "1")));
            assertThat(overdue()).isEmpty();
            claim(1);
            write(finish(id, 2, WorkflowStatus.NEEDS_ATTENTION, "{}"));

            assertThat(overdue()).isEmpty();
        }

        @Test
        void isSetAnewByEachRetryWithTheSameTime() {
            String id = left("a", WorkflowStatus.FAILED, STAMP.plus(limit));
            for (long epoch = 1; epoch <= 5; epoch += 2) {
                assertThat(store.retry(new Retry(id, epoch, List.of(), List.of())))
                        .isTrue();
                Instant retried = store.pastLives(id, new ReadLimit(9, 9, 999))
                        .lives()
                        .get(0)
                        .retriedAt();
                assertThat(row(id).deadline()).isBetween(retried.plus(limit), retried.plus(limit.plusMinutes(1)));
                claim(1);
                write(finish(id, epoch + 2, WorkflowStatus.FAILED, "{}"));
            }
        }
    }

    /** What they wanted of a workflow while it ran is done when it is in nobody's hands. */
    @Nested
    class WhenItsExecutorIsGone {
        private void four() {
            write(claimed("end"), claimed("pause"), claimed("cancel"), claimed("nothing"));
            want("end", CANCEL, PAUSE, TERMINATE);
            want("pause", MessageKind.SIGNAL, PAUSE);
            want("cancel", PAUSE, CANCEL);
            want("nothing", PAUSE);
            store.resume("nothing");
        }

        @Test
        void becauseItDied() {
            four();

            dieAndComeBack();

            assertThat(row("cancel").strikes()).isEqualTo(1);
            isTerminated("end", "3", 3);
            assertThat(row("pause").status()).isEqualTo(WorkflowStatus.PAUSED);
            assertThat(row("pause").wakeSeq()).isEqualTo(2);
            assertThat(claim(99)).containsExactlyInAnyOrder("cancel", "nothing");
            assertThat(unread("cancel")).containsExactly("1", "2");
        }

        @Test
        void becauseItLeft() {
            four();

            seat.close();
            seat = seat();
            lane = seat.lanes().get(0);

            isTerminated("end", "3", 3);
            assertThat(row("pause").status()).isEqualTo(WorkflowStatus.PAUSED);
            assertThat(claim(99)).containsExactlyInAnyOrder("cancel", "nothing");
        }

        @Test
        void ofManyEachIsDoneAsItIsWanted() {
            List<String> ids =
                    IntStream.range(0, 60).mapToObj(i -> "w%02d".formatted(i)).toList();
            write(ids.stream().map(id -> claimed(id)).toArray(Operation[]::new));
            for (int i = 0; i < 60; i++) {
                switch (i % 4) {
                    case 0 -> want(ids.get(i), TERMINATE);
                    case 1 -> want(ids.get(i), PAUSE);
                    case 2 -> want(ids.get(i), CANCEL);
                    default -> {}
                }
            }

            dieAndComeBack();

            List<WorkflowStatus> ends =
                    List.of(WorkflowStatus.TERMINATED, WorkflowStatus.PAUSED, WorkflowStatus.DUE, WorkflowStatus.DUE);
            for (int i = 0; i < 60; i++) {
                assertThat(row(ids.get(i)).status()).as(ids.get(i)).isEqualTo(ends.get(i % 4));
            }
            assertThat(claim(99)).hasSize(30);
        }
    }
}
