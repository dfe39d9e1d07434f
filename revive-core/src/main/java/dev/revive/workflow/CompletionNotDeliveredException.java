// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** An awakeable could not be completed: nobody will wait for it. Nothing has changed. */
public class CompletionNotDeliveredException extends ReviveException {
    private static final long serialVersionUID = 1L;

    /** Why it was not delivered. */
    public enum Reason {
        /** There is no awakeable with this id. */
        NOT_FOUND,
        /** Its workflow has ended, and nobody had completed it. */
        ENDED
    }

    private final Reason reason;

    /**
     * About one completion.
     *
     * @param message what happened and what to do
     * @param reason why it was not delivered
     */
    public CompletionNotDeliveredException(String message, Reason reason) {
        super(message);
        this.reason = reason;
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
