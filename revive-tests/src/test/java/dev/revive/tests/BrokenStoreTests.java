// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.tests.support.OverheardStore;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Workflow;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that throws what no store may throw ends the engine; nobody must wait for an answer that does not come any more. */
@Timeout(60)
class BrokenStoreTests {
    private static final Workflow<String, String> ECHO = Workflow.named("echo", String.class, String.class);

    @Test
    void whoWaitsForAStartHearsOfTheEngine() {
        try (Revive revive = Revive.with(OverheardStore.of(new InMemoryStore(), (method, arguments) -> {
                    if (method.equals("write")) {
                        throw new ArithmeticException("A defect of the store.");
                    }
                }))
                .register(ECHO, (ctx, in) -> in)
                .startTimeout(Duration.ofSeconds(5))
                .start()) {
            assertThatThrownBy(() -> revive.start(ECHO, "x", "a"))
                    .isInstanceOf(EngineStoppedException.class)
                    .hasMessageContaining("A defect of the store.");
        }
    }
}
