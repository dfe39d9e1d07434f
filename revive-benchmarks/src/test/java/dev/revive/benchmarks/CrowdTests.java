// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CrowdTests {
    private static final Scale NO_TIME_AT_ALL = new Scale("no time", 1, Duration.ZERO, Duration.ZERO, 1, 1, 1, 1, 1, 1);

    @Test
    void aWindowTooShortForAnythingToBeDoneLastsUntilSomethingIs() throws Exception {
        assertThat(Crowd.perSecond(2, NO_TIME_AT_ALL, number -> 1)).isPositive();
    }

    @Test
    void aCallerThatFailsEndsTheMeasurement() {
        assertThatThrownBy(() -> Crowd.perSecond(2, NO_TIME_AT_ALL, number -> {
                    throw new IllegalArgumentException("no");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("no");
    }
}
