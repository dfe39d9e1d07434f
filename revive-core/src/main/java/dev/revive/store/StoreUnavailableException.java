// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import org.jspecify.annotations.Nullable;

/** The store did not answer. What was asked may or may not have been done; ask again. */
public class StoreUnavailableException extends StoreException {
    private static final long serialVersionUID = 1L;

    /**
     * With a message and a cause.
     *
     * @param message what happened and what to do
     * @param cause why, or null
     */
    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
