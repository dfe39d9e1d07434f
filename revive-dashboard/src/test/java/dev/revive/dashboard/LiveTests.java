// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.InMemoryStore;
import dev.revive.store.WorkflowCounts;
import dev.revive.store.WorkflowStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LiveTests {
    /** An EventSource on a socket of its own. */
    private static final class Ear implements AutoCloseable {
        private final Socket socket;
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private volatile boolean ended;

        Ear(Site site, String topic) throws IOException {
            this(site, topic, "ada");
        }

        Ear(Site site, String topic, String user) throws IOException {
            socket = new Socket("127.0.0.1", site.server.port());
            socket.getOutputStream()
                    .write(("GET /api/v1/events?topic=" + topic
                                    + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nX-User: " + user
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            Thread thread = new Thread(this::listen);
            thread.setDaemon(true);
            thread.start();
        }

        private void listen() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    heard.add(line);
                }
            } catch (IOException e) {
                // closed by the test
            } finally {
                ended = true;
            }
        }

        long changes() {
            return heard.stream().filter("event: changed"::equals).count();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void aPageIsToldWhenAWorkflowChanges() throws Exception {
        try (Site site = new Site()) {
            site.revive().start(Site.HELD, "h", "x");
            await().until(() -> site.store.step("h", "", 1).isPresent());
            try (Ear ear = new Ear(site, "workflow&id=h")) {
                await().until(() -> ear.changes() == 1); // whoever comes is told to look

                site.hold.countDown();

                await().until(() -> ear.changes() > 1);
                assertThat(ear.heard.get(0)).isEqualTo("HTTP/1.1 200 OK");
                assertThat(ear.heard)
                        .anyMatch(line -> line.toLowerCase(Locale.ROOT).startsWith("content-type: text/event-stream"));
            }
        }
    }

    @Test
    void aPageThatAsksAfterItWasToldSeesTheChange() throws Exception {
        try (Site site = new Site();
                Ear ear = new Ear(site, "workflows")) {
            await().until(() -> ear.changes() == 1);
            for (int i = 0; i < 5; i++) {
                long told = ear.changes();
                site.json("/api/v1/workflows"); // an answer from before, which must not be given again
                site.revive().start(Site.ORDER, "o-" + i, "tea").result();

                await().until(() -> ear.changes() > told);

                int expected = i + 1; // at once, unless the machine is so busy that the answer was a costly one
                await().until(() -> site.ids(site.json("/api/v1/workflows")).size() == expected);
            }
        }
    }

    @Test
    void anExecutorThatComesIsAChange() throws Exception {
        try (Site site = new Site();
                Ear ear = new Ear(site, "executors")) {
            await().until(() -> ear.changes() == 1);
            try (ExecutorSeat second = site.store.seat(new ExecutorSettings("second", 1, Duration.ofSeconds(30)))) {
                await().until(() -> ear.changes() > 1);
                assertThat(second.executorId()).isNotEmpty();
            }
        }
    }

    @Test
    void manyListenersCostOneLookAndNoneCostNothing() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        InMemoryStore real = new InMemoryStore();
        WorkflowStore counting = (WorkflowStore) Proxy.newProxyInstance(
                LiveTests.class.getClassLoader(), new Class<?>[] {WorkflowStore.class}, (proxy, method, arguments) -> {
                    if (method.getReturnType() == WorkflowCounts.class) {
                        looks.incrementAndGet();
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        try (Site site = new Site(counting, console -> console)) {
            long opened = System.nanoTime();
            List<Ear> ears = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ears.add(new Ear(site, "workflows"));
            }
            await().until(() -> ears.stream().allMatch(ear -> ear.changes() >= 1));
            long began = System.nanoTime(); // first: a look between the two would be one that took no time
            int joined = looks.get();
            long pauses = (System.nanoTime() - opened) / 500_000_000;
            await().until(() -> looks.get() >= joined + 3);
            assertThat(System.nanoTime() - began).isGreaterThan(900_000_000L);

            for (Ear ear : ears) {
                ear.close();
            }
            site.server.close(); // notices at once what a beat would have shown
            int last = looks.get();
            assertThat(looks.get() - last).isLessThanOrEqualTo(1);
            assertThat(joined - pauses).isLessThan(25); // one for each that came, and one after each pause
        }
    }

    @Test
    void listenersAreBounded() throws Exception {
        Authentication byHeader = request -> request.header("X-User").map(name -> Visitor.of(name, Role.VIEW));
        try (Site site = new Site(console -> console.authentication(byHeader))) {
            List<Ear> ears = new ArrayList<>();
            for (int i = 0; i < Events.MOST_LISTENERS; i++) {
                ears.add(new Ear(site, "workflows", "user-" + i / Events.MOST_OF_ONE));
            }
            await().until(() -> ears.stream().allMatch(ear -> ear.changes() >= 1));

            assertThat(site.get("/api/v1/events?topic=workflows", "X-User", "one-more")
                            .statusCode())
                    .isEqualTo(503);

            for (Ear ear : ears) {
                ear.close();
            }
        }
    }

    @Test
    void theEndOfTheServerEndsTheConversation() throws Exception {
        Site site = new Site();
        try (Ear ear = new Ear(site, "workflows")) {
            await().until(() -> ear.changes() == 1);
            site.close();
            await().until(() -> ear.ended);
        }
    }

    @Test
    void anUnknownTopicIsRefused() throws Exception {
        try (Site site = new Site()) {
            assertThat(site.get("/api/v1/events?topic=everything").statusCode()).isEqualTo(400);
            assertThat(site.get("/api/v1/events?topic=workflow").statusCode()).isEqualTo(400);
        }
    }
}
