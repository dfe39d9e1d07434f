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
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.CompensationFailedException;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.First;
import dev.revive.workflow.Outcome;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.RetryRefusedException;
import dev.revive.workflow.Saga;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowHandle;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/concepts.md shows of races, outcomes, time limits and sagas. */
@Timeout(60)
class ComposingTests {
    private static final Workflow<String, String> FLOW = Workflow.named("order", String.class, String.class);
    private static final Signal<String> APPROVAL = Signal.named("approval", String.class);
    private static final Signal<String> CARD = Signal.named("card", String.class);

    private final Effects effects = new Effects();
    private final InMemoryStore store = new InMemoryStore();

    record Quote(String shop, int price) {}

    private Quote ask(String shop) {
        effects.happen(shop);
        if (shop.startsWith("closed")) {
            throw new IllegalStateException(shop);
        }
        return new Quote(shop, shop.length());
    }

    // ---- the first

    private String decide(WorkflowContext ctx, String order) {
        // region first
        String decision = ctx.parallel(First.toEnd()).of(b -> "approved by " + b.await(APPROVAL), b -> {
            b.sleep("Patience", Duration.ofDays(3));
            return "nobody answered";
        });
        // endregion
        return decision;
    }

    @Test
    void theFirstBranchDecides() {
        try (Revive revive = engine(this::decide).start()) {
            WorkflowHandle<String> order = revive.start(FLOW, "order-42", "tea");
            await().until(() -> order.steps().size() == 3);
            revive.workflow("order-42").signal(APPROVAL, "Ada");

            assertThat(order.result()).isEqualTo("approved by Ada");
            assertThat(recorded(order, "Patience").status()).isEqualTo(StepStatus.CANCELLED);
        }
    }

    private String buy(WorkflowContext ctx, String order) {
        List<String> shops = List.of("closed", "tea house", "corner shop");
        // region succeed
        Quote quote = ctx.parallel(First.toSucceed().named("Ask Shops").atMost(1))
                .each(shops, (b, shop) -> b.step("Ask", Quote.class, () -> ask(shop)));
        // endregion
        return quote.shop();
    }

    @Test
    void theFirstThatCompletesDecidesWhateverCrashes() {
        CrashPlan plan =
                CrashPlan.at(CrashPoint.BEFORE_DECISION).ofStep("Ask Shops").losingQueued();

        assertThat(crashAndGoOn(plan, this::buy)).isEqualTo("tea house");
        assertThat(effects.all()).containsExactly("closed", "tea house");
    }

    // ---- outcomes

    private String compare(WorkflowContext ctx, String order) {
        List<String> shops = List.of("closed", "tea house", "closed too", "corner shop", "market", "far away");
        ParallelOptions options = ParallelOptions.defaults().atMost(1);
        // region outcomes
        List<Outcome<Quote>> outcomes = ctx.parallel(options.enough(3).tolerate(2))
                .outcomes(shops, (b, shop) -> b.step("Ask", Quote.class, () -> ask(shop)));
        int lowest = Integer.MAX_VALUE;
        for (Outcome<Quote> outcome : outcomes) {
            if (outcome instanceof Outcome.Completed<Quote> completed) {
                lowest = Math.min(lowest, completed.value().price());
            }
        }
        // endregion
        return lowest + ", " + outcomes.stream().filter(Outcome::isCutOff).count() + " not asked";
    }

    @Test
    void someAreEnoughAndSomeMayFail() {
        assertThat(crashAndGoOn(CrashPlan.at(CrashPoint.BEFORE_COMPLETION).losingQueued(), this::compare))
                .isEqualTo("6, 1 not asked");
        assertThat(effects.all()).doesNotContain("far away");
    }

    // ---- a time limit

    private WorkflowFunction<String, String> paying(Duration limit) {
        return (ctx, order) -> {
            // region within
            Outcome<String> paid = ctx.within("Card", limit, b -> {
                String bill = b.step("Send Bill", String.class, () -> bill(order));
                return b.await(CARD) + " for " + bill;
            });
            String receipt = paid.orElse("not paid in time");
            // endregion
            return receipt;
        };
    }

    private String bill(String order) {
        effects.happen("bill");
        return "bill of " + order;
    }

    @Test
    void aBlockHasSoMuchTime() {
        try (Revive revive = engine(paying(Duration.ofHours(2))).start()) {
            WorkflowHandle<String> order = revive.start(FLOW, "order-42", "tea");
            revive.workflow("order-42").signal(CARD, "paid");

            assertThat(order.result()).isEqualTo("paid for bill of tea");
        }
    }

    @Test
    void aBlockThatTakesLongerIsCutOff() {
        try (Revive revive = engine(paying(Duration.ofMillis(1))).start()) {
            assertThat(revive.start(FLOW, "order-42", "tea").result()).isEqualTo("not paid in time");
        }
    }

    // ---- cut off

    private String reserve(WorkflowContext ctx, String order) {
        return ctx.parallel(First.toEnd())
                .of(
                        // region cut-off
                        b -> {
                            String room = b.step("Reserve", String.class, () -> room(order));
                            try {
                                return b.await(CARD) + " for " + room;
                            } catch (CancelledException e) {
                                b.shielded(c -> c.step("Give Back", () -> effects.happen("give back " + room)));
                                throw e;
                            }
                        },
                        // endregion
                        b -> b.await(APPROVAL));
    }

