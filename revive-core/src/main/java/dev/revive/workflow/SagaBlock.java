// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/**
 * What a saga without a value does.
 *
 * @param <X> what it throws
 */
@FunctionalInterface
public interface SagaBlock<X extends Exception> {
    /**
     * Does it.
     *
     * @param saga for the steps that can be undone; for all other calls use the surrounding context
     * @throws X to fail: what was done is undone
     */
    void run(Saga saga) throws X;
}
