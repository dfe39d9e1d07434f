// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A side effect that wants to know about its attempt.
 *
 * @param <T> the value's type
 */
@FunctionalInterface
public interface StepBody<T extends @Nullable Object> {
    /**
     * Acts on the outside world. Must not use the workflow's context.
     *
     * @param attempt which attempt this is, and the key that makes repeats recognizable
     * @return the value to record, which may be null
     * @throws Exception to fail this attempt
     */
    @Nullable
    T run(StepAttempt attempt) throws Exception;
}
