// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.store.WorkflowRecord;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a process knows of its executors' leases, claims and durable writes, learned at the store's door. Safe for use by many threads. */
final class Watch {
    /** A workflow in this process's hands, under one epoch. */
    private static final class Hand {
        private final String executorId;
        private final long since = System.nanoTime();
        private final Map<String, Long> settled = new ConcurrentHashMap<>();

        Hand(String executorId) {
            this.executorId = executorId;
        }
    }

    private static final String NOBODY = "nobody";

    private final Diary diary;
    private final Map<String, Long> deadlines = new ConcurrentHashMap<>();
    private final Map<String, Hand> hands = new ConcurrentHashMap<>();

    Watch(Diary diary) {
        this.diary = diary;
    }

    Diary diary() {
        return diary;
    }

    /** The product keeps a fifth of the lease in reserve; that is what is held against it. */
    void renewed(String executorId, long sentAtNanos, Duration lease) {
        deadlines.put(executorId, sentAtNanos + lease.toNanos() - lease.toNanos() / 5);
    }

    void claimed(WorkflowRecord workflow, String executorId) {
        diary.write('C', System.nanoTime(), executorId, workflow.id(), workflow.epoch());
        hands.put(key(workflow.id(), workflow.epoch()), new Hand(executorId));
    }

    void created(String workflowId, String executorId) {
        hands.put(key(workflowId, 1), new Hand(executorId));
    }

    void settled(String workflowId, long epoch, String scope, long nanos) {
        Hand hand = hands.get(key(workflowId, epoch));
        if (hand != null) {
            hand.settled.put(scope, nanos);
        }
    }

    void gone(String workflowId, long epoch) {
        hands.remove(key(workflowId, epoch));
    }

    String executor(String workflowId, long epoch) {
        Hand hand = hands.get(key(workflowId, epoch));
        return hand == null ? NOBODY : hand.executorId;
    }

    /** When it was last heard that something of this scope is durable, or that the workflow is in hand. */
    long settled(String workflowId, long epoch, String scope) {
        Hand hand = hands.get(key(workflowId, epoch));
        return hand == null ? 0 : hand.settled.getOrDefault(scope, hand.since);
    }

    /** The local end of the lease under which this runs. */
    @Nullable
    Long deadline(String workflowId, long epoch) {
        return deadlines.get(executor(workflowId, epoch));
    }

    private static String key(String workflowId, long epoch) {
        return workflowId + "#" + epoch;
    }
}
