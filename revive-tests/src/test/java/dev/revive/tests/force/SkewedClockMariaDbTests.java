// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

/** The same on MariaDB. */
class SkewedClockMariaDbTests extends SkewedClockTests {
    @Override
    Server server() {
        return Server.MARIADB;
    }
}
