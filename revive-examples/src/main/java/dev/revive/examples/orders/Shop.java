// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.orders;

import dev.revive.examples.orders.Ordering.Carrier;
import dev.revive.examples.orders.Ordering.Order;
import dev.revive.examples.orders.Ordering.Payment;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.Undo;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The effects of an order, in a warehouse, at a bank, with carriers: each happens outside under the idempotency key of its step, and is undone under that
 * same key. Safe for use by many threads.
 *
 * @param world what is acted upon
 * @param bank calls us back: completes the awakeable of an id with a payment
 * @param witness is told what has happened, by the thread that did it
 */
record Shop(OutsideWorld world, BiConsumer<String, Payment> bank, Consumer<StepAttempt> witness) {
    String reserve(StepAttempt attempt) {
        return "R-" + act(attempt);
    }

    /**
     * Charges the customer. A real bank would answer later, to an address of ours where {@link dev.revive.Revive#complete} is called. This one does at once,
     * and the same to every attempt: it knows the key.
     */
    String charge(Order order, String paymentId, StepAttempt attempt) {
        String receipt = "C-" + act(attempt);
        bank.accept(paymentId, new Payment("P-" + attempt.idempotencyKey().substring(0, 8), order.cents()));
        return receipt;
    }

    Carrier ask(Carrier carrier, Order order, StepAttempt attempt) {
        act(attempt);
        if (!carrier.carries(order)) {
            throw new IllegalArgumentException("%d kg are too much for a %s.".formatted(order.kilograms(), carrier));
        }
        return carrier;
    }

    String ship(Carrier carrier, StepAttempt attempt) {
        return carrier + "-" + act(attempt);
    }

    void putBack(Undo<?> reservation) {
        takeBack(reservation);
    }

    void refund(Undo<?> charge) {
        takeBack(charge);
    }

    void callBack(Undo<?> shipment) {
        takeBack(shipment);
    }

    private String act(StepAttempt attempt) {
        String nonce = world.happen(attempt).shortNonce();
        witness.accept(attempt);
        return nonce;
    }

    /** Whoever did it knows it by its key, also where we do not know whether it was done: then there is nothing to undo, which is no failure. */
    private void takeBack(Undo<?> done) {
        world.happen(done.attempt(), done.idempotencyKey());
        witness.accept(done.attempt());
    }
}
