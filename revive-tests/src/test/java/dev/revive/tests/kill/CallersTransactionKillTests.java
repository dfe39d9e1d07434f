// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.databases.DatabaseServer;
import dev.revive.databases.SharedServers;
import dev.revive.store.WorkflowFilter;
import dev.revive.tests.support.ChildJvm;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hosts that start and signal workflows in their own transactions are killed, again and again, with eight transactions open each time. Whatever was committed has its
 * workflow, which has its signal, and nothing else has. {@code -Drevive.hostKills} changes how many kills there are.
 */
@Timeout(1_800)
@Tag("once")
class CallersTransactionKillTests {
    private static final int KILLS = Integer.getInteger("revive.hostKills", 4);
    private static final int AT_ONCE = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @Test
    void onPostgresAllOrNothingIsThere() throws Exception {
        killHosts(SharedServers.postgres());
    }

    @Test
    void onMariaDbAllOrNothingIsThere() throws Exception {
        killHosts(SharedServers.mariaDb());
    }

    private static void killHosts(DatabaseServer server) throws Exception {
        String url = server.create("killed_hosts");
        execute(url, "CREATE TABLE booked (id VARCHAR(60) PRIMARY KEY)");
        execute(url, "CREATE TABLE confirmed (id VARCHAR(60) PRIMARY KEY)");
        Random chance = new Random(20_261_130);
        for (int life = 0; life < KILLS; life++) {
            liveAndDie(url, life, Duration.ofMillis(chance.nextInt(400)));
        }
        try (HostChild.Host host = HostChild.Host.start(url)) {
            await().atMost(PATIENCE)
                    .until(() -> ids(url, "SELECT position FROM revive_outbox").isEmpty());
            await().atMost(PATIENCE)
                    .until(() -> host.revive()
                            .store()
                            .list(new WorkflowFilter(Set.of(), null, "", "", 1).unfinished())
                            .isEmpty());
        }

        Set<String> booked = ids(url, "SELECT id FROM booked");
        System.out.printf(
                "CallersTransactionKillTests on %s: %d kills with %d transactions open, %d bookings%n",
                server.product(), KILLS, AT_ONCE, booked.size());
        assertThat(booked).hasSizeGreaterThan(KILLS);
        assertThat(ids(url, "SELECT id FROM confirmed")).isEqualTo(booked);
        assertThat(ids(url, "SELECT CONCAT(id, '!') FROM revive_workflow WHERE status = 'COMPLETED'"))
                .isEqualTo(booked);
        assertThat(ids(url, "SELECT id FROM revive_workflow")).hasSameSizeAs(booked);
        assertThat(ids(url, "SELECT workflow_id FROM revive_message WHERE received_at IS NULL"))
                .isEmpty();
    }

    private static void liveAndDie(String url, int life, Duration lifetime) throws InterruptedException {
        CountDownLatch booked = new CountDownLatch(1);
        List<String> troubles = new CopyOnWriteArrayList<>();
        try (ChildJvm child = ChildJvm.start(
                HostChild.class,
                line -> {
                    if (line.startsWith("X")) {
                        troubles.add(line);
                    }
                    booked.countDown();
                },
                url,
                life,
                AT_ONCE)) {
            assertThat(booked.await(ChildJvm.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                    .as("the host has booked something")
                    .isTrue();
            child.killAfter(lifetime);
        }
        assertThat(troubles).isEmpty();
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Set<String> ids(String url, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            Set<String> found = new HashSet<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }
}
