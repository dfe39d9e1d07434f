// SPDX-License-Identifier: Apache-2.0
package dev.revive.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.args.AxeRunOptions;
import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Somebody's look at a page. Notes every request and every complaint of the browser; {@link #close} insists that there was none it should not see.
 */
final class Visit implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final AxeRunOptions ONLY_VIOLATIONS = onlyViolations();
    private static final Set<String> SERIOUS = Set.of("serious", "critical");

    private static final boolean IS_FOR_DOCS = Boolean.getBoolean("revive.screenshots");
    private static final Path DOCS = Path.of("..", "docs", "images");
    private static final Path BESIDE_REPORTS = Path.of("target", "pictures");
    private static final Set<String> OF_DOCS = Set.of(
            "simulator-begin",
            "simulator-crashed",
            "simulator-resumed",
            "simulator-takeover",
            "simulator-undoes",
            "simulator-waits",
            "console-workflow-light-1440",
            "console-drawer");

    private final BrowserContext context;
    private final Page page;
    private final List<byte[]> frames = new ArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> foreign = new CopyOnWriteArrayList<>();
    private boolean isReady;

    /** With little motion: a dot that breathes while a test waits is sixty pictures a second, on machines that draw them without a graphics card. */
    Visit(Chromium chromium, URI uri, int width, int height, ColorScheme scheme) {
        context = chromium.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(width, height)
                        .setColorScheme(scheme)
                        .setReducedMotion(ReducedMotion.REDUCE)
                        .setLocale("en-US")
                        .setTimezoneId("UTC"));
        context.setDefaultTimeout(PATIENCE_MILLIS);
        context.onRequest(request -> {
            String url = request.url();
            boolean isLocal = url.startsWith(origin(uri)) || url.startsWith("data:") || url.startsWith("blob:");
            if (!isLocal) {
                foreign.add(url);
            }
        });
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
        page.navigate(uri.toString());
    }

    private static String origin(URI uri) {
        return uri.getScheme() + "://" + uri.getAuthority();
    }

    Page page() {
        return page;
    }

    Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator region(String name) {
        return page.getByRole(
                AriaRole.REGION, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator caption(String id) {
        return page.locator("[data-caption='" + id + "']");
    }

    /** The captions in the order in which the page has them, whether it shows the earlier ones or not. */
    List<String> captions() {
        Locator all = page.locator("button[aria-expanded=false]:has-text('All ')");
        if (all.count() > 0) {
            all.click();
        }
        List<String> earlier = ids(page.locator("ol [data-caption]"));
        List<String> last = ids(page.locator("[aria-live] [data-caption]"));
        return Stream.concat(earlier.stream(), last.stream()).toList();
    }

    private static List<String> ids(Locator captions) {
        return captions.all().stream()
                .map(caption -> String.valueOf(caption.getAttribute("data-caption")))
                .toList();
    }

    /** Waits until the page has said it, if only for a moment. */
    void awaitCaption(String id) {
        page.waitForFunction("""
                id => document.querySelector(`[data-caption="${id}"]`) !== null
                """, id, new Page.WaitForFunctionOptions().setTimeout(PATIENCE_MILLIS));
    }

    private static AxeRunOptions onlyViolations() {
        AxeRunOptions options = new AxeRunOptions();
        options.setResultTypes(List.of("violations"));
        return options;
    }

    /** In legacy mode, which opens no page of its own to look at frames of other origins: there are none. */
    void assertAccessible(String where) {
        List<Rule> violations = new AxeBuilder(page)
                .setLegacyMode(true)
                .options(ONLY_VIOLATIONS)
                .analyze()
                .getViolations();
        assertThat(violations.stream()
                        .filter(rule -> SERIOUS.contains(rule.getImpact()))
                        .map(rule -> rule.getId() + ": " + rule.getHelp() + " "
                                + rule.getNodes().stream()
                                        .map(node -> node.getHtml())
                                        .limit(3)
                                        .collect(Collectors.joining(" | ")))
                        .toList())
                .as("serious findings of axe in " + where)
                .isEmpty();
    }

    void assertFits(String where) {
        Object overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assertThat(((Number) overflow).intValue())
                .as("pixels that stand out at the right of " + where)
                .isLessThanOrEqualTo(0);
    }

    /** Into docs/images if it is one of theirs and they are to be made anew, else beside the test's reports, to be looked at. */
    void picture(String name) {
        frame();
        byte[] picture = frames.get(frames.size() - 1);
        try {
            if (IS_FOR_DOCS && OF_DOCS.contains(name)) {
                Pictures.write(Pictures.indexed(picture), DOCS.resolve(name + ".png"));
            } else {
                Files.write(Files.createDirectories(BESIDE_REPORTS).resolve(name + ".png"), picture);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another frame for the animation. */
    void frame() {
        settle();
        frames.add(page.screenshot());
    }

    /** All pictures and frames so far, one after the other. */
    void animation(String name) {
        try {
            List<BufferedImage> small = new ArrayList<>();
            for (byte[] frame : frames) {
                small.add(Pictures.indexed(frame));
            }
            Pictures.animate(small, 260, (IS_FOR_DOCS ? DOCS : BESIDE_REPORTS).resolve(name + ".gif"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Entrances are animated for a moment. */
    private void settle() {
        page.waitForFunction(
                "() => document.getAnimations().every(each => each.effect.getTiming().iterations === Infinity || each.playState !== 'running')");
    }

    /** The requests that were refused on purpose. */
    void forgive(String part) {
        complaints.removeIf(complaint -> complaint.contains(part));
    }

    void assertClean() {
        assertThat(complaints).as("what the browser complained about").isEmpty();
        assertThat(foreign).as("requests that left this machine").isEmpty();
        isReady = true;
    }

    @Override
    public void close() {
        try {
            if (!isReady) {
                assertClean();
            }
        } finally {
            context.close();
        }
    }
}
