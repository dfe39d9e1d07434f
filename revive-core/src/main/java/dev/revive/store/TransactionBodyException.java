// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import org.jspecify.annotations.Nullable;

/** The body of a transaction threw; everything was rolled back. The cause is what it threw. */
public class TransactionBodyException extends StoreException {
    private static final long serialVersionUID = 1L;

    /**
     * With a message and a cause.
     *
     * @param message what happened and what to do
     * @param cause why, or null
     */
    public TransactionBodyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
