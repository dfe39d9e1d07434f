// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.revive.dashboard.view.ExecutorList.ExecutorItem;
import dev.revive.dashboard.view.ExecutorList.Running;
import dev.revive.dashboard.view.Views;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.InMemoryStore;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Create;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What executors run, and what it costs to know. */
class ExecutorsTests {
    private final InMemoryStore store = new InMemoryStore();
    private final AtomicInteger questions = new AtomicInteger();

    @Test
    void oneQuestionTellsWhatAllOfThemRun() {
        runs(seat("one"), "a", "c");
        runs(seat("two"), "b");
        seat("three");

        assertThat(executors())
                .extracting(ExecutorItem::name, item -> ids(item.running()), ExecutorItem::runningIsLowerBound)
                .containsExactlyInAnyOrder(
                        tuple("one", List.of("a", "c"), false),
                        tuple("two", List.of("b"), false),
                        tuple("three", List.of(), false));
        assertThat(questions).hasValue(1);
    }

    @Test
    void eachIsCountedByItselfWhereVeryManyRun() {
        runs(
                seat("busy"),
                IntStream.range(0, 1_100).mapToObj("a-%04d"::formatted).toArray(String[]::new));
        runs(seat("other"), "b");

        assertThat(executors())
                .extracting(ExecutorItem::name, ExecutorItem::runningCount, ExecutorItem::runningIsLowerBound)
                .containsExactlyInAnyOrder(tuple("busy", 1_000, true), tuple("other", 1, false));
    }

    /** One of an earlier Revive, one that knows more than its row takes, and one whose row somebody has written. */
    @Test
    void whatAnExecutorHasCodeForMayBeUnknown() {
        seat("silent");
        store.seat(new ExecutorSettings("large", 1, Duration.ofMinutes(1), "", "[\"" + "x".repeat(10_000) + "\"]"));
        store.seat(new ExecutorSettings("strange", 1, Duration.ofMinutes(1), "", "[{\"name\": 1}]"));
        store.seat(new ExecutorSettings("plain", 1, Duration.ofMinutes(1), "", "[\"order v1\"]"));

        assertThat(executors())
                .extracting(ExecutorItem::name, ExecutorItem::types)
                .containsExactlyInAnyOrder(
                        tuple("silent", null),
                        tuple("large", null),
                        tuple("strange", null),
                        tuple("plain", List.of("order v1")));
    }

    private ExecutorSeat seat(String name) {
        return store.seat(new ExecutorSettings(name, 1, Duration.ofMinutes(1)));
    }

    private static void runs(ExecutorSeat seat, String... ids) {
        Instant now = Instant.parse("2026-11-25T12:00:00Z");
        List<Operation> created = Stream.of(ids)
                .<Operation>map(id -> new Create(
                        new NewWorkflow(id, new WorkflowType("order", 1), "1", "hash", now),
                        Create.Start.CLAIMED,
                        null))
                .toList();
        seat.lanes().get(0).write(created);
    }

    private List<ExecutorItem> executors() {
        return new Views(counted()).executors().items();
    }

    private static List<String> ids(List<Running> running) {
        return running.stream().map(Running::id).toList();
    }

    private WorkflowStore counted() {
        return (WorkflowStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {WorkflowStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("summaries")) {
                        questions.incrementAndGet();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
