// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a compensation is told of the step that it undoes.
 *
 * @param idempotencyKey the one that every attempt at the step was given: for outside systems that know by it what is to be undone
 * @param result what the step returned; null if it is not known whether it happened, or it returned null
 * @param isInDoubt whether it is not known: then there may be nothing to undo, and that is no failure
 * @param attempt the attempt at this compensation, with a key of its own
 * @param <T> the type of the step's result
 */
public record Undo<T extends @Nullable Object>(
        String idempotencyKey, @Nullable T result, boolean isInDoubt, StepAttempt attempt) {
    /**
     * What the step returned.
     *
     * @return empty if it is not known whether it happened, or it returned null
     */
    public Optional<T> value() {
        return Optional.ofNullable(result);
    }
}
