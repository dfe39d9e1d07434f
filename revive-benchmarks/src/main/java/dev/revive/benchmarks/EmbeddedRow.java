// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import dev.revive.jdbc.Durability;
import dev.revive.jdbc.JdbcStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The embedded H2 file, synced to disk after each batch, beside the same file filled by one connection with batches as large as there are workflows.
 */
final class EmbeddedRow implements Row {
    private static final int AT_ONCE = 64;
    private static final String RATE = "steps/s";
    private static final String INSERT = """
            INSERT INTO revive_step (workflow_id, step_id, sequence, scope, name, kind, status, epoch, attempt, zombies, resolution,
                                     branches, serialized_output, failure, first_started_at, started_at, recorded_at, next_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String UPDATE = """
            UPDATE revive_step SET status = 'COMPLETED', serialized_output = ?, recorded_at = ?
             WHERE workflow_id = ? AND step_id = ? AND sequence = ?""";
    private static final int STATUS = 6;
    private static final int OUTPUT = 12;

    /** What is done with a directory that is there for nothing else. */
    private interface InDirectory {
        double measure(Path directory) throws Exception;
    }

    @Override
    public String name() {
        return "embedded";
    }

    @Override
    public List<Finding> measure(Lab lab) throws Exception {
        lab.note(
                "H2: POWER_LOSS (CHECKPOINT SYNC after each batch); the raw batches have %d steps, as many as can be had of %d workflows.",
                AT_ONCE, AT_ONCE);
        Rounds rounds = new Rounds()
                .add("Revive", RATE, () -> revive(lab, Contestant.Steps.DEFAULT))
                .add("Revive, idempotent", RATE, () -> revive(lab, Contestant.Steps.IDEMPOTENT))
                .add("raw H2, insert and update", RATE, () -> raw(lab, Contestant.Steps.DEFAULT))
                .add("raw H2, insert", RATE, () -> raw(lab, Contestant.Steps.IDEMPOTENT))
                .run(lab, lab.scale().rounds());
        return List.of(
                Finding.ratio(
                        "H2 embedded, 64 workflows at once",
                        rounds.series("Revive", RATE),
                        rounds.series("raw H2, insert and update", RATE),
                        Goal.atLeast(0.6)),
                Finding.ratio(
                        "H2 embedded, 64 workflows at once, idempotent",
                        rounds.series("Revive, idempotent", RATE),
                        rounds.series("raw H2, insert", RATE),
                        Goal.atLeast(0.6)));
    }

    private static double[] revive(Lab lab, Contestant.Steps kind) throws Exception {
        return inDirectory(directory -> {
            JdbcStore store = JdbcStore.embedded(directory, Durability.POWER_LOSS);
            try (Contestant.Running running = ReviveContestant.running(
                    ReviveContestant.with(store, Effect.TRIVIAL).start())) {
                return ManyRow.rate(running, AT_ONCE, kind, lab.scale());
            }
        });
    }

    private static double[] raw(Lab lab, Contestant.Steps kind) throws Exception {
        return inDirectory(directory -> {
            JdbcStore.embedded(directory, Durability.POWER_LOSS).close();
            try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + directory.resolve("revive")
                            + ";WRITE_DELAY=0;OPTIMIZE_REUSE_RESULTS=FALSE;DB_CLOSE_ON_EXIT=FALSE");
                    Writer writer = new Writer(connection)) {
                return Crowd.perSecond(1, lab.scale(), batch -> writer.write(batch, kind));
            }
        });
    }

    private static double[] inDirectory(InDirectory work) throws Exception {
        Path directory = Files.createTempDirectory("revive-benchmark");
        try {
            System.gc();
            return new double[] {work.measure(directory)};
        } finally {
            try (Stream<Path> all = Files.walk(directory)) {
                all.sorted(Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        }
    }

    /** One writer of batches: a step begins in one and is completed in the next, with the next step's beginning, as Revive's are. */
    private static final class Writer implements AutoCloseable {
        private static final int STEPS = 10;

        private final Connection connection;
        private final PreparedStatement insert;
        private final PreparedStatement update;
        private final Statement sync;

        Writer(Connection connection) throws SQLException {
            connection.setAutoCommit(false);
            this.connection = connection;
            this.insert = connection.prepareStatement(INSERT);
            this.update = connection.prepareStatement(UPDATE);
            this.sync = connection.createStatement();
        }

        int write(long batch, Contestant.Steps kind) throws SQLException {
            boolean begins = kind == Contestant.Steps.DEFAULT;
            for (int i = 0; i < AT_ONCE; i++) {
                insert(id(batch, i), sequence(batch), begins);
                if (begins && batch > 1) {
                    update(id(batch - 1, i), sequence(batch - 1));
                }
            }
            insert.executeBatch();
            if (begins && batch > 1) {
                update.executeBatch();
            }
            connection.commit();
            sync.execute("CHECKPOINT SYNC");
            return AT_ONCE;
        }

        private void insert(String id, int sequence, boolean begins) throws SQLException {
            @Nullable Object[] row = RawSteps.row(id, sequence);
            if (begins) {
                row[STATUS] = "STARTED";
                row[OUTPUT] = null;
            }
            RawSteps.bind(insert, row);
            insert.addBatch();
        }

        private void update(String id, int sequence) throws SQLException {
            RawSteps.bind(
                    update,
                    new Object[] {'"' + Effect.ANSWER + '"', System.currentTimeMillis() * 1_000, id, "book", sequence});
            update.addBatch();
        }

        private static String id(long batch, int workflow) {
            return "default-%d".formatted(batch / STEPS * AT_ONCE + workflow);
        }

        private static int sequence(long batch) {
            return 1 + (int) (batch % STEPS);
        }

        @Override
        public void close() throws SQLException {
            insert.close();
            update.close();
            sync.close();
        }
    }
}
