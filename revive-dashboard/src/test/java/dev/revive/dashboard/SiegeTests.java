// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.store.InMemoryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that hold lines and say nothing, or say it slowly, or take nothing; and somebody else, who is answered meanwhile. */
@Timeout(120)
class SiegeTests {
    /** More than the server has threads. */
    private static final int MANY = 100;

    private static final Duration PROMPT = Duration.ofSeconds(20);

    private final List<Socket> lines = new ArrayList<>();
    private Site site;

    @BeforeEach
    void open() throws Exception {
        site = new Site();
        site.revive().start(Site.ORDER, "long", "x".repeat(250_000)).result();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket line : lines) {
            line.close();
        }
        site.close();
    }

    private Socket line(int receiveBuffer, String... request) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), site.server.port()));
        socket.getOutputStream().write(String.join("\r\n", request).getBytes(StandardCharsets.UTF_8));
        lines.add(socket);
        return socket;
    }

    private void assertOthersAreAnswered() throws Exception {
        for (String path : List.of("/api/v1/me", "/api/v1/workflows", "/api/v1/workflow?id=long")) {
            long began = System.nanoTime();
            assertThat(site.get(path).statusCode()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PROMPT);
        }
    }

    @Test
    void linesOnWhichNothingIsSaid() throws Exception {
        for (int i = 0; i < MANY; i++) {
            line(0);
        }
        assertOthersAreAnswered();
    }

    @Test
    void headersThatNeverEnd() throws Exception {
        for (int i = 0; i < MANY; i++) {
            line(0, "GET /api/v1/me HTTP/1.1", "Host: localhost", "X-Slow: ");
        }
        assertOthersAreAnswered();
    }

    @Test
    void bodiesThatDoNotArrive() throws Exception {
        for (int i = 0; i < MANY; i++) {
            line(
                    0,
                    "POST /api/v1/workflow/wake HTTP/1.1",
                    "Host: localhost",
                    "X-Revive: 1",
                    "Content-Type: application/json",
                    "Content-Length: 100",
                    "",
                    "{");
        }
        assertOthersAreAnswered();
    }

    @Test
    void bodiesThatDoNotArriveOnAllTheLinesThatOneAddressMayHave() throws Exception {
        for (int i = 0; i < Connections.MOST_OF_ONE_ADDRESS; i++) {
            Socket line = line(
                    0,
                    "POST /api/v1/workflow/wake HTTP/1.1",
                    "Host: localhost",
                    "X-Revive: 1",
                    "Content-Type: application/json",
                    "Content-Length: 100",
                    "Expect: 100-continue",
                    "",
                    "");
            assertThat(line.getInputStream().read()).isPositive(); // the body is waited for
        }
        assertOthersAreAnswered();
    }

    @Test
    void aBodyThatDoesNotSayHowLongItIsIsRefusedBeforeItArrives() throws Exception {
        Socket line = line(
                0,
                "POST /api/v1/workflow/wake HTTP/1.1",
                "Host: localhost",
                "X-Revive: 1",
                "Content-Type: application/json",
                "Transfer-Encoding: chunked",
                "",
                "1",
                "{",
                "");
        assertThat(new String(line.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
                .isEqualTo("HTTP/1.1 411");
    }

    @Test
    void aBodyThatIsTooLongIsRefusedBeforeItArrives() throws Exception {
        Socket line = line(
                0,
                "POST /api/v1/workflow/wake HTTP/1.1",
                "Host: localhost",
                "X-Revive: 1",
                "Content-Type: application/json",
                "Content-Length: 100000",
                "",
                "{");
        assertThat(new String(line.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
                .isEqualTo("HTTP/1.1 413");
    }

    @Test
    void aBodyThatDripsIsCutOff() throws Exception {
        Socket line = line(
                0,
                "POST /api/v1/workflow/wake HTTP/1.1",
                "Host: localhost",
                "X-Revive: 1",
                "Content-Type: application/json",
                "Content-Length: 60000",
                "",
                "{");
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    try {
                        line.getOutputStream().write(' ');
                        return false;
                    } catch (IOException e) {
                        return true; // it was cut off, though there was never a long silence
                    }
                });
    }

    @Test
    void answersThatNobodyTakes() throws Exception {
        site.close();
        site = new Site(console -> console.authentication(request ->
                Optional.of(Visitor.of(request.header("X-User").orElse("ada"), Role.VIEW, Role.VIEW_PAYLOADS))));
        site.revive().start(Site.ORDER, "long", "x".repeat(250_000)).result();
        for (int i = 0; i < MANY; i++) {
            String request =
                    "GET /api/v1/workflow?id=long&n=" + i + " HTTP/1.1\r\nHost: localhost\r\nX-User: eve\r\n\r\n";
            line(1_024, request.repeat(16));
        }
        assertOthersAreAnswered();
    }

    @Test
    void moreLinesThanOneAddressMayHave() throws Exception {
        for (int i = 0; i < 2 * Connections.MOST_OF_ONE_ADDRESS; i++) {
            line(0);
        }
        assertOthersAreAnswered();
        assertThat(lines.get(0).getInputStream().read()).isEqualTo(-1); // the oldest made room
    }

    @Test
    void aPageThatListensOutlivesTheSilenceThatEndsOthers() throws Exception {
        Socket silent = line(0, "GET /api/v1/me HTTP/1.1", "Host: localhost");
        Socket page = line(0, "GET /api/v1/events?topic=workflows HTTP/1.1", "Host: localhost", "", "");
        silent.setSoTimeout((int) DashboardServer.IDLE.multipliedBy(2).toMillis());
        page.setSoTimeout((int) DashboardServer.IDLE.toMillis());
        while (silent.getInputStream().read() >= 0) {
            // whatever is said before it is ended
        }

        byte[] heard = new byte[8_192];
        StringBuilder words = new StringBuilder();
        while (words.indexOf("event: beat") == words.lastIndexOf("event: beat")) {
            int read = page.getInputStream().read(heard);
            assertThat(read).isPositive();
            words.append(new String(heard, 0, read, StandardCharsets.UTF_8));
        }
    }

    @Test
    void onePersonTakesAPartOfThePlacesOfThoseWhoListen() throws Exception {
        Authentication byHeader = request -> request.header("X-User").map(name -> Visitor.of(name, Role.VIEW));
        try (Site shared = new Site(new InMemoryStore(), console -> console.authentication(byHeader))) {
            Site before = site;
            site = shared;
            try {
                for (int i = 0; i < Events.MOST_OF_ONE; i++) {
                    Socket page = line(
                            0, "GET /api/v1/events?topic=workflows HTTP/1.1", "Host: localhost", "X-User: eve", "", "");
                    assertThat(page.getInputStream().read()).isPositive();
                }
                String events = "/api/v1/events?topic=workflows";
                assertThat(shared.get(events, "X-User", "eve").statusCode()).isEqualTo(503);
                Socket adas = line(0, "GET " + events + " HTTP/1.1", "Host: localhost", "X-User: ada", "", "");
                byte[] status = adas.getInputStream().readNBytes(12);
                assertThat(new String(status, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 200");
            } finally {
                site = before;
            }
        }
    }
}
