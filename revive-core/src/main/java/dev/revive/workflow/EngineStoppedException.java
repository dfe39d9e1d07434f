// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/** This engine is closed, or died; what is recorded goes on when another engine opens the store. */
public class EngineStoppedException extends ReviveException {
    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what happened and what to do
     */
    public EngineStoppedException(String message) {
        super(message);
    }

    /**
     * With a message and a cause.
     *
     * @param message what happened and what to do
     * @param cause why, or null
     */
    public EngineStoppedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
