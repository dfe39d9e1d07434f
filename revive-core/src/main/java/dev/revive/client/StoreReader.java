// SPDX-License-Identifier: Apache-2.0
package dev.revive.client;

import dev.revive.store.StoreUnavailableException;
import dev.revive.thread.BareThreads;
import dev.revive.thread.Nanos;
import dev.revive.workflow.WaitInterruptedException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Asks the store on behalf of user threads. They never touch it themselves: a user thread may be interrupted, and an interrupt inside H2's file
 * channel closes the whole database.
 */
final class StoreReader {
    private static final int THREADS = 4;

    /** At the end. An answer takes moments, or does not come; more than this nobody who asked is kept waiting. */
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(1);

    private final ThreadPoolExecutor pool;
    private final Duration patience;
    private final Supplier<? extends RuntimeException> closed;

    /** Those whose callers wait. */
    private final Set<FutureTask<?>> open = ConcurrentHashMap.newKeySet();

    StoreReader(Duration patience, Supplier<? extends RuntimeException> closed) {
        this.patience = patience;
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

    /** For who must not wait on this thread. */
    <T> CompletableFuture<T> later(Supplier<T> question) {
        try {
            return CompletableFuture.supplyAsync(question, pool);
        } catch (RejectedExecutionException e) {
            throw closed.get();
        }
    }

    /** For callers who name no limit of their own: these wait as long as a start does. */
    <T> T ask(Supplier<T> question) {
        try {
            return ask(question, Nanos.after(patience));
        } catch (TimeoutException e) {
            throw silent(e);
        }
    }

    /** What is said of a store that did not answer for as long as a start waits. */
    StoreUnavailableException silent(TimeoutException e) {
        return new StoreUnavailableException(
                "The store did not answer within %s. What it was asked to do may still be done.".formatted(patience),
                e);
    }

    /** For a moment, before the same is asked again. */
    void pause(Duration pause, long deadline) throws TimeoutException {
        if (deadline - System.nanoTime() <= 0) {
            throw new TimeoutException();
        }
        try {
            TimeUnit.NANOSECONDS.sleep(Math.min(pause.toNanos(), deadline - System.nanoTime()));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static WaitInterruptedException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new WaitInterruptedException("Interrupted while waiting for the store's answer.", e);
    }

    /** @param deadline by {@link System#nanoTime}: whoever asks waits no longer, however many asked before */
    <T> T ask(Supplier<T> question, long deadline) throws TimeoutException {
        FutureTask<T> answer = new FutureTask<>(question::get);
        open.add(answer);
        try {
            pool.execute(answer);
            return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException | CancellationException e) {
            throw closed.get();
        } catch (InterruptedException e) {
            pool.remove(answer);
            throw interrupted(e);
        } catch (TimeoutException e) {
            pool.remove(answer);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            open.remove(answer);
        }
    }

    /** Finishes what was asked, if that takes moments; refuses more. Whoever still waits then hears why it is in vain. */
    void close() {
        pool.shutdown();
        try {
            boolean ended = pool.awaitTermination(LAST_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            assert ended || pool.isShutdown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        open.forEach(answer -> answer.cancel(false)); // without an interrupt, which could close the whole database
    }
}
