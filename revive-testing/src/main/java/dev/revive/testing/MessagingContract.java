// SPDX-License-Identifier: Apache-2.0
package dev.revive.testing;

import static dev.revive.store.Answer.ACCEPTED;
import static dev.revive.store.Answer.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.store.Answer;
import dev.revive.store.Arrival;
import dev.revive.store.Inbox;
import dev.revive.store.Letter;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.Operation.Receive;
import dev.revive.store.Operation.Release;
import dev.revive.store.Operation.Send;
import dev.revive.store.ReadLimit;
import dev.revive.store.Retry;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What comes for a workflow, and is received. */
abstract class MessagingContract extends ReadingContract {
    static final ReadLimit ALL = new ReadLimit(1_000, 1_000, 1_000_000);

    static Letter letter(String to, String name, String key) {
        return new Letter(to, MessageKind.SIGNAL, name, key, "\"" + key + "\"", STAMP, null);
    }

    private static Letter starting(String id, String key) {
        return new Letter(id, MessageKind.SIGNAL, "go", key, "1", STAMP, workflow(id));
    }

    /** Again and again while others have the row: a store need not wait for them. */
    Arrival sent(Letter letter) {
        Arrival arrival = Arrival.LOCKED;
        while (arrival == Arrival.LOCKED) {
            arrival = store.send(List.of(letter)).get(0);
        }
        return arrival;
    }

    Inbox inbox(String id) {
        return Objects.requireNonNull(lane.inboxes(Map.of(id, 0L)).get(id), id);
    }

    List<String> unread(String id) {
        return inbox(id).messages().stream().map(Message::key).toList();
    }

    private static StepRecord received(String id, long epoch, int sequence, long position) {
        return StepRecord.of(id, new StepKey("", sequence, "go"), CallKind.AWAIT, epoch)
                .at(STAMP)
                .detail(Long.toString(position))
                .completed("\"payload\"");
    }

    private static Send send(String from, int sequence, String to) {
        StepRecord sent = StepRecord.of(from, new StepKey("", sequence, "go"), CallKind.SIGNAL, 1)
                .at(STAMP)
                .completed(null);
        return new Send(
                Map.of(
                        Arrival.ARRIVED,
                        sent,
                        Arrival.NOT_FOUND,
                        sent.change().failed("{\"message\":\"nobody\"}"),
                        Arrival.ENDED,
                        sent.change().failed("{\"message\":\"over\"}")),
                letter(to, "go", "of " + from + " " + sequence));
    }

    /** A workflow in nobody's hands, which waits for these for an hour. */
    void waiting(String id, @Nullable List<String> topics) {
        write(claimed(id));
        write(Release.of(id, 1).in(Duration.ofHours(1)).ifWakeSeq(0).waitingFor(topics));
    }

    @Nested
    class ALetter {
        @Test
        void isInTheInboxWithThePlaceThatItsWorkflowsCounterWasRaisedTo() {
            write(claimed("a"));

            assertThat(store.send(List.of(letter("a", "go", "1"), letter("a", "stop", "2"))))
                    .containsExactly(Arrival.ARRIVED, Arrival.ARRIVED);

            assertThat(row("a").wakeSeq()).isEqualTo(2);
            assertThat(row("a").status()).isEqualTo(WorkflowStatus.RUNNING);
            assertThat(row("a").dueAt()).isNull();
            assertThat(inbox("a"))
                    .isEqualTo(new Inbox(
                            2,
                            List.of(
                                    letter("a", "go", "1").at(1),
                                    letter("a", "stop", "2").at(2))));
        }

        @Test
        void arrivesOnceUnderOneKeyThoughItWasReceivedAndItsWorkflowHasEnded() {
            write(claimed("a"));
            store.send(List.of(letter("a", "go", "same"), letter("a", "go", "same")));
            assertThat(unread("a")).containsExactly("same");
            write(new Receive(received("a", 1, 1, 1), true, 1));
            write(complete("a", 1));

            assertThat(store.send(
                            List.of(letter("a", "go", "same"), letter("a", "go", "other"), letter("a", "go", "other"))))
                    .containsExactly(Arrival.ARRIVED, Arrival.ENDED, Arrival.ENDED);

            assertThat(row("a").wakeSeq()).isEqualTo(1);
            assertThat(unread("a")).isEmpty();
        }

