// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.store.InMemoryStore;
import dev.revive.store.WorkflowFilter;
import dev.revive.workflow.WorkflowFailedException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a console refuses; and after each refusal the store is as it was. */
class SecurityTests {
    private static final String WAKE = "/api/v1/workflow/wake";
    private static final String BODY = "{\"id\":\"h\"}";

    /** Of each change one that would be made. */
    private static final Map<String, String> CHANGES = Map.of(
            WAKE,
            BODY,
            "/api/v1/workflow/cancel",
            BODY,
            "/api/v1/workflow/terminate",
            BODY,
            "/api/v1/workflow/pause",
            BODY,
            "/api/v1/workflow/signal",
            "{\"id\":\"h\",\"signal\":\"go\",\"value\":1}");

    private static Stream<Arguments> changes() {
        return CHANGES.entrySet().stream().map(change -> arguments(change.getKey(), change.getValue()));
    }

    private final Authentication byHeader = request -> request.header("X-User").map(SecurityTests::visitor);
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

        @ParameterizedTest
        @MethodSource("dev.revive.dashboard.SecurityTests#changes")
        void eachChangeIsMadeForWhomItIsMeant(String path, String body) throws Exception {
            assertThat(site.post(path, body).statusCode()).isEqualTo(200);
            assertThat(state(site)).isNotEqualTo(before);
        }

        @ParameterizedTest
        @MethodSource("dev.revive.dashboard.SecurityTests#changes")
        void aPostWithoutTheHeader(String path, String body) throws Exception {
            HttpRequest.Builder post = HttpRequest.newBuilder(site.uri(path))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            assertRefused(403, site.send(post));
        }

