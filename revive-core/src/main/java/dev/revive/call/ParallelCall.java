// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.journal.MismatchException;
import dev.revive.run.LookAhead;
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
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.StepStatus;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
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
 * with one thread. The join records how each branch ended and which made the difference, since chance decided that; the branches' values are
 * computed again by a replay.
 *
 * <p>What {@linkplain JoinRule may be decided} before all branches have ended is a race. The decision is recorded, as DECIDED, before any branch hears of it;
 * those that it does without are cancelled, each at its first call that is not recorded, and the join waits for their clean-up.
 *
 * <p>What a branch has received is not to be lost because another ends in the same moment. So between two calls one branch of a race runs at a time; and
 * one that has received something is ahead of those that end, until it has ended itself or made its next call. Of a race that is not decided as far as is
 * recorded, {@linkplain LookAhead a look ahead} has found what ended, and is about to.
 */
final class ParallelCall<T extends @Nullable Object> {
    private final Scope parent;
    private final Run run;
    private final Call call;
    private final JoinRule rule;
    private final int maxConcurrency;
    private final List<? extends Branch<? extends T>> branches;
    private final boolean isLookAhead;
    private final boolean isRace;
    private final @Nullable Join recordedJoin;
    private final List<Member> members = new ArrayList<>();
    private final List<Member> queue;
    private final List<JoinRule.End> ends = new ArrayList<>();
    private final BitSet counted = new BitSet();
    private final BitSet toEnd = new BitSet();
    private int completed;
    private final Deque<JoinRule.End> uncounted = new ArrayDeque<>();
    private final AtomicInteger open;
    private final Queue<Wait> unwound = new ConcurrentLinkedQueue<>();
    private volatile int holding;
    private int line;
    private boolean isLineClosed;
    private volatile boolean isShortOfThreads;
    private volatile @Nullable Join decision;
    private Instant startedAt = Instant.EPOCH;

    /** @param maxConcurrency how many branches run at a time at most */
    ParallelCall(
            Scope parent, Call call, JoinRule rule, int maxConcurrency, List<? extends Branch<? extends T>> branches) {
        this.parent = parent;
        this.run = parent.run();
        this.call = call;
        this.rule = rule;
        this.maxConcurrency = maxConcurrency;
        this.branches = branches;
        this.isLookAhead = parent.isLookAhead();
        this.isRace = rule.isRace() && branches.size() > 1;
        StepRecord recorded = call.recorded();
        this.recordedJoin = recorded != null && call.hasOutcome() ? Join.parse(recorded) : null;
        this.decision = recorded != null && recorded.status() == StepStatus.DECIDED ? Join.parse(recorded) : null;
        this.open = new AtomicInteger(branches.size());
        for (int i = 0; i < branches.size(); i++) {
            members.add(new Member(i));
        }
        lookAtWhatIsRecorded();
        this.queue = holding == 0 ? members : holdersFirst();
    }

    /** Others may wait for them, and have the last thread or place. */
    private List<Member> holdersFirst() {
        List<Member> sorted = new ArrayList<>(members);
        sorted.sort(Comparator.comparing(member -> !member.isAhead()));
        return sorted;
    }

    /** Of one that an earlier run began, and nothing says that it is decided. */
    private void lookAtWhatIsRecorded() {
        if (call.recorded() == null || recordedJoin != null || decision != null) {
            return;
        }
        if (isRace) {
            int recorded = (int) members.stream()
                    .filter(member -> run.hasRecords(member.path()))
                    .count();
            for (Member member : members) {
                member.mayHaveBegun = run.hasRecords(member.path()) || member.index - recorded < maxConcurrency;
            }
        }
        LookAhead found = isLookAhead ? null : run.races().found(call.key());
        if (found != null) {
            for (int index : found.ended()) {
                JoinRule.End end = new JoinRule.End(index, found.ends().end(index));
                if (found.holding().isEmpty()) {
                    count(end);
                } else {
                    uncounted.add(end); // those that hold something go first
                }
            }
            found.holding().forEach(index -> members.get(index).hold(1));
            members.stream().filter(member -> found.hasEnded(member.index)).forEach(member -> toEnd.set(member.index));
            if (!found.isWon()) {
                parent.leaveHold(); // it is these branches that hold something, and no longer than they do
            }
        }
    }

