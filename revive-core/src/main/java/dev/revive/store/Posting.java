// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an application asks for in a transaction of its own: that a workflow is started, that a message is sent to it, or both. Once that transaction is
 * committed it is done, after it was committed and not before.
 *
 * @param workflowId whom it is for
 * @param start the workflow to start; null: only to send
 * @param mustBeNew whether a workflow that is there is a conflict, though it was started with the same input
 * @param letter what to send, which starts nothing itself; null: only to start
 * @param createdAt the caller's stamp
 */
public record Posting(
        String workflowId,
        @Nullable NewWorkflow start,
        boolean mustBeNew,
        @Nullable Letter letter,
        Instant createdAt) {
    /** Checks that it asks for something, of one workflow. */
    public Posting {
        Objects.requireNonNull(workflowId, "workflowId");
        Objects.requireNonNull(createdAt, "createdAt");
        if (start == null && letter == null) {
            throw new IllegalArgumentException("A posting starts a workflow, or sends a letter, or both.");
        }
        if ((start != null && !start.id().equals(workflowId))
                || (letter != null && (!letter.workflowId().equals(workflowId) || letter.start() != null))) {
            throw new IllegalArgumentException(
                    "The start and the letter of a posting are for its workflow, and the letter starts nothing itself.");
        }
    }

    /**
     * One that starts a workflow.
     *
     * @param start the workflow
     * @param mustBeNew whether one that is there is a conflict, though it was started with the same input
     * @return the posting
     */
    public static Posting of(NewWorkflow start, boolean mustBeNew) {
        return new Posting(start.id(), start, mustBeNew, null, start.createdAt());
    }

    /**
     * One that sends a letter; first it starts the workflow, if the letter says so.
     *
     * @param letter the letter
     * @return the posting
     */
    public static Posting of(Letter letter) {
        Letter message = new Letter(
                letter.workflowId(),
                letter.kind(),
                letter.name(),
                letter.key(),
                letter.payload(),
                letter.sentAt(),
                null);
        return new Posting(letter.workflowId(), letter.start(), false, message, letter.sentAt());
    }

    /**
     * Whether one that is there has to have been started with the same input: it does not matter for a message that starts it if need be.
     *
     * @return true if it only starts
     */
    public boolean isStartOnly() {
        return letter == null;
    }
}
