// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

/** With MariaDB's driver as it comes. */
class MariaDbStoreTests extends MariaDbContract {
    MariaDbStoreTests() {
        super(MariaDb.MARIADB, "");
    }
}
