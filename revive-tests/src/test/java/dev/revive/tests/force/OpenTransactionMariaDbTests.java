// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import org.junit.jupiter.api.Tag;

/** The same on MariaDB. */
@Tag("once")
class OpenTransactionMariaDbTests extends OpenTransactionTests {
    @Override
    Server server() {
        return Server.MARIADB;
    }
}
