// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.tests.support.Effects;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A hundred workflows of one engine return from an effect while the fence is locked, so their outcomes share a batch; and one of them is refused.
 * The others finish as if nothing had been, and the one is replayed from what the store has. The contract for stores holds the same for each kind
 * of refusal: {@code AHundredWorkflowsOfWhichOneIsRefused}.
 */
class OneOfAHundredTests extends ForceBed {
    private static final int MANY = 100;
    private static final String ONE = "w50";

    /** Why the one is refused: what somebody else did meanwhile. */
    enum Why {
        ANOTHER_EPOCH("UPDATE ${prefix}workflow SET epoch = 2 WHERE id = 'w50'", "charged in run 3"),
        ANOTHER_EXECUTOR(
                "UPDATE ${prefix}workflow SET epoch = 2, executor_id = 'another' WHERE id = 'w50'", "charged in run 3"),
        ANOTHER_OUTCOME(
                "UPDATE ${prefix}step SET status = 'COMPLETED', serialized_output = '\"charged before\"' WHERE workflow_id = 'w50'",
                "charged before");

        private final String change;
        private final String result;

        Why(String change, String result) {
            this.change = change;
            this.result = result;
        }
    }

    @ParameterizedTest
    @EnumSource(Why.class)
    void theOthersDoNotNotice(Why why) throws InterruptedException {
        Workflow<String, String> flow = Workflow.named("flow", String.class, String.class);
        Effects effects = new Effects();
        CountDownLatch inEffect = new CountDownLatch(MANY);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger returned = new AtomicInteger();
        Revive revive = engine(
                near,
                "one",
                builder -> builder.lanes(1).threads(2 * MANY).permits(2 * MANY).register(flow, (ctx, id) -> {
                    String charged = ctx.step("charge", String.class, () -> {
                        effects.happen(id);
                        inEffect.countDown();
                        goOn.await();
                        return "charged in run " + ctx.info().run();
                    });
                    returned.incrementAndGet();
                    ctx.step("ship", () -> {});
                    return charged;
                }));
        List<WorkflowHandle<String>> handles = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            handles.add(revive.start(flow, "w" + i, "w" + i));
        }
        inEffect.await();
        update(why.change);
        Lock lock = lock("SELECT lane FROM ${prefix}fence WHERE lane = 1 FOR UPDATE");
        goOn.countDown();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> returned.get() == MANY);
        lock.rollback();

        for (int i = 0; i < MANY; i++) {
            if (i != 50) {
                assertThat(handles.get(i).result(PATIENCE)).isEqualTo("charged in run 1");
                assertThat(row("w" + i).epoch()).isEqualTo(1);
                assertThat(effects.times("w" + i)).isEqualTo(1);
            }
        }
        if (why == Why.ANOTHER_EXECUTOR) {
            assertThat(steps(ONE)).as("nothing of the refused run").hasSize(1);
            update("UPDATE ${prefix}workflow SET status = 'DUE', executor_id = NULL, due_at = 0 WHERE id = 'w50'");
        }
        assertThat(handles.get(50).result(PATIENCE)).isEqualTo(why.result);
    }
}
