// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/**
 * A step failed. The same in the run where it happened and in every replay: the original exception is here as data, not as an object, so a
 * workflow that looks at it decides the same each time.
 */
public class StepFailedException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;
    private final String stepName;
    private final String position;
    private final transient Failure failure;

    /**
     * About one step, wherever it is.
     *
     * @param workflowId the workflow's id
     * @param stepName the step's name
     * @param failure what its last attempt threw
     */
    public StepFailedException(String workflowId, String stepName, Failure failure) {
        this(workflowId, stepName, "", failure);
    }

    /**
     * About one step.
     *
     * @param workflowId the workflow's id
     * @param stepName the step's name
     * @param position the step's place in its workflow
     * @param failure what its last attempt threw
     */
    public StepFailedException(String workflowId, String stepName, String position, Failure failure) {
        this(
                "Step \"%s\" of workflow %s failed: %s".formatted(stepName, workflowId, failure.summary()),
                workflowId,
                stepName,
                position,
                failure);
    }

    /** In other words. */
    StepFailedException(String message, String workflowId, String stepName, String position, Failure failure) {
        super(message);
        this.workflowId = workflowId;
        this.stepName = stepName;
        this.position = position;
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
     * The step's name.
     *
     * @return as the workflow gave it
     */
    public String stepName() {
        return stepName;
    }

    /**
     * The step's place: its scope and its number there.
     *
     * @return {@code #3} for the third call of the function, {@code 2.1#3} in a branch; "" if it is not known
     */
    public String position() {
        return position;
    }

    /**
     * What the last attempt threw, with its cause chain.
     *
     * @return the failure as data
     */
    public Failure failure() {
        return failure;
    }

    /**
     * Whether the effect threw this type: compares names along the recorded class name only, without subtypes, since no class is loaded.
     *
     * @param type an exception type
     * @return true if the recorded class name is this type's
     */
    public boolean threw(Class<? extends Throwable> type) {
        return failure.type().equals(type.getName());
    }
}
