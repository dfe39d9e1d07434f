// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** The store did not answer: the workflow may or may not have been started. Call again with the same id; that is safe. */
public class StartOutcomeUnknownException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;

    /**
     * About one workflow.
     *
     * @param workflowId its id
     * @param message what happened and what to do
     */
    public StartOutcomeUnknownException(String workflowId, String message) {
        super(message);
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
