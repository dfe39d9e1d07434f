// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** A connection that is kept, and its end. */
class HeldConnectionTests {
    private final HikariDataSource pool = TestDatabase.hikari(1);
    private final Dialect dialect = new H2Dialect(Durability.PROCESS_CRASH);
    private final Database database = new Database(pool, dialect, new Sql("revive_", dialect));

    /** The one who uses it has looked whether it is over; now it is closed; then the other lets go. */
    @Test
    void isGivenBackThoughItIsClosedJustAsItsUseEnds() throws SQLException {
        class ClosedInBetween extends ReentrantLock {
            private static final long serialVersionUID = 1L;
            private transient HeldConnection held;

            @Override
            public void unlock() {
                HeldConnection closing = held;
                held = null;
                if (closing != null) {
                    CompletableFuture.runAsync(closing::close).join();
                }
                super.unlock();
            }
        }
        ClosedInBetween lock = new ClosedInBetween();
        HeldConnection held =
                new HeldConnection(database, pool::getConnection, Duration.ofSeconds(30), Duration.ofSeconds(5), lock);
        held.open();
        lock.held = held;

        held.use(session -> true);

        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        pool.close();
    }
}
