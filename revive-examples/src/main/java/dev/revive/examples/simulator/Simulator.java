// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.revive.Revive;
import dev.revive.ReviveClient;
import dev.revive.examples.onboarding.Onboarding.Delivery;
import dev.revive.examples.onboarding.OnboardingWithApproval;
import dev.revive.examples.onboarding.OnboardingWithApproval.Approval;
import dev.revive.examples.simulator.Event.Kind;
import dev.revive.examples.simulator.State.Life;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.SignalNotDeliveredException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What a person can do, and what they see. One command at a time, and no look while one is carried out: so each sees what the one before it left,
 * in whatever order and however fast they come. A command that makes no sense now does nothing and says why.
 *
 * <p>One story at a time: it begins with a run, and ends with the next run or a reset.
 */
final class Simulator implements AutoCloseable {
    /** So short that a person who watches need not wait long for a takeover. */
    static final Duration LEASE = Duration.ofSeconds(3);

    private final Tables tables;
    private final ReviveClient client;
    private final Path directory;
    private final Duration lease;
    private final Map<Scene, Source> sources = new EnumMap<>(Scene.class);
    private final Chronicle chronicle;
    private final Crew crew;
    private final Lookout lookout;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Simulator::daemon);
    private @Nullable Plan plan;

    /**
     * Opens it, with the story that an earlier process of the page left behind.
     *
     * @param tables closed together with this
     * @param directory where the outside world and the story are
     * @param lease how long a worker counts as alive after each renewal
     */
    Simulator(Tables tables, Path directory, Duration lease) {
        this.tables = tables;
        this.client = Revive.with(tables.store()).openClient();
        this.directory = directory.toAbsolutePath();
        this.lease = lease;
        this.chronicle = new Chronicle(directory);
        this.crew = new Crew(chronicle);
        for (Scene scene : Scene.values()) {
            sources.put(scene, Source.of(scene));
        }
        this.lookout = new Lookout(tables, directory, chronicle, sources);
        remember();
    }

    private void remember() {
        List<Event> events = chronicle.events();
        for (Event event : events) {
            if (event.kind() == Kind.PLANNED) {
                plan = planOf(event);
            }
        }
        new Story(events).actors().forEach((name, actor) -> {
            if (actor.ended == null) {
                String how = "ended with the page's process";
                chronicle.add(Event.of(Kind.ENDED, name, actor.started.pid(), -1, how));
            }
        });
    }

    private static Plan planOf(Event event) {
        try {
            return Json.read(String.valueOf(event.text()), Plan.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("The story cannot be read. Delete " + Chronicle.FILE + ".", e);
        }
    }

    Source source(Scene scene) {
        return Objects.requireNonNull(sources.get(scene));
    }

    // ---- what a person can do

    void run(String employee, long stepMillis, Delivery email, Plan.@Nullable Crash crash) {
        run(new Plan("", Scene.ONBOARDING, employee, stepMillis, email, null, crash));
    }

    /** Runs the onboarding that waits for the manager's approval. */
    void runWithApproval(String employee, long stepMillis, long approvalMillis) {
        run(new Plan("", Scene.APPROVAL, employee, stepMillis, Delivery.AT_LEAST_ONCE, approvalMillis, null));
    }

    /** Runs the onboarding that sleeps until the first day, and can be called off. */
    void runUntilFirstDay(String employee, long stepMillis, long noticeMillis, Plan.@Nullable Crash crash) {
        run(new Plan("", Scene.CALLED_OFF, employee, stepMillis, Delivery.AT_LEAST_ONCE, noticeMillis, crash));
    }

    private void run(Plan wanted) {
        command(() -> {
            requireNow(!isUnfinished(), "This workflow is not finished. Resume it, or reset.");
            crew.dismiss("killed to make room for the next run");
            chronicle.clear();
            begin(wanted.of(freeId(wanted.employee())), "runs it");
        });
    }

    private String freeId(String employee) {
        String id = "onboard-" + employee.strip().toLowerCase(Locale.ROOT);
        String free = id;
        for (int number = 2; tables.store().find(free).isPresent(); number++) {
            free = id + "-" + number;
        }
        return free;
    }

    void resume(Plan.@Nullable Crash crash) {
        command(() -> {
            Plan current = requirePlan();
            requireNow(isUnfinished(), "The workflow is finished: there is nothing to resume.");
            requireNow(
                    crew.living().isEmpty(),
                    "Worker %s is alive%s. Start a second executor, or crash it first."
                            .formatted(crew.names(), crew.isAnyFrozen() ? " and frozen" : ""));
            begin(current.with(crash), "resumes it");
        });
    }

    void second() {
        command(() -> {
            Plan current = requirePlan();
            requireNow(isUnfinished(), "The workflow is finished: a second executor would have nothing to do.");
            requireNow(!crew.living().isEmpty(), "No executor is alive: resume instead.");
            requireNow(crew.living().size() < Crew.MOST, "%d executors are enough.".formatted(Crew.MOST));
            begin(current.with(null), "starts a second executor");
        });
    }

    void crash(@Nullable String worker) {
        command(() -> {
            WorkerProcess process = crew.require(worker);
            chronicle.add(Event.ofPerson("kills " + process.name() + " (SIGKILL)"));
            process.kill("killed");
        });
    }

    void freeze(@Nullable String worker) {
        command(() -> {
            WorkerProcess process = crew.require(worker);
            requireNow(!process.isFrozen(), "Worker %s is frozen already.".formatted(process.name()));
            requireNow(
                    crew.life(process) == Life.ALIVE,
                    "Worker %s is still starting. Wait until it is alive.".formatted(process.name()));
            process.freeze(tables::areAtRest);
        });
    }

    void thaw(@Nullable String worker) {
        command(() -> {
            WorkerProcess process = crew.require(worker);
            requireNow(process.isFrozen(), "Worker %s is not frozen.".formatted(process.name()));
            process.thaw();
        });
    }

    /** Sends the manager's approval: durable when this returns, whether a worker lives or not. */
    void approve() {
        command(() -> {
            Plan current = requirePlan();
            requireNow(lookout.look(plan, isUnfinished()).can().approve(), "No approval is waited for now.");
            try {
                client.workflow(current.workflowId())
                        .signal(OnboardingWithApproval.APPROVAL, new Approval("the manager"));
            } catch (SignalNotDeliveredException e) {
                throw new NotNowException("The approval comes too late: the workflow has ended.");
            }
            chronicle.add(Event.ofSignal(OnboardingWithApproval.APPROVAL.name()));
        });
    }

    /** Calls the hire off: durable when this returns, whether a worker lives or not. */
    void cancel() {
        command(() -> {
            Plan current = requirePlan();
            State.Can can = lookout.look(plan, isUnfinished()).can();
            requireNow(isUnfinished(), "The workflow is finished: nothing can be called off any more.");
            requireNow(can.cancel(), "There is nothing to call off now, or it is called off already.");
            requireNow(
                    client.workflow(current.workflowId()).cancel("the hire is called off"),
                    "That comes too late: the workflow has ended.");
            chronicle.add(Event.of(Kind.CALLED_OFF, null, null, 0, null));
        });
    }

    void reset() {
        command(() -> {
            crew.dismiss("killed by the reset");
            tables.wipe();
            delete(OutsideWorld.FILE);
            delete(WorkerProcess.LOG);
            chronicle.clear();
            plan = null;
        });
    }

    private void begin(Plan next, String what) {
        String name = crew.nextName();
        plan = next;
        chronicle.add(Event.of(Kind.PLANNED, null, null, 0, Json.write(next)));
        chronicle.add(Event.ofPerson(
                what + (next.crash() == null ? "" : ", to crash " + next.crash().inWords())));
        Order order = new Order(name, tables.url(), tables.prefix(), directory.toString(), lease.toMillis(), next);
        crew.start(order);
    }

    private void delete(String file) {
        try {
            Files.deleteIfExists(directory.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + file, e);
        }
    }

    private interface Command {
        void carryOut();
    }

    private void command(Command command) {
        onItsThread(() -> {
            command.carryOut();
            return true;
        });
    }

    /** One after the other, on a thread that nobody interrupts: an interrupt inside H2's file channel closes the whole database. */
    private <T> T onItsThread(Callable<T> work) {
        try {
            return thread.submit(work).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotNowException("The simulator is being stopped.");
        } catch (RejectedExecutionException e) {
            throw new NotNowException("The simulator is closed.");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "simulator");
        thread.setDaemon(true);
        return thread;
    }

    private Plan requirePlan() {
        Plan current = plan;
        if (current == null) {
            throw new NotNowException("Nothing was run yet: run a workflow first.");
        }
        return current;
    }

    private static void requireNow(boolean holds, String otherwise) {
        if (!holds) {
            throw new NotNowException(otherwise);
        }
    }

    /** Planned, and not at its end as far as the tables say. */
    private boolean isUnfinished() {
        return plan != null
                && !tables.store()
                        .find(plan.workflowId())
                        .map(WorkflowRecord::status)
                        .filter(status -> status.isFinal())
                        .isPresent();
    }

    // ---- what they see

    State state() {
        return onItsThread(() -> lookout.look(plan, isUnfinished()));
    }

    /** Ends the workers; the tables, the world and the story stay. */
    @Override
    public void close() {
        command(() -> crew.killAll("ended with the page's process"));
        thread.shutdown();
        client.close();
        tables.close();
    }
}
