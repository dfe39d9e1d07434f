// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import org.junit.jupiter.api.Tag;

/** With MySQL's driver, which makes one statement of many rows. */
@Tag("once")
class MySqlDriverStoreTests extends MariaDbContract {
    MySqlDriverStoreTests() {
        super(
                MariaDb.MYSQL,
                "&sslMode=DISABLED&rewriteBatchedStatements=true&useAffectedRows=true&cachePrepStmts=true");
    }
}
