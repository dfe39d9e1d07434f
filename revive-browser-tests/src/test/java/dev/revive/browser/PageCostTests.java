// SPDX-License-Identifier: Apache-2.0
package dev.revive.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.revive.dashboard.DashboardServer;
import dev.revive.dashboard.ReviveDashboard;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.WorkflowStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a person waits for the pages over large tables, and how smoothly they scroll. Prints figures; runs with {@code -Drevive.costs=true} on a
 * machine that does nothing else.
 */
@EnabledIfSystemProperty(named = "revive.costs", matches = "true")
class PageCostTests {
    private static final int WORKFLOWS = Integer.getInteger("revive.costs.workflows", 100_000);
    private static final int STEPS = 10_000;
    private static final int VISITS = 7;
    private static final int TURNS = 120;
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00.123456Z");

    @TempDir
    Path directory;

    @Test
    void pagesOverLargeTables() {
        try (Chromium chromium = Chromium.open();
                JdbcStore store = JdbcStore.embedded(directory)) {
            fill(store);
            try (DashboardServer server = ReviveDashboard.over(store).start(0)) {
                measure(chromium, server, "list of %,d workflows".formatted(WORKFLOWS), "/");
                measure(chromium, server, "workflow of %,d steps".formatted(STEPS), "/workflow?id=long");
            }
        }
    }

    private static void measure(Chromium chromium, DashboardServer server, String what, String path) {
        double[] paints = new double[VISITS];
        double[] data = new double[VISITS];
        List<Double> intervals = new ArrayList<>();
        for (int i = 0; i < VISITS; i++) {
            try (BrowserContext context = chromium.browser().newContext()) {
                Page page = context.newPage();
                page.setViewportSize(1440, 900);
                page.addInitScript("""
                        const look = () => requestAnimationFrame(() => {
                            if (document.querySelector('[data-row]')) {
                                requestAnimationFrame(() => { window.firstData = performance.now(); });
                            } else {
                                look();
                            }
                        });
                        look();
                        """);
                page.navigate(server.uri().resolve(path).toString());
                page.waitForFunction("() => window.firstData !== undefined");
                data[i] = number(page.evaluate("window.firstData"));
                paints[i] =
                        number(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"));
                intervals.addAll(scroll(page));
            }
        }
        double firstPaint = paints[0];
        double firstData = data[0];
        Arrays.sort(paints);
        Arrays.sort(data);
        double[] frames =
                intervals.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        say(
                "%s: first contentful paint after a median of %.0f ms (first visit %.0f), data painted after a median of %.0f ms (first visit %.0f, slowest %.0f); %,d frames while scrolling: median %.1f ms, p95 %.1f, longest %.1f",
                what,
                paints[VISITS / 2],
                firstPaint,
                data[VISITS / 2],
                firstData,
                data[VISITS - 1],
                frames.length,
                frames[frames.length / 2],
                frames[frames.length * 95 / 100],
                frames[frames.length - 1]);
    }

    /** The times between frames while a hand turns the wheel. */
    private static List<Double> scroll(Page page) {
        page.evaluate("""
                () => {
                    window.intervals = [];
                    let last = null;
                    const tick = time => {
                        if (last !== null) window.intervals.push(time - last);
                        last = time;
                        if (!window.isStill) requestAnimationFrame(tick);
                    };
                    requestAnimationFrame(tick);
                }
                """);
        page.mouse().move(720, 860);
        for (int i = 0; i < TURNS; i++) {
            page.mouse().wheel(0, 240);
        }
        page.evaluate("window.isStill = true");
        assertThat(number(page.evaluate("window.scrollY"))).isGreaterThan(2_000);
        List<Double> intervals = new ArrayList<>();
        for (Object interval : (List<?>) page.evaluate("window.intervals")) {
            intervals.add(number(interval));
        }
        return intervals;
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }

    private static void fill(JdbcStore store) {
        try (ExecutorSeat seat = store.seat(new ExecutorSettings("filler", 1, Duration.ofSeconds(60)))) {
            StepStore lane = seat.lanes().get(0);
            List<Operation> batch = new ArrayList<>();
            String payload = "\"" + "x".repeat(200) + "\"";
            for (int i = 0; i < WORKFLOWS; i++) {
                String id = "filled-%06d".formatted(i);
                NewWorkflow row = new NewWorkflow(id, new WorkflowType("filled", 1), payload, "hash", NOW);
                batch.add(new Create(
                        row, Create.Start.CLAIMED, Finish.of(id, 1, WorkflowStatus.COMPLETED, payload, NOW)));
                write(lane, batch, i);
            }
            batch.add(new Create(
                    new NewWorkflow("long", new WorkflowType("long", 1), "1", "hash", NOW),
                    Create.Start.CLAIMED,
                    null));
            for (int i = 1; i <= STEPS; i++) {
                batch.add(new Checkpoint(step(i), true));
                write(lane, batch, i);
            }
            lane.write(batch);
        }
    }

    private static StepRecord step(int number) {
        Instant began = NOW.plusMillis(20L * number);
        String output = "{\"seat\":" + number + ",\"note\":\"" + "y".repeat(200) + "\"}";
        return StepRecord.of("long", new StepKey("", number, "Reserve seat " + number % 50), CallKind.STEP, 1)
                .at(began)
                .recordedAt(began.plusMillis(15))
                .completed(output);
    }

    private static void write(StepStore lane, List<Operation> batch, int number) {
        if (number % 500 == 499) {
            lane.write(batch);
            batch.clear();
        }
    }

    private static void say(String format, Object... values) {
        System.out.println("COST " + String.format(Locale.ROOT, format, values));
    }
}
