// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/** The thread was interrupted while it waited; its interrupt flag is set. The workflow goes on. */
public class WaitInterruptedException extends ReviveException {
    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what happened and what to do
     */
    public WaitInterruptedException(String message) {
        super(message);
    }

    /**
     * With a message and a cause.
     *
     * @param message what happened and what to do
     * @param cause why, or null
     */
    public WaitInterruptedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
