// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.client.Endings;
import dev.revive.lane.Outage;
import dev.revive.run.Tools;
import dev.revive.store.Claim;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.StoreLockedException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowType;
import dev.revive.thread.Periodic;
import dev.revive.thread.Time;
import dev.revive.workflow.Printable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims due workflows as there is room, loads their journals, and hands each to a run. The one way into execution: a start without room, a
 * retry, a crash and a person's decision all only make a row due.
 *
 * <p>The journal is loaded after the claim has committed. Earlier, a late write of the former owner could still slip in between.
 */
final class Claimer {
    private static final Logger log = LoggerFactory.getLogger(Claimer.class);
    private static final int MAX_CLAIM = 200;
    private static final Duration BACKLOG_PAUSE = Duration.ofMillis(5);
    private static final Duration MAKE_ROOM_PAUSE = Duration.ofMillis(50);
    private static final Duration FIRST_LOCKED_PAUSE = Duration.ofMillis(10);
    private static final Duration SUSPECTS_PAUSE = Duration.ofSeconds(5);
    private static final Duration ENDINGS_PAUSE = Duration.ofMillis(10);

    /** Where all that happens, happens here. */
    private static final Duration POLL_EXCLUSIVE = Duration.ofSeconds(1);

    /** With the lease's statements in a third of it, this is less than one statement a second. */
    private static final Duration POLL_DEAF = Duration.ofMillis(1_500);

    /** For the hint that was lost, and for what a dead executor would have woken up for. */
    private static final Duration POLL_LISTENING = Duration.ofSeconds(5);

    /** For whom it claims. */
    interface Owner {
        EngineSettings settings();

        Tools tools();

        /** The types that it has code for. */
        Set<WorkflowType> knownTypes();

        /** How many more workflows may be in memory. */
        int room();

        /** Runs that wait leave memory, however short their wait. */
        void makeRoom();

        /** Whether the workflow is in its hands. */
        boolean holds(String workflowId);

        /** The ids of what is in its hands: live, for what is admitted meanwhile is in it before its row is written. */
        Collection<String> held();

        /** Reads the journals and inboxes of what was claimed. */
        Map<String, Loaded> load(List<WorkflowRecord> claimed);

        /** Runs a claimed workflow. */
        void run(WorkflowRecord workflow, Loaded loaded);

        /** Something may have come for a workflow that is about to run. */
        void noteNews(String workflowId);

        /** For callers who wait for what runs elsewhere, or ended while nobody here looked; how many workflows that are. */
        int lookForEndings();

        /** Nothing is claimed any more. */
        void keeperEnded(Throwable why);
    }

    private final Outage claiming = new Outage("claiming");
    private final Outage loading = new Outage("the loading of what was claimed");
    private final Owner owner;
    private final Time time;
    private final ExecutorSeat seat;
    private final Periodic thread;
    private final Loader loader;
    private final Unclaimed unclaimed;
    private volatile @Nullable String suspect;
    private volatile @Nullable String cleared;
    private Duration lockedPause = FIRST_LOCKED_PAUSE;
    private long nextLookForSuspects;
    private long nextMakingOfRoom;
    private long nextLookForEndings;
    private volatile boolean hasEndings;
    private volatile boolean shouldReclaim;
    private volatile boolean areOrphansFound;
    private volatile boolean isBacklogged;
    private volatile boolean isClaiming;
    private volatile boolean isSomethingDue;

    Claimer(String name, Owner owner, ExecutorSeat seat) {
        this.owner = owner;
        this.time = owner.tools().time();
        this.seat = seat;
        this.thread = new Periodic(name, time, this::poll, this::turn, owner::keeperEnded);
        this.nextLookForSuspects = time.nanos();
        this.nextMakingOfRoom = time.nanos();
        this.nextLookForEndings = time.nanos();
        this.unclaimed = new Unclaimed(
                seat, owner.knownTypes(), owner.settings().executor().lease(), time);
        this.loader = new Loader(name + "-loader", this::load, e -> shouldReclaim = true, owner::keeperEnded);
    }

