// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.codec.Documents;
import dev.revive.engine.EngineSettings.Limits;
import dev.revive.store.Answer;
import dev.revive.store.BareThreads;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Retry;
import dev.revive.store.SteadyClock;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.Decision;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Printable;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.StartOutcomeUnknownException;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.UnknownWorkflowException;
import dev.revive.workflow.WaitInterruptedException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowConflictException;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowNotFoundException;
import dev.revive.workflow.WorkflowStatus;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What outlives an executor: code, bounds, threads, and who waits for what. Starts workflows and answers about them; everything that runs is an
 * {@link Executor}'s.
 */
public final class Engine {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    /** What closing may take beyond the grace: for effects that do not mind an interrupt, for what is queued, and for leaving. */
    private static final Duration AFTER_GRACE = Duration.ofSeconds(10);

    private enum State {
        RUNNING,
        CLOSED,
        CRASHED
    }

    private final WorkflowStore store;
    private final Registry registry;
    private final EngineSettings settings;
    private final Payloads payloads;
    private final SteadyClock clock;
    private final Threads threads;
    private final Threads attempts = new Threads("revive-attempt", Integer.MAX_VALUE, () -> {});
    private final Permits permits;
    private final Places places = new Places();
    private final Endings endings = new Endings();
    private final StoreReader reader;
    private final StoreClock storeClock;
    private final RandomGenerator chance = new Random();
    private final AtomicLong lastStart = new AtomicLong(Long.MIN_VALUE);
    private volatile State state = State.RUNNING;
    private volatile @Nullable Throwable causeOfDeath;
    private volatile Executor executor;

    /**
     * Takes a seat at the store and starts to run what is due.
     *
     * @param store where everything is kept
     * @param registry the code
     * @param settings everything that can be set
     */
    public Engine(WorkflowStore store, Registry registry, EngineSettings settings) {
        Preloaded.load();
        this.store = store;
        this.registry = registry;
        this.settings = settings;
        this.payloads = new Payloads(settings.serializer(), settings.limits().payloadChars());
        registry.check(payloads);
        this.threads = new Threads("revive-run", settings.limits().threads(), this::threadFreed);
        this.storeClock = new StoreClock(settings.clock());
        this.clock = new SteadyClock(storeClock);
        this.reader = new StoreReader(settings.limits().startTimeout(), this::stopped);
        this.permits = new Permits(settings.limits().permits());
        this.executor = newExecutor();
        try {
            executor.start();
        } catch (Throwable e) {
            executor.abandon();
            throw e;
        }
    }

    private Executor newExecutor() {
        long before = System.nanoTime();
        ExecutorSeat seat = Uninterruptibly.call(this::seated);
        try {
            return new Executor(this, seat, before);
        } catch (Throwable e) {
            seat.abandon(); // nobody else knows it
            throw e;
        }
    }

    private ExecutorSeat seated() {
        ExecutorSeat seat = store.seat(settings.executor());
        try {
            storeClock.follow(seat);
            return seat;
        } catch (RuntimeException | Error e) {
            seat.abandon();
            throw e;
        }
    }

    private void threadFreed() {
        executor.placeFreed();
    }

    // ---- for the face

    /**
     * Starts a workflow, or finds the one that was started under this id before.
     *
     * @param workflow its type
     * @param id the caller's id
     * @param input the input, which may be null
     * @param options what to do if it exists, and who runs it
     * @param <I> the input's type
     * @param <O> the output's type
     * @return its handle, once it is durable
     */
    public <I extends @Nullable Object, O extends @Nullable Object> WorkflowHandle<O> start(
            Workflow<I, O> workflow, String id, I input, StartOptions options) {
        places.requireStepOrOutside("start(" + workflow + ")");
        requireRunning();
        if (!options.runsElsewhere() && registry.find(Registry.typeOf(workflow)) == null) {
            throw new UnknownWorkflowException(
                    id,
                    "No code is registered here for workflow %s. Register it before start(), or pass StartOptions.defaults().runElsewhere() if another process runs it."
                            .formatted(workflow));
        }
        Type type = workflow.input().type();
        String json = payloads.encodeInput(input, type);
        NewWorkflow fresh =
                new NewWorkflow(id, Registry.typeOf(workflow), json, payloads.inputHash(input, type), uniqueNow());
        long deadline = Nanos.after(limits().startTimeout());
        CreateReceipt receipt = create(fresh, deadline);
        if (receipt.answer().join() == Answer.EXISTS) {
            requireSame(fresh, type, options, deadline);
        }
        return new StoredHandle<>(this, id, workflow.output(), receipt.ending());
    }

