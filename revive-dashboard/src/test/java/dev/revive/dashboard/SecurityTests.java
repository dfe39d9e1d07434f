// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.store.InMemoryStore;
import dev.revive.store.WorkflowFilter;
import dev.revive.workflow.WorkflowFailedException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a console refuses; and after each refusal the store is as it was. */
class SecurityTests {
    private static final String WAKE = "/api/v1/workflow/wake";
    private static final String BODY = "{\"id\":\"h\"}";

    private final Authentication byHeader = knock -> knock.header("X-User").map(SecurityTests::visitor);
    private Site site;
    private String before;

    private static Visitor visitor(String name) {
        return switch (name) {
            case "viewer" -> Visitor.of(name, Role.VIEW);
            case "reader" -> Visitor.of(name, Role.VIEW, Role.VIEW_PAYLOADS);
            case "operator" -> Visitor.of(name, Role.VIEW, Role.OPERATE);
            case "nobody" -> Visitor.of(name);
            default -> throw new IllegalStateException("no such person");
        };
    }

    @BeforeEach
    void open() {
        site = new Site();
        site.revive().start(Site.HELD, "h", "x");
        await().until(() -> site.store.step("h", "", 1).isPresent());
        before = state(site);
    }

    @AfterEach
    void close() {
        site.close();
    }

    private static String state(Site site) {
        return site.store.list(WorkflowFilter.all()).toString();
    }

    private void assertRefused(int status, HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Security-Policy")).isPresent();
        assertThat(state(site)).isEqualTo(before);
    }

    private void assertRefused(int status, String answer) {
        assertThat(Wire.status(answer)).isEqualTo(status);
        assertThat(state(site)).isEqualTo(before);
    }

    @Nested
    class AcrossSites {
        @Test
        void theControlIsAccepted() throws Exception {
            assertThat(site.post(WAKE, BODY).statusCode()).isEqualTo(200);
            assertThat(state(site)).isNotEqualTo(before);
        }

        @Test
        void aPostWithoutTheHeader() throws Exception {
            HttpRequest.Builder post = HttpRequest.newBuilder(site.uri(WAKE))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(BODY));
            assertRefused(403, site.send(post));
        }

        @ParameterizedTest
        @ValueSource(strings = {"https://evil.example", "null", "http://127.0.0.1:1", "http://localhost", ""})
        void aPostFromAnotherOrigin(String origin) throws Exception {
            assertRefused(
                    403,
                    Wire.sendWithBody(
                            site.server.port(),
                            BODY,
                            "POST " + WAKE + " HTTP/1.1",
                            "Host: 127.0.0.1:" + site.server.port(),
                            "Origin: " + origin,
                            "X-Revive: 1",
                            "Content-Type: application/json",
                            "Content-Length: " + BODY.length()));
        }

        @ParameterizedTest
        @ValueSource(strings = {"cross-site", "same-site"})
        void aPostThatTheBrowserCallsForeign(String site) throws Exception {
            assertRefused(403, SecurityTests.this.site.post(WAKE, BODY, "Sec-Fetch-Site", site));
            assertRefused(403, SecurityTests.this.site.get("/api/v1/workflows", "Sec-Fetch-Site", site));
        }

