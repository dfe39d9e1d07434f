// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.workflow.CallKind;
import java.sql.Connection;
import java.time.Instant;

/** A transaction that does what a test says, and is recorded as the step "book". */
record Booking(String workflowId, int sequence, long epoch, Body body) implements StepStore.Transaction {
    private static final Instant STAMP = Instant.parse("2026-11-25T10:00:00Z");

    /** What it does in the database. */
    interface Body {
        void run(Connection connection) throws Exception;
    }

    /** The first step of the workflow "a" in its first life. */
    Booking(Body body) {
        this(1, body);
    }

    Booking(int sequence, Body body) {
        this("a", sequence, 1, body);
    }

    @Override
    public StepRecord run(Connection connection) throws Exception {
        body.run(connection);
        return step(workflowId, sequence, epoch);
    }

    /** What is recorded of it. */
    static StepRecord step(String workflowId, int sequence, long epoch) {
        return StepRecord.of(workflowId, new StepKey("", sequence, "book"), CallKind.TRANSACTION, epoch)
                .at(STAMP)
                .completed("1");
    }
}