    /** How long what was not heard of may wait. */
    Duration poll() {
        return seat.isShared() ? seat.isListening() ? POLL_LISTENING : POLL_DEAF : POLL_EXCLUSIVE;
    }

    void start() {
        loader.start();
        thread.start();
    }

    /** Claims nothing more. */
    void close() {
        thread.close();
        loader.close();
    }

    void join(Duration patience) {
        thread.join(patience);
        loader.join(patience);
    }

    Loader loader() {
        return loader;
    }

    /** Whether something may be claimed that nobody here knows of yet. */
    boolean isClaiming() {
        return isClaiming;
    }

    /** Something is due. */
    void wake() {
        isSomethingDue = true;
        thread.wakeIn(Duration.ZERO);
    }

    /** Something is due after this. If that is later than the next poll, the poll will tell: a sleeper costs no memory. */
    void wakeIn(Duration delay) {
        if (delay.compareTo(POLL_LISTENING) < 0) {
            thread.wakeIn(delay);
        }
    }

    /** A workflow ended elsewhere, and somebody here waits for one. Many end at a time. */
    void endedElsewhere() {
        hasEndings = true;
        thread.wakeIn(ENDINGS_PAUSE);
    }

    /** A run has ended, or a thread is free again: worth a look if there was more due than room. */
    void placeFreed() {
        if (isBacklogged) {
            wakeIn(BACKLOG_PAUSE);
        }
    }

    /** A run has left memory: if it was the suspect, the next one may come. */
    void left(String workflowId) {
        if (workflowId.equals(suspect)) {
            wake();
        }
    }

    /** A run has recorded a new outcome: if it was the suspect, it is as good as any other, and the next one may come. */
    void gotOn(String workflowId) {
        if (workflowId.equals(suspect) && !workflowId.equals(cleared)) {
            cleared = workflowId;
            wake();
        }
    }

    /** A dead executor's workflows are due, and there may be suspects among them: these too go on at once. */
    void orphansFound() {
        areOrphansFound = true;
        wake();
    }

    /**
     * A run was forgotten, and nobody here knows how its row stands: it may be in this executor's hands and not in its memory, or have ended while
     * those who wait for it took this run for the one to wait for.
     */
    void reclaim() {
        shouldReclaim = true;
        hasEndings = true;
        wake();
    }

