// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Answer;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Release;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.WorkflowStatus;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Writes a batch row by row, looking before each: the way of the few batches that hold something to be refused, or that were written before
 * and lost their answer. Same rules as {@code InMemoryStore}.
 */
final class CarefulWriter {
    private final Session session;
    private final Database database;
    private final Sql sql;
    private final String executorId;
    private final String lockWorkflow;

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

    List<Answer> write(List<Operation> batch) throws SQLException {
        Set<String> refused = new HashSet<>();
        Answer[] answers = new Answer[batch.size()];
        for (int place : inLockOrder(batch)) {
            Operation operation = batch.get(place);
            Answer answer = refused.contains(operation.workflowId()) ? Answer.REFUSED : apply(operation, batch);
            if (answer != Answer.ACCEPTED) {
                refused.add(operation.workflowId());
            }
            answers[place] = answer;
        }
        return List.of(answers);
    }

    /** One workflow after the other, so that two executors that start the same ones do not wait for each other. */
    private static List<Integer> inLockOrder(List<Operation> batch) {
        return IntStream.range(0, batch.size())
                .boxed()
                .sorted(Comparator.comparing(place -> batch.get(place).workflowId()))
                .toList();
    }

    private Answer apply(Operation operation, List<Operation> batch) throws SQLException {
        WorkflowRecord workflow = session.first(lockWorkflow, Rows::workflow, operation.workflowId());
        if (operation instanceof Create create) {
            if (workflow != null) {
                return isWrittenBy(create, workflow, batch) ? Answer.ACCEPTED : Answer.EXISTS;
            }
            session.update(sql.insertWorkflow, Rows.inserted(create, executorId, database.clockOffset()));
            return Answer.ACCEPTED;
        }
        return workflow != null && change(workflow, operation) ? Answer.ACCEPTED : Answer.REFUSED;
    }

    private boolean change(WorkflowRecord workflow, Operation operation) throws SQLException {
        if (operation instanceof Checkpoint checkpoint) {
            return checkpoint(workflow, checkpoint.step());
        }
        if (operation instanceof Finish finish) {
            return finish(workflow, finish);
        }
        return release(workflow, (Release) operation);
    }

    private boolean checkpoint(WorkflowRecord workflow, StepRecord step) throws SQLException {
        StepRecord recorded = session.first(
                sql.stepAt,
                Rows::step,
                step.workflowId(),
                step.key().scope(),
                step.key().sequence());
        if (recorded != null && step.isSameAs(recorded) && workflow.epoch() == step.epoch()) {
            return true;
        }
        if (!isHeld(workflow, step.epoch())) {
            return false;
        }
        if (recorded == null) {
            session.update(sql.insertStep, Rows.inserted(step));
            return true;
        }
        return step.key().equals(recorded.key())
                && step.maySucceed(recorded)
                && session.update(sql.replaceStep, Rows.replacing(step)) == 1;
    }

    private boolean finish(WorkflowRecord workflow, Finish finish) throws SQLException {
        if (isHeld(workflow, finish.epoch())) {
            return session.update(sql.finish, BatchWriter.finishing(finish, executorId)) == 1;
        }
        return workflow.epoch() == finish.epoch() && endsAs(workflow, finish);
    }

    private boolean release(WorkflowRecord workflow, Release release) throws SQLException {
        if (workflow.epoch() == release.epoch() && workflow.status() == WorkflowStatus.DUE) {
            return true;
        }
        return session.update(sql.release, BatchWriter.releasing(release, executorId, database.clockOffset())) == 1;
    }

    private boolean isHeld(WorkflowRecord workflow, long epoch) {
        return workflow.status() == WorkflowStatus.RUNNING
                && workflow.epoch() == epoch
                && executorId.equals(workflow.executorId());
    }

    /** Whether the row is this operation's own, found when its batch is written again. One left DUE may have gone on since. */
    private boolean isWrittenBy(Create create, WorkflowRecord recorded, List<Operation> batch) {
        boolean same = create.workflow().type().equals(recorded.type())
                && create.workflow().inputHash().equals(recorded.inputHash())
                && Rows.micros(create.workflow().createdAt()) == Rows.micros(recorded.createdAt());
        return same
                && (create.start() == Create.Start.DUE
                        || (recorded.epoch() == 1 && standsAsAfter(create, recorded, batch)));
    }

    /** Whether the row stands as the batch as a whole leaves it. */
    private boolean standsAsAfter(Create create, WorkflowRecord recorded, List<Operation> batch) {
        Finish end = create.end();
        boolean givenBack = false;
        for (Operation operation : batch) {
            if (operation.workflowId().equals(recorded.id())) {
                end = operation instanceof Finish finish ? finish : end;
                givenBack |= operation instanceof Release;
            }
        }
        if (end != null) {
            return endsAs(recorded, end);
        }
        return givenBack ? recorded.status() == WorkflowStatus.DUE : isHeld(recorded, 1);
    }

    private static boolean endsAs(WorkflowRecord workflow, Finish finish) {
        return workflow.status() == finish.status()
                && Objects.equals(workflow.output(), Rows.outputOf(finish))
                && Objects.equals(workflow.failure(), Rows.failureOf(finish))
                && Objects.equals(workflow.attention(), Rows.attentionOf(finish));
    }
}
