// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Answer;
import dev.revive.store.Inbox;
import dev.revive.store.Operation;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.WorkflowRecord;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One lane of an executor: its own connection and its own fence. */
final class JdbcLane implements StepStore {
    private static final Comparator<StepRecord> IN_ORDER = Comparator.comparing(
                    (StepRecord step) -> step.key().scope())
            .thenComparingInt(step -> step.key().sequence());

    /** Where {@link Sql#load} has them. */
    private static final int CLAIMED_ID = StepTable.READ.count() + 1;

    private static final int CLAIMED_EPOCH = CLAIMED_ID + 1;

    private final JdbcSeat seat;
    private final int lane;
    private final Database database;
    private final HeldConnection held;
    private final FileThreads bodies;
    private final StatementWriter statements;
    private final AroundLocks aroundLocks;

    JdbcLane(JdbcSeat seat, int lane, Database database, HeldConnection held, FileThreads bodies) {
        this.seat = seat;
        this.lane = lane;
        this.database = database;
        this.held = held;
        this.bodies = bodies;
        this.statements = new StatementWriter(seat, lane, database, held);
        this.aroundLocks = new AroundLocks(seat, lane, database, held, this::atOnce);
    }

    void open() throws SQLException {
        held.open();
    }

    void close() {
        held.close();
    }

    @Override
    public List<Answer> write(List<Operation> batch) {
        List<Answer> answers = aroundLocks.write(batch);
        seat.tell(batch, answers);
        return answers;
    }

    private List<Answer> atOnce(List<Operation> batch) {
        return database.dialect().writesInOneStatement() ? statements.write(batch) : inTransaction(batch);
    }

    private List<Answer> inTransaction(List<Operation> batch) {
        return seat.fenced(held, lane, session -> {
            if (batch.stream().noneMatch(Operation::touchesOthers)) {
                if (new BatchWriter(database, seat.executorId()).write(session, batch)) {
                    return Collections.nCopies(batch.size(), Answer.ACCEPTED);
                }
                session.rollback();
                seat.lockFence(session, lane);
            }
            return new CarefulWriter(session, database, seat.executorId()).write(batch);
        });
    }

    @Override
    public boolean toleratesInterrupts() {
        return database.dialect().toleratesInterrupts();
    }

    @Override
    public Map<String, List<StepRecord>> load(Collection<WorkflowRecord> claimed) {
        Map<String, Long> epochs = new HashMap<>();
        claimed.forEach(claim -> epochs.put(claim.id(), claim.epoch()));
        Map<String, List<StepRecord>> journals = database.read(session -> journals(session, epochs));
        journals.values().forEach(journal -> journal.sort(IN_ORDER));
        return journals;
    }

    @Override
    public Map<String, List<StepRecord>> setAside(Collection<String> workflowIds) {
        return database.read(session -> {
            List<StepRecord> steps = session.query(
                    database.sql().setAside, Rows::step, database.dialect().textSet(session.connection(), workflowIds));
            return steps.stream().collect(Collectors.groupingBy(StepRecord::workflowId));
        });
    }

    @Override
    public Map<String, Inbox> inboxes(Map<String, Long> after) {
        return after.isEmpty() ? Map.of() : new Inboxes(database).of(after);
    }

    private Map<String, List<StepRecord>> journals(Session session, Map<String, Long> epochs) throws SQLException {
        Map<String, List<StepRecord>> journals = new HashMap<>();
        session.query(
                database.sql().load,
                row -> {
                    String id = row.getString(CLAIMED_ID);
                    Long epoch = epochs.get(id);
                    if (epoch != null && epoch == row.getLong(CLAIMED_EPOCH)) {
                        List<StepRecord> journal = journals.computeIfAbsent(id, key -> new ArrayList<>());
                        if (row.getString(StepTable.NAME_PLACE) != null) {
                            journal.add(StepTable.read(id, row));
                        }
                    }
                    return id;
                },
                database.dialect().textSet(session.connection(), epochs.keySet()));
        return journals;
    }

    @Override
    public Answer transact(Transaction work) {
        seat.requireSeated();
        if (toleratesInterrupts()) {
            return new BodyTransaction(database, seat, lane, work.workflowId(), work::run).run();
        }
        return bodies.call(
                new BodyTransaction(database, seat, lane, work.workflowId(), bodies.onItsOwn(work::run))::run);
    }
}