        @ParameterizedTest
        @MethodSource("dev.revive.dashboard.SecurityTests#changes")
        void aChangeFromAnotherSite(String path, String body) throws Exception {
            assertRefused(403, site.post(path, body, "Sec-Fetch-Site", "cross-site"));
            assertRefused(
                    403,
                    Wire.sendWithBody(
                            site.server.port(),
                            body,
                            "POST " + path + " HTTP/1.1",
                            "Host: 127.0.0.1:" + site.server.port(),
                            "Origin: https://evil.example",
                            "X-Revive: 1",
                            "Content-Type: application/json",
                            "Content-Length: " + body.length()));
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
        @ValueSource(strings = {"/mine", "/health", "/mine/more", "/api/mine", "/workflows/mine"})
        void aRouteOfTheHostsIsNotAnsweredToOtherSites(String path) throws Exception {
            try (Site extended =
                    new Site(console -> console.extend(config -> config.routes.get(path, ctx -> ctx.result("mine"))))) {
                assertThat(extended.get(path).body()).isEqualTo("mine");
                assertThat(extended.get(path, "Sec-Fetch-Site", "cross-site").statusCode())
                        .isEqualTo(403);
                String answer = Wire.send(
                        extended.server.port(),
                        "GET " + path + " HTTP/1.1",
                        "Host: localhost",
                        "Origin: https://evil.example");
                assertThat(Wire.status(answer)).isEqualTo(403);
            }
        }

        @Test
        void anotherSchemeIsAnotherOrigin() throws Exception {
            String host = "localhost:" + site.server.port();
            String[] wake = {
                "POST " + WAKE + " HTTP/1.1",
                "Host: " + host,
                "X-Revive: 1",
                "Content-Type: application/json",
                "Content-Length: " + BODY.length(),
                "Origin: https://" + host
            };
            assertRefused(403, Wire.sendWithBody(site.server.port(), BODY, wake));
        }

        @Test
        void behindAProxyThatSpeaksTlsTheSchemeIsWhatTheProxySays() throws Exception {
            try (Site proxied = new Site(console -> console.authentication(byHeader))) {
                int port = proxied.server.port();
                String[] get = {
                    "GET /api/v1/me HTTP/1.1", "Host: localhost", "X-User: viewer", "Origin: https://localhost", ""
                };
                for (String proxy : List.of(
                        "X-Forwarded-Proto: https",
                        "Forwarded: for=1.2.3.4;proto=https",
                        "Sec-Fetch-Site: same-origin")) {
                    get[4] = proxy;
                    assertThat(Wire.status(Wire.send(port, get))).as(proxy).isEqualTo(200);
                }
                for (String proxy :
                        List.of("X-Forwarded-Proto: http", "Forwarded: for=1.2.3.4;proto=http", "X-Other: https")) {
                    get[4] = proxy;
                    assertThat(Wire.status(Wire.send(port, get))).as(proxy).isEqualTo(403);
                }
            }
        }

        @Test
        void aBasePathMayLookLikeTheApi() throws Exception {
            try (Site below = new Site(console -> console.basePath("/ops/api/revive"))) {
                assertThat(below.get("/ops/api/revive/workflows", "Sec-Fetch-Site", "cross-site")
                                .statusCode())
                        .isEqualTo(200);
                assertThat(below.get("/ops/api/revive/some/place").statusCode()).isEqualTo(200);
                assertThat(below.get("/ops/api/revive/api/v1/nothing").statusCode())
                        .isEqualTo(404);
                assertThat(below.get("/ops/api/revive/api/v1/me", "Sec-Fetch-Site", "cross-site")
                                .statusCode())
                        .isEqualTo(403);
            }
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
                    "/api/v1/undelivered",
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
            Map<String, String> changes = new HashMap<>(CHANGES);
            for (String route : List.of("resume", "retry", "decide", "nothing")) {
                changes.put("/api/v1/workflow/" + route, BODY);
            }
            for (String route : List.of("discard", "again")) {
                changes.put("/api/v1/undelivered/" + route, "{\"position\":1}");
            }
            for (Map.Entry<String, String> change : changes.entrySet()) {
                String path = change.getKey();
                String body = change.getValue();
                assertThat(guarded.post(path, body, "X-User", "viewer").statusCode())
                        .isEqualTo(403);
                assertThat(guarded.post(path, body, "X-User", "reader").statusCode())
                        .isEqualTo(403);
                assertThat(guarded.post(path, body).statusCode()).isEqualTo(401);
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
                public Optional<Visitor> visitor(ConsoleRequest request) {
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

    /** Whoever is on this machine, or says so. */
    @Nested
    class ThisMachine {
        @Test
        void aServletSaysWhomItLetsIn() {
            ReviveDashboard console = ReviveDashboard.over(site.store).basePath("/ops");

            assertThatThrownBy(console::servlet)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("authentication(...)")
                    .hasMessageContaining("openToLoopback()");
            console.openToLoopback().servlet().destroy();
            console.authentication(byHeader).servlet().destroy();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Forwarded: for=127.0.0.1",
                    "X-Forwarded-For: 127.0.0.1",
                    "x-forwarded-for: 10.0.0.7",
                    "X-Forwarded-Host: localhost",
                    "X-Forwarded-Proto: http",
                    "X-Real-IP: 127.0.0.1",
                    "Via: 1.1 proxy",
                    "True-Client-IP: 127.0.0.1",
                    "X-Original-Forwarded-For: 127.0.0.1"
                })
        void whatCameThroughAProxyIsNotThisMachine(String header) throws Exception {
            int port = site.server.port();
            assertRefused(401, Wire.send(port, "GET /api/v1/workflows HTTP/1.1", "Host: localhost", header));
            assertRefused(
                    401,
                    Wire.sendWithBody(
                            port,
                            BODY,
                            "POST " + WAKE + " HTTP/1.1",
                            "Host: localhost",
                            "X-Revive: 1",
                            "Content-Type: application/json",
                            "Content-Length: " + BODY.length(),
                            header));
        }
    }

    /** What is said through a socket is checked by nobody, so its opening is. */
    @Nested
    class Sockets {
        private final Authentication operator =
                request -> request.header("X-User").map(SecurityTests::visitor);

        private Site extended(UnaryOperator<ReviveDashboard> settings) {
            return new Site(console -> settings.apply(console)
                    .extend(config ->
                            config.routes.ws("/socket", socket -> socket.onConnect(ctx -> ctx.send("come in")))));
        }

        private String open(Site site, String... headers) throws Exception {
            List<String> lines = new ArrayList<>(List.of(
                    "GET /socket HTTP/1.1",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    "Sec-WebSocket-Version: 13"));
            lines.addAll(List.of(headers));
            return Wire.upgrade(site.server.port(), lines.toArray(String[]::new));
        }

        @Test
        void aPageOfTheConsolesOwnOpensOne() throws Exception {
            try (Site extended = extended(console -> console)) {
                String host = "localhost:" + extended.server.port();
                assertThat(Wire.status(open(extended, "Host: " + host, "Origin: http://" + host)))
                        .isEqualTo(101);
            }
        }

        @Test
        void nobodyElseDoes() throws Exception {
            try (Site extended = extended(console -> console)) {
                String host = "Host: localhost:" + extended.server.port();
                String own = "Origin: http://localhost:" + extended.server.port();
                assertThat(Wire.status(open(extended, host, "Origin: https://evil.example")))
                        .isEqualTo(403);
                assertThat(Wire.status(open(extended, host, "Origin: null"))).isEqualTo(403);
                assertThat(Wire.status(open(extended, host))).isEqualTo(403);
                assertThat(Wire.status(open(extended, host, own, "Sec-Fetch-Site: cross-site")))
                        .isEqualTo(403);
                assertThat(Wire.status(open(extended, "Host: evil.example", "Origin: http://evil.example")))
                        .isEqualTo(421);
                assertThat(Wire.status(open(extended, host, own, "X-Forwarded-For: 127.0.0.1")))
                        .isEqualTo(401);
            }
        }

        @Test
        void itNeedsWhatEveryChangeNeeds() throws Exception {
            try (Site guarded = extended(console -> console.authentication(operator));
                    Site readOnly = extended(ReviveDashboard::readOnly)) {
                String host = "Host: localhost";
                String own = "Origin: http://localhost";
                assertThat(Wire.status(open(guarded, host, own))).isEqualTo(401);
                assertThat(Wire.status(open(guarded, host, own, "X-User: reader")))
                        .isEqualTo(403);
                assertThat(Wire.status(open(guarded, host, own, "X-User: operator")))
                        .isEqualTo(101);
                assertThat(Wire.status(open(readOnly, host, own))).isEqualTo(403);
            }
        }
    }

    @Nested
    class Protocol {
        @Test
        void whatTheServerItselfRefusesCarriesTheHeadersToo() throws Exception {
            int port = site.server.port();
            for (String answer : List.of(
                    Wire.send(port, "NONSENSE"),
                    Wire.send(port, "GET / HTTP/9.9", "Host: localhost"),
                    Wire.send(port, "GET /%ff HTTP/1.1", "Host: localhost"),
                    Wire.send(port, "GET / HTTP/1.1", "Host: localhost", "X-Long: " + "x".repeat(20_000)),
                    Wire.send(port, "GET /none HTTP/1.1", "Host: localhost", "Sec-WebSocket-Version: 13"))) {
                assertThat(Wire.status(answer)).isGreaterThanOrEqualTo(400);
                assertThat(answer)
                        .contains("Content-Security-Policy: default-src 'none'")
                        .contains("X-Content-Type-Options: nosniff")
                        .contains("X-Frame-Options: DENY")
                        .contains("application/problem+json")
                        .doesNotContain("Jetty")
                        .doesNotContain("<h");
            }
        }

        @Test
        void aLineEndsAsTheProtocolSays() throws Exception {
            String answer =
                    Wire.raw(site.server.port(), "GET /api/v1/me HTTP/1.1\nHost: localhost\nConnection: close\n\n");
            assertThat(Wire.status(answer)).isEqualTo(400);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "application/json; charset=bogus",
                    "application/json; charset=",
                    "application/json; charset=utf-16",
                    "application/json; charset=iso-8859-1",
                    "application/json; charset=utf-8; charset=utf-16"
                })
        void aBodyInAnotherCharsetIsRefusedQuietly(String type) throws Exception {
            try (Logs logs = new Logs()) {
                assertRefused(
                        415,
                        Wire.sendWithBody(
                                site.server.port(),
                                BODY,
                                "POST " + WAKE + " HTTP/1.1",
                                "Host: localhost",
                                "X-Revive: 1",
                                "Content-Type: " + type,
                                "Content-Length: " + BODY.length()));
                assertThat(logs.lines("WARN")).isEmpty();
            }
            assertThat(site.post(WAKE, BODY, "Content-Type", "application/json; charset=UTF-8")
                            .statusCode())
                    .isEqualTo(200);
        }

        @Test
        void whoLeavesInTheMiddleLeavesNoWarning() throws Exception {
            site.revive().start(Site.ORDER, "long", "x".repeat(250_000)).result();
            try (Logs logs = new Logs()) {
                for (int i = 0; i < 10; i++) {
                    Wire.leave(
                            site.server.port(),
                            "POST " + WAKE
                                    + " HTTP/1.1\r\nHost: localhost\r\nX-Revive: 1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{");
                    Wire.leave(
                            site.server.port(),
                            "GET /api/v1/workflow?id=long HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20));
                }
                for (int i = 0; i < 20; i++) {
                    assertThat(site.get("/api/v1/me").statusCode()).isEqualTo(200);
                }
                assertThat(logs.lines("WARN")).isEmpty();
                assertThat(logs.lines("ERROR")).isEmpty();
            }
        }

        @Test
        void aDecisionAboutAnIdCannotForgeALineOfTheLog() throws Exception {
            String id = "a\u0085INFO forged\u2028INFO forged\u202e";
            site.revive().start(Site.HELD, id, "x");
            await().until(() -> site.store.step(id, "", 1).isPresent());
            try (Logs logs = new Logs()) {
                assertThat(site.post(WAKE, Site.body(Map.of("id", id))).statusCode())
                        .isEqualTo(200);
                assertThat(logs.lines("forged"))
                        .singleElement()
                        .satisfies(line -> assertThat(line)
                                .contains("\\u0085")
                                .contains("\\u2028")
                                .contains("\\u202e"));
            }
        }
    }

    @Test
    void aReadOnlyConsoleChangesNothing() throws Exception {
        try (Site readOnly = new Site(ReviveDashboard::readOnly)) {
            readOnly.revive().start(Site.HELD, "h", "x");
            await().until(() -> readOnly.store.step("h", "", 1).isPresent());
            String there = state(readOnly);

            for (Map.Entry<String, String> change : CHANGES.entrySet()) {
                assertThat(readOnly.post(change.getKey(), change.getValue()).statusCode())
                        .isEqualTo(403);
            }
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
