// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** The workflow's function threw; this is what a caller sees of it, in whatever process it ran. */
public class WorkflowFailedException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;
    private final transient Failure failure;

    /**
     * About one workflow.
     *
     * @param workflowId its id
     * @param failure what its function threw
     */
    public WorkflowFailedException(String workflowId, Failure failure) {
        super("Workflow %s failed: %s".formatted(workflowId, failure.summary()));
        this.workflowId = workflowId;
        this.failure = failure;
    }

    /**
     * The workflow's id.
     *
     * @return its id
     */
    public String workflowId() {
        return workflowId;
    }

    /**
     * What the function threw, with its cause chain.
     *
     * @return the failure as data
     */
    public Failure failure() {
        return failure;
    }
}
