// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Asks the outside world whether a zombie's effect happened.
 *
 * @param <T> the step's value type
 */
@FunctionalInterface
public interface Reconciler<T extends @Nullable Object> {
    /**
     * Finds out what became of the earlier attempt. Called before any further attempt, possibly again after another crash.
     *
     * @param attempt the attempt that would come next; {@code idempotencyKey} is that of the lost one
     * @return {@link Reconciliation#happened}, {@link Reconciliation#didNotHappen} or {@link Reconciliation#unknown}
     * @throws Exception counted as a failed attempt to ask; asked again as the step's retry policy says, then taken as unknown
     */
    Reconciliation<T> reconcile(StepAttempt attempt) throws Exception;
}
