// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/** A value cannot be written as JSON, or a text cannot be read as a type. */
public class SerializationException extends ReviveException {
    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what happened and what to do
     */
    public SerializationException(String message) {
        super(message);
    }

    /**
     * With a message and a cause.
     *
     * @param message what happened and what to do
     * @param cause why, or null
     */
    public SerializationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
