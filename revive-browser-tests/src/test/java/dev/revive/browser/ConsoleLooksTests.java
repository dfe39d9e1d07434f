// SPDX-License-Identifier: Apache-2.0
package dev.revive.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every screen of the console that shows trouble, or asks something, on a phone, a tablet and a desk, light and dark. */
class ConsoleLooksTests {
    @TempDir
    static Path directory;

    private static Chromium chromium;
    private static Scene scene;

    @BeforeAll
    static void open() throws Exception {
        chromium = Chromium.open();
        scene = new Scene(directory);
        scene.startHeld("held-1");
        scene.startAsking("asking-1");
        scene.revive.workflow("asking-1").signal(Scene.REMARK, "without sugar");
        scene.revive.workflow("held-1").cancel("too expensive");
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

    @ParameterizedTest
    @CsvSource({"LIGHT, 360", "LIGHT, 768", "DARK, 1440"})
    void everyScreenFitsAndIsAccessible(ColorScheme scheme, int width) {
        look(scheme, width);
    }

    /** Whether it fits is a question of the width, and whether it can be read one of the colours: seldom of both. */
    @ParameterizedTest
    @Tag("full")
    @CsvSource({"LIGHT, 1440", "DARK, 360", "DARK, 768"})
    void soItIsInTheOtherCombinations(ColorScheme scheme, int width) {
        look(scheme, width);
    }

    private static void look(ColorScheme scheme, int width) {
        String suffix = "-" + scheme.name().toLowerCase(Locale.ROOT) + "-" + width;
        try (Visit visit = new Visit(chromium, scene.uri("/"), width, width < 500 ? 780 : 900, scheme)) {
            Page page = visit.page();
            assertThat(page.getByText("order-1")).isVisible();
            check(visit, "list" + suffix);
            page.keyboard().press("?");
            assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
            check(visit, "help" + suffix);
            page.keyboard().press("Escape");

            go(visit, "/?idPrefix=nobody");
            assertThat(page.getByText("Nothing matches")).isVisible();
            check(visit, "nothing" + suffix);

            go(visit, Scene.workflow("failing-1") + "&step=Pay%231");
            assertThat(page.locator("aside")).containsText("the line is dead");
            check(visit, "failure" + suffix);

            go(visit, Scene.workflow("doubtful-3") + "&step=Charge%231");
            Locator form = page.getByRole(AriaRole.FORM);
            form.getByText("It happened").click();
            check(visit, "decide" + suffix);

            go(visit, Scene.workflow("drifted-1"));
            assertThat(visit.region("Needs attention")).containsText("Weigh");
            check(visit, "difference" + suffix);
            visit.button("Resume").click();
            assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
            check(visit, "resume" + suffix);

            go(visit, Scene.workflow("order-1") + "&tab=data");
            assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("pieces");
            check(visit, "data" + suffix);

            go(visit, Scene.workflow("order-1") + "&tab=journal");
            assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("revive_workflow");
            check(visit, "journal" + suffix);

            go(visit, Scene.workflow(Scene.SCRIPT));
            assertThat(visit.region("Failure")).containsText("<script>");
            check(visit, "script" + suffix);

            go(visit, Scene.workflow("held-1"));
            assertThat(visit.button("Wake")).isVisible();
            check(visit, "running" + suffix);

            go(visit, Scene.workflow("asking-1"));
            visit.region("Inbox").getByText("remark").click();
            assertThat(visit.region("Inbox")).containsText("without sugar");
            check(visit, "inbox" + suffix);
            for (String verb : List.of("Signal", "Pause", "Cancel", "Terminate")) {
                visit.button(verb).click();
                assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
                check(visit, verb.toLowerCase(Locale.ROOT) + suffix);
                page.keyboard().press("Escape");
                assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);
            }

            go(visit, "/executors");
            assertThat(page.getByLabel("Executor today")).containsText("held-1");
            check(visit, "executors" + suffix);

            go(visit, Scene.workflow("nobody"));
            assertThat(page.getByRole(AriaRole.ALERT)).containsText("typing error");
            check(visit, "none" + suffix);
            visit.forgive("404");
        }
    }

    private static void go(Visit visit, String path) {
        visit.page().navigate(scene.uri(path).toString());
    }

    private static void check(Visit visit, String name) {
        visit.picture("screen-" + name);
        visit.assertFits(name);
        visit.assertAccessible(name);
    }
}
