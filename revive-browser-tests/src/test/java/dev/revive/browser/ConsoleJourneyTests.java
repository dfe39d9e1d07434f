// SPDX-License-Identifier: Apache-2.0
package dev.revive.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.dashboard.DashboardServer;
import dev.revive.dashboard.ReviveDashboard;
import dev.revive.databases.SharedServers;
import dev.revive.jdbc.JdbcStore;
import dev.revive.workflow.Outbox;
import dev.revive.workflow.WorkflowStatus;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do in the console, from the click to the row in the table. */
class ConsoleJourneyTests {
    @TempDir
    static Path directory;

    private static Chromium chromium;
    private static Scene scene;

    @BeforeAll
    static void open() throws Exception {
        chromium = Chromium.open();
        scene = new Scene(directory);
    }

    @AfterAll
    static void close() {
        if (scene != null) {
            scene.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    private static Visit visit(String path) {
        return new Visit(chromium, scene.uri(path), 1440, 900, ColorScheme.LIGHT);
    }

    @Test
    void aChipShowsHowManyThereAreAndThenOnlyThose() {
        try (Visit visit = visit("/")) {
            Locator failed = chip(visit, "Failed");
            assertThat(failed).containsText("2");
            assertThat(visit.page().getByText("order-1")).isVisible();

            failed.click();

            assertThat(failed).hasAttribute("aria-pressed", "true");
            assertThat(visit.page().getByText("failing-1")).isVisible();
            assertThat(visit.page().getByText("order-1")).hasCount(0);
            assertThat(visit.page().url()).contains("status=FAILED");
        }
    }

    @Test
    void theFiltersAreStillThereAfterTheWayBack() {
        try (Visit visit = visit("/")) {
            Page page = visit.page();
            page.getByLabel("Id begins with").fill("failing");
            chip(visit, "Failed").click();
            assertThat(page.getByText("order-1")).hasCount(0);
            page.getByText("failing-1").click();
            assertThat(page.getByRole(AriaRole.HEADING, heading("failing-1"))).isVisible();

            page.goBack();

            assertThat(page.getByLabel("Id begins with")).hasValue("failing");
            assertThat(chip(visit, "Failed")).hasAttribute("aria-pressed", "true");
            assertThat(page.getByText("failing-1")).isVisible();
            assertThat(page.getByText("order-1")).hasCount(0);
            page.reload();
            assertThat(page.getByLabel("Id begins with")).hasValue("failing");
            assertThat(page.getByText("failing-1")).isVisible();
        }
    }

    private static Visit crowded(Scene crowd) {
        for (int i = 0; i < 300; i++) {
            crowd.revive.start(Scene.ORDER, "many-%03d".formatted(i), new Scene.Order("tea", i, ""));
        }
        crowd.awaitStatus("many-299", WorkflowStatus.COMPLETED);
        return new Visit(chromium, crowd.uri("/?idPrefix=many-"), 1440, 900, ColorScheme.LIGHT);
    }

    @Test
    void threeHundredWorkflowsComePageByPage(@TempDir Path apart) throws Exception {
        try (Scene crowd = new Scene(apart);
                Visit visit = crowded(crowd)) {
            Page page = visit.page();
            assertThat(page.getByText("many-000")).isVisible();
            assertThat(page.getByText("many-299")).hasCount(0);
            Locator table = page.getByRole(AriaRole.TABLE);
            assertThat(table).hasAttribute("aria-rowcount", "-1");

            page.mouse().move(700, 600);
            page.waitForCondition(() -> {
                page.mouse().wheel(0, 1_500);
                return "301".equals(table.getAttribute("aria-rowcount"));
            });
            assertThat(table).hasAttribute("aria-rowcount", "301");
            page.evaluate("window.scrollTo(0, document.body.scrollHeight)");

            assertThat(page.getByText("many-299")).isVisible();
            assertThat(page.getByText("many-000")).hasCount(0);
            visit.picture("console-three-hundred");
        }
    }

    @Test
    void aWorkflowThatStartsWhileTheListIsOpenAppearsAndEnds() {
        try (Visit visit = visit("/?idPrefix=live-")) {
            assertThat(visit.page().getByText("Nothing matches")).isVisible();

            scene.startHeld("live-1");

            Locator row = visit.page().getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("live-1"));
            assertThat(row).containsText("Running");
            scene.hold.countDown();
            assertThat(row).containsText("Completed");
        }
    }

    @Test
    void aServerThatWasAwayIsFoundAgain() {
        DashboardServer first = scene.console(console -> console);
        int port = first.port();
        try (Visit visit = new Visit(chromium, Scene.at(first, "/?idPrefix=away-"), 1440, 900, ColorScheme.LIGHT)) {
            Page page = visit.page();
            assertThat(page.getByText("Live", exactly())).isVisible();
            first.close();
            assertThat(page.getByText("Reconnecting")).isVisible();
            visit.picture("console-reconnecting");
            scene.revive
                    .start(Scene.ORDER, "away-1", new Scene.Order("tea", 1, ""))
                    .result();

            try (DashboardServer second = startAgain(port)) {
                assertThat(page.getByText("Live", exactly())).isVisible();
                assertThat(page.getByText("away-1")).isVisible();
                assertThat(second.port()).isEqualTo(port);
            }
            visit.forgive("net::ERR_");
            visit.forgive("status of 503"); // what a server answers that is being closed
        }
    }

    /** On a port that was its own: a line of another process may have it for a moment. */
    private static DashboardServer startAgain(int port) {
        return await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> ReviveDashboard.on(scene.revive).start(port), Objects::nonNull);
    }

