// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.journal.Call;
import dev.revive.journal.Cursor;
import dev.revive.journal.MismatchException;
import dev.revive.journal.Seed;
import dev.revive.store.StepRecord;
import dev.revive.thread.Headroom;
import dev.revive.thread.Unwind;
import dev.revive.workflow.CallKind;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One scope of a run: the workflow's function, or one branch. A scope belongs to one thread and is in one state; every durable call
 * passes {@link #during}, which refuses whatever would make the numbering of calls depend on anything but the program.
 */
public final class Scope {
    /** What a scope's thread does. */
    public enum State {
        OPEN,
        IN_STEP,
        JOINING,
        CLOSED
    }

    /** The parallel that a branch's scope is in, as the scope sees it. */
    public interface Siblings {
        /** Whether an earlier run recorded how all branches ended: nothing new may begin in them. */
        boolean isJoined();

        /** Whether one that failed, in this parallel or further out, ends them all. */
        boolean isCancelled();

        /** Whether a branch that waits must give up its thread: others wait for one, and there is none. */
        boolean needsThreads();

        /** A branch was unwound that waits so. */
        void waitsFor(Wait wait);

        /** A branch was unwound since branches of a parallel of its own were, which wait so. */
        void adopt(Collection<Wait> unwound);
    }

    private final Run run;
    private final Cursor cursor;
    private final @Nullable Siblings siblings;
    private final boolean wasCancelled;
    private final Thread owner = Thread.currentThread();
    private volatile State state = State.OPEN;
    private @Nullable Error unwinding;
    private Instant now;
    private int draws;

    /** The root scope, for the calling thread. */
    public Scope(Run run, Cursor cursor) {
        this(run, cursor, null, false, run.workflow().createdAt());
    }

    /**
     * A branch's scope, for the calling thread.
     *
     * @param wasCancelled whether an earlier run recorded that the branch was cancelled
     */
    public Scope(Run run, Cursor cursor, @Nullable Siblings siblings, boolean wasCancelled, Instant now) {
        this.run = run;
        this.cursor = cursor;
        this.siblings = siblings;
        this.wasCancelled = wasCancelled;
        this.now = now;
    }

    public Run run() {
        return run;
    }

    // ---- durable calls

    /** Checks that the call is allowed here and now, that there is room for it, and that the run may go on; then makes it. */
    public <T extends @Nullable Object> T during(State inside, String kind, String name, Supplier<T> call) {
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

    /** The next call of this scope, which a recorded one must match. */
    public Call next(CallKind kind, String name, int branches) {
        Call call;
        try {
            call = cursor.next(kind, name, branches);
        } catch (MismatchException e) {
            throw run.mismatch(e);
        }
        if (!call.hasOutcome()) {
            leaveIfCancelled();
            if (siblings != null && siblings.isJoined()) {
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
    public boolean isCancelled() {
        return wasCancelled || (siblings != null && siblings.isCancelled());
    }

    public void leaveIfCancelled() {
        if (isCancelled()) {
            throw Unwind.BRANCH;
        }
    }

    // ---- waiting

    /** Waits at rest: the run may leave memory, and replays up to here when it is due. */
    public void awaitUntil(Instant until) {
        await(Wait.until(until));
    }

    /**
     * Waits at rest for a message, which is not taken.
     *
     * @param until by the engine's clock, or null: as long as it takes
     */
    public void awaitNews(String topic, @Nullable Instant until) {
        await(new Wait(until, topic));
    }

    private void await(Wait wait) {
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash points of unloading exact
        }
        if (mustNotHoldThread() && !isOver(wait)) {
            Objects.requireNonNull(siblings).waitsFor(wait);
            throw Unwind.WAIT;
        }
        run.waiting().awaitAtRest(() -> isCancelled() || isThere(wait), wait);
        run.check();
        leaveIfCancelled();
    }

    private boolean isOver(Wait wait) {
        Instant until = wait.until();
        return isThere(wait) || (until != null && !until.isAfter(run.tools().exactNow()));
    }

    private boolean isThere(Wait wait) {
        String topic = wait.topic();
        return topic != null && run.mailbox().has(topic);
    }

    /** Waits for the whole run to leave memory, since branches of a parallel of this scope were unwound; or for this scope to be cancelled. */
    public void awaitUnloading(Collection<Wait> unwound) {
        if (siblings != null && mustNotHoldThread()) {
            siblings.adopt(unwound);
            throw Unwind.WAIT;
        }
        run.waiting().awaitUnloading(this::isCancelled);
        run.check();
    }

    public boolean mustNotHoldThread() {
        return siblings != null && siblings.needsThreads();
    }

    /** What ended this scope within a call, though user code may have caught it and gone on: its unwinding, or an overflow of the stack. */
    @Nullable
    public Error unwinding() {
        return unwinding;
    }

    // ---- the end

    /** Closes the scope after its function returned or threw: nothing recorded may be left over. */
    public void close() {
        closeUnchecked();
        try {
            cursor.close();
        } catch (MismatchException e) {
            throw run.mismatch(e);
        }
    }

    /** Closes a scope that was unwound. */
    public void closeUnchecked() {
        state = State.CLOSED;
    }

    // ---- what is computed from the record

    public void passed(StepRecord step) {
        now = step.recordedAt();
    }

    /** When the last call passed. */
    public Instant now() {
        requireUsable("now()");
        return now;
    }

    /** The same in every run, and another at every draw. */
    public UUID seed(String what) {
        requireUsable(what);
        return Seed.of(run.id(), run.createdMicros(), cursor.scope(), cursor.position() + 1, draws++);
    }

    public boolean isReplaying() {
        return cursor.isReplaying();
    }

    public boolean isInStep() {
        return state == State.IN_STEP;
    }
}
