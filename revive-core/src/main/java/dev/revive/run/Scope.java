// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.codec.Documents;
import dev.revive.journal.Call;
import dev.revive.journal.Cursor;
import dev.revive.journal.MismatchException;
import dev.revive.journal.Seed;
import dev.revive.store.Message;
import dev.revive.store.StepDraft;
import dev.revive.store.StepRecord;
import dev.revive.thread.Headroom;
import dev.revive.thread.Unwind;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.ShieldedBlock;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowContext;
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
    /** Of calls that user code makes though it was told: more are a loop that cannot end. */
    private static final int MOST_SWALLOWED = 100;

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
    private final boolean isShielded;
    private final Thread owner = Thread.currentThread();
    private volatile State state = State.OPEN;
    private @Nullable Error unwinding;
    private Instant now;
    private int draws;
    private int shields;
    private @Nullable Call current;
    private int branchesOfCurrent;
    private @Nullable StepRecord recordedOfCurrent;
    private boolean isBeyondEarlierRuns;
    private @Nullable StepRecord cancelledBy;
    private int swallowed;

    /** The root scope, for the calling thread. */
    public Scope(Run run, Cursor cursor) {
        this(run, cursor, null, false, false, run.workflow().createdAt());
    }

    /**
     * The scope of a branch of a parallel of this one, for the calling thread.
     *
     * @param wasCutOff whether an earlier run recorded that a sibling's failure ended it
     */
    public Scope branch(Cursor itsCursor, Siblings itsSiblings, boolean wasCutOff, Instant forkedAt) {
        return new Scope(run, itsCursor, itsSiblings, wasCutOff, isShielded(), forkedAt);
    }

    private Scope(
            Run run,
            Cursor cursor,
            @Nullable Siblings siblings,
            boolean wasCancelled,
            boolean isShielded,
            Instant now) {
        this.run = run;
        this.cursor = cursor;
        this.siblings = siblings;
        this.wasCancelled = wasCancelled;
        this.isShielded = isShielded;
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
            refuseIfCancelled();
            return cancellable(call);
        } catch (Unwind e) {
            unwinding = e;
            throw e;
        } catch (VirtualMachineError
                | LinkageError e) { // the engine's own: what an effect throws has become its outcome
            unwinding = Unwind.RUN;
            throw run.fail(e);
        } finally {
            state = State.OPEN;
        }
    }

    private <T extends @Nullable Object> T cancellable(Supplier<T> call) {
        try {
            return call.get();
        } catch (Unwind e) {
            if (e == Unwind.CANCEL || e == Unwind.CANCEL_IN_DOUBT) {
                throw cancel(e == Unwind.CANCEL_IN_DOUBT);
            }
            throw e;
        }
    }

    /** Queues a state of the call that it makes. */
    public void record(StepRecord step, boolean isNew) {
        recordedOfCurrent = step.status().isFinal() ? null : step; // or its output would stay in memory
        run.checkpoint(step, isNew);
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
        draws = 0;
        if (call.hasOutcome()) {
            leaveIfItWasCancelled(Objects.requireNonNull(call.recorded()));
            return call;
        }
        leaveIfCutOff();
        if (siblings != null && siblings.isJoined()) {
            throw run.mismatch(new MismatchException(
                    call.key().position(), "the end of the branch", Cursor.describe(kind, name, branches)));
        }
        current = call;
        branchesOfCurrent = branches;
        recordedOfCurrent = call.recorded();
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

    // ---- cut off by a sibling

    /** Whether a sibling's failure ends this scope at its next call that is not recorded. */
    public boolean isCutOff() {
        return wasCancelled || (siblings != null && siblings.isCancelled());
    }

    public void leaveIfCutOff() {
        if (isCutOff()) {
            throw Unwind.BRANCH;
        }
    }

    // ---- cancellation of the workflow

    /** Whether somebody wants the workflow cancelled, and this scope does not clean up after that. */
    public boolean isCancelAsked() {
        return run.cancellation() != null && !isShielded();
    }

    /** Whether it cleans up. */
    public boolean isShielded() {
        return isShielded || shields > 0;
    }

    public void leaveIfCancelAsked() {
        if (isCancelAsked()) {
            throw Unwind.CANCEL;
        }
    }

    /** Whether a call that has not happened is to end without an outcome of its own. */
    public boolean mustLeave() {
        return isCutOff() || isCancelAsked();
    }

    public void leaveIfMust() {
        leaveIfCutOff();
        leaveIfCancelAsked();
    }

    /** Whether no earlier run can have come to its next call: the last was recorded by this one. */
    public boolean isBeyondEarlierRuns() {
        return isBeyondEarlierRuns;
    }

    /** Makes the calls of a block as if nobody had cancelled the workflow. */
    public <X extends Exception> void shielded(ShieldedBlock<X> block, WorkflowContext context) throws X {
        requireUsable("shielded(...)");
        shields++;
        try {
            block.run(context);
        } finally {
            shields--;
        }
    }

    /** Whether one of its calls was cancelled: then an exception may be nothing else. */
    public boolean wasCancelled() {
        return cancelledBy != null;
    }

    /** Ends the call that it makes: that is its outcome, in every replay, too. */
    private CancelledException cancel(boolean isInDoubt) {
        StepRecord before = recordedOfCurrent;
        StepDraft draft = before == null ? fresh() : after(before);
        boolean isZombie = before != null && before.status() == StepStatus.STARTED;
        if (isInDoubt || (before != null && mayHaveHappened(before))) {
            draft.zombies((before == null ? 0 : before.zombies()) + (isInDoubt && isZombie ? 1 : 0))
                    .resolution(Resolution.GIVEN_UP);
        }
        StepRecord outcome = draft.cancelled(why());
        record(outcome, before == null);
        return cancelled(outcome);
    }

    /** An attempt before the last may have happened though it was cut off, or its time was up. */
    private static boolean mayHaveHappened(StepRecord before) {
        String failure = before.failure();
        return before.kind() == CallKind.STEP
                && before.resolution() != Resolution.FOUND_UNDONE
                && (before.zombies() > (wasTakenBack(before) ? 1 : 0)
                        || (failure != null && Documents.failure(failure).kind() == Failure.Kind.TIMED_OUT));
    }

    /** Its last attempt counts as cut off, though it is known that it did not begin. */
    private static boolean wasTakenBack(StepRecord before) {
        return before.status() == StepStatus.BACKOFF && before.failure() == null;
    }

    /** Why, as it is recorded. */
    public String why() {
        StepRecord first = cancelledBy;
        Message cancellation = run.cancellation();
        String why = first != null ? first.failure() : cancellation == null ? null : cancellation.payload();
        return Objects.requireNonNull(why, "why it is cancelled");
    }

    private StepDraft fresh() {
        Call call = Objects.requireNonNull(current, "the call that is made");
        return StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .branches(branchesOfCurrent)
                .at(run.tools().now());
    }

    /** Of one and the same attempt BACKOFF is the last state. */
    private StepDraft after(StepRecord before) {
        boolean isOver = before.status() == StepStatus.BACKOFF && before.epoch() == run.epoch();
        return before.change()
                .epoch(run.epoch())
                .attempt(isOver ? before.attempt() + 1 : before.attempt())
                .recordedAt(run.tools().now());
    }

    private void leaveIfItWasCancelled(StepRecord recorded) {
        boolean hasBranches = recorded.kind() == CallKind.PARALLEL && recorded.output() != null;
        if (recorded.status() == StepStatus.CANCELLED && !hasBranches) {
            throw cancelled(recorded);
        }
    }

    /** What the recorded cancellation of a call looks like to the workflow, whose scope is cancelled from here on. */
    public CancelledException cancelled(StepRecord outcome) {
        passed(outcome);
        cancelledBy = outcome;
        return exception(outcome, outcome.resolution() == Resolution.GIVEN_UP);
    }

    /** Not recorded, and not numbered: however often user code goes on. */
    private void refuseIfCancelled() {
        StepRecord first = cancelledBy;
        if (first == null || shields > 0) {
            return;
        }
        swallowed++;
        if (swallowed > MOST_SWALLOWED) {
            throw run.needsAttention(Attentions.swallowedCancellation(run.id(), first.key()));
        }
        throw exception(first, false);
    }

    private CancelledException exception(StepRecord outcome, boolean isInDoubt) {
        Failure why = Documents.failure(Objects.requireNonNull(outcome.failure(), "why it was cancelled"));
        return isInDoubt
                ? CancelledException.inDoubt(run.id(), why, outcome.key().toString())
                : CancelledException.of(run.id(), why);
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
        run.waiting().awaitAtRest(() -> mustLeave() || isThere(wait), wait);
        run.check();
        leaveIfMust();
    }

    private boolean isOver(Wait wait) {
        Instant until = wait.until();
        return isCancelAsked()
                || isThere(wait)
                || (until != null && !until.isAfter(run.tools().exactNow()));
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
        run.waiting().awaitUnloading(this::isCutOff);
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
        isBeyondEarlierRuns |= step.epoch() == run.epoch();
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
