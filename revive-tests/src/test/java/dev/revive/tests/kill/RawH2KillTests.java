// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.tests.support.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What H2 itself keeps across kill -9, without Revive: why Revive sets what it sets. Threads write a row into each of two tables per transaction,
 * say which were acknowledged, and are killed.
 *
 * <p>They say nothing about Revive's own code, so they run with all that is long ({@code -Pfull}), and must before the version of H2 changes: see
 * {@link H2VersionTests}. {@code -Drevive.rawKills} changes how many kills the settings that Revive uses must stand.
 */
@Timeout(600)
@Tag("full")
class RawH2KillTests {
    private static final int KILLS = Integer.getInteger("revive.rawKills", 60);
    private static final int KILLS_TO_SHOW = 6;
    private static final int AT_A_TIME = 2;
    private static final int WRITERS = 4;
    private static final long IDS_PER_LIFE = 1_000_000_000;
    private static final long IDS_PER_WRITER = 100_000_000;

    private static final String NO_DELAY = ";WRITE_DELAY=0;OPTIMIZE_REUSE_RESULTS=FALSE;DB_CLOSE_ON_EXIT=FALSE";

    @TempDir
    private Path temporary;

    /** How the writers write: the URL's end, whether one at a time, whether each commit is forced to the disk. */
    private record Way(String name, String settings, boolean isSerialized, boolean isSynced) {}

    /** What became of the transactions: those acknowledged, those of them that are gone, and those of which one row is there and one is not. */
    private record Measured(int kills, long acknowledged, long lost, long torn) {
        Measured plus(Measured other) {
            return new Measured(
                    kills + other.kills, acknowledged + other.acknowledged, lost + other.lost, torn + other.torn);
        }
    }

    @Test
    void oneWriterWithoutDelayLosesNothingAndTearsNothing() throws Exception {
        Measured unsynced = measured(new Way("one writer, WRITE_DELAY=0", NO_DELAY, true, false), KILLS / 2);
        Measured synced =
                measured(new Way("one writer, WRITE_DELAY=0, synced", NO_DELAY, true, true), KILLS - KILLS / 2);

        Measured both = unsynced.plus(synced);
        assertThat(both.acknowledged()).isGreaterThan(KILLS);
        assertThat(both.lost()).isZero();
        assertThat(both.torn()).isZero();
    }

    @Test
    void theDefaultsLoseWhatWasAcknowledged() throws Exception {
        Measured defaults = measured(new Way("H2's defaults", "", true, false), KILLS_TO_SHOW);

        assertThat(defaults.lost()).isPositive();
    }

    /** Torn transactions are seldom; this shows how many there were, and asserts only what must hold in any case. */
    @Test
    void writersAtTheSameTimeLoseNothingEither() throws Exception {
        Measured concurrent =
                measured(new Way("four writers at a time, WRITE_DELAY=0", NO_DELAY, false, false), KILLS_TO_SHOW);

        assertThat(concurrent.lost()).isZero();
    }

    private Measured measured(Way way, int kills) throws Exception {
        List<Callable<Measured>> files = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
            Random chance = new Random(kills + i);
            int share = kills / AT_A_TIME + (i < kills % AT_A_TIME ? 1 : 0);
            files.add(() -> oneFile(way, chance, share));
        }
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
        try {
            Measured all = new Measured(0, 0, 0, 0);
            for (Future<Measured> measured : threads.invokeAll(files)) {
                all = all.plus(measured.get());
            }
            System.out.printf(
                    "RawH2KillTests: %s: %d kills, %d acknowledged, %d lost, %d torn%n",
                    way.name(), all.kills(), all.acknowledged(), all.lost(), all.torn());
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Many lives on one file: each is opened as the kill before left it, once by this process and once by the next child. */
    private Measured oneFile(Way way, Random chance, int kills) throws Exception {
        String url =
                "jdbc:h2:file:" + Files.createTempDirectory(temporary, "raw").resolve("raw") + way.settings();
        createTables(url);
        Measured all = new Measured(0, 0, 0, 0);
        long rows = 0;
        for (int life = 0; life < kills; life++) {
            long firstId = life * IDS_PER_LIFE;
            Set<Long> acknowledged = live(way, url, firstId, Duration.ofMillis(50 + chance.nextInt(200)));
            try (Connection connection = DriverManager.getConnection(url)) {
                Set<Long> left = ids(connection, "left_row", firstId);
                Set<Long> right = ids(connection, "right_row", firstId);
                all = all.plus(compared(acknowledged, left, right));
                rows += left.size();
            } catch (SQLException unreadable) {
                System.out.println("RawH2KillTests: " + way.name() + ": the file cannot be read: " + unreadable);
                return all.plus(new Measured(1, acknowledged.size(), acknowledged.size(), 0));
            }
        }
        assertEarlierLivesAreThere(url, rows);
        return all;
    }

    private static void createTables(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE left_row (id BIGINT PRIMARY KEY)");
            statement.execute("CREATE TABLE right_row (id BIGINT PRIMARY KEY)");
        }
    }

