// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.scale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A storm of steps whose time is up in the moment in which they end, beside siblings that have time enough. The threads of attempts are used again,
 * so an interrupt that came late would hit a sibling.
 */
class TimedStepsTests {
    private static final int STEPS = Integer.getInteger("revive.timedSteps", 6_000);
    private static final int BRANCHES = 24;
    private static final int STEPS_OF_A_RUN = BRANCHES * 20;
    private static final long LIMIT = TimeUnit.MILLISECONDS.toNanos(2);

    private final AtomicInteger timedOut = new AtomicInteger();
    private final AtomicInteger hit = new AtomicInteger();

    @Test
    void noInterruptThatIsMeantForOneHitsAnother() {
        Workflow<Integer, Integer> flow = Workflow.named("storm", Integer.class, Integer.class);
        int runs = Math.max(1, STEPS / STEPS_OF_A_RUN);
        try (Revive revive = Revive.with(new InMemoryStore())
                .register(
                        flow,
                        (ctx, in) -> ctx.parallel(
                                        IntStream.range(0, BRANCHES).boxed().toList(), (branch, i) -> steps(branch))
                                .size())
                .start()) {
            for (int run = 0; run < runs; run++) {
                assertThat(revive.start(flow, "run-" + run, run).result(Duration.ofMinutes(2)))
                        .isEqualTo(BRANCHES);
            }
        }

        System.out.printf(
                "Timed steps: %,d, of which %,d timed out; %d innocent ones were interrupted%n",
                runs * STEPS_OF_A_RUN, timedOut.get(), hit.get());
        assertThat(timedOut).as("steps whose time was up").hasPositiveValue();
        assertThat(hit).as("steps that were hit").hasValue(0);
    }

    private int steps(WorkflowContext ctx) {
        for (int i = 0; i < STEPS_OF_A_RUN / BRANCHES / 2; i++) {
            atTheBrink(ctx);
            innocent(ctx);
        }
        return 0;
    }

    /** Takes about as long as it may. Does not look at interrupts. */
    private void atTheBrink(WorkflowContext ctx) {
        try {
            ctx.step(Step.of("Brink", () -> {
                        long until = System.nanoTime()
                                + LIMIT
                                + ThreadLocalRandom.current().nextLong(-LIMIT / 10, LIMIT / 10);
                        while (until - System.nanoTime() > 0
                                && !Thread.currentThread().isInterrupted()) {
                            LockSupport.parkNanos(until - System.nanoTime());
                        }
                        if (Thread.currentThread().isInterrupted()) {
                            timedOut.incrementAndGet();
                        }
                    })
                    .attemptTimeout(Duration.ofNanos(LIMIT)));
        } catch (StepFailedException e) {
            throw new AssertionError("It returned, if late.", e);
        }
    }

    private void innocent(WorkflowContext ctx) {
        ctx.step(Step.of("Innocent", () -> {
                    try {
                        TimeUnit.MICROSECONDS.sleep(300);
                    } catch (InterruptedException e) {
                        hit.incrementAndGet();
                    }
                })
                .attemptTimeout(Duration.ofMinutes(2)));
    }
}
