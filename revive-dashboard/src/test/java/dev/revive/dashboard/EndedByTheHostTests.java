// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import io.javalin.config.JavalinConfig;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.TomcatURLStreamHandlerFactory;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** However a host ends an answer, or does not let it begin, the place that was kept for it is free again. */
@Timeout(180)
class EndedByTheHostTests {
    private static final String JOURNAL = "/api/v1/workflow/journal?id=order";
    private static final String EVENTS = "/api/v1/events?topic=workflows";

    /** Together they are longer than what may be on its way to one visitor. */
    private static final int MANY = 40;

    private final List<Socket> lines = new ArrayList<>();
    private Site site;

    @TempDir
    private Path directory;

    @BeforeEach
    void open() {
        site = new Site(EndedByTheHostTests::hurry);
        site.revive().start(Site.ORDER, "order", "x".repeat(900_000)).result();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket line : lines) {
            line.close();
        }
        site.close();
    }

    /** As a host sets it that gives no answer longer. */
    private static ReviveDashboard hurry(ReviveDashboard console) {
        return console.openToLoopback().extend(EndedByTheHostTests::hurry);
    }

    private static void hurry(JavalinConfig config) {
        config.http.asyncTimeout = 200;
    }

    @Test
    void anAnswerThatNobodyTakesGivesItsPlaceBackWhenItsTimeIsUp() throws IOException {
        for (int i = 0; i < MANY; i++) {
            awaitStatus("200", site.server.port(), JOURNAL);
        }
    }

    @Test
    void itDoesInTomcatToo() throws Exception {
        try (Host host = new Host(site.revive(), directory)) {
            for (int i = 0; i < MANY; i++) {
                awaitStatus("200", host.port(), JOURNAL);
            }
        }
    }

    @Test
    void anAnswerThatMayNotBecomeAsynchronousTakesNoPlace() throws Exception {
        try (Host host = new Host(site.revive(), directory)) {
            for (int i = 0; i < MANY; i++) {
                assertThat(status(host.port(), JOURNAL + "&never")).isEqualTo("500");
            }
            assertThat(status(host.port(), JOURNAL)).isEqualTo("200");
        }
    }

    @Test
    void aPageThatMayNotBecomeAsynchronousIsNotKeptAmongThoseThatListen() throws Exception {
        try (Host host = new Host(site.revive(), directory)) {
            for (int i = 0; i < Events.MOST_OF_ONE; i++) {
                assertThat(status(host.port(), EVENTS + "&never")).isEqualTo("500");
            }
            assertThat(status(host.port(), EVENTS)).isEqualTo("200");
        }
    }

    @Test
    void anAnswerThatCannotBeWrittenComesToAnEnd() throws Exception {
        try (Host host = new Host(site.revive(), directory)) {
            assertThat(status(host.port(), JOURNAL + "&mute")).isEqualTo("200");
        }
    }

    private void awaitStatus(String status, int port, String path) {
        await().atMost(Duration.ofSeconds(30)).until(() -> status(port, path).equals(status));
    }

    /** Asks, and takes no more of the answer than its first line. */
    private String status(int port, String path) throws IOException {
        Socket line = new Socket();
        lines.add(line);
        line.setReceiveBufferSize(1_024);
        line.setSoTimeout(60_000);
        line.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
        line.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        return new String(line.getInputStream().readNBytes(12), StandardCharsets.UTF_8).substring(9);
    }

    /** The console in Tomcat, behind a filter of the host's. */
    private static final class Host implements AutoCloseable {
        private final Tomcat tomcat = new Tomcat();

        Host(Revive revive, Path directory) throws LifecycleException {
            TomcatURLStreamHandlerFactory.disable(); // there is one for each JVM
            tomcat.setBaseDir(directory.toString());
            tomcat.setPort(0);
            Context context = tomcat.addContext("", directory.toString());
            Wrapper servlet = Tomcat.addServlet(
                    context, "revive", hurry(ReviveDashboard.on(revive)).servlet());
            servlet.setAsyncSupported(true);
            context.addServletMappingDecoded("/*", "revive");
            addFilter(context);
            tomcat.start();
        }

        private static void addFilter(Context context) {
            FilterDef filter = new FilterDef();
            filter.setFilterName("host");
            filter.setFilter((Filter) (request, response, chain) -> {
                String query = ((HttpServletRequest) request).getQueryString();
                chain.doFilter(
                        query.endsWith("&never") ? new Never((HttpServletRequest) request) : request,
                        query.endsWith("&mute") ? new Mute((HttpServletResponse) response) : response);
            });
            filter.setAsyncSupported("true");
            context.addFilterDef(filter);
            FilterMap map = new FilterMap();
            map.setFilterName("host");
            map.addURLPattern("/*");
            context.addFilterMap(map);
        }

        int port() {
            return tomcat.getConnector().getLocalPort();
        }

        @Override
        public void close() throws LifecycleException {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    /** A request that says it may become asynchronous, and may not. */
    private static final class Never extends HttpServletRequestWrapper {
        Never(HttpServletRequest request) {
            super(request);
        }

        @Override
        public AsyncContext startAsync() {
            throw new IllegalStateException("not here");
        }
    }

    /** A response to which nothing can be written. */
    private static final class Mute extends HttpServletResponseWrapper {
        Mute(HttpServletResponse response) {
            super(response);
        }

        @Override
        public ServletOutputStream getOutputStream() {
            throw new IllegalStateException("not now");
        }
    }
}
