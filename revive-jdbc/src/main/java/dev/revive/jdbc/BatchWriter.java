// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Receive;
import dev.revive.store.Operation.Release;
import dev.revive.store.Operation.Send;
import dev.revive.store.Operation.StartChild;
import dev.revive.store.StepRecord;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a batch on the assumption that all of it will be accepted, as nearly all are: one look at its workflows, then one JDBC batch per kind
 * of statement. What is true of a workflow's row at that look stays true, since the fence is locked: nobody else takes it over meanwhile.
 *
 * <p>If anything is refused, the whole is rolled back and left to {@link CarefulWriter}.
 */
final class BatchWriter implements Operation.Visitor<Boolean, RuntimeException> {
    /** How many rows the conditional statements are expected to change: exactly one each. */
    private static final int ONE = 1;

    /** From so many rows on a statement that reads them from a table of its own is the quicker one. */
    private static final int MANY = 24;

    private final Database database;
    private final String executorId;

    /** The workflows in this executor's hands. */
    private final Map<String, Long> epochs = new HashMap<>();

    private final Set<String> left = new HashSet<>();

    private final List<@Nullable Object[]> creates = new ArrayList<>();
    private final List<@Nullable Object[]> newSteps = new ArrayList<>();
    private final List<@Nullable Object[]> laterSteps = new ArrayList<>();
    private final List<@Nullable Object[]> receipts = new ArrayList<>();
    private final List<@Nullable Object[]> finishes = new ArrayList<>();
    private final List<@Nullable Object[]> releases = new ArrayList<>();
    private final List<@Nullable Object[]> postings = new ArrayList<>();
    private boolean strikes;

    BatchWriter(Database database, String executorId) {
        this.database = database;
        this.executorId = executorId;
    }

    /**
     * Writes the batch in the session's transaction.
     *
     * @return false if not all of it can be accepted: roll back then
     */
    boolean write(Session session, List<Operation> batch) throws SQLException {
        lookUp(session, batch);
        for (Operation operation : batch) {
            if (!operation.visit(this)) {
                return false;
            }
        }
        creates.sort(
                Comparator.comparing(row -> String.valueOf(row[0]))); // or two that start the same ones meet half-way
        Sql sql = database.sql();
        try {
            return insert(session, sql.insertWorkflow, creates)
                    && insert(session, sql.insertStep, newSteps)
                    && update(session, sql.succeedStep, sql.succeedSteps, laterSteps)
                    && update(session, sql.receive, "", receipts)
                    && update(session, sql.finish, sql.finishAll, finishes)
                    && insert(session, sql.insertPosting, postings)
                    && update(session, sql.release, strikes ? "" : sql.releaseAll, releases);
        } catch (SQLException e) {
            if (database.trouble(e) == Dialect.Trouble.CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    /** A driver that makes one statement of them does not count: they are all there, or it has failed. */
    private boolean insert(Session session, String statement, List<@Nullable Object[]> rows) throws SQLException {
        if (database.dialect().insertsManyRows()) {
            return ManyRows.insert(session, statement, rows);
        }
        return rows.isEmpty()
                || Arrays.stream(session.batch(statement, rows))
                        .allMatch(changed -> changed == ONE || changed == Statement.SUCCESS_NO_INFO);
    }

    /** A driver that does not count proves nothing: the rows may not have been as they must be. */
    private static boolean update(
            Session session, String statement, String statementForMany, List<@Nullable Object[]> rows)
            throws SQLException {
        if (rows.size() >= MANY && !statementForMany.isEmpty()) {
            return ManyRows.update(session, statementForMany, rows);
        }
        return rows.isEmpty() || Arrays.stream(session.batch(statement, rows)).allMatch(changed -> changed == ONE);
    }

    private void lookUp(Session session, List<Operation> batch) throws SQLException {
        Set<String> created = new HashSet<>();
        Set<String> ids = new HashSet<>();
        for (Operation operation : batch) {
            if (operation.beginsLog()) {
                created.add(operation.workflowId());
            } else if (!created.contains(operation.workflowId())) {
                ids.add(operation.workflowId());
            }
        }
        if (ids.isEmpty()) {
            return;
        }
        session.query(
                database.sql().states,
                row -> "RUNNING".equals(row.getString("status"))
                        && executorId.equals(row.getString("executor_id"))
                        && epochs.put(row.getString("id"), row.getLong("epoch")) == null,
                database.dialect().textSet(session.connection(), ids));
    }

    // ---- whether an operation fits what is known of its workflow, as far as the batch has come

    @Override
    public Boolean create(Create create) {
        if (create.start() == Create.Start.CLAIMED && create.end() == null) {
            epochs.put(create.workflowId(), create.epoch());
        }
        return creates.add(WorkflowTable.inserted(create, executorId, database.clockOffset()));
    }

    @Override
    public Boolean checkpoint(Checkpoint checkpoint) {
        StepRecord step = checkpoint.step();
        return isHeld(checkpoint)
                && (checkpoint.isNew()
                        ? newSteps.add(StepTable.inserted(step))
                        : laterSteps.add(StepTable.succeeding(step)));
    }

    @Override
    public Boolean receive(Receive receive) {
        return checkpoint(receive.checkpoint()) && receipts.add(MessageTable.receiving(receive));
    }

    /** It locks the row of another workflow, and its outcome depends on that. */
    @Override
    public Boolean send(Send send) {
        return false;
    }

    @Override
    public Boolean startChild(StartChild start) {
        return checkpoint(start.checkpoint())
                && creates.add(WorkflowTable.inserted(start.create(), executorId, database.clockOffset()));
    }

    @Override
    public Boolean finish(Finish finish) {
        finish.postings().forEach(posting -> postings.add(OutboxTable.ofEnd(posting, database.storeId())));
        return leaves(finish)
                && finish.ifNoIntentAfter() == null
                && finishes.add(WorkflowTable.finishing(finish, executorId));
    }

    @Override
    public Boolean release(Release release) {
        strikes |= release.strike();
        return leaves(release) && releases.add(WorkflowTable.releasing(release, executorId, database.clockOffset()));
    }

    private boolean leaves(Operation operation) {
        return isHeld(operation) && left.add(operation.workflowId());
    }

    private boolean isHeld(Operation operation) {
        Long epoch = epochs.get(operation.workflowId());
        return epoch != null && epoch == operation.epoch() && !left.contains(operation.workflowId());
    }
}
