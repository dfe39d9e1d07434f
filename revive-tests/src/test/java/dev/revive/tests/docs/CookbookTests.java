// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.InMemoryStore;
import dev.revive.tests.support.Effects;
import dev.revive.workflow.Awakeable;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Child;
import dev.revive.workflow.ChildFailedException;
import dev.revive.workflow.ChildOptions;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.First;
import dev.revive.workflow.Outcome;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.Poll;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowCancelledException;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/cookbook.md shows. */
@Timeout(60)
class CookbookTests {
    private static final Workflow<Order, String> FLOW = Workflow.named("order", Order.class, String.class);
    private static final Order ORDER = new Order("order-42");

    private final Effects effects = new Effects();
    private final InMemoryStore store = new InMemoryStore();
    private final Mails mails = effects::happen;
    private final Shop shop = new Shop();
    private final List<String> callbacks = new CopyOnWriteArrayList<>();
    private final Bank bank = (order, callback) -> callbacks.add(callback);

    record Order(String id) {}

    interface Bank {
        void charge(Order order, String callback);
    }

    interface Mails {
        void send(String what);
    }

    /** The outside world. */
    final class Shop {
        String book(Order order) {
            effects.happen("book");
            return "room of " + order.id();
        }

        void giveBack(String room) {
            effects.happen("give back " + room);
        }

        void charge(Order order) {
            effects.happen("charge");
        }

        Report report(Order order) {
            return new Report(effects.happen("look") == 1 ? "in progress" : "ready");
        }

        List<String> openOrders() {
            return IntStream.range(0, 200).mapToObj(i -> "order-" + i).toList();
        }
    }

    record Report(String state) {
        boolean isReady() {
            return state.equals("ready");
        }
    }

    // ---- approval

    // region approval-signal
    record Approval(String by, boolean isGiven) {}

    static final Signal<Approval> APPROVAL = Signal.named("approval", Approval.class);
    // endregion

    private String approve(WorkflowContext ctx, Order order) {
        // region approval
        ctx.step("Ask For Approval", () -> mails.send("please approve " + order.id()));
        Optional<Approval> approval = ctx.await(APPROVAL, Duration.ofDays(3));
        if (approval.isEmpty()) {
            return "nobody answered";
        }
        if (!approval.get().isGiven()) {
            return "refused by " + approval.get().by();
        }
        ctx.step("Charge", () -> shop.charge(order));
        // endregion
        return "approved by " + approval.get().by();
    }

    @Test
    void aPersonApproves() {
        try (Revive revive = engine(this::approve)) {
            WorkflowHandle<String> order = waiting(revive);
            String click = "click-17";
            // region approval-sent
            revive.workflow("order-42")
                    .signal(APPROVAL, new Approval("Ada", true), SignalOptions.idempotencyKey(click));
            // endregion
            assertThat(order.result()).isEqualTo("approved by Ada");
        }
        assertThat(effects.times("charge")).isEqualTo(1);
    }

    // ---- webhook

    record Payment(String receipt) {}

    private String pay(WorkflowContext ctx, Order order) {
        // region webhook
        Awakeable<Payment> paid = ctx.awakeable("Payment", Payment.class);
        ctx.step("Ask The Bank", () -> bank.charge(order, "https://shop.example/paid/" + paid.id()));
        Optional<Payment> payment = ctx.await(paid, Duration.ofHours(2));
        // endregion
        return payment.map(Payment::receipt).orElse("not paid");
    }

    @Test
    void theBankCallsBack() {
        try (Revive revive = engine(this::pay)) {
            WorkflowHandle<String> order = waiting(revive);
            String id = callbacks.get(0).replaceFirst(".*/", "");
            // region webhook-called
            revive.complete(id, new Payment("receipt 7")); // the same once more is accepted
            // endregion
            revive.complete(id, new Payment("receipt 7"));
            assertThat(order.result()).isEqualTo("receipt 7");
        }
        assertThat(callbacks).hasSize(1);
    }

    // ---- polling

    private String poll(WorkflowContext ctx, Order order) {
        // region poll
        Poll<Report> untilReady =
                Poll.every(Duration.ofMinutes(1)).upTo(Duration.ofHours(6)).until(Report::isReady);
        Report report = ctx.poll("Report Ready?", Report.class, untilReady, attempt -> shop.report(order));
        // endregion
        return report.state();
    }

    @Test
    void aReportIsLookedFor() {
        try (Revive revive = engine(this::poll)) {
            WorkflowHandle<String> order = waiting(revive);
            assertThat(order.steps()).extracting(StepInfo::output).containsExactly("{\"state\":\"in progress\"}");
        }
    }

