// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Answer;
import dev.revive.store.StepRecord;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.Printable;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A user's rows and the checkpoint in one transaction: mark, body, fence, workflow, plain insert, commit. If the commit's outcome is unknown,
 * the fence is locked once more, which waits for the first transaction's end, and the checkpoint looked up.
 */
final class BodyTransaction {
    private static final Logger log = LoggerFactory.getLogger(BodyTransaction.class);

    private final Database database;
    private final JdbcSeat seat;
    private final int lane;
    private final String workflowId;
    private final GuardedBody.Sql<StepRecord> body;
    private @Nullable StepRecord committing;

    BodyTransaction(Database database, JdbcSeat seat, int lane, String workflowId, GuardedBody.Sql<StepRecord> body) {
        this.database = database;
        this.seat = seat;
        this.lane = lane;
        this.workflowId = workflowId;
        this.body = body;
    }

    Answer run() {
        for (int tries = 1; ; tries++) {
            boolean isLast = tries == Database.TRIES;
            database.lockWriter();
            try {
                return attempt(isLast);
            } catch (SQLException e) {
                if (wasCommittedAfterAll()) {
                    return Answer.ACCEPTED;
                }
                if (isLast && database.dialect().isLockedOut(e)) {
                    return Answer.LOCKED;
                }
                if (isLast || database.trouble(e) == Dialect.Trouble.REFUSED) {
                    throw database.failure("transaction", e);
                }
            } finally {
                database.unlockWriter();
            }
            Database.pauseAfter(tries);
        }
    }

    private Answer attempt(boolean isLast) throws SQLException {
        committing = null;
        return database.transaction(connection(), session -> inTransaction(session, isLast));
    }

    /** None to be had says nothing about the body, whatever the reason. */
    private Connection connection() {
        try {
            return database.connect();
        } catch (SQLException e) {
            throw new StoreUnavailableException("There is no connection for this transaction: " + e.getMessage(), e);
        }
    }

    private Answer inTransaction(Session session, boolean isLast) throws SQLException {
        Dialect dialect = database.dialect();
        StepRecord step = new GuardedBody(database, seat.executorId()).run(session, isLast, body);
        dialect.boundIdling(session, seat.lease());
        session.giveUpAfter(Database.PATIENCE);
        dialect.boundLockWait(session);
        seat.lockFence(session, lane);
        dialect.hardlyWait(session); // all others of the lane wait for the fence meanwhile
        if (!isHeld(session, step) || !insert(session, step)) {
            session.rollback();
            return Answer.REFUSED;
        }
        seat.requireSeated();
        committing = step;
        database.commit(session);
        return Answer.ACCEPTED;
    }

    private boolean isHeld(Session session, StepRecord step) throws SQLException {
        WorkflowRecord workflow = session.first(database.sql().lockWorkflow, Rows::workflow, workflowId);
        return workflow != null
                && step.workflowId().equals(workflow.id())
                && workflow.status() == WorkflowStatus.RUNNING
                && workflow.epoch() == step.epoch()
                && seat.executorId().equals(workflow.executorId());
    }

    private boolean insert(Session session, StepRecord step) throws SQLException {
        try {
            return session.update(database.sql().insertStep, StepTable.inserted(step)) == 1;
        } catch (SQLException e) {
            if (database.trouble(e) == Dialect.Trouble.CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    /** An interrupt that ended the first look for the answer is not to end the second. */
    private boolean wasCommittedAfterAll() {
        boolean wasInterrupted = Thread.interrupted();
        try {
            return wasCommitted();
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** After a failure: what is not recorded now never will be, for the fence was locked in between. */
    private boolean wasCommitted() {
        StepRecord step = committing;
        if (step == null) {
            return false;
        }
        boolean committed = database.write(session -> {
            seat.lockFence(session, lane);
            StepRecord recorded = session.first(
                    database.sql().stepAt,
                    Rows::step,
                    step.workflowId(),
                    step.key().scope(),
                    step.key().sequence());
            return recorded != null && step.isSameAs(recorded);
        });
        log.info(
                "{} the answer to the commit of {} was lost; it was {}",
                Printable.of(workflowId),
                Printable.of(step.key()),
                committed ? "committed" : "rolled back");
        return committed;
    }
}
