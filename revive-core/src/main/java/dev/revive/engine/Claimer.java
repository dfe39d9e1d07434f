// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.StepRecord;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private static final Duration SUSPECTS_PAUSE = Duration.ofSeconds(5);
    private static final Duration POLL_SHARED = Duration.ofSeconds(1);
    private static final Duration POLL_EXCLUSIVE = Duration.ofSeconds(1);

    private final Executor executor;
    private final ExecutorSeat seat;
    private final Turns turns;
    private volatile @Nullable String suspect;
    private long nextLookForSuspects = System.nanoTime();
    private long nextMakingOfRoom = System.nanoTime();
    private volatile boolean shouldReclaim;
    private volatile boolean areOrphansFound;
    private volatile boolean isBacklogged;

    Claimer(String name, Executor executor, ExecutorSeat seat) {
        this.executor = executor;
        this.seat = seat;
        Duration poll = seat.isShared() ? POLL_SHARED : POLL_EXCLUSIVE;
        this.turns = new Turns(name, Duration.ZERO, poll, this::turn, executor::keeperEnded);
    }

    Turns turns() {
        return turns;
    }

    /** Something is due, or will be after this. */
    void wakeIn(Duration delay) {
        turns.wakeIn(delay);
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
            wakeIn(Duration.ZERO);
        }
    }

    /** A dead executor's workflows are due, and there may be suspects among them: these too go on at once. */
    void orphansFound() {
        areOrphansFound = true;
        turns.wakeIn(Duration.ZERO);
    }

    /** Something may be in this executor's hands and not in its memory. */
    void reclaim() {
        shouldReclaim = true;
        turns.wakeIn(Duration.ZERO);
    }

    private void turn() {
        try {
            if (shouldReclaim) {
                shouldReclaim = false;
                runAll(seat.reclaim(executor.held(), MAX_CLAIM));
            }
            int room = Math.min(executor.room(), MAX_CLAIM);
            isBacklogged = room <= 0;
            makeRoom();
            if (room > 0) {
                List<WorkflowRecord> claimed = seat.claim(executor.knownTypes(), room);
                isBacklogged = claimed.size() == room;
                runAll(claimed);
                runSuspect();
            }
            if (isBacklogged && executor.room() > 0) {
                wakeIn(Duration.ZERO);
            }
            executor.lookForEndings();
        } catch (StoreUnavailableException e) {
            log.warn("The store does not answer, claiming waits: {}", e.toString());
            shouldReclaim = true; // a claim whose answer was lost may have been committed
        }
    }

    /** What waits gives way to what could run; not at every turn, for it looks at all runs. */
    private void makeRoom() {
        if (isBacklogged && nextMakingOfRoom - System.nanoTime() <= 0) {
            nextMakingOfRoom = Nanos.after(MAKE_ROOM_PAUSE);
            executor.makeRoom();
        }
    }

    /** One at a time: what dies beside a culprit is innocent, and would look just like it. */
    private void runSuspect() {
        String last = suspect;
        boolean isRunning = last != null && executor.holds(last);
        boolean isTime = !seat.isShared() || areOrphansFound || nextLookForSuspects - System.nanoTime() <= 0;
        if (isRunning || !isTime) {
            return;
        }
        areOrphansFound = false;
        List<WorkflowRecord> claimed = seat.claimSuspect(executor.knownTypes());
        suspect = claimed.isEmpty() ? null : claimed.get(0).id();
        if (claimed.isEmpty()) {
            nextLookForSuspects = Nanos.after(SUSPECTS_PAUSE);
        }
        runAll(claimed);
    }

    private void runAll(List<WorkflowRecord> claimed) {
        if (claimed.isEmpty()) {
            return;
        }
        Map<String, List<StepRecord>> journals = executor.load(claimed);
        List<String> lost = new ArrayList<>();
        for (WorkflowRecord workflow : claimed) {
            List<StepRecord> steps = journals.get(workflow.id());
            if (steps == null) {
                lost.add(workflow.id());
            } else {
                executor.run(workflow, steps);
            }
        }
        if (!lost.isEmpty()) {
            log.info("{} were claimed and lost again before their journals were read", lost);
        }
    }
}
