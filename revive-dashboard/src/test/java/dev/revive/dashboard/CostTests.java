// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.databases.PostgresServer;
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
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a console costs: each call on large tables, and twenty pages beside a busy engine. Prints figures; runs with {@code -Drevive.costs=true}
 * on a machine that does nothing else.
 */
@EnabledIfSystemProperty(named = "revive.costs", matches = "true")
class CostTests {
    private static final int WORKFLOWS = Integer.getInteger("revive.costs.workflows", 100_000);
    private static final int STEPS = 10_000;
    private static final int PAGES = 20;
    private static final int PAIRS = Integer.getInteger("revive.costs.pairs", 60);
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final int CALLERS = 16;
    private static final Workflow<Integer, Integer> BUSY = Workflow.named("busy", Integer.class, Integer.class);

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    /** What is measured of a store; each in an empty one, so that neither sees the other's rows. */
    private interface Measurement {
        void of(String database, WorkflowStore store) throws Exception;
    }

    @Test
    void callsOnH2() throws Exception {
        onH2(this::calls);
    }

    @Test
    void callsOnPostgres() throws Exception {
        onPostgres(this::calls);
    }

    @Test
    void twentyPagesOnH2() throws Exception {
        onH2(this::beside);
    }

    @Test
    void twentyPagesOnPostgres() throws Exception {
        onPostgres(this::beside);
    }

    private void onH2(Measurement measurement) throws Exception {
        try (JdbcStore store = JdbcStore.embedded(directory)) {
            measurement.of("H2", store);
        }
    }