        @Test
        void findsNobodyWhereThereIsNobody() {
            assertThat(store.send(List.of(letter("nobody", "go", "1")))).containsExactly(Arrival.NOT_FOUND);
        }

        @Test
        void amongOthersHasAnAnswerOfItsOwn() {
            write(claimed("a"), claimed("b"), claimed("c"), complete("c", 1));

            assertThat(store.send(List.of(
                            letter("b", "go", "1"),
                            letter("nobody", "go", "2"),
                            letter("a", "go", "3"),
                            letter("c", "go", "4"),
                            letter("b", "go", "5"))))
                    .containsExactly(
                            Arrival.ARRIVED, Arrival.NOT_FOUND, Arrival.ARRIVED, Arrival.ENDED, Arrival.ARRIVED);

            assertThat(unread("a")).containsExactly("3");
            assertThat(unread("b")).containsExactly("1", "5");
            assertThat(unread("c")).isEmpty();
        }

        @Test
        void isKeptForAWorkflowThatNeedsAttention() {
            write(claimed("a"));
            write(finish("a", 1, WorkflowStatus.NEEDS_ATTENTION, "1"));

            assertThat(store.send(List.of(letter("a", "go", "1")))).containsExactly(Arrival.ARRIVED);

            assertThat(row("a").status()).isEqualTo(WorkflowStatus.NEEDS_ATTENTION);
            assertThat(row("a").dueAt()).isNull();
            assertThat(row("a").wakeSeq()).isEqualTo(1);
        }

        @Test
        void holdsTextOfAnyKind() {
            write(claimed("a"));
            Letter odd = new Letter("a", MessageKind.SIGNAL, "go \"\\ é 💶\n", "k \"é💶", "\"é💶\\n\"", STAMP, null);

            store.send(List.of(odd));

            assertThat(inbox("a").messages()).containsExactly(odd.at(1));
        }

        @Test
        void isSeenByPeopleUntilItIsReceived() {
            write(claimed("a"));
            store.send(List.of(letter("a", "go", "long"), letter("a", "go", "2")));
            String before = store.fingerprint("a").orElseThrow();

            assertThat(store.messages("a", ALL))
                    .containsExactly(
                            letter("a", "go", "long").at(1),
                            letter("a", "go", "2").at(2));
            assertThat(store.messages("a", new ReadLimit(3, 1, 1_000)))
                    .singleElement()
                    .satisfies(message -> assertThat(message.payload()).isEqualTo("\"lo"));
            write(new Receive(received("a", 1, 1, 1), true, 1));

            assertThat(store.messages("a", ALL)).extracting(Message::position).containsExactly(2L);
            store.send(List.of(letter("a", "go", "3")));
            assertThat(store.fingerprint("a").orElseThrow()).isNotEqualTo(before);
        }

        @Test
        void isSeenBeforeWhatIsNeverReceived() {
            write(claimed("a"));
            for (MessageKind kind : List.of(
                    MessageKind.RESULT,
                    MessageKind.END,
                    MessageKind.COMPLETION,
                    MessageKind.FAILURE,
                    MessageKind.SIGNAL,
                    MessageKind.PAUSE)) {
                store.send(List.of(new Letter("a", kind, "it", kind.name(), "1", STAMP, null)));
            }

            assertThat(store.messages("a", ALL)).extracting(Message::position).containsExactly(5L, 6L, 1L, 2L, 3L, 4L);
        }
    }

    /** What an awakeable was completed with is waited for by the awakeable, received by nobody, and kept. */
    @Nested
    class ACompletion {
        private static final String NAME = "2.1#3 0123456789abcdef";

        private Letter completion(MessageKind kind, String payload) {
            return new Letter("a", kind, NAME, "a:" + NAME, payload, STAMP, null);
        }

