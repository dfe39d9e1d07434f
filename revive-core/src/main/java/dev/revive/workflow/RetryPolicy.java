// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a failed attempt is followed by another: exponential backoff with jitter. Failed attempts survive a crash; attempts that a crash cut
 * off do not count as failed.
 *
 * @param maxAttempts how many attempts may fail before the step does; 1 means no retry
 * @param initialDelay the wait after the first failure
 * @param multiplier what each further wait is multiplied with; 1 or more
 * @param maxDelay no wait is longer, save one that the exception asks for
 * @param jitter from 0 to 1: the part of the wait that is left to chance
 * @param retryOn if not empty, only these types and their subtypes are retried
 * @param giveUpOn these types and their subtypes are never retried
 */
public record RetryPolicy(
        int maxAttempts,
        Duration initialDelay,
        double multiplier,
        Duration maxDelay,
        double jitter,
        List<Class<? extends Throwable>> retryOn,
        List<Class<? extends Throwable>> giveUpOn) {
    private static final RetryPolicy NONE =
            new RetryPolicy(1, Duration.ofMillis(500), 2.0, Duration.ofMinutes(1), 0.2, List.of(), List.of());

    /** Checks the bounds and copies the lists. A delay of more than 36,500 days is that many. */
    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts must be 1 or more, not " + maxAttempts + ".");
        }
        initialDelay = Spans.notNegative("initialDelay", initialDelay);
        maxDelay = Spans.notNegative("maxDelay", maxDelay);
        if (!(multiplier >= 1.0 && multiplier <= 1000.0)) {
            throw new IllegalArgumentException("multiplier must be from 1 to 1000, not " + multiplier + ".");
        }
        if (!(jitter >= 0.0 && jitter <= 1.0)) {
            throw new IllegalArgumentException("jitter must be from 0 to 1, not " + jitter + ".");
        }
        retryOn = List.copyOf(retryOn);
        giveUpOn = List.copyOf(giveUpOn);
    }

    /**
     * No retry: the first failure is the step's.
     *
     * @return the default of every step
     */
    public static RetryPolicy none() {
        return NONE;
    }

    /**
     * So many attempts, waiting 500 ms, 1 s, 2 s and so on up to a minute, a fifth of it by chance.
     *
     * @param attempts 1 or more, the first included
     * @return the policy
     */
    public static RetryPolicy upTo(int attempts) {
        return new RetryPolicy(
                attempts, NONE.initialDelay, NONE.multiplier, NONE.maxDelay, NONE.jitter, NONE.retryOn, NONE.giveUpOn);
    }

    /**
     * As many attempts as it takes.
     *
     * @return the policy
     */
    public static RetryPolicy forever() {
        return upTo(Integer.MAX_VALUE);
    }

    /**
     * With this wait after the first failure, and this factor for each further one.
     *
     * @param initialDelay not negative
     * @param multiplier 1 or more
     * @return a copy
     */
    public RetryPolicy backoff(Duration initialDelay, double multiplier) {
        return new RetryPolicy(maxAttempts, initialDelay, multiplier, maxDelay, jitter, retryOn, giveUpOn);
    }

    /**
     * With the same wait after every failure.
     *
     * @param delay not negative
     * @return a copy
     */
    public RetryPolicy fixedDelay(Duration delay) {
        return new RetryPolicy(
                maxAttempts, delay, 1.0, maxDelay.compareTo(delay) < 0 ? delay : maxDelay, jitter, retryOn, giveUpOn);
    }

    /**
     * With this bound on every wait.
     *
     * @param maxDelay not negative
     * @return a copy
     */
    public RetryPolicy maxDelay(Duration maxDelay) {
        return new RetryPolicy(maxAttempts, initialDelay, multiplier, maxDelay, jitter, retryOn, giveUpOn);
    }

    /**
     * With this part of every wait left to chance.
     *
     * @param jitter from 0 to 1
     * @return a copy
     */
    public RetryPolicy jitter(double jitter) {
        return new RetryPolicy(maxAttempts, initialDelay, multiplier, maxDelay, jitter, retryOn, giveUpOn);
    }

    /**
     * Only this type (and others named so) is retried.
     *
     * @param type an exception type; its subtypes are meant too
     * @return a copy
     */
    public RetryPolicy retryOn(Class<? extends Throwable> type) {
        return new RetryPolicy(maxAttempts, initialDelay, multiplier, maxDelay, jitter, and(retryOn, type), giveUpOn);
    }

    /**
     * This type (and others named so) is never retried.
     *
     * @param type an exception type; its subtypes are meant too
     * @return a copy
     */
    public RetryPolicy giveUpOn(Class<? extends Throwable> type) {
        return new RetryPolicy(maxAttempts, initialDelay, multiplier, maxDelay, jitter, retryOn, and(giveUpOn, type));
    }

    /**
     * The wait before the next attempt, if there is one.
     *
     * @param failures how many attempts have failed, this one included; 1 or more
     * @param failure what the last one threw
     * @param chance for the jitter
     * @return the wait; empty if the step has failed
     */
    public Optional<Duration> delayAfter(int failures, Throwable failure, RandomGenerator chance) {
        if (failures >= maxAttempts || !retries(failure)) {
            return Optional.empty();
        }
        Duration asked = failure instanceof RetryAfter asks ? asked(asks) : null;
        if (asked != null) {
            return Optional.of(asked.isNegative() ? Duration.ZERO : Spans.bounded(asked));
        }
        double limit = maxDelay.toNanos();
        double nanos = Math.min(limit, initialDelay.toNanos() * Math.pow(multiplier, failures - 1.0));
        return Optional.of(Duration.ofNanos((long) (nanos * (1.0 - jitter * chance.nextDouble()))));
    }

    /** What the exception asks for; null if it cannot say, and the policy's own delay counts. */
    private static @Nullable Duration asked(RetryAfter failure) {
        try {
            return failure.retryAfter();
        } catch (RuntimeException e) {
            return null;
        }
    }

    private boolean retries(Throwable failure) {
        return giveUpOn.stream().noneMatch(type -> type.isInstance(failure))
                && (retryOn.isEmpty() || retryOn.stream().anyMatch(type -> type.isInstance(failure)));
    }

    private static List<Class<? extends Throwable>> and(
            List<Class<? extends Throwable>> types, Class<? extends Throwable> type) {
        List<Class<? extends Throwable>> more = new ArrayList<>(types);
        more.add(Objects.requireNonNull(type, "type"));
        return more;
    }
}
