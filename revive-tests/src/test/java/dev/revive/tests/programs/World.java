// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.store.ReadLimit;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.LentStore;
import dev.revive.workflow.AwakeableCompletedException;
import dev.revive.workflow.CompletionNotDeliveredException;
import dev.revive.workflow.CompletionNotDeliveredException.Reason;
import dev.revive.workflow.Outbox;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalNotDeliveredException;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.Workflow;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who completes the awakeables of random programs, and runs the workflows that their transactions ask for: from outside, by an engine that runs nothing else and
 * never crashes.
 */
final class World implements AutoCloseable {
    private static final int TRIES = 2_000;

    /** What an awakeable is completed with. */
    record Completion(String id, String value, boolean isFailure) {
        Completion otherwise() {
            return new Completion(id, value + " otherwise", isFailure);
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ReadLimit FEW = new ReadLimit(100, 10, 1_000);
    private static final Workflow<String, String> GUEST = Workflow.named("guest", String.class, String.class);
    private static final Signal<String> WORD = Signal.named("word", String.class);

    private final WorkflowStore store;
    private final Revive client;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger pending = new AtomicInteger();
    private final Map<String, Set<String>> arrived = new ConcurrentHashMap<>();
    private final Queue<Throwable> troubles = new ConcurrentLinkedQueue<>();

    World(WorkflowStore store) {
        this.store = store;
        this.client = Revive.with(new LentStore(store))
                .lanes(1)
                .register(GUEST, (ctx, in) -> ctx.await(WORD) + " " + ctx.await(WORD))
                .start();
    }

    boolean hasDatabase() {
        return !(store instanceof InMemoryStore);
    }

    /** Asks for a guest, in a transaction that is committed once if at all: whatever came twice would be seen. */
    void ask(Connection connection, String guest) {
        Outbox outbox = client.in(connection);
        outbox.start(GUEST, guest, "");
        outbox.signal(guest, WORD, "one");
        outbox.signal(guest, WORD, "two");
    }

    /** Asks for a guest in a transaction of its own, which may be committed a second time. */
    void book(String guest) {
        client.transact(connection -> {
            Outbox outbox = client.in(connection);
            outbox.start(GUEST, guest, "");
            outbox.signal(guest, WORD, "one", SignalOptions.idempotencyKey("first"));
            outbox.signal(guest, WORD, "two", SignalOptions.idempotencyKey("second"));
            return true;
        });
    }

    static Signal<String> heard(String key) {
        return Signal.named("heard " + key, String.class);
    }

    void signal(Connection connection, String id, Signal<String> signal) {
        client.in(connection).signal(id, signal, "heard");
    }

    /** It is there, and has got each of its signals once. */
    void requireGuest(String guest, String what) {
        await(what)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> store.find(guest).isPresent());
        assertThat(client.handle(GUEST, guest).result(PATIENCE)).as(what).isEqualTo("one two");
        assertThat(store.messages(guest, FEW)).as(what).isEmpty();
    }

    void requireNoGuest(String guest, String what) {
        store.deliver((existing, start) -> true);
        assertThat(store.find(guest)).as(what).isEmpty();
    }

    static Signal<String> topic(int number) {
        return Signal.named("topic " + number, String.class);
    }

    /** Sends a message a moment later, once under its key; if it comes too late there is none. */
    void post(String id, int topic, String key) {
        pending.incrementAndGet();
        String what = "message " + key;
        later.schedule(
                () -> {
                    try {
                        client.workflow(id).signal(topic(topic), what, SignalOptions.idempotencyKey(key));
                        arrived.computeIfAbsent(id, fresh -> ConcurrentHashMap.newKeySet())
                                .add(what);
                    } catch (SignalNotDeliveredException e) {
                        if (e.reason() != SignalNotDeliveredException.Reason.ENDED) {
                            troubles.add(e);
                        }
                    } catch (Throwable e) {
                        troubles.add(e);
                    } finally {
                        pending.decrementAndGet();
                    }
                },
                Math.floorMod(what.hashCode(), 4),
                TimeUnit.MILLISECONDS);
    }

    /** The messages that it got, received or not. */
    Set<String> arrived(String id) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> pending.get() == 0);
        return arrived.getOrDefault(id, Set.of());
    }

    void complete(Completion completion) {
        if (completion.isFailure()) {
            client.fail(completion.id(), completion.value());
        } else {
            client.complete(completion.id(), completion.value());
        }
    }

    /** Whether it was completed otherwise before. */
    boolean isRefused(Completion completion) {
        try {
            complete(completion);
            return false;
        } catch (AwakeableCompletedException e) {
            return true;
        }
    }

    /** @param isRetried whether a workflow that has ended will live again: who calls back then tries again, as they do */
    void completeLater(Completion completion, boolean isRetried) {
        completeLater(completion, isRetried ? TRIES : 1);
    }

    private void completeLater(Completion completion, int tries) {
        later.schedule(
                () -> {
                    try {
                        complete(completion);
                    } catch (CompletionNotDeliveredException e) {
                        if (e.reason() != Reason.ENDED) {
                            troubles.add(e);
                        } else if (tries > 1) {
                            completeLater(completion, tries - 1);
                        }
                    } catch (Throwable e) {
                        troubles.add(e);
                    }
                },
                tries % 3,
                TimeUnit.MILLISECONDS);
    }

    /** What must not happen, and did. */
    Queue<Throwable> troubles() {
        return troubles;
    }

    /** Signals to programs that had ended before; everything else could be done. */
    void requireNothingUndelivered() {
        assertThat(store.undelivered(1_000))
                .allSatisfy(one -> assertThat(
                                Objects.requireNonNull(one.posting().letter()).name())
                        .startsWith("heard"));
    }

    @Override
    public void close() {
        later.shutdownNow();
        client.close();
    }
}
