// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.run.EffectThreads;
import dev.revive.run.Run;
import dev.revive.thread.Fatal;
import dev.revive.thread.Nanos;
import dev.revive.thread.Time;
import dev.revive.thread.Unwind;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.StepBody;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An attempt on a thread of its own, which is interrupted when its time is up, counted from the effect's own beginning, or when it is cancelled. A value that
 * it still returns within the grace counts: it is better known than guessed. After that the next attempt may begin beside it, or the branch goes its way.
 */
final class TimedAttempt<T> {
    private final Run run;
    private final StepBody<? extends T> body;
    private final StepAttempt attempt;
    private final Supplier<EffectThreads.Effect> beginning;
    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean isDone;
    private volatile EffectThreads.@Nullable Effect effect;
    private volatile @Nullable Attempt<T> outcome;
    private volatile @Nullable Unwind unwound;
    private volatile boolean isOverdue;

    /** @param beginning the last look before it begins, on its own thread */
    TimedAttempt(Run run, StepBody<? extends T> body, StepAttempt attempt, Supplier<EffectThreads.Effect> beginning) {
        this.beginning = beginning;
        this.run = run;
        this.time = run.tools().time();
        this.body = body;
        this.attempt = attempt;
    }

    /**
     * Runs it; answers when it has ended, or did not return within the grace.
     *
     * @throws Unwind if the run ended before the effect began, or ends since there is no thread for it
     */
    Attempt<T> run(Duration limit, Duration grace) {
        if (!run.tools().startAttempt(this::runEffect)) {
            throw run.fail(new OutOfMemoryError("There is no thread for an attempt with a timeout."));
        }
        await(() -> effect != null || isDone, Nanos.LONGEST);
        EffectThreads.Effect current = effect;
        if (current == null) { // it has not begun, and never will
            throw notBegun();
        }
        current.whenInterrupted(this::signal);
        boolean isOver = await(() -> isDone || current.isCancelled(), Nanos.of(limit));
        if (isOver && !isDone && !await(() -> isDone, Nanos.of(grace))) {
            return abandoned(current);
        }
        boolean isTimeout = !isOver && current.timeIsUp();
        if (!isTimeout) {
            await(() -> isDone, Nanos.LONGEST); // it has ended in this moment, and by itself
            return ended();
        }
        return await(() -> isDone, Nanos.of(grace)) ? endedLate(limit) : overdue(limit, current);
    }

    private void runEffect() {
        try {
            run.tools().userThreads().enter(() -> true);
            outcome = Attempt.inline(run, body, attempt, beginning, now -> {
                effect = now;
                signal();
            });
        } catch (Unwind before) { // what the effect itself throws is its outcome
            unwound = before;
        } catch (Throwable thrown) { // out of memory, say: no outcome
            outcome = Attempt.ended(null, thrown, false);
        } finally {
            isDone = true; // first: whoever waits sees it, though no more than this should succeed
            signal();
            run.tools().userThreads().leave();
            if (isOverdue) {
                run.waiting().wake(); // somebody may wait for its thread
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
        return new Attempt<>(null, timeout, true, late.isCutOff(), late.isCancelled(), () -> false);
    }

    private Attempt<T> overdue(Duration limit, EffectThreads.Effect current) {
        isOverdue = true;
        return new Attempt<>(null, timeout(limit), true, current.isCutOff(), current.isCancelled(), () -> !isDone);
    }

    /** What it still returns is dropped: the branch goes on without it. */
    private Attempt<T> abandoned(EffectThreads.Effect current) {
        isOverdue = true;
        return new Attempt<>(
                null,
                new TimeoutException("The attempt was cancelled, and has not returned although interrupted."),
                false,
                current.isCutOff(),
                true,
                () -> !isDone);
    }

    private static TimeoutException timeout(Duration limit) {
        return new TimeoutException("The attempt took longer than " + limit + ".");
    }

    /** Waits although interrupted, and keeps the interrupt; returns whether it holds. */
    private boolean await(BooleanSupplier condition, long nanos) {
        boolean interrupted = false;
        lock.lock();
        try {
            long deadline = time.nanos() + nanos;
            while (!condition.getAsBoolean() && deadline - time.nanos() > 0) {
                try {
                    time.await(changed, deadline - time.nanos());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return condition.getAsBoolean();
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
