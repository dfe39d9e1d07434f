// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.journal.MismatchException;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.run.Wait;
import dev.revive.store.Join;
import dev.revive.store.StepDraft;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.thread.Fatal;
import dev.revive.thread.Unwind;
import dev.revive.thread.UserThreads;
import dev.revive.workflow.Branch;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.FailurePolicy;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.ParallelOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code parallel()}: forks branches, each with a scope of its own, and joins them.
 *
 * <p>Branches are taken from a line by the forking thread and by as many helpers as there are threads for, so a parallel of any width gets done
 * with one thread. The join records how each branch ended and which failed first, since chance decided that; the branches' values are computed
 * again by a replay.
 *
 * <p>Cancellation is level-triggered: a branch of a cancelled fork ends at its first call that is not recorded. Recorded calls are still
 * replayed, so a branch that was cut off in one run is cut off at the same place in the next.
 */
final class ParallelCall<T extends @Nullable Object> implements Scope.Siblings {
    private static final int NONE = -1;

    private final Scope parent;
    private final Run run;
    private final Call call;
    private final ParallelOptions options;
    private final List<? extends Branch<? extends T>> branches;
    private final @Nullable Join recordedJoin;
    private final List<@Nullable T> values;
    private final @Nullable Throwable[] failures;
    private final char[] ends;
    private final AtomicInteger line = new AtomicInteger();
    private final AtomicInteger open;
    private final AtomicInteger firstFailed = new AtomicInteger(NONE);
    private final Queue<Wait> unwound = new ConcurrentLinkedQueue<>();
    private volatile boolean isShortOfThreads;
    private volatile boolean isCancelled;
    private Instant startedAt = Instant.EPOCH;

    ParallelCall(Scope parent, Call call, ParallelOptions options, List<? extends Branch<? extends T>> branches) {
        this.parent = parent;
        this.run = parent.run();
        this.call = call;
        this.options = options;
        this.branches = branches;
        this.recordedJoin = call.hasOutcome() ? Join.parse(Objects.requireNonNull(call.recorded())) : null;
        this.values = new ArrayList<@Nullable T>(Collections.<@Nullable T>nCopies(branches.size(), null));
        this.failures = new Throwable[branches.size()];
        this.ends = new char[branches.size()];
        this.open = new AtomicInteger(branches.size());
    }

    @Override
    public boolean isJoined() {
        return recordedJoin != null;
    }

    @Override
    public boolean isCancelled() {
        return isCancelled || parent.isCutOff();
    }

    List<T> run() {
        begin();
        startHelpers();
        takeBranches();
        run.waiting().awaitJoin(() -> open.get() == 0);
        run.check();
        awaitThoseThatWait();
        return join();
    }

