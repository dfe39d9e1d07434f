// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

/** What became of an operation in a batch. */
public enum Answer {
    /** It is durable. */
    ACCEPTED,
    /** It is durable that the message of a {@link Operation.Send} is for a workflow that does not exist. */
    NOT_FOUND,
    /** It is durable that the message of a {@link Operation.Send} is for a workflow that has ended. */
    ENDED,
    /** It is durable that the id of the child of a {@link Operation.StartChild} belongs to another workflow. */
    TAKEN,
    /** Somebody else owns the workflow now, or the row says otherwise; nothing was written, nor anything later of that workflow. */
    REFUSED,
    /** The id of a {@link Operation.Create} is taken; nothing later of that workflow in the batch was written. */
    EXISTS,
    /**
     * Somebody else keeps a lock that it needs; nothing was written, nor anything later of that workflow in the batch. The same may be written again,
     * and must be before anything later of that workflow is.
     */
    LOCKED;

    /**
     * Whether something was written, so that what follows may be, too.
     *
     * @return false if the operation has left no trace
     */
    public boolean isDurable() {
        return this != REFUSED && this != EXISTS && this != LOCKED;
    }
}
