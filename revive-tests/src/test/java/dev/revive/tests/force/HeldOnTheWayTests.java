// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Create;
import dev.revive.store.WorkflowType;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The network holds a batch of one engine until another has taken over, loaded the journal, and run the workflow to its end. Then it lets the batch
 * go: all of it is refused, nothing of it is in the tables, and what the second run made of the workflow stands.
 *
 * <p>The first engine does not know that its lease has lapsed, so nothing but the fence keeps it from writing.
 */
class HeldOnTheWayTests extends ForceBed {
    private static final String ID = "held-workflow";
    private static final String FROZEN = "frozen";

    private final Workflow<String, String> flow = Workflow.named("flow", String.class, String.class);
    private final Effects effects = new Effects();
    private final Gate frozenIsThere = new Gate();

    /** What runs in the engine that freezes and in the one that takes over; they differ in who they say they are. */
    private interface Code {
        String run(WorkflowContext ctx, String who) throws Exception;
    }

    /** The gate is for the engine that is to freeze: there the test arms the proxy. */
    private void atTheGate(String who) throws InterruptedException {
        if (who.equals(FROZEN)) {
            frozenIsThere.pass();
        }
    }

    private String effect(String who, String step) {
        effects.happen(who + " " + step);
        return step + " of " + who;
    }

    private Revive engine(boolean isFrozen, Code code) {
        String who = isFrozen ? FROZEN : "second";
        WorkflowFunction<String, String> function = (ctx, input) -> code.run(ctx, who) + ", ended by " + who;
        return engine(
                isFrozen ? far : near,
                who,
                builder -> builder.unloadAfter(Duration.ZERO).register(flow, function));
    }

    /** Freezes the first engine in the middle of this write, lets the second end the workflow, and thaws the first. */
    private void freezeAt(int recordedSteps, Code code, String... words) {
        Revive frozen = engine(true, code);
        CompletableFuture<String> seen =
                meanwhile(() -> frozen.start(flow, ID, "in").result(PATIENCE));
        frozenIsThere.awaitReached();
        awaitDurable(recordedSteps);
        HoldingProxy.Trap trap = proxy.hold(words);
        frozenIsThere.open();
        trap.awaitSprung();

        thaw(trap, code, seen);
    }

    private void thaw(HoldingProxy.Trap trap, Code code, CompletableFuture<String> seen) {
        takeOver(FROZEN);
        Revive second = engine(false, code);
        WorkflowHandle<String> handle = second.start(flow, ID, "in");
        assertThat(handle.result(PATIENCE)).endsWith("ended by second");
        Rows before = rows(ID);

        trap.letGo();

        assertThat(outcome(seen))
                .as("what the caller of the frozen engine sees")
                .endsWith("ended by second");
        assertThat(rows(ID)).isEqualTo(before);
        assertThat(before.workflow().status()).isEqualTo(WorkflowStatus.COMPLETED);
        assertThat(effects.all()).doesNotHaveDuplicates();
    }

    /** Pure code runs ahead: what comes before the gate must be in the tables before the proxy is armed. */
    private void awaitDurable(int steps) {
        await().atMost(PATIENCE)
                .until(() -> near.find(ID).isPresent() && steps(ID).size() == steps);
    }

    @Test
    void aBeginningStepBeginsNotBeforeItsRowIsThere() {
        freezeAt(
                0,
                (ctx, who) -> {
                    atTheGate(who);
                    return ctx.step("charge", String.class, () -> effect(who, "charge"));
                },
                "charge",
                "STARTED");

        assertThat(effects.all()).containsExactly("second charge");
        assertThat(steps(ID)).singleElement().satisfies(step -> {
            assertThat(step.epoch()).isEqualTo(2);
            assertThat(step.zombies()).isZero();
        });
    }

