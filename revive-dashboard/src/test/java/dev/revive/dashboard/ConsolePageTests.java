// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.dashboard.view.PayloadPlace.Content;
import dev.revive.store.InMemoryStore;
import dev.revive.store.WorkflowStore;
import jakarta.servlet.http.HttpServlet;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What docs/console.md shows. */
class ConsolePageTests {
    private final InMemoryStore store = new InMemoryStore();

    @Test
    void standalone() throws Exception {
        try (Revive revive = Revive.with(store).start()) {
            int port = 0;
            // region standalone
            try (DashboardServer console = ReviveDashboard.on(revive).start(port)) {
                System.out.println(console.uri()); // open it in a browser
            }
            // endregion
        }
    }

    @Test
    void overAStore() throws Exception {
        WorkflowStore tables = store;
        // region over
        DashboardServer console = ReviveDashboard.over(tables).readOnly().start(0);
        // endregion
        assertThat(get(console.uri()).statusCode()).isIn(200, 503);
        console.close();
    }

    @Test
    void guarded() throws Exception {
        // region authentication
        Authentication bySession = request -> {
            if (request.isUserInRole("ops")) {
                return Optional.of(Visitor.of(name(request), Role.VIEW, Role.VIEW_PAYLOADS, Role.OPERATE));
            }
            if (request.principal().isPresent()) {
                return Optional.of(Visitor.of(name(request), Role.VIEW));
            }
            return Optional.empty(); // 401
        };
        HttpServlet console = ReviveDashboard.over(store)
                .basePath("/ops/revive")
                .allowedHosts("intranet.example.com")
                .authentication(bySession)
                .redaction((place, json) -> place.content() == Content.FAILURE_MESSAGE
                        ? json
                        : json.replaceAll("(\"iban\":)\"[^\"]*\"", "$1\"***\""))
                .servlet();
        // endregion
        console.destroy();

        try (DashboardServer server =
                ReviveDashboard.over(store).authentication(bySession).start(0)) {
            assertThat(get(server.uri()).statusCode()).isEqualTo(401);
        }
    }

    private static String name(ConsoleRequest request) {
        return request.principal().map(each -> each.getName()).orElse("somebody");
    }

    @Test
    void ownRoutes() throws Exception {
        // region extend
        DashboardServer console = ReviveDashboard.over(store)
                .extend(config -> config.routes.get("/api/health", ctx -> ctx.result("well")))
                .start(0);
        // endregion
        assertThat(get(console.uri().resolve("/api/health")).body()).isEqualTo("well");
        console.close();
    }

    private static HttpResponse<String> get(URI uri) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
