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
import dev.revive.workflow.Child;
import dev.revive.workflow.ChildFailedException;
import dev.revive.workflow.ChildIdTakenException;
import dev.revive.workflow.ChildOptions;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/concepts.md shows of children. */
@Timeout(60)
class ChildrenTests {
    private static final Workflow<Order, String> FLOW = Workflow.named("order", Order.class, String.class);
    private static final Signal<String> HURRY = Signal.named("hurry", String.class);
    private static final Order ORDER = new Order("order-42");

    // region type
    static final Workflow<Order, Receipt> BILLING = Workflow.named("billing", Order.class, Receipt.class);
    // endregion

    private final Effects effects = new Effects();
    private final InMemoryStore store = new InMemoryStore();
    private final Mails mails = effects::happen;

    record Order(String id) {}

    record Receipt(String number) {}

    interface Mails {
        void send(String what);
    }

    private Receipt bill(WorkflowContext ctx, Order order) {
        ctx.step("Charge", () -> effects.happen("charge"));
        return new Receipt("receipt of " + order.id());
    }

    private Receipt billWhenTold(WorkflowContext ctx, Order order) {
        return new Receipt(ctx.await(HURRY));
    }

    private Revive.Builder engine(WorkflowFunction<Order, String> parent, WorkflowFunction<Order, Receipt> child) {
        return Revive.with(store)
                .register(FLOW, parent)
                .register(BILLING, child)
                .unloadAfter(Duration.ZERO);
    }

    private WorkflowStatus status(String id) {
        return store.find(id).orElseThrow().status();
    }

    private String packAndBill(WorkflowContext ctx, Order order) {
        // region start
        Child<Receipt> bill = ctx.start(BILLING, order); // it is on its way, and so is this workflow
        ctx.step("Pack", () -> effects.happen("pack"));
        Receipt receipt = ctx.await(bill); // start and await at once: ctx.run(BILLING, order)
        // endregion
        return receipt.number();
    }

    @Test
    void aWorkflowStartsAnotherOnce() {
        CrashPlan plan = CrashPlan.at(CrashPoint.BEFORE_COMPLETION)
                .ofWorkflow(ORDER.id())
                .losingQueued();
        try (Revive dying =
                engine(this::packAndBill, this::bill).crashHook(plan).start()) {
            assertThatThrownBy(() -> dying.start(FLOW, ORDER.id(), ORDER).result())
                    .isInstanceOf(EngineStoppedException.class);
        }
        try (Revive revive = engine(this::packAndBill, this::bill).start()) {
            assertThat(revive.handle(FLOW, ORDER.id()).result()).isEqualTo("receipt of order-42");
            assertThat(revive.handle(BILLING, "order-42/1").result().number()).isEqualTo("receipt of order-42");
        }
        assertThat(effects.times("charge")).isEqualTo(1);
    }

    @Test
    void oneThatIsAbandonedOutlivesItsParent() {
        WorkflowFunction<Order, String> parent = (ctx, order) -> {
            // region options
            ChildOptions options = ChildOptions.id("bill-" + order.id())
                    .whenParentEnds(ParentClosePolicy.ABANDON)
                    .timeout(Duration.ofDays(14));
            Child<Receipt> bill = ctx.start(BILLING, order, options);
            // endregion
            return bill.id();
        };
        try (Revive revive = engine(parent, this::billWhenTold).start()) {
            assertThat(revive.start(FLOW, ORDER.id(), ORDER).result()).isEqualTo("bill-order-42");

            revive.workflow("bill-order-42").signal(HURRY, "receipt 7");

            assertThat(revive.handle(BILLING, "bill-order-42").result().number())
                    .isEqualTo("receipt 7");
        }
    }

    @Test
    void oneThatNobodyAskedForIsCancelled() {
        WorkflowFunction<Order, String> parent =
                (ctx, order) -> ctx.start(BILLING, order).id();
        try (Revive revive = engine(parent, this::billWhenTold).start()) {
            String child = revive.start(FLOW, ORDER.id(), ORDER).result();

            await().until(() -> status(child) == WorkflowStatus.CANCELLED);
        }
    }

    private String billOnce(WorkflowContext ctx, Order order) {
        // region attach
        Receipt receipt;
        try {
            receipt = ctx.run(BILLING, order, ChildOptions.id("bill-" + order.id()));
        } catch (ChildIdTakenException e) {
            receipt = ctx.await(ctx.attach(BILLING, "bill-" + order.id())); // whoever started it
        }
        // endregion
        return receipt.number();
    }

    @Test
    void whatOthersHaveStartedIsWaitedFor() {
        try (Revive revive = engine(this::billOnce, this::bill).start()) {
            revive.start(BILLING, "bill-order-42", ORDER).result();

            assertThat(revive.start(FLOW, ORDER.id(), ORDER).result()).isEqualTo("receipt of order-42");
        }
        assertThat(effects.times("charge")).isEqualTo(1);
    }

