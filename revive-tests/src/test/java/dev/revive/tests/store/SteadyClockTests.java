// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.tests.support.MovableClock;
import dev.revive.thread.SteadyClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SteadyClockTests {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final MovableClock host = new MovableClock();
    private final SteadyClock clock = new SteadyClock(host);

    @Test
    void tellsWhatTheOtherTells() {
        Instant before = host.instant();

        assertThat(clock.instant()).isBetween(before, host.instant());
        assertThat(clock.ahead()).isZero();
    }

    @Test
    void goesOnThoughTheOtherIsSetBack() {
        Instant before = clock.instant();
        host.move(Duration.ofHours(-1));

        assertThat(clock.instant()).isBetween(before, before.plus(PATIENCE));
        await().atMost(PATIENCE).until(() -> clock.instant().isAfter(before.plusMillis(50)));
        assertThat(clock.ahead()).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
    }

    @Test
    void letsItselfBeCaughtUpWith() {
        clock.instant();
        host.move(Duration.ofMillis(-20));
        clock.instant();

        await().atMost(PATIENCE).until(() -> clock.ahead().isZero());
        assertThat(clock.instant()).isBeforeOrEqualTo(host.instant());
    }

    /** Somebody had set it wrong, and sets it right again. */
    @Test
    void isNotAheadOfWhatWasSetBackAndForward() {
        Instant before = clock.instant();
        host.move(Duration.ofHours(-1));
        clock.instant();
        host.move(Duration.ofHours(1));

        assertThat(clock.instant()).isBetween(before, before.plus(PATIENCE));
        assertThat(clock.ahead()).isLessThan(PATIENCE);
    }

    @Test
    void followsTheOtherForward() {
        Instant before = clock.instant();
        host.move(Duration.ofHours(1));

        assertThat(clock.instant()).isAfterOrEqualTo(before.plus(Duration.ofHours(1)));
        assertThat(clock.ahead()).isZero();
    }
}
