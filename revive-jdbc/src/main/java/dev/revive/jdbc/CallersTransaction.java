// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.HostTransaction;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.workflow.Printable;
import java.sql.SQLException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transaction of the application's, run for it: its SQL, what it has posted, commit. */
final class CallersTransaction {
    private static final Logger log = LoggerFactory.getLogger(CallersTransaction.class);

    private final Database database;
    private final OutboxRelay relay;
    private final HostTransaction work;
    private final GuardedBody.Sql<Boolean> body;
    private boolean isCommitting;

    /** @param body runs the work's SQL, perhaps on another thread */
    CallersTransaction(Database database, OutboxRelay relay, HostTransaction work, GuardedBody.Sql<Boolean> body) {
        this.database = database;
        this.relay = relay;
        this.work = work;
        this.body = body;
    }

    /** Answers what was done beside the application's own rows, once it is committed. */
    Delivery run() {
        for (int tries = 1; ; tries++) {
            boolean isLast = tries == Database.TRIES;
            database.lockWriter();
            try {
                return attempt(isLast);
            } catch (LockedOutException e) {
                if (isLast) {
                    throw e;
                }
            } catch (SQLException e) {
                boolean mayBeRunAgain = database.mayBeRunAgain(e);
                if (isCommitting && database.trouble(e) == Dialect.Trouble.UNAVAILABLE) {
                    throw new StoreUnavailableException(
                            "The commit failed or was not answered: %s. If a transaction manager owns this connection, only that may commit: ask with revive.in(connection) there, or call transact outside of its transactions."
                                    .formatted(e.getMessage()),
                            e);
                }
                if (isLast || !mayBeRunAgain) {
                    throw new StoreException(
                            "The transaction could not be completed, nothing of it was done: " + e.getMessage(), e);
                }
            } finally {
                database.unlockWriter();
            }
            Database.pauseAfter(tries);
            deliverWhatWasMissing();
        }
    }

    /** It may have been on its way. If that cannot be done now, the next try says what is wrong, and that nothing was done. */
    private void deliverWhatWasMissing() {
        try {
            relay.deliver(work);
        } catch (StoreException e) {
            log.debug("The outbox could not be emptied between two tries: {}", Printable.of(e));
        }
    }

    private Delivery attempt(boolean isLast) throws SQLException {
        isCommitting = false;
        return database.transaction(database.connect(), session -> {
            GuardedBody guarded = new GuardedBody(database, "transact " + UUID.randomUUID());
            guarded.run(session, isLast, body);
            database.dialect().boundIdling(session, Database.PATIENCE);
            session.giveUpAfter(Database.PATIENCE);
            database.dialect().boundLockWait(session);
            Delivery delivery = relay.deliverAtOnce(session, guarded.posted(), work);
            if (!delivery.refused().isEmpty()) {
                session.rollback();
                throw work.refusal(delivery.refused().get(0));
            }
            isCommitting = true;
            database.commit(session);
            return delivery;
        });
    }
}
