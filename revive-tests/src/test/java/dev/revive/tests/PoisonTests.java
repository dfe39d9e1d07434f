// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Workflows that end their process, again and again. */
@InSettings
class PoisonTests extends TestBed {
    private final Effects effects = new Effects();

    private Trial<String> poison() {
        return trial(
                String.class, (ctx, in) -> ctx.step("Kill", String.class, () -> "attempt " + effects.happen("kill")));
    }

    @Test
    void whatEndedItsProcessTooOftenIsLeftToAPersonAndNotRunOnceMore() {
        Trial<String> trial = poison().with(builder -> builder.maxStrikes(4));
        for (int i = 0; i < 4; i++) {
            trial.crash(CrashPoint.AFTER_EFFECT, "Kill");
        }

        Attention attention = trial.attention();

        assertThat(attention.reason()).isEqualTo(Attention.Reason.REPEATED_ERRORS);
        assertThat(attention.message()).contains("4 runs in a row");
        assertThat(effects.times("kill")).isEqualTo(4);
    }

    @Test
    void onceThePersonHasMendedTheCauseItGoesOn() {
        Trial<String> trial = poison().with(builder -> builder.maxStrikes(3));
        for (int i = 0; i < 3; i++) {
            trial.crash(CrashPoint.AFTER_EFFECT, "Kill");
        }
        trial.attention();

        assertThat(trial.revive().resume(trial.id())).isTrue();

        assertThat(trial.result()).isEqualTo("attempt 4");
        assertThat(row(trial.id()).strikes()).isZero();
    }

    @Test
    void whatGetsOnBetweenTheDeathsOfItsProcessIsInnocent() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
                    for (int i = 1; i <= 6; i++) {
                        ctx.step("Step " + i, () -> {});
                    }
                    return "done";
                })
                .with(builder -> builder.maxStrikes(3));
        for (int i = 1; i <= 6; i++) {
            trial.crash(
                    CrashPlan.at(CrashPoint.AFTER_OUTCOME).ofStep("Step " + i).losingQueued());
        }

        assertThat(trial.result()).isEqualTo("done");
    }

    @Test
    void closingAnEngineIsNoStrike() {
        Trial<String> trial = poison().with(builder -> builder.maxStrikes(3));
        trial.crash(CrashPoint.BEFORE_EFFECT, "Kill").crash(CrashPoint.BEFORE_EFFECT, "Kill");
        Gate gate = new Gate();
        trial.deploy((ctx, in) -> ctx.step("Kill", String.class, () -> {
            gate.pass();
            return "done";
        }));
        trial.revive();
        gate.awaitReached();
        gate.open();
        trial.stop();

        assertThat(row(trial.id()).strikes()).isLessThanOrEqualTo(2);
        assertThat(trial.result()).isEqualTo("done");
    }

    @Test
    void suspectsRunOneAtATimeSoThatTheInnocentAmongThemGetOn() {
        Workflow<String, String> flow = flow("suspect", String.class);
        AtomicInteger together = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<String> ids = suspects(flow);

        Revive revive = engine(builder -> builder.register(
                flow,
                (ctx, in) -> ctx.step("Work", String.class, () -> {
                    most.accumulateAndGet(together.incrementAndGet(), Math::max);
                    Thread.sleep(20);
                    together.decrementAndGet();
                    return "done";
                })));

        for (String id : ids) {
            WorkflowHandle<String> handle = revive.handle(flow, id);
            assertThat(handle.result(PATIENCE)).isEqualTo("done");
            assertThat(handle.status()).isEqualTo(WorkflowStatus.COMPLETED);
        }
        assertThat(most).hasValue(1);
    }

    /** Its next death would not be another one without an outcome: the others need not wait for its end. */
    @Test
    void aSuspectThatHasGotOnKeepsNobodyWaiting() {
        assumeThat(setting.isNarrow()).as("one thread runs one at a time").isFalse();
        Workflow<String, String> flow = flow("suspect", String.class);
        List<String> ids = suspects(flow);
        CountDownLatch all = new CountDownLatch(ids.size());

        Revive revive = engine(builder -> builder.register(flow, (ctx, in) -> {
            ctx.step("Work", () -> {});
            ctx.step("Rest", () -> {
                all.countDown();
                all.await();
            });
            return "done";
        }));

        for (String id : ids) {
            assertThat(revive.handle(flow, id).result(PATIENCE)).isEqualTo("done");
        }
    }

    /** Three that have died twice together, in a step that is called Work. */
    private List<String> suspects(Workflow<String, String> flow) {
        List<String> ids = Stream.of("a", "b", "c").map(this::unique).toList();
        for (int death = 1; death <= 2; death++) {
            Revive dying = engine(builder -> builder.permits(256)
                    .threads(64)
                    .register(
                            flow,
                            (ctx, in) -> ctx.step("Work", String.class, () -> {
                                Thread.sleep(PATIENCE.toMillis());
                                return "late";
                            }))
                    .crashHook(dieWhenAllAreAtWork(ids.size())));
            ids.stream().filter(id -> store().find(id).isEmpty()).forEach(id -> startIn(dying, flow, id));
            await().atMost(PATIENCE).until(dying::hasCrashed);
            close(dying);
        }
        return ids;
    }

    private static CrashHook dieWhenAllAreAtWork(int all) {
        AtomicInteger begun = new AtomicInteger();
        return site -> site.point() == CrashPoint.BEFORE_EFFECT && begun.incrementAndGet() == all
                ? CrashAction.CRASH_LOSING_QUEUED
                : CrashAction.GO_ON;
    }

    private static void startIn(Revive dying, Workflow<String, String> flow, String id) {
        try {
            dying.start(flow, id, "x");
        } catch (EngineStoppedException e) {
            // it was the last, and the engine died of it
        }
    }
}