        @Test
        void isThatWhichCameFirst() {
            write(claimed("a"));
            Letter first = completion(MessageKind.COMPLETION, "1");

            assertThat(store.send(List.of(
                            letter("a", "go", "1"),
                            first,
                            completion(MessageKind.COMPLETION, "2"),
                            completion(MessageKind.FAILURE, "3"))))
                    .containsOnly(Arrival.ARRIVED);
            write(complete("a", 1));
            assertThat(store.send(List.of(completion(MessageKind.FAILURE, "4"))))
                    .containsExactly(Arrival.ARRIVED);

            assertThat(store.message("a", first.key())).contains(first.at(2));
            assertThat(row("a").wakeSeq()).isEqualTo(2);
        }

        @Test
        void makesDueWhatWaitsForItWhateverItIs() {
            waiting("a", List.of("AWAKEABLE:" + NAME));
            store.send(List.of(completion(MessageKind.FAILURE, "\"no\"")));

            assertThat(claim(9)).containsExactly("a");
            assertThat(inbox("a").messages())
                    .containsExactly(completion(MessageKind.FAILURE, "\"no\"").at(1));
        }

        @Test
        void doesNotMakeDueWhatWaitsForAnother() {
            waiting("a", List.of("AWAKEABLE:" + NAME + "0", "AWAKEABLE:" + NAME.substring(1), "SIGNAL:" + NAME));

            store.send(List.of(completion(MessageKind.COMPLETION, "1")));

            assertThat(claim(9)).isEmpty();
        }

        @Test
        void isOneOfThoseThatComeAtOnce() throws Exception {
            int rivals = 4;
            ExecutorService threads = Executors.newFixedThreadPool(rivals);
            try {
                for (int round = 0; round < 50; round++) {
                    String id = "a" + round;
                    write(claimed(id));
                    CyclicBarrier together = new CyclicBarrier(rivals);
                    List<Future<Arrival>> arrivals = new ArrayList<>();
                    for (int rival = 0; rival < rivals; rival++) {
                        Letter letter = new Letter(
                                id, MessageKind.COMPLETION, NAME, "a:" + NAME, String.valueOf(rival), STAMP, null);
                        arrivals.add(threads.submit(() -> {
                            together.await();
                            return arrived(letter);
                        }));
                    }
                    for (Future<Arrival> each : arrivals) {
                        assertThat(each.get()).isEqualTo(Arrival.ARRIVED);
                    }
                    assertThat(row(id).wakeSeq()).isEqualTo(1);
                    assertThat(inbox(id).messages())
                            .singleElement()
                            .isEqualTo(store.message(id, "a:" + NAME).orElseThrow());
                }
            } finally {
                threads.shutdown();
            }
        }

        /** Whose row somebody has locked is asked to come again. */
        private Arrival arrived(Letter letter) {
            Arrival arrival = Arrival.LOCKED;
            while (arrival == Arrival.LOCKED) {
                arrival = store.send(List.of(letter)).get(0);
            }
            return arrival;
        }

        @Test
        void staysWhenItsWorkflowIsRetried() {
            write(claimed("a"));
            Letter first = completion(MessageKind.COMPLETION, "1");
            store.send(List.of(first));
            StepRecord failed = step("a", new StepKey("", 1, "step"), StepStatus.FAILED, 1, 1, null);
            StepRecord waited = StepRecord.of("a", new StepKey("", 2, "paid"), CallKind.COMPLETION, 1)
                    .at(STAMP)
                    .detail("{\"awakeable\":\"2.1#3\"}")
                    .completed("1");
            write(fresh(failed), fresh(waited));
            write(finish("a", 1, WorkflowStatus.FAILED, "{\"message\":\"no\"}"));

            store.retry(Retry.of(row("a"), journal("a"), List.of("#1"), call -> Failure.Kind.THROWN, STAMP));

            assertThat(store.pastSteps("a", "", 2)).containsExactly(waited);
            assertThat(inbox("a").messages()).containsExactly(first.at(1));
        }
    }

