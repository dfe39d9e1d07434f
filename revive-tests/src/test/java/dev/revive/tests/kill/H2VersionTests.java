// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import static org.assertj.core.api.Assertions.assertThat;

import org.h2.engine.Constants;
import org.junit.jupiter.api.Test;

/** The version of H2 that the tests run with is one whose processes have been killed. */
class H2VersionTests {
    private static final String KILLED = "2.4.240";

    @Test
    void isTheOneThatLostNothingWhenItWasKilled() {
        assertThat(Constants.VERSION)
                .as(
                        "Before another version of H2 is used, run RawH2KillTests and RandomKillTests with -Pfull; then name it here.")
                .isEqualTo(KILLED);
    }
}