    @Test
    void aWorkflowsPageTellsWhatItDid() {
        try (Visit visit = visit(Scene.workflow("order-1"))) {
            Page page = visit.page();
            assertThat(page.getByRole(AriaRole.HEADING, heading("order-1"))).isVisible();
            assertThat(page.getByRole(AriaRole.BANNER)
                            .or(page.locator("main header"))
                            .last())
                    .containsText("Completed");
            Locator timeline = visit.region("Timeline");
            assertThat(timeline.getByRole(AriaRole.GROUP))
                    .hasAttribute("aria-label", Pattern.compile("^[45] recorded"));
            Locator table = page.getByRole(AriaRole.TABLE, new Page.GetByRoleOptions().setName("Steps"));
            assertThat(table.locator("[data-row]"))
                    .hasText(new String[] {"Reserve#1", "parallel#2", "2.1/Pack#1", "2.2/Pay#1", "Ship#3"});

            page.getByText("2.2/Pay#1", exactly()).click();
            Locator drawer = page.getByLabel("Step 2.2/Pay#1");
            assertThat(drawer).containsText("\"DE02 1203\"");
            assertThat(drawer).containsText("Attempts");
            visit.picture("console-step-output");
            drawer.getByLabel("Close step").click();
            assertThat(drawer).hasCount(0);

            page.getByRole(AriaRole.TAB, tab("Input and output")).click();
            assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("pieces: 2");
            assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("reserved tea, packed, paid by DE02 1203");
            page.getByRole(AriaRole.TAB, tab("Raw journal")).click();
            assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("revive_workflow");
            assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("its 5 step rows");
            assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("workflow_id");
        }
    }

    @Test
    void aFailureIsShownWithItsCauses() {
        try (Visit visit = visit(Scene.workflow("failing-1"))) {
            Page page = visit.page();
            assertThat(visit.region("Failure")).containsText("no tea today");
            page.getByText("Pay#1", exactly()).click();
            Locator drawer = page.getByLabel("Step Pay#1");
            assertThat(drawer).containsText("java.lang.IllegalStateException");
            assertThat(drawer).containsText(Pattern.compile("Caused by\\s*java.io.IOException\\s*the line is dead"));
            drawer.getByText("stack frames").first().click();
            assertThat(drawer).containsText("dev.revive.browser.Scene");
            visit.picture("console-failure");
        }
    }

    @Test
    void aStepInDoubtIsDecidedAndTheWorkflowCompletes() {
        try (Visit visit = visit(Scene.workflow("doubtful-1"))) {
            Page page = visit.page();
            assertThat(visit.region("Needs attention")).containsText("A step may or may not have happened");
            visit.button("Decide").click();
            Locator form = page.getByRole(AriaRole.FORM, new Page.GetByRoleOptions().setName("Decide"));
            form.getByText("It happened").click();
            form.getByLabel("Its value, as JSON").fill("charged by hand");
            assertThat(form).containsText("This is not JSON");
            form.getByLabel("Its value, as JSON").fill("\"charged by hand\"");
            visit.picture("console-decide");
            form.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Decide"))
                    .click();
            form.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Yes, record it"))
                    .click();

            assertThat(page.locator("main header")).containsText("Completed");
            assertThat(page.getByLabel("Step Charge#1")).containsText("A person decided");
            assertThat(page.getByLabel("Step Charge#1")).containsText("\"charged by hand\"");
            assertThat(form).hasCount(0);
            assertThat(visit.button("Decide")).hasCount(0);
        }
        assertThat(scene.store.find("doubtful-1").orElseThrow().output()).isEqualTo("\"charged by hand\"");
    }

