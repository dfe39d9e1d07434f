// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import org.jspecify.annotations.Nullable;

/** The store answers, but somebody keeps a lock that this needs. Nothing was done; it may be tried again. */
public class StoreLockedException extends StoreUnavailableException {
    private static final long serialVersionUID = 1L;

    /**
     * With what happened.
     *
     * @param message what waits for whom
     * @param cause what the database said, or null
     */
    public StoreLockedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