    private String room(String order) {
        effects.happen("reserve");
        return "room of " + order;
    }

    @Test
    void whoIsCutOffCleansUp() {
        try (Revive revive = engine(this::reserve).start()) {
            WorkflowHandle<String> order = revive.start(FLOW, "order-42", "Ada");
            await().until(() ->
                    order.steps().stream().anyMatch(step -> step.name().equals("card")));
            revive.workflow("order-42").signal(APPROVAL, "no room needed");

            assertThat(order.result()).isEqualTo("no room needed");
        }
        assertThat(effects.all()).containsExactly("reserve", "give back room of Ada");
    }

    // ---- support

    // ---- sagas

    record Trip(String hotel, String flight) {}

    /** Books under a key, and cancels by it. */
    private final class Desk {
        private final String what;

        private Desk(String what) {
            this.what = what;
        }

        private String book(String key) {
            effects.happen("book " + what);
            if (what.equals("flight")) {
                throw new IllegalStateException("no flight");
            }
            return key;
        }

        private void cancel(String key) {
            effects.happen("cancel " + what + " " + key.substring(key.lastIndexOf(':') + 1));
        }
    }

    private final Desk hotels = new Desk("hotel");
    private final Desk flights = new Desk("flight");

    private String travel(WorkflowContext ctx, String order) {
        // region saga
        Trip trip = ctx.saga(s -> {
            String hotel = s.step(
                    Step.of("Book Hotel", String.class, attempt -> hotels.book(attempt.idempotencyKey())),
                    undo -> hotels.cancel(undo.idempotencyKey()));
            String flight = s.step(
                    Step.of("Book Flight", String.class, attempt -> flights.book(attempt.idempotencyKey())),
                    undo -> flights.cancel(undo.idempotencyKey()));
            return new Trip(hotel, flight);
        });
        // endregion
        return trip.hotel() + trip.flight();
    }

    @Test
    void aSagaThatFailsIsUndoneAndNotRetried() {
        try (Revive revive = engine(this::travel).start()) {
            WorkflowHandle<String> order = revive.start(FLOW, "order-42", "tea");

            assertThatThrownBy(order::result).hasMessageContaining("no flight");
            assertThat(recorded(order, "Undo Book Hotel").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(effects.all()).hasSize(3).last().asString().startsWith("cancel hotel");
            assertThatThrownBy(() -> revive.retry("order-42")).isInstanceOf(RetryRefusedException.class);
        }
    }

    private String announceAndShip(WorkflowContext ctx, String order) {
        // region saga-block
        ctx.runSaga(s -> {
            s.compensate(c -> c.step("Take Back", () -> effects.happen("take back")));
            ctx.step("Announce", () -> effects.happen("announce"));
            ship(s, order);
        });
        // endregion
        return "shipped";
    }

    private void ship(Saga saga, String order) {
        saga.step(
                Step.of("Ship", () -> {
                    throw new IllegalStateException("no ship for " + order);
                }),
                undo -> effects.happen("undo"));
    }

    @Test
    void aBlockUndoesWhatIsNoStepOfTheSaga() {
        CrashPlan plan =
                CrashPlan.at(CrashPoint.BEFORE_EFFECT).ofStep("Take Back").losingQueued();

        assertThatThrownBy(() -> crashAndGoOn(plan, this::announceAndShip)).hasMessageContaining("no ship for tea");
        assertThat(effects.all()).containsExactly("announce", "take back");
    }

    private String tellAPerson(WorkflowContext ctx, String order) {
        StepOptions twice = StepOptions.defaults().retry(RetryPolicy.upTo(2).fixedDelay(Duration.ofMillis(1)));
        // region saga-failed
        try {
            ctx.runSaga(s -> {
                s.step(Step.of("Reserve", () -> effects.happen("reserve")), twice, undo -> release(order));
                ship(s, order);
            });
        } catch (CompensationFailedException e) {
            ctx.shielded(c ->
                    c.step("Tell A Person", () -> effects.happen(e.failures().size() + " not undone")));
            throw e;
        }
        // endregion
        return "shipped";
    }

    private void release(String order) {
        effects.happen("release");
        throw new IllegalStateException("the warehouse is closed for " + order);
    }

    @Test
    void whatCannotBeUndoneIsTold() {
        CrashPlan plan =
                CrashPlan.at(CrashPoint.BEFORE_EFFECT).ofStep("Tell A Person").losingQueued();

        assertThatThrownBy(() -> crashAndGoOn(plan, this::tellAPerson))
                .hasMessageContaining("1 of the compensations failed")
                .hasMessageContaining("no ship for tea");
        assertThat(effects.all()).containsExactly("reserve", "release", "release", "1 not undone");
    }

    private Revive.Builder engine(WorkflowFunction<String, String> function) {
        return Revive.with(store).register(FLOW, function);
    }

    private String crashAndGoOn(CrashPlan plan, WorkflowFunction<String, String> function) {
        try (Revive dying = engine(function).crashHook(plan).start()) {
            assertThatThrownBy(() -> dying.start(FLOW, "order-42", "tea").result())
                    .isInstanceOf(EngineStoppedException.class);
        }
        try (Revive next = engine(function).start()) {
            return next.handle(FLOW, "order-42").result();
        }
    }

    private static StepInfo recorded(WorkflowHandle<String> order, String step) {
        return order.steps().stream()
                .filter(each -> each.name().equals(step))
                .findFirst()
                .orElseThrow();
    }
}
