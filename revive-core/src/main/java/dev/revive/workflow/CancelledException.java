// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Thrown in a workflow that somebody has {@linkplain WorkflowRef#cancel cancelled}, or whose {@linkplain StartOptions#timeout time} is up, by the first
 * call of each scope that has no recorded outcome, and by every later one. Let it leave the function, and the workflow is CANCELLED, or FAILED if its time
 * was up; clean up before, in {@link WorkflowContext#shielded}, whose calls it does not touch.
 */
public final class CancelledException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String reason;
    private final boolean isTimedOut;
    private final boolean isOutcomeUnknown;

    /**
     * For the engine.
     *
     * @param message what happened
     * @param reason the reason that was given
     * @param isTimedOut whether the workflow's time was up
     * @param isOutcomeUnknown whether the call may have had its effect
     */
    public CancelledException(String message, @Nullable String reason, boolean isTimedOut, boolean isOutcomeUnknown) {
        super(message);
        this.reason = reason;
        this.isTimedOut = isTimedOut;
        this.isOutcomeUnknown = isOutcomeUnknown;
    }

    /**
     * Why the workflow was cancelled.
     *
     * @return the reason that was given; null if none was
     */
    public @Nullable String reason() {
        return reason;
    }

    /**
     * Whether nobody asked for it, but the workflow's {@linkplain StartOptions#timeout time} was up.
     *
     * @return false if somebody cancelled it
     */
    public boolean isTimedOut() {
        return isTimedOut;
    }

    /**
     * Whether the call that threw this may have had its effect though its outcome is not known: a step that was under way when the workflow was cancelled.
     *
     * @return false if it has not happened
     */
    public boolean isOutcomeUnknown() {
        return isOutcomeUnknown;
    }
}
