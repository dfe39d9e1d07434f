// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.Objects;

/**
 * What was asked for in a transaction that is committed, and cannot be done. It stays until a person discards it, or has it tried again.
 *
 * @param position its place in the outbox
 * @param posting what was asked for
 * @param reason why it cannot be done
 */
public record Undelivered(long position, Posting posting, Reason reason) {
    /** Why it cannot be done. */
    public enum Reason {
        /** The id belongs to another workflow, version or input; or was to be new; or this stands behind such a start of the same id, from the same connection. */
        CONFLICT,
        /** There is no workflow with this id. */
        NOT_FOUND,
        /** The workflow has ended. */
        ENDED,
        /** The database refuses to write it; the log has what it says. */
        REFUSED,
        /** One that this version does not know. */
        UNKNOWN
    }

    /** Checks what is never null. */
    public Undelivered {
        Objects.requireNonNull(posting, "posting");
        Objects.requireNonNull(reason, "reason");
    }
}
