// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The simulator as its page reaches it. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class SimulatorServerTests {
    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    private SimulatorServer server;

    @BeforeEach
    void start() {
        server = SimulatorServer.start(directory, null, 0);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void tellsAPageWhateverHappens() throws Exception {
        HttpResponse<InputStream> events = client.send(get("/api/simulator/events"), BodyHandlers.ofInputStream());
        assertThat(events.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
            JsonNode first = next(lines);
            HttpResponse<String> run = post(
                    "/api/simulator/run",
                    "{\"employee\":\"Ada\",\"stepMillis\":50,\"email\":\"RECONCILE\",\"crash\":null}");
            JsonNode last = next(lines);
            while (!last.at("/workflow/status").asText().equals("COMPLETED")) {
                JsonNode later = next(lines);
                assertThat(later.get("revision").asLong())
                        .isGreaterThan(last.get("revision").asLong());
                last = later;
            }

            assertThat(first.get("plan").isNull()).isTrue();
            assertThat(run.statusCode()).isEqualTo(200);
            assertThat(json(run).at("/plan/workflowId").asText()).isEqualTo("onboard-ada");
            assertThat(last.at("/workflow/steps")).hasSize(5);
            assertThat(last.at("/workflow/steps/0/key").asText()).isEqualTo("Create Employee Record#1");
            assertThat(last.at("/workflow/output/json").asText()).contains("messageId");
            assertThat(last.at("/workers/0/state").asText()).isEqualTo("ALIVE");
        }
    }

    private static JsonNode next(BufferedReader lines) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("data: {\"revision\"")) {
                return Json.read(line.substring("data: ".length()), JsonNode.class);
            }
        }
        throw new AssertionError("the events ended");
    }

    @Test
    void answersWithTheSource() throws Exception {
        HttpResponse<String> source = client.send(get("/api/simulator/source"), BodyHandlers.ofString());

        assertThat(json(source).get("file").asText()).isEqualTo("Onboarding.java");
        assertThat(json(source).get("lines").size()).isGreaterThan(50);
        assertThat(json(source).get("steps")).hasSize(4);
        HttpResponse<String> other = client.send(get("/api/simulator/source?scene=APPROVAL"), BodyHandlers.ofString());
        assertThat(json(other).get("file").asText()).isEqualTo("OnboardingWithApproval.java");
        HttpResponse<String> third =
                client.send(get("/api/simulator/source?scene=CALLED_OFF"), BodyHandlers.ofString());
        assertThat(json(third).get("file").asText()).isEqualTo("OnboardingWithUndo.java");
        HttpResponse<String> none = client.send(get("/api/simulator/source?scene=LAST"), BodyHandlers.ofString());
        assertThat(none.statusCode()).isEqualTo(400);
    }

    @Test
    void saysWhyACommandMakesNoSense() throws Exception {
        HttpResponse<String> answer = post("/api/simulator/resume", "{\"crash\":null}");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(json(answer).get("detail").asText()).contains("run a workflow first");
    }

    @Test
    void saysWhatIsWrongWithAPlan() throws Exception {
        assertThat(post("/api/simulator/run", "{\"employee\":\"\"}").statusCode())
                .isEqualTo(400);
        assertThat(post("/api/simulator/run", "{\"employee\":").statusCode()).isEqualTo(400);
        assertThat(post("/api/simulator/run", "null").statusCode()).isEqualTo(400);
        assertThat(post("/api/simulator/run", "{\"employee\":\"Ada\",\"email\":\"NEVER\"}")
                        .statusCode())
                .isEqualTo(400);
        HttpResponse<String> crash = post(
                "/api/simulator/run", "{\"employee\":\"Ada\",\"crash\":{\"step\":\"<b>\",\"point\":\"AFTER_EFFECT\"}}");
        assertThat(crash.statusCode()).isEqualTo(400);
        assertThat(json(crash).get("detail").asText()).contains("There is no step");
    }

    @Test
    void standsBehindTheConsolesGuards() throws Exception {
        HttpRequest foreign = HttpRequest.newBuilder(uri("/api/simulator/reset"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .header("Content-Type", "application/json")
                .build();
        HttpResponse<String> refused = client.send(foreign, BodyHandlers.ofString());
        HttpResponse<String> state = client.send(get("/api/simulator/state"), BodyHandlers.ofString());

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(state.headers().firstValue("Content-Security-Policy")).isPresent();
        assertThat(state.headers().firstValue("Cache-Control")).hasValue("no-store");
    }

    /** Another account of the machine reaches the port, and cannot read the page's memory. */
    @Test
    void whoDoesNotKnowThePathNeitherSeesNorDoesAnything() throws Exception {
        for (String path : List.of(
                "/simulator",
                "/",
                "/api/simulator/state",
                "/api/simulator/events",
                "/api/v1/workflows",
                "/workflows",
                "/0123456789abcdef/simulator")) {
            HttpRequest request =
                    HttpRequest.newBuilder(server.consoleUri().resolve(path)).build();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
        HttpRequest reset = HttpRequest.newBuilder(server.consoleUri().resolve("/api/simulator/reset"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .header("Content-Type", "application/json")
                .header("X-Revive", "1")
                .build();
        assertThat(client.send(reset, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    }

    /** Cookies do not tell ports apart: another account's service would be sent it, too. */
    @Test
    void aBrowserIsGivenNothingThatItWouldSendToOtherServicesOfThisMachine() throws Exception {
        for (URI page : List.of(server.uri(), server.consoleUri())) {
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
            assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
        }
    }

    /** The command line of a browser stands in the list of processes. */
    @Test
    void aBrowserIsToldTheAddressInAFileThatOnlyTheOwnerReads() throws Exception {
        assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"));

        Path door = server.door();

        assertThat(door.toString()).doesNotContain(server.consoleUri().getPath().replace("/", ""));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(door)))
                .isEqualTo("rw-------");
        assertThat(door).content().contains("url=" + server.uri());
    }

    @Test
    void itsFilesAreTheOwnersOnly() throws Exception {
        assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Path data = directory.resolve("new");
        try (SimulatorServer other = SimulatorServer.start(data, null, 0)) {
            assertThat(other.uri()).isNotNull();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                    .isEqualTo("rwx------");
            try (Stream<Path> files = Files.list(data)) {
                assertThat(files)
                        .allSatisfy(
                                file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                                        .isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void showsTheSameWorkflowsInTheConsole() throws Exception {
        post(
                "/api/simulator/run",
                "{\"employee\":\"Ada\",\"stepMillis\":0,\"email\":\"AT_LEAST_ONCE\",\"crash\":null}");
        HttpResponse<String> list = client.send(get("/api/v1/workflows"), BodyHandlers.ofString());
        while (!list.body().contains("onboard-ada")) {
            list = client.send(get("/api/v1/workflows"), BodyHandlers.ofString());
        }

        assertThat(json(list).at("/items/0/name").asText()).isEqualTo("employee-onboarding");
    }

    private URI uri(String path) {
        return server.consoleUri().resolve(path.substring(1));
    }

    private HttpRequest get(String path) {
        return HttpRequest.newBuilder(uri(path))
                .header("Accept", path.endsWith("events") ? "text/event-stream" : "application/json")
                .build();
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .header("X-Revive", "1")
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return Json.read(response.body(), JsonNode.class);
    }
}
