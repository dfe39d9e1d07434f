// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.crash.CrashPoint;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Reconciliation;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * What becomes of an effect that fails while its engine closes. A failure that came by itself is known, and recorded; what our own interrupt may have
 * brought about is not.
 */
@InSettings
class ClosingTests extends TestBed {
    private static final RetryPolicy TWICE = RetryPolicy.upTo(2).fixedDelay(Duration.ofMillis(1));
    private static final Duration MOMENT = Duration.ofMillis(50);

    private final Effects effects = new Effects();
    private final Gate gate = new Gate();

    private Trial<String> trial(Step<String> step) {
        return trial(String.class, (ctx, in) -> {
            try {
                return ctx.step(step);
            } catch (StepFailedException e) {
                return e.failure().kind() + " " + e.failure().message();
            }
        });
    }

    /** Fails at once, but the first time only when the gate is open. */
    private Step<String> failing() {
        return Step.of("Charge", String.class, attempt -> {
            if (effects.happen("charge") == 1) {
                gate.passUninterruptibly();
            }
            throw new IOException("attempt " + attempt.attempt());
        });
    }

    @Test
    void recordsAFailureThatCameByItself() {
        Trial<String> trial = trial(failing());
        trial.stopWhile(gate);

        assertThat(trial.row("Charge").status()).isEqualTo(StepStatus.FAILED);
        assertThat(trial.result()).isEqualTo("THROWN attempt 1");
        assertThat(effects.times("charge")).isEqualTo(1);
        assertThat(trial.step("Charge").zombies()).isZero();
    }

    @Test
    void countsItAmongTheFailuresThatTheStepMayHave() {
        Trial<String> trial = trial(failing().retry(TWICE));
        trial.stopWhile(gate);

        assertThat(trial.row("Charge").status()).isEqualTo(StepStatus.BACKOFF);
        assertThat(trial.result()).isEqualTo("THROWN attempt 2");
        assertThat(effects.times("charge")).isEqualTo(2);
    }

    @Test
    void knowsTheFailureOfAnAtMostOnceStep() {
        Trial<String> trial = trial(failing().atMostOnce());
        trial.stopWhile(gate);

        assertThat(trial.result()).isEqualTo("THROWN attempt 1");
    }

    @Test
    void knowsTheFailureOfAStepWithATimeout() {
        Trial<String> trial = trial(failing().attemptTimeout(PATIENCE).atMostOnce());
        trial.stopWhile(gate);

        assertThat(trial.result()).isEqualTo("THROWN attempt 1");
    }

    @Test
    void recordsThatAnAttemptTookTooLong() {
        Trial<String> trial = trial(Step.of("Charge", String.class, attempt -> {
                    effects.happen("charge");
                    if (attempt.attempt() > 1) {
                        throw new IOException("attempt " + attempt.attempt());
                    }
                    gate.passUninterruptibly(); // its time is up meanwhile
                    throw new IOException("too late");
                })
                .attemptTimeout(MOMENT)
                .retry(TWICE));
        trial.stopWhile(gate);

        assertThat(trial.row("Charge").status()).isEqualTo(StepStatus.BACKOFF);
        assertThat(trial.result()).isEqualTo("THROWN attempt 2");
    }

    @Test
    void cancelsTheSiblingsOfABranchThatFailsByItself() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            try {
                ctx.parallel(List.of(1, 2), ParallelOptions.defaults().cancelSiblings(), (branch, i) -> {
                    if (i == 1) {
                        return branch.step(failing());
                    }
                    branch.sleep("Wait", PATIENCE.multipliedBy(10));
                    return "never";
                });
                return "never";
            } catch (ParallelFailedException e) {
                return "failed";
            }
        });
        trial.stopWhile(gate);

        assertThat(trial.result()).isEqualTo("failed");
        assertThat(effects.times("charge")).isEqualTo(1);
    }

    @Test
    void doesNotTakeItsOwnInterruptForAFailureHoweverItLooks() {
        Trial<String> trial = trial(Step.of("Charge", String.class, attempt -> {
                    if (effects.happen("charge") == 1) {
                        try {
                            gate.pass();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException("a library made this of it");
                        }
                    }
                    return "done";
                }))
                .with(builder -> builder.shutdownGrace(MOMENT));
        trial.revive();
        gate.awaitReached();
        trial.stop();

        assertThat(trial.row("Charge").status()).isEqualTo(StepStatus.STARTED);
        assertThat(trial.result()).isEqualTo("done");
        assertThat(trial.step("Charge").zombies()).isEqualTo(1);
    }

    /** A step may start workflows; that it comes too late for that in this engine is nothing that the next one should fail of. */
    @Test
    void doesNotTakeItsOwnStopForAFailure() {
        Workflow<String, String> child = flow("child", String.class);
        AtomicReference<CompletableFuture<Revive>> here = new AtomicReference<>(new CompletableFuture<>());
        Trial<String> trial = trial(Step.of("Start", String.class, attempt -> {
                    Revive engine = here.get().get();
                    if (effects.happen("start") == 1) {
                        gate.passUninterruptibly();
                    }
                    try {
                        return engine.start(child, unique("child"), "x").id();
                    } catch (RuntimeException e) {
                        throw new IOException(e);
                    }
                }))
                .with(builder -> builder.register(child, (ctx, in) -> in));
        here.get().complete(trial.revive());
        trial.stopWhile(gate);

        here.set(new CompletableFuture<>()); // the next begins before it is told
        here.get().complete(trial.revive());
        assertThat(trial.result()).isEqualTo(unique("child"));
        assertThat(effects.times("start")).isEqualTo(2);
    }

    @Test
    void asksAgainWhereItInterruptedAReconciler() {
        Trial<String> trial = trial(Step.of("Charge", String.class, attempt -> {
                    return "never";
                })
                .reconcile(attempt -> {
                    if (effects.happen("ask") > 1) {
                        return Reconciliation.happened("found");
                    }
                    try {
                        gate.pass();
                        return Reconciliation.happened("never");
                    } catch (InterruptedException e) {
                        return Reconciliation.didNotHappen();
                    }
                }));
        trial.crash(CrashPoint.BEFORE_EFFECT, "Charge");
        trial.with(builder -> builder.shutdownGrace(MOMENT)).revive();
        gate.awaitReached();
        trial.stop();

        assertThat(trial.result()).isEqualTo("found");
        assertThat(effects.times("ask")).isEqualTo(2);
    }
}
