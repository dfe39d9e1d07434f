// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** A step that may run at most once began, and nobody knows how it ended. The workflow may catch this and find out or compensate. */
public class StepOutcomeUnknownException extends StepFailedException {
    private static final long serialVersionUID = 1L;

    /**
     * About one step.
     *
     * @param workflowId the workflow's id
     * @param stepName the step's name
     * @param failure what is known
     */
    public StepOutcomeUnknownException(String workflowId, String stepName, Failure failure) {
        super(workflowId, stepName, failure);
    }

    /**
     * About one step, whose place is known.
     *
     * @param workflowId the workflow's id
     * @param stepName the step's name
     * @param position the step's place in its workflow
     * @param failure what is known
     */
    public StepOutcomeUnknownException(String workflowId, String stepName, String position, Failure failure) {
        super(workflowId, stepName, position, failure);
    }
}
