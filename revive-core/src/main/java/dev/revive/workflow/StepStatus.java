// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** Where a recorded call stands. */
public enum StepStatus {
    /** An attempt was about to begin. If its run is over, the step is a zombie: the effect may or may not have happened. */
    STARTED,
    /** An attempt failed and another will follow. */
    BACKOFF,
    /** Has a value. Final. */
    COMPLETED,
    /** Failed. Final: a replay throws it again. */
    FAILED;

    /**
     * Whether it will never change again.
     *
     * @return true for COMPLETED and FAILED
     */
    public boolean isFinal() {
        return this == COMPLETED || this == FAILED;
    }
}