    /**
     * Answers once it is settled. What an executor that has since died was asked to write may be there, and claimed by the next: only the first runs
     * it at once. The next would find the row in its own name, at the epoch of a start, and take it for what it wrote itself.
     */
    private CreateReceipt create(NewWorkflow fresh, long deadline) {
        for (boolean isFirst = true; ; isFirst = false) {
            Executor current = executor;
            CreateReceipt receipt = new CreateReceipt();
            try {
                boolean isDue = submit(current, isFirst ? current.admit(fresh) : null, fresh, receipt, deadline);
                receipt.answer().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (isDue) {
                    current.wakeClaimer();
                }
                return receipt;
            } catch (Unwind | ExecutionException e) {
                Throwable why = e instanceof ExecutionException ? e.getCause() : e;
                if (why != null && why.getClass() == StoreException.class) {
                    throw (StoreException) why;
                }
                requireRunning();
                awaitNext(current, deadline, fresh.id());
            } catch (TimeoutException e) {
                throw startUnknown(fresh.id());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new WaitInterruptedException(
                        "Interrupted while workflow %s was being started; it may have been. Call again with the same id."
                                .formatted(fresh.id()),
                        e);
            }
        }
    }

    /** Answers whether it waits to be claimed, rather than running here at once. */
    private boolean submit(Executor current, @Nullable Run run, NewWorkflow fresh, CreateReceipt receipt, long deadline)
            throws InterruptedException, TimeoutException {
        if (run == null) {
            Operation.Create due = new Operation.Create(fresh, Operation.Create.Start.DUE, null);
            current.lane(fresh.id()).submit(due, receipt, () -> {}, deadline);
            return true;
        }
        try {
            run.create(new Operation.Create(fresh, Operation.Create.Start.CLAIMED, null), receipt, deadline);
        } catch (Throwable e) {
            current.retire(run, null);
            throw e;
        }
        current.begin(run);
        return false;
    }

    /** The executor was replaced under our hands: the next one may take it. */
    private void awaitNext(Executor former, long deadline, String id) throws WaitInterruptedException {
        while (executor == former) {
            requireRunning();
            if (deadline - System.nanoTime() <= 0) {
                throw startUnknown(id);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new WaitInterruptedException("Interrupted while starting workflow " + id + ".", e);
            }
        }
    }

    private static StartOutcomeUnknownException startUnknown(String id) {
        return new StartOutcomeUnknownException(
                id,
                "The store did not answer in time: workflow %s may or may not have been started. Call again with the same id; that is safe."
                        .formatted(id));
    }

    private void requireSame(NewWorkflow fresh, Type type, StartOptions options, long deadline) {
        WorkflowRecord existing;
        try {
            existing = find(fresh.id(), deadline);
        } catch (TimeoutException e) {
            throw startUnknown(fresh.id());
        }
        if (!existing.type().equals(fresh.type())) {
            throw new WorkflowConflictException(
                    fresh.id(),
                    "Id %s belongs to a workflow %s; %s needs an id of its own."
                            .formatted(fresh.id(), existing.type(), fresh.type()));
        }
        if (!existing.inputHash().equals(fresh.inputHash())
                && !payloads.isSameInput(existing.input(), fresh.input(), type)) {
            throw new WorkflowConflictException(
                    fresh.id(),
                    "Workflow %s was started before with another input. The id is the idempotency key: use a new id for new work, or the same input."
                            .formatted(fresh.id()));
        }
        if (options.ifExists() == StartOptions.IfExists.FAIL) {
            throw new WorkflowConflictException(
                    fresh.id(), "Workflow %s exists already, and the caller wanted a new one.".formatted(fresh.id()));
        }
    }

    /**
     * A handle for a workflow that was started before, here or elsewhere.
     *
     * @param workflow its type
     * @param id its id
     * @param <O> the output's type
     * @return the handle; that the workflow exists is not checked
     */
    public <O extends @Nullable Object> WorkflowHandle<O> handle(Workflow<?, O> workflow, String id) {
        return new StoredHandle<>(this, id, workflow.output(), new AtomicReference<>());
    }

