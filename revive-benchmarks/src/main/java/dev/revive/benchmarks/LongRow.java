// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One very long workflow: whether its last steps cost what its first ones did, and how soon it goes on after its engine was closed. */
final class LongRow implements Row {
    private static final String WORKFLOW = "long";
    private static final Workflow<Integer, String> LONG = Workflow.named("long", Integer.class, String.class);
    private static final String SELECT = """
            SELECT workflow_id, step_id, sequence, scope, name, kind, status, epoch, attempt, zombies, resolution, branches,
                   serialized_output, failure, first_started_at, started_at, recorded_at, next_at
              FROM revive_step WHERE workflow_id = ?""";
    private static final int COLUMNS = 18;
    private static final String OUTPUT = "serialized_output";

    /** The last step hangs, so that the workflow is never over. */
    private static final class Hanging implements Effect {
        private final int last;
        private final Effect effect;
        private final CountDownLatch arrived = new CountDownLatch(1);

        Hanging(int last, Effect effect) {
            this.last = last;
            this.effect = effect;
        }

        @Override
        public String run(int number) throws Exception {
            if (number <= last) {
                return effect.run(number);
            }
            arrived.countDown();
            new CountDownLatch(1).await();
            return ANSWER;
        }
    }

    @Override
    public String name() {
        return "long";
    }

    @Override
    public List<Finding> measure(Lab lab) throws Exception {
        int steps = lab.scale().longSteps();
        int rounds = Math.min(3, lab.scale().rounds());
        List<Double> first = new ArrayList<>();
        List<Double> last = new ArrayList<>();
        List<Double> recovered = new ArrayList<>();
        List<Double> read = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            lab.trial(db -> {
                Stamps stamps = new Stamps(steps);
                fill(db, steps, stamps);
                first.add(stamps.meanMicros(1, steps / 4));
                last.add(stamps.meanMicros(steps - steps / 4, steps));
                for (int again = 0; again < 3; again++) {
                    System.gc();
                    recovered.add(recover(db, steps));
                    System.gc();
                    read.add(read(db, steps));
                }
                return true;
            });
            lab.say(
                    "round %d of %d: first quarter %s, last quarter %s µs a step; recovered in %s, read in %s ms",
                    round, rounds, number(first), number(last), number(recovered), number(read));
        }
        String what = "a workflow of %,d steps".formatted(steps);
        return List.of(
                Finding.ratio(
                        what + ", cost of a step in its last quarter",
                        series("last quarter", "µs", last),
                        series("first quarter", "µs", first),
                        Goal.atMost(1.25)),
                Finding.ratio(
                        what + ", from the engine's start to its next step",
                        series("Revive", "ms", recovered),
                        series("raw SELECT and JSON", "ms", read),
                        Goal.atMost(3)));
    }

    private static String number(List<Double> values) {
        return Series.number(values.get(values.size() - 1));
    }

    private static Series series(String who, String unit, List<Double> values) {
        return new Series(who, unit, List.copyOf(values));
    }

    private static void fill(Database database, int steps, Stamps stamps) throws Exception {
        Hanging warmUp = new Hanging(steps, Effect.TRIVIAL);
        Hanging measured = new Hanging(steps, stamps);
        try (HikariDataSource pool = database.pool(ReviveContestant.POOL)) {
            try (Revive revive = engine(pool, warmUp)) {
                revive.start(LONG, "warm-up", steps / 10).result();
            }
            try (Revive revive = engine(pool, measured)) {
                revive.start(LONG, WORKFLOW, steps + 1);
                measured.arrived.await();
            }
        }
    }

    @SuppressWarnings("try") // the engine works by itself; it is only opened and closed
    private static double recover(Database database, int steps) throws Exception {
        Hanging effect = new Hanging(steps, number -> {
            throw new IllegalStateException("Step " + number + " was recorded, and is run again");
        });
        try (HikariDataSource pool = database.pool(ReviveContestant.POOL)) {
            long before = System.nanoTime();
            Revive revive = engine(pool, effect);
            try {
                effect.arrived.await();
                return (System.nanoTime() - before) / 1e6;
            } finally {
                revive.close();
            }
        }
    }

    /** Closing it interrupts the step that hangs, and releases the workflow. */
    private static Revive engine(HikariDataSource pool, Effect effect) {
        return Revive.with(JdbcStore.over(pool, JdbcSettings.defaults().asExclusive()))
                .register(LONG, (ctx, steps) -> run(ctx, steps, effect))
                .shutdownGrace(Duration.ZERO)
                .start();
    }

    private static String run(WorkflowContext ctx, int steps, Effect effect) {
        String last = "";
        for (int number = 1; number <= steps; number++) {
            int current = number;
            last = ctx.step("book", String.class, () -> effect.run(current));
        }
        return last;
    }

    private static double read(Database database, int steps) throws SQLException, JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        try (HikariDataSource pool = database.pool(ReviveContestant.POOL)) {
            long before = System.nanoTime();
            List<@Nullable Object[]> rows = new ArrayList<>();
            try (Connection connection = pool.getConnection();
                    PreparedStatement select = connection.prepareStatement(SELECT)) {
                select.setString(1, WORKFLOW);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        rows.add(columns(row, json));
                    }
                }
            }
            if (rows.size() < steps) {
                throw new IllegalStateException("Only " + rows.size() + " of " + steps + " steps are there");
            }
            return (System.nanoTime() - before) / 1e6;
        }
    }

    private static @Nullable Object[] columns(ResultSet row, ObjectMapper json)
            throws SQLException, JsonProcessingException {
        @Nullable Object[] columns = new @Nullable Object[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            columns[i] = row.getObject(i + 1);
        }
        String output = row.getString(OUTPUT);
        if (output != null) {
            columns[COLUMNS - 1] = json.readValue(output, String.class);
        }
        return columns;
    }
}
