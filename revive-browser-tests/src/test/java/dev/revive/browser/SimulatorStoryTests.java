// SPDX-License-Identifier: Apache-2.0
package dev.revive.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.SelectOption;
import dev.revive.examples.simulator.SimulatorServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A person at the simulator's page, with real processes behind it. */
class SimulatorStoryTests {
    private static final String EMAIL = "Send Welcome Email";
    private static final List<String> IN_THE_PAIR = List.of("Provision Laptop", "Grant Access");
    private static final Map<String, String> UNDONE = Map.of(
            "The account was closed", "An account was opened",
            "The laptop went back", "A laptop was ordered",
            "The employee was struck off", "An employee was created");
    private static final double PATIENCE = 60_000;

    private static Chromium chromium;

    @TempDir
    Path directory;

    private SimulatorServer server;
    private Visit visit;

    @BeforeAll
    static void openBrowser() {
        chromium = Chromium.open();
    }

    @AfterAll
    static void closeBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void open() {
        server = SimulatorServer.start(directory, null, 0);
        visit = new Visit(chromium, server.uri(), 1440, 900, ColorScheme.LIGHT);
    }

    @AfterEach
    void close() {
        try {
            visit.close();
        } finally {
            server.close();
        }
    }

    @Test
    void aFirstVisitTellsTheWholeStory() {
        visit.awaitCaption("welcome");
        assertThat(visit.region("The workflow")).containsText("Onboarding.java");
        visit.picture("simulator-begin");
        plan(EMAIL, "AFTER_EFFECT");
        press("Run");
        assertThat(visit.region("The step table")).containsText("COMPLETED");
        visit.frame();
        visit.awaitCaption("kept");
        assertThat(visit.region("Processes")).containsText("dead");
        assertThat(visit.region("The step table")).containsText(Pattern.compile("a zombie.*[Dd]id it happen"));
        assertThat(world("An e-mail was sent")).containsText("once");
        visit.picture("simulator-crashed");
        press("Resume");
        visit.awaitCaption("again");
        visit.frame();
        visit.awaitCaption("finished");
        visit.picture("simulator-resumed");
        visit.animation("simulator");

        assertThat(world("An e-mail was sent")).containsText("twice");
        assertThat(world("An e-mail was sent")).containsText("A did it and died before it could record it");
        assertThat(world("A laptop was ordered")).containsText("once");
        assertThat(visit.region("Runs")).containsText("Create Employee Record, Provision Laptop, Grant Access");
        assertThat(visit.captions())
                .containsExactly(
                        "welcome",
                        "run",
                        "step",
                        "recorded",
                        "parallel",
                        "died",
                        "kept",
                        "resumed",
                        "takeover",
                        "replay",
                        "again",
                        "twice",
                        "finished");
        visit.assertAccessible("the simulator after a whole story");
        visit.assertFits("the simulator");
    }

