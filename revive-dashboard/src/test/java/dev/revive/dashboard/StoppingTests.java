// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.jdbc.Durability;
import dev.revive.jdbc.JdbcStore;
import dev.revive.workflow.WorkflowStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server interrupts its threads when it stops, and an interrupt inside H2's file channel would close the whole database. */
@Timeout(120)
class StoppingTests {
    private static final int PAGES = 16;

    @TempDir
    Path directory;

    @RepeatedTest(3)
    void aConsoleThatStopsInTheMiddleOfQuestionsLeavesTheDatabaseOpen() throws Exception {
        try (JdbcStore store = JdbcStore.embedded(directory, Durability.PROCESS_CRASH);
                Revive revive = Revive.with(new Lent(store))
                        .register(Site.ORDER, (ctx, item) -> ctx.step("Reserve", String.class, () -> item))
                        .start()) {
            revive.start(Site.ORDER, "before", "tea").result();
            DashboardServer console = ReviveDashboard.on(revive).start(0);
            ExecutorService pages = Executors.newFixedThreadPool(PAGES);
            List<Future<Integer>> answered = new ArrayList<>();
            for (int i = 0; i < PAGES; i++) {
                URI uri = console.uri().resolve("api/v1/workflow?id=before&page=" + i);
                answered.add(pages.submit(() -> askUntilItStops(uri)));
            }
            assertThat(answered).noneMatch(Future::isDone);
            console.close();
            for (Future<Integer> each : answered) {
                each.get();
            }
            pages.shutdown();

            revive.start(Site.ORDER, "after", "tea").result();
            assertThat(store.find("after").orElseThrow().status()).isEqualTo(WorkflowStatus.COMPLETED);
            assertThat(store.steps("before")).hasSize(1);
        }
    }

    private static int askUntilItStops(URI uri) {
        HttpClient client = HttpClient.newHttpClient();
        // What comes in while the server stops may never be answered.
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
        for (int answers = 0; ; answers++) {
            try {
                if (client.send(request, BodyHandlers.ofString()).statusCode() != 200) {
                    return answers;
                }
            } catch (IOException e) {
                return answers;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
