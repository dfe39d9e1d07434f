// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.ReviveClient;
import dev.revive.client.Outsider;
import dev.revive.codec.JacksonSerializer;
import dev.revive.codec.Payloads;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.ForwardingStore;
import dev.revive.store.InMemoryStore;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Create;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowType;
import dev.revive.thread.Time;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often a process that runs nothing looks for the ends that it waits for. */
@Timeout(60)
class ClientsLooksTests {
    private static final Workflow<String, String> FLOW = Workflow.named("flow", String.class, String.class);

    private static final Signal<String> GO = Signal.named("go", String.class);

    private final Leaping time = new Leaping();

    /** Each look reads them all. */
    @Test
    void areRarerTheMoreAreWaitedFor() {
        InMemoryStore store = new InMemoryStore();
        store.seat(new ExecutorSettings("test", 1, Duration.ofSeconds(30)))
                .lanes()
                .get(0)
                .write(List.of(start("a"), start("b")));
        Outsider client =
                new Outsider(store, new Payloads(new JacksonSerializer(), 1_000), time, Duration.ofSeconds(30));

        List<CompletableFuture<String>> results = Stream.of("a", "b")
                .map(id -> CompletableFuture.supplyAsync(() -> client.client()
                        .handle(FLOW, id, new AtomicReference<>())
                        .result()))
                .toList();

        await().until(() -> time.awaited.contains(Duration.ofMillis(200).plusNanos(200_000)));
        client.close();
        results.forEach(result -> assertThatThrownBy(result::join).hasCauseInstanceOf(EngineStoppedException.class));
    }

    /** Whatever a pool throws while a database is away. */
    @Test
    void goOnAfterOneThatFailed() {
        AtomicInteger looks = new AtomicInteger();
        InMemoryStore shared = new InMemoryStore();
        WorkflowStore sick = new ForwardingStore(shared) {
            @Override
            public List<WorkflowRecord> find(Collection<String> ids) {
                if (looks.incrementAndGet() <= 3) {
                    throw new IllegalStateException("no route to a data source");
                }
                return super.find(ids);
            }

            @Override
            public void close() {}
        };
        try (Revive revive = Revive.with(shared)
                        .register(FLOW, (ctx, in) -> ctx.await(GO))
                        .start();
                ReviveClient client = Revive.with(sick).openClient()) {
            revive.start(FLOW, "a", "");
            CompletableFuture<String> result =
                    CompletableFuture.supplyAsync(() -> client.handle(FLOW, "a").result());
            await().until(() -> looks.get() > 1);

            client.workflow("a").signal(GO, "well again");

            assertThat(result.join()).isEqualTo("well again");
        }
    }

    /** Nor does the store have to answer first. */
    @Test
    void areNotWaitedForWhenItIsClosed() {
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<Optional<WorkflowRecord>> answer = new CompletableFuture<>();
        WorkflowStore hanging = new ForwardingStore(new InMemoryStore()) {
            @Override
            public Optional<WorkflowRecord> find(String id) {
                asked.incrementAndGet();
                return answer.join();
            }
        };
        ReviveClient client = Revive.with(hanging).openClient();
        List<CompletableFuture<WorkflowStatus>> callers = IntStream.range(0, 5) // one more than it asks at a time
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> client.handle(FLOW, "a").status(), caller -> new Thread(caller).start()))
                .toList();
        try {
            await().until(() -> asked.get() == 4);

            client.close();

            callers.forEach(
                    caller -> assertThatThrownBy(caller::join).hasCauseInstanceOf(EngineStoppedException.class));
        } finally {
            answer.complete(Optional.empty());
        }
    }

    private static Create start(String id) {
        NewWorkflow workflow = new NewWorkflow(id, new WorkflowType("flow", 1), "null", "hash", Instant.EPOCH);
        return new Create(workflow, Create.Start.DUE, null);
    }

    /** Each wait in it passes as soon as it has begun. */
    private static final class Leaping implements Time {
        private final AtomicLong nanos = new AtomicLong();
        private final Set<Duration> awaited = ConcurrentHashMap.newKeySet();

        @Override
        public long nanos() {
            return nanos.get();
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(nanos.get());
        }

        @Override
        public void await(Condition changed, long atMost) throws InterruptedException {
            awaited.add(Duration.ofNanos(atMost));
            boolean isSignalled = changed.awaitNanos(1_000_000) > 0;
            nanos.addAndGet(isSignalled ? 0 : atMost);
        }
    }
}
