// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.orders;

import dev.revive.workflow.Awakeable;
import dev.revive.workflow.First;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.Saga;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.time.Duration;
import java.util.List;

/**
 * An order: somebody approves of it, stock is reserved, the customer is charged, the first carrier that wants the parcel ships it, and it is delivered. If
 * that cannot be, or the order is cancelled on the way, everything that was done is undone, the last first, whatever crashes meanwhile.
 */
final class Ordering {
    static final Workflow<Order, Ending> ORDER = Workflow.named("order", Order.class, Ending.class);

    /** What whoever approves sends. */
    static final Signal<String> APPROVAL = Signal.named("Approval", String.class);

    /** What the carrier sends when the parcel has arrived. */
    static final Signal<String> DELIVERY = Signal.named("Delivery", String.class);

    private final Shop shop;

    Ordering(Shop shop) {
        this.shop = shop;
    }

    /** The workflow's function. A cancellation leaves it as an exception, once the saga has undone what was done. */
    Ending run(WorkflowContext ctx, Order order) {
        if (ctx.await(APPROVAL, order.approvalLimit()).isEmpty()) {
            return Ending.NOT_APPROVED;
        }
        try {
            return ctx.saga(saga -> fulfil(ctx, saga, order));
        } catch (ParallelFailedException allRefused) {
            return Ending.NO_CARRIER;
        }
    }

    private Ending fulfil(WorkflowContext ctx, Saga saga, Order order) {
        saga.step(Step.of("Reserve Stock", String.class, shop::reserve), shop::putBack);

        // The bank answers when it likes, to the id it is given.
        Awakeable<Payment> payment = ctx.awakeable("Payment", Payment.class);
        saga.step(Step.of("Charge", String.class, attempt -> shop.charge(order, payment.id(), attempt)), shop::refund);
        ctx.await(payment);

        // Asking binds nobody: who is asked in vain need not be told.
        Carrier carrier = ctx.parallel(First.toSucceed().named("First Carrier"))
                .each(
                        List.of(Carrier.values()),
                        (branch, asked) -> branch.step(
                                Step.of("Ask " + asked, Carrier.class, attempt -> shop.ask(asked, order, attempt))));

        saga.step(Step.of("Ship", String.class, attempt -> shop.ship(carrier, attempt)), shop::callBack);
        ctx.await(DELIVERY);
        return Ending.DELIVERED;
    }

    /**
     * What is ordered.
     *
     * @param kilograms what it weighs
     * @param cents what it costs
     * @param approvalLimit how long it waits to be approved
     */
    record Order(int kilograms, int cents, Duration approvalLimit) {}

    /** What the bank says. */
    record Payment(String reference, int cents) {}

    /** What became of an order that was not cancelled. */
    enum Ending {
        DELIVERED,
        NOT_APPROVED,
        NO_CARRIER
    }

    /** Who ships, and how much at most. */
    enum Carrier {
        PIGEON(1),
        BICYCLE(20),
        LORRY(1_000);

        private final int kilograms;

        Carrier(int kilograms) {
            this.kilograms = kilograms;
        }

        boolean carries(Order order) {
            return order.kilograms() <= kilograms;
        }
    }
}
