// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Child;
import dev.revive.workflow.ChildIdTakenException;
import dev.revive.workflow.ChildOptions;
import dev.revive.workflow.First;
import dev.revive.workflow.OnZombie;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.Poll;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** A console over a store with some workflows in it, and a browser without a screen. */
final class Site implements AutoCloseable {
    private static final int TRIES = 10;

    static {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60)); // a busy machine may take so long for what must come
    }

    static final Workflow<String, String> ORDER = Workflow.named("order", String.class, String.class);
    static final Workflow<String, String> DOUBTFUL = Workflow.named("doubtful", String.class, String.class);
    static final Workflow<String, String> HELD = Workflow.named("held", String.class, String.class);
    static final Workflow<String, String> POLLING = Workflow.named("polling", String.class, String.class);
    static final Workflow<String, String> ASKING = Workflow.named("asking", String.class, String.class);
    static final Signal<String> APPROVAL = Signal.named("approval", String.class);
    static final Signal<String> PAYMENT = Signal.named("payment", String.class);
    static final Workflow<String, String> FAILING = Workflow.named("failing", String.class, String.class);

    static final Workflow<String, String> PARENT = Workflow.named("parent", String.class, String.class);

    static final Workflow<String, String> RACING = Workflow.named("racing", String.class, String.class);

    static final Workflow<String, String> TWICE = Workflow.named("twice", String.class, String.class);

    final WorkflowStore store;
    final CountDownLatch hold = new CountDownLatch(1);
    final DashboardServer server;
    private Revive revive;
    private final HttpClient client = HttpClient.newHttpClient();

    Site() {
        this(console -> console);
    }

    Site(UnaryOperator<ReviveDashboard> settings) {
        this(new InMemoryStore(), settings);
    }

    Site(WorkflowStore store, UnaryOperator<ReviveDashboard> settings) {
        this.store = store;
        this.revive = engine();
        this.server = settings.apply(ReviveDashboard.on(revive)).start(0);
    }

    private Revive engine() {
        return Revive.with(store)
                .name("host")
                .version("1.2.3")
                .register(ORDER, Site::order)
                .register(DOUBTFUL, Site::doubtful)
                .register(
                        HELD,
                        (ctx, input) -> ctx.step("wait", String.class, () -> {
                            hold.await();
                            return input;
                        }))
                .register(
                        POLLING,
                        (ctx, input) -> ctx.poll(
                                "there?",
                                String.class,
                                Poll.every(Duration.ofHours(1))
                                        .upTo(Duration.ofDays(1))
                                        .until("there"::equals),
                                attempt -> input))
                .register(
                        ASKING,
                        (ctx, input) -> ctx.await(APPROVAL, Duration.ofDays(3)).orElse("nobody") + " approves " + input)
                .register(PARENT, Site::parent)
                .register(TWICE, Site::twice)
                .register(RACING, this::race)
                .register(
                        FAILING,
                        (ctx, input) -> ctx.step("fails", String.class, () -> {
                            throw new IllegalStateException("no " + input, new IOException("line is dead"));
                        }))
                .shutdownGrace(Duration.ZERO)
                .start();
    }

    Revive revive() {
        return revive;
    }

    private static String order(WorkflowContext ctx, String item) {
        String reserved = ctx.step("Reserve", String.class, () -> "reserved " + item);
        String both = ctx.parallel(
                a -> a.step("Pack", String.class, () -> "packed"),
                b -> b.step("Pay", String.class, () -> "paid"),
                (packed, paid) -> packed + " and " + paid);
        ctx.step("Ship", () -> {});
        return reserved + ", " + both;
    }

    /** Asks for the result of its child, which has the id that is its input, only once it is approved. */
    private static String parent(WorkflowContext ctx, String childId) {
        Child<String> child =
                ctx.start(ASKING, "tea", ChildOptions.id(childId).whenParentEnds(ParentClosePolicy.TERMINATE));
        ctx.await(APPROVAL);
        return ctx.await(child);
    }

    /** A wait for a payment, whose clean-up is held, loses to the approval. */
    private String race(WorkflowContext ctx, String input) {
        return ctx.parallel(First.toEnd())
                .of(
                        b -> {
                            try {
                                return b.await(PAYMENT);
                            } catch (CancelledException e) {
                                b.shielded(c -> c.step("Clean up", hold::await));
                                throw e;
                            }
                        },
                        b -> b.await(APPROVAL));
    }

    /** Gives a second child the id of its first, hears that it is taken, and asks for nothing else until it is approved. */
    private static String twice(WorkflowContext ctx, String childId) {
        Child<String> first = ctx.start(ASKING, "tea", ChildOptions.id(childId));
        Child<String> second = ctx.start(ORDER, "tea", ChildOptions.id(childId));
        try {
            ctx.await(second);
        } catch (ChildIdTakenException e) {
            ctx.await(APPROVAL);
        }
        return ctx.await(first);
    }

    /** Its step's outcome is unknown when the process ends in the middle, and a person has to say. */
    private static String doubtful(WorkflowContext ctx, String input) {
        return ctx.step(
                Step.of("Charge", String.class, attempt -> input).atMostOnce().onZombie(OnZombie.ASK));
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).GET(), headers);
    }

    HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .header("X-Revive", "1");
        return send(request, headers);
    }

    HttpResponse<String> send(HttpRequest.Builder request, String... headers) throws IOException, InterruptedException {
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        for (int tries = 1; ; tries++) {
            try {
                return client.send(request.build(), BodyHandlers.ofString());
            } catch (IOException e) {
                if (tries == TRIES) {
                    throw e; // a server that refuses a long body may close the line while it is sent, and the answer is
                    // lost with it
                }
            }
        }
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    JsonNode json(String path, String... headers) throws IOException, InterruptedException {
        HttpResponse<String> response = get(path, headers);
        if (response.statusCode() != 200) {
            throw new AssertionError(path + " answers " + response.statusCode() + " " + response.body());
        }
        return parse(response.body());
    }

    static JsonNode parse(String body) throws JsonProcessingException {
        return Json.MAPPER.readTree(body);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static String body(Map<String, ?> fields) {
        return new String(Json.bytes(fields), StandardCharsets.UTF_8);
    }

    List<String> ids(JsonNode page) {
        return page.path("items").findValuesAsText("id");
    }

    @Override
    public void close() {
        hold.countDown();
        server.close();
        revive.close();
        store.close();
    }
}
