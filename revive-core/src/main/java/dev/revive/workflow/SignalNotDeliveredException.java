// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** A signal found nobody who could receive it. Where a workflow sent it, that is recorded, and the same in every replay. */
public class SignalNotDeliveredException extends ReviveException {
    private static final long serialVersionUID = 1L;

    /** Why it was not delivered. */
    public enum Reason {
        /** There is no workflow with this id. */
        NOT_FOUND,
        /** The workflow has ended. */
        ENDED
    }

    private final String workflowId;
    private final String signal;
    private final Reason reason;

    /**
     * About one signal.
     *
     * @param workflowId the id it was sent to
     * @param signal its name
     * @param reason why it was not delivered
     */
    public SignalNotDeliveredException(String workflowId, String signal, Reason reason) {
        super(
                reason == Reason.NOT_FOUND
                        ? "There is no workflow %s to receive the signal %s. Start it first, or use startAndSignal."
                                .formatted(workflowId, signal)
                        : "Workflow %s has ended and receives no signal %s any more. Start new work under a new id."
                                .formatted(workflowId, signal));
        this.workflowId = workflowId;
        this.signal = signal;
        this.reason = reason;
    }

    /**
     * Whom it was for.
     *
     * @return the workflow's id
     */
    public String workflowId() {
        return workflowId;
    }

    /**
     * What was sent.
     *
     * @return the signal's name
     */
    public String signal() {
        return signal;
    }

    /**
     * Why it was not delivered.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
