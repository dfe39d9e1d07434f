// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.StoreLockedException;
import java.sql.SQLException;

/** Somebody keeps a lock that this needs, for longer than was to be waited; the transaction was rolled back. */
final class LockedOutException extends StoreLockedException {
    private static final long serialVersionUID = 1;

    LockedOutException(String what, SQLException cause) {
        super(
                "Somebody keeps a lock that this %s needs; nothing of it was done: %s"
                        .formatted(what, cause.getMessage()),
                cause);
    }

    private LockedOutException(String message) {
        super(message, null);
    }

    /** By something that is no lock of the database's own, but over soon as well. */
    static LockedOutException by(String what) {
        return new LockedOutException(what + "; nothing was done. Try it again.");
    }
}
