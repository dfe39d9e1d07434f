// SPDX-License-Identifier: Apache-2.0
package dev.revive.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Keyboard;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.SelectOption;
import dev.revive.examples.simulator.SimulatorServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole journeys without a mouse. */
class KeyboardTests {
    private static Chromium chromium;

    @TempDir
    Path directory;

    @BeforeAll
    static void open() {
        chromium = Chromium.open();
    }

    @AfterAll
    static void close() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @Test
    void aStepIsFoundAndDecided() throws Exception {
        try (Scene scene = new Scene(directory);
                Visit visit = new Visit(chromium, scene.uri("/"), 1440, 900, ColorScheme.LIGHT)) {
            Page page = visit.page();
            Keyboard keyboard = page.keyboard();
            assertThat(page.getByText("order-1")).isVisible();
            keyboard.press("/");
            keyboard.type("doubtful-2");
            assertThat(page.locator("[data-row]")).hasText(new String[] {"doubtful-2"});
            keyboard.press("Escape");
            keyboard.press("j");
            keyboard.press("Enter");
            assertThat(page.getByRole(AriaRole.HEADING).first()).hasText("doubtful-2");

            tabTo(page, visit.button("Decide"));
            keyboard.press("Enter");
            Locator form = page.getByRole(AriaRole.FORM);
            assertThat(form).isVisible();
            tabTo(page, form.getByRole(AriaRole.RADIO).first());
            keyboard.press("Space");
            tabTo(page, form.getByLabel("Its value, as JSON"));
            keyboard.press("Control+A");
            keyboard.type("\"found on the statement\"");
            tabTo(page, form.getByRole(AriaRole.BUTTON).first());
            keyboard.press("Enter");
            assertThat(form).containsText("Yes, record it");
            tabTo(page, form.getByRole(AriaRole.BUTTON).first());
            keyboard.press("Enter");
            assertThat(page.locator("main header")).containsText("Completed");

            keyboard.press("Escape");
            assertThat(page.locator("aside")).hasCount(0);
            keyboard.press("Escape");
            assertThat(page.getByLabel("Id begins with")).hasValue("doubtful-2");
            keyboard.press("g");
            keyboard.press("e");
            assertThat(page.getByLabel("Executor today")).isVisible();
        }
    }

    @Test
    void aWorkflowIsSignalledAndCancelled() throws Exception {
        try (Scene scene = new Scene(directory)) {
            scene.startAsking("asking-1");
            try (Visit visit =
                    new Visit(chromium, scene.uri(Scene.workflow("asking-1")), 1440, 900, ColorScheme.LIGHT)) {
                Page page = visit.page();
                Keyboard keyboard = page.keyboard();
                assertThat(visit.button("Signal")).isVisible();
                tabTo(page, visit.button("Signal"));
                keyboard.press("Enter");
                Locator dialog = page.getByRole(AriaRole.DIALOG);
                assertThat(dialog.getByLabel("Name of the signal")).isFocused();
                tabTo(page, dialog.getByLabel("What it carries, as JSON"));
                keyboard.type("\"Ada\"");
                tabTo(page, dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Send")));
                keyboard.press("Enter");
                assertThat(page.locator("main header")).containsText("Waits for the signal remark.");
                assertThat(visit.button("Signal")).isFocused();

                tabTo(page, visit.button("Cancel"));
                keyboard.press("Enter");
                assertThat(dialog.getByRole(AriaRole.TEXTBOX)).isFocused();
                keyboard.type("too expensive");
                keyboard.press("Enter");

                assertThat(page.locator("main header")).containsText("Cancelled");
            }
        }
    }

    @Test
    void escapeLeavesTheSearchAndKeepsWhatItFound() throws Exception {
        try (Scene scene = new Scene(directory);
                Visit visit = new Visit(chromium, scene.uri("/"), 1440, 900, ColorScheme.LIGHT)) {
            Page page = visit.page();
            assertThat(page.getByText("order-1")).isVisible();
            page.keyboard().press("/");
            page.keyboard().type("order-");

            page.keyboard().press("Escape");

            Locator search = page.getByLabel("Id begins with");
            assertThat(search).not().isFocused();
            assertThat(search).hasValue("order-");
        }
    }

    @Test
    void twoEscapesInOneBreathLeadFromTheStepToTheList() throws Exception {
        try (Scene scene = new Scene(directory);
                Visit visit = new Visit(chromium, scene.uri("/?idPrefix=order-"), 1440, 900, ColorScheme.LIGHT)) {
            Page page = visit.page();
            page.getByText("order-1").click();
            page.getByText("Reserve#1").last().click();
            assertThat(page.locator("aside")).isVisible();

            page.evaluate("""
                    () => {
                        for (let i = 0; i < 2; i++) {
                            document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
                        }
                    }
                    """);

            assertThat(page.getByLabel("Id begins with")).hasValue("order-");
        }
    }

    @Test
    void aPageKnowsItsKeysAsSoonAsItIsDrawn() throws Exception {
        try (Scene scene = new Scene(directory);
                Visit visit = new Visit(chromium, scene.uri("/"), 1440, 900, ColorScheme.LIGHT)) {
            Page page = visit.page();
            page.getByText("order-1").click();
            page.getByText("Reserve#1").last().click();
            assertThat(page.locator("aside")).isVisible();

            page.evaluate("""
                    () => {
                        const press = key => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
                        const watcher = new MutationObserver(() => {
                            if (document.querySelector('aside') === null) {
                                watcher.disconnect();
                                press('Escape');
                            }
                        });
                        watcher.observe(document.body, { childList: true, subtree: true });
                        press('Escape');
                    }
                    """);

            assertThat(page.getByLabel("Id begins with")).isVisible();
        }
    }

    @Test
    void theSimulatorIsRunKilledAndResumed() {
        try (SimulatorServer server = SimulatorServer.start(directory, null, 0);
                Visit visit = new Visit(chromium, server.uri(), 1440, 900, ColorScheme.LIGHT)) {
            Page page = visit.page();
            visit.awaitCaption("welcome");
            page.getByLabel("A step takes").selectOption(new SelectOption().setLabel("5 s")); // time to find the button
            press(page, visit.button("Run"));
            visit.awaitCaption("step");
            press(page, visit.button("Crash now"));
            visit.awaitCaption("kept");
            press(page, visit.button("Resume"));
            visit.awaitCaption("finished");
            assertThat(visit.region("The step table")).containsText("workflow COMPLETED");
        }
    }

    private static void press(Page page, Locator button) {
        assertThat(button).hasAttribute("aria-disabled", "false");
        tabTo(page, button);
        page.keyboard().press("Enter");
    }

    /** Tab, until it has the focus, which must be visible then. */
    private static void tabTo(Page page, Locator target) {
        for (int i = 0; i < 60; i++) {
            if ((boolean) target.evaluate("element => element === document.activeElement")) {
                assertThat(target.evaluate("element => element.matches(':focus-visible')"))
                        .isEqualTo(true);
                return;
            }
            page.keyboard().press("Tab");
        }
        throw new AssertionError("Sixty tabs do not lead to " + target);
    }
}
