// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.thread.SteadyClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class DatabaseTests {
    /** H2 goes by the clock of its host: what is due in a minute would be due in an hour. */
    @Test
    void makesUpForAHostsClockThatIsSetBack() {
        AtomicReference<Instant> host = new AtomicReference<>(Instant.parse("2030-01-01T10:00:00Z"));
        Dialect dialect = new H2Dialect(Durability.POWER_LOSS);
        Database database =
                new Database(new JdbcDataSource(), dialect, new Sql("revive_", dialect), new SteadyClock(host::get));
        assertThat(database.clockOffset()).isZero();

        host.set(host.get().minus(Duration.ofHours(1)));

        assertThat(database.clockOffset()).isBetween(TimeUnit.MINUTES.toMicros(59), TimeUnit.MINUTES.toMicros(61));
    }
}
