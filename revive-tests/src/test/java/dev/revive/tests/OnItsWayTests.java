// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.ForwardingStore;
import dev.revive.store.InMemoryStore;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.ResultTimeoutException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowNotFoundException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a committed transaction has asked for and nobody ever starts: a version of Revive wrote it, say, that is not here any more. */
@Timeout(120)
class OnItsWayTests {
    private static final Workflow<String, String> FLOW = Workflow.named("flow", String.class, String.class);

    private final CountDownLatch asked = new CountDownLatch(3);

    private Revive revive(Duration startTimeout) {
        ForwardingStore store = new ForwardingStore(new InMemoryStore()) {
            @Override
            public boolean isOnItsWay(String workflowId) {
                asked.countDown();
                return true;
            }
        };
        return Revive.with(store)
                .startTimeout(startTimeout)
                .crashHook(CrashPlan.at(CrashPoint.BEFORE_EFFECT).losingQueued())
                .register(FLOW, (ctx, in) -> ctx.step("Work", String.class, () -> in))
                .start();
    }

    @Test
    void isWaitedForNoLongerThanAStart() {
        try (Revive revive = revive(Duration.ofSeconds(8))) {
            WorkflowHandle<String> handle = revive.handle(FLOW, "ghost");

            assertThatThrownBy(handle::status)
                    .isInstanceOf(WorkflowNotFoundException.class)
                    .hasMessageContaining("A committed transaction has asked for it");
            assertThatThrownBy(handle::result)
                    .isInstanceOf(WorkflowNotFoundException.class)
                    .hasMessageContaining("A committed transaction has asked for it");
        }
    }

    @Test
    void isNotWaitedForByWhoDoesNotWait() {
        try (Revive revive = revive(Duration.ofDays(1))) {
            assertThatThrownBy(() -> revive.handle(FLOW, "ghost").result(Duration.ZERO))
                    .isInstanceOf(ResultTimeoutException.class);
            assertThatThrownBy(() -> revive.handle(FLOW, "ghost").result(Duration.ofMillis(1)))
                    .isInstanceOf(ResultTimeoutException.class);
        }
    }

    @Test
    void isNotWaitedForOnceTheEngineHasDied() throws Exception {
        try (Revive revive = revive(Duration.ofDays(1))) {
            CompletableFuture<String> result = CompletableFuture.supplyAsync(
                    () -> revive.handle(FLOW, "ghost").result());
            assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();

            try {
                revive.start(FLOW, "it", "in"); // the last that it does
            } catch (EngineStoppedException e) {
                // it was quick to die
            }

            assertThatThrownBy(() -> result.get(1, TimeUnit.MINUTES))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(EngineStoppedException.class);
        }
    }
}
