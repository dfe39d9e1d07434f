// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Answer;
import dev.revive.store.Operation;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a batch as one statement that commits by itself: the server needs its client no more once it has it, so a client that stops holds no
 * lock, and a batch costs one round trip.
 *
 * <p>The statement locks the fence, admits the batch if every workflow is in this executor's hands at its epoch and none that it creates is
 * there, writes, and counts. A count that is wrong fails the statement, and with it everything. It sees the database as it was when it began,
 * perhaps before it waited for the fence; that is no matter: a workflow leaves this executor's hands only after the fence is gone, and a row that
 * came since is met by the key it is written under.
 *
 * <p>If anything is refused, the workflows it is refused to are written by a transaction that looks before each row, and the others as before.
 */
final class StatementWriter {
    /** The statement's answers. */
    private static final int FENCED = 0;

    private static final int WRITTEN = 2;
    private static final int REFUSED = -1;
    private static final String WRONG_COUNT = "22012";

    private final JdbcSeat seat;
    private final int lane;
    private final Database database;
    private final HeldConnection held;
    private final Map<Integer, String> texts = new HashMap<>();

    StatementWriter(JdbcSeat seat, int lane, Database database, HeldConnection held) {
        this.seat = seat;
        this.lane = lane;
        this.database = database;
        this.held = held;
    }

    List<Answer> write(List<Operation> batch) {
        if (batch.stream().anyMatch(Operation::touchesOthers)) {
            return carefully(batch);
        }
        List<Answer> answers = atOnce(batch);
        return answers == null ? separated(batch) : answers;
    }

    // ---- the one statement

    /** What the statement says. */
    private record Outcome(int answer, Set<String> released) {
        static final Outcome NOT_WRITTEN = new Outcome(REFUSED, Set.of());

        static Outcome of(ResultSet row, boolean hasReleases) throws SQLException {
            Array ids = hasReleases ? row.getArray(2) : null;
            return new Outcome(row.getInt(1), ids == null ? Set.of() : Set.of((String[]) ids.getArray()));
        }
    }

    /** The answers; null if the batch cannot be written so. */
    private @Nullable List<Answer> atOnce(List<Operation> batch) {
        StatementBatch rows = new StatementBatch(seat.executorId(), database);
        if (!batch.stream().allMatch(rows::add)) {
            return null;
        }
        seat.requireSeated();
        Outcome outcome = database.alone(held, session -> run(session, rows));
        if (outcome.answer() == FENCED) {
            throw Executors.fenced(seat.executorId());
        }
        seat.requireSeated();
        return outcome.answer() == WRITTEN ? StatementBatch.answers(batch, outcome.released()) : null;
    }

    private Outcome run(Session session, StatementBatch rows) throws SQLException {
        try {
            String text = texts.computeIfAbsent(rows.form(), form -> rows.statement(database.sql()));
            Outcome outcome = session.first(
                    text, row -> Outcome.of(row, rows.hasReleases()), rows.parameters(session.connection(), lane));
            return Objects.requireNonNull(outcome, "The statement always answers.");
        } catch (SQLException e) {
            boolean isRefusal = WRONG_COUNT.equals(e.getSQLState()) || database.trouble(e) == Dialect.Trouble.CONFLICT;
            if (isRefusal) {
                session.endTransaction();
                return Outcome.NOT_WRITTEN;
            }
            throw e;
        }
    }

    // ---- when something is refused

