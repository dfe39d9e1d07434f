// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/** Somebody cancelled the workflow, and its function ended with that. What a caller sees of it, in whatever process it ran. */
public class WorkflowCancelledException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;
    private final @Nullable String reason;

    /**
     * About one workflow.
     *
     * @param workflowId its id
     * @param reason the reason that was given, or null
     */
    public WorkflowCancelledException(String workflowId, @Nullable String reason) {
        super("Workflow %s was cancelled%s".formatted(workflowId, reason == null ? "." : ": " + reason));
        this.workflowId = workflowId;
        this.reason = reason;
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
     * Why.
     *
     * @return the reason that was given; null if none was
     */
    public @Nullable String reason() {
        return reason;
    }
}
