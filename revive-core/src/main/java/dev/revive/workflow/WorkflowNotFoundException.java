// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** There is no workflow with this id. */
public class WorkflowNotFoundException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;

    /**
     * About one workflow.
     *
     * @param workflowId its id
     * @param message what happened and what to do
     */
    public WorkflowNotFoundException(String workflowId, String message) {
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
