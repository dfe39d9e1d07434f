// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** A failed workflow cannot be retried, since some of what its journal says was done has been undone since. Start it anew under another id. */
public final class RetryRefusedException extends ReviveException {
    private static final long serialVersionUID = 1L;

    /**
     * About one workflow.
     *
     * @param workflowId the workflow
     * @param why what stands in the way
     */
    public RetryRefusedException(String workflowId, String why) {
        super("Workflow %s cannot be retried: %s. Start it anew under another id.".formatted(workflowId, why));
    }
}
