// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.orders;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.examples.data.DataOptions;
import dev.revive.examples.orders.Ordering.Ending;
import dev.revive.examples.orders.Ordering.Order;
import dev.revive.examples.orders.Ordering.Payment;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.WorkflowCancelledException;
import dev.revive.workflow.WorkflowHandle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** An engine with the order on it. */
final class OrderDesk implements AutoCloseable {
    /** So short that the example goes on soon after a crash, where other processes share the database. */
    private static final Duration LEASE = Duration.ofSeconds(3);

    static final CrashHook NO_CRASH = site -> CrashAction.GO_ON;

    private final Revive revive;

    private OrderDesk(Revive revive) {
        this.revive = revive;
    }

    static OrderDesk open(DataOptions data, CrashHook crash, Consumer<StepAttempt> witness) {
        Revive.Builder builder = Revive.with(data.openStore()).crashHook(crash).lease(LEASE);
        // Unfinished orders go on as soon as the engine starts, and their bank may be quicker than we are.
        CompletableFuture<Revive> started = new CompletableFuture<>();
        Shop shop = new Shop(data.world(), (id, payment) -> complete(started, id, payment), witness);
        builder.register(Ordering.ORDER, new Ordering(shop)::run);
        started.complete(builder.start());
        return new OrderDesk(started.join());
    }

    private static void complete(CompletableFuture<Revive> revive, String paymentId, Payment payment) {
        revive.join().complete(paymentId, payment);
    }

    void order(String id, Order order) {
        revive.start(Ordering.ORDER, id, order);
    }

    void approve(String id) {
        revive.workflow(id).signal(Ordering.APPROVAL, "approved");
    }

    void deliver(String id) {
        revive.workflow(id).signal(Ordering.DELIVERY, "delivered");
    }

    void cancel(String id) {
        revive.workflow(id).cancel("the customer changed her mind");
    }

    /** Waits for the end of an order: what became of it, or CANCELLED. */
    String end(String id) {
        WorkflowHandle<Ending> handle = revive.handle(Ordering.ORDER, id);
        try {
            return String.valueOf(handle.result());
        } catch (WorkflowCancelledException e) {
            return handle.status().name();
        }
    }

    @Override
    public void close() {
        revive.close();
    }
}
