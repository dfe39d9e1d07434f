// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.PastLife;
import dev.revive.store.PastLifePage;
import dev.revive.store.Posting;
import dev.revive.store.ReadLimit;
import dev.revive.store.Retry;
import dev.revive.store.StepRecord;
import dev.revive.store.StepSummary;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.WorkflowStatus;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Another life for what has failed: what was in its way moves to tables that no run reads. All under the lock of the workflow's row. */
final class PastLives {
    private final Database database;
    private final Sql sql;

    PastLives(Database database) {
        this.database = database;
        this.sql = database.sql();
    }

    boolean retry(Retry retry) {
        return database.write(session -> {
            WorkflowRecord failed = session.first(sql.lockWorkflow, Rows::workflow, retry.workflowId());
            if (failed == null || failed.status() != WorkflowStatus.FAILED || failed.epoch() != retry.epoch()) {
                return false;
            }
            forgetOthers(session, failed);
            if (!setAside(session, retry.aside())) {
                session.rollback(); // of what was set aside before one that is gone
                return false;
            }
            long began = beginning(session, failed);
            bury(session, failed);
            for (StepRecord call : retry.again()) {
                session.update(sql.insertStep, StepTable.inserted(call));
            }
            for (Map.Entry<Long, String> message : retry.givenBack().entrySet()) {
                session.update(sql.giveBackMessage, message.getValue(), failed.id(), message.getKey());
            }
            Ends.post(session, database, closings(session, retry, failed));
            session.update(sql.withdraw, database.clockOffset(), failed.id(), failed.id());
            long offset = database.clockOffset();
            return session.update(sql.retry, offset, offset, began, failed.id(), failed.epoch()) == 1;
        });
    }

    private List<Posting> closings(Session session, Retry retry, WorkflowRecord failed) throws SQLException {
        List<Posting> closings = retry.closings(failed);
        if (closings.isEmpty()) {
            return closings;
        }
        Set<String> ids = closings.stream().map(Posting::workflowId).collect(Collectors.toSet());
        Set<String> children = Ends.children(session, database, failed.id(), ids);
        return closings.stream()
                .filter(closing -> children.contains(closing.workflowId()))
                .toList();
    }

    /** Of its last life, whose time was counted from there. */
    private long beginning(Session session, WorkflowRecord failed) throws SQLException {
        long created = Rows.micros(failed.createdAt());
        Long retried = session.first(sql.lastRetry, row -> row.getObject(1, Long.class), failed.id(), created);
        return retried == null ? created : retried;
    }

    /** What is left of another workflow that once had the id would be in the way: its lives have the same epochs. */
    private void forgetOthers(Session session, WorkflowRecord failed) throws SQLException {
        session.update(sql.deleteOthersLives, failed.id(), Rows.micros(failed.createdAt()));
        session.update(sql.deleteStepsOfNoLife, failed.id(), failed.id());
    }

    /** One by one: MariaDB's driver makes no batch of them. Rarely are there many. */
    private boolean setAside(Session session, List<StepRecord> aside) throws SQLException {
        for (StepRecord call : aside) {
            boolean isThere = session.update(sql.copyToPast, StepTable.key(call)) == 1
                    && session.update(sql.deleteStep, StepTable.key(call)) == 1;
            if (!isThere) {
                return false;
            }
        }
        return true;
    }

    private void bury(Session session, WorkflowRecord failed) throws SQLException {
        session.update(
                sql.insertPastLife,
                failed.id(),
                Rows.micros(failed.createdAt()),
                failed.epoch(),
                failed.failure(),
                Rows.micros(failed.finishedAt() == null ? failed.createdAt() : failed.finishedAt()),
                database.clockOffset());
    }

    /** Measured before it is read, as pages of steps are. */
    PastLifePage of(String workflowId, ReadLimit limit) {
        return database.read(session -> {
            int calls = JdbcStore.fitting(session.query(sql.pastStepLengths(limit), Rows::number, workflowId), limit);
            Map<Long, List<StepSummary>> aside = new HashMap<>();
            session.query(
                    sql.pastSteps(limit.chars(), calls),
                    row -> aside.computeIfAbsent(row.getLong(StepTable.READ.count() + 2), life -> new ArrayList<>())
                            .add(Rows.stepSummary(row)),
                    workflowId);
            int lives = JdbcStore.fitting(session.query(sql.pastLifeLengths(limit), Rows::number, workflowId), limit);
            return PastLifePage.of(
                    session.query(
                            sql.pastLives(lives),
                            row -> new PastLife(
                                    workflowId,
                                    row.getLong(1),
                                    row.getString(2),
                                    Rows.instant(row.getLong(3)),
                                    Rows.instant(row.getLong(4)),
                                    aside.getOrDefault(row.getLong(1), List.of())),
                            workflowId),
                    limit);
        });
    }
}