    // ---- reminder

    private static final Signal<String> PAID = Signal.named("paid", String.class);

    private String remind(WorkflowContext ctx, Order order) {
        // region reminder
        Optional<String> paid = ctx.await(PAID, Duration.ofDays(3));
        for (int reminder = 1; paid.isEmpty() && reminder <= 2; reminder++) {
            ctx.step("Remind", () -> mails.send("please pay " + order.id()));
            paid = ctx.await(PAID, Duration.ofDays(3));
        }
        // endregion
        return paid.orElse("not paid");
    }

    @Test
    void whoPaysIsNotReminded() {
        try (Revive revive = engine(this::remind)) {
            WorkflowHandle<String> order = waiting(revive);
            revive.workflow("order-42").signal(PAID, "in cash");
            assertThat(order.result()).isEqualTo("in cash");
        }
        assertThat(effects.all()).isEmpty();
    }

    // ---- cancel with clean-up

    private String stay(WorkflowContext ctx, Order order) {
        // region cleanup
        String room = ctx.step("Book Room", String.class, () -> shop.book(order));
        try {
            ctx.await(PAID);
            ctx.step("Confirm", () -> mails.send("confirmed"));
        } catch (CancelledException e) {
            ctx.shielded(c -> {
                c.step("Give Room Back", () -> shop.giveBack(room));
                c.step("Tell The Guest", () -> mails.send("cancelled: " + e.reason()));
            });
            throw e; // or the workflow has completed
        }
        // endregion
        return room;
    }

    @Test
    void whatIsCancelledCleansUp() {
        try (Revive revive = engine(this::stay)) {
            WorkflowHandle<String> order = waiting(revive);
            revive.workflow("order-42").cancel("no time");
            assertThatThrownBy(order::result).isInstanceOf(WorkflowCancelledException.class);
        }
        assertThat(effects.all()).containsExactly("book", "give back room of order-42", "cancelled: no time");
    }

    // ---- agent

    record Said(String by, String text) {}

    /** What a model answers: a tool to use, or else its last word. */
    record Reply(String text, @Nullable String tool) {}

    private Reply ask(List<Said> talk, String key) {
        effects.happen("model");
        return talk.size() == 1 ? new Reply("the weather in Rome", "weather") : new Reply("Take an umbrella.", null);
    }

    private String use(String tool, String text) {
        effects.happen(tool);
        return "rain";
    }

    private String agent(WorkflowContext ctx, Order task) {
        // region agent
        List<Said> talk = new ArrayList<>();
        talk.add(new Said("user", task.id()));
        for (int turn = 1; turn <= 20; turn++) {
            List<Said> soFar = List.copyOf(talk);
            Reply reply =
                    ctx.step(Step.of("Ask The Model", Reply.class, attempt -> ask(soFar, attempt.idempotencyKey()))
                            .atMostOnce());
            String tool = reply.tool();
            if (tool == null) {
                return reply.text();
            }
            String seen = ctx.step("Use " + tool, String.class, () -> use(tool, reply.text()));
            talk.add(new Said("model", reply.text()));
            talk.add(new Said(tool, seen));
        }
        throw new IllegalStateException("No answer after 20 turns.");
        // endregion
    }

    @Test
    void anAgentThatCrashesDoesNotAskAgain() {
        CrashPlan plan = CrashPlan.at(CrashPoint.BEFORE_COMPLETION).losingQueued();
        try (Revive dying =
                Revive.with(store).register(FLOW, this::agent).crashHook(plan).start()) {
            assertThatThrownBy(() -> dying.start(FLOW, ORDER.id(), ORDER).result())
                    .isInstanceOf(EngineStoppedException.class);
        }
        try (Revive revive = engine(this::agent)) {
            assertThat(revive.handle(FLOW, ORDER.id()).result()).isEqualTo("Take an umbrella.");
        }
        assertThat(effects.all()).containsExactly("model", "weather", "model");
    }

    // ---- children

    // region billing
    static final Workflow<Order, Receipt> BILLING = Workflow.named("billing", Order.class, Receipt.class);
    // endregion

    record Receipt(String number) {}

    private Receipt bill(WorkflowContext ctx, Order order) {
        if (order.id().endsWith("7")) {
            throw new IllegalStateException("no money");
        }
        return new Receipt("receipt of " + order.id());
    }

