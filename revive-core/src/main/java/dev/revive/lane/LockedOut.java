// SPDX-License-Identifier: Apache-2.0
package dev.revive.lane;

import dev.revive.thread.Nanos;
import dev.revive.workflow.Printable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workflows of a lane that could not be written, since somebody has locked a row of theirs. Each waits with all that it has queued, and is tried
 * again after a pause, while the lane writes the others. Used under the lane's lock.
 *
 * <p>What must hold: nothing of a workflow is written while something earlier of it waits here. So it stays here while it is tried, and what it
 * queues meanwhile is put behind the rest.
 */
final class LockedOut {
    private static final Logger log = LoggerFactory.getLogger(LockedOut.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(1);

    private static final class Waiting {
        private final String workflowId;
        private final ArrayDeque<Queued> entries = new ArrayDeque<>();
        private Duration pause = FIRST_PAUSE;
        private long nextTry = Nanos.after(FIRST_PAUSE);
        private boolean isBeingTried;
        private boolean isTold;

        private Waiting(String workflowId) {
            this.workflowId = workflowId;
        }

        private void waitLonger() {
            tellOnceItIsLong();
            nextTry = Nanos.after(pause);
            Duration twice = pause.multipliedBy(2);
            pause = twice.compareTo(LAST_PAUSE) < 0 ? twice : LAST_PAUSE;
            isBeingTried = false;
        }

        /** A lock that is held for a moment, by another that sends to the same workflow for example, is not worth a word. */
        private void tellOnceItIsLong() {
            if (!isTold && pause.equals(LAST_PAUSE)) {
                isTold = true;
                log.warn(
                        "{} waits: somebody keeps a lock on one of its rows, on one that it sends to, or on the table; others go on",
                        Printable.of(workflowId));
            }
        }
    }

    private final Map<String, Waiting> byWorkflow = new LinkedHashMap<>();
    private int size;

    boolean isEmpty() {
        return byWorkflow.isEmpty();
    }

    /** How many operations wait. */
    int size() {
        return size;
    }

    /** Puts an operation behind what its workflow has here; answers false if it has nothing here. */
    boolean follow(Queued entry) {
        Waiting waiting = byWorkflow.get(entry.operation().workflowId());
        if (waiting == null) {
            return false;
        }
        waiting.entries.addLast(entry);
        size++;
        return true;
    }

    private Waiting waiting(Queued entry) {
        return byWorkflow.computeIfAbsent(entry.operation().workflowId(), Waiting::new);
    }

    /** Nanoseconds until the first is to be tried again. */
    long nanosLeft() {
        long now = System.nanoTime();
        return byWorkflow.values().stream()
                .mapToLong(waiting -> waiting.nextTry - now)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** What is to be tried now, as far as one batch may hold it. It is to be {@linkplain #take taken}. */
    List<Queued> due(Boundary boundary) {
        List<Queued> due = new ArrayList<>();
        long now = System.nanoTime();
        for (Waiting waiting : byWorkflow.values()) {
            if (waiting.nextTry - now <= 0) {
                for (Queued entry : waiting.entries) {
                    if (!boundary.admits(entry.operation())) {
                        break;
                    }
                    due.add(entry);
                }
            }
        }
        return due;
    }

    /** Takes the first operation of its workflow, which is being tried then; answers false if it is none of these. */
    boolean take(Queued entry) {
        Waiting waiting = byWorkflow.get(entry.operation().workflowId());
        if (waiting == null) {
            return false;
        }
        waiting.entries.remove();
        waiting.isBeingTried = true;
        size--;
        return true;
    }

    /**
     * Notes what became of a batch.
     *
     * @param locked what could not be written, in order: each goes in front of what its workflow has here
     */
    void written(List<Queued> locked) {
        for (int i = locked.size() - 1; i >= 0; i--) {
            Waiting waiting = waiting(locked.get(i));
            waiting.entries.addFirst(locked.get(i));
            size++;
        }
        locked.stream().map(this::waiting).distinct().forEach(Waiting::waitLonger);
        byWorkflow.values().removeIf(waiting -> waiting.isBeingTried && waiting.entries.isEmpty());
        byWorkflow.values().stream()
                .filter(waiting -> waiting.isBeingTried)
                .forEach(waiting -> waiting.isBeingTried = false); // the rest of it may go at once
    }

    /** Takes any one, at the end; null if there is none. */
    @Nullable
    Queued poll() {
        byWorkflow.values().removeIf(waiting -> waiting.entries.isEmpty());
        for (Waiting waiting : byWorkflow.values()) {
            size--;
            return waiting.entries.remove();
        }
        return null;
    }
}
