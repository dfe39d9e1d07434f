// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** A workflow has not finished in the time its caller gave it. It goes on all the same, unless it is paused: then the message says so. */
public class ResultTimeoutException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;

    /**
     * About one workflow.
     *
     * @param workflowId its id
     * @param message what happened and what to do
     */
    public ResultTimeoutException(String workflowId, String message) {
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
