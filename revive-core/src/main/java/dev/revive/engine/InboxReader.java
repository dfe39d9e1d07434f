// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.lane.Outage;
import dev.revive.run.Run;
import dev.revive.store.Inbox;
import dev.revive.store.StepStore;
import dev.revive.store.StoreUnavailableException;
import dev.revive.thread.Periodic;
import dev.revive.thread.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;

/**
 * Looks into the inboxes of runs in memory: of one that was told that something came, or asks; and now and then of all that wait for a message, for
 * what tells of them may be lost; and where others can write, of all that have been in memory for a while, for somebody may want them cancelled. On a
 * thread of its own: what it finds is waited for by threads that must not touch the store.
 */
final class InboxReader {
    private static final Duration AGAIN = Duration.ofMillis(50);

    private static final int MOST_AT_ONCE = 256;

    /** People have taken their time. */
    private static final Duration OVERDUE_PAUSE = Duration.ofSeconds(20);

    /** Until those in memory are looked at again, whether they clean up for too long. */
    private static final Duration CLEAN_UP_PAUSE = Duration.ofSeconds(1);

    /** Of a workflow that somebody has deleted: its run finds out at its next write. */
    private static final Inbox GONE = new Inbox(0, List.of());

    /** Whose runs they are. */
    interface Owner {
        /** All that are in memory now. */
        Collection<Run> runs();

        /** Whether others write to the store, too. */
        boolean isShared();

        /** Cancels some of them, whose time is up: that is in their inboxes then. Answers false if it is not in each. */
        boolean timeOut(List<Run> overdue);

        /** Cancels those in nobody's hands that wait for people, and whose time is up. */
        void timeOutThoseLeftToPeople();

        /** Nobody is told any more. */
        void keeperEnded(Throwable why);
    }

    private final Outage outage = new Outage("the look into inboxes");
    private final Owner owner;
    private final StepStore store;
    private final Periodic thread;
    private final Time time;
    private final Supplier<Duration> pause;
    private final Set<Run> asking = ConcurrentHashMap.newKeySet();
    /** Those that must end in time, by that. */
    private final ConcurrentSkipListSet<Run> timed = new ConcurrentSkipListSet<>(
            Comparator.comparing(InboxReader::deadline).thenComparing(Run::id).thenComparingLong(Run::epoch));

    private Set<Run> seenBefore = Set.of();
    private long nextOverdue;
    private long nextCleanUp;
    private long nextLookIntoAll;
    private volatile boolean isToLookIntoAll;

    /** @param pause how long a message may wait for which nobody was told */
    InboxReader(String name, Owner owner, StepStore store, Time time, Supplier<Duration> pause) {
        this.owner = owner;
        this.store = store;
        this.time = time;
        this.pause = pause;
        this.nextLookIntoAll = time.after(pause.get());
        this.nextOverdue = time.after(OVERDUE_PAUSE);
        this.nextCleanUp = time.after(CLEAN_UP_PAUSE);
        this.thread = new Periodic(name, time, pause, this::turn, owner::keeperEnded);
    }

    Periodic thread() {
        return thread;
    }

    /** Looks into this run's, soon. */
    void look(Run run) {
        asking.add(run);
        thread.wakeIn(Duration.ZERO);
    }

    /** Looks into those of all that wait for a message, soon. */
    void lookIntoAll() {
        isToLookIntoAll = true;
        thread.wakeIn(Duration.ZERO);
    }

    /** Not whenever one of them is told something: there may be thousands. */
    private void addThoseThatWait() {
        if (isToLookIntoAll || nextLookIntoAll - time.nanos() <= 0) {
            isToLookIntoAll = false; // first: what is not heard of from now on may be missed by this look
            nextLookIntoAll = time.after(pause.get());
            Collection<Run> runs = owner.runs();
            runs.stream()
                    .filter(run -> run.waiting().isForNews() || seenBefore.contains(run))
                    .forEach(asking::add);
            seenBefore = owner.isShared() ? Set.copyOf(runs) : Set.of();
        }
    }

    /** Whoever asks from now on is in the next turn: its look must begin after its question. */
    private void turn() {
        timeOut();
        endThoseThatCleanUpForTooLong();
        addThoseThatWait();
        List<Question> questions = new ArrayList<>();
        Map<String, Long> after = new HashMap<>();
        for (Iterator<Run> all = asking.iterator(); all.hasNext(); ) {
            Run run = all.next();
            all.remove(); // first: who asks from now on is in it again
            questions.add(new Question(run, run.mailbox().asked()));
            after.merge(run.id(), run.mailbox().last(), Math::min); // a run may be followed by another of its workflow
        }
        if (!questions.isEmpty()) {
            answer(questions, after);
        }
    }

    /** Cancels this one when its time is up. */
    void watchTime(Run run) {
        timed.add(run);
        wakeForTheFirst();
    }

    /** Others may leave memory meanwhile. */
    private void wakeForTheFirst() {
        timed.stream()
                .findFirst()
                .ifPresent(run -> thread.wakeIn(Duration.between(run.tools().exactNow(), deadline(run))));
    }

    /** It has left memory. */
    void forget(Run run) {
        if (run.workflow().deadline() != null) {
            timed.remove(run);
        }
    }

    private void timeOut() {
        try {
            if (nextOverdue().isEmpty() || outage.ask(this::timeOutThoseInMemory)) {
                wakeForTheFirst();
            } else {
                thread.wakeIn(AGAIN);
            }
            if (nextOverdue - time.nanos() <= 0) {
                nextOverdue = time.after(OVERDUE_PAUSE);
                outage.watch(owner::timeOutThoseLeftToPeople);
            }
        } catch (StoreUnavailableException e) {
            thread.wakeIn(AGAIN);
        }
    }

    private void endThoseThatCleanUpForTooLong() {
        if (nextCleanUp - time.nanos() <= 0) {
            nextCleanUp = time.after(CLEAN_UP_PAUSE);
            owner.runs().forEach(Run::endIfOverdue);
        }
    }

    /** Answers false if one of them is to be tried again: its row was locked, or is not there yet. */
    private boolean timeOutThoseInMemory() {
        boolean isDone = true;
        for (List<Run> overdue = nextOverdue(); !overdue.isEmpty() && isDone; overdue = nextOverdue()) {
            isDone = owner.timeOut(overdue);
            if (isDone) {
                timed.removeAll(overdue);
            }
            asking.addAll(overdue);
        }
        return isDone;
    }

    private List<Run> nextOverdue() {
        return timed.stream()
                .takeWhile(run -> !deadline(run).isAfter(run.tools().exactNow()))
                .limit(MOST_AT_ONCE)
                .toList();
    }

    private static Instant deadline(Run run) {
        return Objects.requireNonNull(run.workflow().deadline(), "deadline");
    }

    /** A run that asks, and how often it had when the look began. */
    private record Question(Run run, long asked) {}

    private void answer(List<Question> questions, Map<String, Long> after) {
        try {
            Map<String, Inbox> inboxes = outage.ask(() -> store.inboxes(after));
            for (Question question : questions) {
                Inbox inbox = inboxes.getOrDefault(question.run().id(), GONE);
                question.run().receive(inbox, question.asked());
            }
        } catch (StoreUnavailableException e) {
            questions.forEach(question -> asking.add(question.run()));
            thread.wakeIn(AGAIN);
        }
    }
}
