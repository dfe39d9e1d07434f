// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A thread that does the same thing again and again: after a pause, or as soon as somebody wakes it. Never interrupted. */
public final class Periodic {
    private static final int MOST_WAKES = 10_000;
    private static final long GRAIN = 5_000_000;
    private final Time time;
    private final Supplier<Duration> pause;
    private final Runnable turn;
    private final Consumer<Throwable> ended;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long nextTurn;
    private final TreeSet<Long> wakes = new TreeSet<>((one, other) -> Long.signum(one - other));
    private boolean isClosed;

    /**
     * Made, not started. The first turn is at once.
     *
     * @param time by which it waits
     * @param pause the pause before every other turn, asked after each
     * @param ended told what a turn threw; there is no further turn then
     */
    public Periodic(String name, Time time, Supplier<Duration> pause, Runnable turn, Consumer<Throwable> ended) {
        this.time = time;
        this.pause = pause;
        this.turn = turn;
        this.ended = ended;
        this.nextTurn = time.nanos();
        this.thread = BareThreads.make(name, this::run);
    }

    /** The first turn is after this time, if it is not started yet. */
    public Periodic beginIn(Duration first) {
        nextTurn = time.after(first);
        return this;
    }

    public void start() {
        thread.start();
    }

    /** A turn after this time, unless one comes earlier. */
    public void wakeIn(Duration delay) {
        lock.lock();
        try {
            long at = time.after(delay);
            if (at - nextTurn < 0) {
                long before = nextTurn;
                nextTurn = at;
                changed.signalAll();
                later(before); // last: for want of memory this may be forgotten, and found out after the pause
            } else {
                later(at);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Remembers a later turn, which an earlier one must not take away; to five milliseconds, so there are few. */
    private void later(long at) {
        wakes.add((at / GRAIN + 1) * GRAIN);
        if (wakes.size() > MOST_WAKES) {
            wakes.pollLast();
        }
    }

    public void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for its end, which a store that does not answer can delay: not longer than this. */
    public void join(Duration patience) {
        Uninterruptibly.join(thread, patience);
    }

    private void run() {
        try {
            while (await()) {
                turn.run();
            }
        } catch (Throwable e) {
            ended.accept(e);
        }
    }

    private boolean await() throws InterruptedException {
        lock.lock();
        try {
            while (!isClosed && nextTurn - time.nanos() > 0) {
                time.await(changed, nextTurn - time.nanos());
            }
            nextTurn = time.after(pause.get());
            long now = time.nanos();
            wakes.removeIf(at -> at - now <= 0);
            if (!wakes.isEmpty() && wakes.first() - nextTurn < 0) {
                nextTurn = wakes.pollFirst();
            }
            return !isClosed;
        } finally {
            lock.unlock();
        }
    }
}