    /** The outcome and the beginning of the next step share a commit: neither is there, and the next effect has not begun. */
    @Test
    void anOutcomeIsWorthNothingUntilItIsThere() {
        freezeAt(
                1,
                (ctx, who) -> {
                    String charged = ctx.step("charge", String.class, () -> {
                        atTheGate(who);
                        return effect(who, "charge");
                    });
                    return ctx.step("ship", String.class, () -> effect(who, charged + " shipped"));
                },
                "charge of frozen",
                "COMPLETED");

        assertThat(effects.all()).containsExactly("frozen charge", "second charge", "second charge of second shipped");
        assertThat(steps(ID)).extracting(step -> step.zombies()).containsExactly(1, 0);
    }

    @Test
    void anEndIsToldToNobodyUntilItIsThere() {
        AtomicInteger runs = new AtomicInteger();
        freezeAt(
                1,
                (ctx, who) -> {
                    String charged = ctx.step("charge", String.class, () -> effect("first", "charge"));
                    awaitOutcome();
                    atTheGate(who);
                    return charged + " in run " + runs.incrementAndGet();
                },
                "in run 1",
                "finished_at");

        assertThat(effects.all()).containsExactly("first charge");
        assertThat(row(ID).output()).isEqualTo("\"charge of first in run 2, ended by second\"");
    }

    private void awaitOutcome() {
        await().atMost(PATIENCE).until(() -> steps(ID).get(0).status().isFinal());
    }

    @Test
    void aGivingBackThatIsLateGivesNothingBack() {
        freezeAt(
                0,
                (ctx, who) -> {
                    atTheGate(who);
                    ctx.sleep("nap", Duration.ofMillis(200));
                    return ctx.step("charge", String.class, () -> effect(who, "charge"));
                },
                ID,
                "SET status = 'DUE'");

        assertThat(effects.all()).containsExactly("second charge");
    }

    @Test
    void aStartThatIsLateStartsNothing() {
        Code code = (ctx, who) -> ctx.step("charge", String.class, () -> effect(who, "charge"));
        Revive frozen = engine(true, code);
        HoldingProxy.Trap trap = proxy.hold(ID, "INSERT INTO " + prefix + "workflow");
        CompletableFuture<String> seen =
                meanwhile(() -> frozen.start(flow, ID, "in").result(PATIENCE));
        trap.awaitSprung();

        takeOver(FROZEN);
        Revive second = engine(false, code);
        assertThat(second.start(flow, ID, "in").result(PATIENCE)).endsWith("ended by second");
        Rows before = rows(ID);
        trap.letGo();

        assertThat(catchOrGet(seen))
                .as("an error that says call again, or the result")
                .contains("second");
        assertThat(rows(ID)).isEqualTo(before);
        assertThat(effects.all()).containsExactly("second charge");
    }

    /** It may be told that nobody knows, and call again with the same id. */
    private String catchOrGet(CompletableFuture<String> seen) {
        try {
            return outcome(seen);
        } catch (dev.revive.workflow.ReviveException e) {
            return engine(false, (ctx, who) -> "never").start(flow, ID, "in").result(PATIENCE);
        }
    }

    @Test
    void aClaimThatIsLateClaimsNothing() {
        Code code = (ctx, who) -> ctx.step("charge", String.class, () -> effect(who, "charge"));
        HoldingProxy.Trap trap = proxy.hold(ID, "SKIP LOCKED", "epoch = w.epoch + 1");
        Revive frozen = engine(true, code);
        ExecutorSeat starter = seat(near, "starter");
        starter.lanes()
                .get(0)
                .write(List.of(new Create(
                        new NewWorkflow(ID, new WorkflowType("flow", 1), "\"in\"", "hash", Instant.EPOCH),
                        Create.Start.DUE,
                        null)));
        trap.awaitSprung();

        takeOver(FROZEN);
        engine(false, code);
        await().atMost(PATIENCE).until(() -> row(ID).status() == WorkflowStatus.COMPLETED);
        Rows before = rows(ID);
        trap.letGo();

        assertThat(frozen.handle(flow, ID).result(PATIENCE)).endsWith("ended by second");
        assertThat(rows(ID)).isEqualTo(before);
        assertThat(row(ID).epoch()).isEqualTo(1);
        assertThat(effects.all()).containsExactly("second charge");
    }

