// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowRecord;
import dev.revive.thread.BareThreads;
import dev.revive.thread.Uninterruptibly;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Loads the journals of what was claimed, while the claimer claims what comes next: after a crash there are thousands, and the database can do
 * both at once. One batch at a time; who brings the next waits for the one before. Never interrupted.
 */
final class Loader {
    private final Consumer<List<WorkflowRecord>> load;
    private final Consumer<StoreUnavailableException> unavailable;
    private final Consumer<Throwable> ended;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<String> ids = ConcurrentHashMap.newKeySet();
    private @Nullable List<WorkflowRecord> batch;
    private boolean isClosed;

    /**
     * Made, not started.
     *
     * @param load loads them, and has each {@linkplain #forget forgotten} as soon as a run has it
     * @param unavailable told that none of a batch was loaded
     * @param ended told what else that threw; nothing is loaded any more then
     */
    Loader(
            String name,
            Consumer<List<WorkflowRecord>> load,
            Consumer<StoreUnavailableException> unavailable,
            Consumer<Throwable> ended) {
        this.load = load;
        this.unavailable = unavailable;
        this.ended = ended;
        this.thread = BareThreads.make(name, this::run);
    }

    void start() {
        thread.start();
    }

    boolean holds(String workflowId) {
        return ids.contains(workflowId);
    }

    /** What is claimed, and in no run yet. */
    Set<String> ids() {
        return ids;
    }

    /** A run has it, or nobody here. */
    void forget(String workflowId) {
        ids.remove(workflowId);
    }

    /** Loads them soon; waits until it can take them. After the end it does nothing. */
    void submit(List<WorkflowRecord> claimed) {
        claimed.forEach(workflow -> ids.add(workflow.id()));
        lock.lock();
        try {
            while (batch != null && !isClosed) {
                changed.awaitUninterruptibly();
            }
            if (!isClosed) {
                batch = claimed;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
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

    /** Waits for its end, which a store that does not answer can delay: not longer than this. */
    void join(Duration patience) {
        Uninterruptibly.join(thread, patience);
    }

    private void run() {
        try {
            for (List<WorkflowRecord> next = await(); next != null; next = await()) {
                load(next);
                done();
            }
        } catch (Throwable e) {
            close();
            ended.accept(e);
        }
    }

    private void load(List<WorkflowRecord> next) {
        try {
            load.accept(next);
        } catch (StoreUnavailableException e) {
            next.forEach(workflow -> forget(workflow.id()));
            unavailable.accept(e); // last: they are looked for again, among what nobody holds
        }
    }

    private @Nullable List<WorkflowRecord> await() {
        lock.lock();
        try {
            while (batch == null && !isClosed) {
                changed.awaitUninterruptibly();
            }
            return isClosed ? null : batch;
        } finally {
            lock.unlock();
        }
    }

    private void done() {
        lock.lock();
        try {
            batch = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
