// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.tests.support.Effects;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowCancelledException;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowRef;
import dev.revive.workflow.WorkflowStatus;
import dev.revive.workflow.WorkflowTerminatedException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/concepts.md shows of cancelling, pausing and terminating. */
@Timeout(60)
class IntentsTests {
    private static final Workflow<String, String> FLOW = Workflow.named("order", String.class, String.class);
    private static final Signal<String> PAYMENT = Signal.named("payment", String.class);

    private final Effects effects = new Effects();
    private final Revive revive = Revive.with(new InMemoryStore())
            .register(FLOW, this::sell)
            .unloadAfter(Duration.ZERO)
            .start();

    @AfterEach
    void close() {
        revive.close();
    }

    private String sell(WorkflowContext ctx, String item) {
        // region cleanup
        ctx.step("Reserve", () -> effects.happen("reserve"));
        try {
            ctx.await(PAYMENT);
            ctx.step("Ship", () -> effects.happen("ship"));
        } catch (CancelledException e) {
            ctx.shielded(c -> c.step("Release", () -> effects.happen("release")));
            throw e;
        }
        // endregion
        return item;
    }

    private WorkflowHandle<String> started() {
        WorkflowHandle<String> order = revive.start(FLOW, "order-42", "tea");
        await().until(() -> order.status() == WorkflowStatus.DUE);
        return order;
    }

    @Test
    void itIsPausedResumedAndCancelledAndCleansUp() {
        WorkflowHandle<String> handle = started();
        // region intents
        WorkflowRef order = revive.workflow("order-42");
        order.pause("the warehouse is closed");
        order.resume();
        boolean isHeard =
                order.cancel("the customer does not want it any more"); // false: it has ended, or there is none
        // endregion
        assertThat(isHeard).isTrue();
        assertThatThrownBy(handle::result)
                .isInstanceOfSatisfying(
                        WorkflowCancelledException.class,
                        e -> assertThat(e.reason()).isEqualTo("the customer does not want it any more"));
        assertThat(handle.status()).isEqualTo(WorkflowStatus.CANCELLED);
        assertThat(effects.all()).containsExactly("reserve", "release");
    }

    @Test
    void itIsTerminatedWithoutCleanUp() {
        WorkflowHandle<String> handle = started();

        revive.workflow("order-42").terminate("it hangs");

        assertThatThrownBy(handle::result).isInstanceOf(WorkflowTerminatedException.class);
        assertThat(effects.all()).containsExactly("reserve");
    }
}
