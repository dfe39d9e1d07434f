// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import dev.revive.Revive;
import dev.revive.codec.Documents;
import dev.revive.store.Arrival;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.LentStore;
import dev.revive.tests.support.OverheardStore;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/** An engine at a store, and people who want something of its workflows at moments of their choice: not through the engine, but as another process does. */
final class IntentBed implements AutoCloseable {
    private static final Instant STAMP = Instant.parse("2026-11-23T10:15:30.123456Z");

    private static final String WHY = Documents.write(
            new Failure(Failure.Kind.CANCELLED, CancelledException.class.getName(), "wanted", List.of(), null));

    final Moments moments = new Moments();

    private final WorkflowStore store;
    private final Revive revive;
    private final AtomicLong keys = new AtomicLong();
    private final Map<String, Integer> effects = new ConcurrentHashMap<>();

    IntentBed(WorkflowStore store, BiFunction<Revive.Builder, Moments, Revive.Builder> more) {
        this.store = store;
        Revive.Builder builder =
                Revive.with(new LentStore(OverheardStore.of(store, moments))).shutdownGrace(Duration.ofSeconds(5));
        this.revive = more.apply(builder, moments).start();
    }

    Revive revive() {
        return revive;
    }

    @Override
    public void close() {
        revive.close();
    }

    // ---- the world

    /** How often it has happened by now. */
    int happen(String workflowId, String effect) {
        return effects.merge(workflowId + " " + effect, 1, Integer::sum);
    }

    int times(String workflowId, String effect) {
        return effects.getOrDefault(workflowId + " " + effect, 0);
    }

    // ---- people

    /** Answers whether it came in time. */
    boolean want(String id, MessageKind kind) {
        return send(new Letter(id, kind, "wish", "p" + keys.incrementAndGet(), WHY, STAMP, null));
    }

    boolean signal(String id, String name) {
        return send(new Letter(id, MessageKind.SIGNAL, name, "s" + keys.incrementAndGet(), "\"came\"", STAMP, null));
    }

    private boolean send(Letter letter) {
        Arrival arrival = Arrival.LOCKED;
        while (arrival == Arrival.LOCKED) {
            arrival = store.send(List.of(letter)).get(0);
        }
        moments.tell();
        return arrival == Arrival.ARRIVED;
    }

    boolean resume(String id) {
        boolean isResumed = store.resume(id);
        moments.tell();
        return isResumed;
    }

    void wake(String id) {
        store.wake(id);
        moments.tell();
    }

    // ---- rows

    WorkflowRecord row(String id) {
        return store.find(id).orElseThrow();
    }

    WorkflowStatus status(String id) {
        return store.find(id).map(WorkflowRecord::status).orElse(WorkflowStatus.UNKNOWN);
    }

    List<StepRecord> steps(String id) {
        return store.steps(id);
    }

    /** Of its last claim; 0 if it has not been claimed, or is not there yet. */
    long epoch(String id) {
        return store.find(id).map(WorkflowRecord::epoch).orElse(0L);
    }

    void awaitStatus(String id, WorkflowStatus status) {
        moments.await(() -> id + " is " + status + ", and not " + row(id), () -> status(id) == status);
    }
}