    private void onPostgres(Measurement measurement) throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(server.create("costs"));
            config.setMaximumPoolSize(12);
            try (HikariDataSource pool = new HikariDataSource(config);
                    JdbcStore store = JdbcStore.over(pool)) {
                measurement.of("PostgreSQL", store);
            }
        }
    }

    // ---- twenty pages beside a busy engine

    private void beside(String database, WorkflowStore store) throws Exception {
        try (Revive revive =
                Revive.with(new Lent(store)).register(BUSY, CostTests::busy).start()) {
            AtomicLong steps = new AtomicLong();
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                String prefix = "busy-" + i + "-";
                Thread caller = new Thread(() -> {
                    for (int n = 0; !over.get(); n++) {
                        steps.addAndGet(revive.start(BUSY, prefix + n, 10).result());
                    }
                });
                caller.start();
                callers.add(caller);
            }
            try (DashboardServer server = ReviveDashboard.over(store).start(0)) {
                rate(steps);
                rate(steps);
                double[] lost = new double[PAIRS];
                double[] without = new double[PAIRS];
                for (int pair = 0; pair < PAIRS; pair++) {
                    boolean pagesFirst = pair % 2 == 0;
                    double one = pagesFirst ? ratePaged(server, steps) : rate(steps);
                    double other = pagesFirst ? rate(steps) : ratePaged(server, steps);
                    without[pair] = pagesFirst ? other : one;
                    lost[pair] = 100 * (1 - (pagesFirst ? one : other) / without[pair]);
                    say(
                            "%s pair %d: %,.0f steps/s without, %+.1f %% lost",
                            database, pair + 1, without[pair], lost[pair]);
                }
                Arrays.sort(lost);
                Arrays.sort(without);
                say(
                        "%s: %d pages cost %.1f %% of %,.0f steps/s (median of %d pairs; half of them %.1f to %.1f, all %.1f to %.1f)",
                        database,
                        PAGES,
                        lost[PAIRS / 2],
                        without[PAIRS / 2],
                        PAIRS,
                        lost[PAIRS / 4],
                        lost[PAIRS - 1 - PAIRS / 4],
                        lost[0],
                        lost[PAIRS - 1]);
            }
            over.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
        }
    }

    private static int busy(WorkflowContext ctx, int steps) {
        for (int i = 0; i < steps; i++) {
            int number = i;
            ctx.step("book", String.class, () -> "booked " + number);
        }
        return steps;
    }

    /** Steps in a second, over a round. */
    private static double rate(AtomicLong steps) throws InterruptedException {
        long began = System.nanoTime();
        long before = steps.get();
        Thread.sleep(ROUND.toMillis()); // the length of a measurement, not a wait for something
        return (steps.get() - before) * 1e9 / (System.nanoTime() - began);
    }

    private double ratePaged(DashboardServer server, AtomicLong steps) throws Exception {
        List<OpenPage> pages = new ArrayList<>();
        try {
            for (int i = 0; i < PAGES; i++) {
                pages.add(new OpenPage(server.port()));
            }
            while (!pages.stream().allMatch(page -> page.asked.get() > 0)) {
                Thread.onSpinWait();
            }
            double rate = rate(steps);
            assertThat(pages).allMatch(page -> page.asked.get() > 1);
            return rate;
        } finally {
            for (OpenPage page : pages) {
                page.close();
            }
        }
    }

    /** Listens, and asks for the list and the counts whenever it is told to. */
    private final class OpenPage implements AutoCloseable {
        private final int port;
        private final Socket socket;
        private final AtomicLong asked = new AtomicLong();

        OpenPage(int port) throws IOException {
            this.port = port;
            this.socket = new Socket("127.0.0.1", port);
            socket.getOutputStream()
                    .write("GET /api/v1/events?topic=workflows HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8));
            Thread thread = new Thread(this::live, "page");
            thread.setDaemon(true);
            thread.start();
        }

        private void live() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.equals("event: changed")) {
                        ask(port, "/api/v1/workflows?limit=50", "gzip");
                        ask(port, "/api/v1/counts", "gzip");
                        asked.incrementAndGet();
                    }
                }
            } catch (IOException | InterruptedException e) {
                // closed
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    // ---- calls on large tables

    private static void fill(WorkflowStore store) throws Exception {
        Instant now = Instant.parse("2026-11-25T12:00:00.123456Z");
        WorkflowType type = new WorkflowType("filled", 1);
        try (ExecutorSeat seat = store.seat(new ExecutorSettings("filler", 1, Duration.ofSeconds(60)))) {
            List<Operation> batch = new ArrayList<>();
            for (int i = 0; i < WORKFLOWS; i++) {
                String id = "filled-%06d".formatted(i);
                Finish end = Finish.of(id, 1, WorkflowStatus.COMPLETED, "\"" + "x".repeat(200) + "\"", now);
                batch.add(new Create(
                        new NewWorkflow(id, type, "\"" + "x".repeat(200) + "\"", "hash", now),
                        Create.Start.CLAIMED,
                        end));
                if (batch.size() == 500) {
                    seat.lanes().get(0).write(batch);
                    batch.clear();
                }
            }
            seat.lanes()
                    .get(0)
                    .write(List.of(new Create(
                            new NewWorkflow("long", new WorkflowType("unknown", 1), "1", "hash", now),
                            Create.Start.CLAIMED,
                            null)));
            for (int i = 1; i <= STEPS; i++) {
                StepKey key = new StepKey("", i, "Reserve seat " + i % 50);
                String output = "{\"seat\":" + i + ",\"note\":\"" + "y".repeat(200) + "\"}";
                batch.add(new Checkpoint(
                        StepRecord.of("long", key, CallKind.STEP, 1).at(now).completed(output), true));
                if (batch.size() == 500) {
                    seat.lanes().get(0).write(batch);
                    batch.clear();
                }
            }
        }
    }

    private void calls(String database, WorkflowStore store) throws Exception {
        fill(store);
        try (DashboardServer server = ReviveDashboard.over(store).start(0)) {
            for (String path : List.of(
                    "/api/v1/workflows?limit=50",
                    "/api/v1/workflows?limit=50&after=filled-090000",
                    "/api/v1/workflows?limit=50&idPrefix=filled-0999",
                    "/api/v1/workflows?limit=50&status=FAILED",
                    "/api/v1/workflows?limit=50&status=NEEDS_ATTENTION",
                    "/api/v1/counts",
                    "/api/v1/counts?idPrefix=filled-09",
                    "/api/v1/workflow?id=long",
                    "/api/v1/workflow/journal?id=long",
                    "/api/v1/workflow/step?id=long&scope=&sequence=5000",
                    "/api/v1/executors")) {
                call(database, server.port(), path);
            }
            double[] millis = new double[15];
            for (int i = 0; i < millis.length; i++) {
                long began = System.nanoTime();
                store.fingerprint("long");
                millis[i] = (System.nanoTime() - began) / 1e6;
            }
            Arrays.sort(millis);
            say("%s: a look for changes of the long workflow: median %.1f ms", database, millis[millis.length / 2]);
        }
    }

    private void call(String database, int port, String path) throws Exception {
        double[] millis = new double[15];
        long zipped = 0;
        for (int i = 0; i < millis.length; i++) {
            forget(port);
            long began = System.nanoTime();
            zipped = ask(port, path, "gzip");
            millis[i] = (System.nanoTime() - began) / 1e6;
        }
        long plain = ask(port, path, "identity");
        double first = millis[0];
        Arrays.sort(millis);
        say(
                "%s: %s: median %.1f ms, first %.1f, slowest %.1f; %,d bytes, %,d in gzip",
                database, path, millis[millis.length / 2], first, millis[millis.length - 1], plain, zipped);
    }

    private long ask(int port, String path, String encoding) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = client.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .header("Accept-Encoding", encoding)
                        .build(),
                BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body().length;
    }

    /** What is done, or refused, in the console makes it forget what it has answered. */
    private void forget(int port) throws IOException, InterruptedException {
        client.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/v1/workflow/wake"))
                        .header("X-Revive", "1")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"id\":\"nobody\"}"))
                        .build(),
                BodyHandlers.discarding());
    }

    private static void say(String format, Object... values) {
        System.out.println("COST " + String.format(Locale.ROOT, format, values));
    }
}
