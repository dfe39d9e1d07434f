// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Thrown in a workflow that somebody has {@linkplain WorkflowRef#cancel cancelled}, or whose {@linkplain StartOptions#timeout time} is up, and in a branch whose
 * {@linkplain Parallel parallel} was decided without it, by the first call of each scope that has no recorded outcome, and by every later one. Let it leave
 * the function, and the workflow is CANCELLED, or FAILED if its time was up; or the branch is cut off, which nobody else hears. Clean up before, in {@link WorkflowContext#shielded}, whose calls it does not touch.
 */
public final class CancelledException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String reason;
    private final boolean isTimedOut;
    private final boolean isCutOff;
    private final boolean isOutcomeUnknown;

    private CancelledException(String workflowId, Failure why, @Nullable String inDoubt) {
        super("%s %s was %s%s.%s"
                .formatted(
                        why.isCutOff() ? "A branch of workflow" : "Workflow",
                        workflowId,
                        why.isCutOff() ? "cut off" : "cancelled",
                        why.message() == null ? "" : ": " + why.message(),
                        inDoubt == null ? "" : " %s may or may not have happened.".formatted(inDoubt)));
        this.reason = why.message();
        this.isCutOff = why.isCutOff();
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
     * Why the workflow was cancelled, or the branch cut off.
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
     * Whether nobody has cancelled the workflow, but this branch was cut off, since its {@linkplain Parallel parallel} was decided without it.
     *
     * @return false if the workflow was cancelled
     */
    public boolean isCutOff() {
        return isCutOff;
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
