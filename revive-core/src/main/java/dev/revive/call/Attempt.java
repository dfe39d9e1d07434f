// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.journal.Call;
import dev.revive.journal.Seed;
import dev.revive.run.EffectThreads;
import dev.revive.run.Run;
import dev.revive.store.StepKey;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.StepBody;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt at an effect ended.
 *
 * @param value what it returned
 * @param thrown what it threw, or null if it returned
 * @param isTimeout whether it was interrupted because its time was up: nobody knows then whether it happened
 * @param isCutOff whether the end of its run interrupted it: what it threw may then be our own interrupt
 * @param isCancelled whether the cancellation of its workflow interrupted it, and it threw: nobody knows then whether it happened
 * @param isStillRunning whether it has not returned even so
 */
record Attempt<T>(
        @Nullable T value,
        @Nullable Throwable thrown,
        boolean isTimeout,
        boolean isCutOff,
        boolean isCancelled,
        BooleanSupplier isStillRunning) {
    /** What an effect is told about the attempt at it. */
    static StepAttempt described(Run run, Call call, int number, boolean isRecovered, boolean isOverlapping) {
        return new StepAttempt(
                run.id(), call.key().name(), number, isRecovered, isOverlapping, idempotencyKey(run, call.key()));
    }

    /** The same for every attempt at the step in this place. */
    static String idempotencyKey(Run run, StepKey key) {
        return Seed.idempotencyKey(run.id(), run.createdMicros(), key.stepId(), key.sequence());
    }

    static <T> Attempt<T> ended(@Nullable T value, @Nullable Throwable thrown, boolean isCutOff) {
        return new Attempt<>(value, thrown, false, isCutOff, false, () -> false);
    }

    /** Runs the effect on the scope's own thread. */
    static <T> Attempt<T> inline(Run run, StepBody<? extends T> body, StepAttempt attempt) {
        return inline(run, body, attempt, run::beginEffect, effect -> {});
    }

    /**
     * Runs the effect on the calling thread.
     *
     * @param beginning the last look before it begins
     * @param begun told when the effect is about to begin, and may be interrupted from then on
     */
    static <T> Attempt<T> inline(
            Run run,
            StepBody<? extends T> body,
            StepAttempt attempt,
            Supplier<EffectThreads.Effect> beginning,
            Consumer<EffectThreads.Effect> begun) {
        EffectThreads.Effect effect = beginning.get();
        @Nullable T value = null;
        Throwable thrown = null;
        try {
            begun.accept(effect);
            value = body.run(attempt);
        } catch (Throwable e) {
            thrown = e;
        } finally {
            effect.end();
        }
        boolean isCancelled = thrown != null && effect.isCancelled();
        return new Attempt<>(value, thrown, false, effect.isCutOff(), isCancelled, () -> false);
    }
}