    @Test
    void aChildIsSentSignals() {
        WorkflowFunction<Order, String> parent = (ctx, order) -> {
            Child<Receipt> bill = ctx.start(BILLING, order);
            // region signal
            ctx.workflow(bill.id()).signal(HURRY, "today, please");
            // endregion
            return ctx.await(bill).number();
        };
        try (Revive revive = engine(parent, this::billWhenTold).start()) {
            assertThat(revive.start(FLOW, ORDER.id(), ORDER).result()).isEqualTo("today, please");
        }
    }

    @Test
    void howAChildEndedIsData() {
        WorkflowFunction<Order, String> parent = (ctx, order) -> {
            // region failed
            try {
                ctx.run(BILLING, order);
            } catch (ChildFailedException e) {
                String why = e.status() + ", " + e.failure().message(); // FAILED, no money
                ctx.step("Tell The Customer", () -> mails.send(why));
            }
            // endregion
            return "told";
        };
        WorkflowFunction<Order, Receipt> child = (ctx, order) -> {
            throw new IllegalStateException("no money");
        };
        try (Revive revive = engine(parent, child).start()) {
            assertThat(revive.start(FLOW, ORDER.id(), ORDER).result()).isEqualTo("told");
        }
        assertThat(effects.all()).containsExactly("FAILED, no money");
    }

    @Test
    void theChildIsRetriedFirst() {
        AtomicBoolean hasMoney = new AtomicBoolean();
        WorkflowFunction<Order, String> parent =
                (ctx, order) -> ctx.run(BILLING, order).number();
        WorkflowFunction<Order, Receipt> child = (ctx, order) -> {
            ctx.step("Charge", () -> {
                if (!hasMoney.get()) {
                    throw new IllegalStateException("no money");
                }
            });
            return new Receipt("receipt 7");
        };
        try (Revive revive = engine(parent, child).start()) {
            assertThatThrownBy(() -> revive.start(FLOW, ORDER.id(), ORDER).result())
                    .isInstanceOf(WorkflowFailedException.class);
            hasMoney.set(true);
            // region retry
            revive.retry("order-42/1"); // the child
            revive.retry("order-42"); // and then the parent that failed of it: it waits for the child again
            // endregion
            assertThat(revive.handle(FLOW, ORDER.id()).result()).isEqualTo("receipt 7");
        }
    }

    @Test
    void aParentThatIsRetriedFirstFailsOfItAgain() {
        WorkflowFunction<Order, String> parent =
                (ctx, order) -> ctx.run(BILLING, order).number();
        WorkflowFunction<Order, Receipt> child = (ctx, order) -> {
            throw new IllegalStateException("no money");
        };
        try (Revive revive = engine(parent, child).start()) {
            assertThatThrownBy(() -> revive.start(FLOW, ORDER.id(), ORDER).result())
                    .isInstanceOf(WorkflowFailedException.class);

            assertThat(revive.retry(ORDER.id())).isTrue();

            assertThatThrownBy(() -> revive.handle(FLOW, ORDER.id()).result())
                    .isInstanceOf(WorkflowFailedException.class)
                    .hasMessageContaining("no money");
        }
    }

    /** What the page warns of. */
    @Test
    void whatWasCancelledWhenItsParentFailedIsNotBroughtBack() {
        AtomicBoolean isMended = new AtomicBoolean();
        WorkflowFunction<Order, String> parent = (ctx, order) -> {
            Child<Receipt> cancelled = ctx.start(BILLING, order);
            Child<Receipt> abandoned =
                    ctx.start(BILLING, order, ChildOptions.defaults().whenParentEnds(ParentClosePolicy.ABANDON));
            ctx.step("Pack", () -> {
                if (!isMended.get()) {
                    throw new IllegalStateException("no boxes");
                }
            });
            String kept = ctx.await(abandoned).number();
            try {
                return kept + ", " + ctx.await(cancelled).number();
            } catch (ChildFailedException e) {
                return kept + ", " + e.status();
            }
        };
        try (Revive revive = engine(parent, this::billWhenTold).start()) {
            assertThatThrownBy(() -> revive.start(FLOW, ORDER.id(), ORDER).result())
                    .isInstanceOf(WorkflowFailedException.class);
            await().until(() -> status("order-42/1") == WorkflowStatus.CANCELLED);
            isMended.set(true);

            revive.retry(ORDER.id());
            revive.workflow("order-42/2").signal(HURRY, "receipt 7");

            assertThat(revive.handle(FLOW, ORDER.id()).result()).isEqualTo("receipt 7, CANCELLED");
        }
    }
}
