// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.time.Instant;

/** An awakeable was completed or failed before, otherwise than now. The first counts; what came now is dropped. */
public class AwakeableCompletedException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;
    private final String name;
    private final Instant completedAt;
    private final boolean wasFailed;

    /**
     * About one awakeable. What it was completed with is not told: whoever has its id may complete it, and no more.
     *
     * @param workflowId its workflow's id
     * @param name its name
     * @param completedAt when it was completed or failed before, by the clock of whoever did
     * @param wasFailed whether it was failed
     */
    public AwakeableCompletedException(String workflowId, String name, Instant completedAt, boolean wasFailed) {
        super("Awakeable \"%s\" of workflow %s was %s at %s, otherwise than now. The first counts: this one is dropped."
                .formatted(name, workflowId, wasFailed ? "failed" : "completed", completedAt));
        this.workflowId = workflowId;
        this.name = name;
        this.completedAt = completedAt;
        this.wasFailed = wasFailed;
    }

    /**
     * Whose awakeable it is.
     *
     * @return the workflow's id
     */
    public String workflowId() {
        return workflowId;
    }

    /**
     * The awakeable's name.
     *
     * @return as the workflow gave it
     */
    public String name() {
        return name;
    }

    /**
     * When it was completed or failed before.
     *
     * @return the stamp of whoever did
     */
    public Instant completedAt() {
        return completedAt;
    }

    /**
     * How.
     *
     * @return true if it was failed, false if it was completed with another value
     */
    public boolean wasFailed() {
        return wasFailed;
    }
}
