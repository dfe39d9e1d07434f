// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Thrown in a workflow that somebody has {@linkplain WorkflowRef#cancel cancelled}, by the first call of each scope that has no recorded outcome, and by
 * every later one. Let it leave the function, and the workflow is CANCELLED; clean up before, in {@link WorkflowContext#shielded}, whose calls it does not
 * touch.
 */
public final class CancelledException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String reason;
    private final boolean isOutcomeUnknown;

    /**
     * For the engine.
     *
     * @param message what happened
     * @param reason the reason that was given
     * @param isOutcomeUnknown whether the call may have had its effect
     */
    public CancelledException(String message, @Nullable String reason, boolean isOutcomeUnknown) {
        super(message);
        this.reason = reason;
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
     * Whether the call that threw this may have had its effect though its outcome is not known: a step that was under way when the workflow was cancelled.
     *
     * @return false if it has not happened
     */
    public boolean isOutcomeUnknown() {
        return isOutcomeUnknown;
    }
}