    @Nested
    class AMessageByItsKey {
        @Test
        void isThereThoughItWasReceived() {
            write(claimed("a"), claimed("b"));
            store.send(List.of(letter("a", "go", "1"), letter("b", "go", "1"), letter("a", "go", "2")));
            write(new Receive(received("a", 1, 1, 1), true, 1));

            assertThat(store.message("a", "2")).contains(letter("a", "go", "2").at(2));
            assertThat(store.message("a", "1")).hasValueSatisfying(message -> {
                assertThat(message.receivedAt()).isEqualTo(STAMP);
                assertThat(message.payload()).isNull();
            });
            assertThat(store.message("b", "1")).contains(letter("b", "go", "1").at(1));
        }

        @Test
        void isNotThereIfNoneCameUnderIt() {
            write(claimed("a"));
            store.send(List.of(letter("a", "go", "1")));

            assertThat(store.message("a", "one")).isEmpty();
            assertThat(store.message("nobody", "1")).isEmpty();
        }
    }

    /** A run leaves memory by the counter that it has seen: what that counts and the look did not show, nobody would ever look for. */
    @Nested
    class ALook {
        @Test
        void showsAllThatItCountsWhateverComesMeanwhile() throws Exception {
            requireWholeLooks(last -> Map.of("a", last));
        }

        @Test
        void intoSeveralShowsAllThatItCountsWhateverComesMeanwhile() throws Exception {
            requireWholeLooks(last -> Map.of("a", last, "other", 0L));
        }

        @Test
        void showsOnlyWhatCameBehindWhatIsKnown() {
            write(claimed("a"), claimed("b"), claimed("c"));
            store.send(List.of(letter("a", "go", "1"), letter("a", "go", "2"), letter("b", "go", "3")));
            Inbox nothingNew = new Inbox(1, List.of());

            assertThat(lane.inboxes(Map.of("a", 1L, "b", 1L, "c", 0L)))
                    .isEqualTo(Map.of(
                            "a",
                            new Inbox(2, List.of(letter("a", "go", "2").at(2))),
                            "b",
                            nothingNew,
                            "c",
                            new Inbox(0, List.of())));
            assertThat(lane.inboxes(Map.of("b", 1L))).isEqualTo(Map.of("b", nothingNew));
        }

        private void requireWholeLooks(Function<Long, Map<String, Long>> after) throws Exception {
            write(claimed("a"), claimed("other"));
            ExecutorService sender = Executors.newSingleThreadExecutor();
            try {
                Future<?> sent = sender.submit(() ->
                        IntStream.range(0, 500).forEach(i -> store.send(List.of(letter("a", "go", "k" + i)))));
                long last = 0;
                while (!sent.isDone()) {
                    last = lastOf(
                            Objects.requireNonNull(
                                    lane.inboxes(after.apply(last)).get("a"), "a"),
                            last);
                }
                sent.get();
            } finally {
                sender.shutdown();
            }
        }

        /** Nothing is missing up to the counter, nor before what is shown behind it. */
        private static long lastOf(Inbox inbox, long before) {
            List<Long> shown = inbox.messages().stream().map(Message::position).toList();
            long last = before + shown.size();
            assertThat(shown)
                    .isEqualTo(LongStream.rangeClosed(before + 1, last).boxed().toList());
            assertThat(inbox.wakeSeq()).isLessThanOrEqualTo(last);
            return last;
        }
    }

    @Nested
    class WhatAWorkflowWaitsFor {
        @Test
        void makesItDueAtOnce() {
            waiting("a", List.of("SIGNAL:other", "SIGNAL:go"));

            store.send(List.of(letter("a", "go", "1")));

            assertThat(claim(9)).containsExactly("a");
        }

        @Test
        void isAnythingIfItDoesNotSay() {
            waiting("a", null);

            store.send(List.of(letter("a", "go", "1")));

            assertThat(claim(9)).containsExactly("a");
        }

