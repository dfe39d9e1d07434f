// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In another container, below a context path and a mapping, in a class loader that finds no class of Jetty's. */
class TomcatTests {
    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void theConsoleRunsInTomcatWithoutJetty() throws Exception {
        try (URLClassLoader loader = withoutJetty();
                AutoCloseable tomcat = start(loader)) {
            URI base = URI.create("http://localhost:" + port(tomcat) + "/app/ops/");

            HttpResponse<String> me = get(base.resolve("api/v1/me"));
            assertThat(me.statusCode()).isEqualTo(200);
            assertThat(Site.parse(me.body()).path("roles")).hasSize(3);
            assertThat(get(base.resolve("api/v1/workflows")).body()).contains("\"items\":[]");
            assertThat(get(base.resolve("workflows")).statusCode()).isIn(200, 503);
            assertThat(get(base.resolve("assets/none.js")).statusCode()).isEqualTo(404);
            assertThat(me.headers().firstValue("X-Frame-Options")).contains("DENY");
            assertThat(client.send(
                                    HttpRequest.newBuilder(base.resolve("api/v1/me"))
                                            .header("X-Forwarded-For", "127.0.0.1")
                                            .build(),
                                    BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(401);

            HttpResponse<String> mine = get(base.resolve("mine"));
            assertThat(mine.body()).contains("content=\"/app/ops\"").contains("src=\"/app/ops/mine/assets/mine-1.js\"");
            assertThat(get(base.resolve("mine/assets/mine-1.js")).body()).contains("export");

            HttpResponse<String> refused = post(base.resolve("api/v1/workflow/wake"), "0");
            assertThat(refused.statusCode()).isEqualTo(403);
            HttpResponse<String> unknown = post(base.resolve("api/v1/workflow/wake"), "1");
            assertThat(unknown.statusCode()).isEqualTo(409);
            JsonNode problem = Site.parse(unknown.body());
            assertThat(problem.path("title").asText()).isEqualTo("No longer so");
        }
    }

    @Test
    void pagesAreToldOfChangesThere() throws Exception {
        try (URLClassLoader loader = withoutJetty();
                AutoCloseable tomcat = start(loader)) {
            HttpResponse<InputStream> events = client.send(
                    HttpRequest.newBuilder(URI.create(
                                    "http://localhost:" + port(tomcat) + "/app/ops/api/v1/events?topic=workflows"))
                            .build(),
                    BodyHandlers.ofInputStream());
            try (var lines = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
                String line = lines.readLine();
                while (!line.equals("event: changed")) {
                    line = lines.readLine();
                }
                assertThat(events.headers().firstValue("Content-Type"))
                        .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
            }
        }
    }

    private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(URI uri, String header) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/json")
                        .header("X-Revive", header)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"id\":\"nobody\"}"))
                        .build(),
                BodyHandlers.ofString());
    }

    /** All of the test's class path but for the groups that a host leaves out. */
    private static URLClassLoader withoutJetty() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("jetty") && !entry.contains("jakarta.servlet-api")) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        assertThat(Arrays.stream(loader.getURLs()).filter(url -> url.getPath().contains("jetty")))
                .isEmpty();
        return loader;
    }

    private AutoCloseable start(ClassLoader loader) throws ReflectiveOperationException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Method start = loader.loadClass(InTomcat.class.getName()).getMethod("start", String.class);
            return (AutoCloseable) start.invoke(null, directory.toString());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static int port(AutoCloseable tomcat) throws ReflectiveOperationException {
        Method port = tomcat.getClass().getMethod("port");
        return (int) port.invoke(tomcat);
    }
}
