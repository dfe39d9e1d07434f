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
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.First;
import dev.revive.workflow.Outcome;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Signal;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowHandle;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/concepts.md shows of races, outcomes and time limits. */
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