        @Test
        void isNotAnythingElse() {
            waiting("a", List.of("SIGNAL:g", "SIGNAL:gone", "SIGNAL:\"go\"", "X:go"));
            waiting("nothing", List.of());
            Instant dueAt = row("a").dueAt();

            store.send(List.of(letter("a", "go", "1"), letter("nothing", "go", "1")));

            assertThat(claim(9)).isEmpty();
            assertThat(row("a").dueAt()).isEqualTo(dueAt);
            assertThat(row("a").wakeSeq()).isEqualTo(1);
        }

        @Test
        void isTheLastThatItSaid() {
            waiting("a", List.of("SIGNAL:old"));
            store.wake("a");
            claim(9);
            write(Release.of("a", 2).in(null).waitingFor(List.of("SIGNAL:new")));

            store.send(List.of(letter("a", "old", "1")));
            assertThat(claim(9)).isEmpty();
            store.send(List.of(letter("a", "new", "2")));

            assertThat(claim(9)).containsExactly("a");
        }

        @Test
        void isSaidByEachOfManyThatAreGivenBackTogether() {
            List<Release> releases = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                write(claimed("w" + i));
                releases.add(Release.of("w" + i, 1)
                        .in(null)
                        .ifWakeSeq(0)
                        .waitingFor(i % 3 == 0 ? null : List.of(i % 3 == 1 ? "SIGNAL:go" : "SIGNAL:no")));
            }
            write(releases.toArray(Release[]::new));

            store.send(IntStream.range(0, 60)
                    .mapToObj(i -> letter("w" + i, "go", "1"))
                    .toList());