    /**
     * Lets a workflow that needs attention go on.
     *
     * @param id its id
     * @return false if it does not need attention
     */
    public boolean resume(String id) {
        places.requireStepOrOutside("resume(" + id + ")");
        requireRunning();
        boolean resumed = reader.ask(() -> store.resume(id));
        executor.wakeClaimer();
        return resumed;
    }

    /**
     * Records what a person found out about a step that may or may not have happened, and lets its workflow go on.
     *
     * @param workflowId the workflow, which needs attention
     * @param step the step, STARTED
     * @param decision what became of it
     * @return false if the workflow does not need attention, or the step is no longer as it was seen
     */
    public boolean decide(String workflowId, StepInfo step, Decision decision) {
        places.requireStepOrOutside("decide(" + workflowId + ")");
        requireRunning();
        boolean decided = reader.ask(() -> Decided.of(this, workflowId, step, decision)
                .map(replacement -> store.decide(replacement.zombie(), replacement.decision()))
                .orElse(false));
        executor.wakeClaimer();
        return decided;
    }

    /**
     * Gives a failed workflow another life: the call that it failed at is asked again, what came before it stands.
     *
     * @param id its id
     * @return false if it has not failed
     */
    public boolean retry(String id) {
        places.requireStepOrOutside("retry(" + id + ")");
        requireRunning();
        boolean retried = reader.ask(() -> store.find(id)
                .filter(row -> row.status() == WorkflowStatus.FAILED)
                .map(row -> store.retry(retryOf(row)))
                .orElse(false));
        executor.wakeClaimer();
        return retried;
    }

    private Retry retryOf(WorkflowRecord failed) {
        return Retry.of(
                failed,
                store.steps(failed.id()),
                Documents.calls(Objects.requireNonNull(failed.failure())),
                step -> Documents.failure(Objects.requireNonNull(step.failure()))
                        .kind(),
                now());
    }

    /** Whether a crash hook ended this engine, or one of its own threads that ended. */
    public boolean hasCrashed() {
        return state == State.CRASHED;
    }

    /**
     * Stops: gracefully if it runs, else only what a crash left in memory is awaited. Takes no longer than the grace and {@link #AFTER_GRACE},
     * whatever the store does: what is not done by then is done later, or never, and others find out as they find out of a dead process.
     */
    public void close() {
        places.requireOutside("close()");
        boolean wasRunning;
        synchronized (this) {
            if (state == State.CLOSED) {
                return;
            }
            wasRunning = state == State.RUNNING;
            if (wasRunning) {
                state = State.CLOSED;
            }
        }
        Duration grace = limits().shutdownGrace();
        long end = Nanos.after(grace.plus(AFTER_GRACE));
        Optional<Boolean> closed = Uninterruptibly.call(() -> close(wasRunning, grace, end), Nanos.until(end));
        if (closed.isEmpty()) {
            log.warn(
                    "The store does not answer: this engine is closed without having left it, and its workflows go on once its lease has lapsed");
        }
        threads.shutdown();
        attempts.shutdown();
    }

    private boolean close(boolean wasRunning, Duration grace, long end) {
        executor.stop(grace, end);
        endings.close(this::stopped);
        reader.close(Nanos.until(end).dividedBy(2));
        if (wasRunning) {
            executor.leave();
            store.close();
        } else {
            executor.abandon();
            if (causeOfDeath != null) {
                store.close(); // it died; only an injected crash leaves the store to the next engine
            }
        }
        return true;
    }

    // ---- for its own floor

    EngineSettings settings() {
        return settings;
    }

    Limits limits() {
        return settings.limits();
    }

    Registry registry() {
        return registry;
    }

    Payloads payloads() {
        return payloads;
    }

    Threads threads() {
        return threads;
    }

    Permits permits() {
        return permits;
    }

    Places places() {
        return places;
    }

    Endings endings() {
        return endings;
    }

    StoreClock storeClock() {
        return storeClock;
    }

    StoreReader reader() {
        return reader;
    }

    WorkflowStore store() {
        return store;
    }

    RandomGenerator chance() {
        return chance;
    }

    Executor executor() {
        return executor;
    }

    /** Answers false if there is no thread to be had. */
    boolean startAttempt(Runnable attempt) {
        return attempts.tryStart(attempt);
    }

