// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.store.Message;
import dev.revive.store.ReadLimit;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.OverheardStore;
import dev.revive.workflow.Signal;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import dev.revive.workflow.WorkflowTimedOutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What begins as a start is only known to be a second one once the store has said so. */
@Timeout(60)
class SecondStartTests {
    private static final Signal<String> GO = Signal.named("go", String.class);
    private static final Workflow<String, String> FLOW = Workflow.named("flow", String.class, String.class);
    private static final String IN_ONE_LANE = "x";
    private static final String IN_THE_OTHER = "y";

    private static StartOptions within(Duration limit) {
        return StartOptions.defaults().timeout(limit);
    }

    @Test
    void whoseTimeIsUpBeforeThatDoesNotCancelTheFirst() {
        Gate second = new Gate();
        AtomicInteger starts = new AtomicInteger();
        WorkflowStore store = OverheardStore.of(new InMemoryStore(), (method, arguments) -> {
            boolean isStart = method.equals("write")
                    && arguments.toString().contains("Create")
                    && arguments.toString().contains("id=" + IN_ONE_LANE);
            if (isStart && starts.incrementAndGet() == 2) {
                second.passUninterruptibly();
            }
        });
        try (Revive revive = Revive.with(store)
                .unloadAfter(Duration.ZERO)
                .register(FLOW, (ctx, in) -> ctx.await(GO))
                .start()) {
            WorkflowHandle<String> first = revive.start(FLOW, IN_ONE_LANE, "", within(Duration.ofHours(1)));
            await().until(() -> first.status() == WorkflowStatus.DUE); // not in memory any more

            CompletableFuture<WorkflowHandle<String>> again = CompletableFuture.supplyAsync(
                    () -> revive.start(FLOW, IN_ONE_LANE, "", within(Duration.ofMillis(1))));
            second.awaitReached();
            WorkflowHandle<String> other = revive.start(FLOW, IN_THE_OTHER, "", within(Duration.ofMillis(1)));
            assertThatThrownBy(other::result) // so what was to end before has been looked at
                    .isInstanceOf(WorkflowTimedOutException.class);

            assertThat(revive.store().messages(IN_ONE_LANE, new ReadLimit(100, 10, 1_000)))
                    .extracting(Message::kind)
                    .isEmpty();
            second.open();
            again.join();
            revive.workflow(IN_ONE_LANE).signal(GO, "still");
            assertThat(first.result()).isEqualTo("still");
        }
    }
}
