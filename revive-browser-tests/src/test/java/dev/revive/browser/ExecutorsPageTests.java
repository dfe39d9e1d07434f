// SPDX-License-Identifier: Apache-2.0
package dev.revive.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.dashboard.DashboardServer;
import dev.revive.dashboard.ReviveDashboard;
import dev.revive.databases.SharedServers;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.InMemoryStore;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Create;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Executors that live by a lease, on PostgreSQL. */
class ExecutorsPageTests {
    private static final Workflow<String, String> HELD = Workflow.named("held", String.class, String.class);

    @Test
    void aLeaseIsSeenToRunDownAndToBeRenewed() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setMaximumPoolSize(16);
        CountDownLatch hold = new CountDownLatch(1);
        try (Chromium chromium = Chromium.open()) {
            config.setJdbcUrl(SharedServers.postgres().create("executors_page"));
            try (HikariDataSource pool = new HikariDataSource(config);
                    JdbcStore store = JdbcStore.over(pool);
                    Revive revive = Revive.with(store)
                            .name("alive-one")
                            .version("4.5.6")
                            .lease(Duration.ofSeconds(20))
                            .register(
                                    HELD,
                                    (ctx, input) -> ctx.step("Wait", String.class, () -> {
                                        hold.await();
                                        return input;
                                    }))
                            .shutdownGrace(Duration.ZERO)
                            .start();
                    DashboardServer server = ReviveDashboard.on(revive).start(0)) {
                revive.start(HELD, "held-1", "x");
                try (Visit visit = new Visit(chromium, Scene.at(server, "/executors"), 1440, 900, ColorScheme.LIGHT)) {
                    Locator alive = visit.page().getByLabel("Executor alive-one");
                    assertThat(alive).containsText("Alive");
                    assertThat(alive).containsText("4.5.6");
                    assertThat(alive).containsText(Pattern.compile("Runs 1\\+? workflow"));
                    assertThat(alive).containsText("held-1");
                    assertThat(alive).containsText(Pattern.compile("Heartbeat\\s*(now|\\d+ s ago)"));
                    assertThat(alive).containsText(Pattern.compile("Lease\\s*1[0-9] s left"));
                    visit.page().waitForFunction("""
                            () => {
                                const text = document.querySelector('[aria-label="Executor alive-one"]').textContent;
                                const left = Number(/(\\d+) s left/.exec(text)?.[1]);
                                const seen = (window.seenLeases ??= []);
                                if (seen.at(-1) !== left) seen.push(left);
                                const isRunDown = seen.some((one, i) => i > 0 && one < seen[i - 1]);
                                const isRenewed = seen.some((one, i) => i > 0 && one > seen[i - 1]);
                                return isRunDown && isRenewed;
                            }
                            """);
                    visit.picture("console-executors-leased");
                    visit.assertAccessible("executors with leases");

                    alive.getByText("held-1").click();
                    assertThat(visit.page().locator("main header")).containsText("alive-one");
                    hold.countDown();
                    assertThat(visit.page().locator("main header")).containsText("Completed");
                } finally {
                    hold.countDown();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {360, 768, 1440})
    void aLongNameAndVersionStayInTheirCard(int width) {
        try (Chromium chromium = Chromium.open();
                InMemoryStore store = new InMemoryStore();
                Revive revive = Revive.with(store)
                        .name("orders-service on a-long-host-name-0123456789.eu-central-1.compute.internal")
                        .version("2026.11.28-0123456789abcdef0123456789abcdef")
                        .start();
                DashboardServer server = ReviveDashboard.on(revive).start(0);
                Visit visit = new Visit(chromium, Scene.at(server, "/executors"), width, 800, ColorScheme.LIGHT)) {
            assertThat(visit.page().getByText("2026.11.28-")).isVisible();
            visit.assertFits("the executors");
            assertThat(visit.page().evaluate("""
                            () => [...document.querySelectorAll('main li')].every(card => card.scrollWidth <= card.clientWidth)
                            """)).isEqualTo(true);
        }
    }

    @Test
    void aWorkflowWhoseCodeNobodyHasSaysSoUntilSomebodyHasIt() {
        Workflow<String, String> second = HELD.version(2);
        try (Chromium chromium = Chromium.open();
                InMemoryStore store = new InMemoryStore();
                Revive first =
                        Revive.with(store).register(HELD, (ctx, in) -> in).start();
                DashboardServer server = ReviveDashboard.on(first).start(0)) {
            first.start(second, "held-2", "x", StartOptions.defaults().runElsewhere());
            try (Visit visit =
                    new Visit(chromium, Scene.at(server, "/workflow?id=held-2"), 1440, 900, ColorScheme.LIGHT)) {
                Locator header = visit.page().locator("main header");
                assertThat(header)
                        .containsText("It waits for an executor that has v2 of held: none that is alive has it.");

                try (Revive another =
                        Revive.with(store).register(second, (ctx, in) -> in).start()) {
                    assertThat(header).containsText("Completed");
                }
            }
        }
    }

    @Test
    void aDeadExecutorIsSeenWithWhatItLeftBehind() {
        HikariConfig config = new HikariConfig();
        config.setMaximumPoolSize(16);
        try (Chromium chromium = Chromium.open()) {
            config.setJdbcUrl(SharedServers.postgres().create("executors_page_dead"));
            try (HikariDataSource pool = new HikariDataSource(config);
                    JdbcStore store = JdbcStore.over(pool);
                    DashboardServer server = ReviveDashboard.over(store).start(0)) {
                ExecutorSeat seat = store.seat(new ExecutorSettings("dead-one", 1, Duration.ofSeconds(2)));
                NewWorkflow orphan =
                        new NewWorkflow("orphan-1", new WorkflowType("held", 1), "1", "hash", Instant.now());
                seat.lanes().get(0).write(List.of(new Create(orphan, Create.Start.CLAIMED, null)));
                seat.abandon();
                try (Visit visit = new Visit(chromium, Scene.at(server, "/executors"), 1440, 900, ColorScheme.LIGHT)) {
                    Locator dead = visit.page().getByLabel("Executor dead-one");
                    assertThat(dead).containsText("Dead");
                    assertThat(dead).containsText(Pattern.compile("Lease\\s*over"));
                    visit.picture("console-executor-dead");
                    visit.assertAccessible("a dead executor");

                    dead.getByText("orphan-1").click();
                    assertThat(visit.page().locator("main header")).containsText("dead-one dead");
                    visit.picture("console-orphan");
                }
            }
        }
    }
}