    /** A stamp that no other start of this engine has: it is how a start that is written again knows its own row. */
    private Instant uniqueNow() {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, now());
        return Instant.EPOCH.plus(lastStart.updateAndGet(last -> Math.max(now, last + 1)), ChronoUnit.MICROS);
    }

    /** A stamp: microseconds, as the store keeps them. */
    Instant now() {
        return exactNow().truncatedTo(ChronoUnit.MICROS);
    }

    /** By this all that lasts is reckoned: never set back, or whoever waits would wait so much longer. */
    Instant exactNow() {
        return clock.instant();
    }

    /** When it will be this time of day, though a clock may have been set back, reckoned by {@link #exactNow}. */
    Instant reckoned(Instant timeOfDay) {
        return timeOfDay.plus(clock.ahead());
    }

    /** The time of day. */
    Instant timeOfDay() {
        return storeClock.instant();
    }

    WorkflowRecord find(String id) {
        return found(id, reader.ask(() -> store.find(id)));
    }

    /** @param deadline by {@link System#nanoTime} */
    WorkflowRecord find(String id, long deadline) throws TimeoutException {
        return found(id, reader.ask(() -> store.find(id), deadline));
    }

    private static WorkflowRecord found(String id, Optional<WorkflowRecord> row) {
        return row.orElseThrow(() -> new WorkflowNotFoundException(
                id, "There is no workflow with id %s. Was it started on this store?".formatted(id)));
    }

    void tellEndings(Collection<String> ids) {
        for (WorkflowRecord row : store.find(ids)) {
            Ending.of(row).ifPresent(ending -> endings.tell(row.id(), ending));
        }
    }

    boolean isStopped() {
        return state != State.RUNNING;
    }

    void requireRunning() {
        if (state != State.RUNNING) {
            throw stopped();
        }
    }

    EngineStoppedException stopped() {
        Throwable why = causeOfDeath;
        return new EngineStoppedException(
                why != null
                        ? "This engine died: " + why
                                + ". What is recorded goes on when an engine opens the store again."
                        : state == State.CRASHED
                                ? "A crash hook ended this engine. Close it and start another on the same store."
                                : "This engine is closed. What is recorded goes on when an engine opens the store again.",
                why);
    }

    void noteStragglers(boolean ended) {
        if (!ended) {
            log.warn("Some effects did not return although interrupted; what they do from now on is not recorded.");
        }
    }

    // ---- the death of an executor

    void crashed() {
        synchronized (this) {
            if (state == State.RUNNING) {
                state = State.CRASHED;
            }
        }
        endings.close(this::stopped);
    }

    /**
     * What keeps this engine alive has ended. That is said first, by what cannot fail; only then it is brought about, which may.
     *
     * @param end ends what is still there
     */
    void failed(Throwable why, Runnable end) {
        if (!dies(why)) {
            end.run();
            return;
        }
        try {
            end.run();
        } finally {
            try {
                endings.close(this::stopped);
            } finally {
                log.error("The engine died; its workflows go on when another engine opens the store", why);
            }
        }
    }

    private synchronized boolean dies(Throwable why) {
        if (state != State.RUNNING) {
            return false;
        }
        causeOfDeath = why;
        state = State.CRASHED;
        return true;
    }

    /**
     * A lapsed lease is never renewed: begin again under a new id.
     *
     * @param end ends what is still there of the former
     */
    void replace(Executor former, Runnable end) {
        try {
            end.run();
            BareThreads.make("revive-rebirth", () -> rebirth(former)).start();
        } catch (Throwable e) {
            failed(e, () -> {});
            throw e;
        }
    }

    private void rebirth(Executor former) {
        log.info("{} lost its lease; its workflows go on elsewhere, and this engine begins again", former.id());
        try {
            beginAgain(former);
        } catch (Throwable e) {
            failed(e, () -> {}); // no other thread would try again, and there are no others that keep it alive
        }
    }

    private void beginAgain(Executor former) throws InterruptedException {
        for (long pause = 50; state == State.RUNNING; pause = Math.min(2_000, pause * 2)) {
            try {
                former.abandon();
                begin(newExecutor());
                return;
            } catch (StoreUnavailableException e) {
                log.warn("The store does not give a new seat yet: {}", Printable.of(e));
                TimeUnit.MILLISECONDS.sleep(pause);
            }
        }
    }

    private void begin(Executor next) {
        synchronized (this) {
            if (state != State.RUNNING) {
                next.leave();
                return;
            }
            executor = next;
        }
        next.start();
    }
}
