// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.OverheardStore;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A short workflow is over before its result is asked for; that must not cost a look into the database. */
@Timeout(60)
class KnownEndingTests {
    private static final Workflow<String, String> ECHO = Workflow.named("echo", String.class, String.class);

    private final AtomicInteger looks = new AtomicInteger();

    @Test
    void whoStartedAWorkflowThatIsOverNeedNotLookForIt() {
        try (Revive revive = Revive.with(counting(new InMemoryStore()))
                .register(ECHO, (ctx, in) -> in)
                .start()) {
            WorkflowHandle<String> started = revive.start(ECHO, "x", "a");
            revive.handle(ECHO, "x").result();
            int before = looks.get();

            assertThat(started.result()).isEqualTo("a");

            assertThat(looks).hasValue(before);
        }
    }

    @Test
    void whoStartsItAgainLooksForWhatTheFirstRecorded() {
        try (Revive revive = Revive.with(counting(new InMemoryStore()))
                .register(ECHO, (ctx, in) -> in)
                .start()) {
            revive.start(ECHO, "x", "a").result();
            int before = looks.get();

            assertThat(revive.start(ECHO, "x", "a").result()).isEqualTo("a");

            assertThat(looks).hasValueGreaterThan(before);
        }
    }

    /**
     * Until the store says that the id is not new, its second start looks like the run to wait for. When it is forgotten, nobody will tell of the
     * end: it is looked for in that very turn, not when the next turn comes by itself.
     */
    @Test
    void whoWaitsForWhatProvesToBeADuplicateIsNotKeptWaiting() {
        Gate duplicate = new Gate();
        AtomicInteger writes = new AtomicInteger();
        BlockingQueue<String> turns = new LinkedBlockingQueue<>();
        WorkflowStore store = OverheardStore.of(new InMemoryStore(), (method, arguments) -> {
            if (method.equals("write") && arguments.toString().contains("Create") && writes.incrementAndGet() == 2) {
                duplicate.passUninterruptibly();
            } else if (Set.of("reclaim", "claim").contains(method)) {
                turns.add(method);
            } else if (method.equals("find") && arguments.get(0) instanceof Collection<?>) {
                turns.add("look");
            }
        });
        try (Revive revive =
                Revive.with(store).register(ECHO, (ctx, in) -> in).lanes(1).start()) {
            revive.start(ECHO, "x", "a").result();
            CompletableFuture<WorkflowHandle<String>> again =
                    CompletableFuture.supplyAsync(() -> revive.start(ECHO, "x", "a"));
            duplicate.awaitReached();
            CompletableFuture<String> result = new CompletableFuture<>();
            Thread waiter =
                    new Thread(() -> result.complete(revive.handle(ECHO, "x").result()));
            waiter.start();
            await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);

            duplicate.open();

            assertThat(result.join()).isEqualTo("a");
            assertThat(again.join().result()).isEqualTo("a");
            await().until(() -> turns.contains("reclaim")); // the turn ends with it, after the answer
            List<String> calls = List.copyOf(turns);
            assertThat(calls.subList(0, calls.indexOf("reclaim") + 1)).endsWith("claim", "look", "reclaim");
        }
    }

    /** Of whoever asks: the claimer may still be at a look that it began when somebody waited. */
    private WorkflowStore counting(WorkflowStore store) {
        return OverheardStore.of(store, (method, arguments) -> {
            if (method.equals("find") && !Thread.currentThread().getName().startsWith("revive-claimer")) {
                looks.incrementAndGet();
            }
        });
    }
}
