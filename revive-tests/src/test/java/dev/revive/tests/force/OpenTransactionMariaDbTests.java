// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

/** The same on MariaDB. */
class OpenTransactionMariaDbTests extends OpenTransactionTests {
    @Override
    Server server() {
        return Server.MARIADB;
    }
}
