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

    private CancelledException(String workflowId, Failure why, @Nullable String inDoubt) {
        super("Workflow %s was cancelled%s.%s"
                .formatted(
                        workflowId,
                        why.message() == null ? "" : ": " + why.message(),
                        inDoubt == null ? "" : " %s may or may not have happened.".formatted(inDoubt)));
        this.reason = why.message();
        this.isTimedOut = why.kind() == Failure.Kind.TIMED_OUT;
        this.isOutcomeUnknown = inDoubt != null;
    }

    /**
     * For the engine: of a call that has not happened.
     *
     * @param workflowId the workflow
     * @param why the reason that was given, and whether its time was up
     * @return to be thrown by the call
     */
    public static CancelledException of(String workflowId, Failure why) {
        return new CancelledException(workflowId, why, null);
    }

    /**
     * For the engine: of a call that may have had its effect.
     *
     * @param workflowId the workflow
     * @param why the reason that was given, and whether its time was up
     * @param call what it is called by people
     * @return to be thrown by the call
     */
    public static CancelledException inDoubt(String workflowId, Failure why, String call) {
        return new CancelledException(workflowId, why, call);
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