    /** Each point and each step; {@code SimulatorTests} has all of them without a page. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEFORE_EFFECT Create Employee Record",
                "AFTER_EFFECT Provision Laptop",
                "AFTER_OUTCOME Grant Access",
                "AFTER_OUTCOME Send Welcome Email"
            })
    void crashesAtAPointAndGoesOn(String planned) {
        crashAt(planned);
    }

    @ParameterizedTest
    @Tag("full")
    @ValueSource(
            strings = {
                "AFTER_EFFECT Create Employee Record",
                "AFTER_OUTCOME Create Employee Record",
                "BEFORE_EFFECT Provision Laptop",
                "AFTER_OUTCOME Provision Laptop",
                "BEFORE_EFFECT Grant Access",
                "AFTER_EFFECT Grant Access",
                "BEFORE_EFFECT Send Welcome Email"
            })
    void crashesAtEveryOtherPointAndGoesOn(String planned) {
        crashAt(planned);
    }

    private void crashAt(String planned) {
        String point = planned.substring(0, planned.indexOf(' '));
        String step = planned.substring(planned.indexOf(' ') + 1);
        quick();
        plan(step, point);
        press("Run");
        visit.awaitCaption("kept");
        press("Resume");
        visit.awaitCaption("finished");

        assertThat(visit.region("The step table")).containsText("workflow COMPLETED");
        if (point.equals("AFTER_EFFECT")) {
            assertThat(visit.captions()).contains("twice");
        } else if (!IN_THE_PAIR.contains(step)) { // there the other one may have acted, too, and not be recorded
            assertThat(visit.captions()).doesNotContain("twice");
        }
    }

    @Test
    void aSecondExecutorTakesOverFromAFrozenOneWhoseLateWriteIsRefused() {
        steps("5 s"); // time to freeze it in the middle of one
        press("Run");
        assertThat(visit.page().locator(".source-line[data-lit=true]").first()).isVisible(visible());
        visit.awaitCaption("parallel");
        press("Freeze A");
        press("Second executor");
        visit.awaitCaption("finished");
        visit.picture("simulator-takeover");
        press("Thaw A");

        // All at once, for the effects ended long ago: the page may show only the last of these captions as the newest.
        assertThat(visit.region("Execution log"))
                .containsText("write refused", new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE));
        assertThat(visit.captions())
                .contains("frozen", "second", "takeover", "replay", "finished", "thawed", "refused");
    }

    @Test
    void theEmailInDoubtIsSentAgainOrNotOrAskedFor() {
        List<String> deliveries = List.of("At most once", "Reconcile");
        for (String delivery : deliveries) {
            quick();
            visit.page()
                    .getByText(delivery, new com.microsoft.playwright.Page.GetByTextOptions().setExact(true))
                    .click();
            plan(EMAIL, "AFTER_EFFECT");
            press("Run");
            visit.awaitCaption("kept");
            press("Resume");
            visit.awaitCaption("finished");
            assertThat(world("An e-mail was sent")).containsText("once");
            assertThat(visit.captions()).contains(delivery.equals("Reconcile") ? "asked" : "given-up");
            press("Reset everything");
            assertThat(visit.region("Processes")).containsText("No process yet");
        }
    }

    @Test
    void theOnboardingThatWaitsForAnApprovalIsCrashedWaitsOnAndGoesOn() {
        quick();
        visit.page().getByLabel("Scene").selectOption("APPROVAL");
        visit.page().getByLabel("The manager approves within").selectOption(new SelectOption().setLabel("5 min"));
        press("Run");
        assertThat(visit.region("Execution log"))
                .containsText(
                        "gives the workflow back", new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE));
        assertThat(visit.region("Run it, and kill it")).containsText("Waits for the approval until");
        press("Crash now");
        visit.awaitCaption("kept");
        visit.picture("simulator-waits");
        press("Resume");
        visit.awaitCaption("resumed");
        assertThat(visit.region("The step table")).containsText("waits until");
        visit.assertAccessible("the simulator while it waits");
        visit.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        visit.page().setViewportSize(360, 780);
        visit.picture("simulator-waits-dark-360");
        visit.assertAccessible("the simulator on a phone in the dark while it waits");
        visit.assertFits("the simulator on a phone while it waits");
        visit.button("Approve").press("Enter");
        visit.awaitCaption("finished");

        assertThat(world("A laptop was ordered")).containsText("once");
        assertThat(world("The hire was put on hold")).containsText("not yet");
        assertThat(visit.captions()).containsSubsequence("waits", "died", "kept", "resumed", "received", "finished");
    }

    @Test
    void theHireIsCalledOffAndWhatWasDoneIsUndone() {
        visit.page().getByLabel("Scene").selectOption("CALLED_OFF");
        runUntilTheFirstDay("5 min");
        press("Call the hire off");
        visit.awaitCaption("finished");
        visit.picture("simulator-called-off");

        assertThat(visit.region("The step table")).containsText("workflow CANCELLED");
        assertAllIsUndoneOnce();
        assertThat(world("An e-mail was sent")).containsText("not yet");
        assertThat(visit.captions())
                .containsExactly(
                        "welcome",
                        "run",
                        "step",
                        "recorded",
                        "sleeps",
                        "called-off",
                        "woken",
                        "replay",
                        "cancelled",
                        "undo",
                        "finished");
        visit.assertAccessible("the simulator after a hire was called off");
        visit.assertFits("the simulator after a hire was called off");
    }

    @Test
    void aCrashAmidTheUndoingOfAHireIsTakenUpAndTheLaptopGoesBackOnce() {
        visit.page().getByLabel("Scene").selectOption("CALLED_OFF");
        plan("Undo Provision Laptop", "AFTER_EFFECT");
        runUntilTheFirstDay("5 min");
        assertThat(visit.region("Run it, and kill it")).containsText("Sleeps until the first day");
        visit.picture("simulator-sleeps");
        press("Call the hire off");
        visit.awaitCaption("kept");
        visit.picture("simulator-undoes");

        assertThat(visit.region("Processes")).containsText("halted after the effect of \"Undo Provision Laptop\"");
        assertThat(visit.region("The step table")).containsText("a zombie");
        assertThat(world("The laptop went back")).containsText("once");
        assertThat(world("The employee was struck off")).not().containsText("once");
        assertThat(visit.button("Call the hire off")).hasAttribute("aria-disabled", "true");
        visit.assertAccessible("the simulator amid the undoing of a hire");
        press("Resume");
        visit.awaitCaption("finished");
        visit.picture("simulator-undone");

        assertThat(visit.region("The step table")).containsText("workflow CANCELLED");
        assertAllIsUndoneOnce();
        assertThat(world("The laptop went back"))
                .containsText("A did it and could not record it, so B asked for it again");
        assertThat(visit.captions())
                .containsSubsequence(
                        "called-off",
                        "cancelled",
                        "undo",
                        "died",
                        "kept",
                        "resumed",
                        "again",
                        "recognised",
                        "finished");
        visit.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        visit.page().setViewportSize(360, 780);
        visit.region("The outside world").scrollIntoViewIfNeeded();
        visit.picture("simulator-undone-dark-360");
        visit.assertAccessible("the simulator on a phone in the dark after a hire was undone");
        visit.assertFits("the simulator on a phone after a hire was undone");
    }

    @Test
    void aHireCannotBeCalledOffAfterItsEnd() {
        Locator callOff = visit.button("Call the hire off");
        visit.page().getByLabel("Scene").selectOption("CALLED_OFF");
        assertThat(callOff).hasAttribute("title", Pattern.compile("no hire to call off yet"));
        runUntilTheFirstDay("10 s");
        visit.awaitCaption("finished");

        assertThat(callOff).hasAttribute("aria-disabled", "true");
        assertThat(callOff).hasAttribute("title", Pattern.compile("is finished"));
        assertThat(visit.region("The step table")).containsText("workflow COMPLETED");
        assertThat(world("An e-mail was sent")).containsText("once");
        for (String undone : UNDONE.keySet()) {
            assertThat(world(undone)).not().containsText("once");
        }
    }

    /** Until nothing is left of the workflow but its rows. */
    private void runUntilTheFirstDay(String notice) {
        quick();
        visit.page().getByLabel("The first day comes after").selectOption(new SelectOption().setLabel(notice));
        press("Run");
        assertThat(visit.region("Execution log"))
                .containsText(
                        "gives the workflow back", new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE));
    }

    /** Each under the key of what it undoes. */
    private void assertAllIsUndoneOnce() {
        UNDONE.forEach((undone, done) -> {
            assertThat(world(undone)).containsText("once");
            assertThat(key(undone)).isEqualTo(key(done));
        });
    }

    private String key(String deed) {
        return world(deed).getByText(Pattern.compile("^key [0-9a-f]{4}$")).textContent();
    }

    @Test
    void killedByHandItShowsThatItIsDeadAndResetForgetsEverything() {
        steps("5 s"); // time to kill it in the middle of one
        press("Run");
        visit.awaitCaption("step");
        press("Crash now");
        visit.awaitCaption("kept");
        assertThat(visit.region("Processes")).containsText("killed");
        press("Reset everything");
        assertThat(visit.region("The step table")).containsText("No row yet");
        assertThat(visit.region("The outside world")).not().containsText("once");
    }

    @Test
    void aButtonThatMakesNoSenseSaysWhy() {
        Locator resume = visit.button("Resume");
        visit.awaitCaption("welcome");

        assertThat(resume).hasAttribute("aria-disabled", "true");
        assertThat(resume).hasAttribute("title", Pattern.compile(".{10,}"));
    }

    @Test
    void scriptInTheEmployeesNameStaysText() {
        quick();
        String name = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>";
        visit.page().getByLabel("Employee").fill(name);
        press("Run");
        visit.awaitCaption("finished");

        assertThat(visit.region("The step table")).containsText("<img src=x");
        assertThat(visit.page().title()).isNotEqualTo("owned");
        visit.page().getByText("Open in the console").click();
        assertThat(visit.page()
                        .getByRole(com.microsoft.playwright.options.AriaRole.HEADING)
                        .first())
                .containsText("<img src=x");
        assertThat(visit.page().title()).isNotEqualTo("owned");
    }

    @Test
    void reloadedInTheMiddleItShowsTheSame() {
        plan(EMAIL, "AFTER_EFFECT");
        quick();
        press("Run");
        visit.awaitCaption("kept");
        visit.page().reload();
        visit.awaitCaption("kept");

        assertThat(visit.region("Processes")).containsText("dead");
        assertThat(visit.region("The step table")).containsText("a zombie");
    }

    private void quick() {
        steps("0.3 s");
    }

    private void steps(String take) {
        visit.page().getByLabel("A step takes").selectOption(new SelectOption().setLabel(take));
    }

    private void plan(String step, String point) {
        visit.page().getByLabel("The process dies").selectOption(point + " " + step);
    }

    private void press(String button) {
        Locator found = visit.button(button).first();
        assertThat(found)
                .hasAttribute(
                        "aria-disabled", "false", new LocatorAssertions.HasAttributeOptions().setTimeout(PATIENCE));
        found.click();
    }

    private Locator world(String deed) {
        return visit.region("The outside world").locator("li").filter(new Locator.FilterOptions().setHasText(deed));
    }

    private static LocatorAssertions.IsVisibleOptions visible() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE);
    }
}