    @Test
    void aChangeOfTheCodeIsShownSideBySideAndResumedWhenItIsMended() {
        try (Visit visit = visit(Scene.workflow("drifted-1"))) {
            Page page = visit.page();
            Locator difference = visit.region("Needs attention")
                    .getByRole(AriaRole.ROW)
                    .filter(new Locator.FilterOptions().setHasText("differs"))
                    .first();
            assertThat(difference.getByRole(AriaRole.CELL))
                    .hasText(new Pattern[] {Pattern.compile("Pack"), Pattern.compile("Weigh")});
            visit.picture("console-difference");

            scene.fix();
            visit.button("Resume").click();
            Locator dialog = page.getByRole(AriaRole.DIALOG);
            assertThat(dialog).containsText("drifted-1");
            visit.picture("console-resume");
            dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Resume"))
                    .click();

            assertThat(page.locator("main header")).containsText("Completed");
            assertThat(visit.region("Needs attention")).hasCount(0);
        }
    }

    @Test
    void aRaceTellsWhoDecidedItAndWhomItWaitsFor() {
        scene.startRacing("racing-1");
        try (Visit visit = visit(Scene.workflow("racing-1"))) {
            Page page = visit.page();
            assertThat(page.locator("main header"))
                    .containsText("first#1: It is decided by branch 2, and waits for 1 branch that is cut off.");
            Locator table = page.getByRole(AriaRole.TABLE);
            assertThat(table).containsText("Decided");
            assertThat(table).containsText("Cut off: branch 2 has completed");

            table.getByText("first#1").click();
            Locator drawer = page.getByLabel("Step first#1");
            assertThat(drawer).containsText("Branch 1 is cut off, and cleans up.");
            assertThat(drawer).containsText("Branch 2 completed, and decided it.");
            visit.picture("console-race");
            drawer.getByLabel("Close step").click();

            scene.cleanUp.countDown();
            assertThat(page.locator("main header")).containsText("Completed");
            table.getByText("1.1/remark#1").click();
            assertThat(page.getByLabel("Step 1.1/remark#1")).containsText("Its branch was cut off");
        }
    }

    @Test
    void aWorkflowIsPausedResumedSignalledAndCancelled() {
        scene.startAsking("asking-1");
        try (Visit visit = visit(Scene.workflow("asking-1"))) {
            Page page = visit.page();
            Locator header = page.locator("main header");
            assertThat(header).containsText("Waits for the signal approval until");

            answer(visit, "Pause", "the bank is closed");
            assertThat(header).containsText(Pattern.compile("Paused, .*: the bank is closed"));
            assertThat(visit.button("Pause")).hasCount(0);

            visit.button("Signal").click();
            Locator dialog = page.getByRole(AriaRole.DIALOG);
            assertThat(dialog.getByLabel("Name of the signal")).hasValue("approval");
            dialog.getByLabel("What it carries, as JSON").fill("Ada");
            assertThat(dialog).containsText("This is not JSON");
            dialog.getByLabel("What it carries, as JSON").fill("\"Ada\"");
            visit.picture("console-signal");
            dialog.getByRole(AriaRole.BUTTON, named("Send")).click();
            assertThat(dialog).hasCount(0);
            visit.region("Inbox").getByText("approval").click();
            assertThat(visit.region("Inbox")).containsText("\"Ada\"");

            visit.button("Resume").click();
            dialog.getByRole(AriaRole.BUTTON, named("Resume")).click();
            assertThat(header).containsText("Waits for the signal remark.");
            assertThat(visit.region("Inbox")).hasCount(0);

            answer(visit, "Cancel", "too expensive");
            assertThat(header).containsText("Cancelled");
            assertThat(visit.region("Failure")).containsText("too expensive");
            assertThat(page.getByRole(AriaRole.TABLE).locator("[data-row]"))
                    .hasText(new String[] {"approval#1", "remark#2", "Give Back#3"});
            assertThat(visit.button("Cancel")).hasCount(0);
            visit.picture("console-cancelled");
        }
        assertThat(scene.store.find("asking-1").orElseThrow().status()).isEqualTo(WorkflowStatus.CANCELLED);
    }

