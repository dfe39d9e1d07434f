// SPDX-License-Identifier: Apache-2.0
package dev.revive.browser;

import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.dashboard.DashboardServer;
import dev.revive.dashboard.ReviveDashboard;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Child;
import dev.revive.workflow.ChildOptions;
import dev.revive.workflow.First;
import dev.revive.workflow.OnZombie;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowStatus;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

/**
 * A console over an H2 file in which an earlier engine has left what ended, what is in doubt, and what today's code does not fit; with an engine of
 * today beside it.
 */
final class Scene implements AutoCloseable {
    static final Workflow<Order, String> ORDER = Workflow.named("order", Order.class, String.class);
    static final Workflow<String, String> HELD = Workflow.named("held", String.class, String.class);
    static final Workflow<String, String> FAILING = Workflow.named("failing", String.class, String.class);
    static final Workflow<String, String> DOUBTFUL = Workflow.named("doubtful", String.class, String.class);
    static final Workflow<String, String> DRIFTED = Workflow.named("drifted", String.class, String.class);

    static final Workflow<String, String> STUCK = Workflow.named("stuck", String.class, String.class);
    static final Workflow<String, String> ASKING = Workflow.named("asking", String.class, String.class);
    static final Workflow<String, String> PARENT = Workflow.named("parent", String.class, String.class);
    static final Workflow<String, String> RACING = Workflow.named("racing", String.class, String.class);
    static final Signal<String> APPROVAL = Signal.named("approval", String.class);
    static final Signal<String> REMARK = Signal.named("remark", String.class);

    /** What would do harm if a page took it for markup. */
    static final String SCRIPT =
            "\"'><img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";

    static final Workflow<String, String> HOSTILE = Workflow.named(SCRIPT, String.class, String.class);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What somebody bought. */
    record Order(String item, int pieces, String iban) {}

    final WorkflowStore store;
    final Revive revive;
    final DashboardServer server;

    /** Lets what is held go on. */
    final CountDownLatch hold = new CountDownLatch(1);

    final CountDownLatch cleanUp = new CountDownLatch(1);

    private volatile boolean isMended;

    Scene(Path directory) throws InterruptedException {
        yesterday(directory);
        store = JdbcStore.embedded(directory);
        revive = today();
        revive.start(ORDER, "order-1", new Order("tea", 2, "DE02 1203")).result(PATIENCE);
        fail(FAILING, "failing-1", "tea");
        fail(HOSTILE, SCRIPT, SCRIPT);
        for (String id : new String[] {"doubtful-1", "doubtful-2", "doubtful-3", "drifted-1"}) {
            awaitStatus(id, WorkflowStatus.NEEDS_ATTENTION);
        }
        server = console(console -> console);
    }

