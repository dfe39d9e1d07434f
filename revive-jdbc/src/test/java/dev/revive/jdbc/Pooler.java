// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.revive.databases.PgBouncer;
import dev.revive.databases.SharedServers;

/** PgBouncer before the shared PostgreSQL, where it is installed. */
final class Pooler {
    /** Few, so that its clients share them. */
    static final int SESSIONS = 8;

    private Pooler() {}

    /** Skips the test where there is none, unless there has to be one. */
    static PgBouncer start(PgBouncer.Mode mode) {
        if ("required".equals(System.getProperty("revive.pgbouncer"))) {
            assertThat(PgBouncer.isInstalled()).as("PgBouncer is installed").isTrue();
        }
        assumeTrue(PgBouncer.isInstalled(), "PgBouncer is not installed");
        return PgBouncer.start(SharedServers.postgres(), mode, mode == PgBouncer.Mode.SESSION ? 100 : SESSIONS);
    }
}
