// SPDX-License-Identifier: Apache-2.0
package dev.revive;

import dev.revive.client.Outsider;
import dev.revive.codec.JacksonSerializer;
import dev.revive.codec.PayloadSerializer;
import dev.revive.codec.Payloads;
import dev.revive.crash.CrashHook;
import dev.revive.engine.Engine;
import dev.revive.engine.EngineSettings;
import dev.revive.run.Registry;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.WorkflowStore;
import dev.revive.thread.Time;
import dev.revive.workflow.Decision;
import dev.revive.workflow.Outbox;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.UnitOfWork;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowId;
import dev.revive.workflow.WorkflowRef;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An engine in this process: runs the workflows that are registered with it, and goes on with what an earlier process left unfinished.
 *
 * <pre>{@code
 * try (Revive revive = Revive.with(JdbcStore.embedded(Path.of("data"))).register(ONBOARDING, onboarding::run).start()) {
 *     Welcome welcome = revive.start(ONBOARDING, "onboard-ada", new NewHire("Ada")).result();
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads. Two engines may live in one JVM.
 */
public final class Revive implements AutoCloseable {
    private final WorkflowStore store;
    private final Engine engine;

    private Revive(WorkflowStore store, Engine engine) {
        this.store = store;
        this.engine = engine;
    }

    /**
     * Begins to build an engine.
     *
     * @param store where everything is kept; closed together with the engine
     * @return a builder with defaults for all the rest
     */
    public static Builder with(WorkflowStore store) {
        Class<?> host = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .getCallerClass();
        return new Builder(Objects.requireNonNull(store, "store"), host);
    }

    /**
     * Starts a workflow. Starting the same id with the same input again answers the workflow that is there: a caller who does not know whether
     * its start got through just calls again.
     *
     * <p><strong>It is not part of the caller's transaction</strong>: it commits by itself before it returns. If the caller's transaction rolls back,
     * the workflow runs all the same; if it commits, the workflow may be earlier. {@link #in} starts it with the caller's transaction.
     *
     * @param workflow its type, registered with this engine
     * @param id the caller's idempotency key, 1 to 255 characters
     * @param input the input, which may be null
     * @param <I> the input's type
     * @param <O> the output's type
     * @return its handle, once its row is durable
     * @throws dev.revive.workflow.WorkflowConflictException if the id belongs to another workflow, version or input
     * @throws dev.revive.workflow.UnknownWorkflowException if it is not registered here
     * @throws dev.revive.workflow.SerializationException if the input cannot be written as JSON, or not be read back
     * @throws dev.revive.workflow.StartOutcomeUnknownException if the store did not answer in time
     * @throws dev.revive.workflow.WaitInterruptedException if the calling thread is interrupted: call again with the same id
     * @throws dev.revive.workflow.EngineStoppedException if this engine is closed
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    public <I extends @Nullable Object, O extends @Nullable Object> WorkflowHandle<O> start(
            Workflow<I, O> workflow, String id, I input) {
        return start(workflow, id, input, StartOptions.defaults());
    }

    /**
     * Starts a workflow, with options. <strong>Not part of the caller's transaction</strong>: see the other {@code start}.
     *
     * @param workflow its type
     * @param id the caller's idempotency key, 1 to 255 characters
     * @param input the input, which may be null
     * @param options what to do if it exists, and who runs it
     * @param <I> the input's type
     * @param <O> the output's type
     * @return its handle, once its row is durable
     * @throws dev.revive.workflow.WorkflowConflictException if the id belongs to another workflow, version or input, or must be new
     * @throws dev.revive.workflow.UnknownWorkflowException if it is not registered here and does not run elsewhere
     * @throws dev.revive.workflow.SerializationException if the input cannot be written as JSON, or not be read back
     * @throws dev.revive.workflow.StartOutcomeUnknownException if the store did not answer in time
     * @throws dev.revive.workflow.WaitInterruptedException if the calling thread is interrupted: call again with the same id
     * @throws dev.revive.workflow.EngineStoppedException if this engine is closed
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    public <I extends @Nullable Object, O extends @Nullable Object> WorkflowHandle<O> start(
            Workflow<I, O> workflow, String id, I input, StartOptions options) {
        Objects.requireNonNull(workflow, "workflow");
        Objects.requireNonNull(options, "options");
        return engine.start(workflow, WorkflowId.valid(id), input, options);
    }

    /**
     * Asks for starts and signals in a transaction of the caller's: they happen once it is committed, and do not if it is rolled back. Nothing of a
     * workflow is locked meanwhile, however long the transaction takes. What it returns has no result to wait for, since before the commit there is none; after it,
     * {@link #handle} finds the workflow within moments.
     *
     * <p>On H2, whose writers must follow one another, only the connections that {@link #transact} and {@code ctx.transaction} give out will do.
     *
     * @param connection the caller's, to the database of this engine's store, in a transaction
     * @return what can be asked for in it
     */
    public Outbox in(Connection connection) {
        return engine.in(Objects.requireNonNull(connection, "connection"));
    }

    /**
     * Runs a transaction on the store's database, and commits it. What is asked for {@linkplain #in in} its connection is done at its end, in the same
     * transaction: when this returns, the workflows that it started are there.
     *
     * <p>On H2 it is the only way for other writers, and all of Revive's own writing waits for it: keep it short. There it runs on another thread.
     *
     * @param unit its SQL; run again after a rollback that the database asked for
     * @param <T> the type of what it answers
     * @param <X> what it throws
     * @return what it answers
     * @throws X as the unit does: all is rolled back then
     * @throws dev.revive.workflow.WorkflowConflictException if the id of a start is taken: all is rolled back then
     * @throws dev.revive.workflow.SignalNotDeliveredException if there is nobody to receive a signal: all is rolled back then
     * @throws dev.revive.workflow.TransactionOutcomeUnknownException if the store did not say whether it was committed
     * @throws dev.revive.store.StoreLockedException if somebody keeps the row of a workflow locked that it signals, or that one is being started: nothing
     *     was done, run it again
     * @throws dev.revive.store.StoreException if the store has no database, or gives no connection; nothing was done then
     * @throws dev.revive.workflow.EngineStoppedException if this engine is closed
     * @throws IllegalStateException if called in a workflow, outside its steps, or in a transaction
     */
    public <T extends @Nullable Object, X extends Exception> T transact(UnitOfWork<T, X> unit) throws X {
        return engine.transact(Objects.requireNonNull(unit, "unit"));
    }

    /**
     * A handle for a workflow that was started before, by this process or another.
     *
     * @param workflow its type
     * @param id its id
     * @param <O> the output's type
     * @return the handle; that the workflow exists shows when it is used
     */
    public <O extends @Nullable Object> WorkflowHandle<O> handle(Workflow<?, O> workflow, String id) {
        Objects.requireNonNull(workflow, "workflow");
        return engine.handle(workflow, WorkflowId.valid(id));
    }

    /**
     * A workflow by its id, whatever its type, to send it signals.
     *
     * @param id its id
     * @return what can be done to it from outside; that it exists shows when it is used
     */
    public WorkflowRef workflow(String id) {
        return engine.workflow(WorkflowId.valid(id));
    }

    /**
     * Sends a signal to a workflow, and starts it first if there is none under this id: both in one transaction. <strong>Not part of the caller's
     * transaction</strong>, as {@link #start} is not.
     *
     * @param workflow its type, registered with this engine
     * @param id its id
     * @param input the input, which may be null; ignored if the workflow is there, whatever it was
     * @param signal the signal's name and type
     * @param value what it carries, not null
     * @param <I> the input's type
     * @param <O> the output's type
     * @param <T> the type of what the signal carries
     * @return its handle, once both are durable
     * @throws dev.revive.workflow.SignalNotDeliveredException if the workflow has ended
     * @throws dev.revive.workflow.UnknownWorkflowException if it is not registered here
     * @throws dev.revive.workflow.SerializationException if the input or the value cannot be written as JSON, or not be read back
     * @throws dev.revive.workflow.SignalOutcomeUnknownException if the store did not answer in time
     * @throws dev.revive.workflow.WaitInterruptedException if the calling thread is interrupted: both may have happened
     * @throws dev.revive.workflow.EngineStoppedException if this engine is closed, or was while the signal was on its way: then both may have happened
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    public <I extends @Nullable Object, O extends @Nullable Object, T> WorkflowHandle<O> startAndSignal(
            Workflow<I, O> workflow, String id, I input, Signal<T> signal, T value) {
        return startAndSignal(workflow, id, input, StartOptions.defaults(), signal, value, SignalOptions.defaults());
    }

    /**
     * Sends a signal to a workflow, and starts it first if there is none under this id, with options.
     *
     * @param workflow its type
     * @param id its id
     * @param input the input, which may be null; ignored if the workflow is there, whatever it was
     * @param options who runs it; what they say of a workflow that exists is ignored
     * @param signal the signal's name and type
     * @param value what it carries, not null
     * @param how under which idempotency key it is sent
     * @param <I> the input's type
     * @param <O> the output's type
     * @param <T> the type of what the signal carries
     * @return its handle, once both are durable
     * @throws dev.revive.workflow.SignalNotDeliveredException if the workflow has ended, and none has arrived under this key
     * @throws dev.revive.workflow.UnknownWorkflowException if it is not registered here and does not run elsewhere
     * @throws dev.revive.workflow.SerializationException if the input or the value cannot be written as JSON, or not be read back
     * @throws dev.revive.workflow.SignalOutcomeUnknownException if the store did not answer in time
     * @throws dev.revive.workflow.WaitInterruptedException if the calling thread is interrupted: both may have happened
     * @throws dev.revive.workflow.EngineStoppedException if this engine is closed, or was while the signal was on its way: then both may have happened
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    public <I extends @Nullable Object, O extends @Nullable Object, T> WorkflowHandle<O> startAndSignal(
            Workflow<I, O> workflow,
            String id,
            I input,
            StartOptions options,
            Signal<T> signal,
            T value,
            SignalOptions how) {
        Objects.requireNonNull(workflow, "workflow");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(signal, "signal");
        Payloads.requireValue(value);
        Objects.requireNonNull(how, "how");
        return engine.startAndSignal(workflow, WorkflowId.valid(id), input, options, signal, value, how);
    }

    /**
     * Completes an awakeable, by the id that a workflow gave away: at any time, before the workflow waits for it too. It is durable when this returns. The
     * first counts; the same once more is accepted, so whoever does not know whether it got through calls again. <strong>Not part of the caller's
     * transaction</strong>, as {@link #start} is not.
     *
     * @param awakeableId its {@link dev.revive.workflow.Awakeable#id}
     * @param value a value of the awakeable's type, not null, of a class without type arguments
     * @throws dev.revive.workflow.CompletionNotDeliveredException if there is no awakeable with this id, or its workflow has ended
     * @throws dev.revive.workflow.AwakeableCompletedException if it was completed or failed before, otherwise than now
     * @throws dev.revive.workflow.SerializationException if the value cannot be written as JSON, or not be read back, or has type arguments
     * @throws dev.revive.workflow.CompletionOutcomeUnknownException if the store did not answer in time
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer; nothing has been changed
     * @throws dev.revive.workflow.WaitInterruptedException if the calling thread is interrupted: it may be completed
     * @throws dev.revive.workflow.EngineStoppedException if this engine is closed, or was meanwhile: then it may be completed
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    public void complete(String awakeableId, Object value) {
        Objects.requireNonNull(awakeableId, "awakeableId");
        Payloads.requireValue(value);
        engine.complete(awakeableId, value);
    }

    /**
     * Completes an awakeable with a value of a type that has type arguments, or is another than the value's class.
     *
     * @param awakeableId its {@link dev.revive.workflow.Awakeable#id}
     * @param value a value of the awakeable's type, not null
     * @param type that type
     * @param <T> that type
     * @throws dev.revive.workflow.CompletionNotDeliveredException if there is no awakeable with this id, or its workflow has ended
     * @throws dev.revive.workflow.AwakeableCompletedException if it was completed or failed before, otherwise than now
     * @throws dev.revive.workflow.SerializationException if the value cannot be written as JSON, or not be read back
     * @throws dev.revive.workflow.CompletionOutcomeUnknownException if the store did not answer in time
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer; nothing has been changed
     * @throws dev.revive.workflow.WaitInterruptedException if the calling thread is interrupted: it may be completed
     * @throws dev.revive.workflow.EngineStoppedException if this engine is closed, or was meanwhile: then it may be completed
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    public <T> void complete(String awakeableId, T value, TypeRef<T> type) {
        Objects.requireNonNull(awakeableId, "awakeableId");
        Payloads.requireValue(value);
        Objects.requireNonNull(type, "type");
        engine.complete(awakeableId, value, type);
    }

    /**
     * Fails an awakeable: whoever waits for it gets an {@link dev.revive.workflow.AwakeableFailedException}. It counts as a completion does: the first does.
     *
     * @param awakeableId its {@link dev.revive.workflow.Awakeable#id}
     * @param reason for people, and for the workflow to decide by; cut at 4,000 characters
     * @throws dev.revive.workflow.CompletionNotDeliveredException if there is no awakeable with this id, or its workflow has ended
     * @throws dev.revive.workflow.AwakeableCompletedException if it was completed or failed before, otherwise than now
     * @throws dev.revive.workflow.CompletionOutcomeUnknownException if the store did not answer in time
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer; nothing has been changed
     * @throws dev.revive.workflow.WaitInterruptedException if the calling thread is interrupted: it may be completed
     * @throws dev.revive.workflow.EngineStoppedException if this engine is closed, or was meanwhile: then it may be completed
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    public void fail(String awakeableId, String reason) {
        Objects.requireNonNull(awakeableId, "awakeableId");
        Objects.requireNonNull(reason, "reason");
        engine.fail(awakeableId, reason);
    }

    /**
     * Lets a workflow that needs attention go on where it stood, once the cause is fixed; and one that is paused, or is to be.
     *
     * @param id its id
     * @return false if it is none of these, or there is none
     * @throws dev.revive.workflow.EngineStoppedException if this engine is closed, or was meanwhile: then it may be done
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer within {@link Builder#startTimeout}; it may do it all the same
     * @throws dev.revive.workflow.WaitInterruptedException if the calling thread is interrupted; its interrupt flag is set again
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    public boolean resume(String id) {
        return engine.resume(WorkflowId.valid(id));
    }

    /**
     * Gives a failed workflow another life, once the cause is fixed: with new code, or since the world outside is well again. The call that it
     * failed at is asked again under the same idempotency key, with as many attempts as its policy gives; what came before stands and is replayed.
     * That call and what followed it are kept aside as history and may be asked for again. If a saga's compensation is among that, the retry is
     * refused and nothing has changed: <strong>if the workflow has undone what it did, start a new one instead.</strong> Clean-up of its own is
     * not known for that: look yourself. What followed runs again, but for what must not happen twice: if that completed, its value stands.
     * A step of which it is not known whether it happened does not run again by itself: its reconciler is asked, or the workflow needs attention.
     *
     * @param id its id
     * @return false if there is none, if it has not failed, or if it failed since its time was up: it has been cancelled, and stays so
     * @throws dev.revive.workflow.RetryRefusedException if a saga's compensation followed the call that would be asked for again, or a branch was
     *     cut off and has cleaned up since
     * @throws dev.revive.workflow.EngineStoppedException if this engine is closed, or was meanwhile: then it may be done
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer within {@link Builder#startTimeout}; it may do it all the same
     * @throws dev.revive.workflow.WaitInterruptedException if the calling thread is interrupted; its interrupt flag is set again
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    public boolean retry(String id) {
        return engine.retry(WorkflowId.valid(id));
    }

    /**
     * Records what a person found out about a step that may or may not have happened, and lets its workflow go on.
     *
     * @param id the workflow, which needs attention
     * @param step the step in doubt, from {@link WorkflowHandle#steps()}
     * @param decision what became of it
     * @return false if the workflow does not need attention, or the step is no longer as it was seen
     * @throws dev.revive.workflow.EngineStoppedException if this engine is closed, or was meanwhile: then it may be done
     * @throws dev.revive.store.StoreUnavailableException if the store does not answer within {@link Builder#startTimeout}; it may do it all the same
     * @throws dev.revive.workflow.WaitInterruptedException if the calling thread is interrupted; its interrupt flag is set again
     * @throws IllegalStateException if called in a workflow, outside its steps
     */
    public boolean decide(String id, StepInfo step, Decision decision) {
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(decision, "decision");
        return engine.decide(WorkflowId.valid(id), step, decision);
    }

    /**
     * The store that this engine works on, for consoles and other readers. If a thread that uses it is interrupted meanwhile, its call may fail. That
     * does no harm to Revive's own stores; another one may say otherwise.
     *
     * @return as given to {@link #with}
     */
    public WorkflowStore store() {
        return store;
    }

    /**
     * Whether a {@linkplain CrashHook crash hook} ended this engine, or it died since one of its own threads did.
     *
     * @return true after either; close this engine then, and start another: after an injected crash on the same store, else on one that is opened
     *     anew
     */
    public boolean hasCrashed() {
        return engine.hasCrashed();
    }

    /**
     * Stops. Effects that run may end and are recorded, values and failures; after the grace they are interrupted, and what an interrupted one
     * throws is not recorded. All unfinished workflows are released, and the store is closed.
     *
     * <p>It takes no longer than the grace and ten seconds more, though effects do not end or the store does not answer: then the workflows go on
     * elsewhere once the lease has lapsed, and what the store still holds is let go in the background. After an injected crash nothing is written and
     * the store stays open.
     */
    @Override
    public void close() {
        engine.close();
    }

    /** Builds an engine. Not safe for use by many threads. A duration of more than 36,500 days is that many. */
    public static final class Builder {
        /** For ever, as far as clocks and databases can count. */
        private static final Duration LONGEST = Duration.ofDays(36_500);

        private final WorkflowStore store;
        private final Registry registry = new Registry();
        private PayloadSerializer serializer = new JacksonSerializer();
        private Clock clock = Clock.systemUTC();
        private @Nullable CrashHook crashHook;
        private String name = "revive-" + ProcessHandle.current().pid();
        private String version;
        private int lanes = 2;
        private Duration lease = Duration.ofSeconds(30);
        private int permits = 256;
        private int threads = Runtime.version().feature() >= 21 ? Integer.MAX_VALUE : 512;
        private int loadedRuns = 10_000;
        private int payloadChars = 1_000_000;
        private int strikes = 5;
        private Duration startTimeout = Duration.ofSeconds(30);
        private Duration unloadAfter = Duration.ofSeconds(1);
        private @Nullable Duration cleanUpGrace;
        private Duration shutdownGrace = Duration.ofSeconds(10);

        private Builder(WorkflowStore store, Class<?> host) {
            this.store = store;
            this.version = versionOf(host);
        }

        /**
         * Registers a workflow's code.
         *
         * @param workflow its type; one name and version may be registered once
         * @param function its code
         * @param <I> the input's type
         * @param <O> the output's type
         * @return this builder
         * @throws IllegalArgumentException if there is code for this name and version already
         */
        public <I extends @Nullable Object, O extends @Nullable Object> Builder register(
                Workflow<I, O> workflow, WorkflowFunction<? super I, ? extends O> function) {
            registry.add(workflow, function);
            return this;
        }

        /**
         * How values become JSON. Default: {@link JacksonSerializer}.
         *
         * @param serializer safe for use by many threads
         * @return this builder
         */
        public Builder serializer(PayloadSerializer serializer) {
            this.serializer = Objects.requireNonNull(serializer, "serializer");
            return this;
        }

        /**
         * Where stamps come from. Default: the system's clock. Where processes share a store, the store's own clock counts instead.
         *
         * @param clock any clock
         * @return this builder
         */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Installs a crash hook, for tests.
         *
         * @param hook asked at every crash point
         * @return this builder
         */
        public Builder crashHook(CrashHook hook) {
            this.crashHook = Objects.requireNonNull(hook, "hook");
            return this;
        }

        /**
         * A name for people, in logs and consoles. Default: revive- and the process id.
         *
         * @param name need not be unique
         * @return this builder
         */
        public Builder name(String name) {
            this.name = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * The version of the host's program, for people, in consoles: during a rolling deploy it tells the old processes from the new. Default:
         * the {@code Implementation-Version} of the jar whose code calls {@link Revive#with}; nothing if it has none.
         *
         * @param version any text
         * @return this builder
         */
        public Builder version(String version) {
            this.version = Objects.requireNonNull(version, "version");
            return this;
        }

        private static String versionOf(Class<?> host) {
            String version = host.getPackage().getImplementationVersion();
            return version == null ? "" : version;
        }

        /**
         * How many committer threads at most. Default: 2. The embedded database takes one.
         *
         * @param lanes 1 or more
         * @return this builder
         */
        public Builder lanes(int lanes) {
            this.lanes = positive("lanes", lanes);
            return this;
        }

        /**
         * How long this engine counts as alive after each renewal, where other processes share the store. Default: 30 s. A dead process's
         * workflows go on elsewhere after this time.
         *
         * @param lease 100 ms or more; more than 30 days is that many
         * @return this builder
         */
        public Builder lease(Duration lease) {
            this.lease = atLeast("lease", Duration.ofMillis(100), lease);
            return this;
        }

        /**
         * How many threads run user code at the same time. Default: 256. A permit is returned while a workflow waits for anything of Revive's,
         * so one is enough for any workflow. An eighth of them (but at least one, of three or more) is left by parallels for other workflows.
         *
         * @param permits 1 or more
         * @return this builder
         */
        public Builder permits(int permits) {
            this.permits = positive("permits", permits);
            return this;
        }

        /**
         * How many threads there are for workflows and their branches. Default: no bound where the JVM has virtual threads, else 512. One is
         * enough for any workflow: a parallel then runs its branches one after the other. An eighth of them is left for other workflows, too.
         *
         * @param threads 1 or more
         * @return this builder
         */
        public Builder threads(int threads) {
            this.threads = positive("threads", threads);
            return this;
        }

        /**
         * How many workflows are in memory at the same time. Default: 10,000. The others wait in the store.
         *
         * @param runs 1 or more
         * @return this builder
         */
        public Builder maxLoadedRuns(int runs) {
            this.loadedRuns = positive("maxLoadedRuns", runs);
            return this;
        }

        /**
         * The longest payload in characters of JSON. Default: 1,000,000, which every supported database can hold.
         *
         * @param chars 1 or more
         * @return this builder
         */
        public Builder maxPayloadChars(int chars) {
            this.payloadChars = positive("maxPayloadChars", chars);
            return this;
        }

        /**
         * After how many runs in a row that ended in an Error (out of memory, a class that cannot be linked), with their process, or with the
         * connection of a transaction, a workflow needs attention. A run that records a new outcome begins the count anew; a graceful close does not
         * count. Default: 5. Raise it where first steps are long and processes are often killed.
         *
         * @param strikes 1 or more
         * @return this builder
         */
        public Builder maxStrikes(int strikes) {
            this.strikes = positive("maxStrikes", strikes);
            return this;
        }

        /**
         * How long a start waits for a store that does not answer; so does whoever looks at a workflow or decides about one, without a limit of its
         * own. Default: 30 s.
         *
         * @param timeout more than zero
         * @return this builder
         */
        public Builder startTimeout(Duration timeout) {
            this.startTimeout = atLeast("startTimeout", Duration.ofNanos(1), timeout);
            return this;
        }

        /**
         * The longest wait that is held in memory. Default: 1 s. A workflow that waits longer, all of it, leaves memory at once: its stack is
         * unwound, {@code finally} blocks run, and it is a row until it is due; then it replays up to where it was. Zero unloads at every wait,
         * which is for tests.
         *
         * @param wait not negative
         * @return this builder
         */
        public Builder unloadAfter(Duration wait) {
            this.unloadAfter = atLeast("unloadAfter", Duration.ZERO, wait);
            return this;
        }

        /**
         * How long a workflow may clean up that is cancelled since its {@linkplain StartOptions#timeout time} was up. Then it is ended as by
         * {@link WorkflowRef#terminate}, some seconds later at most, but FAILED with {@link dev.revive.workflow.WorkflowTimedOutException}: what of its
         * clean-up is not done is not done. One that is left to a person ends once the person has it go on. Default: as long as it takes.
         *
         * @param grace not negative
         * @return this builder
         */
        public Builder cleanUpGrace(Duration grace) {
            this.cleanUpGrace = atLeast("cleanUpGrace", Duration.ZERO, grace);
            return this;
        }

        /**
         * How long closing waits for running effects before it interrupts them. Default: 10 s.
         *
         * @param grace not negative
         * @return this builder
         */
        public Builder shutdownGrace(Duration grace) {
            this.shutdownGrace = atLeast("shutdownGrace", Duration.ZERO, grace);
            return this;
        }

        /**
         * Starts the engine. It begins at once to go on with what is due. The calling thread's context class loader becomes that of all threads that
         * run workflows; nothing else of a calling thread reaches them.
         *
         * @return the engine; close it
         * @throws dev.revive.store.StoreException if the store cannot serve, saying what to do
         * @throws dev.revive.workflow.SerializationException if no value of a registered input or output type could be recorded
         */
        public Revive start() {
            EngineSettings.Limits limits = new EngineSettings.Limits(
                    permits,
                    threads,
                    loadedRuns,
                    payloadChars,
                    strikes,
                    startTimeout,
                    unloadAfter,
                    cleanUpGrace,
                    shutdownGrace);
            ExecutorSettings executor = new ExecutorSettings(name, lanes, lease, version, registry.described());
            return new Revive(
                    store,
                    new Engine(
                            store,
                            registry,
                            new EngineSettings(executor, limits, serializer, Time.passing(clock), crashHook)));
        }

        /**
         * Opens the store for a process that runs nothing. Of the settings the serializer, the clock, {@link #startTimeout} and {@link #maxPayloadChars} count;
         * the serializer is to be that of the processes that run the workflows.
         *
         * @return the client; close it
         * @throws IllegalStateException if workflows are registered: a client would never run them
         */
        public ReviveClient openClient() {
            if (!registry.types().isEmpty()) {
                throw new IllegalStateException(
                        "A client runs nothing, and workflows are registered with this builder. Register none, or call start().");
            }
            return new ReviveClient(
                    new Outsider(store, new Payloads(serializer, payloadChars), Time.passing(clock), startTimeout));
        }

        private static Duration atLeast(String what, Duration least, Duration duration) {
            if (duration.compareTo(least) < 0) {
                throw new IllegalArgumentException(what + " must be " + least + " or more, not " + duration + ".");
            }
            return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
        }

        private static int positive(String what, int number) {
            if (number < 1) {
                throw new IllegalArgumentException(what + " must be 1 or more, not " + number + ".");
            }
            return number;
        }
    }
}
