// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything about a step but its name, type and code.
 *
 * @param retry when a failed attempt is followed by another
 * @param attemptTimeout the bound on one attempt, or null for none
 * @param totalTimeout the bound on all attempts together, or null for none
 * @param timeoutGrace how long an interrupted attempt may take to return before the next begins beside it; beside three that have not returned even
 *     so, none begins until one has
 * @param onZombie what to do about an attempt that may or may not have happened
 * @param recordFirstStart whether the first attempt is recorded before it begins; false for idempotent steps
 * @param interruptedOnCancel whether an attempt under way is interrupted when the workflow is cancelled or its branch is cut off; else it ends by itself
 */
public record StepOptions(
        RetryPolicy retry,
        @Nullable Duration attemptTimeout,
        @Nullable Duration totalTimeout,
        Duration timeoutGrace,
        OnZombie onZombie,
        boolean recordFirstStart,
        boolean interruptedOnCancel) {
    private static final StepOptions DEFAULTS =
            new StepOptions(RetryPolicy.none(), null, null, Duration.ofSeconds(10), OnZombie.RUN_AGAIN, true, false);

    /** Checks that the timeouts are positive and that the choices agree. More than 36,500 days is that many. */
    public StepOptions {
        Objects.requireNonNull(retry, "retry");
        Objects.requireNonNull(onZombie, "onZombie");
        attemptTimeout = Spans.positiveOrNone("attemptTimeout", attemptTimeout);
        totalTimeout = Spans.positiveOrNone("totalTimeout", totalTimeout);
        timeoutGrace = Spans.notNegative("timeoutGrace", timeoutGrace);
        if (!recordFirstStart && onZombie != OnZombie.RUN_AGAIN) {
            throw new IllegalArgumentException(
                    "An idempotent step may always run again, so it cannot be at most once as well. Choose one of the two.");
        }
    }

    /**
     * No retries, no timeouts, at least once.
     *
     * @return the defaults
     */
    public static StepOptions defaults() {
        return DEFAULTS;
    }

    /**
     * With this retry policy.
     *
     * @param policy the policy
     * @return a copy
     */
    public StepOptions retry(RetryPolicy policy) {
        return new StepOptions(
                policy, attemptTimeout, totalTimeout, timeoutGrace, onZombie, recordFirstStart, interruptedOnCancel);
    }

    /**
     * With this bound on each attempt.
     *
     * @param timeout more than zero
     * @return a copy
     */
    public StepOptions attemptTimeout(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        return new StepOptions(
                retry, timeout, totalTimeout, timeoutGrace, onZombie, recordFirstStart, interruptedOnCancel);
    }

    /**
     * With this bound on all attempts together.
     *
     * @param timeout more than zero
     * @return a copy
     */
    public StepOptions totalTimeout(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        return new StepOptions(
                retry, attemptTimeout, timeout, timeoutGrace, onZombie, recordFirstStart, interruptedOnCancel);
    }

    /**
     * With this patience for an attempt that was interrupted and has not returned. Zero: none.
     *
     * @param grace not negative
     * @return a copy
     */
    public StepOptions timeoutGrace(Duration grace) {
        return new StepOptions(
                retry, attemptTimeout, totalTimeout, grace, onZombie, recordFirstStart, interruptedOnCancel);
    }

    /**
     * Harmless to repeat.
     *
     * @return a copy
     */
    public StepOptions idempotent() {
        return new StepOptions(retry, attemptTimeout, totalTimeout, timeoutGrace, onZombie, false, interruptedOnCancel);
    }

    /**
     * Never begun again once it may have happened.
     *
     * @return a copy
     */
    public StepOptions atMostOnce() {
        return onZombie(OnZombie.FAIL);
    }

    /**
     * With this choice for zombies.
     *
     * @param choice what to do
     * @return a copy
     */
    public StepOptions onZombie(OnZombie choice) {
        return new StepOptions(
                retry, attemptTimeout, totalTimeout, timeoutGrace, choice, recordFirstStart, interruptedOnCancel);
    }

    /**
     * Interrupted, if it is under way when the workflow is cancelled or its branch is cut off. What it returns all the same is its outcome; if it throws, nobody
     * knows whether it happened: then the step is cancelled, and {@link CancelledException#isOutcomeUnknown}. One that ignores the interrupt is waited for; but
     * in a race, or with a time limit of its own, only for the {@linkplain #timeoutGrace(Duration) grace}, and what it returns later is dropped.
     *
     * @return a copy
     */
    public StepOptions interruptOnCancel() {
        return new StepOptions(retry, attemptTimeout, totalTimeout, timeoutGrace, onZombie, recordFirstStart, true);
    }
}
