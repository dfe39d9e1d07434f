// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.client.Client;
import dev.revive.client.StoredAwakeable;
import dev.revive.client.StoredRef;
import dev.revive.codec.Payloads;
import dev.revive.engine.EngineSettings.Limits;
import dev.revive.lane.Outage;
import dev.revive.run.Registry;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowType;
import dev.revive.thread.BareThreads;
import dev.revive.thread.Nanos;
import dev.revive.thread.Uninterruptibly;
import dev.revive.thread.UserThreads;
import dev.revive.workflow.Decision;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Outbox;
import dev.revive.workflow.Printable;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.UnitOfWork;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowRef;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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
    private final EngineTools tools;
    private final Client client;
    private final Starter starter;
    private final CallersTransactions callersTransactions;
    private final Parts parts;
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
        this.tools = new EngineTools(settings, this::threadFreed, this::isStopped);
        registry.check(tools.payloads());
        Parts parts = new Parts();
        this.client = new Client(store, parts, limits().startTimeout());
        this.starter = new Starter(parts, client, limits().startTimeout());
        this.callersTransactions = new CallersTransactions(store, client, starter);
        this.parts = parts;
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
            return new Executor(parts, seat, before);
        } catch (Throwable e) {
            seat.abandon(); // nobody else knows it
            throw e;
        }
    }

    private ExecutorSeat seated() {
        ExecutorSeat seat = store.seat(settings.executor());
        try {
            tools.storeClock().follow(seat);
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
        return starter.start(workflow, id, input, options);
    }

    /**
     * Sends a signal to a workflow, and starts it first if it is not there, in one transaction.
     *
     * @param workflow its type
     * @param id the caller's id
     * @param input the input, which may be null; ignored if the workflow is there
     * @param options who runs it
     * @param signal the signal
     * @param value what it carries
     * @param how under which key
     * @param <I> the input's type
     * @param <O> the output's type
     * @param <T> the type of what the signal carries
     * @return its handle, once both are durable
     */
    public <I extends @Nullable Object, O extends @Nullable Object, T> WorkflowHandle<O> startAndSignal(
            Workflow<I, O> workflow,
            String id,
            I input,
            StartOptions options,
            Signal<T> signal,
            T value,
            SignalOptions how) {
        return starter.startAndSignal(workflow, id, input, options, signal, value, how);
    }

    /**
     * For what is asked for in a transaction of the application's.
     *
     * @param connection in that transaction
     * @return what can be asked for in it
     */
    public Outbox in(Connection connection) {
        return callersTransactions.in(connection);
    }

    /**
     * Runs a transaction for the application.
     *
     * @param unit its SQL
     * @param <T> the type of what it answers
     * @param <X> what it throws
     * @return what it answers
     * @throws X as it does
     */
    public <T extends @Nullable Object, X extends Exception> T transact(UnitOfWork<T, X> unit) throws X {
        return callersTransactions.transact(unit);
    }

    /**
     * A workflow by its id, whatever its type.
     *
     * @param id its id
     * @return what can be done to it from outside
     */
    public WorkflowRef workflow(String id) {
        return new StoredRef(client, id);
    }

    /**
     * Completes an awakeable.
     *
     * @param awakeableId its id
     * @param value of a class without type arguments
     */
    public void complete(String awakeableId, Object value) {
        new StoredAwakeable(client, awakeableId).complete(value);
    }

    /**
     * Completes an awakeable.
     *
     * @param awakeableId its id
     * @param value what with
     * @param type the value's type
     */
    public void complete(String awakeableId, Object value, TypeRef<?> type) {
        new StoredAwakeable(client, awakeableId).complete(value, type);
    }

    /**
     * Fails an awakeable.
     *
     * @param awakeableId its id
     * @param reason why
     */
    public void fail(String awakeableId, String reason) {
        new StoredAwakeable(client, awakeableId).fail(reason);
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
        return client.handle(workflow, id, new AtomicReference<>());
    }

    /**
     * Lets a workflow that needs attention go on.
     *
     * @param id its id
     * @return false if it does not need attention
     */
    public boolean resume(String id) {
        return client.resume(id);
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
        return client.decide(workflowId, step, decision);
    }

    /**
     * Gives a failed workflow another life: the call that it failed at is asked again, what came before it stands.
     *
     * @param id its id
     * @return false if it has not failed
     */
    public boolean retry(String id) {
        return client.retry(id);
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
        tools.userThreads().requireOutside("close()");
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
        tools.close();
    }

    private boolean close(boolean wasRunning, Duration grace, long end) {
        executor.stop(grace, end);
        client.close(Nanos.until(end).dividedBy(2));
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

    // ---- for its parts

    private Limits limits() {
        return settings.limits();
    }

    private boolean isStopped() {
        return state != State.RUNNING;
    }

    private void requireRunning() {
        if (state != State.RUNNING) {
            throw stopped();
        }
    }

    private EngineStoppedException stopped() {
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

    // ---- the death of an executor

    private void crashed() {
        synchronized (this) {
            if (state == State.RUNNING) {
                state = State.CRASHED;
            }
        }
        client.fail();
    }

    /**
     * What keeps this engine alive has ended. That is said first, by what cannot fail; only then it is brought about, which may.
     *
     * @param end ends what is still there
     */
    private void failed(Throwable why, Runnable end) {
        if (!dies(why)) {
            end.run();
            return;
        }
        try {
            end.run();
        } finally {
            try {
                client.fail();
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
    private void replace(Executor former, Runnable end) {
        try {
            end.run();
            BareThreads.make("revive-rebirth", () -> rebirth(former)).start();
        } catch (Throwable e) {
            failed(e, () -> {});
            throw e;
        }
    }

    private void rebirth(Executor former) {
        log.info(
                "{} lost its lease; its workflows go on elsewhere, and this engine begins again",
                Printable.of(former.id()));
        try {
            beginAgain(former);
        } catch (Throwable e) {
            failed(e, () -> {}); // no other thread would try again, and there are no others that keep it alive
        }
    }

    private void beginAgain(Executor former) throws InterruptedException {
        Outage outage = new Outage("the next executor");
        for (long pause = 50; state == State.RUNNING; pause = Math.min(2_000, pause * 2)) {
            try {
                former.abandon();
                begin(outage.ask(this::newExecutor));
                return;
            } catch (StoreUnavailableException e) {
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

    /** What its parts see of it. */
    private final class Parts implements Executor.Owner, Starter.Host, Client.Host {
        @Override
        public EngineSettings settings() {
            return settings;
        }

        @Override
        public Registry registry() {
            return registry;
        }

        @Override
        public EngineTools tools() {
            return tools;
        }

        @Override
        public Client client() {
            return client;
        }

        @Override
        public boolean deliver() {
            return store.deliver(starter::isSame);
        }

        @Override
        public Executor executor() {
            return executor;
        }

        @Override
        public Payloads payloads() {
            return tools.payloads();
        }

        @Override
        public UserThreads userThreads() {
            return tools.userThreads();
        }

        @Override
        public Instant now() {
            return tools.now();
        }

        @Override
        public UUID unique() {
            return tools.unique();
        }

        @Override
        public void wakeClaimer() {
            executor.wakeClaimer();
        }

        @Override
        public void expectDelivery() {
            executor.expectDelivery();
        }

        @Override
        public boolean holds(String workflowId) {
            return executor.holds(workflowId);
        }

        @Override
        public boolean mayBeRun(WorkflowType type) {
            return executor.isShared() || registry.find(type) != null;
        }

        @Override
        public void requireRunning() {
            Engine.this.requireRunning();
        }

        @Override
        public EngineStoppedException stopped() {
            return Engine.this.stopped();
        }

        @Override
        public void crashed() {
            Engine.this.crashed();
        }

        @Override
        public void failed(Throwable why, Runnable end) {
            Engine.this.failed(why, end);
        }

        @Override
        public void replace(Executor former, Runnable end) {
            Engine.this.replace(former, end);
        }
    }
}