    private String billAll(WorkflowContext ctx, Order month) {
        // region many
        List<String> orders = ctx.step("List Orders", new TypeRef<List<String>>() {}, shop::openOrders);
        List<Child<Receipt>> bills = new ArrayList<>();
        for (String order : orders) {
            bills.add(ctx.start(BILLING, new Order(order)));
        }
        List<String> unpaid = new ArrayList<>();
        for (Child<Receipt> bill : bills) {
            try {
                ctx.await(bill);
            } catch (ChildFailedException e) {
                unpaid.add(e.childId());
            }
        }
        // endregion
        return unpaid.size() + " of " + bills.size() + " are not paid";
    }

    @Test
    void aParentHasManyChildren() {
        try (Revive revive =
                builder(this::billAll).register(BILLING, this::bill).start()) {
            assertThat(revive.start(FLOW, ORDER.id(), ORDER).result()).isEqualTo("20 of 200 are not paid");
        }
    }

    private String billFew(WorkflowContext ctx, Order month) {
        List<String> orders = shop.openOrders();
        // region bounded
        List<Receipt> receipts = ctx.parallel(
                orders,
                ParallelOptions.defaults().atMost(50),
                (branch, order) -> branch.run(BILLING, new Order(order)));
        // endregion
        return String.valueOf(receipts.size());
    }

    @Test
    void atMostFiftyAreAtWork() {
        AtomicInteger atWork = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch fifty = new CountDownLatch(50);
        WorkflowFunction<Order, Receipt> billing = (ctx, order) -> {
            ctx.step("Begin", () -> {
                most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
                fifty.countDown();
                fifty.await();
            });
            ctx.step("End", () -> {
                atWork.decrementAndGet();
            });
            return new Receipt(order.id());
        };
        try (Revive revive = builder(this::billFew).register(BILLING, billing).start()) {
            assertThat(revive.start(FLOW, ORDER.id(), ORDER).result()).isEqualTo("200");
        }
        assertThat(most).hasValue(50);
    }

    private String billElsewhere(WorkflowContext ctx, Order order) {
        // region elsewhere
        Receipt receipt = ctx.run(
                BILLING, order, ChildOptions.id("bill-" + order.id()).whenParentEnds(ParentClosePolicy.ABANDON));
        // endregion
        return receipt.number();
    }

    @Test
    void anotherServiceIsCalled() {
        try (Revive shops = engine(this::billElsewhere)) {
            WorkflowHandle<String> order = waiting(shops);
            // region billing-service
            Revive billing = Revive.with(store).register(BILLING, this::bill).start();
            // endregion
            try (billing) {
                assertThat(order.result()).isEqualTo("receipt of order-42");
            }
        }
        assertThat(store.find("bill-order-42")).isPresent();
    }

    // ---- many answers

    record Offer(String by, int price) {}

    private final List<String> asked = new CopyOnWriteArrayList<>();

    private void mail(String carrier, String answerTo) {
        asked.add(answerTo);
        effects.happen("ask " + carrier);
    }

    private String firstAnswer(WorkflowContext ctx, Order order) {
        List<String> carriers = List.of("north", "south", "west");
        // region first-answer
        Outcome<Offer> offer = ctx.within(
                "Offers",
                Duration.ofHours(1),
                block -> block.parallel(First.toSucceed()).each(carriers, (b, carrier) -> {
                    Awakeable<Offer> answer = b.awakeable("Answer", Offer.class);
                    b.step("Ask", () -> mail(carrier, answer.id()));
                    try {
                        return b.await(answer);
                    } catch (CancelledException e) { // another was quicker, or the hour is over
                        b.shielded(c -> c.step("Call Off", () -> mails.send("no, thank you, " + carrier)));
                        throw e;
                    }
                }));
        String taken = offer.isCompleted() ? offer.orElseThrow().by() : "nobody";
        // endregion
        return taken;
    }

    @Test
    void whoeverAnswersFirstIsTaken() {
        try (Revive revive = engine(this::firstAnswer)) {
            WorkflowHandle<String> order = waiting(revive);
            await().until(() -> asked.size() == 3);
            revive.fail(asked.get(0), "no time");
            revive.complete(asked.get(1), new Offer("the quickest", 4));
            assertThat(order.result()).isEqualTo("the quickest");
        }
        assertThat(effects.all())
                .filteredOn(each -> each.startsWith("no, thank you"))
                .hasSizeBetween(1, 2);
    }

    private Receipt charge(String order) {
        effects.happen(order);
        if (order.endsWith("7")) {
            throw new IllegalStateException("no money");
        }
        return new Receipt("receipt of " + order);
    }

