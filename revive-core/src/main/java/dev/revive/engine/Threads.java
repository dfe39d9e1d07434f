// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads for user code: virtual ones where the JVM has them, reused daemon threads elsewhere. There is a bound, and whoever asks beyond it is
 * told no rather than queued: a parallel then runs its branches on the thread it has, so no number of threads is too small.
 */
final class Threads {
    private final java.util.concurrent.Executor starter;
    private final int limit;
    private final ClassLoader loader = Thread.currentThread().getContextClassLoader();
    private final Runnable freed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private int active;

    /** @param freed runs whenever a thread has become free */
    Threads(String name, int limit, Runnable freed) {
        this.starter = starter(name);
        this.limit = limit;
        this.freed = freed;
    }

    /** Whether this JVM has virtual threads. */
    static boolean areVirtual() {
        return Runtime.version().feature() >= 21;
    }

    /** Runs a task on a thread of its own, or answers false if all are taken. */
    boolean tryStart(Runnable task) {
        lock.lock();
        try {
            if (active >= limit) {
                return false;
            }
            active++;
        } finally {
            lock.unlock();
        }
        try {
            starter.execute(() -> runAndLeave(task));
            return true;
        } catch (OutOfMemoryError e) { // no native thread to be had: as good as a bound
            leave();
            return false;
        }
    }

    private void runAndLeave(Runnable task) {
        Thread.currentThread().setContextClassLoader(loader); // a reused thread may have kept another
        try {
            task.run();
        } finally {
            leave();
            freed.run();
        }
    }

    private void leave() {
        lock.lock();
        try {
            active--;
            if (active == 0) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    int free() {
        lock.lock();
        try {
            return limit - active;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no task runs; answers false if some still do at the end of the time. */
    boolean awaitIdle(Duration timeout) {
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

    void shutdown() {
        if (starter instanceof ThreadPoolExecutor pool) {
            pool.shutdown();
        }
    }

    private static java.util.concurrent.Executor starter(String name) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        if (areVirtual()) {
            ThreadFactory factory = virtualFactory(name + "-");
            return task -> {
                Thread thread = factory.newThread(task);
                thread.setContextClassLoader(loader);
                thread.start();
            };
        }
        AtomicLong number = new AtomicLong();
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, name + "-" + number.getAndIncrement());
            thread.setDaemon(true);
            thread.setContextClassLoader(loader);
            return thread;
        });
    }

    /** {@code Thread.ofVirtual().name(prefix, 0).factory()}, by handles since the class files are Java 17's. */
    private static ThreadFactory virtualFactory(String prefix) {
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodHandle start = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual));
            MethodHandle named =
                    lookup.findVirtual(builder, "name", MethodType.methodType(builder, String.class, long.class));
            MethodHandle factory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
            return (ThreadFactory) factory.invoke(named.invoke(start.invoke(), prefix, 0L));
        } catch (Throwable e) {
            throw new IllegalStateException("This JVM says it has virtual threads, but they cannot be made.", e);
        }
    }
}
