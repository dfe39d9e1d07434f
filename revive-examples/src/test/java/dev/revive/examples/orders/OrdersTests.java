// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.examples.data.ChildJvm;
import dev.revive.examples.data.DataOptions;
import dev.revive.examples.orders.Ordering.Order;
import dev.revive.workflow.StepAttempt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The order: how it ends, and what of it is undone. */
@Tag("once")
class OrdersTests {
    private static final String ID = OrdersCommand.ID;
    private static final Duration A_DAY = Duration.ofDays(1);

    @TempDir
    Path directory;

    private final CountDownLatch shipped = new CountDownLatch(1);
    private DataOptions data;

    @BeforeEach
    void choose() {
        data = DataOptions.in(directory.resolve("data"));
    }

    @Test
    void anApprovedOrderIsDeliveredAndNothingIsUndone() throws Exception {
        try (OrderDesk desk = desk()) {
            desk.order(ID, new Order(5, 100, A_DAY));
            desk.approve(ID);
            shipped.await();
            desk.deliver(ID);

            assertThat(desk.end(ID)).isEqualTo("DELIVERED");
        }
        Ledger ledger = Ledger.of(ID, data);
        assertThat(ledger.recorded()).contains("Reserve Stock", "Charge", "Ship");
        assertThat(ledger.entries()).noneMatch(entry -> entry.step().startsWith("Undo"));
        assertThat(ledger.agreesWithTheWorld()).as(ledger.toString()).isTrue();
    }

    @Test
    void anOrderThatNobodyApprovesInTimeHasNoEffect() {
        try (OrderDesk desk = desk()) {
            desk.order(ID, new Order(5, 100, Duration.ofMillis(1)));

            assertThat(desk.end(ID)).isEqualTo("NOT_APPROVED");
        }
        assertThat(data.world().of(ID)).isEmpty();
    }

    @Test
    void anOrderThatIsCancelledOnItsWayIsRefunded() throws Exception {
        try (OrderDesk desk = desk()) {
            desk.order(ID, new Order(5, 100, A_DAY));
            desk.approve(ID);
            shipped.await();
            desk.cancel(ID);

            assertThat(desk.end(ID)).isEqualTo("CANCELLED");
        }
        Ledger ledger = Ledger.of(ID, data);
        assertThat(ledger.recorded()).contains("Undo Ship", "Undo Charge", "Undo Reserve Stock");
        assertThat(ledger.isUndone("Charge")).as(ledger.toString()).isTrue();
        assertThat(ledger.agreesWithTheWorld()).as(ledger.toString()).isTrue();
    }

    @Test
    void anOrderThatNoCarrierWantsIsRefunded() {
        try (OrderDesk desk = desk()) {
            desk.order(ID, new Order(2_000, 100, A_DAY));
            desk.approve(ID);

            assertThat(desk.end(ID)).isEqualTo("NO_CARRIER");
        }
        Ledger ledger = Ledger.of(ID, data);
        assertThat(ledger.recorded())
                .containsExactlyInAnyOrder("Reserve Stock", "Charge", "Undo Charge", "Undo Reserve Stock");
        assertThat(ledger.isUndone("Charge")).as(ledger.toString()).isTrue();
        assertThat(ledger.isUndone("Reserve Stock")).as(ledger.toString()).isTrue();
    }

    /** Which call hears of the cancellation is chance: a carrier's, or the shipment. */
    @Test
    void anOrderThatIsCancelledWhileCarriersAreAskedIsRefunded() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        try (OrderDesk desk = OrderDesk.open(data, OrderDesk.NO_CRASH, happened -> hold(happened, asked, cancelled))) {
            desk.order(ID, new Order(5, 100, A_DAY));
            desk.approve(ID);
            asked.await();
            desk.cancel(ID);
            cancelled.countDown();

            assertThat(desk.end(ID)).isEqualTo("CANCELLED");
        }
        Ledger ledger = Ledger.of(ID, data);
        assertThat(ledger.isUndone("Charge")).as(ledger.toString()).isTrue();
        assertThat(ledger.isUndone("Reserve Stock")).as(ledger.toString()).isTrue();
        assertThat(ledger.agreesWithTheWorld()).as(ledger.toString()).isTrue();
    }

    private static void hold(StepAttempt happened, CountDownLatch asked, CountDownLatch cancelled) {
        if (happened.stepName().startsWith("Ask")) {
            asked.countDown();
            try {
                cancelled.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void theDemoShowsThatACrashAmidCompensationsUndoesNothingTwice() throws Exception {
        ChildJvm demo = ChildJvm.run(
                "orders", "demo", "--data", directory.resolve("demo").toString());

        assertThat(demo.exitCode()).as(demo.toString()).isZero();
        assertThat(demo.output())
                .noneMatch(line -> line.contains("NO   "))
                .contains("   | order-42: \"Undo Charge\", attempt 2")
                .contains("   yes  every effect and every compensation happened as often as recorded")
                .contains("   yes  shipment, charge and stock were each undone under their own key");
    }

    @ParameterizedTest(name = "at {1} of {0}: {2} times outside")
    @CsvSource({
        "Charge,             after-effect,   2",
        "Undo Ship,          before-effect,  1",
        "Undo Charge,        outcome-queued, 2",
        "Undo Reserve Stock, after-outcome,  1"
    })
    void whereverTheJvmHaltsTheOrderIsUndoneInTheEnd(String step, String point, int times) throws Exception {
        String where = data.directory().toString();
        ChildJvm crashed = ChildJvm.run("orders", "crash", "--data", where, "--step", step, "--at", point);
        assertThat(crashed.exitCode()).as(crashed.toString()).isEqualTo(137);

        try (OrderDesk desk = desk()) {
            if (step.equals("Charge")) { // it died before anybody had cancelled
                shipped.await();
                desk.cancel(ID);
            }
            assertThat(desk.end(ID)).isEqualTo("CANCELLED");
        }

        Ledger ledger = Ledger.of(ID, data);
        assertThat(ledger.entry(step))
                .hasValueSatisfying(entry -> assertThat(entry.times()).isEqualTo(times));
        assertThat(ledger.isUndone("Reserve Stock")).as(ledger.toString()).isTrue();
        assertThat(ledger.isUndone("Charge")).as(ledger.toString()).isTrue();
        assertThat(ledger.isUndone("Ship")).as(ledger.toString()).isTrue();
    }

    private OrderDesk desk() {
        return OrderDesk.open(data, OrderDesk.NO_CRASH, this::note);
    }

    private void note(StepAttempt happened) {
        if (happened.stepName().equals("Ship")) {
            shipped.countDown();
        }
    }
}
