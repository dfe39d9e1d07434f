// SPDX-License-Identifier: Apache-2.0
package dev.revive.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.revive.examples.simulator.SimulatorServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both pages in light and dark, on a phone and on a desk, and the console by keyboard alone; over one workflow that crashed and went on. */
class LooksTests {
    private static final String ID = "onboard-ada";

    @TempDir
    static Path directory;

    private static Chromium chromium;
    private static SimulatorServer server;

    @BeforeAll
    static void open() throws Exception {
        chromium = Chromium.open();
        server = SimulatorServer.start(directory, null, 0);
        post(
                "run",
                "{\"employee\":\"Ada\",\"stepMillis\":300,\"email\":\"AT_LEAST_ONCE\",\"crash\":{\"step\":\"Send Welcome Email\",\"point\":\"AFTER_EFFECT\"}}");
        awaitState("\"can\":{\"run\":false,\"crash\":false,\"resume\":true");
        post("resume", "{\"crash\":null}");
        awaitState("\"id\":\"finished\"");
    }

    @AfterAll
    static void close() {
        if (server != null) {
            server.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    private static void post(String command, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.consoleUri().resolve("api/simulator/" + command))
                .header("X-Revive", "1")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    private static void awaitState(String part) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.consoleUri().resolve("api/simulator/state"))
                .build();
        HttpClient client = HttpClient.newHttpClient();
        long end = System.nanoTime() + 60_000_000_000L;
        String state = "";
        while (!state.contains(part)) {
            assertThat(System.nanoTime())
                    .as("never came to " + part + ": " + state)
                    .isLessThan(end);
            state = client.send(request, BodyHandlers.ofString()).body();
        }
    }

    private static URI workflow() {
        return page("workflow?id=" + ID);
    }

    private static URI page(String path) {
        return server.consoleUri().resolve(path);
    }

    @ParameterizedTest
    @CsvSource({"LIGHT, 360", "LIGHT, 768", "DARK, 1440"})
    void everyPageFitsAndIsAccessible(ColorScheme scheme, int width) {
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
        int height = width < 500 ? 780 : 900;
        String suffix = "-" + scheme.name().toLowerCase(java.util.Locale.ROOT) + "-" + width;
        try (Visit visit = new Visit(chromium, server.consoleUri(), width, height, scheme)) {
            assertThat(visit.page().getByText(ID).first()).isVisible();
            check(visit, "console-workflows" + suffix);
        }
        try (Visit visit = new Visit(chromium, workflow(), width, height, scheme)) {
            assertThat(visit.page().getByRole(AriaRole.TABLE)).isVisible();
            check(visit, "console-workflow" + suffix);
        }
        try (Visit visit = new Visit(chromium, page("executors"), width, height, scheme)) {
            assertThat(visit.page().getByText("simulator B").first()).isVisible();
            check(visit, "console-executors" + suffix);
        }
        try (Visit visit = new Visit(chromium, server.uri(), width, height, scheme)) {
            visit.awaitCaption("finished");
            check(visit, "simulator" + suffix);
        }
    }

    private static void check(Visit visit, String name) {
        visit.picture(name);
        visit.assertFits(name);
        visit.assertAccessible(name);
    }

    @Test
    void theFileThatABrowserIsToldToOpenLeadsToThePage() throws Exception {
        try (BrowserContext context = chromium.browser().newContext()) {
            Page page = context.newPage();
            page.navigate(server.door().toUri().toString());
            page.waitForURL(server.uri().toString());
            assertThat(page.locator("[data-caption]").first()).isVisible();
        }
    }

    @Test
    void aPictureWithoutWordsWouldBeFound() {
        try (Visit visit = new Visit(chromium, server.consoleUri(), 1280, 800, ColorScheme.LIGHT)) {
            visit.page().evaluate("document.body.append(document.createElement('img'))");

            assertThatThrownBy(() -> visit.assertAccessible("a page with a picture without words"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("image-alt");
        }
    }

    @Test
    void filtersAreKeptInTheAddress() {
        try (Visit visit = new Visit(chromium, server.consoleUri(), 1280, 800, ColorScheme.LIGHT)) {
            visit.page().getByLabel("Id begins with").fill("nobody");
            visit.page().waitForURL(url -> url.contains("nobody"));
            assertThat(visit.page().getByText(ID)).hasCount(0);
            visit.page().goBack();
            visit.page()
                    .navigate(server.consoleUri().resolve("?idPrefix=onboard").toString());
            assertThat(visit.page().getByText(ID).first()).isVisible();
        }
    }

    @Test
    void theConsoleCanBeUsedByKeyboardAlone() {
        try (Visit visit = new Visit(chromium, server.consoleUri(), 1280, 800, ColorScheme.LIGHT)) {
            Page page = visit.page();
            assertThat(page.getByText(ID).first()).isVisible();
            page.keyboard().press("/");
            page.keyboard().type("onb");
            page.keyboard().press("Escape");
            page.keyboard().press("j");
            page.keyboard().press("Enter");
            page.waitForURL(url -> url.contains("workflow"));
            assertThat(page.getByRole(AriaRole.HEADING).first()).containsText(ID);
            assertThat(page.getByRole(AriaRole.TABLE)).isVisible();
            page.keyboard().press("j");
            page.keyboard().press("Enter");
            Locator drawer = page.getByLabel(Pattern.compile("^Step .*#[0-9]+$"));
            assertThat(drawer).isVisible();
            visit.assertAccessible("the step drawer");
            visit.picture("console-drawer");
            page.keyboard().press("Escape");
            assertThat(drawer).hasCount(0);
            page.keyboard().press("?");
            assertThat(page.getByRole(AriaRole.DIALOG)).containsText("Next workflow or step");
        }
    }
}
