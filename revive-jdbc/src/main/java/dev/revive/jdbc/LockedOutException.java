// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.StoreLockedException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Somebody keeps a lock that this needs, for longer than was to be waited; the transaction was rolled back. */
final class LockedOutException extends StoreLockedException {
    private static final long serialVersionUID = 1;

    LockedOutException(String what, SQLException cause) {
        super(
                "Somebody keeps a lock that this %s needs; nothing of it was done: %s"
                        .formatted(what, cause.getMessage()),
                cause);
    }

    private LockedOutException(String message, @Nullable Throwable cause, boolean isWhole) {
        super(message, cause);
        assert isWhole;
    }

    /** By what is on its way to a workflow that this one needs. */
    static LockedOutException by(String workflowId) {
        return new LockedOutException("Workflow %s is being started.".formatted(workflowId), null, true);
    }
}
