// SPDX-License-Identifier: Apache-2.0
package dev.revive.client;

import dev.revive.store.Arrival;
import dev.revive.store.Letter;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowStore;
import dev.revive.thread.BareThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends letters on behalf of user threads, many of them in one write: what comes while one is under way goes with the next. User threads never touch the
 * store themselves.
 *
 * <p>A letter whose write has no answer, or whose workflow's row somebody keeps locked, is sent again under its key until its caller gives up.
 */
final class Sender {
    private static final int MOST = 256;
    private static final int MOST_CHARS = 2_000_000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** One letter, and who waits for its arrival. */
    private static final class Parcel {
        private final Letter letter;
        private final long deadline;
        private final CompletableFuture<Arrival> arrival = new CompletableFuture<>();
        private Duration pause = FIRST_PAUSE;
        private volatile @Nullable StoreUnavailableException trouble;

        Parcel(Letter letter, long deadline) {
            this.letter = letter;
            this.deadline = deadline;
        }

        boolean isGivenUp() {
            return arrival.isDone() || deadline - System.nanoTime() <= 0;
        }
    }

    private final WorkflowStore store;
    private final Supplier<? extends RuntimeException> closed;
    private final BlockingQueue<Parcel> queue = new LinkedBlockingQueue<>();
    private final ScheduledThreadPoolExecutor pool;

    Sender(WorkflowStore store, Supplier<? extends RuntimeException> closed) {
        this.store = store;
        this.closed = closed;
        this.pool = new ScheduledThreadPoolExecutor(1, BareThreads.named("revive-sender"));
        pool.setKeepAliveTime(10, TimeUnit.SECONDS);
        pool.allowCoreThreadTimeOut(true);
        pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * Sends it, and waits for its arrival.
     *
     * @param deadline by {@link System#nanoTime}
     * @throws TimeoutException if it is not known by then; its cause is what the store said last, if it said anything
     */
    Arrival send(Letter letter, long deadline) throws InterruptedException, TimeoutException {
        Parcel parcel = new Parcel(letter, deadline);
        queue.add(parcel);
        sendSoon();
        try {
            return parcel.arrival.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (parcel.trouble != null) {
                e.initCause(parcel.trouble);
            }
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            parcel.arrival.cancel(false);
            queue.remove(parcel);
        }
    }

    private void sendSoon() {
        try {
            pool.execute(this::sendNext);
        } catch (RejectedExecutionException e) {
            throw closed.get();
        }
    }

    private void sendNext() {
        List<Parcel> group = nextGroup();
        if (!group.isEmpty()) {
            send(group);
        }
    }

    private List<Parcel> nextGroup() {
        List<Parcel> group = new ArrayList<>();
        int chars = 0;
        while (group.size() < MOST && chars < MOST_CHARS) {
            Parcel next = queue.poll();
            if (next == null) {
                return group;
            }
            if (!next.isGivenUp()) {
                group.add(next);
                chars += next.letter.payload().length();
            }
        }
        sendSoon(); // there may be more
        return group;
    }

    private void send(List<Parcel> group) {
        try {
            List<Arrival> arrivals =
                    store.send(group.stream().map(parcel -> parcel.letter).toList());
            for (int i = 0; i < arrivals.size(); i++) {
                answer(group.get(i), arrivals.get(i));
            }
        } catch (StoreUnavailableException e) {
            group.forEach(parcel -> {
                parcel.trouble = e;
                later(parcel);
            });
        } catch (RuntimeException | Error e) {
            refuse(group, e);
        }
    }

    private void answer(Parcel parcel, Arrival arrival) {
        if (arrival == Arrival.LOCKED) {
            later(parcel);
        } else {
            parcel.arrival.complete(arrival);
        }
    }

    /** One of them cannot be written at all; which one, each finds out by itself. */
    private void refuse(List<Parcel> group, Throwable why) {
        if (group.size() > 1 && why instanceof StoreException) {
            group.forEach(parcel -> send(List.of(parcel)));
        } else {
            group.forEach(parcel -> parcel.arrival.completeExceptionally(why));
        }
    }

    private void later(Parcel parcel) {
        Duration pause = parcel.pause;
        Duration twice = pause.multipliedBy(2);
        parcel.pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
        try {
            Future<?> unused = pool.schedule(
                    () -> {
                        queue.add(parcel);
                        sendNext();
                    },
                    pause.toNanos(),
                    TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            parcel.arrival.completeExceptionally(closed.get());
        }
    }

    /** Finishes what was asked; refuses more. Who still waits then waits in vain, until its time limit. */
    void close(Duration patience) {
        pool.shutdown();
        try {
            boolean ended = pool.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
            assert ended || pool.isShutdown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        fail();
    }

    /** Whoever waits hears why it is in vain. */
    void fail() {
        for (Parcel parcel = queue.poll(); parcel != null; parcel = queue.poll()) {
            parcel.arrival.completeExceptionally(closed.get());
        }
    }
}
