// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/**
 * A child could not be started, since its id belongs to a workflow that this call did not start, or that it once started as another. This is recorded, and
 * comes out of each wait for the child's result. Give the child an id of its own, or none.
 */
public class ChildIdTakenException extends StepFailedException {
    private static final long serialVersionUID = 1L;

    private final String childId;

    /**
     * About one wait for a child.
     *
     * @param workflowId the parent's id
     * @param name the name of the child's workflow
     * @param position the wait's place in the parent
     * @param childId the id that is taken
     * @param failure what is recorded
     */
    public ChildIdTakenException(String workflowId, String name, String position, String childId, Failure failure) {
        super(message(workflowId, name, childId), workflowId, name, position, failure);
        this.childId = childId;
    }

    /**
     * The id that is taken.
     *
     * @return the child's id
     */
    public String childId() {
        return childId;
    }

    /**
     * What is recorded of it.
     *
     * @param workflowId the parent's id
     * @param name the name of the child's workflow
     * @param childId the id that is taken
     * @return the words
     */
    public static String message(String workflowId, String name, String childId) {
        return "Workflow %s cannot start %s as its child %s: that id belongs to a workflow that this call did not start, or started as another type or with another input. Give the child an id that nobody else uses, with ChildOptions.id(...), or none."
                .formatted(workflowId, name, childId);
    }
}
