// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps what is committed but not yet durable from being shown. H2 lets everybody see a commit before it is in the file, and long before that is
 * forced to the disk; whoever was told then that a workflow has completed might find it running after a crash.
 */
final class CommitGate {
    /** What is done with the database. */
    interface Action {
        void run() throws SQLException;
    }

    /** What is read from it. */
    interface Look<T> {
        T take() throws SQLException;
    }

    private final ReadWriteLock lock = new ReentrantReadWriteLock(true);
    private final AtomicInteger failures = new AtomicInteger();

    /** Commits and makes durable: nobody is shown anything in between. */
    void commit(Action commit) throws SQLException {
        lock.writeLock().lock();
        boolean isDone = false;
        try {
            commit.run();
            isDone = true;
        } finally {
            if (!isDone) {
                failures.incrementAndGet();
            }
            lock.writeLock().unlock();
        }
    }

    /** Looks, and waits until what may have been seen is durable. If it turned out not to be, looks again. */
    <T> T look(Look<T> look) throws SQLException {
        while (true) {
            int before = failures.get();
            T seen = look.take();
            lock.readLock().lock();
            try {
                if (failures.get() == before) {
                    return seen;
                }
            } finally {
                lock.readLock().unlock();
            }
        }
    }
}
