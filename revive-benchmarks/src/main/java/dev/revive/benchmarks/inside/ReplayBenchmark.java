// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks.inside;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A workflow that sleeps is woken, claimed, loaded and replayed up to its sleep, and leaves memory again. The store is in memory: what is left is
 * the engine's own part of a recovery.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReplayBenchmark {
    private static final Workflow<Integer, Integer> SLEEPER = Workflow.named("sleeper", Integer.class, Integer.class);
    private static final String ID = "sleeper";

    /** How many recorded steps are replayed. */
    @Param({"1", "10", "1000"})
    public int steps;

    private final InMemoryStore store = new InMemoryStore();
    private final Semaphore arrived = new Semaphore(0);
    private Revive revive;

    /** Records the steps, and lets the workflow fall asleep. */
    @Setup
    public void fallAsleep() throws InterruptedException {
        revive = Revive.with(store)
                .register(SLEEPER, this::run)
                .unloadAfter(Duration.ZERO)
                .start();
        revive.start(SLEEPER, ID, steps);
        arrived.acquire();
    }

    private int run(WorkflowContext ctx, int count) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            int value = i;
            sum += ctx.step("Step", Integer.class, () -> value);
        }
        arrived.release();
        ctx.sleep("Wait", Duration.ofDays(1));
        return sum;
    }

    /** One recovery. A wake that comes while it still leaves memory is done again. */
    @Benchmark
    public void recover() throws InterruptedException {
        do {
            store.wake(ID);
        } while (!arrived.tryAcquire(10, TimeUnit.MILLISECONDS));
    }

    /** Ends the engine. */
    @TearDown
    public void close() {
        revive.close();
    }
}
