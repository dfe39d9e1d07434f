// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/**
 * Clean-up that a cancellation does not touch.
 *
 * @param <X> what it throws
 */
@FunctionalInterface
public interface ShieldedBlock<X extends Exception> {
    /**
     * Cleans up.
     *
     * @param context the context of the surrounding code, for the durable calls inside
     * @throws X to fail
     */
    void run(WorkflowContext context) throws X;
}
