// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.store.BareThreads;
import dev.revive.store.StoreUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the store on behalf of request threads. They never touch it themselves: a server interrupts its threads when it stops, and an interrupt
 * inside H2's file channel closes the whole database. A few threads, and a bounded queue before them, are all that a console takes of a store.
 */
final class Reader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reader.class);
    private static final int THREADS = 3;
    private static final int WAITING = 500;
    private static final int WAITING_OF_ONE = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How long a console that is closed waits for what it has asked. */
    static final Duration FAREWELL = Duration.ofSeconds(5);

    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            BareThreads.named("revive-dashboard-reader"));

    private final Map<String, Integer> waiting = new ConcurrentHashMap<>();

    Reader() {
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Asks.
     *
     * @param whose the visitor's name, who takes a part of the places only
     * @param question what is asked
     */
    <T> T ask(String whose, Supplier<T> question) {
        if (waiting.merge(whose, 1, Integer::sum) > WAITING_OF_ONE) {
            left(whose);
            throw new RefusedException(
                    429,
                    "Too many questions",
                    "Too many questions of yours wait for the store. Ask again in a moment.");
        }
        Future<T> answer;
        try {
            answer = pool.submit(() -> {
                try {
                    return question.get();
                } finally {
                    left(whose);
                }
            });
        } catch (RejectedExecutionException e) {
            left(whose);
            throw new RefusedException(
                    503, "Too busy", "Too many questions wait for the store, or the console is closed.");
        }
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(503, "Stopping", "The server is being stopped.");
        } catch (TimeoutException e) {
            answer.cancel(false); // never interrupted
            throw new StoreUnavailableException("The store did not answer in time.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void left(String whose) {
        waiting.computeIfPresent(whose, (name, count) -> count == 1 ? null : count - 1);
    }

    /** Lets what was asked come to its end, so that the store can be closed afterwards; refuses more. */
    @Override
    public void close() {
        pool.shutdown();
        patiently(() -> {
            if (!pool.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
                log.info("A question to the store has no answer yet; the console closes all the same");
            }
        });
    }

    /** Something that waits. */
    interface Wait {
        void run() throws InterruptedException;
    }

    /** Waits, unless somebody is in a hurry. */
    static void patiently(Wait wait) {
        try {
            wait.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
