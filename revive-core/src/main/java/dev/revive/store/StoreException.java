// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.ReviveException;
import org.jspecify.annotations.Nullable;

/** The store cannot do what was asked, and would not if asked again. */
public class StoreException extends ReviveException {
    private static final long serialVersionUID = 1L;

    /**
     * With a message and a cause.
     *
     * @param message what happened and what to do
     * @param cause why, or null
     */
    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
