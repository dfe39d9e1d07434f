// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Answer;
import dev.revive.store.Arrival;
import dev.revive.store.Message;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Receive;
import dev.revive.store.Operation.Release;
import dev.revive.store.Operation.Send;
import dev.revive.store.Operation.StartChild;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a batch row by row, looking before each: the way of the few batches that hold something to be refused, or that were written before
 * and lost their answer. Same rules as {@code InMemoryStore}.
 */
final class CarefulWriter implements Operation.Visitor<Answer, SQLException> {
    private final Session session;
    private final Database database;
    private final Sql sql;
    private final String executorId;
    private final String lockWorkflow;
    private List<Operation> batch = List.of();

    CarefulWriter(Session session, Database database, String executorId) {
        this(session, database, executorId, database.sql().lockWorkflow);
    }

    /** For one that does not wait for the row of a workflow, and hardly for anything else. */
    static CarefulWriter hurried(Session session, Database database, String executorId) throws SQLException {
        database.dialect().hardlyWait(session);
        return new CarefulWriter(session, database, executorId, database.sql().lockWorkflowNow);
    }

    private CarefulWriter(Session session, Database database, String executorId, String lockWorkflow) {
        this.session = session;
        this.lockWorkflow = lockWorkflow;
        this.database = database;
        this.sql = database.sql();
        this.executorId = executorId;
    }

    List<Answer> write(List<Operation> operations) throws SQLException {
        batch = operations;
        Set<String> refused = new HashSet<>();
        Answer[] answers = new Answer[batch.size()];
        for (int place : inLockOrder()) {
            Operation operation = batch.get(place);
            Answer answer = refused.contains(operation.workflowId()) ? Answer.REFUSED : operation.visit(this);
            if (!answer.isDurable()) {
                refused.add(operation.workflowId());
            }
            answers[place] = answer;
        }
        return List.of(answers);
    }

    /** One workflow after the other, so that two executors that start the same ones do not wait for each other. */
    private List<Integer> inLockOrder() {
        return IntStream.range(0, batch.size())
                .boxed()
                .sorted(Comparator.comparing(place -> batch.get(place).workflowId()))
                .toList();
    }

    @Override
    public Answer create(Create create) throws SQLException {
        WorkflowRecord recorded = locked(create);
        if (recorded != null) {
            return create.isWrittenAs(recorded, executorId, batch) ? Answer.ACCEPTED : Answer.EXISTS;
        }
        session.update(sql.insertWorkflow, WorkflowTable.inserted(create, executorId, database.clockOffset()));
        return Answer.ACCEPTED;
    }

    @Override
    public Answer checkpoint(Checkpoint checkpoint) throws SQLException {
        return changed(checkpoint, workflow -> record(workflow, checkpoint.step()));
    }

    @Override
    public Answer receive(Receive receive) throws SQLException {
        return changed(receive, workflow -> receive(workflow, receive));
    }

    private boolean receive(WorkflowRecord workflow, Receive receive) throws SQLException {
        StepRecord step = receive.step();
        if (isRecorded(workflow, step, recorded(step))) {
            return true; // and its message received
        }
        boolean isUnread = session.first(sql.unread, Rows::number, receive.workflowId(), receive.position()) != null;
        return isUnread && record(workflow, step) && session.update(sql.receive, MessageTable.receiving(receive)) == 1;
    }

    /**
     * The row of the sender is not locked: what keeps it in these hands is the fence, and two that send to each other would wait for each other. Whoever
     * sends holds the row of the receiver only.
     */
    @Override
    public Answer send(Send send) throws SQLException {
        StepRecord step = send.step(Arrival.ARRIVED);
        WorkflowRecord workflow = session.first(sql.findWorkflow, Rows::workflow, send.workflowId());
        StepRecord recorded = recorded(step);
        if (recorded == null && workflow != null && workflow.isHeldBy(executorId, step.epoch())) {
            Arrival arrival = new Inboxes(database).put(session, send.letter());
            if (arrival == Arrival.LOCKED) {
                throw LockedOutException.by(
                        "Workflow %s is being started".formatted(send.letter().workflowId()));
            }
            session.update(sql.insertStep, StepTable.inserted(send.step(arrival)));
            return Send.answer(arrival);
        }
        return recorded == null || workflow == null || workflow.epoch() != step.epoch()
                ? Answer.REFUSED
                : send.arrival(recorded).map(Send::answer).orElse(Answer.REFUSED);
    }

