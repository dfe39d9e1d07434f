// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** The value of a branch was asked for that was cut off: its time was up, or its parallel was decided without it. */
public final class BranchCutOffException extends ReviveException {
    private static final long serialVersionUID = 1L;

    BranchCutOffException() {
        super(
                "The branch has no value, for it was cut off: its time was up, or its parallel was decided without it. Ask isCompleted() before, or use orElse(...).");
    }
}
