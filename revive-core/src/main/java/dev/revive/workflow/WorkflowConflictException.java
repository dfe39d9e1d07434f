// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** The id is taken by another workflow, another version or another input; or it is taken, and the caller wanted a new one. */
public class WorkflowConflictException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;

    /**
     * About one workflow.
     *
     * @param workflowId its id
     * @param message what happened and what to do
     */
    public WorkflowConflictException(String workflowId, String message) {
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
