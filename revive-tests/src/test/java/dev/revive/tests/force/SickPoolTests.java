// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static dev.revive.tests.force.Operations.claimed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.LentStore;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A pool whose connections are all taken, or that gives none, while those that an executor keeps are as well as ever. */
class SickPoolTests extends ForceBed {
    private static final Duration SHORT = Duration.ofSeconds(2);

    @Test
    void anExecutorKeepsItsLeaseWhileThePoolLetsItWait() throws Exception {
        keepsItsLease(new SickPool());
    }

    @Test
    void anExecutorKeepsItsLeaseWhileThePoolRefusesIt() throws Exception {
        SickPool pool = new SickPool();
        pool.recovery.countDown();
        keepsItsLease(pool);
    }

    /** Another one has died meanwhile: to declare it dead takes transactions, and these are not to need the pool either. */
    private void keepsItsLease(SickPool pool) throws Exception {
        Workflow<String, String> flow = Workflow.named("flow", String.class, String.class);
        Effects effects = new Effects();
        Gate inside = new Gate();
        JdbcStore store = toClose(JdbcStore.over(pool, JdbcSettings.defaults().withTablePrefix(prefix)));
        WorkflowHandle<String> handle = engine(
                        new LentStore(store),
                        "healthy",
                        builder -> builder.lease(SHORT)
                                .register(
                                        flow,
                                        (ctx, in) -> ctx.step("charge", String.class, () -> {
                                            effects.happen("charge");
                                            inside.pass();
                                            return "charged in run "
                                                    + ctx.info().run();
                                        })))
                .start(flow, "id", "in");
        inside.awaitReached();
        seat(near, "dead").lanes().get(0).write(List.of(claimed("orphan")));

        pool.isSick = true;
        lapse("dead");
        long until = heartbeat() + 4 * SHORT.toNanos() / 1_000;
        await().atMost(PATIENCE).until(() -> heartbeat() > until && executors("dead") == 0);

        assertThat(executors("healthy")).isOne();
        pool.recover();
        inside.open();
        assertThat(handle.result(PATIENCE)).isEqualTo("charged in run 1");
        assertThat(effects.times("charge")).isOne();
    }

    private long heartbeat() {
        return number("SELECT MAX(heartbeat_at) FROM ${prefix}executor WHERE name = 'healthy'");
    }

    private long executors(String name) {
        return number("SELECT COUNT(*) FROM ${prefix}executor WHERE name = ?", name);
    }

    /** While it is sick, whoever asks waits until it recovers, or is refused. */
    private final class SickPool implements DataSource {
        private final CountDownLatch recovery = new CountDownLatch(1);
        private volatile boolean isSick;

        void recover() {
            isSick = false;
            recovery.countDown();
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (isSick) {
                try {
                    recovery.await();
                } catch (InterruptedException e) {
                    throw new SQLException("Nobody interrupts who asks for a connection.", e);
                }
            }
            if (isSick) {
                throw new SQLException("This pool is sick.", "08001");
            }
            return DriverManager.getConnection(url);
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }

        @Override
        public PrintWriter getLogWriter() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setLogWriter(PrintWriter writer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setLoginTimeout(int seconds) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("It wraps nothing.");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
