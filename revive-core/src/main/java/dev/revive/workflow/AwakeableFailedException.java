// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Objects;

/** Somebody outside failed an awakeable instead of completing it. Each wait for it throws this, the same in every replay. */
public class AwakeableFailedException extends StepFailedException {
    private static final long serialVersionUID = 1L;

    /**
     * About one wait.
     *
     * @param workflowId the workflow's id
     * @param name the awakeable's name
     * @param position the wait's place in its workflow
     * @param failure what is recorded; its message is the reason
     */
    public AwakeableFailedException(String workflowId, String name, String position, Failure failure) {
        super(
                "Awakeable \"%s\" of workflow %s was failed: %s".formatted(name, workflowId, failure.message()),
                workflowId,
                name,
                position,
                failure);
    }

    /**
     * Why it was failed.
     *
     * @return the words of whoever did
     */
    public String reason() {
        return Objects.requireNonNullElse(failure().message(), "");
    }
}