            assertThat(claim(100))
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 60)
                            .filter(i -> i % 3 != 2)
                            .mapToObj(i -> "w" + i)
                            .toList());
        }

        /** Whichever comes first: either the message finds it waiting and makes it due, or the giving back is refused. */
        @Test
        void isNeverLostBetweenTheLastLookAndTheWait() throws Exception {
            write(claimed("a"));
            ExecutorService sender = Executors.newSingleThreadExecutor();
            try {
                for (int i = 0; i < 300; i++) {
                    Letter next = letter("a", "go", "k" + i);
                    long epoch = row("a").epoch();
                    long seen = row("a").wakeSeq();
                    CyclicBarrier together = new CyclicBarrier(2);
                    Future<Arrival> sent = sender.submit(() -> {
                        together.await();
                        return sent(next);
                    });
                    together.await();
                    Answer givenBack = write(Release.of("a", epoch)
                                    .in(null)
                                    .ifWakeSeq(seen)
                                    .waitingFor(List.of("SIGNAL:go")))
                            .get(0);
                    assertThat(sent.get()).isEqualTo(Arrival.ARRIVED);
                    if (givenBack == ACCEPTED) {
                        assertThat(claim(1)).containsExactly("a");
                    }
                    assertThat(row("a").status()).isEqualTo(WorkflowStatus.RUNNING);
                    assertThat(row("a").wakeSeq()).isEqualTo(seen + 1);
                }
            } finally {
                sender.shutdown();
            }
            assertThat(unread("a")).hasSize(300);
        }
    }

    @Nested
    class ALetterThatStarts {
        @Test
        void startsItsWorkflowDueWithTheLetterInItsInbox() {
            assertThat(store.send(List.of(starting("a", "1")))).containsExactly(Arrival.ARRIVED);

            assertThat(row("a").input()).isEqualTo(workflow("a").input());
            assertThat(row("a").epoch()).isZero();
            assertThat(claim(9)).containsExactly("a");
            assertThat(unread("a")).containsExactly("1");
            assertThat(row("a").wakeSeq()).isEqualTo(1);
        }

        @Test
        void onlyArrivesWhereThereIsOne() {
            write(claimed("a"));

            assertThat(store.send(List.of(starting("a", "1"), starting("a", "2"), starting("a", "1"))))
                    .containsExactly(Arrival.ARRIVED, Arrival.ARRIVED, Arrival.ARRIVED);

            assertThat(row("a").status()).isEqualTo(WorkflowStatus.RUNNING);
            assertThat(unread("a")).containsExactly("1", "2");
        }

        @Test
        void comesTooLateForThoseBeforeIt() {
            assertThat(store.send(List.of(letter("a", "go", "1"), starting("a", "2"), letter("a", "go", "3"))))
                    .containsExactly(Arrival.NOT_FOUND, Arrival.ARRIVED, Arrival.ARRIVED);

            assertThat(unread("a")).containsExactly("2", "3");
        }

        @Test
        void doesNotStartWhatHasEndedAgain() {
            write(claimed("a"), complete("a", 1));

            assertThat(store.send(List.of(starting("a", "1")))).containsExactly(Arrival.ENDED);
        }

        @Test
        void startsOneWhoeverElseDoes() throws Exception {
            ExecutorService senders = Executors.newFixedThreadPool(4);
            try {
                for (int i = 0; i < 20; i++) {
                    String id = "a" + i;
                    List<Future<Arrival>> sent = new ArrayList<>();
                    for (int sender = 0; sender < 4; sender++) {
                        Letter letter = starting(id, "k" + sender);
                        sent.add(senders.submit(() -> sent(letter)));
                    }
                    for (Future<Arrival> each : sent) {
                        assertThat(each.get()).isEqualTo(Arrival.ARRIVED);
                    }
                    assertThat(unread(id)).containsExactlyInAnyOrder("k0", "k1", "k2", "k3");
                    assertThat(row(id).wakeSeq()).isEqualTo(4);
                }
            } finally {
                senders.shutdown();
            }
        }
    }

    @Nested
    class Receiving {
        @Test
        void recordsTheStepAndTakesTheMessageOutOfTheInbox() {
            write(claimed("a"));
            store.send(List.of(letter("a", "go", "1"), letter("a", "go", "2")));
            StepRecord received = received("a", 1, 1, 1);

            assertThat(write(new Receive(received, true, 1))).containsExactly(ACCEPTED);

            assertThat(journal("a")).containsExactly(received);
            assertThat(unread("a")).containsExactly("2");
        }

        @Test
        void followsTheBeginningOfTheWait() {
            write(claimed("a"));
            store.send(List.of(letter("a", "go", "1")));
            StepRecord received = received("a", 1, 1, 1);
            write(fresh(received.change().detail(null).output(null).started()));

            assertThat(write(new Receive(received, false, 1))).containsExactly(ACCEPTED);

            assertThat(journal("a")).containsExactly(received);
            assertThat(unread("a")).isEmpty();
        }

        @Test
        void writtenAgainIsAccepted() {
            write(claimed("a"));
            store.send(List.of(letter("a", "go", "1")));
            Receive receive = new Receive(received("a", 1, 1, 1), true, 1);
            write(receive);

            assertThat(write(receive)).containsExactly(ACCEPTED);
            assertThat(write(receive, complete("a", 1))).containsExactly(ACCEPTED, ACCEPTED);
            assertThat(write(receive, complete("a", 1))).containsExactly(ACCEPTED, ACCEPTED);
        }

        @Test
        void isRefusedIfTheMessageWasReceivedOrNeverCameAndThenNothingIsRecorded() {
            write(claimed("a"), claimed("b"));
            store.send(List.of(letter("a", "go", "1")));
            write(new Receive(received("a", 1, 1, 1), true, 1));

            assertThat(write(
                            new Receive(received("a", 1, 2, 1), true, 1),
                            fresh(completed("a", 3, 1, 1, "1")),
                            fresh(completed("b", 1, 1, 1, "1"))))
                    .containsExactly(REFUSED, REFUSED, ACCEPTED);
            assertThat(write(new Receive(received("a", 1, 2, 9), true, 9))).containsExactly(REFUSED);

            assertThat(journal("a")).hasSize(1);
        }

        @Test
        void isRefusedAtAnotherEpochAndThenTheMessageStays() {
            write(claimed("a"));
            store.send(List.of(letter("a", "go", "1")));

            assertThat(write(new Receive(received("a", 2, 1, 1), true, 1))).containsExactly(REFUSED);

            assertThat(journal("a")).isEmpty();
            assertThat(unread("a")).containsExactly("1");
        }

        @Test
        void inABatchOfManyTakesEachMessageOnce() {
            List<Receive> receipts = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                write(claimed("w" + i));
                store.send(List.of(letter("w" + i, "go", "1")));
                receipts.add(new Receive(received("w" + i, 1, 1, 1), true, 1));
            }

            assertThat(write(receipts.toArray(Receive[]::new))).hasSize(40).containsOnly(ACCEPTED);

            assertThat(IntStream.range(0, 40).mapToObj(i -> unread("w" + i))).allMatch(List::isEmpty);
        }

        @Test
        void isUndoneByARetryOfTheWorkflowThatFailedBeforeIt() {
            write(claimed("a"));
            store.send(List.of(letter("a", "go", "1"), letter("a", "go", "2")));
            StepRecord failed = step("a", new StepKey("", 1, "step"), StepStatus.FAILED, 1, 1, null);
            write(fresh(failed), new Receive(received("a", 1, 2, 1), true, 1));
            write(finish("a", 1, WorkflowStatus.FAILED, "{\"message\":\"no\"}"));

            Retry retry = Retry.of(row("a"), journal("a"), List.of("#1"), call -> Failure.Kind.THROWN, STAMP);
            assertThat(store.retry(retry)).isTrue();

            assertThat(unread("a")).containsExactly("1", "2");
            assertThat(inbox("a").messages().get(0).payload()).isEqualTo("\"payload\"");
        }

        @Test
        void survivesTheDeathOfItsExecutor() {
            write(claimed("a"));
            store.send(List.of(letter("a", "go", "1"), letter("a", "go", "2")));
            write(new Receive(received("a", 1, 1, 1), true, 1));

            dieAndComeBack();

            assertThat(claim(9)).containsExactly("a");
            assertThat(unread("a")).containsExactly("2");
        }
    }

    @Nested
    class Sending {
        @Test
        void recordsTheStepAndPutsTheMessageIntoTheOthersInbox() {
            write(claimed("a"));
            waiting("b", List.of("SIGNAL:go"));
            Send send = send("a", 1, "b");

            assertThat(write(send)).containsExactly(ACCEPTED);

            assertThat(journal("a")).containsExactly(send.step(Arrival.ARRIVED));
            assertThat(claim(9)).containsExactly("b");
            assertThat(unread("b")).containsExactly("of a 1");
        }

        @Test
        void toNobodyIsRecordedAsWhatItIs() {
            write(claimed("a"), claimed("over"), complete("over", 1));

            assertThat(write(send("a", 1, "nobody"))).containsExactly(Answer.NOT_FOUND);
            assertThat(write(send("a", 2, "over"))).containsExactly(Answer.ENDED);

            assertThat(journal("a"))
                    .containsExactly(
                            send("a", 1, "nobody").step(Arrival.NOT_FOUND),
                            send("a", 2, "over").step(Arrival.ENDED));
        }

        @Test
        void writtenAgainHasTheAnswerThatIsRecorded() {
            write(claimed("a"), claimed("b"));
            write(send("a", 1, "b"));
            write(send("a", 2, "nobody"));
            write(complete("b", 1), due("nobody"));

            assertThat(write(send("a", 1, "b"))).containsExactly(ACCEPTED);
            assertThat(write(send("a", 2, "nobody"))).containsExactly(Answer.NOT_FOUND);

            assertThat(unread("b")).containsExactly("of a 1");
            assertThat(unread("nobody")).isEmpty();
        }

        @Test
        void toItselfIsNewsToIt() {
            write(claimed("a"));

            assertThat(write(send("a", 1, "a"))).containsExactly(ACCEPTED);

            assertThat(unread("a")).containsExactly("of a 1");
            assertThat(write(Release.of("a", 1).in(null).ifWakeSeq(0))).containsExactly(REFUSED);
        }

        @Test
        void isRefusedAtAnotherEpochAndThenNothingArrives() {
            write(claimed("a"), claimed("b"));
            write(release("a", 1));

            assertThat(write(send("a", 1, "b"))).containsExactly(REFUSED);

            assertThat(unread("b")).isEmpty();
        }
    }
}
