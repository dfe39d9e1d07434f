// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** Where a workflow stands. */
public enum WorkflowStatus {
    /** Waits for an executor that has room and knows its name and version. */
    DUE,
    /** Claimed by an executor. */
    RUNNING,
    /** Returned a result. Final. */
    COMPLETED,
    /** Threw an exception. Final, unless a person has it retried. */
    FAILED,
    /** Cannot go on without a person: see {@link Attention}. Nothing is lost; it goes on where it stood. */
    NEEDS_ATTENTION,
    /** A person paused it: no call of it begins until somebody resumes it. */
    PAUSED,
    /** Cancelled from outside, and has cleaned up. Final. */
    CANCELLED,
    /** Ended from outside, as it stood. Final. */
    TERMINATED,
    /** Written by a newer Revive; this one does not know it, and leaves it to others. */
    UNKNOWN;

    /**
     * Whether it never changes again by itself. Only a person's retry takes a workflow out of FAILED.
     *
     * @return true for COMPLETED, FAILED, CANCELLED and TERMINATED
     */
    public boolean isFinal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED || this == TERMINATED;
    }
}