    private static Set<Long> live(Way way, String url, long firstId, Duration lifetime) throws InterruptedException {
        Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
        CountDownLatch begun = new CountDownLatch(1);
        try (ChildJvm child = ChildJvm.start(
                Writers.class,
                line -> {
                    acknowledged.add(Long.valueOf(line));
                    begun.countDown();
                },
                url,
                way.isSerialized(),
                way.isSynced(),
                firstId)) {
            assertThat(begun.await(ChildJvm.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                    .as("a commit was acknowledged")
                    .isTrue();
            child.killAfter(lifetime);
        }
        return acknowledged;
    }

    private static Set<Long> ids(Connection connection, String table, long firstId) throws SQLException {
        Set<Long> ids = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id FROM %s WHERE id >= %d".formatted(table, firstId))) {
            while (row.next()) {
                ids.add(row.getLong(1));
            }
        }
        return ids;
    }

    private static Measured compared(Set<Long> acknowledged, Set<Long> left, Set<Long> right) {
        Set<Long> whole = new HashSet<>(left);
        whole.retainAll(right);
        Set<Long> lost = new HashSet<>(acknowledged);
        lost.removeAll(whole);
        return new Measured(1, acknowledged.size(), lost.size(), left.size() + right.size() - 2L * whole.size());
    }

    private static void assertEarlierLivesAreThere(String url, long rows) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM left_row")) {
            row.next();
            assertThat(row.getLong(1)).as("rows of all lives").isEqualTo(rows);
        }
    }

    /** The child: URL, whether one writer at a time, whether synced, first id. Writes until it is killed. */
    static final class Writers {
        private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

        public static void main(String[] args) throws SQLException {
            boolean isSerialized = Boolean.parseBoolean(args[1]);
            boolean isSynced = Boolean.parseBoolean(args[2]);
            for (int i = 0; i < WRITERS; i++) {
                long firstId = Long.parseLong(args[3]) + i * IDS_PER_WRITER;
                Connection connection = DriverManager.getConnection(args[0]);
                ReentrantLock lock = isSerialized ? ONE_AT_A_TIME : new ReentrantLock();
                new Thread(() -> write(connection, lock, isSynced, firstId)).start();
            }
        }

        private static void write(Connection connection, ReentrantLock lock, boolean isSynced, long firstId) {
            try (PreparedStatement left = connection.prepareStatement("INSERT INTO left_row VALUES (?)");
                    PreparedStatement right = connection.prepareStatement("INSERT INTO right_row VALUES (?)");
                    Statement sync = connection.createStatement()) {
                connection.setAutoCommit(false);
                for (long id = firstId; ; id++) {
                    lock.lock();
                    try {
                        insert(left, id);
                        insert(right, id);
                        connection.commit();
                        if (isSynced) {
                            sync.execute("CHECKPOINT SYNC");
                        }
                    } finally {
                        lock.unlock();
                    }
                    ChildJvm.say(Long.toString(id));
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void insert(PreparedStatement insert, long id) throws SQLException {
            insert.setLong(1, id);
            insert.executeUpdate();
        }
    }
}
