// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** Where a recorded call stands. */
public enum StepStatus {
    /** An attempt was about to begin. If its run is over, the step is a zombie: the effect may or may not have happened. */
    STARTED,
    /** An attempt failed, or its run ended before its effect began, or a poll did not see what it waits for; another will follow. */
    BACKOFF,
    /** A parallel is decided, by the first of its branches, say; the others are cut off and have not all ended. */
    DECIDED,
    /** Has a value. Final. */
    COMPLETED,
    /** Failed. Final: a replay throws it again, unless a person has the failed workflow retried. */
    FAILED,
    /** Its workflow was cancelled before it had an outcome. Final: a replay throws the cancellation again. */
    CANCELLED,
    /** Written by a newer Revive; this one does not know it. */
    UNKNOWN;

    /**
     * Whether it never changes again, but for a person's retry of the failed workflow.
     *
     * @return true for COMPLETED, FAILED and CANCELLED
     */
    public boolean isFinal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }
}
