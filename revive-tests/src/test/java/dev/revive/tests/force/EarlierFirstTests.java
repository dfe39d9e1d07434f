// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.workflow.Poll;
import dev.revive.workflow.Reconciliation;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFunction;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What a step returned is on its way to the store, and held there. Code between steps runs on; but whatever the world could notice waits until all
 * that is earlier, in every scope, is durable. So what comes next happens in the engine that takes over, and only there.
 */
class EarlierFirstTests extends ForceBed {
    private static final String ID = "earlier-first";

    private final Workflow<String, String> flow = Workflow.named("flow", String.class, String.class);
    private final Effects effects = new Effects();
    private final Gate inFirst = new Gate();
    private final Gate isHeld = new Gate();

    private interface Code {
        String run(WorkflowContext ctx, String who) throws Exception;
    }

    private WorkflowFunction<String, String> by(String who, Code code) {
        return (ctx, in) -> code.run(ctx, who) + " by " + who;
    }

    /** The frozen engine's effect; the test arms the proxy in it, when everything up to here is durable. */
    private String first(String who) throws InterruptedException {
        if (who.equals("frozen")) {
            inFirst.pass();
        }
        effects.happen(who + " first");
        return "first of " + who;
    }

    private String next(String who) {
        effects.happen(who + " next");
        return "next";
    }

    private void holdTheOutcomeOfTheFirst(Code code, String... words) {
        Revive frozen =
                engine(far, "frozen", builder -> builder.threads(4).permits(4).register(flow, by("frozen", code)));
        CompletableFuture<String> seen =
                meanwhile(() -> frozen.start(flow, ID, "in").result(PATIENCE));
        inFirst.awaitReached();
        HoldingProxy.Trap trap = proxy.holdOnly(words);
        inFirst.open();
        trap.awaitSprung();
        isHeld.open();
        HoldingProxy.Trap claims = proxy.holdEach("SKIP LOCKED"); // its next incarnation is not to be the second

        takeOver("frozen");
        Revive second = engine(near, "second", builder -> builder.register(flow, by("second", code)));
        assertThat(second.start(flow, ID, "in").result(PATIENCE)).endsWith("by second");
        Rows before = rows(ID);
        trap.letGo();
        claims.open();

        assertThat(outcome(seen)).endsWith("by second");
        assertThat(rows(ID)).isEqualTo(before);
    }

    @Test
    void anIdempotentStepBeginsAfterWhatIsEarlier() {
        holdTheOutcomeOfTheFirst(
                (ctx, who) -> {
                    ctx.step("first", String.class, () -> first(who));
                    return ctx.step(
                            Step.of("next", String.class, attempt -> next(who)).idempotent());
                },
                "first of frozen");

        assertThat(effects.all()).containsExactly("frozen first", "second first", "second next");
    }

    @Test
    void aPollLooksAfterWhatIsEarlier() {
        holdTheOutcomeOfTheFirst(
                (ctx, who) -> {
                    ctx.step("first", String.class, () -> first(who));
                    return ctx.poll(
                            "next", String.class, Poll.every(PATIENCE).until(seen -> true), attempt -> next(who));
                },
                "first of frozen");

        assertThat(effects.all()).containsExactly("frozen first", "second first", "second next");
    }

    @Test
    void aTransactionBeginsAfterWhatIsEarlier() {
        update("CREATE TABLE ${prefix}account (who VARCHAR(20))");
        holdTheOutcomeOfTheFirst(
                (ctx, who) -> {
                    ctx.step("first", String.class, () -> first(who));
                    return ctx.transaction("next", String.class, connection -> {
                        update(connection, "INSERT INTO ${prefix}account VALUES (?)", who);
                        return next(who);
                    });
                },
                "first of frozen");

        assertThat(effects.all()).containsExactly("frozen first", "second first", "second next");
        assertThat(number("SELECT COUNT(*) FROM ${prefix}account")).isEqualTo(1);
    }

    /** The other branch knows, from pure code, that the first has returned. */
    @Test
    void aStepOfAnotherBranchBeginsAfterWhatIsEarlier() {
        holdTheOutcomeOfTheFirst(
                (ctx, who) -> ctx.parallel(
                        branch -> branch.step("first", String.class, () -> first(who)),
                        branch -> {
                            isHeld.pass();
                            return branch.step(Step.of("next", String.class, attempt -> next(who))
                                    .idempotent());
                        },
                        (a, b) -> a + b),
                "first of frozen");

        assertThat(effects.all()).containsOnlyOnce("frozen first", "second first", "second next");
        assertThat(effects.all()).doesNotContain("frozen next");
    }

    /** Its failure, and that the second attempt begins, are one write. */
    @Test
    void aSecondAttemptBeginsAfterTheFirstsFailureIsThere() {
        holdTheOutcomeOfTheFirst(
                (ctx, who) -> ctx.step(Step.of("retried", String.class, attempt -> {
                            if (attempt.attempt() == 1) {
                                first(who);
                                throw new IllegalStateException("not yet");
                            }
                            return next(who);
                        })
                        .retry(RetryPolicy.upTo(3).fixedDelay(Duration.ofMillis(1)))),
                "retried",
                "INSERT INTO " + prefix + "step");

        assertThat(effects.all()).containsExactly("frozen first", "second next");
        assertThat(steps(ID))
                .singleElement()
                .satisfies(step -> assertThat(step.attempt()).isEqualTo(2));
    }

    /** To ask the world is an effect, too. An engine before these two died in the middle of the step, so both find a zombie. */
    @Test
    void aReconcilerAsksAfterWhatIsEarlier() {
        Gate inNext = new Gate();
        Code code = (ctx, who) -> ctx.parallel(
                branch -> {
                    if (who.equals("dead")) {
                        inNext.pass(); // nobody opens it
                    }
                    return branch.step("first", String.class, () -> first(who));
                },
                branch -> {
                    if (!who.equals("dead")) {
                        isHeld.pass();
                    }
                    return branch.step(Step.of("next", String.class, attempt -> {
                                inNext.pass();
                                return "never";
                            })
                            .reconcile(attempt -> Reconciliation.happened(next(who))));
                },
                (a, b) -> a + b);
        Revive dead =
                engine(near, "dead", builder -> builder.threads(4).permits(4).register(flow, by("dead", code)));
        dead.start(flow, ID, "in");
        await().atMost(PATIENCE)
                .until(() ->
                        steps(ID).stream().anyMatch(step -> step.key().name().equals("next")));
        takeOver("dead");
        dead.close();

        holdTheOutcomeOfTheFirst(code, "first of frozen");

        assertThat(effects.all()).containsOnlyOnce("frozen first", "second first", "second next");
        assertThat(effects.all()).doesNotContain("frozen next");
    }
}
