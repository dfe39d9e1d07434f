// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

/** The same on MariaDB. */
class OutboxMariaDbTests extends OutboxTests {
    @Override
    Server server() {
        return Server.MARIADB;
    }
}
