// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/** The store did not say in time whether a workflow is to be cancelled, terminated or paused. It may be: ask again, that does no harm. */
public class IntentOutcomeUnknownException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;

    /**
     * About one workflow.
     *
     * @param workflowId its id
     * @param message what happened and what to do
     * @param cause what the store said last, or null
     */
    public IntentOutcomeUnknownException(String workflowId, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.workflowId = workflowId;
    }

    /**
     * The workflow's id.
     *
     * @return its id
     */
    public String workflowId() {
        return workflowId;
    }
}
