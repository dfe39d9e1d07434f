// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of a {@link WorkflowContext#transaction transaction}.
 *
 * @param <T> the value's type
 */
@FunctionalInterface
public interface TransactionBody<T extends @Nullable Object> {
    /**
     * Runs SQL in the transaction that also records the step.
     *
     * @param connection open, inside a transaction that is Revive's: commit, close and auto-commit are refused, savepoints are free, and after a
     *     rollback of the whole it must end with an exception
     * @return the value to record, which may be null
     * @throws Exception to roll everything back and fail the step
     */
    @Nullable
    T run(Connection connection) throws Exception;
}
