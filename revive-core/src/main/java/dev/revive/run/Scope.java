// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.codec.Documents;
import dev.revive.journal.Call;
import dev.revive.journal.Cursor;
import dev.revive.journal.MismatchException;
import dev.revive.journal.Seed;
import dev.revive.store.Message;
import dev.revive.store.StepDetail;
import dev.revive.store.StepDraft;
import dev.revive.store.StepKey;
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

    private static final String END_OF_SAGA = "End of saga";

    /** What a scope's thread does. */
    public enum State {
        OPEN,
        IN_STEP,
        JOINING,
        CLOSED
    }

    /** The parallel that a branch's scope is in, as the scope sees it. */
    public interface Siblings {
        /** Whether an earlier run recorded that the branch ended: nothing new may begin in it. */
        boolean isOver();

        /** Whether it was joined by a version that ended branches without a record of it. */
        boolean isOverUnrecorded();

        /** Whether the parallel was decided without the branch, or what is around the parallel is cancelled. */
        boolean isCancelled();

        /** What decided it, if the parallel was decided without the branch; else null. */
        @Nullable
        Failure cutOff();

        /** Whether one branch may decide the parallel, or one further out. */
        boolean isRace();

        /** The branch holds one more thing that it has received and done nothing about, or one less. */
        void hold(int more);

        /** Whether a sibling, here or further out, holds one: it may be about to decide. */
        boolean mustLetOthersGoFirst();

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
    private final @Nullable Scope parent;
    private final boolean isRace;
    private final boolean isLookAhead;
    private final Thread owner = Thread.currentThread();
    private volatile State state = State.OPEN;
    private @Nullable Error unwinding;
    private Instant now;
    private int draws;
    private int sagasEnded;
    private volatile int shields;
    private boolean hasTurn;
    private boolean hasJustReceived;
    private boolean isHolding;
    private @Nullable Call current;
    private int branchesOfCurrent;
    private @Nullable StepRecord recordedOfCurrent;
    private boolean isBeyondEarlierRuns;
    private @Nullable StepRecord cancelledBy;
    private int swallowed;

    /** The root scope, for the calling thread. */
    public Scope(Run run, Cursor cursor) {
        this(run, cursor, null, null, false, run.workflow().createdAt());
    }

    /** The root scope of a look ahead: it is run as far as it is recorded, nothing is written and nothing begins. */
    public static Scope ofLookAhead(Run run) {
        return new Scope(
                run, run.lookAheadScope(""), null, null, true, run.workflow().createdAt());
    }

    /**
     * The scope of a branch of a parallel of this one, for the calling thread.
     *
     * @param isNew whether no earlier run has recorded that parallel
     */
    public Scope branch(Cursor itsCursor, Siblings itsSiblings, Instant forkedAt, boolean isNew) {
        Scope branch = new Scope(run, itsCursor, this, itsSiblings, isLookAhead, forkedAt);
        branch.isBeyondEarlierRuns = isNew;
        return branch;
    }

    private Scope(
            Run run,
            Cursor cursor,
            @Nullable Scope parent,
            @Nullable Siblings siblings,
            boolean isLookAhead,
            Instant now) {
        this.run = run;
        this.cursor = cursor;
        this.parent = parent;
        this.siblings = siblings;
        this.isRace = siblings != null && siblings.isRace();
        this.isLookAhead = isLookAhead;
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
            goOn();
            leaveTurn();
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
            takeTurn();
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

    /** Where the next call of this scope will be. */
    public StepKey place(String name) {
        return new StepKey(cursor.scope(), cursor.position() + 1, name);
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
        sagasEnded = 0;
        if (call.hasOutcome()) {
            leaveIfItWasCancelled(Objects.requireNonNull(call.recorded()));
            return call;
        }
        if (isLookAhead && kind != CallKind.PARALLEL) {
            throw Unwind.LOOK_AHEAD;
        }
        boolean isBeingJoined = kind == CallKind.PARALLEL && call.recorded() != null; // its branches have ended, though
        if (siblings != null && siblings.isOver() && !isBeingJoined) {
            throw leftOver(call, Cursor.describe(kind, name, branches));
        }
        current = call;
        branchesOfCurrent = branches;
        recordedOfCurrent = call.recorded();
        return call;
    }

    /** The branch ended here, as is recorded; or did, before a cut-off was recorded itself. */
    private Error leftOver(Call call, String asked) {
        return cancelledBy == null && Objects.requireNonNull(siblings).isOverUnrecorded()
                ? Unwind.BRANCH
                : run.mismatch(new MismatchException(call.key().position(), "the end of the branch", asked));
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

    // ---- turns

    /**
     * Waits until no other branch of a race is between two calls. What the branch does then, up to its next call or its end, is before or after whatever the
     * others do: none of them ends meanwhile, and decides.
     */
    public void takeTurn() {
        if (isRace && !isLookAhead && !hasTurn) {
            if (!run.races().turn().tryLock()) {
                run.waiting().withoutPermit(run.races().turn()::lock); // whose turn it is may wait for a permit
            }
            hasTurn = true;
        }
    }

    /** The next may. */
    public void leaveTurn() {
        if (hasTurn) {
            hasTurn = false;
            run.races().turn().unlock();
        }
    }

    // ---- what was received, and nothing done about it

    /** It has received something, in its turn: as long as it has done nothing since, no sibling decides that it is not needed. */
    public void hold() {
        if (isRace && !isHolding) {
            isHolding = true;
            hold(1);
        }
    }

    /** As far as is recorded it has received something, through a parallel perhaps that is decided and not joined. */
    public void holdByRecord() {
        isHolding = true;
    }

    public boolean isHolding() {
        return isHolding;
    }

    /** For the parallel that it is a branch of, and those further out. */
    public void hold(int more) {
        if (siblings != null) {
            siblings.hold(more);
        }
    }

    /** Its function has ended. If that decides the parallel, it is the scope around it that holds what it held. */
    public void passOnHold(boolean isDecided) {
        if (!isHolding || parent == null || isLookAhead) {
            return;
        }
        isHolding = false;
        if (isDecided && !parent.isHolding) {
            parent.isHolding = true;
        } else {
            parent.hold(-1);
        }
    }

    /** It makes its next call. What it held by the record, it holds up to its next call that is not recorded. */
    private void goOn() {
        if (!isLookAhead && !cursor.isReplaying()) {
            leaveHold();
        }
    }

    /** It holds nothing itself, or nothing any more. */
    public void leaveHold() {
        if (isHolding) {
            isHolding = false;
            hold(-1);
        }
    }

    /** Whether a sibling has received something and may be about to decide. */
    public boolean mustLetOthersGoFirst() {
        return isRace && Objects.requireNonNull(siblings).mustLetOthersGoFirst();
    }

    /** Waits as long as one has. It is at rest meanwhile: the sibling may need its thread. */
    public void letOthersGoFirst() {
        if (mustNotHoldThread()) {
            Objects.requireNonNull(siblings).waitsFor(Wait.forSiblings());
            if (!mustLetOthersGoFirst()) {
                run.waiting().hasten();
            }
            throw Unwind.WAIT;
        }
        run.waiting().awaitAtRest(() -> isCancelAsked() || !mustLetOthersGoFirst(), Wait.forSiblings());
        run.check();
    }

    /** Its last call was a parallel, and one of the branches has received something as its own last call. */
    public void passedParallel(boolean hasReceived) {
        hasJustReceived = hasReceived;
    }

    // ---- cancellation

    /** Whether the workflow is cancelled, or a branch that this scope is or is in was cut off; and this scope does not clean up after that. */
    public boolean isCancelAsked() {
        return shields == 0 && (siblings == null ? run.cancellation() != null : siblings.isCancelled());
    }

    public void leaveIfCancelAsked() {
        if (isCancelAsked()) {
            throw Unwind.CANCEL;
        }
    }

    /** What the end of a saga is called, should it be recorded: which of those that have ended since the last call it is. */
    public String endOfSaga() {
        sagasEnded++;
        return sagasEnded == 1 ? END_OF_SAGA : END_OF_SAGA + " " + sagasEnded;
    }

    /**
     * Whether the next call of this name is to be made for no other reason than to be cancelled: in an earlier run it was, or nothing is recorded that says
     * that the scope went on, and somebody wants it cancelled.
     */
    public boolean isToBeCancelledAt(CallKind kind, String name) {
        boolean isLive = !isLookAhead && !cursor.isReplaying() && (siblings == null || !siblings.isOver());
        return cursor.isNext(kind, name) || (isLive && !wasCancelled() && isCancelAsked());
    }

    /** Whether no earlier run can have come to its next call: the last was recorded by this one. */
    public boolean isBeyondEarlierRuns() {
        return isBeyondEarlierRuns;
    }

    /** Makes the calls of a block as if nobody had cancelled the workflow or cut off the branch. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // others only read it
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

    /** In this run, and not in one before. */
    public boolean wasCancelledNow() {
        return cancelledBy != null && cancelledBy.epoch() == run.epoch();
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
                && (StepDetail.of(before).isInDoubt()
                        || before.zombies() > (wasTakenBack(before) ? 1 : 0)
                        || (failure != null && Documents.failure(failure).kind() == Failure.Kind.TIMED_OUT));
    }

    /** Its last attempt counts as cut off, though it is known that it did not begin. */
    private static boolean wasTakenBack(StepRecord before) {
        return before.status() == StepStatus.BACKOFF && before.failure() == null;
    }

    /** Why, as it is recorded: the nearest that there is. */
    public String why() {
        StepRecord first = cancelledBy;
        return Objects.requireNonNull(first == null ? askedWhy() : first.failure(), "why it is cancelled");
    }

    private @Nullable String askedWhy() {
        Failure cutOff = siblings == null ? null : siblings.cutOff();
        if (cutOff != null) {
            return Documents.write(cutOff);
        }
        Message cancellation = run.cancellation();
        if (parent != null) {
            return parent.askedWhy();
        }
        return cancellation == null ? null : cancellation.payload();
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
            if (isCancelAsked()) {
                run.waiting().hasten(); // whoever cut it off may have looked before
            }
            throw Unwind.WAIT;
        }
        run.waiting().awaitAtRest(() -> isCancelAsked() || isThere(wait), wait);
        run.check();
        leaveIfCancelAsked();
    }

    private boolean isOver(Wait wait) {
        Instant until = wait.until();
        return isCancelAsked()
                || isThere(wait)
                || (until != null && !until.isAfter(run.tools().exactNow()));
    }

    private boolean isThere(Wait wait) {
        String topic = wait.topic();
        return topic != null && run.mailbox().has(topic) && !isHeldBack(topic);
    }

    /** What is there for it is not taken as long as a sibling may be about to decide; nor is it a reason to go on with the run then. */
    private boolean isHeldBack(String topic) {
        boolean isHeldBack = mustLetOthersGoFirst();
        run.races().holdBack(topic, isHeldBack);
        return isHeldBack;
    }

    /** Waits for the whole run to leave memory, since branches of a parallel of this scope were unwound: only another run can go on with them. */
    public void awaitUnloading(Collection<Wait> unwound) {
        if (siblings != null && mustNotHoldThread()) {
            siblings.adopt(unwound);
            throw Unwind.WAIT;
        }
        run.waiting().awaitUnloading();
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
        hasJustReceived = step.kind() == CallKind.AWAIT && step.output() != null;
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

    /** When the last call passed, though the scope is closed; a wait that took a message out of the inbox goes before all others. */
    public Instant lastPassed() {
        return hasJustReceived ? Instant.MIN : now;
    }

    /** Whether one branch may decide a parallel that it is in. */
    public boolean isRace() {
        return isRace;
    }

    /** Whether it is run only as far as it is recorded. */
    public boolean isLookAhead() {
        return isLookAhead;
    }

    public boolean isReplaying() {
        return isLookAhead || cursor.isReplaying();
    }

    public boolean isInStep() {
        return state == State.IN_STEP;
    }
}