    private String chargeAll(WorkflowContext ctx, Order month) {
        List<String> orders = shop.openOrders();
        // region tolerated
        ParallelOptions options =
                ParallelOptions.defaults().named("Charge All").atMost(20).tolerateShare(0.1);
        List<Outcome<Receipt>> outcomes = ctx.parallel(options)
                .outcomes(orders, (b, order) -> b.step("Charge", Receipt.class, () -> charge(order)));
        List<String> unpaid = new ArrayList<>();
        for (int i = 0; i < orders.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Failed<Receipt>) {
                unpaid.add(orders.get(i));
            }
        }
        // endregion
        return unpaid.size() + " of " + orders.size() + " are not paid";
    }

    @Test
    void someMayFail() {
        try (Revive revive = engine(this::chargeAll)) {
            assertThat(revive.start(FLOW, ORDER.id(), ORDER).result()).isEqualTo("20 of 200 are not paid");
        }
        assertThat(effects.all()).hasSize(200);
    }

    // ---- a saga

    private final Psp psp = new Psp();

    /** Knows its payments by the key of the charge, and does nothing twice under one key. */
    final class Psp {
        private final Set<String> keys = ConcurrentHashMap.newKeySet();

        String charge(Order order, String key) {
            if (keys.add(key)) {
                effects.happen("charge");
            }
            return "payment of " + order.id();
        }

        void refund(String chargeKey, String key) {
            if (keys.contains(chargeKey) && keys.add(key)) { // else there is nothing to refund, or it was
                effects.happen("refund");
            }
        }
    }

    static final class CardDeclinedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    static final Signal<Boolean> PACKED = Signal.named("packed", Boolean.class);

    private String order(WorkflowContext ctx, Order order) {
        // region refund
        ctx.runSaga(s -> {
            s.step(
                    Step.of("Charge", String.class, attempt -> psp.charge(order, attempt.idempotencyKey()))
                            .retry(RetryPolicy.upTo(5).giveUpOn(CardDeclinedException.class))
                            .attemptTimeout(Duration.ofSeconds(10)),
                    undo -> psp.refund(undo.idempotencyKey(), undo.attempt().idempotencyKey()));
            s.step(
                    Step.of("Reserve", String.class, attempt -> shop.book(order)),
                    undo -> undo.value().ifPresent(shop::giveBack));
            boolean isPacked = ctx.await(PACKED, Duration.ofDays(2)).orElse(false);
            if (!isPacked) {
                throw new IllegalStateException("not packed in time");
            }
        });
        ctx.step("Confirm", () -> mails.send("on its way"));
        // endregion
        return "sold";
    }

    @Test
    void aRefundIsMadeOnce() {
        CrashPlan plan =
                CrashPlan.at(CrashPoint.AFTER_EFFECT).ofStep("Undo Charge").losingQueued();
        try (Revive dying = builder(this::order).crashHook(plan).start()) {
            WorkflowHandle<String> order = waiting(dying);
            dying.workflow(ORDER.id()).signal(PACKED, false);
            assertThatThrownBy(order::result).isInstanceOf(EngineStoppedException.class);
        }
        try (Revive revive = engine(this::order)) {
            assertThatThrownBy(() -> revive.handle(FLOW, ORDER.id()).result())
                    .hasMessageContaining("not packed in time");
        }
        assertThat(effects.all()).containsExactly("charge", "book", "give back room of order-42", "refund");
    }

    @Test
    void whatWasSoldStands() {
        try (Revive revive = engine(this::order)) {
            WorkflowHandle<String> order = waiting(revive);
            revive.workflow(ORDER.id()).signal(PACKED, true);
            assertThat(order.result()).isEqualTo("sold");
        }
        assertThat(effects.all()).containsExactly("charge", "book", "on its way");
    }

    @Test
    void aCancelledOrderIsRefunded() {
        try (Revive revive = engine(this::order)) {
            WorkflowHandle<String> order = waiting(revive);
            revive.workflow(ORDER.id()).cancel("no more");
            assertThatThrownBy(order::result).isInstanceOf(WorkflowCancelledException.class);
        }
        assertThat(effects.all()).containsExactly("charge", "book", "give back room of order-42", "refund");
    }

    private Revive.Builder builder(WorkflowFunction<Order, String> function) {
        return Revive.with(store).register(FLOW, function).unloadAfter(Duration.ZERO);
    }

    private Revive engine(WorkflowFunction<Order, String> function) {
        return builder(function).start();
    }

    private static WorkflowHandle<String> waiting(Revive revive) {
        WorkflowHandle<String> order = revive.start(FLOW, ORDER.id(), ORDER);
        await().until(() -> order.status() == WorkflowStatus.DUE);
        return order;
    }
}