    Joined<T> run() {
        begin();
        if (isLookAhead) {
            return lookAhead();
        }
        decideByWhatIsRecorded();
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
        if (isLookAhead) {
            throw Unwind.LOOK_AHEAD;
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
        int helpers = Math.min(branches.size(), maxConcurrency) - 1;
        for (int i = 0; i < helpers; i++) {
            run.waiting().enter();
            if (!run.tools().threads().tryStartHelper(this::help)) {
                run.waiting().leave();
                isShortOfThreads = true;
                return;
            }
        }
    }

    /** Branches that were unwound can only go on in another run. */
    private void awaitThoseThatWait() {
        if (!unwound.isEmpty()) {
            parent.awaitUnloading(unwound);
        }
    }

    private void help() {
        try {
            if (!hasMore()) {
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
        for (Member member = next(); member != null; member = next()) {
            try {
                member.run();
            } catch (Throwable e) {
                run.fail(e); // none of the user's: out of memory, say. The run waits for the other branches and unwinds
            } finally {
                open.decrementAndGet();
                run.waiting().wake();
            }
        }
    }

    private synchronized boolean hasMore() {
        return line < members.size();
    }

    private synchronized @Nullable Member next() {
        if (line == members.size()) {
            return null;
        }
        Member next = queue.get(line++);
        next.hasBegun = !isLineClosed || next.mayHaveBegun;
        return next;
    }

    /** One branch. */
    private final class Member implements Scope.Siblings {
        private final int index;
        private volatile int holds;
        private boolean mayHaveBegun;
        private boolean hasBegun;
        private @Nullable T value;
        private @Nullable Throwable failure;
        private @Nullable String why;
        private volatile char end = Join.AT_WORK;
        private Instant lastPassed = Instant.MAX;
        private boolean isHolding;

        Member(int index) {
            this.index = index;
        }

        @Override
        public boolean isOver() {
            return recorded() != Join.AT_WORK && recorded() != Join.NOT_BEGUN;
        }

        @Override
        public boolean isOverUnrecorded() {
            return recorded() == Join.CANCELLED;
        }

        /** Its end as far as is recorded, or known to have been. */
        private char recorded() {
            Join known = recordedJoin == null ? decision : recordedJoin;
            return known == null ? Join.AT_WORK : known.end(index);
        }

        @Override
        public boolean isCancelled() {
            return isCutOff() || parent.isCancelAsked();
        }

        private boolean isCutOff() {
            Join decided = decision;
            return decided != null && (decided.end(index) == Join.AT_WORK || decided.end(index) == Join.NOT_BEGUN);
        }

        @Override
        public @Nullable Failure cutOff() {
            Join decided = decision;
            return decided == null || !isCutOff() ? null : Failure.cutOff(rule.reason(decided));
        }

        @Override
        public boolean isRace() {
            return isRace || parent.isRace();
        }

        @Override
        public boolean needsThreads() {
            return (isShortOfThreads && hasMore()) || parent.mustNotHoldThread();
        }

        @Override
        public void waitsFor(Wait wait) {
            run.waiting().addUnwound(wait);
            unwound.add(wait);
        }

        @Override
        public void adopt(Collection<Wait> waits) {
            unwound.addAll(waits);
        }

        /** Of what it has received and not recorded anything after. Once there is nothing any more, it may be that others decide. */
        @Override
        public void hold(int more) {
            if (holds(more) == 0) {
                settle();
                run.waiting().hasten(); // a sibling may have waited for that
            }
            parent.hold(more);
        }

        private int holds(int more) {
            synchronized (ParallelCall.this) {
                int before = holds;
                holds = before + more;
                holding += (holds > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
                return holds;
            }
        }

        @Override
        public boolean mustLetOthersGoFirst() {
            return (isRace && holding > 0 && members.stream().anyMatch(other -> !equals(other) && other.isAhead()))
                    || parent.mustLetOthersGoFirst();
        }

        /** It has received something, and has neither ended nor gone on since: it may be about to decide. */
        private boolean isAhead() {
            return holds > 0 && end == Join.AT_WORK;
        }

        private String path() {
            return call.key().branchScope(index + 1);
        }

        void run() {
            if (recorded() == Join.NOT_BEGUN || !hasBegun) {
                end = Join.NOT_BEGUN;
                return;
            }
            if (run.isDropped()) {
                return; // of no consequence: a dropped run records no join
            }
            String path = path();
            if (path.length() > StepKey.MAX_SCOPE) {
                failure = new IllegalStateException("Parallels are nested too deeply: scope " + path);
                end = Join.FAILED;
                arrived(new JoinRule.End(index, end), false);
                return;
            }
            Scope scope = parent.branch(
                    isLookAhead ? run.lookAheadScope(path) : run.openScope(path),
                    this,
                    startedAt,
                    call.recorded() == null);
            UserThreads.Mark outer = run.tools().userThreads().enter(scope::isInStep);
            boolean wasInterrupted = Thread.interrupted(); // who had this thread before, and who has it next, is chance
            try {
                scope.takeTurn();
                if (holds > 0) {
                    scope.holdByRecord();
                }
                run(scope);
                isHolding = scope.isHolding();
            } finally {
                scope.leaveTurn();
                setInterrupted(wasInterrupted);
                run.tools().userThreads().restore(outer);
            }
        }

        private void run(Scope scope) {
            try {
                T result = branches.get(index).run(new Context(scope));
                close(scope);
                value = result;
                ended(Join.COMPLETED, scope);
            } catch (Unwind unwind) {
                unwound(scope);
            } catch (Throwable thrown) {
                failed(scope, thrown);
            }
        }

        private void failed(Scope scope, Throwable thrown) {
            if (Fatal.isFatal(thrown)) {
                scope.closeUnchecked();
                run.fail(thrown);
                return;
            }
            try {
                close(scope);
                if (scope.wasCancelled() && Causes.isCancellation(thrown)) {
                    why = scope.why();
                    ended(Join.CANCELLED, scope);
                } else {
                    failure = thrown;
                    ended(Join.FAILED, scope);
                }
            } catch (Unwind unwind) {
                unwound(scope);
            }
        }

        /** It waits, and goes on in another run; or this run ends; or an older version let it end so. */
        private void unwound(Scope scope) {
            scope.closeUnchecked();
            end = recordedJoin == null ? Join.AT_WORK : recordedJoin.end(index);
        }

        /** User code that caught the unwinding and went on has not ended the branch in its own right. */
        private void close(Scope scope) {
            Error unwinding = scope.unwinding();
            if (unwinding != null) {
                throw unwinding;
            }
            scope.close();
            lastPassed = scope.lastPassed();
        }

        private void ended(char letter, Scope scope) {
            boolean isFirst = scope.isHolding();
            end = letter;
            if (letter == Join.CANCELLED) {
                settle(); // others may have waited for it
            } else {
                arrived(new JoinRule.End(index, letter), isFirst);
            }
            scope.passOnHold(isFirst && isDecided());
            if (isRace() && (isFirst || (letter == Join.CANCELLED && scope.wasCancelledNow()))) {
                run.waiting().hasten(); // whoever let it go first may be unwound
            }
        }
    }

    private static void setInterrupted(boolean isInterrupted) {
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        } else {
            Thread.interrupted();
        }
    }

    // ---- the decision

    /** In a race it is this branch's turn: no other ends meanwhile, and none receives a message. */
    private void arrived(JoinRule.End end, boolean isFirst) {
        synchronized (this) {
            if (isFirst) {
                uncounted.addFirst(end);
            } else {
                uncounted.addLast(end);
            }
        }
        settle();
    }

    /** Takes in who has ended, unless a branch is ahead of them; and decides if that decides it. */
    private void settle() {
        Join decided;
        synchronized (this) {
            if (isRace && holding > 0 && members.stream().anyMatch(Member::isAhead)) {
                return;
            }
            uncounted.forEach(this::count);
            uncounted.clear();
            decided = !isRace || isLookAhead || isLineClosed || decision != null || recordedJoin != null
                    ? null
                    : decidedNow();
        }
        if (decided != null) {
            decide(decided);
        }
    }

    /** Though all may have ended: who came too late then hears of it. */
    private void decideByWhatIsRecorded() {
        JoinRule.Verdict verdict = isRace && decision == null && recordedJoin == null ? rule.verdict(ends) : null;
        if (verdict != null) {
            decide(decision(verdict));
        }
    }

    /** Once, though the look ahead has seen it. */
    private void count(JoinRule.End end) {
        if (!counted.get(end.index())) {
            counted.set(end.index());
            ends.add(end);
            completed += end.letter() == Join.COMPLETED ? 1 : 0;
        }
    }

    /** Null as long as it is open, and once all have ended: then it is joined. */
    private @Nullable Join decidedNow() {
        if (rule.isOpen(completed, ends.size() - completed) || ends.size() == members.size()) {
            return null;
        }
        JoinRule.Verdict verdict = rule.verdict(ends);
        return verdict == null ? null : decision(verdict);
    }

    private Join decision(JoinRule.Verdict verdict) {
        isLineClosed = true;
        StringBuilder letters = new StringBuilder();
        members.forEach(
                member -> letters.append(member.hasBegun || member.mayHaveBegun ? Join.AT_WORK : Join.NOT_BEGUN));
        ends.subList(0, verdict.after()).forEach(end -> letters.setCharAt(end.index(), end.letter()));
        return new Join(letters.toString(), verdict.first());
    }

    /** First the record, then the word: whatever follows from the decision is recorded after it. */
    private void decide(Join decided) {
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash point exact
        }
        run.crashAt(CrashPoint.BEFORE_DECISION, call.key(), 1);
        run.check();
        run.checkpoint(state().decided(decided.toJson()), false);
        run.crashAt(CrashPoint.DECISION_QUEUED, call.key(), 1);
        run.check();
        decision = decided;
        run.waiting().hasten();
        run.interruptCancelled();
    }

    /** Or all that has not ended is known to do so without another call. */
    private synchronized boolean isDecided() {
        BitSet open = new BitSet(members.size());
        open.set(0, members.size());
        open.andNot(counted);
        open.andNot(toEnd);
        return decision != null || recordedJoin != null || open.isEmpty();
    }

    /**
     * Runs the branches as far as they are recorded. If that is not to the end of each, it goes no further, and what it has found is noted for the run: what ended, in
     * what order, and what is about to.
     */
    private Joined<T> lookAhead() {
        for (Member member : members) {
            if (recordedJoin != null || run.hasRecords(member.path()) || !isRace) {
                member.hasBegun = true;
                member.run();
                run.check();
            }
        }
        List<Member> ended = members.stream()
                .filter(member -> member.end == Join.COMPLETED || member.end == Join.FAILED)
                .sorted(Comparator.comparing((Member member) -> member.lastPassed)
                        .thenComparingInt(member -> member.index))
                .toList();
        boolean hasReceived = ended.stream().anyMatch(member -> member.lastPassed.equals(Instant.MIN));
        ends.clear();
        ended.forEach(member -> ends.add(new JoinRule.End(member.index, member.end)));
        boolean isWon = hasReceived && isRace && (decision != null || rule.verdict(ends) != null);
        boolean isOpen = recordedJoin == null && decision == null;
        LookAhead found = found(ended, isWon);
        if (isOpen && (isRace || parent.isRace())) {
            run.races().note(call.key(), found);
        }
        if (members.stream().allMatch(member -> member.end != Join.AT_WORK)) {
            try {
                return join();
            } finally {
                parent.passedParallel(hasReceived);
            }
        }
        if (isWon || (isOpen && !found.holding().isEmpty())) {
            parent.holdByRecord();
        }
        throw Unwind.LOOK_AHEAD;
    }

    /** Only of a race it is told what has ended: of others the order does not matter. */
    private LookAhead found(List<Member> ended, boolean isWon) {
        StringBuilder letters = new StringBuilder();
        members.forEach(member -> letters.append(member.end));
        return new LookAhead(
                isRace ? ended.stream().map(member -> member.index).toList() : List.of(),
                new Join(letters.toString(), Join.NONE),
                members.stream()
                        .filter(member -> member.end == Join.AT_WORK && member.isHolding)
                        .map(member -> member.index)
                        .toList(),
                isWon);
    }

    // ---- the join

    private Joined<T> join() {
        Join now = joinedNow();
        StepRecord outcome = recordedJoin == null ? record(now) : Objects.requireNonNull(call.recorded());
        if (outcome.status() == StepStatus.CANCELLED) {
            throw cancelled(outcome);
        }
        parent.passed(outcome);
        if (now.isFailure()) {
            throw exception(now);
        }
        List<@Nullable T> values = new ArrayList<>();
        List<@Nullable Throwable> failures = new ArrayList<>();
        for (Member member : members) {
            values.add(member.value);
            failures.add(member.failure);
        }
        return new Joined<>(now, values, failures);
    }

    private Join joinedNow() {
        StringBuilder letters = new StringBuilder();
        members.forEach(member -> letters.append(member.end));
        String now = letters.toString();
        if (recordedJoin != null) {
            requireAgreed(recordedJoin, now);
            return recordedJoin;
        }
        Join decided = decision;
        if (decided != null) {
            requireAgreed(decided, now);
            return new Join(now, decided.first());
        }
        JoinRule.Verdict verdict = rule.verdict(ends);
        return new Join(
                now.replace(
                        Join.CANCELLED, Join.ENDED_WITH_WORKFLOW), // by whatever is around it, for this is not decided
                verdict == null ? Join.NONE : verdict.first());
    }

    /** What was cut off may have come to any end since; what ended, or has not begun, stays so. */
    private void requireAgreed(Join recorded, String now) {
        String before = recorded.ends().replace(Join.ENDED_WITH_WORKFLOW, Join.CANCELLED);
        for (int i = 0; i < now.length(); i++) {
            if (before.charAt(i) != Join.AT_WORK && before.charAt(i) != now.charAt(i)) {
                throw run.mismatch(new MismatchException(
                        call.key().position(), "branches that ended " + recorded.ends(), "branches that end " + now));
            }
        }
    }

    private StepRecord record(Join join) {
        if (isLookAhead) {
            return outcome(join);
        }
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
        if (decision == null && join.hasEndedWithWorkflow()) {
            return joined.cancelled(members.stream()
                    .map(member -> member.why)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseThrow());
        }
        return join.isFailure()
                ? joined.failed(Documents.write(
                        Failure.of(Failure.Kind.THROWN, Objects.requireNonNull(members.get(join.first()).failure))))
                : joined.completed(join.toJson());
    }

    /** What failed by itself is not to be lost. */
    private CancelledException cancelled(StepRecord outcome) {
        CancelledException cancelled = parent.cancelled(outcome);
        for (Member member : members) {
            if (member.failure != null) {
                cancelled.addSuppressed(member.failure);
            }
        }
        return cancelled;
    }

    private ParallelFailedException exception(Join join) {
        Map<Integer, Throwable> failed = new TreeMap<>();
        Set<Integer> cutOff = new TreeSet<>();
        for (Member member : members) {
            if (member.failure != null) {
                failed.put(member.index, member.failure);
            }
            if (member.end == Join.CANCELLED || member.end == Join.NOT_BEGUN) {
                cutOff.add(member.index);
            }
        }
        return new ParallelFailedException(call.key().position(), join.first(), failed, cutOff);
    }

    private StepDraft state() {
        return StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .branches(branches.size())
                .detail(isRace ? rule.detail() : null)
                .at(startedAt)
                .recordedAt(run.tools().now());
    }

    /**
     * What the branches came to.
     *
     * @param join how each ended
     * @param values by index; null of those that did not complete
     * @param failures by index; null of those that did not fail
     */
    record Joined<T extends @Nullable Object>(
            Join join, List<@Nullable T> values, List<@Nullable Throwable> failures) {}
}
