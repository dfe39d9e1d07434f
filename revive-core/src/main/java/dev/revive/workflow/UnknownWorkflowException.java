// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** No code is registered for a workflow's name and version, so this engine cannot run it. */
public class UnknownWorkflowException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;

    /**
     * About one workflow.
     *
     * @param workflowId its id
     * @param message what happened and what to do
     */
    public UnknownWorkflowException(String workflowId, String message) {
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
