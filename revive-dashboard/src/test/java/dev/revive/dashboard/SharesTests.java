// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.dashboard.view.Viewer;
import dev.revive.dashboard.view.Views;
import dev.revive.store.InMemoryStore;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.Workflow;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever one visitor asks for and does not take, or asks for slowly, there is something left for another. */
@Timeout(180)
class SharesTests {
    private static final Workflow<Integer, Integer> LONG = Workflow.named("long", Integer.class, Integer.class);
    private static final Pattern SCRIPT = Pattern.compile("/assets/[^\"]+\\.js");

    private final Authentication byHeader = request -> request.header("X-User").map(SharesTests::visitor);

    private static Visitor visitor(String name) {
        return Visitor.of(name, Role.VIEW, Role.VIEW_PAYLOADS);
    }

    @Test
    void whoAsksTheSameAsAnotherDoesNotWaitForTheOthersTurn() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger held = new AtomicInteger();
        WorkflowStore slow = slowAbout("held", new InMemoryStore(), held, answer);
        ExecutorService eve = Executors.newCachedThreadPool();
        try (Site site = new Site(slow, console -> console.authentication(byHeader))) {
            site.revive().start(Site.ORDER, "order", "tea").result();
            List<Future<Integer>> eves = new ArrayList<>();
            for (String id : List.of("held1", "held2", "order")) {
                eves.add(eve.submit(() -> ask(site, id, "eve")));
                await().until(() -> id.equals("order") || held.get() == eves.size());
            }

            assertThat(ask(site, "order", "ada")).isEqualTo(200);

            answer.countDown();
            assertThat(eves.get(2).get()).isEqualTo(200);
        }
        eve.shutdown();
    }

    private static int ask(Site site, String id, String user) throws Exception {
        return site.get("/api/v1/workflow?id=" + id, "X-User", user).statusCode();
    }

    private static WorkflowStore slowAbout(String ids, WorkflowStore real, AtomicInteger held, CountDownLatch answer) {
        return (WorkflowStore) Proxy.newProxyInstance(
                SharesTests.class.getClassLoader(),
                new Class<?>[] {WorkflowStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("excerpt")
                            && arguments[0].toString().startsWith(ids)) {
                        held.incrementAndGet();
                        answer.await();
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void whoTakesNoAnswersLeavesAPlaceForThoseOfOthersAndForThePage() throws Exception {
        List<Socket> lines = new ArrayList<>();
        try (Site site = new Site(console -> console.authentication(byHeader))) {
            site.revive().start(Site.ORDER, "order", thatIsLongWhenZipped()).result();
            String journal = "/api/v1/workflow/journal?id=order";
            while (site.get(journal, "X-User", "eve").statusCode() == 200) {
                lines.add(line(site, "GET " + journal + " HTTP/1.1\r\nHost: localhost\r\nX-User: eve\r\n\r\n"));
            }

            assertThat(lines.size()).isGreaterThan(1);
            HttpResponse<String> refused = site.get(journal, "X-User", "eve", "Accept-Encoding", "gzip");
            while (refused.statusCode() == 200) {
                lines.add(line(
                        site,
                        "GET " + journal
                                + " HTTP/1.1\r\nHost: localhost\r\nX-User: eve\r\nAccept-Encoding: gzip\r\n\r\n"));
                refused = site.get(journal, "X-User", "eve", "Accept-Encoding", "gzip");
            }
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Content-Encoding")).isEmpty();
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            assertThat(site.get(journal, "X-User", "ada").statusCode()).isEqualTo(200);
            Matcher script = SCRIPT.matcher(site.get("/", "X-User", "eve").body());
            assertThat(script.find()).isTrue();
            assertThat(site.get(script.group(), "X-User", "eve").statusCode()).isEqualTo(200);
        } finally {
            for (Socket line : lines) {
                line.close();
            }
        }
    }

    private static String thatIsLongWhenZipped() {
        return new Random(1)
                .ints(900_000, '0', '9' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static Socket line(Site site, String request) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(1_024);
        socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), site.server.port()));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        assertThat(socket.getInputStream().read()).isPositive(); // it is on its way
        return socket;
    }

    @Test
    void aQuestionThatNobodyCanStillWaitForEnds() {
        InMemoryStore store = new InMemoryStore();
        try (Revive revive = Revive.with(store)
                .register(LONG, (ctx, steps) -> {
                    for (int i = 0; i < steps; i++) {
                        ctx.step("Step", () -> {});
                    }
                    return steps;
                })
                .start()) {
            revive.start(LONG, "long", 1_100).result();
            AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
            Views slow = new Views(store, () -> now.updateAndGet(time -> time.plus(Duration.ofSeconds(16))));

            assertThatThrownBy(() -> slow.workflow("long", Viewer.ofEverything()))
                    .isInstanceOf(StoreUnavailableException.class);
            assertThat(new Views(store).workflow("long", Viewer.ofEverything()))
                    .hasValueSatisfying(workflow -> assertThat(workflow.steps()).hasSize(1_100));
        }
    }
}
