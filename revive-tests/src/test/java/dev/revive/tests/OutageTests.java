// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.Logs;
import dev.revive.tests.support.OverheardStore;
import dev.revive.workflow.Workflow;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the log says of a store that does not answer for a while. */
@Timeout(120)
class OutageTests {
    private static final Workflow<String, String> ECHO = Workflow.named("echo", String.class, String.class);

    /** What the store is asked, and who waits for it. */
    private static final Map<String, String> WAITING = Map.of(
            "claim", "claiming",
            "renew", "the renewal of the lease",
            "sweep", "the look for executors that died",
            "write", "a batch");

    private static final int TRIES_IN_VAIN = 3;

    private final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private final JdbcConnectionPool pool =
            JdbcConnectionPool.create("jdbc:h2:mem:outage-" + System.nanoTime() + ";DB_CLOSE_DELAY=-1", "sa", "");

    @Test
    void isToldOnceWhenItBeginsAndOnceWhenItIsOver() {
        try (Logs logs = new Logs();
                Revive revive = Revive.with(silentAtFirst(JdbcStore.over(pool)))
                        .register(ECHO, (ctx, in) -> in)
                        .lease(Duration.ofSeconds(9))
                        .start()) {
            revive.start(ECHO, "x", "a");

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(WAITING.values())
                            .allSatisfy(what -> assertThat(logs.lines("The store answers again, " + what + " goes on"))
                                    .singleElement()
                                    .satisfies(line -> assertThat(line).contains("INFO"))));
            assertThat(WAITING.values())
                    .allSatisfy(what -> assertThat(logs.lines("The store does not answer, " + what + " waits: "))
                            .singleElement()
                            .satisfies(line -> assertThat(line).contains("WARN")));
        } finally {
            pool.dispose();
        }
    }

    private WorkflowStore silentAtFirst(WorkflowStore store) {
        return OverheardStore.of(store, (method, arguments) -> {
            if (WAITING.containsKey(method) && asked.merge(method, 1, Integer::sum) <= TRIES_IN_VAIN) {
                throw new StoreUnavailableException("The store is out of order.", null);
            }
        });
    }
}
