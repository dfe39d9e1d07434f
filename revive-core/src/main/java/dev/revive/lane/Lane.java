// SPDX-License-Identifier: Apache-2.0
package dev.revive.lane;

import dev.revive.store.FencedException;
import dev.revive.store.Operation;
import dev.revive.store.StepStore;
import dev.revive.thread.BareThreads;
import dev.revive.thread.Headroom;
import dev.revive.thread.Uninterruptibly;
import dev.revive.thread.Unwind;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One committer thread. Whatever is queued when it comes round is one batch, one transaction, one commit: under load many workflows share it,
 * and a lone operation that somebody waits for leaves at once.
 *
 * <p>While the lane rests and one workflow alone has something queued, its thread <em>leads</em>: it writes the batch itself instead of waiting
 * for the lane to do so, which saves two hand-overs between threads. It tries once. A batch that it could not bring to its end, whatever the
 * reason, is the lane's, which writes it again before anything else.
 *
 * <p>What must hold: a workflow's operations keep their order; there is one batch at a time; a batch whose outcome is unknown is written again
 * before anything else is; no thread that could be interrupted writes to a store that does not tolerate it (an interrupt inside H2's file channel
 * closes the database). The {@link Committer} adds that nobody is told of an outcome before its commit.
 *
 * <p>An {@code Error} may come from anywhere, out of memory for example. So whatever can fail is done before the first of several fields is changed;
 * a leader that did not come to the end of its leading is followed by the lane; and what ends the lane ends the engine, which says so.
 */
public final class Lane implements Committer.Closing {
    private static final Logger log = LoggerFactory.getLogger(Lane.class);
    private static final int MAX_BATCH_ROWS = 1_000;
    private static final long MAX_BATCH_CHARS = 4_000_000;
    private static final int MAX_QUEUED_ROWS = 20_000;
    private static final long MAX_QUEUED_CHARS = 64_000_000;

    /** How long an operation that nobody waits for waits for others to join it: less than a commit takes. */
    private static final long LINGER_NANOS = 200_000;

    /** While others lead, the lane looks so often whether there is something that nobody waits for. It would cost them time to wake it. */
    private static final long LOOK_NANOS = 1_000_000;

    /** A leader looks through the queue, under the lock: it is to be short. */
    private static final int MOST_LED = 100;

    /** What the lane tells its executor. */
    public interface Owner {
        /** The fence is dead: another executor took over. */
        void fenced(FencedException why);

        /** The lane's thread died of something unforeseen. */
        void died(Throwable why);
    }

    private enum State {
        OPEN,
        DRAINING,
        CLOSED
    }

    private final StepStore store;
    private final Owner owner;
    private final Committer committer;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition hasRoom = lock.newCondition();

    @SuppressWarnings("JdkObsolete") // an array that cannot grow, for want of memory, would forget all that is in it
    private final LinkedList<Queued> queue = new LinkedList<>();

    private final LockedOut lockedOut = new LockedOut();
    private long queuedChars;
    private volatile State state = State.OPEN;
    private volatile boolean isAwaited;
    private boolean isResting;
    private boolean isAsleep;
    private volatile @Nullable Thread leader;
    private List<Queued> led = List.of();
    private boolean wasLed;
    private List<Queued> leftBehind = List.of();

    public Lane(String name, StepStore store, Owner owner) {
        this.store = store;
        this.owner = owner;
        this.committer = new Committer(store, this);
        this.thread = BareThreads.make(name, this::run);
    }

    public void start() {
        thread.start();
    }

    public StepStore store() {
        return store;
    }