    /** A claim whose answer was lost may have been committed, and one whose journals could not be read is: they are looked for. */
    private void turn() {
        owner.tools().exactNow(); // looked at often, it sees when the host's clock is set back
        try {
            int room = Math.min(owner.room(), MAX_CLAIM);
            if (room > 0) {
                claiming.watch(() -> look(room));
            } else {
                look(room); // which may ask nothing, and so not learn whether the store answers
            }
            lockedPause = FIRST_LOCKED_PAUSE;
        } catch (StoreLockedException e) {
            shouldReclaim = true;
            thread.wakeIn(lockedPause); // it is locked for a moment mostly, by whoever sends it a message
            lockedPause = min(lockedPause.multipliedBy(2), POLL_EXCLUSIVE);
        } catch (StoreUnavailableException e) {
            shouldReclaim = true;
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void look(int room) {
        isBacklogged = room <= 0;
        makeRoom();
        if (room > 0) {
            isClaiming = true;
            isSomethingDue = false; // first: what is due from now on may be missed by this claim
            try {
                List<WorkflowRecord> claimed = claim(room);
                isBacklogged = claimed.size() == room;
                run(claimed);
            } finally {
                isClaiming = false;
            }
        }
        if (isBacklogged && owner.room() > 0) {
            wake();
        }
        lookForEndings();
        unclaimed.look();
        if (shouldReclaim) {
            reclaimAll(); // last: somebody may keep a lock on one of them, and nothing else must wait for that
        }
    }

    /** At a time as many as a claim; where there may be more, the next turn comes at once. Some that somebody keeps locked may be left: it looks again. */
    private void reclaimAll() {
        shouldReclaim = false; // first: what is forgotten from now on may be missed by this look
        isClaiming = true;
        try {
            List<WorkflowRecord> found = seat.reclaim(owner.held(), MAX_CLAIM);
            if (found.size() >= MAX_CLAIM) {
                reclaim();
            } else if (!found.isEmpty()) {
                shouldReclaim = true;
            }
            found.forEach(workflow -> owner.noteNews(workflow.id())); // its counter was read before its row was locked
            runAll(found);
        } finally {
            isClaiming = false;
        }
    }

    /**
     * What waits gives way to what could run; not at every turn, for it looks at all runs. If something is due, again and again: whoever brought it, and
     * now waits itself, did not wait yet when it was brought.
     */
    private void makeRoom() {
        if (isBacklogged && isSomethingDue) {
            thread.wakeIn(MAKE_ROOM_PAUSE);
        }
        if (isBacklogged && nextMakingOfRoom - time.nanos() <= 0) {
            nextMakingOfRoom = time.after(MAKE_ROOM_PAUSE);
            owner.makeRoom();
        }
    }

    /** Claims what there is room for. */
    private List<WorkflowRecord> claim(int room) {
        boolean asksForSuspect = asksForSuspect();
        if (asksForSuspect) {
            areOrphansFound = false; // first: what is found from now on may be missed by this look
        }
        Claim claim = seat.claim(owner.knownTypes(), room, asksForSuspect ? 1 : 0);
        if (asksForSuspect) {
            noteSuspect(claim.workflows());
        }
        Duration next = claim.next();
        if (next != null) {
            wakeIn(next);
        }
        return claim.workflows();
    }

    /** Where there is more, the next are claimed while these are loaded. */
    private void run(List<WorkflowRecord> claimed) {
        if (isBacklogged) {
            loader.submit(claimed);
        } else {
            runAll(claimed);
        }
    }

    /** Soon after a hint; without one, in case it was lost. */
    private void lookForEndings() {
        boolean isHinted = hasEndings;
        long next = isHinted ? nextLookForEndings : nextLookForEndings + POLL_EXCLUSIVE.toNanos();
        long left = next - time.nanos();
        if (left <= 0) {
            hasEndings = false; // first: what ends from now on may be missed by this look
            int looked = owner.lookForEndings();
            nextLookForEndings = time.after(Endings.pause(ENDINGS_PAUSE, looked));
        } else if (isHinted) {
            thread.wakeIn(Duration.ofNanos(left));
        }
    }

    /**
     * One at a time: what dies beside a culprit is innocent, and would look just like it. Until it has got on: then its death would be its first
     * again.
     */
    private boolean asksForSuspect() {
        String last = suspect;
        boolean isRunning = last != null && !last.equals(cleared) && owner.holds(last);
        boolean isTime = areOrphansFound || nextLookForSuspects - time.nanos() <= 0;
        return !isRunning && isTime;
    }

    private void noteSuspect(List<WorkflowRecord> claimed) {
        suspect = claimed.stream()
                .filter(workflow -> workflow.strikes() >= ExecutorSeat.SUSPECT)
                .map(WorkflowRecord::id)
                .findFirst()
                .orElse(null);
        cleared = null;
        if (suspect == null && seat.isShared()) {
            nextLookForSuspects = time.after(SUSPECTS_PAUSE);
        }
    }

    private void load(List<WorkflowRecord> claimed) {
        loading.watch(() -> runAll(claimed));
    }

    private void runAll(List<WorkflowRecord> claimed) {
        if (claimed.isEmpty()) {
            return;
        }
        Map<String, Loaded> loaded = owner.load(claimed);
        List<String> lost = new ArrayList<>();
        for (WorkflowRecord workflow : claimed) {
            Loaded its = loaded.get(workflow.id());
            if (its == null) {
                lost.add(workflow.id());
                loader.forget(workflow.id());
            } else {
                owner.run(workflow, its);
            }
        }
        if (!lost.isEmpty()) {
            log.info("{} were claimed and lost again before their journals were read", Printable.of(lost));
        }
    }
}
