// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** The workflow took longer than its {@linkplain StartOptions#timeout timeout}, and was cancelled for that. */
public class WorkflowTimedOutException extends WorkflowFailedException {
    private static final long serialVersionUID = 1L;

    /**
     * About one workflow.
     *
     * @param workflowId its id
     * @param failure the limit, and where the workflow stood
     */
    public WorkflowTimedOutException(String workflowId, Failure failure) {
        super(workflowId, failure);
    }
}