    private void begin() {
        StepRecord recorded = call.recorded();
        if (recorded != null) {
            startedAt = recorded.startedAt();
            return;
        }
        parent.leaveIfCancelAsked();
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash point exact
        }
        run.crashAt(CrashPoint.BEFORE_FORK, call.key(), 1);
        run.check();
        startedAt = run.tools().now();
        parent.record(state().started(), true);
        run.crashAt(CrashPoint.AFTER_FORK, call.key(), 1);
        run.check();
    }

    // ---- branches

    private void startHelpers() {
        int helpers = Math.min(branches.size(), options.maxConcurrency()) - 1;
        for (int i = 0; i < helpers; i++) {
            run.waiting().enter();
            if (!run.tools().threads().tryStartHelper(this::help)) {
                run.waiting().leave();
                isShortOfThreads = true;
                return;
            }
        }
    }

    @Override
    public boolean needsThreads() {
        return (isShortOfThreads && line.get() < branches.size()) || parent.mustNotHoldThread();
    }

    @Override
    public void waitsFor(Wait wait) {
        run.waiting().addUnwound(wait);
        unwound.add(wait);
    }

    /** Branches that were unwound can only go on in another run; but those that are cancelled are over. */
    private void awaitThoseThatWait() {
        if (unwound.isEmpty()) {
            return;
        }
        if (!isCancelled()) {
            parent.awaitUnloading(unwound);
        }
        unwound.forEach(run.waiting()::removeUnwound); // cancelled, by now
    }

    @Override
    public void adopt(Collection<Wait> waits) {
        unwound.addAll(waits);
    }

    private void help() {
        try {
            if (line.get() >= branches.size()) {
                return;
            }
            run.waiting().beginHelping();
            try {
                takeBranches();
            } finally {
                run.waiting().endHelping();
                run.lane().leave();
            }
        } finally {
            run.waiting().leave();
        }
    }

    private void takeBranches() {
        for (int i = line.getAndIncrement(); i < branches.size(); i = line.getAndIncrement()) {
            try {
                runBranch(i);
            } catch (Throwable e) {
                run.fail(e); // none of the user's: out of memory, say. The run waits for the other branches and unwinds
            } finally {
                open.decrementAndGet();
                run.waiting().wake();
            }
        }
    }

    private void runBranch(int index) {
        if (run.isDropped()) {
            ends[index] = Join.CANCELLED; // of no consequence: a dropped run records no join
            return;
        }
        String path = call.key().branchScope(index + 1);
        if (path.length() > StepKey.MAX_SCOPE) {
            ended(index, null, new IllegalStateException("Parallels are nested too deeply: scope " + path));
            return;
        }
        boolean wasCancelled = recordedJoin != null && recordedJoin.isCancelled(index);
        Scope scope = parent.branch(run.openScope(path), this, wasCancelled, startedAt);
        UserThreads.Mark outer = run.tools().userThreads().enter(scope::isInStep);
        boolean wasInterrupted = Thread.interrupted(); // who had this thread before, and who has it next, is chance
        try {
            T value = branches.get(index).run(new Context(scope));
            requireNotSwallowed(scope);
            scope.close();
            ended(index, value, null);
        } catch (Unwind unwind) { // cancelled; or it waits, and is then not joined in this run unless it is cancelled,
            // too
            scope.closeUnchecked();
            ends[index] = Join.CANCELLED;
        } catch (Throwable thrown) {
            failed(index, scope, thrown);
        } finally {
            setInterrupted(wasInterrupted);
            run.tools().userThreads().restore(outer);
        }
    }

    private static void setInterrupted(boolean isInterrupted) {
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        } else {
            Thread.interrupted();
        }
    }

    private void failed(int index, Scope scope, Throwable thrown) {
        if (Fatal.isFatal(thrown)) {
            scope.closeUnchecked();
            run.fail(thrown);
            return;
        }
        try {
            requireNotSwallowed(scope);
            scope.close();
        } catch (Unwind unwind) {
            scope.closeUnchecked();
            ends[index] = Join.CANCELLED;
            return;
        }
        if (scope.wasCancelled() && Causes.isCancellation(thrown)) {
            failures[index] = thrown;
            ends[index] = Join.ENDED_WITH_WORKFLOW;
            return;
        }
        ended(index, null, thrown);
    }

    /** User code that caught the unwinding and went on has not ended the branch in its own right. */
    private void requireNotSwallowed(Scope scope) {
        Error unwinding = scope.unwinding();
        if (unwinding != null) {
            throw unwinding;
        }
    }

    private void ended(int index, @Nullable T value, @Nullable Throwable thrown) {
        if (thrown == null) {
            values.set(index, value);
            ends[index] = Join.COMPLETED;
            return;
        }
        failures[index] = thrown;
        ends[index] = Join.FAILED;
        firstFailed.compareAndSet(NONE, index);
        if (options.failurePolicy() == FailurePolicy.CANCEL_SIBLINGS) {
            isCancelled = true;
            run.waiting().wake();
        }
    }

    // ---- the join

    private List<T> join() {
        Join now = new Join(new String(ends), firstFailed.get());
        if (!isCancelled && now.hasCancelled() && recordedJoin == null) {
            throw Unwind.BRANCH; // cut off from further out, not by one of these branches
        }
        Join join = recordedJoin == null ? now : agreed(recordedJoin, now);
        StepRecord outcome = recordedJoin == null ? record(join) : Objects.requireNonNull(call.recorded());
        if (join.hasEndedWithWorkflow()) {
            throw cancelled(outcome);
        }
        parent.passed(outcome);
        if (join.first() != NONE) {
            throw exception(join);
        }
        return Collections.unmodifiableList(values);
    }

    private Join agreed(Join recorded, Join now) {
        if (!recorded.ends().equals(now.ends())) {
            throw run.mismatch(new MismatchException(
                    call.key().position(),
                    "branches that ended " + recorded.ends(),
                    "branches that end " + now.ends()));
        }
        return recorded;
    }

    private StepRecord record(Join join) {
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash point exact
        }
        run.crashAt(CrashPoint.BEFORE_JOIN, call.key(), 1);
        run.check();
        StepRecord record = outcome(join);
        parent.record(record, false);
        return record;
    }

    private StepRecord outcome(Join join) {
        StepDraft joined = state().output(join.toJson());
        if (join.hasEndedWithWorkflow()) {
            return joined.cancelled(parent.why());
        }
        return join.first() == NONE
                ? joined.completed(join.toJson())
                : joined.failed(Documents.write(
                        Failure.of(Failure.Kind.THROWN, Objects.requireNonNull(failures[join.first()]))));
    }

    /** What failed by itself is not to be lost. */
    private CancelledException cancelled(StepRecord outcome) {
        CancelledException cancelled = parent.cancelled(outcome);
        for (int i = 0; i < failures.length; i++) {
            if (ends[i] == Join.FAILED) {
                cancelled.addSuppressed(Objects.requireNonNull(failures[i]));
            }
        }
        return cancelled;
    }

    private ParallelFailedException exception(Join join) {
        Map<Integer, Throwable> failed = new TreeMap<>();
        Set<Integer> cancelled = new TreeSet<>();
        for (int i = 0; i < failures.length; i++) {
            Throwable failure = failures[i];
            if (failure != null) {
                failed.put(i, failure);
            }
            if (join.isCancelled(i)) {
                cancelled.add(i);
            }
        }
        return new ParallelFailedException(call.key().position(), join.first(), failed, cancelled);
    }

    private StepDraft state() {
        return StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .branches(branches.size())
                .at(startedAt)
                .recordedAt(run.tools().now());
    }
}
