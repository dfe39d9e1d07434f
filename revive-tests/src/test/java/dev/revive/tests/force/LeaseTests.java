// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static dev.revive.store.Answer.ACCEPTED;
import static dev.revive.tests.force.Operations.claimed;
import static dev.revive.tests.force.Operations.completed;
import static dev.revive.tests.force.Operations.finish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.ExecutorSeat;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What an executor may do when its lease has lapsed, and a run whose workflow is no longer its own: nothing that the world would notice. */
class LeaseTests extends ForceBed {
    private static final Duration SHORT = Duration.ofSeconds(2);

    /** Nobody has taken over yet, so the fence stands and the row says that it is alive. */
    @Test
    void aLapsedLeaseIsNeverRenewed() {
        ExecutorSeat seat = seat(near, "late");
        assertThat(seat.renew()).isTrue();
        lapse("late");

        assertThat(seat.renew()).isFalse();
        assertThat(seat.renew()).isFalse();
    }

    /** A renewal that is in the server while another takes over renews nothing when it goes on. */
    @Test
    void aRenewalThatWaitsForTheTakeoverRenewsNothing() {
        ExecutorSeat seat = seat(near, "late");
        seat.lanes().get(0).write(List.of(claimed("a")));
        Lock takeover = lock("UPDATE ${prefix}executor SET alive = FALSE WHERE name = 'late'");
        CompletableFuture<Boolean> late = meanwhile(seat::renew);
        takeover.awaitWaiting(1);
        takeover.commit();

        assertThat(outcome(late)).isFalse();
        assertThat(number("SELECT COUNT(*) FROM ${prefix}executor WHERE name = 'late' AND alive"))
                .isZero();
    }

    /** Until somebody takes over, what an effect returned may still be recorded: the fence lets it. */
    @Test
    void anOutcomeMayStillBeRecordedUntilSomebodyTakesOver() {
        ExecutorSeat seat = seat(near, "late");
        seat.lanes().get(0).write(List.of(claimed("a")));
        lapse("late");

        assertThat(seat.lanes().get(0).write(List.of(completed("a", 1, 1)))).containsOnly(ACCEPTED);
    }

    /**
     * Renewals get no answer, and everything else does. So the first run writes that its second step begins, and finds that its own deadline has
     * passed: the effect begins in a run of the next incarnation, and nowhere else.
     */
    @Test
    void noEffectBeginsAfterTheLocalDeadline() {
        Workflow<String, String> flow = Workflow.named("flow", String.class, String.class);
        Effects effects = new Effects();
        Gate inFirst = new Gate();
        Revive revive = toClose(Revive.with(far)
                .name("late")
                .lease(SHORT)
                .shutdownGrace(Duration.ofSeconds(1))
                .register(flow, (ctx, in) -> {
                    ctx.step("first", () -> inFirst.passUninterruptibly());
                    return ctx.step("second", String.class, () -> {
                        effects.happen("second in run " + ctx.info().run());
                        return "done";
                    });
                })
                .start());
        WorkflowHandle<String> handle = revive.start(flow, "id", "in");
        inFirst.awaitReached();
        HoldingProxy.Trap renewals = proxy.holdEach("SET lease_until");
        await().atMost(PATIENCE)
                .until(() -> number("SELECT COUNT(*) FROM ${prefix}executor"
                                + " WHERE lease_until < (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT")
                        == 1);
        inFirst.open();

        await().atMost(PATIENCE)
                .until(() -> incarnations() >= 2 || !effects.all().isEmpty());
        renewals.letGo(); // the second takes over from the first
        assertThat(handle.result(PATIENCE)).isEqualTo("done");
        assertThat(effects.all()).doesNotContain("second in run 1").hasSize(1);
    }

    /** The exception is our own interrupt's: it says nothing about the effect. */
    @Test
    void anExceptionOfAnEffectThatTheLapseInterruptedIsNotRecorded() {
        Workflow<String, String> flow = Workflow.named("flow", String.class, String.class);
        Gate inFirst = new Gate();
        Revive revive = engine(
                near,
                "late",
                builder -> builder.lease(SHORT)
                        .register(
                                flow,
                                (ctx, in) -> ctx.step("charge", String.class, () -> {
                                    if (ctx.info().run() == 1) {
                                        inFirst.pass(); // nobody opens it
                                    }
                                    return "charged in run " + ctx.info().run();
                                })));
        WorkflowHandle<String> handle = revive.start(flow, "id", "in");
        inFirst.awaitReached();
        lapse("late");

        assertThat(handle.result(PATIENCE)).isEqualTo("charged in run 2");
        assertThat(steps("id")).singleElement().satisfies(step -> {
            assertThat(step.epoch()).isEqualTo(2);
            assertThat(step.zombies()).isEqualTo(1);
        });
    }

    @Test
    void aLeaseThatNobodyCanCountIsAVeryLongOne() {
        Workflow<String, String> flow = Workflow.named("flow", String.class, String.class);
        Revive revive = engine(
                near,
                "patient",
                builder -> builder.lease(ChronoUnit.FOREVER.getDuration())
                        .register(flow, (ctx, in) -> ctx.step("step", String.class, () -> "done")));

        assertThat(revive.start(flow, "id", "in").result(PATIENCE)).isEqualTo("done");
    }

    /** Each has a connection and a row of its own. */
    @Test
    void aLaneThatWaitsDoesNotKeepTheLeaseFromBeingRenewed() {
        ExecutorSeat seat = seat(near, "busy");
        seat.lanes().get(0).write(List.of(claimed("a")));
        Lock lock = lock("SELECT id FROM ${prefix}workflow WHERE id = 'a' FOR UPDATE");
        CompletableFuture<?> waiting = meanwhile(() -> seat.lanes().get(0).write(List.of(finish("a", 1))));
        lock.awaitWaiting(1);

        assertThat(seat.renew()).isTrue();
        assertThat(seat.renew()).isTrue();
        assertThat(waiting).isNotDone();
        lock.rollback();
        waiting.join();
    }

    /** The run that is refused does not go on with what it has in memory: another begins from what the store has. */
    @Test
    void aRunThatIsRefusedAWriteIsReplayedFromTheStore() {
        Workflow<String, String> flow = Workflow.named("flow", String.class, String.class);
        Effects effects = new Effects();
        Gate inFirst = new Gate();
        Revive revive = engine(
                near,
                "one",
                builder -> builder.register(flow, (ctx, in) -> {
                    String charged = ctx.step("charge", String.class, () -> {
                        if (ctx.info().run() == 1) {
                            inFirst.pass();
                        }
                        return "charged in run " + ctx.info().run();
                    });
                    return ctx.step("ship", String.class, () -> charged + effects.happen("ship"));
                }));
        WorkflowHandle<String> handle = revive.start(flow, "id", "in");
        inFirst.awaitReached();
        update("UPDATE ${prefix}workflow SET epoch = 2 WHERE id = 'id'");
        inFirst.open();

        assertThat(handle.result(PATIENCE)).isEqualTo("charged in run 31");
        assertThat(effects.times("ship")).isEqualTo(1);
        assertThat(steps("id")).allSatisfy(step -> assertThat(step.epoch()).isEqualTo(3));
    }

    private long incarnations() {
        return number("SELECT COUNT(*) FROM ${prefix}executor WHERE name = 'late'");
    }
}