    /** Neither row is locked: two that start each other would wait for each other. What keeps the parent in these hands is the fence. */
    @Override
    public Answer startChild(StartChild start) throws SQLException {
        WorkflowRecord parent = session.first(sql.findWorkflow, Rows::workflow, start.workflowId());
        StepRecord recorded = recorded(start.started());
        if (recorded != null || parent == null || !parent.isHeldBy(executorId, start.epoch())) {
            boolean isOfThisRun = parent != null && parent.epoch() == start.epoch();
            return recorded != null && isOfThisRun ? start.answerOf(recorded) : Answer.REFUSED;
        }
        WorkflowRecord there =
                session.first(sql.findWorkflow, Rows::workflow, start.child().id());
        Answer answer = start.answer(there);
        if (there == null) {
            session.update(
                    sql.insertWorkflow, WorkflowTable.inserted(start.create(), executorId, database.clockOffset()));
        }
        session.update(sql.insertStep, StepTable.inserted(start.step(answer)));
        return answer;
    }

    private static boolean isRecorded(WorkflowRecord workflow, StepRecord step, @Nullable StepRecord recorded) {
        return recorded != null && step.isSameAs(recorded) && workflow.epoch() == step.epoch();
    }

    private @Nullable StepRecord recorded(StepRecord step) throws SQLException {
        return session.first(
                sql.stepAt,
                Rows::step,
                step.workflowId(),
                step.key().scope(),
                step.key().sequence());
    }

    private boolean record(WorkflowRecord workflow, StepRecord step) throws SQLException {
        StepRecord recorded = recorded(step);
        if (isRecorded(workflow, step, recorded)) {
            return true;
        }
        if (!workflow.isHeldBy(executorId, step.epoch())) {
            return false;
        }
        if (recorded == null) {
            session.update(sql.insertStep, StepTable.inserted(step));
            return true;
        }
        return step.key().equals(recorded.key())
                && step.maySucceed(recorded)
                && session.update(sql.replaceStep, StepTable.replacing(step)) == 1;
    }

    @Override
    public Answer finish(Finish finish) throws SQLException {
        return changed(
                finish,
                workflow -> workflow.isHeldBy(executorId, finish.epoch())
                        ? finish.isWanted(intents(finish)) && end(finish)
                        : workflow.epoch() == finish.epoch() && finish.isSameAs(workflow));
    }

    private boolean end(Finish finish) throws SQLException {
        if (session.update(sql.finish, WorkflowTable.finishing(finish, executorId)) != 1) {
            return false;
        }
        Ends.post(session, database, finish.postings());
        return true;
    }

    private List<Message> intents(Finish finish) throws SQLException {
        return finish.ifNoIntentAfter() == null
                ? List.of()
                : new Inboxes(database).intents(session, List.of(finish.workflowId()));
    }

    @Override
    public Answer release(Release release) throws SQLException {
        return changed(
                release,
                workflow -> release.isWrittenAs(workflow)
                        || session.update(
                                        sql.release,
                                        WorkflowTable.releasing(release, executorId, database.clockOffset()))
                                == 1);
    }

    private interface Change {
        boolean of(WorkflowRecord workflow) throws SQLException;
    }

    private Answer changed(Operation operation, Change change) throws SQLException {
        WorkflowRecord workflow = locked(operation);
        return workflow != null && change.of(workflow) ? Answer.ACCEPTED : Answer.REFUSED;
    }

    private @Nullable WorkflowRecord locked(Operation operation) throws SQLException {
        return session.first(lockWorkflow, Rows::workflow, operation.workflowId());
    }
}
