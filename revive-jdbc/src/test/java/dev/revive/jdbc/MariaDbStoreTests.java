// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import org.junit.jupiter.api.Tag;

/** With MariaDB's driver as it comes. */
@Tag("once")
class MariaDbStoreTests extends MariaDbContract {
    MariaDbStoreTests() {
        super(MariaDb.MARIADB, "");
    }
}
