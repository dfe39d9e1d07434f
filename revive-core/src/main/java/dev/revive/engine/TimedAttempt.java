// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.StepBody;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An attempt on a thread of its own, which is interrupted when its time is up, counted from the effect's own beginning. A value that it still returns
 * within the grace counts: it is better known than guessed. After that the next attempt may begin beside it.
 */
final class TimedAttempt<T> {
    private final Run run;
    private final StepBody<? extends T> body;
    private final StepAttempt attempt;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile EffectThreads.@Nullable Effect effect;
    private volatile @Nullable Attempt<T> outcome;
    private volatile @Nullable Unwind unwound;
    private volatile boolean isOverdue;

    TimedAttempt(Run run, StepBody<? extends T> body, StepAttempt attempt) {
        this.run = run;
        this.body = body;
        this.attempt = attempt;
    }

    /**
     * Runs it; answers when it has ended, or did not return within the grace.
     *
     * @throws Unwind if the run ended before the effect began, or ends since there is no thread for it
     */
    Attempt<T> run(Duration limit, Duration grace) {
        if (!run.engine().startAttempt(this::runEffect)) {
            throw run.fail(new OutOfMemoryError("There is no thread for an attempt with a timeout."));
        }
        await(begun, Long.MAX_VALUE);
        EffectThreads.Effect current = effect;
        if (current == null) { // it has not begun, and never will
            await(done, Long.MAX_VALUE);
            throw notBegun();
        }
        boolean isTimeout = !await(done, Nanos.of(limit)) && current.timeIsUp();
        if (!isTimeout) {
            await(done, Long.MAX_VALUE); // it has ended in this moment, and by itself
            return ended();
        }
        return await(done, Nanos.of(grace)) ? endedLate(limit) : overdue(limit, current);
    }

    private void runEffect() {
        try {
            run.engine().places().enter(() -> true);
            outcome = Attempt.inline(run, body, attempt, now -> {
                effect = now;
                begun.countDown();
            });
        } catch (Unwind before) { // what the effect itself throws is its outcome
            unwound = before;
        } catch (Throwable thrown) { // out of memory, say: no outcome
            outcome = Attempt.ended(null, thrown, false);
        } finally {
            begun.countDown();
            done.countDown();
            run.engine().places().leave();
            if (isOverdue) {
                run.parking().wake(); // somebody may wait for its thread
            }
        }
    }

    private Unwind notBegun() {
        Unwind before = unwound;
        return before != null ? before : run.fail(Objects.requireNonNull(ended().thrown(), "why it has not begun"));
    }

    private Attempt<T> ended() {
        return Objects.requireNonNull(outcome, "outcome");
    }

    private Attempt<T> endedLate(Duration limit) {
        Attempt<T> late = ended();
        Throwable thrown = late.thrown();
        if (thrown == null || Fatal.isFatal(thrown) || thrown instanceof Unwind) {
            return late;
        }
        TimeoutException timeout = timeout(limit);
        timeout.initCause(thrown);
        return new Attempt<>(null, timeout, true, late.isCutOff(), () -> false);
    }

    private Attempt<T> overdue(Duration limit, EffectThreads.Effect current) {
        isOverdue = true;
        return new Attempt<>(null, timeout(limit), true, current.isCutOff(), () -> done.getCount() > 0);
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