    /** The server ends the transaction when its client has said nothing for a third of the lease; then takeover can go on. */
    @Test
    void aTransactionsCommitThatIsLateCommitsNothing() {
        update("CREATE TABLE ${prefix}account (who VARCHAR(20) PRIMARY KEY)");
        Code code = (ctx, who) -> ctx.transaction("charge", String.class, connection -> {
            update(connection, "INSERT INTO ${prefix}account VALUES (?)", who);
            return effect(who, "charge");
        });
        Revive frozen = toClose(Revive.with(far)
                .name(FROZEN)
                .lease(Duration.ofSeconds(6))
                .shutdownGrace(Duration.ofSeconds(1))
                .register(flow, (ctx, in) -> code.run(ctx, FROZEN) + ", ended by frozen")
                .start());
        HoldingProxy.Trap trap = proxy.hold("COMMIT");
        CompletableFuture<String> seen =
                meanwhile(() -> frozen.start(flow, ID, "in").result(PATIENCE));
        trap.awaitSprung();

        lapse(FROZEN);
        ExecutorSeat sweeper = seat(near, "sweeper");
        await().atMost(PATIENCE).until(() -> sweeper.sweep() == 1);
        thaw(trap, code, seen);

        assertThat(number("SELECT COUNT(*) FROM ${prefix}account")).isEqualTo(1);
        assertThat(number("SELECT COUNT(*) FROM ${prefix}account WHERE who = 'second'"))
                .isEqualTo(1);
    }

    @Test
    void aTransactionThatComesToAFallenFenceIsRolledBack() {
        update("CREATE TABLE ${prefix}account (who VARCHAR(20) PRIMARY KEY)");
        Code code = (ctx, who) -> ctx.transaction("charge", String.class, connection -> {
            atTheGate(who);
            update(connection, "INSERT INTO ${prefix}account VALUES (?)", who);
            return effect(who, "charge");
        });
        Revive frozen = engine(true, code);
        CompletableFuture<String> seen =
                meanwhile(() -> frozen.start(flow, ID, "in").result(PATIENCE));
        frozenIsThere.awaitReached();
        HoldingProxy.Trap trap = proxy.hold(prefix + "fence", "FOR UPDATE");
        frozenIsThere.open();
        trap.awaitSprung();

        thaw(trap, code, seen);

        assertThat(number("SELECT COUNT(*) FROM ${prefix}account")).isEqualTo(1);
        assertThat(number("SELECT COUNT(*) FROM ${prefix}account WHERE who = 'second'"))
                .isEqualTo(1);
    }

    @Test
    void aRenewalThatIsLateRenewsNothing() {
        Gate inEffect = new Gate();
        Code code = (ctx, who) -> ctx.step("charge", String.class, () -> {
            if (who.equals(FROZEN)) {
                inEffect.passUninterruptibly();
            }
            return effect(who, "charge");
        });
        Revive frozen = toClose(Revive.with(far)
                .name(FROZEN)
                .lease(Duration.ofSeconds(3))
                .shutdownGrace(Duration.ofSeconds(1))
                .register(flow, (ctx, in) -> code.run(ctx, FROZEN) + ", ended by frozen")
                .start());
        CompletableFuture<String> seen =
                meanwhile(() -> frozen.start(flow, ID, "in").result(PATIENCE));
        inEffect.awaitReached();
        HoldingProxy.Trap trap = proxy.hold("SET lease_until");
        trap.awaitSprung();
        inEffect.open();

        thaw(trap, code, seen);

        assertThat(number("SELECT COUNT(*) FROM ${prefix}workflow WHERE status = 'RUNNING'"))
                .isZero();
    }
}