        @Test
        void aLinkFromAnotherSiteToAPageIsFollowed() throws Exception {
            assertThat(site.get("/workflows", "Sec-Fetch-Site", "cross-site").statusCode())
                    .isIn(200, 503);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "text/plain",
                    "application/x-www-form-urlencoded",
                    "multipart/form-data",
                    "text/json",
                    "application/jsonp"
                })
        void aBodyThatAFormCanSend(String type) throws Exception {
            assertRefused(415, site.post(WAKE, BODY, "Content-Type", type));
        }

        @Test
        void aQuestionWhetherAnotherSiteMay() throws Exception {
            HttpResponse<String> response = site.send(
                    HttpRequest.newBuilder(site.uri(WAKE)).method("OPTIONS", HttpRequest.BodyPublishers.noBody()),
                    "Origin",
                    "https://evil.example");
            assertRefused(405, response);
            assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
        }
    }

    @Nested
    class Hosts {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "evil.example",
                    "evil.example:8080",
                    "localhost.evil.example",
                    "127.0.0.1.evil.example",
                    "127.0.0.1@evil.example",
                    "localhost:8080:8080",
                    "[::1].evil.example",
                    "0.0.0.0"
                })
        void aForeignNameIsRefused(String host) throws Exception {
            String answer = Wire.send(site.server.port(), "GET /api/v1/workflows HTTP/1.1", "Host: " + host);
            assertThat(Wire.status(answer)).isIn(400, 421);
            assertThat(answer).doesNotContain("\"items\"");
        }

        @ParameterizedTest
        @ValueSource(strings = {"localhost", "LOCALHOST:99", "127.0.0.1:8080", "127.0.0.2", "[::1]:8080"})
        void thisMachineIsAnswered(String host) throws Exception {
            assertThat(Wire.status(Wire.send(site.server.port(), "GET /api/v1/me HTTP/1.1", "Host: " + host)))
                    .isEqualTo(200);
        }

        @Test
        void twoNamesOrNoneAreRefused() throws Exception {
            int port = site.server.port();
            assertThat(Wire.status(Wire.send(port, "GET /api/v1/me HTTP/1.1", "Host: localhost", "Host: evil.example")))
                    .isIn(400, 421);
            assertThat(Wire.status(Wire.send(port, "GET /api/v1/me HTTP/1.1"))).isIn(400, 421);
            assertThat(Wire.status(Wire.send(port, "GET /api/v1/me HTTP/1.0"))).isIn(400, 421);
        }

        @Test
        void anAddressInTheRequestLineDoesNotHelp() throws Exception {
            String answer =
                    Wire.send(site.server.port(), "GET http://localhost/api/v1/me HTTP/1.1", "Host: evil.example");
            assertThat(Wire.status(answer)).isIn(400, 421);
        }

        @Test
        void aNameThatTheHostAllowsIsAnswered() throws Exception {
            try (Site open = new Site(console -> console.allowedHosts("Ops.Example.com"))) {
                int port = open.server.port();
                assertThat(Wire.status(Wire.send(port, "GET /api/v1/me HTTP/1.1", "Host: ops.example.com")))
                        .isEqualTo(200);
                assertThat(Wire.status(Wire.send(port, "GET /api/v1/me HTTP/1.1", "Host: ops.example.com:8443")))
                        .isEqualTo(200);
                assertThat(Wire.status(Wire.send(port, "GET /api/v1/me HTTP/1.1", "Host: x.ops.example.com")))
                        .isEqualTo(421);
            }
        }

        @Test
        void anOpenAddressNeedsAnAuthentication() {
            assertThatThrownBy(() -> ReviveDashboard.over(new InMemoryStore())
                            .host("0.0.0.0")
                            .start(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("needs an authentication");
        }
    }

    @Nested
    class Methods {
        @ParameterizedTest
        @ValueSource(strings = {"PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "CONNECTX", "PROPFIND"})
        void othersThanGetHeadAndPostAreRefused(String method) throws Exception {
            String answer = Wire.send(
                    site.server.port(), method + " " + WAKE + "?id=h HTTP/1.1", "Host: localhost", "X-Evil: 1");
            assertRefused(405, answer);
            assertThat(answer).doesNotContain("X-Evil");
        }

        @Test
        void headAnswersWithoutABody() throws Exception {
            String answer = Wire.send(site.server.port(), "HEAD /api/v1/workflows HTTP/1.1", "Host: localhost");
            assertThat(Wire.status(answer)).isEqualTo(200);
            assertThat(answer).endsWith("\r\n\r\n").contains("X-Frame-Options: DENY");
        }

        @Test
        void headIsGuardedToo() throws Exception {
            assertThat(Wire.status(
                            Wire.send(site.server.port(), "HEAD /api/v1/workflows HTTP/1.1", "Host: evil.example")))
                    .isEqualTo(421);
        }

        @Test
        void aGetChangesNothing() throws Exception {
            assertRefused(404, site.get(WAKE + "?id=h", "X-Revive", "1"));
            assertRefused(400, site.get(WAKE + "?id=h", "X-HTTP-Method-Override", "POST"));
            assertRefused(400, site.post(WAKE, BODY, "X-HTTP-Method-Override", "GET"));
        }
    }

    @Nested
    class Bodies {
        @Test
        void tooLongIsRefused() throws Exception {
            String longId = "{\"id\":\"h\",\"more\":\"" + "x".repeat(70_000) + "\"}";
            assertRefused(413, site.post(WAKE, longId));
        }

        @Test
        void ofUnknownLengthIsRefused() throws Exception {
            assertRefused(
                    411,
                    Wire.sendWithBody(
                            site.server.port(),
                            "b\r\n" + BODY + "\r\n0\r\n\r\n",
                            "POST " + WAKE + " HTTP/1.1",
                            "Host: localhost",
                            "X-Revive: 1",
                            "Content-Type: application/json",
                            "Transfer-Encoding: chunked"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "[]", "null", "{", "{\"id\":7}", "{\"id\":\"\"}", "{\"id\":\"h\"} {}", "{}"})
        void ofAnotherShapeIsRefused(String body) throws Exception {
            assertRefused(400, site.post(WAKE, body));
        }

        @Test
        void nestedWithoutEndIsRefused() throws Exception {
            assertRefused(400, site.post(WAKE, "[".repeat(30_000)));
        }

        @Test
        void whatABodySaysIsNotSaidBack() throws Exception {
            assertThat(site.post(WAKE, "{\"id\":<script>alert(1)</script>}").body())
                    .doesNotContain("script");
        }
    }

    @Nested
    class Roles {
        private Site guarded;

        @BeforeEach
        void openWithRoles() {
            guarded = new Site(console -> console.authentication(byHeader));
            guarded.revive().start(Site.HELD, "h", "x");
            await().until(() -> guarded.store.step("h", "", 1).isPresent());
        }

        @AfterEach
        void closeIt() {
            guarded.close();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/",
                    "/workflows",
                    "/assets/x.js",
                    "/api/v1/me",
                    "/api/v1/workflows",
                    "/api/v1/counts",
                    "/api/v1/workflow?id=h",
                    "/api/v1/workflow/step?id=h&scope=&sequence=1",
                    "/api/v1/workflow/journal?id=h",
                    "/api/v1/executors",
                    "/api/v1/events?topic=workflows",
                    "/api/v1/openapi.json",
                    "/api/v1/nothing"
                })
        void whoIsNotKnownSeesNothing(String path) throws Exception {
            assertThat(guarded.get(path).statusCode()).isEqualTo(401);
            assertThat(guarded.get(path, "X-User", "nobody").statusCode()).isEqualTo(403);
            assertThat(guarded.get(path, "X-User", "unheard-of").statusCode()).isEqualTo(503);
        }

        @Test
        void whoMayOnlySeeChangesNothing() throws Exception {
            String there = state(guarded);
            for (String route : List.of("resume", "wake", "decide", "nothing")) {
                String path = "/api/v1/workflow/" + route;
                assertThat(guarded.post(path, BODY, "X-User", "viewer").statusCode())
                        .isEqualTo(403);
                assertThat(guarded.post(path, BODY, "X-User", "reader").statusCode())
                        .isEqualTo(403);
                assertThat(guarded.post(path, BODY).statusCode()).isEqualTo(401);
            }
            assertThat(state(guarded)).isEqualTo(there);
            assertThat(guarded.post(WAKE, BODY, "X-User", "operator").statusCode())
                    .isEqualTo(200);
        }

        @Test
        void onlyWhatOneMayDoIsOffered() throws Exception {
            assertThat(guarded.json("/api/v1/workflow?id=h", "X-User", "reader").path("actions"))
                    .isEmpty();
            assertThat(guarded.json("/api/v1/workflow?id=h", "X-User", "operator")
                            .path("actions"))
                    .isNotEmpty();
            assertThat(guarded.json("/api/v1/workflow?id=h", "X-User", "operator")
                            .path("input")
                            .path("json")
                            .isNull())
                    .isTrue();
            assertThat(guarded.json("/api/v1/workflow?id=h", "X-User", "reader")
                            .path("input")
                            .path("json")
                            .asText())
                    .isEqualTo("\"x\"");
        }

        @Test
        void aChallengeIsSent() throws Exception {
            Authentication asking = new Authentication() {
                @Override
                public Optional<Visitor> visitor(Knock knock) {
                    return Optional.empty();
                }

                @Override
                public Optional<String> challenge() {
                    return Optional.of("Basic realm=\"Revive\"");
                }
            };
            try (Site asked = new Site(console -> console.authentication(asking))) {
                assertThat(asked.get("/").headers().firstValue("WWW-Authenticate"))
                        .contains("Basic realm=\"Revive\"");
            }
        }

        @Test
        void aRouteOfTheHostsIsGuardedToo() throws Exception {
            try (Site extended =
                    new Site(console -> console.authentication(byHeader).extend(config -> {
                        config.routes.get("/api/mine", ctx -> ctx.result("mine"));
                        config.routes.post("/api/mine", ctx -> ctx.result("done"));
                    }))) {
                assertThat(extended.get("/api/mine").statusCode()).isEqualTo(401);
                assertThat(extended.get("/api/mine", "X-User", "viewer").statusCode())
                        .isEqualTo(200);
                assertThat(extended.post("/api/mine", "{}", "X-User", "viewer").statusCode())
                        .isEqualTo(403);
                assertThat(extended.post("/api/mine", "{}", "X-User", "operator", "X-Revive", "0")
                                .statusCode())
                        .isEqualTo(403);
                assertThat(extended.post("/api/mine", "{}", "X-User", "operator")
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void aReadOnlyConsoleChangesNothing() throws Exception {
        try (Site readOnly = new Site(ReviveDashboard::readOnly)) {
            readOnly.revive().start(Site.HELD, "h", "x");
            await().until(() -> readOnly.store.step("h", "", 1).isPresent());
            String there = state(readOnly);

            assertThat(readOnly.post(WAKE, BODY).statusCode()).isEqualTo(403);
            assertThat(state(readOnly)).isEqualTo(there);
            assertThat(readOnly.json("/api/v1/me").path("readOnly").asBoolean()).isTrue();
            assertThat(readOnly.json("/api/v1/me").path("roles").toString()).doesNotContain("OPERATE");
            assertThat(readOnly.json("/api/v1/workflow?id=h").path("actions")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/assets/../index.html",
                "/assets/..%2findex.html",
                "/assets/%2e%2e/openapi.json",
                "/assets/..%5c..%5copenapi.json",
                "/../../../../etc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "//etc/passwd.txt",
                "/assets/..;/openapi.json",
                "/..;/api/v1/x.json",
                "/assets/x%00.js",
                "/META-INF/MANIFEST.MF",
                "/dev/revive/dashboard/openapi.json",
                "/Console.class",
                "/index.html"
            })
    void noPathLeadsOutOfTheFolder(String path) throws Exception {
        String answer = Wire.send(site.server.port(), "GET " + path + " HTTP/1.1", "Host: localhost");
        assertThat(Wire.status(answer)).isIn(400, 404);
        assertThat(answer)
                .doesNotContain("root:")
                .doesNotContain("Manifest-Version")
                .doesNotContain("\"openapi\"");
    }

    @Test
    void scriptStaysText() throws Exception {
        String script = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
        site.revive().start(Site.ORDER, script, script).result();
        assertThatThrownBy(() ->
                        site.revive().start(Site.FAILING, "f" + script, script).result())
                .isInstanceOf(WorkflowFailedException.class);

        for (String path : List.of(
                "/api/v1/workflows",
                "/api/v1/workflow?id=" + Site.encoded(script),
                "/api/v1/workflow/journal?id=" + Site.encoded(script),
                "/api/v1/workflow?id=" + Site.encoded("f" + script))) {
            HttpResponse<String> response = site.get(path);
            assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(response.headers().firstValue("Content-Security-Policy"))
                    .hasValueSatisfying(policy -> assertThat(policy)
                            .contains("default-src 'none'")
                            .contains("script-src 'self'")
                            .doesNotContain("unsafe"));
        }
        JsonNode workflow = site.json("/api/v1/workflow?id=" + Site.encoded(script));
        assertThat(workflow.path("id").asText()).isEqualTo(script);
    }

    @Test
    void whatIsAskedForIsNotSaidBackAsAPage() throws Exception {
        for (String path : List.of(
                "/api/v1/%3Cscript%3E",
                "/%3Cscript%3E.html", "/api/v1/workflows?status=%3Cscript%3E", "/api/v1/events?topic=%3Cscript%3E")) {
            HttpResponse<String> response = site.get(path);
            assertThat(response.statusCode()).isIn(400, 404);
            assertThat(response.body()).doesNotContain("<script>");
        }
    }

    @Test
    void everyAnswerCarriesTheHeaders() throws Exception {
        for (String path : List.of("/", "/api/v1/me", "/api/v1/nothing", "/assets/none.js", "/api/v1/workflow")) {
            HttpResponse<String> response = site.get(path);
            assertThat(response.headers().firstValue("X-Frame-Options")).contains("DENY");
            assertThat(response.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(response.headers().firstValue("Content-Security-Policy"))
                    .hasValueSatisfying(policy -> assertThat(policy).contains("frame-ancestors 'none'"));
            assertThat(response.headers().firstValue("Server")).isEmpty();
            assertThat(response.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
        assertThat(site.get("/api/v1/me").headers().firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void anErrorTellsNothingOfTheInside() throws Exception {
        site.store.close();
        try (Site broken = new Site(console -> console.extend(config -> config.routes.get("/api/boom", ctx -> {
            throw new IllegalStateException("password=hunter2");
        })))) {
            HttpResponse<String> response = broken.get("/api/boom");
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body()).doesNotContain("hunter2").doesNotContain("Exception");
        }
    }
}
