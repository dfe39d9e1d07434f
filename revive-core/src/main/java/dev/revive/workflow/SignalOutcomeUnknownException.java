// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/** The store did not say in time whether a signal has arrived. It may have, or still may: send it again under an idempotency key. */
public class SignalOutcomeUnknownException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;

    /**
     * About one signal.
     *
     * @param workflowId whom it is for
     * @param message what happened and what to do
     * @param cause what the store said last, or null
     */
    public SignalOutcomeUnknownException(String workflowId, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.workflowId = workflowId;
    }

    /**
     * Whom it is for.
     *
     * @return the workflow's id
     */
    public String workflowId() {
        return workflowId;
    }
}
