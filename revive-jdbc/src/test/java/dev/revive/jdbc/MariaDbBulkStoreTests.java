// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

/** With a driver that does not count what it changes in bulk, and counts a row that stays as it is as none. */
class MariaDbBulkStoreTests extends MariaDbContract {
    MariaDbBulkStoreTests() {
        super(MariaDb.MARIADB, "&useBulkStmts=true&useAffectedRows=true&useServerPrepStmts=true");
    }
}
