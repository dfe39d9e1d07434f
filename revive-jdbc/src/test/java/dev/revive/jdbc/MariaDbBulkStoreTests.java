// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import org.junit.jupiter.api.Tag;

/** With a driver that does not count what it changes in bulk, and counts a row that stays as it is as none. */
@Tag("full")
class MariaDbBulkStoreTests extends MariaDbContract {
    MariaDbBulkStoreTests() {
        super(MariaDb.MARIADB, "&useBulkStmts=true&useAffectedRows=true&useServerPrepStmts=true");
    }
}
