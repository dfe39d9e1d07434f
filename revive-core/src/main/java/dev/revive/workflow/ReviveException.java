// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/** The root of every exception that Revive throws, but for plain misuse (IllegalArgumentException, IllegalStateException). */
public class ReviveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what happened and what to do
     */
    public ReviveException(String message) {
        super(message);
    }

    /**
     * With a message and a cause.
     *
     * @param message what happened and what to do
     * @param cause why, or null
     */
    public ReviveException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
