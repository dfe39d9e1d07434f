// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import org.jspecify.annotations.Nullable;

/** This executor was declared dead: its fence refuses every write. A normal event; its workflows go on elsewhere. */
public class FencedException extends StoreException {
    private static final long serialVersionUID = 1L;

    /**
     * With a message and a cause.
     *
     * @param message what happened and what to do
     * @param cause why, or null
     */
    public FencedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
