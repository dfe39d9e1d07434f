// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * The store did not say whether a transaction was committed: all of it may be there, or nothing. Look for one of its rows, or run it again if it does no
 * harm twice.
 */
public class TransactionOutcomeUnknownException extends ReviveException {
    private static final long serialVersionUID = 1L;

    /**
     * About one transaction.
     *
     * @param message what happened and what to do
     * @param cause what the store said last, or null
     */
    public TransactionOutcomeUnknownException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
