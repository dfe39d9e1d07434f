// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Reconciler} found.
 *
 * @param <T> the step's value type
 */
public sealed interface Reconciliation<T extends @Nullable Object> {
    /**
     * The effect happened: the step completes with this value and does not run again.
     *
     * @param value what the lost attempt would have returned; may be null
     * @param <T> its type
     * @return the answer
     */
    static <T extends @Nullable Object> Reconciliation<T> happened(T value) {
        return new Happened<>(value);
    }

    /**
     * The effect did not happen and will not: the step runs again.
     *
     * @param <T> the step's value type
     * @return the answer
     */
    static <T extends @Nullable Object> Reconciliation<T> didNotHappen() {
        return new DidNotHappen<>();
    }

    /**
     * Nobody can tell.
     *
     * @param <T> the step's value type
     * @return the answer
     */
    static <T extends @Nullable Object> Reconciliation<T> unknown() {
        return new Unknown<>();
    }

    /**
     * The effect happened.
     *
     * @param value what the lost attempt would have returned
     * @param <T> its type
     */
    record Happened<T extends @Nullable Object>(T value) implements Reconciliation<T> {}

    /**
     * The effect did not happen.
     *
     * @param <T> the step's value type
     */
    record DidNotHappen<T extends @Nullable Object>() implements Reconciliation<T> {}

    /**
     * Nobody can tell.
     *
     * @param <T> the step's value type
     */
    record Unknown<T extends @Nullable Object>() implements Reconciliation<T> {}
}