    /**
     * Queues an operation, waiting while the queue is full.
     *
     * @param whileQueued runs once it is queued, before the lane can take it
     * @throws Unwind if the lane is closed
     */
    public void submit(Operation operation, Receipt receipt, Runnable whileQueued) {
        Queued entry = new Queued(operation, receipt);
        lock.lock();
        try {
            while (state == State.OPEN && isFull()) {
                hasRoom.awaitUninterruptibly();
            }
            add(entry, receipt, whileQueued);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same for a caller from outside, whose wait ends with an interrupt and with its time.
     *
     * @param deadline by {@link System#nanoTime}
     * @throws Unwind if the lane is closed
     */
    public void submit(Operation operation, Receipt receipt, Runnable whileQueued, long deadline)
            throws InterruptedException, TimeoutException {
        Queued entry = new Queued(operation, receipt);
        lock.lockInterruptibly();
        try {
            while (state == State.OPEN && isFull()) {
                if (hasRoom.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    throw new TimeoutException("The lane's queue is full.");
                }
            }
            add(entry, receipt, whileQueued);
        } finally {
            lock.unlock();
        }
    }

    private void add(Queued entry, Receipt receipt, Runnable whileQueued) {
        if (state != State.OPEN) {
            throw Unwind.RUN;
        }
        receipt.queued();
        queue.add(entry);
        queuedChars += entry.chars();
        if (isAwaited(entry.operation())) {
            wake();
        } else if (isAsleep) {
            changed.signalAll();
        }
        whileQueued.run();
    }

    private boolean isFull() {
        return queue.size() + lockedOut.size() >= MAX_QUEUED_ROWS || queuedChars >= MAX_QUEUED_CHARS;
    }

    /** Whether somebody who does not say so waits for it. A run goes on after a checkpoint, and hurries the lane when it must wait. */
    private static boolean isAwaited(Operation operation) {
        return operation.row().step() == null;
    }

    /**
     * The calling thread is about to wait for what its workflow has queued: it writes it itself, if it may, or the lane is to be quick.
     *
     * @param workflowId the workflow
     */
    public void hurry(String workflowId) {
        if (isAwaited) {
            return;
        }
        List<Queued> entries = List.of();
        lock.lock();
        try {
            if (mayBeLedBy(workflowId)) {
                entries = takeQueued();
                led = entries;
                leader = Thread.currentThread();
                wasLed = true;
                isAwaited = !queue.isEmpty();
            } else if (!queue.isEmpty()) {
                wake();
            }
        } finally {
            lock.unlock();
        }
        if (!entries.isEmpty()) {
            lead(entries);
        }
    }

    private boolean mayBeLedBy(String workflowId) {
        return store.toleratesInterrupts()
                && state == State.OPEN
                && isResting
                && leader == null
                && leftBehind.isEmpty()
                && lockedOut.isEmpty()
                && !queue.isEmpty()
                && queue.size() <= MOST_LED
                && queue.stream()
                        .allMatch(entry -> entry.operation().workflowId().equals(workflowId))
                && Headroom.isAmple();
    }

    private void wake() {
        if (!isAwaited) {
            isAwaited = true;
            changed.signalAll();
        }
    }

    /** Accepts nothing more; what is queued is still written. */
    public void drain() {
        close(State.DRAINING);
    }

    /** Accepts nothing more and forgets what is queued, as a dying process does. */
    public void discard() {
        close(State.CLOSED);
    }

    private void close(State next) {
        lock.lock();
        try {
            if (state.compareTo(next) < 0) {
                state = next;
            }
            changed.signalAll();
            hasRoom.signalAll();
        } finally {
            lock.unlock();
        }
        if (state == State.CLOSED) {
            loseAll(takeLeftBehind(), Unwind.RUN);
            for (Queued entry = takeOne(); entry != null; entry = takeOne()) {
                loseAll(List.of(entry), Unwind.RUN);
            }
        }
    }

    private List<Queued> takeLeftBehind() {
        lock.lock();
        try {
            List<Queued> entries = leftBehind;
            leftBehind = List.of();
            return entries;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Queued takeOne() {
        lock.lock();
        try {
            Queued entry = queue.isEmpty() ? lockedOut.poll() : queue.poll();
            queuedChars -= entry == null ? 0 : entry.chars();
            return entry;
        } finally {
            lock.unlock();
        }
    }

    /** All of them hear it, though one should throw. */
    private static void loseAll(List<Queued> entries, Throwable why) {
        for (Queued entry : entries) {
            try {
                entry.lose(why);
            } catch (RuntimeException | Error e) {
                log.error("Somebody could not be told that an operation is lost", e);
            }
        }
    }

    /** Waits for the thread's end, not for longer than this. Must not be called by the lane itself. */
    public boolean join(Duration timeout) {
        return Uninterruptibly.join(thread, timeout);
    }

    private void run() {
        List<Queued> batch = List.of();
        try {
            for (batch = take(); !batch.isEmpty(); batch = take()) {
                written(committer.write(batch));
            }
        } catch (FencedException e) {
            end(batch, e, () -> owner.fenced(e));
        } catch (Throwable e) {
            end(batch, e, () -> owner.died(e));
        }
    }

    /** The owner is told first: it is to be known that the lane has ended, though nothing else should succeed. */
    private void end(List<Queued> batch, Throwable why, Runnable tellOwner) {
        try {
            tellOwner.run();
        } finally {
            discard();
            loseAll(batch, why);
        }
    }

    /** What a workflow could not write waits for the lock, and with it all that follows, until it is tried again. */
    private void written(List<Queued> locked) {
        boolean isLost;
        lock.lock();
        try {
            isLost = state == State.CLOSED;
            if (!isLost) {
                lockedOut.written(locked);
                queuedChars += chars(locked);
            }
        } finally {
            lock.unlock();
        }
        if (isLost) {
            loseAll(locked, Unwind.RUN);
        }
    }

    private static long chars(List<Queued> entries) {
        return entries.stream().mapToLong(Queued::chars).sum();
    }

    /** Takes what a leader left behind, or what is queued, up to a batch; waits while there is nothing worth a commit; empty at the end. */
    private List<Queued> take() {
        lock.lock();
        try {
            List<Queued> entries = List.of();
            while (entries.isEmpty() && !isAtEnd()) {
                awaitWork();
                entries = takeNext();
            }
            return entries;
        } finally {
            lock.unlock();
        }
    }

    private boolean isAtEnd() {
        return state != State.OPEN && leader == null && leftBehind.isEmpty() && lockedOut.isEmpty() && queue.isEmpty();
    }

    /** Nothing, if all that is queued has to wait for a lock. */
    private List<Queued> takeNext() {
        if (leftBehind.isEmpty()) {
            List<Queued> entries = takeQueued();
            isAwaited = isAwaited && !queue.isEmpty();
            return entries;
        }
        return takeLeftBehind();
    }

    /** Takes what makes a batch, or throws and takes nothing. */
    private List<Queued> takeQueued() {
        moveAside();
        List<Queued> entries = nextBatch();
        for (Queued entry : entries) {
            if (!lockedOut.take(entry)) {
                queue.remove();
            }
            queuedChars -= entry.chars();
        }
        hasRoom.signalAll();
        return entries;
    }

    /** What follows something that waits must not pass it. */
    private void moveAside() {
        if (!lockedOut.isEmpty()) {
            for (Iterator<Queued> all = queue.iterator(); all.hasNext(); ) {
                if (lockedOut.follow(all.next())) {
                    all.remove();
                }
            }
        }
    }

    private List<Queued> nextBatch() {
        Boundary boundary = new Boundary();
        List<Queued> entries = lockedOut.due(boundary);
        long chars = chars(entries);
        for (Queued entry : queue) {
            boolean isFull = entries.size() >= MAX_BATCH_ROWS || chars >= MAX_BATCH_CHARS;
            if (isFull || !boundary.admits(entry.operation())) {
                break;
            }
            chars += entry.chars();
            entries.add(entry);
        }
        return entries;
    }

    /**
     * Waits until somebody waits for what is queued, or it has waited long enough for others, and in any case until nobody leads. The outcome of a
     * step is followed within microseconds by whatever its workflow does next, and the two then share a commit. After a batch the lane looks by
     * itself for a while, so an outcome need not wake it.
     */
    private void awaitWork() {
        isResting = true;
        long linger = LINGER_NANOS;
        while (leader != null || !hasWork()) {
            if (linger > 0) {
                linger = await(linger);
            } else if (!queue.isEmpty() && leader == null) {
                break;
            } else if (leader != null || wasLed) {
                wasLed = false;
                linger = LOOK_NANOS;
            } else if (!lockedOut.isEmpty()) {
                isAsleep = true;
                await(lockedOut.nanosLeft());
                isAsleep = false;
            } else {
                isAsleep = true;
                changed.awaitUninterruptibly();
                isAsleep = false;
                linger = LINGER_NANOS;
            }
        }
        isResting = false;
    }

    /** At the end there is work while anything is queued; what waits for a lock is work when its time has come. */
    private boolean hasWork() {
        return isAwaited
                || !leftBehind.isEmpty()
                || (!lockedOut.isEmpty() && lockedOut.nanosLeft() <= 0)
                || (state != State.OPEN && (!queue.isEmpty() || lockedOut.isEmpty()));
    }

    @SuppressWarnings("WaitNotInLoop") // the loop is its callers'
    private long await(long nanos) {
        try {
            return changed.awaitNanos(nanos);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Somebody interrupted a lane, which no code of Revive does.", e);
        }
    }

    /** Writes a batch on a thread of its workflow's, which somebody may interrupt. */
    private void lead(List<Queued> entries) {
        List<Queued> left = entries;
        boolean isInterrupted = Thread.interrupted();
        try {
            left = committer.tryOnce(entries);
        } catch (RuntimeException | Error e) { // a receipt's: somebody has not heard of what is written
            owner.died(e);
        } finally {
            stopLeading(left);
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * The calling thread has left its run. If an Error threw it out of the lead before it could say so, nobody knows what became of its batch: the
     * lane writes it again.
     */
    public void leave() {
        if (leader == Thread.currentThread()) {
            stopLeading(led);
        }
    }

    private void stopLeading(List<Queued> left) {
        boolean isLost;
        lock.lock();
        try {
            isLost = state == State.CLOSED;
            leftBehind = isLost ? List.of() : left;
            led = List.of();
            leader = null;
            if (state != State.OPEN || isAwaited || !left.isEmpty()) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (isLost) {
            loseAll(left, Unwind.RUN);
        }
    }

    @Override
    public boolean isClosed() {
        return state == State.CLOSED;
    }

    @Override
    public boolean pause(long millis) {
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
