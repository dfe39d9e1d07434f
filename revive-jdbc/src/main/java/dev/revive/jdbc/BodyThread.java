// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.BareThreads;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** The thread that transaction bodies run on where an interrupt would harm the database. Nobody outside knows it, so nobody interrupts it. */
final class BodyThread implements AutoCloseable {
    private final ExecutorService thread;

    BodyThread(String name) {
        thread = Executors.newSingleThreadExecutor(BareThreads.named(name));
    }

    /** Runs one thing on such a thread: opening and closing, which any thread of the application may ask for. */
    static <T> T uninterruptible(String name, Supplier<T> work) {
        try (BodyThread thread = new BodyThread(name)) {
            return thread.call(work);
        }
    }

    /** Runs it there, with the caller's context class loader. An interrupt of the caller does not end the wait; its flag is kept. */
    <T> T call(Supplier<T> work) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        try {
            return await(thread.submit(() -> {
                Thread.interrupted();
                Thread.currentThread().setContextClassLoader(loader);
                try {
                    return work.get();
                } finally {
                    Thread.currentThread().setContextClassLoader(null);
                }
            }));
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("The store is closed.", e);
        }
    }

    private static <T> T await(Future<T> result) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw unchecked(Objects.requireNonNull(e.getCause()));
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException unchecked(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return (RuntimeException) cause;
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