    /** Those that are refused something are written row by row, and then the others at once. */
    private List<Answer> separated(List<Operation> batch) {
        Answer[] answers = new Answer[batch.size()];
        Set<String> suspicious = database.look(held, session -> suspicious(session, batch));
        boolean isTold = !suspicious.isEmpty()
                && suspicious.size()
                        < batch.stream().map(Operation::workflowId).distinct().count();
        if (!isTold) {
            return carefully(batch);
        }
        Map<Boolean, List<Integer>> places = new HashMap<>();
        for (int i = 0; i < answers.length; i++) {
            places.computeIfAbsent(suspicious.contains(batch.get(i).workflowId()), key -> new ArrayList<>())
                    .add(i);
        }
        List<Integer> others = places.getOrDefault(false, List.of());
        List<Integer> refused = places.getOrDefault(true, List.of());
        List<Operation> good = others.stream().map(batch::get).toList();
        List<Answer> written = atOnce(good);
        put(answers, others, written == null ? carefully(good) : written);
        put(answers, refused, carefully(refused.stream().map(batch::get).toList()));
        return Arrays.asList(answers);
    }

    private static void put(Answer[] answers, List<Integer> places, List<Answer> given) {
        for (int i = 0; i < given.size(); i++) {
            answers[places.get(i)] = given.get(i);
        }
    }

    private List<Answer> carefully(List<Operation> batch) {
        return seat.fenced(held, lane, session -> new CarefulWriter(session, database, seat.executorId()).write(batch));
    }

    /** The workflows whose row is not as the batch needs it. A guess that saves work: nothing is decided here. */
    private Set<String> suspicious(Session session, List<Operation> batch) throws SQLException {
        Set<String> ids = new HashSet<>();
        batch.forEach(operation -> {
            ids.add(operation.workflowId());
            ids.add(operation.row().workflowId());
        });
        Map<String, State> states = new HashMap<>();
        session.query(
                database.sql().states,
                row -> states.put(row.getString("id"), State.of(row)),
                database.dialect().textSet(session.connection(), ids));
        Set<String> created = new HashSet<>();
        Set<String> suspicious = new HashSet<>();
        for (Operation operation : batch) {
            String id = operation.workflowId();
            if (operation.beginsLog()) {
                created.add(id);
            }
            if (created.contains(id) == states.containsKey(id) || isOdd(operation, states)) {
                suspicious.add(id);
            }
        }
        return suspicious;
    }

    private boolean isOdd(Operation operation, Map<String, State> states) {
        return operation.visit(new Oddity(
                seat.executorId(),
                states.get(operation.workflowId()),
                states.get(operation.row().workflowId())));
    }

    /**
     * Whether an operation does not go with the state of its workflow's row; without one, with that of one that the batch creates.
     *
     * @param written the state of the workflow whose row it writes
     */
    private record Oddity(
            String executorId,
            @Nullable State state,
            @Nullable State written) implements Operation.Visitor<Boolean, RuntimeException> {
        @Override
        public Boolean create(Operation.Create create) {
            return false;
        }

        @Override
        public Boolean checkpoint(Operation.Checkpoint checkpoint) {
            return isElsewhere(checkpoint);
        }

        @Override
        public Boolean receive(Operation.Receive receive) {
            return isElsewhere(receive);
        }

        @Override
        public Boolean send(Operation.Send send) {
            return isElsewhere(send);
        }

        @Override
        public Boolean startChild(Operation.StartChild start) {
            return isElsewhere(start) || written != null;
        }

        @Override
        public Boolean finish(Operation.Finish finish) {
            return finish.ifNoIntentAfter() != null || isElsewhere(finish);
        }

        @Override
        public Boolean release(Operation.Release release) {
            boolean isAwake = state != null && release.ifWakeSeq() != null && release.ifWakeSeq() != state.wakeSeq();
            return release.strike() || isElsewhere(release) || isAwake;
        }

        private boolean isElsewhere(Operation operation) {
            return state != null && !state.isHeld(executorId, operation.epoch());
        }
    }

    private record State(boolean isRunning, @Nullable String executorId, long epoch, long wakeSeq) {
        static State of(java.sql.ResultSet row) throws SQLException {
            return new State(
                    "RUNNING".equals(row.getString("status")),
                    row.getString("executor_id"),
                    row.getLong("epoch"),
                    row.getLong("wake_seq"));
        }

        boolean isHeld(String executor, long atEpoch) {
            return isRunning && epoch == atEpoch && executor.equals(executorId);
        }
    }
}