    @Test
    void aWorkflowIsTerminatedInTheMiddleOfAStepAndSaysThatItIsAskedTo() {
        scene.startStuck("terminated-1");
        try (Visit visit = visit(Scene.workflow("terminated-1"))) {
            answer(visit, "Cancel", "");
            assertThat(visit.page().locator("main header")).containsText("Cancel asked, ");

            answer(visit, "Terminate", "it hangs");

            assertThat(visit.page().locator("main header")).containsText("Terminated");
            assertThat(visit.region("Failure")).containsText("The workflow was terminated");
            visit.picture("console-terminated");
        }
    }

    @Test
    void thePathLeadsFromAParentToItsChildAndBack() {
        scene.startParent("ordering-1", "bill-1");
        scene.revive.workflow("ordering-1").signal(Scene.APPROVAL, "Ada");
        try (Visit visit = visit(Scene.workflow("ordering-1"))) {
            Page page = visit.page();
            Locator header = page.locator("main header");
            Locator drawer = page.getByLabel("Step asking#1");
            assertThat(header).containsText("Waits for the child bill-1.");
            assertThat(visit.region("Timeline").getByLabel("asking, child bill-1, Waiting"))
                    .hasCount(1);

            page.getByText("asking#1", exactly()).click();
            assertThat(drawer).containsText("It is cancelled if this workflow ends first.");
            visit.picture("console-child");
            visit.assertAccessible("the start of a child");
            drawer.getByRole(AriaRole.LINK, named("bill-1")).click();
            assertThat(page.getByRole(AriaRole.HEADING, heading("bill-1"))).isVisible();
            assertThat(page.getByLabel("Step asking#1")).hasCount(0);
            assertThat(header).containsText("Child of ordering-1, started by its call #1.");
            assertThat(header).containsText("Waits for the signal approval");
            visit.picture("console-of-parent");
            visit.assertAccessible("a child's page");

            header.getByRole(AriaRole.LINK, named("ordering-1")).click();
            assertThat(page.getByRole(AriaRole.HEADING, heading("ordering-1"))).isVisible();
            header.getByRole(AriaRole.LINK, named("Waits for the child bill-1")).click();
            assertThat(page.getByRole(AriaRole.HEADING, heading("bill-1"))).isVisible();
            page.goBack();
            assertThat(page.getByRole(AriaRole.HEADING, heading("ordering-1"))).isVisible();

            scene.answer("bill-1");
            assertThat(header).containsText("Completed");
            assertThat(visit.region("Inbox")).hasCount(0);
            page.getByText("asking#3", exactly()).click();
            assertThat(page.getByLabel("Step asking#3")).containsText("Ada, thanks");
        }
    }

    @Test
    void theEndOfAChildIsInTheInboxUntilItsParentAsksForIt() {
        scene.startParent("ordering-2", "bill-2");
        try (Visit visit = visit(Scene.workflow("ordering-2"))) {
            Page page = visit.page();
            assertThat(page.locator("main header")).containsText("Waits for the signal approval");

            scene.answer("bill-2");
            assertThat(visit.region("Inbox")).containsText("Child bill-2 has ended");
            visit.picture("console-child-ended");
            visit.assertAccessible("an inbox with news of a child");

            scene.revive.workflow("ordering-2").signal(Scene.APPROVAL, "Ada");
            assertThat(page.locator("main header")).containsText("Completed");
            assertThat(visit.region("Inbox")).hasCount(0);
            page.getByRole(AriaRole.TABLE)
                    .getByRole(AriaRole.LINK, named("bill-2"))
                    .click();
            assertThat(page.getByRole(AriaRole.HEADING, heading("bill-2"))).isVisible();
        }
    }

