// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews this executor's lease and declares others dead whose lease has lapsed. Only where other processes can reach the store; a lapsed lease is
 * never renewed, since somebody may have taken over already.
 */
final class LeaseKeeper {
    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

    private final Executor executor;
    private final ExecutorSeat seat;
    private final Duration interval;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean isClosed;

    LeaseKeeper(String name, Executor executor, ExecutorSeat seat, Duration lease) {
        this.executor = executor;
        this.seat = seat;
        this.interval = lease.dividedBy(3);
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void join() {
        Uninterruptibly.join(thread);
    }

    private void run() {
        try {
            while (awaitTurn()) {
                turn();
            }
        } catch (Throwable e) {
            executor.died(e);
        }
    }

    private boolean awaitTurn() throws InterruptedException {
        long deadline = Nanos.after(interval);
        lock.lock();
        try {
            while (!isClosed && deadline - System.nanoTime() > 0) {
                changed.awaitNanos(deadline - System.nanoTime());
            }
            return !isClosed;
        } finally {
            lock.unlock();
        }
    }

    private void turn() {
        try {
            long sent = System.nanoTime();
            if (!seat.renew()) {
                executor.leaseLapsed();
                return;
            }
            executor.lease().renewedBy(sent);
            if (seat.sweep() > 0) {
                executor.wakeClaimer();
            }
        } catch (StoreUnavailableException e) {
            log.warn("The store does not answer, the lease is not renewed: {}", e.toString());
        }
    }
}
