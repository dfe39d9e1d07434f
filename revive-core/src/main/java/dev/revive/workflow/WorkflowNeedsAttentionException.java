// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** The workflow cannot go on without a person. Nothing is lost: once the cause is fixed it goes on where it stood. */
public class WorkflowNeedsAttentionException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;
    private final transient Attention attention;

    /**
     * About one workflow.
     *
     * @param workflowId its id
     * @param attention why, and what to do
     */
    public WorkflowNeedsAttentionException(String workflowId, Attention attention) {
        super("Workflow %s needs attention: %s".formatted(workflowId, attention.render()));
        this.workflowId = workflowId;
        this.attention = attention;
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
     * Why, and what to do.
     *
     * @return the report
     */
    public Attention attention() {
        return attention;
    }
}