    @Test
    void whatATransactionAskedForAndCouldNotBeDoneIsTriedAgainOrDiscarded() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setMaximumPoolSize(16);
        config.setJdbcUrl(SharedServers.postgres().create("console_journey"));
        try (HikariDataSource pool = new HikariDataSource(config);
                JdbcStore store = JdbcStore.over(pool);
                Revive revive = Revive.with(store)
                        .register(Scene.HELD, (ctx, in) -> in)
                        .register(Scene.ASKING, (ctx, in) -> ctx.await(Scene.APPROVAL) + " approves " + in)
                        .start();
                DashboardServer server = ReviveDashboard.on(revive).start(0);
                Visit visit = new Visit(chromium, Scene.at(server, "/"), 1440, 900, ColorScheme.LIGHT)) {
            Page page = visit.page();
            revive.start(Scene.HELD, "held-1", "tea").result();
            assertThat(page.getByText("held-1")).isVisible();
            Locator notice = page.getByText("could not be done");
            assertThat(notice).hasCount(0);

            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                Outbox outbox = revive.in(connection);
                outbox.start(Scene.HELD, "held-1", "coffee");
                outbox.signal("asking-1", Scene.APPROVAL, "Ada");
                connection.commit();
            }
            assertThat(notice).containsText("2 requests of committed transactions could not be done.");
            visit.picture("console-notice");
            visit.assertAccessible("the notice");
            notice.click();
            Locator rows = page.getByRole(AriaRole.LISTITEM);
            assertThat(rows).hasCount(2);
            assertThat(rows.nth(0)).containsText("start held v1");
            assertThat(rows.nth(0).getByRole(AriaRole.LINK)).hasText("held-1");
            assertThat(rows.nth(1)).containsText("There was no workflow with this id.");
            assertThat(rows.nth(1).getByRole(AriaRole.LINK)).hasCount(0);
            rows.nth(1).getByText("What it carries").click();
            assertThat(rows.nth(1)).containsText("\"Ada\"");
            visit.picture("console-undelivered");
            try (Visit small = new Visit(chromium, Scene.at(server, "/undelivered"), 360, 780, ColorScheme.DARK)) {
                assertThat(small.page().getByText("start held v1")).isVisible();
                small.picture("console-undelivered-dark-360");
                small.assertFits("what could not be done");
                small.assertAccessible("what could not be done");
                small.page().navigate(Scene.at(server, "/").toString());
                assertThat(small.page().getByText("could not be done")).isVisible();
                small.picture("console-notice-dark-360");
                small.assertFits("the notice");
            }

            confirm(rows.nth(0), visit, "Discard");
            assertThat(rows).hasCount(1);
            revive.start(Scene.ASKING, "asking-1", "tea");
            confirm(rows.nth(0), visit, "Try again");
            assertThat(page.getByText("Everything was done")).isVisible();
            assertThat(revive.handle(Scene.ASKING, "asking-1").result()).isEqualTo("Ada approves tea");
            page.getByRole(AriaRole.LINK, tab("Workflows").setExact(true)).click();
            assertThat(page.getByText("asking-1")).isVisible();
            assertThat(notice).hasCount(0);
        }
    }

    private static void confirm(Locator row, Visit visit, String verb) {
        row.getByRole(AriaRole.BUTTON, named(verb)).click();
        Locator dialog = visit.page().getByRole(AriaRole.DIALOG);
        visit.picture("console-" + verb.toLowerCase(Locale.ROOT).replace(' ', '-'));
        dialog.getByRole(AriaRole.BUTTON, named(verb)).click();
        assertThat(dialog).hasCount(0);
    }

    private static void answer(Visit visit, String verb, String reason) {
        visit.button(verb).click();
        Locator dialog = visit.page().getByRole(AriaRole.DIALOG);
        dialog.getByLabel("Reason, for whoever asks later").fill(reason);
        dialog.getByRole(AriaRole.BUTTON, named(verb + " workflow")).click();
        assertThat(dialog).hasCount(0);
    }

    private static Locator.GetByRoleOptions named(String name) {
        return new Locator.GetByRoleOptions().setName(name).setExact(true);
    }

    private static Locator chip(Visit visit, String state) {
        return visit.page()
                .getByRole(AriaRole.GROUP, new Page.GetByRoleOptions().setName("States"))
                .getByRole(AriaRole.BUTTON)
                .filter(new Locator.FilterOptions().setHasText(state));
    }

    private static Page.GetByRoleOptions heading(String id) {
        return new Page.GetByRoleOptions().setName(id).setExact(true);
    }

    private static Page.GetByRoleOptions tab(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    private static Page.GetByTextOptions exactly() {
        return new Page.GetByTextOptions().setExact(true);
    }
}
