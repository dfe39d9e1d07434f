// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.journal.Call;
import dev.revive.journal.Cursor;
import dev.revive.journal.MismatchException;
import dev.revive.store.StepRecord;
import dev.revive.workflow.Branch;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Parallel;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.TransactionBody;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The context of one scope: the workflow's function, or one branch. A scope belongs to one thread and is in one state; every durable call
 * passes {@link #during}, which refuses whatever would make the numbering of calls depend on anything but the program.
 */
final class Scope implements WorkflowContext {
    private enum State {
        OPEN,
        IN_STEP,
        JOINING,
        CLOSED
    }

    private final Run run;
    private final Cursor cursor;
    private final @Nullable Fork<?> fork;
    private final boolean wasCancelled;
    private final Thread owner = Thread.currentThread();
    private volatile State state = State.OPEN;
    private @Nullable Error unwinding;
    private @Nullable Logger logger;
    private Instant now;
    private int draws;

    /** The root scope, for the calling thread. */
    Scope(Run run, Cursor cursor) {
        this(run, cursor, null, false, run.workflow().createdAt());
    }

    /**
     * A branch's scope, for the calling thread.
     *
     * @param wasCancelled whether an earlier run recorded that the branch was cancelled
     */
    Scope(Run run, Cursor cursor, @Nullable Fork<?> fork, boolean wasCancelled, Instant now) {
        this.run = run;
        this.cursor = cursor;
        this.fork = fork;
        this.wasCancelled = wasCancelled;
        this.now = now;
    }

    Run run() {
        return run;
    }

    // ---- durable calls

    @Override
    public <T extends @Nullable Object> T step(Step<T> step) {
        Objects.requireNonNull(step, "step");
        return this.<T>during(State.IN_STEP, "step", step.name(), () -> {
            Call call = next(CallKind.STEP, step.name(), 0);
            return new StepCall<>(this, call, step).run();
        });
    }

    @Override
    public <S> S steps(Class<S> type, S implementation, StepOptions options) {
        return StepProxy.of(this, type, implementation, options);
    }

    @Override
    public <T extends @Nullable Object> T transaction(String name, TypeRef<T> type, TransactionBody<? extends T> body) {
        Objects.requireNonNull(body, "body");
        Step<T> step = Step.of(name, type, attempt -> {
            throw new IllegalStateException("A transaction runs on its connection.");
        });
        return this.<T>during(State.IN_STEP, "transaction", name, () -> {
            Call call = next(CallKind.TRANSACTION, step.name(), 0);
            return new TransactionCall<>(this, call, step.type(), body).run();
        });
    }

    @Override
    public void sleepUntil(String name, Instant until) {
        Objects.requireNonNull(until, "until");
        sleep(name, now -> until, true);
    }

    @Override
    public void sleep(String name, Duration duration) {
        Objects.requireNonNull(duration, "duration");
        sleep(name, now -> now.plusNanos(Nanos.of(duration)), false);
    }

    private void sleep(String name, UnaryOperator<Instant> until, boolean isByTimeOfDay) {
        String valid = Step.of(name, () -> {}).name();
        this.<@Nullable Object>during(State.IN_STEP, "sleep", valid, () -> {
            Call call = next(CallKind.SLEEP, valid, 0);
            new SleepCall(this, call, until, isByTimeOfDay).run();
            return null;
        });
    }

    @Override
    public Parallel parallel(ParallelOptions options) {
        Objects.requireNonNull(options, "options");
        return new Parallel() {
            @Override
            public <T extends @Nullable Object> List<T> all(List<? extends Branch<? extends T>> branches) {
                return fork(options, List.copyOf(branches));
            }
        };
    }

    private <T extends @Nullable Object> List<T> fork(
            ParallelOptions options, List<? extends Branch<? extends T>> branches) {
        return this.<List<T>>during(State.JOINING, "parallel", options.name(), () -> {
            Call call = next(CallKind.PARALLEL, options.name(), branches.size());
            return new Fork<T>(this, call, options, branches).run();
        });
    }

    /** Checks that the call is allowed here and now, that there is room for it, and that the run may go on; then makes it. */
    private <T extends @Nullable Object> T during(State inside, String kind, String name, Supplier<T> call) {
        requireHeadroom();
        requireUsable(kind, name);
        if (unwinding != null) {
            throw unwinding;
        }
        state = inside;
        try {
            run.check();
            return call.get();
        } catch (Unwind e) {
            unwinding = e;
            throw e;
        } catch (VirtualMachineError
                | LinkageError e) { // the engine's own: what an effect throws has become its outcome
            unwinding = Unwind.RUN;
            throw run.fail(e);
        } finally {
            state = State.OPEN;
            draws = 0;
        }
    }

    /** On a stack that is nearly used up the run ends here, where nothing but this has been touched; and does, whatever the user's code catches. */
    private void requireHeadroom() {
        try {
            Headroom.require();
        } catch (StackOverflowError e) {
            if (Thread.currentThread() == owner) {
                unwinding = e;
            }
            throw e;
        }
    }

    private Call next(CallKind kind, String name, int branches) {
        Call call;
        try {
            call = cursor.next(kind, name, branches);
        } catch (MismatchException e) {
            throw run.mismatch(e);
        }
        if (!call.isSettled()) {
            leaveIfCancelled();
            if (fork != null && fork.isJoined()) {
                throw run.mismatch(new MismatchException(
                        call.key().position(), "the end of the branch", Cursor.describe(kind, name, branches)));
            }
        }
        return call;
    }

    private void requireUsable(String kind, String name) {
        if (state != State.OPEN || Thread.currentThread() != owner) {
            requireUsable("%s \"%s\"".formatted(kind, name));
        }
    }

    private void requireUsable(String what) {
        State now = state;
        if (now == State.IN_STEP) {
            throw new IllegalStateException(
                    "%s was asked for inside a step. A step is one effect: call the steps one after the other from the workflow, or do both effects in one."
                            .formatted(what));
        }
        if (now == State.JOINING) {
            throw new IllegalStateException(
                    "%s was asked for on the surrounding context while its parallel runs. Use the context that the branch was given: b -> b.step(...)."
                            .formatted(what));
        }
        if (now == State.CLOSED) {
            throw new IllegalStateException(
                    "%s was asked for on a context whose function has returned. A context ends with its workflow or branch; do not keep it."
                            .formatted(what));
        }
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    "%s was asked for on thread %s, but this context belongs to %s. Do not start threads in a workflow: use parallel(...), or start them inside a step."
                            .formatted(what, Thread.currentThread().getName(), owner.getName()));
        }
    }

    // ---- cancellation

    /** Whether a sibling's failure ends this scope at its next call that is not recorded. */
    boolean isCancelled() {
        return wasCancelled || (fork != null && fork.isCancelled());
    }

    void leaveIfCancelled() {
        if (isCancelled()) {
            throw Unwind.BRANCH;
        }
    }

    // ---- waiting

    /** Waits at rest: the run may leave memory, and replays up to here when it is due. */
    void awaitUntil(Instant until) {
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash points of unloading exact
        }
        if (fork != null && mustNotHoldThread() && until.isAfter(run.engine().exactNow())) {
            fork.waitsUntil(until);
            throw Unwind.WAIT;
        }
        run.parking().awaitAtRest(this::isCancelled, until);
        run.check();
        leaveIfCancelled();
    }

    /** Waits for the whole run to leave memory, since branches of a parallel of this scope were unwound; or for this scope to be cancelled. */
    void awaitUnloading(Collection<Instant> unwound) {
        if (fork != null && mustNotHoldThread()) {
            fork.adopt(unwound);
            throw Unwind.WAIT;
        }
        run.parking().awaitUnloading(this::isCancelled);
        run.check();
    }

    boolean mustNotHoldThread() {
        return fork != null && fork.needsThreads();
    }

    /** What ended this scope within a call, though user code may have caught it and gone on: its unwinding, or an overflow of the stack. */
    @Nullable
    Error unwinding() {
        return unwinding;
    }

    // ---- the end

    /** Closes the scope after its function returned or threw: nothing recorded may be left over. */
    void close() {
        closeUnchecked();
        try {
            cursor.close();
        } catch (MismatchException e) {
            throw run.mismatch(e);
        }
    }

    /** Closes a scope that was unwound. */
    void closeUnchecked() {
        state = State.CLOSED;
    }

    // ---- what is computed from the record

    void passed(StepRecord step) {
        now = step.recordedAt();
    }

    @Override
    public Instant now() {
        requireUsable("now()");
        return now;
    }

    @Override
    public RandomGenerator random() {
        requireUsable("random()");
        return new SplittableRandom(seed().getMostSignificantBits());
    }

    @Override
    public UUID randomUuid() {
        requireUsable("randomUuid()");
        return seed();
    }

    private UUID seed() {
        return Seed.of(run.id(), run.createdMicros(), cursor.scope(), cursor.position() + 1, draws++);
    }

    @Override
    public Logger logger() {
        if (logger == null) {
            logger = ReplayLogger.of(run.workflow().type().name(), this);
        }
        return logger;
    }

    boolean isReplaying() {
        return cursor.isReplaying();
    }

    @Override
    public WorkflowInfo info() {
        return new WorkflowInfo(
                run.id(),
                run.workflow().type().name(),
                run.workflow().type().version(),
                run.epoch(),
                cursor.isReplaying());
    }

    boolean isInStep() {
        return state == State.IN_STEP;
    }
}
