// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.Answer;
import dev.revive.store.FencedException;
import dev.revive.store.Operation;
import dev.revive.store.StepStore;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.StepStatus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One committer thread. Whatever is queued when it comes round is one batch, one transaction, one commit: under load many workflows share it,
 * and a lone operation that somebody waits for leaves at once.
 *
 * <p>What must hold: a workflow's operations keep their order; a batch whose outcome is unknown is written again before anything else is; the
 * thread is never interrupted (an interrupt inside H2's file channel closes the database); nobody is told of an outcome before its commit.
 */
final class Lane {
    private static final Logger log = LoggerFactory.getLogger(Lane.class);
    private static final int MAX_BATCH_ROWS = 1_000;
    private static final long MAX_BATCH_CHARS = 4_000_000;
    private static final int MAX_QUEUED_ROWS = 20_000;
    private static final long MAX_QUEUED_CHARS = 64_000_000;
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LAST_PAUSE_MILLIS = 1_000;

    /** How long an operation that nobody waits for stays for company: less than a commit takes. */
    private static final long COMPANY_NANOS = 200_000;

    /** Told what became of an operation; called by the lane's thread, so it must be quick. */
    interface Receipt {
        /** It was committed, with this answer. */
        void settled(Answer answer);

        /** It was not written, and never will be by this lane. */
        void lost(Throwable why);

        /** Whether nothing more of this writer may be written, since an earlier operation of it was refused. */
        boolean isVoid();
    }

    /** What the lane tells its executor. */
    interface Owner {
        /** The fence is dead: another executor took over. */
        void fenced(FencedException why);

        /** The lane's thread died of something unforeseen. */
        void died(Throwable why);
    }

    private record Entry(Operation operation, Receipt receipt, int chars) {}

    private enum State {
        OPEN,
        DRAINING,
        CLOSED
    }

    private final StepStore store;
    private final Owner owner;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Entry> queue = new ArrayDeque<>();
    private long queuedChars;
    private volatile State state = State.OPEN;
    private volatile boolean isAwaited;
    private boolean isAsleep;

    Lane(String name, StepStore store, Owner owner) {
        this.store = store;
        this.owner = owner;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    StepStore store() {
        return store;
    }

    /**
     * Queues an operation, waiting while the queue is full.
     *
     * @param whileQueued runs before the lane can take the operation
     * @throws Unwind if the lane is closed
     */
    void submit(Operation operation, Receipt receipt, Runnable whileQueued) {
        Entry entry = new Entry(operation, receipt, Batch.chars(operation));
        lock.lock();
        try {
            while (state == State.OPEN && (queue.size() >= MAX_QUEUED_ROWS || queuedChars >= MAX_QUEUED_CHARS)) {
                changed.awaitUninterruptibly();
            }
            if (state != State.OPEN) {
                throw Unwind.RUN;
            }
            queue.add(entry);
            queuedChars += entry.chars();
            whileQueued.run();
            if (isAwaited(operation)) {
                wake();
            } else if (isAsleep) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether its writer is about to wait for it. The run goes on after any other, and hurries the lane when it must wait. */
    private static boolean isAwaited(Operation operation) {
        return !(operation instanceof Operation.Checkpoint checkpoint)
                || (checkpoint.step().kind() == CallKind.STEP
                        && checkpoint.step().status() == StepStatus.STARTED);
    }

    /** Somebody waits for what is queued. */
    void hurry() {
        if (isAwaited) {
            return;
        }
        lock.lock();
        try {
            if (!queue.isEmpty()) {
                wake();
            }
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        if (!isAwaited) {
            isAwaited = true;
            changed.signalAll();
        }
    }

    /** Accepts nothing more; what is queued is still written. */
    void drain() {
        close(State.DRAINING);
    }

    /** Accepts nothing more and forgets what is queued, as a dying process does. */
    void discard() {
        close(State.CLOSED);
    }

    private void close(State next) {
        List<Entry> lost = new ArrayList<>();
        lock.lock();
        try {
            if (state.compareTo(next) < 0) {
                state = next;
            }
            if (state == State.CLOSED) {
                lost.addAll(queue);
                queue.clear();
                queuedChars = 0;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        lost.forEach(entry -> entry.receipt().lost(Unwind.RUN));
    }

    /** Waits for the thread's end, not for longer than this. Must not be called by the lane itself. */
    boolean join(Duration timeout) {
        return Uninterruptibly.join(thread, timeout);
    }

    private void run() {
        try {
            for (List<Entry> entries = take(); !entries.isEmpty(); entries = take()) {
                commit(entries);
            }
        } catch (FencedException e) {
            discard();
            owner.fenced(e);
        } catch (Throwable e) {
            discard();
            owner.died(e);
        }
    }

    /** Takes what is queued, up to a batch; waits while there is nothing worth a commit; empty at the end. */
    private List<Entry> take() {
        List<Entry> entries = new ArrayList<>();
        Boundary boundary = new Boundary();
        long chars = 0;
        lock.lock();
        try {
            awaitWork();
            while (!queue.isEmpty() && entries.size() < MAX_BATCH_ROWS && chars < MAX_BATCH_CHARS) {
                if (!boundary.admits(queue.element().operation())) {
                    break;
                }
                Entry entry = queue.remove();
                chars += entry.chars();
                entries.add(entry);
            }
            queuedChars -= chars;
            isAwaited = isAwaited && !queue.isEmpty();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return entries;
    }

    /**
     * Waits until somebody waits for what is queued, or it has waited long enough for company. The outcome of a step is followed within
     * microseconds by whatever its workflow does next, and the two then share a commit. After a batch the lane looks by itself for a while, so an
     * outcome need not wake it.
     */
    private void awaitWork() {
        long company = COMPANY_NANOS;
        while (state == State.OPEN && !isAwaited) {
            if (company > 0) {
                company = await(company);
            } else if (!queue.isEmpty()) {
                return;
            } else {
                isAsleep = true;
                changed.awaitUninterruptibly();
                isAsleep = false;
                company = COMPANY_NANOS;
            }
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the loop is its callers'
    private long await(long nanos) {
        try {
            return changed.awaitNanos(nanos);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Somebody interrupted a lane, which no code of Revive does.", e);
        }
    }

    /**
     * Where a batch must end: before an operation on a row that the batch itself inserts and that cannot be merged into the insert. One
     * statement would not see the row, and the order within the workflow would be lost.
     */
    private static final class Boundary {
        private final Set<String> created = new HashSet<>();
        private final Set<String> createdWithSteps = new HashSet<>();
        private final Set<String> closed = new HashSet<>();
        private final Set<String> touched = new HashSet<>();

        boolean admits(Operation next) {
            String id = next.workflowId();
            if (next instanceof Operation.Create create) {
                if (touched.contains(id)) {
                    return false; // another caller's start: what it is refused must not be refused to the run
                }
                created.add(id);
                if (create.start() == Operation.Create.Start.DUE) {
                    closed.add(id);
                }
            } else if (closed.contains(id) || (created.contains(id) && epoch(next) != 1)) {
                return false;
            } else if (next instanceof Operation.Checkpoint && created.contains(id)) {
                createdWithSteps.add(id);
            }
            touched.add(id);
            return !(next instanceof Operation.Release && created.contains(id))
                    && !(next instanceof Operation.Finish && createdWithSteps.contains(id));
        }

        private static long epoch(Operation operation) {
            if (operation instanceof Operation.Checkpoint checkpoint) {
                return checkpoint.step().epoch();
            }
            if (operation instanceof Operation.Finish finish) {
                return finish.epoch();
            }
            return operation instanceof Operation.Release release ? release.epoch() : 1;
        }
    }

    private void commit(List<Entry> entries) {
        List<Entry> valid = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            if (entry.receipt().isVoid()) {
                entry.receipt().lost(Unwind.RUN);
            } else {
                valid.add(entry);
            }
        }
        if (valid.isEmpty()) {
            return;
        }
        Batch batch = new Batch(valid.stream().map(Entry::operation).toList());
        try {
            settle(valid, batch.spread(write(batch.rows())));
        } catch (FencedException | StoreUnavailableException e) {
            valid.forEach(entry -> entry.receipt().lost(e));
            throw e;
        } catch (StoreException e) {
            separate(valid, e);
        } catch (RuntimeException | Error e) {
            valid.forEach(entry -> entry.receipt().lost(e)); // it ends this lane
            throw e;
        }
    }

    /** One bad row must not block its neighbours: each workflow gets a transaction of its own, and only the bad one hears of it. */
    private void separate(List<Entry> entries, StoreException why) {
        Map<String, List<Entry>> byWorkflow = new LinkedHashMap<>();
        for (Entry entry : entries) {
            byWorkflow
                    .computeIfAbsent(entry.operation().workflowId(), id -> new ArrayList<>())
                    .add(entry);
        }
        if (byWorkflow.size() == 1) {
            log.warn(
                    "{} has a row that the store refuses: {}",
                    entries.get(0).operation().workflowId(),
                    why.toString());
            entries.forEach(entry -> entry.receipt().lost(why));
        } else {
            commitEach(new ArrayDeque<>(byWorkflow.values()));
        }
    }

    /** Whatever ends this lane in the middle, everybody hears of it. */
    private void commitEach(ArrayDeque<List<Entry>> groups) {
        try {
            while (!groups.isEmpty()) {
                commit(groups.remove());
            }
        } catch (RuntimeException | Error e) {
            groups.forEach(group -> group.forEach(entry -> entry.receipt().lost(e)));
            throw e;
        }
    }

    private void settle(List<Entry> entries, List<Answer> answers) {
        for (int i = 0; i < entries.size(); i++) {
            if (state == State.CLOSED) {
                entries.get(i).receipt().lost(Unwind.RUN);
            } else {
                entries.get(i).receipt().settled(answers.get(i));
            }
        }
    }

    /** Writes until it is known what became of it: an unknown outcome is resolved by writing the same again, which is safe by construction. */
    private List<Answer> write(Collection<Operation> rows) {
        List<Operation> batch = List.copyOf(rows);
        for (long pause = FIRST_PAUSE_MILLIS; ; pause = Math.min(LAST_PAUSE_MILLIS, pause * 2)) {
            try {
                return store.write(batch);
            } catch (StoreUnavailableException e) {
                log.warn("The store does not answer, {} operations wait: {}", batch.size(), e.toString());
                if (!pause(pause)) {
                    throw e;
                }
            }
        }
    }

    /** Answers false if the lane is to end meanwhile. */
    private boolean pause(long millis) {
        lock.lock();
        try {
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (state != State.CLOSED && deadline - System.nanoTime() > 0) {
                await(deadline - System.nanoTime());
            }
            return state != State.CLOSED;
        } finally {
            lock.unlock();
        }
    }
}
