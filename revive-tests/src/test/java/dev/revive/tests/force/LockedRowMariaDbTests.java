// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

/** The same on MariaDB. */
class LockedRowMariaDbTests extends LockedRowTests {
    @Override
    Server server() {
        return Server.MARIADB;
    }
}
