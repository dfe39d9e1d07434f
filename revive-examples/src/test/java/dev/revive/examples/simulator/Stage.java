// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.crash.CrashPoint;
import dev.revive.dashboard.view.StepItem;
import dev.revive.examples.onboarding.Onboarding.Delivery;
import dev.revive.examples.simulator.State.Life;
import dev.revive.workflow.StepStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A simulator without its page, and what a test asks of it. */
final class Stage implements AutoCloseable {
    /** Long enough that a machine that is busy with other tests does not let it lapse. */
    private static final Duration LEASE = Duration.ofMillis(2_500);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final Tables tables;
    final Simulator simulator;

    Stage(Path directory) {
        this(directory, LEASE);
    }

    Stage(Path directory, Duration lease) {
        this(Tables.in(directory), directory, lease);
    }

    /** With its tables in somebody's database. */
    Stage(Path directory, String url) {
        this(Tables.at(url), directory, LEASE);
    }

    private Stage(Tables tables, Path directory, Duration lease) {
        this.tables = tables;
        this.simulator = new Simulator(tables, directory, lease);
    }

    void run(Delivery email, Plan.@Nullable Crash crash) {
        simulator.run("Ada", 300, email, crash);
    }

    /** Runs, and does something in the middle of a step. Where the step was over before, once more, with steps that take twice as long. */
    void inTheMiddleOf(String step, int stepMillis, Runnable deed) {
        for (int millis = stepMillis; !isDoneInTheMiddleOf(step, millis, deed); millis *= 2) {
            simulator.reset();
        }
    }

    private boolean isDoneInTheMiddleOf(String step, int millis, Runnable deed) {
        simulator.run("Ada", millis, Delivery.AT_LEAST_ONCE, null);
        await(step + " has begun", state -> isExecuting(state, "A", step) || isCompleted(state));
        deed.run();
        State state = simulator.state();
        return row(state, step).status() == StepStatus.STARTED && times(state, step) == 0;
    }

    static Plan.Crash at(String step, CrashPoint point) {
        return new Plan.Crash(step, point);
    }

    /** Looks until it is so. */
    State await(String what, Predicate<State> isSo) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            State state = simulator.state();
            if (isSo.test(state)) {
                return state;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("It never came to this: " + what + ". It is: " + Json.write(state));
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    State awaitCompleted() {
        return await("completed", Stage::isCompleted);
    }

    State awaitCancelled() {
        return await("cancelled", state -> "CANCELLED".equals(status(state)) && saw(state, "finished"));
    }

    State awaitDeath(String worker) {
        return await(worker + " is dead", state -> life(state, worker) == Life.DEAD);
    }

    static boolean isCompleted(State state) {
        return "COMPLETED".equals(status(state)) && saw(state, "finished");
    }

    static String status(State state) {
        return state.workflow() == null ? "" : state.workflow().item().status().name();
    }

    static Life life(State state, String worker) {
        return worker(state, worker).state();
    }

    static State.Worker worker(State state, String name) {
        return state.workers().stream()
                .filter(worker -> worker.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no worker " + name + ": " + state.workers()));
    }

    static boolean saw(State state, String caption) {
        return captions(state).contains(caption);
    }

    static List<String> captions(State state) {
        return state.captions().stream().map(State.Caption::id).toList();
    }

    static String caption(State state, String id) {
        return state.captions().stream()
                .filter(caption -> caption.id().equals(id))
                .map(State.Caption::text)
                .findFirst()
                .orElse("");
    }

    static int times(State state, String step) {
        return outside(state, step).times();
    }

    static State.Outside outside(State state, String step) {
        return state.world().stream()
                .filter(outside -> outside.step().equals(step))
                .findFirst()
                .orElseThrow();
    }

    static boolean isExecuting(State state, String worker, String step) {
        return state.executing().stream()
                .anyMatch(executing ->
                        executing.worker().equals(worker) && executing.step().equals(step));
    }

    static State.Run lastRun(State state) {
        return state.runs().get(state.runs().size() - 1);
    }

    static StepItem row(State state, String step) {
        return state.workflow().steps().stream()
                .filter(row -> row.name().equals(step))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row of " + step + ": " + state.workflow()));
    }

    @Override
    public void close() {
        simulator.close();
    }
}
