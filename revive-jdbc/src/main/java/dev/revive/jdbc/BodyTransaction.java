// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Answer;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore.Transaction;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.TransactionBodyException;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.Printable;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A user's rows and the checkpoint in one transaction: mark, body, fence, workflow, plain insert, commit. If the commit's outcome is unknown,
 * the fence is locked once more, which waits for the first transaction's end, and the checkpoint looked up.
 */
final class BodyTransaction {
    private static final Logger log = LoggerFactory.getLogger(BodyTransaction.class);
    private static final int SECONDS_TO_ANSWER = 2;

    private final Database database;
    private final JdbcSeat seat;
    private final int lane;
    private final Transaction work;
    private @Nullable StepRecord committing;

    BodyTransaction(Database database, JdbcSeat seat, int lane, Transaction work) {
        this.database = database;
        this.seat = seat;
        this.lane = lane;
        this.work = work;
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
        Object mark = dialect.mark(session, database.sql(), seat.executorId());
        StepRecord step = runBody(session, isLast);
        if (session.isSpoilt()) {
            dialect.comeBack(session);
        }
        if (!dialect.isStillIn(session, database.sql(), mark)) {
            throw committedByItself();
        }
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

    private StepRecord runBody(Session session, boolean isLast) throws SQLException {
        Connection connection = session.connection();
        GuardedConnection guard = new GuardedConnection(connection, database.dialect()::mayLeaveSomething);
        try (guard) {
            StepRecord step = work.run(guard.connection());
            guard.requireNotRolledBack();
            return step;
        } catch (Exception e) {
            if (isLost(connection, e)) {
                throw new SQLTransientConnectionException("The connection was lost in the transaction's body: " + e, e);
            }
            SQLException again = isLast ? null : cause(e, Dialect.Trouble.RETRY);
            if (again != null) {
                throw again;
            }
            throw new TransactionBodyException("The transaction's body threw, all of it is rolled back: " + e, e);
        } finally {
            Thread.interrupted(); // the body may have restored a flag; H2's file must not see it
            if (guard.isChanged()) {
                session.spoil();
            }
        }
    }

    /**
     * Whatever the body made of it: that its connection is gone says nothing about the body, and it must not be recorded as its failure. A statement
     * that the database refuses is one, even if it hangs up for it, as MariaDB does for one that is too large: it would do so each time.
     */
    private boolean isLost(Connection connection, Exception thrown) throws SQLException {
        if (cause(thrown, Dialect.Trouble.REFUSED) != null) {
            return false;
        }
        Thread.interrupted(); // the body may have restored a flag; H2's file must not see it
        return connection.isClosed()
                || (cause(thrown, Dialect.Trouble.UNAVAILABLE) != null && !connection.isValid(SECONDS_TO_ANSWER));
    }

    /** What the body threw may hide a deadlock, say, under layers of a framework's exceptions. */
    private @Nullable SQLException cause(Throwable thrown, Dialect.Trouble trouble) {
        int depth = 0;
        for (Throwable t = thrown; t != null && depth++ < 20; t = t.getCause()) {
            if (t instanceof SQLException e && database.trouble(e) == trouble) {
                return e;
            }
        }
        return null;
    }

    private static TransactionBodyException committedByItself() {
        String what =
                "The transaction's body committed by itself, as DDL does in this database, or COMMIT as SQL: its rows could be there without"
                        + " the checkpoint. Move DDL out of the workflow, into a migration; and leave the commit to Revive.";
        return new TransactionBodyException(what, new IllegalStateException(what));
    }

    private boolean isHeld(Session session, StepRecord step) throws SQLException {
        WorkflowRecord workflow = session.first(database.sql().lockWorkflow, Rows::workflow, work.workflowId());
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
                Printable.of(work.workflowId()),
                Printable.of(step.key()),
                committed ? "committed" : "rolled back");
        return committed;
    }
}
