// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * What a saga does.
 *
 * @param <T> the type of its value
 * @param <X> what it throws
 */
@FunctionalInterface
public interface SagaBody<T extends @Nullable Object, X extends Exception> {
    /**
     * Does it.
     *
     * @param saga for the steps that can be undone; for all other calls use the surrounding context
     * @return its value
     * @throws X to fail: what was done is undone
     */
    T run(Saga saga) throws X;
}
