// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.store.StoreUnavailableException;
import dev.revive.thread.BareThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the store on behalf of request threads. They never touch it themselves: a server interrupts its threads when it stops, and an interrupt
 * inside H2's file channel closes the whole database. A few threads, and a bounded queue before them, are all that a console takes of a store.
 *
 * <p>The bound is at the door. Who has been let in is answered: what waits for another question of the same visitor goes to the end of the queue
 * however long that is by then, and is answered where it is if the console is closed meanwhile.
 */
final class Reader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reader.class);
    private static final int THREADS = 3;
    private static final int WAITING = 500;

    /** Half of the threads that a server of its own has: a visitor whose questions are slow leaves the others for others. */
    static final int MOST_OF_ONE = 32;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How long a console that is closed waits for what it has asked. */
    static final Duration FAREWELL = Duration.ofSeconds(5);

    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            BareThreads.named("revive-dashboard-reader"));

    private final Map<String, Integer> inside = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Visit> visits = new HashMap<>();

    /** What one visitor has asked, and what waits until that is answered. */
    private static final class Visit {
        private final Deque<Runnable> waiting = new ArrayDeque<>();
        private int asked = 1;
    }

    Reader() {
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Lets a visitor in who is going to ask, or to wait for what another one has asked.
     *
     * @param whose the visitor's name
     * @param answer gets the answer
     * @throws RefusedException if so many requests of the same visitor wait already
     */
    <T> T admit(String whose, Supplier<T> answer) {
        if (inside.merge(whose, 1, Integer::sum) > MOST_OF_ONE) {
            leave(whose);
            throw RefusedException.forNow(
                    429,
                    "Too many questions",
                    "Too many questions of yours wait for an answer. Ask again in a moment.");
        }
        try {
            return answer.get();
        } finally {
            leave(whose);
        }
    }

    private void leave(String whose) {
        inside.computeIfPresent(whose, (name, count) -> count == 1 ? null : count - 1);
    }

    /**
     * Asks.
     *
     * @param whose the visitor's name, who takes a part of the threads only
     * @param question what is asked
     */
    <T> T ask(String whose, Supplier<T> question) {
        return ask(whose, new FutureTask<>(question::get));
    }

    /**
     * Asks what others may ask, too.
     *
     * @param whose the visitor's name, who takes a part of the threads only
     * @param question what is asked; it may be answered already, or be under way
     */
    <T> T ask(String whose, FutureTask<T> question) {
        try {
            if (!question.isDone()) {
                take(whose, question);
            }
            return question.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RefusedException e) {
            question.cancel(false); // it has no turn, and nobody waits for it here
            throw e;
        } catch (InterruptedException e) {
            question.cancel(false);
            Thread.currentThread().interrupt();
            throw new RefusedException(503, "Stopping", "The server is being stopped.");
        } catch (TimeoutException | CancellationException e) {
            question.cancel(false); // never interrupted
            throw new StoreUnavailableException("The store did not answer in time.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** At once, or when another question of the same visitor is answered: however many somebody asks, a thread is left for the others. */
    private void take(String whose, Runnable question) {
        lock.lock();
        try {
            Visit visit = visits.get(whose);
            if (visit == null) {
                comeIn(whose, question);
                visits.put(whose, new Visit());
            } else if (visit.asked < THREADS - 1) {
                comeIn(whose, question);
                visit.asked++;
            } else {
                visit.waiting.add(question);
            }
        } finally {
            lock.unlock();
        }
    }

    private void comeIn(String whose, Runnable question) {
        if (pool.getQueue().size() >= WAITING) {
            throw RefusedException.forNow(
                    503, "Too busy", "Too many questions wait for the store. Ask again in a moment.");
        }
        if (!isQueued(whose, question)) {
            throw new RefusedException(503, "Stopping", "The console is closed.");
        }
    }

    private boolean isQueued(String whose, Runnable question) {
        try {
            pool.execute(() -> answer(whose, question));
            return true;
        } catch (RejectedExecutionException e) {
            return false; // it is closed
        }
    }

    private void answer(String whose, Runnable question) {
        Runnable next = question;
        while (next != null) {
            next.run();
            next = toBeAnsweredHere(whose);
        }
    }

    /** What the same visitor has asked meanwhile, if there is no queue for it any more. */
    private @Nullable Runnable toBeAnsweredHere(String whose) {
        lock.lock();
        try {
            Visit visit = Objects.requireNonNull(visits.get(whose));
            Runnable next = visit.waiting.poll();
            if (next == null && --visit.asked == 0) {
                visits.remove(whose);
            }
            return next == null || isQueued(whose, next) ? null : next;
        } finally {
            lock.unlock();
        }
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
