// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.BareThreads;
import dev.revive.workflow.WaitInterruptedException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks the store on behalf of user threads. They never touch it themselves: a user thread may be interrupted, and an interrupt inside H2's file
 * channel closes the whole database.
 */
final class StoreReader {
    private static final int THREADS = 4;

    private final ThreadPoolExecutor pool;
    private final Supplier<? extends RuntimeException> closed;

    StoreReader(Supplier<? extends RuntimeException> closed) {
        this.closed = closed;
        this.pool = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                BareThreads.named("revive-reader"));
        pool.allowCoreThreadTimeOut(true);
    }

    <T> T ask(Supplier<T> question) {
        Future<T> answer;
        try {
            answer = pool.submit(question::get);
        } catch (RejectedExecutionException e) {
            throw closed.get();
        }
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WaitInterruptedException("Interrupted while waiting for the store's answer.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Finishes what was asked; refuses more. */
    void close(Duration patience) {
        pool.shutdown();
        try {
            boolean ended = pool.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
            assert ended || pool.isShutdown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
