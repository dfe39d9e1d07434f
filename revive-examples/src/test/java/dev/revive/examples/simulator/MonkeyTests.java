// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.crash.CrashPoint;
import dev.revive.dashboard.view.StepItem;
import dev.revive.examples.onboarding.Onboarding.Delivery;
import dev.revive.examples.simulator.State.Life;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.StepStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody who presses every button, in any order and at any speed. Whatever they did, what is shown is what a fresh look into the tables, the
 * outside world and the process table says. {@code -Drevive.monkeySeconds=300} goes on for minutes, {@code -Drevive.monkeySeed} chooses the order.
 */
@Tag("once")
class MonkeyTests {
    private static final List<CrashPoint> POINTS =
            List.of(CrashPoint.BEFORE_EFFECT, CrashPoint.AFTER_EFFECT, CrashPoint.AFTER_OUTCOME);

    @TempDir
    Path directory;

    private Stage stage;
    private Random random;
    private int pressed;
    private int refused;
    private int compared;

    @BeforeEach
    void open() {
        long seed = Long.getLong("revive.monkeySeed", 4);
        System.out.println("monkey: seed " + seed);
        random = new Random(seed);
        stage = new Stage(directory);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void whateverIsPressedThePageIsTruthful() throws Exception {
        long end = System.nanoTime() + Long.getLong("revive.monkeySeconds", 15) * 1_000_000_000L;
        try (Connection fresh = DriverManager.getConnection(stage.tables.url())) {
            while (System.nanoTime() < end) {
                press();
                compare(fresh);
                LockSupport.parkNanos(random.nextInt(10) < 7 ? 1_000_000L * random.nextInt(700) : 0);
                compare(fresh);
            }
            finish();
            for (int i = 0; i < 20; i++) {
                compare(fresh);
            }
        }
        System.out.printf("monkey: %d pressed, %d refused, %d looks compared%n", pressed, refused, compared);
        assertThat(pressed).isGreaterThan(refused);
        assertThat(compared).isGreaterThan(20);
    }

    private void press() {
        Simulator simulator = stage.simulator;
        State state = simulator.state();
        String worker = state.workers().isEmpty() || random.nextInt(20) == 0
                ? "Z"
                : state.workers()
                        .get(state.workers().size()
                                - 1
                                - random.nextInt(Math.min(3, state.workers().size())))
                        .name();
        pressed++;
        try {
            switch (random.nextInt(18)) {
                case 0, 1, 2 ->
                    simulator.run("Ada", random.nextInt(400), Delivery.values()[random.nextInt(3)], maybeCrash());
                case 3, 4, 5 -> simulator.resume(maybeCrash());
                case 6, 7 -> simulator.second();
                case 8, 9 -> simulator.crash(worker);
                case 10, 11 -> simulator.freeze(worker);
                case 12 -> simulator.thaw(worker);
                case 13 -> simulator.runWithApproval("Ada", random.nextInt(400), random.nextInt(5_000));
                case 14 -> simulator.approve();
                case 15 ->
                    simulator.runUntilFirstDay("Ada", random.nextInt(400), random.nextInt(5_000), maybeCrashAnywhere());
                case 16 -> simulator.cancel();
                default -> {
                    if (random.nextInt(3) == 0) {
                        simulator.reset();
                        assertThat(simulator.state().workers()).isEmpty();
                    }
                }
            }
        } catch (NotNowException e) {
            refused++;
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private Plan.@Nullable Crash maybeCrash() {
        return random.nextInt(3) == 0
                ? null
                : Stage.at(Plan.STEPS.get(random.nextInt(4)), POINTS.get(random.nextInt(3)));
    }

    private Plan.@Nullable Crash maybeCrashAnywhere() {
        List<String> steps = Scene.CALLED_OFF.steps();
        return random.nextInt(3) == 0
                ? null
                : Stage.at(steps.get(random.nextInt(steps.size())), POINTS.get(random.nextInt(3)));
    }

    /** While nothing changed in between, all must agree. */
    private void compare(Connection fresh) throws SQLException, IOException {
        Plan plan = stage.simulator.state().plan();
        String before = plan == null ? "" : rows(fresh, plan.workflowId());
        long happenings = happenings(plan);
        State state = stage.simulator.state();
        boolean stood = plan != null
                && plan.equals(state.plan())
                && before.equals(rows(fresh, plan.workflowId()))
                && happenings == happenings(plan);
        if (plan == null) {
            assertThat(state.workflow()).isNull();
        } else if (stood) {
            compared++;
            assertThat(shown(state)).isEqualTo(before);
            assertThat(state.world().stream().mapToLong(State.Outside::times).sum())
                    .isEqualTo(happenings);
        }
        for (State.Worker worker : state.workers()) {
            compareProcess(worker);
        }
    }

    private void compareProcess(State.Worker worker) {
        boolean isAlive =
                ProcessHandle.of(worker.pid()).filter(ProcessHandle::isAlive).isPresent();
        if (worker.state() == Life.DEAD) {
            assertThat(isAlive).as(worker.toString()).isFalse();
        } else if (!isAlive) { // it has just died: the next look must say so
            stage.await(
                    worker.name() + " is shown dead",
                    now -> now.workers().stream()
                            .noneMatch(other -> other.pid() == worker.pid() && other.state() != Life.DEAD));
        }
    }

    private static String rows(Connection connection, String id) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (PreparedStatement workflow =
                        connection.prepareStatement("SELECT status, epoch, output FROM revive_workflow WHERE id = ?");
                PreparedStatement steps = connection.prepareStatement(
                        "SELECT step_id, sequence, status, epoch, attempt, zombies, serialized_output FROM revive_step WHERE workflow_id = ?")) {
            workflow.setString(1, id);
            steps.setString(1, id);
            collect(workflow, 3, rows);
            int first = rows.size();
            collect(steps, 7, rows);
            rows.subList(first, rows.size()).sort(null);
        }
        return String.join("\n", rows);
    }

    private static void collect(PreparedStatement query, int columns, List<String> rows) throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                StringBuilder text = new StringBuilder();
                for (int column = 1; column <= columns; column++) {
                    text.append(row.getString(column)).append(' ');
                }
                rows.add(text.toString());
            }
        }
    }

    private static String shown(State state) {
        if (state.workflow() == null) {
            return "";
        }
        List<String> rows = new ArrayList<>();
        state.workflow().steps().forEach(step -> rows.add(shown(step)));
        rows.sort(null);
        rows.add(
                0,
                "%s %d %s "
                        .formatted(
                                state.workflow().item().status(),
                                state.workflow().item().epoch(),
                                state.workflow().output() == null
                                        ? null
                                        : state.workflow().output().json()));
        return String.join("\n", rows);
    }

    private static String shown(StepItem step) {
        String output = step.status() == StepStatus.COMPLETED ? step.preview() : null;
        return "%s %d %s %d %d %d %s "
                .formatted(
                        step.stepId(),
                        step.sequence(),
                        step.status(),
                        step.epoch(),
                        step.attempt(),
                        step.zombies(),
                        output);
    }

    private long happenings(@Nullable Plan plan) throws IOException {
        Path world = directory.resolve("outside-world.jsonl");
        if (plan == null || !Files.exists(world)) {
            return 0;
        }
        String id = "\"workflowId\":\"" + plan.workflowId() + "\"";
        return Files.readAllLines(world).stream()
                .filter(line -> line.contains(id))
                .count();
    }

    /** However it was left, it can be brought to its end, with what was recorded and what happened in agreement. */
    private void finish() {
        if (stage.simulator.state().plan() == null) {
            stage.run(Delivery.AT_LEAST_ONCE, null);
        }
        for (State.Worker worker : stage.simulator.state().workers()) {
            if (worker.state() != Life.DEAD) {
                stage.simulator.crash(worker.name());
            }
        }
        if (stage.simulator.state().can().resume()) {
            stage.simulator.resume(null);
        }
        State state = stage.await(
                "completed, or called off",
                now -> List.of("COMPLETED", "CANCELLED").contains(Stage.status(now)));
        for (StepItem row : state.workflow().steps()) {
            boolean isUndoing = row.name().startsWith("Undo ");
            if (row.kind() == CallKind.STEP && row.status() == StepStatus.COMPLETED && !isUndoing) {
                assertThat(Stage.outside(state, row.name()).happenings())
                        .as("where the recorded %s comes from", row.preview())
                        .anyMatch(happened -> String.valueOf(row.preview())
                                .contains(happened.nonce().substring(0, 8)));
            }
        }
    }
}
