// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/**
 * A child did not complete: it failed, was cancelled or terminated, or its time was up. What it ended with is here as data, the same in the run where it
 * was heard of and in every replay.
 */
public class ChildFailedException extends StepFailedException {
    private static final long serialVersionUID = 1L;

    private final String childId;
    private final WorkflowStatus status;

    /**
     * About one wait for a child.
     *
     * @param workflowId the parent's id
     * @param name the name of the child's workflow
     * @param position the wait's place in the parent
     * @param childId the child's id
     * @param status how it ended: FAILED, CANCELLED or TERMINATED; UNKNOWN if its row is gone, or never was
     * @param failure what it ended with
     */
    public ChildFailedException(
            String workflowId, String name, String position, String childId, WorkflowStatus status, Failure failure) {
        super(
                "Child %s (%s) of workflow %s is %s: %s"
                        .formatted(childId, name, workflowId, status, failure.summary()),
                workflowId,
                name,
                position,
                failure);
        this.childId = childId;
        this.status = status;
    }

    /**
     * The child's id.
     *
     * @return its id
     */
    public String childId() {
        return childId;
    }

    /**
     * How it ended.
     *
     * @return FAILED, CANCELLED or TERMINATED; UNKNOWN if somebody deleted its row before its result was asked for, or if what was attached is not there or is another workflow
     */
    public WorkflowStatus status() {
        return status;
    }

    /**
     * Whether its time was up.
     *
     * @return true if it is FAILED since it, or its parent, had a limit
     */
    public boolean isTimedOut() {
        return failure().kind() == Failure.Kind.TIMED_OUT && status == WorkflowStatus.FAILED;
    }
}
