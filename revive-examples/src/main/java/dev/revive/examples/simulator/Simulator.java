// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.revive.dashboard.view.Viewer;
import dev.revive.dashboard.view.Views;
import dev.revive.dashboard.view.WorkflowDetail;
import dev.revive.examples.onboarding.Onboarding.Delivery;
import dev.revive.examples.simulator.Event.Kind;
import dev.revive.examples.simulator.State.Life;
import dev.revive.examples.world.Happening;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.store.ExecutorRecord;
import dev.revive.store.WorkflowRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
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

    private static final int MOST_WORKERS = 3;
    private static final String UNTOLD = "It had happened, and was begun again before anybody could record it.";

    private final Tables tables;
    private final Path directory;
    private final Duration lease;
    private final Views views;
    private final Source source = Source.load();
    private final Chronicle chronicle;
    private final OutsideWorld world;
    private final Map<String, WorkerProcess> workers = new LinkedHashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Simulator::daemon);
    private @Nullable Plan plan;
    private @Nullable JsonNode lastContent;
    private long revision;

    /**
     * Opens it, with the story that an earlier process of the page left behind.
     *
     * @param tables closed together with this
     * @param directory where the outside world and the story are
     * @param lease how long a worker counts as alive after each renewal
     */
    Simulator(Tables tables, Path directory, Duration lease) {
        this.tables = tables;
        this.directory = directory.toAbsolutePath();
        this.lease = lease;
        this.views = new Views(tables.store());
        this.chronicle = new Chronicle(directory);
        this.world = new OutsideWorld(directory);
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

    Source source() {
        return source;
    }

    // ---- what a person can do

    void run(String employee, long stepMillis, Delivery email, Plan.@Nullable Crash crash) {
        command(() -> {
            Plan wanted = new Plan("", employee, stepMillis, email, crash);
            requireNow(!isUnfinished(), "This workflow is not finished. Resume it, or reset.");
            killAll("killed to make room for the next run");
            workers.clear();
            chronicle.clear();
            begin(new Plan(freeId(employee), employee, wanted.stepMillis(), email, crash), "runs it");
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
                    living().isEmpty(),
                    "Worker %s is alive%s. Start a second executor, or crash it first."
                            .formatted(names(), frozen().isEmpty() ? "" : " and frozen"));
            begin(current.with(crash), "resumes it");
        });
    }

    void second() {
        command(() -> {
            Plan current = requirePlan();
            requireNow(isUnfinished(), "The workflow is finished: a second executor would have nothing to do.");
            requireNow(!living().isEmpty(), "No executor is alive: resume instead.");
            requireNow(living().size() < MOST_WORKERS, "%d executors are enough.".formatted(MOST_WORKERS));
            begin(current.with(null), "starts a second executor");
        });
    }

    void crash(@Nullable String worker) {
        command(() -> {
            WorkerProcess process = requireWorker(worker);
            chronicle.add(Event.ofPerson("kills " + process.name() + " (SIGKILL)"));
            process.kill("killed");
        });
    }

    void freeze(@Nullable String worker) {
        command(() -> {
            WorkerProcess process = requireWorker(worker);
            requireNow(!process.isFrozen(), "Worker %s is frozen already.".formatted(process.name()));
            requireNow(
                    life(process.name()) == Life.ALIVE,
                    "Worker %s is still starting. Wait until it is alive.".formatted(process.name()));
            process.freeze(tables::areAtRest);
        });
    }

    void thaw(@Nullable String worker) {
        command(() -> {
            WorkerProcess process = requireWorker(worker);
            requireNow(process.isFrozen(), "Worker %s is not frozen.".formatted(process.name()));
            process.thaw();
        });
    }

    void reset() {
        command(() -> {
            killAll("killed by the reset");
            workers.clear();
            tables.wipe();
            delete(OutsideWorld.FILE);
            delete(WorkerProcess.LOG);
            chronicle.clear();
            plan = null;
        });
    }

    private void begin(Plan next, String what) {
        String name = nextName();
        plan = next;
        chronicle.add(Event.of(Kind.PLANNED, null, null, 0, Json.write(next)));
        chronicle.add(Event.ofPerson(
                what + (next.crash() == null ? "" : ", to crash " + next.crash().inWords())));
        Order order = new Order(name, tables.url(), tables.prefix(), directory.toString(), lease.toMillis(), next);
        workers.put(name, WorkerProcess.start(order, chronicle));
    }

    /** A to Z, then A2 and so on. */
    private String nextName() {
        int number = new Story(chronicle.events()).actors().size();
        String letter = String.valueOf((char) ('A' + number % 26));
        return number < 26 ? letter : letter + (number / 26 + 1);
    }

    private void killAll(String how) {
        living().forEach(worker -> worker.kill(how));
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

    private WorkerProcess requireWorker(@Nullable String name) {
        WorkerProcess worker = name == null ? null : workers.get(name);
        if (worker == null || !worker.isAlive()) {
            throw new NotNowException(
                    name == null ? "Say which worker." : "There is no living worker %s.".formatted(name));
        }
        return worker;
    }

    private static void requireNow(boolean holds, String otherwise) {
        if (!holds) {
            throw new NotNowException(otherwise);
        }
    }

    private Life life(String worker) {
        Story.Actor actor = new Story(chronicle.events()).actors().get(worker);
        return actor == null ? Life.DEAD : actor.life();
    }

    private List<WorkerProcess> living() {
        return workers.values().stream().filter(WorkerProcess::isAlive).toList();
    }

    private List<WorkerProcess> frozen() {
        return workers.values().stream().filter(WorkerProcess::isFrozen).toList();
    }

    private String names() {
        return String.join(" and ", living().stream().map(WorkerProcess::name).toList());
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
        return onItsThread(() -> {
            State seen = look();
            JsonNode content = content(seen);
            if (!content.equals(lastContent)) {
                lastContent = content;
                revision++;
            }
            return seen.stamped(revision, seen.now());
        });
    }

    /** All but the time. */
    private static JsonNode content(State state) {
        ObjectNode content = (ObjectNode) Json.tree(state);
        content.remove("now");
        if (content.get("workflow") instanceof ObjectNode workflow) {
            content.set("workflow", workflow.deepCopy().without("now"));
        }
        return content;
    }

    private State look() {
        Set<String> seated = seated();
        Plan current = plan;
        List<Event> events = chronicle.events();
        Story story = new Story(events);
        WorkflowDetail workflow = current == null
                ? null
                : views.workflow(current.workflowId(), Viewer.ofEverything()).orElse(null);
        List<State.Worker> seen = story.actors().values().stream()
                .map(actor -> worker(actor, seated))
                .toList();
        return new State(
                0,
                Instant.now(),
                tables.place(),
                seen,
                current,
                workflow,
                world(current, story, Narrator.reasons(events)),
                story.runs(),
                LogText.lines(events),
                story.executing(source.steps()),
                Narrator.tell(events),
                Plan.Point.all(),
                can(seen));
    }

    /** Who is alive as far as others may know. */
    private Set<String> seated() {
        return tables.store().executors().stream()
                .filter(ExecutorRecord::alive)
                .map(ExecutorRecord::id)
                .collect(Collectors.toSet());
    }

    private static State.Worker worker(Story.Actor actor, Set<String> seated) {
        Event ended = actor.ended;
        String executorId = actor.executorId;
        return new State.Worker(
                actor.started.workerName(),
                Objects.requireNonNullElse(actor.started.pid(), 0L),
                actor.life(),
                actor.started.time(),
                ended == null ? null : ended.time(),
                ended == null || ended.number() < 0 ? null : (int) ended.number(),
                ended == null ? null : ended.text(),
                executorId,
                executorId == null ? null : seated.contains(executorId) ? State.Seat.ALIVE : State.Seat.DEAD);
    }

    private List<State.Outside> world(@Nullable Plan current, Story story, Map<String, String> reasons) {
        List<Happening> all = current == null ? List.of() : world.of(current.workflowId());
        List<State.Outside> outside = new ArrayList<>();
        for (String step : Plan.STEPS) {
            List<State.Happened> happened = all.stream()
                    .filter(happening -> happening.step().equals(step))
                    .map(happening -> new State.Happened(
                            happening.nonce(),
                            happening.attempt(),
                            happening.pid(),
                            story.workerOf(happening.pid()),
                            happening.time(),
                            happening.idempotencyKey()))
                    .toList();
            String why = happened.size() > 1 ? reasons.getOrDefault(step, UNTOLD) : null;
            outside.add(new State.Outside(step, happened.size(), why, happened));
        }
        return outside;
    }

    private State.Can can(List<State.Worker> seen) {
        boolean isUnfinished = isUnfinished();
        List<Life> lives = seen.stream().map(State.Worker::state).toList();
        long alive = lives.stream().filter(life -> life != Life.DEAD).count();
        return new State.Can(
                !isUnfinished,
                alive > 0,
                isUnfinished && alive == 0,
                isUnfinished && alive > 0 && alive < MOST_WORKERS,
                lives.contains(Life.ALIVE),
                lives.contains(Life.FROZEN),
                plan != null);
    }

    /** Ends the workers; the tables, the world and the story stay. */
    @Override
    public void close() {
        command(() -> killAll("ended with the page's process"));
        thread.shutdown();
        tables.close();
    }
}