    /** An engine that ends in the middle of everything. */
    private static void yesterday(Path directory) throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(4);
        CountDownLatch never = new CountDownLatch(1);
        try (Revive first = Revive.with(JdbcStore.embedded(directory))
                .name("yesterday")
                .register(
                        DOUBTFUL,
                        (ctx, input) -> charge(ctx, () -> {
                            busy.countDown();
                            never.await();
                            return input;
                        }))
                .register(DRIFTED, (ctx, input) -> {
                    ctx.step("Reserve", () -> {});
                    ctx.step("Pack", () -> {});
                    return ctx.step("Ship", String.class, () -> {
                        busy.countDown();
                        never.await();
                        return input;
                    });
                })
                .shutdownGrace(Duration.ZERO)
                .start()) {
            for (int i = 1; i <= 3; i++) {
                first.start(DOUBTFUL, "doubtful-" + i, "card");
            }
            first.start(DRIFTED, "drifted-1", "parcel");
            busy.await();
        }
    }

    private Revive today() {
        return Revive.with(store)
                .name("today")
                .version("1.2.3")
                .register(ORDER, Scene::order)
                .register(
                        HELD,
                        (ctx, input) -> ctx.step("Wait", String.class, () -> {
                            hold.await();
                            return input;
                        }))
                .register(
                        STUCK,
                        (ctx, input) -> ctx.step("Hang", String.class, () -> {
                            new CountDownLatch(1).await();
                            return input;
                        }))
                .register(
                        FAILING,
                        (ctx, input) -> ctx.step("Pay", String.class, () -> {
                            throw new IllegalStateException(
                                    "no " + input + " today", new IOException("the line is dead"));
                        }))
                .register(DOUBTFUL, (ctx, input) -> charge(ctx, () -> input))
                .register(DRIFTED, (ctx, input) -> {
                    ctx.step("Reserve", () -> {});
                    ctx.step(isMended ? "Pack" : "Weigh", () -> {});
                    return ctx.step("Ship", String.class, () -> input);
                })
                .register(ASKING, Scene::ask)
                .register(PARENT, Scene::parent)
                .register(RACING, this::race)
                .register(HOSTILE, (ctx, input) -> {
                    ctx.step(SCRIPT, String.class, () -> input);
                    return ctx.step("Fails", String.class, () -> {
                        throw new IllegalStateException(SCRIPT);
                    });
                })
                .shutdownGrace(Duration.ZERO)
                .start();
    }

    private static String order(WorkflowContext ctx, Order order) {
        String reserved = ctx.step("Reserve", String.class, () -> "reserved " + order.item());
        String both = ctx.parallel(
                a -> a.step("Pack", String.class, () -> "packed"),
                b -> b.step("Pay", Order.class, () -> order).iban(),
                (packed, paid) -> packed + ", paid by " + paid);
        ctx.step("Ship", () -> {});
        return reserved + ", " + both;
    }

    /** Waits for two signals; cancelled, it cleans up. */
    private static String ask(WorkflowContext ctx, String input) {
        try {
            String who = ctx.await(APPROVAL, Duration.ofDays(3)).orElse("nobody");
            return who + ", " + ctx.await(REMARK);
        } catch (CancelledException e) {
            ctx.shielded(c -> c.step("Give Back", () -> {}));
            throw e;
        }
    }

    /** A wait for a remark, whose clean-up is held, loses to the approval. */
    private String race(WorkflowContext ctx, String input) {
        return ctx.parallel(First.toEnd())
                .of(
                        b -> {
                            try {
                                return b.await(REMARK);
                            } catch (CancelledException e) {
                                b.shielded(c -> c.step("Clean up", cleanUp::await));
                                throw e;
                            }
                        },
                        b -> b.await(APPROVAL));
    }

    /** Once it is approved it asks for the result of its child, which has the id that is its input. */
    private static String parent(WorkflowContext ctx, String childId) {
        Child<String> child = ctx.start(ASKING, "tea", ChildOptions.id(childId));
        ctx.await(APPROVAL);
        return ctx.await(child);
    }

    private static String charge(WorkflowContext ctx, java.util.concurrent.Callable<String> body) {
        return ctx.step(Step.of("Charge", String.class, attempt -> body.call())
                .atMostOnce()
                .onZombie(OnZombie.ASK));
    }

    private void fail(Workflow<String, String> workflow, String id, String input) {
        try {
            revive.start(workflow, id, input).result(PATIENCE);
            throw new AssertionError(id + " did not fail");
        } catch (WorkflowFailedException e) {
            // as it should
        }
    }

    /** Puts back the code that fits what is recorded. */
    void fix() {
        isMended = true;
    }

    void startHeld(String id) {
        start(HELD, id);
    }

    /** Nobody ever lets it go on. */
    void startStuck(String id) {
        start(STUCK, id);
    }

    private void start(Workflow<String, String> workflow, String id) {
        revive.start(workflow, id, "x");
        await().atMost(PATIENCE)
                .until(() -> store.step(id, "", 1)
                        .filter(step -> step.status() == StepStatus.STARTED)
                        .isPresent());
    }

    /** It waits for its first signal then. */
    void startAsking(String id) {
        revive.start(ASKING, id, "tea");
        await().atMost(PATIENCE).until(() -> store.step(id, "", 1).isPresent());
    }

    /** Both wait for their first signal then. */
    void startParent(String id, String childId) {
        revive.start(PARENT, id, childId);
        await().atMost(PATIENCE).until(() -> store.step(id, "", 2).isPresent());
        await().atMost(PATIENCE).until(() -> store.step(childId, "", 1).isPresent());
    }

    /** One whose race is decided, and whose loser cleans up until {@link #cleanUp} lets it. */
    void startRacing(String id) {
        revive.start(RACING, id, "tea");
        await().atMost(PATIENCE)
                .until(() -> store.step(id, "1.1", 1).isPresent()
                        && store.step(id, "1.2", 1).isPresent());
        revive.workflow(id).signal(APPROVAL, "Ada");
        await().atMost(PATIENCE).until(() -> store.step(id, "1.1", 2).isPresent());
    }

    /** All that the workflow of {@link #startAsking}, or such a child, waits for. */
    void answer(String id) {
        revive.workflow(id).signal(APPROVAL, "Ada");
        revive.workflow(id).signal(REMARK, "thanks");
    }

    void awaitStatus(String id, WorkflowStatus status) {
        await().atMost(PATIENCE)
                .until(() ->
                        store.find(id).filter(row -> row.status() == status).isPresent());
    }

    /** Another console over the same tables. */
    DashboardServer console(UnaryOperator<ReviveDashboard> settings) {
        return settings.apply(ReviveDashboard.on(revive)).start(0);
    }

    URI uri(String path) {
        return at(server, path);
    }

    static URI at(DashboardServer server, String path) {
        return server.uri().resolve(path);
    }

    static String workflow(String id) {
        return "/workflow?id=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        hold.countDown();
        cleanUp.countDown();
        server.close();
        revive.close();
        store.close();
    }
}
