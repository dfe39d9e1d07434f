// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/** The store did not say in time whether an awakeable is completed. It may be, or still may: complete it again, with the same. */
public class CompletionOutcomeUnknownException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;

    /**
     * About one completion.
     *
     * @param workflowId whose awakeable it is
     * @param message what happened and what to do
     * @param cause what the store said last, or null
     */
    public CompletionOutcomeUnknownException(String workflowId, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.workflowId = workflowId;
    }

    /**
     * Whose awakeable it is.
     *
     * @return the workflow's id
     */
    public String workflowId() {
        return workflowId;
    }
}
