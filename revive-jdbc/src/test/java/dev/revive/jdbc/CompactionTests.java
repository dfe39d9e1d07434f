// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.jdbc.FaultyDisk.Change;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.h2.store.fs.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The embedded file stays small while it is open, and a process that is killed at any moment of that loses nothing.
 *
 * <p>{@code -Drevive.fileSeconds} changes how long workflows run while its size is watched, {@code -Drevive.fileCuts} at how many moments the
 * process is killed.
 */
@Timeout(7_200)
class CompactionTests {
    private static final Workflow<String, String> SMALL = Workflow.named("small", String.class, String.class);
    private static final long SECONDS = Long.getLong("revive.fileSeconds", 6);
    private static final int CUTS = Integer.getInteger("revive.fileCuts", 60);
    private static final int AT_A_TIME = 4;
    private static final long SMALLEST_BOUND = 16L << 20;

    @TempDir
    Path directory;

    @Test
    void theFileIsAtMostTenTimesAsLargeAsWhenItIsClosed() throws IOException {
        Path file = directory.resolve("revive.mv.db");
        long largest = 0;
        long workflows = 0;
        try (JdbcStore store = JdbcStore.embedded(directory);
                Revive revive = Revive.with(store)
                        .register(SMALL, (ctx, text) -> {
                            ctx.step("first", String.class, () -> text + "!");
                            return ctx.step("second", String.class, () -> text + "?");
                        })
                        .start()) {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            while (System.nanoTime() < until) {
                List<WorkflowHandle<String>> some = new ArrayList<>();
                while (some.size() < AT_A_TIME) {
                    String id = "small-" + workflows++;
                    some.add(revive.start(SMALL, id, id));
                }
                some.forEach(WorkflowHandle::result);
                largest = Math.max(largest, Files.size(file));
            }
        }
        long closed = Files.size(file);
        System.out.printf(
                "CompactionTests: %d workflows, file at most %d KB, closed %d KB%n",
                workflows, largest >> 10, closed >> 10);
        assertThat(largest).isLessThanOrEqualTo(Math.max(10 * closed, SMALLEST_BOUND));
    }

    /** The file as a process leaves it that is killed: all that was written until then, and perhaps a part of the next write. */
    @Test
    void aProcessKilledAtAnyWriteLosesNothing() throws Exception {
        FaultyDisk.install();
        Random chance = new Random(20_261_130);
        List<Integer> acknowledged = new ArrayList<>(); // how many changes of the file there were by each commit
        List<Change> changes = FaultyDisk.note(true);
        try {
            EmbeddedFile file = EmbeddedFile.open(directory, FaultyDisk.SCHEME);
            commit(file, chance, changes, acknowledged);
            changes = List.copyOf(changes);
            file.discard();
        } finally {
            FaultyDisk.note(false);
        }

        Image image = new Image();
        int applied = 0;
        for (int cut : cuts(chance, changes.size(), acknowledged)) {
            for (; applied < cut; applied++) {
                image.apply(changes.get(applied));
            }
            int last = (int) acknowledged.stream().filter(at -> at <= cut).count();
            assertThat(newest(image.withPartOf(changes.get(cut), chance)))
                    .as("the newest commit after %d of %d changes", cut, changes.size())
                    .isBetween(last, last + 1);
        }
    }

    private static void commit(EmbeddedFile file, Random chance, List<Change> changes, List<Integer> acknowledged)
            throws SQLException {
        try (Connection connection = file.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE left_row (id INT PRIMARY KEY, number INT, text VARCHAR)");
            statement.execute("CREATE TABLE right_row (id INT PRIMARY KEY, number INT, text VARCHAR)");
            connection.setAutoCommit(false);
            H2Dialect dialect = new H2Dialect(Durability.PROCESS_CRASH, file::compactIfGrown);
            for (int number = 1; number <= 700; number++) {
                int id = number % 3 == 0 ? chance.nextInt(number) : number;
                merge(connection, "left_row", id, number, "x".repeat(chance.nextInt(4_000)));
                merge(connection, "right_row", id, number, "x".repeat(chance.nextInt(4_000)));
                merge(connection, "left_row", -1, number, "");
                connection.commit();
                dialect.makeDurable(connection);
                acknowledged.add(changes.size());
            }
        }
    }

    private static void merge(Connection connection, String table, int id, int number, String text)
            throws SQLException {
        try (PreparedStatement merge =
                connection.prepareStatement("MERGE INTO " + table + " KEY (id) VALUES (?, ?, ?)")) {
            merge.setInt(1, id);
            merge.setInt(2, number);
            merge.setString(3, text);
            merge.executeUpdate();
        }
    }

    /** Half of them where the file is compacted, which takes many writes after one commit. */
    private static TreeSet<Integer> cuts(Random chance, int changes, List<Integer> acknowledged) {
        List<Integer> compacting = new ArrayList<>();
        for (int i = 1; i < acknowledged.size(); i++) {
            for (int at = acknowledged.get(i - 1) + 1; at < acknowledged.get(i) - 4; at++) {
                compacting.add(at);
            }
        }
        assertThat(compacting).as("changes of compactions").hasSizeGreaterThan(10);
        TreeSet<Integer> cuts = new TreeSet<>();
        for (int i = 0; i < CUTS; i++) {
            cuts.add(
                    i % 2 == 0
                            ? compacting.get(chance.nextInt(compacting.size()))
                            : acknowledged.get(0) + chance.nextInt(changes - acknowledged.get(0)));
        }
        return cuts;
    }

    /** The number of the newest commit, of which both rows must be there, and everything older. */
    private static int newest(byte[] image) throws SQLException, IOException {
        String name = "memFS:cut";
        try (OutputStream file = FileUtils.newOutputStream(name + ".mv.db", false)) {
            file.write(image);
        }
        try (Connection connection = DriverManager.getConnection("jdbc:h2:" + name + ";WRITE_DELAY=0")) {
            String different = """
                    SELECT (SELECT COUNT(*) FROM (SELECT id, number FROM left_row WHERE id >= 0 EXCEPT SELECT id, number FROM right_row))
                         + (SELECT COUNT(*) FROM (SELECT id, number FROM right_row EXCEPT SELECT id, number FROM left_row))
                    """;
            assertThat(H2Dialect.value(connection, different))
                    .as("commits of which a half is there")
                    .isEqualTo("0");
            return Integer.parseInt(
                    String.valueOf(H2Dialect.value(connection, "SELECT number FROM left_row WHERE id = -1")));
        } finally {
            FileUtils.delete(name + ".mv.db");
        }
    }

    /** A file's content. */
    private static final class Image {
        private byte[] bytes = new byte[1 << 20];
        private int length;

        void apply(Change change) {
            byte[] written = change.bytes();
            if (written == null) {
                length = (int) Math.min(length, change.position());
                Arrays.fill(bytes, length, bytes.length, (byte) 0);
            } else {
                write((int) change.position(), written, written.length);
            }
        }

        byte[] withPartOf(Change next, Random chance) {
            Image copy = new Image();
            copy.bytes = bytes.clone();
            copy.length = length;
            byte[] written = next.bytes();
            if (written != null) {
                copy.write((int) next.position(), written, chance.nextInt(written.length));
            }
            return Arrays.copyOf(copy.bytes, copy.length);
        }

        private void write(int position, byte[] from, int count) {
            if (position + count > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, position + count));
            }
            System.arraycopy(from, 0, bytes, position, count);
            length = Math.max(length, position + count);
        }
    }
}
