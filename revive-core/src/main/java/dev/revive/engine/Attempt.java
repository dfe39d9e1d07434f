// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.StepBody;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt at an effect ended.
 *
 * @param value what it returned
 * @param thrown what it threw, or null if it returned
 * @param isTimeout whether it was interrupted because its time was up: nobody knows then whether it happened
 * @param isStillRunning whether it has not returned even so
 */
record Attempt<T>(@Nullable T value, @Nullable Throwable thrown, boolean isTimeout, BooleanSupplier isStillRunning) {
    private static <T> Attempt<T> ended(@Nullable T value, @Nullable Throwable thrown) {
        return new Attempt<>(value, thrown, false, () -> false);
    }

    /** Runs the effect on the scope's own thread. */
    static <T> Attempt<T> inline(Run run, StepBody<? extends T> body, StepAttempt attempt) {
        return inline(run, body, attempt, () -> {});
    }

    /** @param begun runs when the effect is about to begin, and may be interrupted from then on */
    private static <T> Attempt<T> inline(Run run, StepBody<? extends T> body, StepAttempt attempt, Runnable begun) {
        run.beginEffect();
        begun.run();
        try {
            return ended(body.run(attempt), null);
        } catch (Throwable thrown) {
            return ended(null, thrown);
        } finally {
            run.endEffect();
        }
    }

    /**
     * Runs the effect on a thread of its own and interrupts it when its time is up, counted from its own beginning. A value that it still returns
     * within the grace counts: it is better known than guessed. After that the next attempt may begin beside it.
     *
     * @throws Unwind if the run ended before the effect began
     */
    static <T> Attempt<T> timed(
            Run run, StepBody<? extends T> body, StepAttempt attempt, Duration limit, Duration grace) {
        AtomicReference<@Nullable Attempt<T>> outcome = new AtomicReference<>();
        AtomicReference<@Nullable Unwind> unwound = new AtomicReference<>();
        AtomicReference<@Nullable Thread> runner = new AtomicReference<>();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        boolean started = run.engine().startAttempt(() -> {
            try {
                run.engine().places().enter(() -> true);
                runner.set(Thread.currentThread());
                outcome.set(inline(run, body, attempt, begun::countDown));
            } catch (Unwind before) { // what the effect itself throws is its outcome
                unwound.set(before);
            } catch (Throwable thrown) { // out of memory, say: no outcome
                outcome.set(ended(null, thrown));
            } finally {
                begun.countDown();
                done.countDown();
                run.engine().places().leave();
            }
        });
        if (!started) {
            return ended(null, new OutOfMemoryError("There is no thread for an attempt with a timeout."));
        }
        await(begun, Long.MAX_VALUE);
        Unwind before = unwound.get();
        if (before != null) {
            throw before;
        }
        if (!await(done, Nanos.of(limit))) {
            Thread thread = runner.get();
            if (thread != null) {
                run.interruptEffect(thread);
            }
            if (!await(done, Nanos.of(grace))) {
                return new Attempt<>(null, timeout(limit), true, () -> done.getCount() > 0);
            }
            Attempt<T> late = Objects.requireNonNull(outcome.get());
            Throwable thrown = late.thrown();
            if (thrown == null || Fatal.isFatal(thrown) || thrown instanceof Unwind) {
                return late;
            }
            TimeoutException timeout = timeout(limit);
            timeout.initCause(thrown);
            return new Attempt<>(null, timeout, true, () -> false);
        }
        return Objects.requireNonNull(outcome.get());
    }

    private static TimeoutException timeout(Duration limit) {
        return new TimeoutException("The attempt took longer than " + limit + ".");
    }

    /** Waits although interrupted; the interrupt is kept. */
    private static boolean await(CountDownLatch latch, long nanos) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 4);
        try {
            while (true) {
                try {
                    return latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
