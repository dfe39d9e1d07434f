// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.StoreException;
import dev.revive.thread.BareThreads;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads for a database that an interrupt would harm: what users do on threads of their own, which anybody may interrupt, is done on these. Nobody
 * outside knows them.
 */
final class FileThreads implements AutoCloseable {
    private final ExecutorService threads;

    /** Of the body that the writer waits for. */
    private volatile @Nullable Thread body;

    private FileThreads(ExecutorService threads) {
        this.threads = threads;
    }

    /** One thread, which transactions follow one another on. */
    static FileThreads writer() {
        return new FileThreads(Executors.newSingleThreadExecutor(BareThreads.named("revive-h2-writer")));
    }

    /** As many as there are callers. */
    static FileThreads readers() {
        return new FileThreads(Executors.newCachedThreadPool(BareThreads.named("revive-h2-reader")));
    }

    /** Runs one thing on such a thread: opening and closing, which any thread of the application may ask for. */
    static <T> T uninterruptible(String name, Supplier<T> work) {
        try (FileThreads one = new FileThreads(Executors.newSingleThreadExecutor(BareThreads.named(name)))) {
            return one.call(work);
        }
    }

    /**
     * A transaction's body on a thread that ends with it: who has got hold of the body's thread and interrupts it later interrupts nobody. The writer's
     * would be at the file by then.
     */
    <T extends @Nullable Object> GuardedBody.Sql<T> onItsOwn(GuardedBody.Sql<T> work) {
        return connection -> {
            FutureTask<T> answer = new FutureTask<>(() -> work.run(connection));
            Thread thread = BareThreads.make("revive-h2-body", answer);
            thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
            body = thread;
            thread.start();
            try {
                return answer.get(); // nobody interrupts the writer, who waits here
            } catch (ExecutionException e) {
                throw thrown(e);
            } finally {
                body = null;
            }
        };
    }

    /** Refuses what a body would wait for until it is over itself. */
    void requireOutsideOfBody() {
        if (Thread.currentThread() == body) {
            throw new IllegalStateException(
                    "The store was asked to write in the body of a transaction on the same store. On H2 one transaction writes at a time, and that is this one, so it would wait for itself. Use the connection that the body was given, and revive.in(connection) for starts and signals; or ask after the commit.");
        }
    }

    private static Exception thrown(ExecutionException by) {
        Throwable cause = Objects.requireNonNull(by.getCause());
        if (cause instanceof Error error) {
            throw error;
        }
        return (Exception) cause;
    }

    /** Runs it there, with the caller's context class loader. An interrupt of the caller does not end the wait; its flag is kept. */
    <T> T call(Supplier<T> work) {
        return answer(submit(work));
    }

    private <T> Future<T> submit(Supplier<T> work) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        try {
            return threads.submit(() -> {
                Thread.interrupted();
                Thread.currentThread().setContextClassLoader(loader);
                try {
                    return work.get();
                } finally {
                    Thread.currentThread().setContextClassLoader(FileThreads.class.getClassLoader());
                }
            });
        } catch (RejectedExecutionException e) {
            throw new StoreException("The store is closed.", e);
        }
    }

    private static <T> T answer(Future<T> result) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw (RuntimeException) thrown(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
