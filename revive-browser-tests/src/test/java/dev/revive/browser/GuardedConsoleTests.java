// SPDX-License-Identifier: Apache-2.0
package dev.revive.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.revive.dashboard.DashboardServer;
import dev.revive.dashboard.ReviveDashboard;
import dev.revive.dashboard.Role;
import dev.revive.dashboard.Visitor;
import dev.revive.dashboard.view.PayloadPlace.Content;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the console shows to somebody who may not see or do everything, and that nothing of what it shows is ever run. */
class GuardedConsoleTests {
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

    private static void with(UnaryOperator<ReviveDashboard> settings, String path, Look look) {
        try (DashboardServer server = scene.console(settings);
                Visit visit = new Visit(chromium, Scene.at(server, path), 1440, 900, ColorScheme.LIGHT)) {
            look.at(visit);
        }
    }

    /** What is looked at, and expected. */
    private interface Look {
        void at(Visit visit);
    }

    private static ReviveDashboard viewer(ReviveDashboard console) {
        return console.authentication(request -> Optional.of(Visitor.of("vera", Role.VIEW)));
    }

    @Test
    void whoMayOnlyViewSeesThatPayloadsAreHidden() {
        with(GuardedConsoleTests::viewer, Scene.workflow("order-1") + "&tab=data", visit -> {
            Page page = visit.page();
            assertThat(page.getByText("your user has no role VIEW_PAYLOADS")).hasCount(2);
            assertThat(page.getByText("vera")).isVisible();
            assertThat(page.getByText("Read only")).isVisible();
            page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Steps"))
                    .click();
            page.getByText("2.2/Pay#1").click();
            assertThat(page.getByLabel("Step 2.2/Pay#1")).containsText("Hidden");
            visit.picture("console-hidden");
            page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Raw journal"))
                    .click();
            assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("Payloads are hidden");
            assertThat(page.locator("body")).not().containsText("DE02");
            visit.assertAccessible("a workflow whose payloads are hidden");
        });
    }

    @Test
    void whoMayOnlyViewIsOfferedNoAction() {
        with(GuardedConsoleTests::viewer, Scene.workflow("doubtful-2"), visit -> {
            assertThat(visit.page().locator("main header")).containsText("Needs attention");
            assertNoAction(visit);
        });
    }

    @Test
    void whoMayOnlyViewDoesNotReadTheMessagesOfExceptions() {
        with(GuardedConsoleTests::viewer, Scene.workflow("failing-1"), visit -> {
            assertThat(visit.region("Failure")).containsText("StepFailedException");
            visit.page()
                    .getByText("Pay#1", new Page.GetByTextOptions().setExact(true))
                    .click();
            assertThat(visit.page().getByLabel("Step Pay#1")).containsText("java.io.IOException");
            assertThat(visit.page().locator("body")).not().containsText("no tea today");
            assertThat(visit.page().locator("body")).not().containsText("the line is dead");
        });
    }

    @Test
    void aReadOnlyConsoleShowsEverythingAndOffersNothing() {
        with(ReviveDashboard::readOnly, Scene.workflow("doubtful-2"), visit -> {
            assertThat(visit.page().locator("main header")).containsText("Needs attention");
            assertThat(visit.page().getByText("Read only")).isVisible();
            assertNoAction(visit);
            visit.page()
                    .getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Input and output"))
                    .click();
            assertThat(visit.page().getByRole(AriaRole.TABPANEL)).containsText("\"card\"");
            visit.picture("console-read-only");
        });
    }

    private static void assertNoAction(Visit visit) {
        for (String action : new String[] {"Decide", "Resume", "Wake"}) {
            assertThat(visit.button(action)).hasCount(0);
        }
        visit.page()
                .getByText("Charge#1", new Page.GetByTextOptions().setExact(true))
                .click();
        assertThat(visit.page().getByLabel("Step Charge#1")).containsText("Nobody knows whether it happened");
        assertThat(visit.page().getByRole(AriaRole.FORM)).hasCount(0);
    }

    @Test
    void whatTheHostRedactsIsNowhereInThePage() {
        UnaryOperator<ReviveDashboard> redacted =
                console -> console.redaction((place, text) -> place.content() == Content.OUTPUT && place.step() == null
                        ? null
                        : text.replaceAll("(\"iban\":)\"[^\"]*\"", "$1\"***\""));
        with(redacted, Scene.workflow("order-1") + "&tab=data", visit -> {
            Page page = visit.page();
            Locator panel = page.getByRole(AriaRole.TABPANEL);
            assertThat(panel).containsText("iban: \"***\"");
            assertThat(panel).containsText("Parts of it are hidden by the host application");
            visit.picture("console-redacted");
            page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Steps"))
                    .click();
            page.getByText("2.2/Pay#1").click();
            assertThat(page.getByLabel("Step 2.2/Pay#1")).containsText("iban: \"***\"");
            page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Raw journal"))
                    .click();
            assertThat(panel).containsText("revive_workflow");
            assertThat(page.locator("body")).not().containsText("DE02");
        });
    }

    @Test
    void somebodyWithoutARoleIsTold() {
        with(
                console -> console.authentication(request -> Optional.of(
                        request.header("Sec-Fetch-Dest").equals(Optional.of("empty"))
                                ? Visitor.of("norman")
                                : Visitor.of("norman", Role.VIEW))),
                "/",
                visit -> {
                    assertThat(visit.page().getByRole(AriaRole.ALERT)).containsText("Your user has no role for this");
                    visit.picture("console-no-role");
                    visit.forgive("403");
                });
    }

    @Test
    void scriptStaysTextWhereverItIsShown() {
        try (Visit visit = new Visit(chromium, scene.uri("/"), 1440, 900, ColorScheme.LIGHT)) {
            Page page = visit.page();
            page.evaluate("document.addEventListener('securitypolicyviolation', () => console.error('a CSP report'))");
            Locator link = page.getByRole(
                    AriaRole.LINK,
                    new Page.GetByRoleOptions().setName(Scene.SCRIPT).setExact(true));
            assertThat(link).isVisible();
            harmless(visit);
            page.getByLabel("Type").selectOption(Scene.SCRIPT);
            assertThat(page.getByText("order-1")).hasCount(0);
            link.click();

            assertThat(page.getByRole(AriaRole.HEADING).first()).hasText(Scene.SCRIPT);
            assertThat(visit.region("Failure")).containsText(Scene.SCRIPT);
            harmless(visit);
            page.locator("[data-row='0']").click();
            Locator drawer = page.locator("aside");
            assertThat(drawer).containsText(Scene.SCRIPT + "#1");
            assertThat(drawer).containsText("Output");
            harmless(visit);
            page.locator("[data-row='1']").click();
            assertThat(drawer).containsText("IllegalStateException");
            assertThat(drawer).containsText(Scene.SCRIPT);
            visit.picture("console-script");
            harmless(visit);
            page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Input and output"))
                    .click();
            assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("<script>");
            page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Raw journal"))
                    .click();
            assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("<script>");
            harmless(visit);
            URI typed = scene.uri(
                    "/?idPrefix=%3Cscript%3Edocument.title%3D%27owned%27%3C%2Fscript%3E&name=%3Cimg%20src%3Dx%3E");
            page.navigate(typed.toString());
            assertThat(page.getByText("Nothing matches")).isVisible();
            harmless(visit);
        }
    }

    private static void harmless(Visit visit) {
        assertThat(visit.page().title()).isNotEqualTo("owned");
        assertThat(visit.page().locator("img, iframe, body script")).hasCount(0);
    }
}
