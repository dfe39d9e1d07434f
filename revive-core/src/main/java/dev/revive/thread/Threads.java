// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Threads for user code, which take over nothing of who starts a task, and have the context class loader of who built the engine: reused daemon
 * threads for the first few tasks at the same time, and for the others virtual ones where the JVM has them. A virtual thread that waits for the store
 * is woken by way of the JVM's poller and its scheduler, which a workflow that is alone and writes for itself would feel in every step.
 *
 * <p>There is a bound, and whoever asks beyond it is told no rather than queued: a parallel then runs its branches on the thread it has, so no number
 * of threads is too small.
 */
public final class Threads {
    /** How many tasks at the same time have a reused thread where there are virtual ones. */
    private static final int FEW = 8;

    private final ThreadPoolExecutor reused;
    private final @Nullable ThreadFactory virtual;
    private final int limit;
    private final Semaphore helpers;
    private final ClassLoader loader = Thread.currentThread().getContextClassLoader();
    private final Runnable freed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private int active;
    private int onReused;

    /**
     * None is there yet.
     *
     * @param freed runs whenever a thread has become free
     */
    public Threads(String name, int limit, Runnable freed) {
        this.reused = reused(name + "-");
        this.virtual = areVirtual() ? virtualFactory(name + "-virtual-") : null;
        this.limit = limit;
        this.helpers = new Semaphore(Permits.helpersAmong(limit));
        this.freed = freed;
    }

    /** Whether this JVM has virtual threads. */
    private static boolean areVirtual() {
        return Runtime.version().feature() >= 21;
    }

    /** The same for a task beside another of its run: some threads are left for what has none. */
    public boolean tryStartHelper(Runnable task) {
        if (!helpers.tryAcquire()) {
            return false;
        }
        boolean isStarted = tryStart(() -> {
            try {
                task.run();
            } finally {
                helpers.release();
            }
        });
        if (!isStarted) {
            helpers.release();
        }
        return isStarted;
    }

    /** Runs a task on a thread of its own, or answers false if all are taken. */
    public boolean tryStart(Runnable task) {
        AtomicBoolean isDecided = new AtomicBoolean();
        ThreadFactory factory;
        lock.lock();
        try {
            if (active >= limit) {
                return false;
            }
            active++;
            factory = onReused < FEW ? null : virtual;
            if (factory == null) {
                onReused++;
            }
        } finally {
            lock.unlock();
        }
        boolean isReused = factory == null;
        try {
            Runnable begun = () -> {
                if (isDecided.compareAndSet(false, true)) {
                    runAndLeave(task, isReused);
                }
            };
            if (factory == null) {
                reused.execute(begun);
            } else {
                factory.newThread(begun).start();
            }
            return true;
        } catch (RuntimeException | Error e) { // no native thread to be had, or the pool is closed: as good as a bound
            if (!isDecided.compareAndSet(false, true)) {
                return true; // thrown when it had begun already
            }
            leave(isReused);
            return false;
        }
    }

    private void runAndLeave(Runnable task, boolean isReused) {
        try {
            Thread.currentThread().setContextClassLoader(loader); // a reused thread may have kept another
            task.run();
        } finally {
            leave(isReused);
            freed.run();
        }
    }

    private void leave(boolean isReused) {
        lock.lock();
        try {
            active--;
            if (isReused) {
                onReused--;
            }
            if (active == 0) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    public int free() {
        lock.lock();
        try {
            return limit - active;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no task runs; answers false if some still do at the end of the time. */
    public boolean awaitIdle(Duration timeout) {
        long nanos = Nanos.of(timeout);
        boolean interrupted = false;
        lock.lock();
        try {
            while (active > 0 && nanos > 0) {
                long deadline = System.nanoTime() + nanos;
                try {
                    nanos = idle.awaitNanos(nanos);
                } catch (InterruptedException e) {
                    interrupted = true;
                    nanos = deadline - System.nanoTime();
                }
            }
            return active == 0;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    public void shutdown() {
        reused.shutdown();
    }

    private static ThreadPoolExecutor reused(String prefix) {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), BareThreads.numbered(prefix));
    }

    /**
     * {@code Thread.ofVirtual().name(prefix, 0).inheritInheritableThreadLocals(false).factory()}, by handles since the class files are Java 17's.
     */
    private static ThreadFactory virtualFactory(String prefix) {
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodHandle start = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual));
            MethodHandle named =
                    lookup.findVirtual(builder, "name", MethodType.methodType(builder, String.class, long.class));
            MethodHandle inheriting = lookup.findVirtual(
                    builder, "inheritInheritableThreadLocals", MethodType.methodType(builder, boolean.class));
            MethodHandle factory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
            return (ThreadFactory) factory.invoke(inheriting.invoke(named.invoke(start.invoke(), prefix, 0L), false));
        } catch (Throwable e) {
            throw new IllegalStateException("This JVM says it has virtual threads, but they cannot be made.", e);
        }
    }
}
