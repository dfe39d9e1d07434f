// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** The value of a branch was asked for that has failed; its cause is what the branch threw. */
public final class BranchFailedException extends ReviveException {
    private static final long serialVersionUID = 1L;

    BranchFailedException(Throwable cause) {
        super(
                "The branch has no value, for it failed: "
                        + Failure.of(Failure.Kind.THROWN, cause).summary(),
                cause);
    }
}
