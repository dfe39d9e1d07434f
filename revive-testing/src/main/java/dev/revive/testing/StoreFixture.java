// SPDX-License-Identifier: Apache-2.0
package dev.revive.testing;

import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Release;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the contract's tests share: a store, one executor's seat at it, and short names for its rows. */
abstract class StoreFixture {
    static final WorkflowType ORDER = new WorkflowType("order", 1);
    static final Set<WorkflowType> KNOWN = Set.of(ORDER);
    static final Instant STAMP = Instant.parse("2026-11-23T10:15:30.123456Z");
    static final Duration LEASE = Duration.ofSeconds(30);

    /** The store under test. */
    WorkflowStore store;

    /** The executor under test. */
    ExecutorSeat seat;

    /** Its first lane. */
    StepStore lane;

    /**
     * Opens an empty store.
     *
     * @return a store that no test has used
     */
    protected abstract WorkflowStore open();

    /**
     * Lets time pass by the clock that says when a workflow of this store is due.
     *
     * @param store the store under test
     * @param duration how much of it
     */
    protected abstract void pass(WorkflowStore store, Duration duration);

    /**
     * What a process's death and the next one's start look like: the seat is gone without a word, and whoever is seated next finds its workflows
     * due. A store in a file closes and opens it again; a shared store lets the lease lapse and sweeps.
     *
     * @param store the store under test
     * @param dead the seat of the process that died
     * @return the store to go on with, the same or another one
     */
    protected WorkflowStore reopenAfterDeath(WorkflowStore store, ExecutorSeat dead) {
        dead.abandon();
        return store;
    }

    /**
     * Deletes the rows of a workflow and of its steps as a person does who knows of no others. A store that nobody can reach so skips what is about it.
     *
     * @param store the store under test
     * @param workflowId the workflow
     * @return false if nobody can
     */
    protected boolean deleteByHand(WorkflowStore store, String workflowId) {
        return false;
    }

    /**
     * Locks the row of a workflow as a person does whose transaction is open. What a store that nobody can reach so does about it is skipped.
     *
     * @param store the store under test
     * @param workflowId the workflow
     * @return the connection of that transaction, which the test rolls back and closes; empty if nobody can
     * @throws SQLException if the database refuses it
     */
    protected Optional<Connection> lockByHand(WorkflowStore store, String workflowId) throws SQLException {
        return Optional.empty();
    }

    /** Whose transactions a store can be part of. */
    public enum Transactions {
        /** Nobody's: it has no database. It refuses them by a {@link dev.revive.store.StoreException}, and what is about them is skipped. */
        NONE,
        /** Those that it runs itself: a second writer would be in its way. */
        ITS_OWN,
        /** The application's, too. */
        ALL
    }

    /**
     * Says whose transactions the store is part of.
     *
     * @return nobody's, unless overridden
     */
    protected Transactions transactions() {
        return Transactions.NONE;
    }

    /**
     * Opens a connection of the application's to the database of a store that is part of {@link Transactions#ALL}.
     *
     * @param store the store under test
     * @return a connection to write on, which the test closes
     * @throws SQLException if the database refuses it
     */
    protected Connection connect(WorkflowStore store) throws SQLException {
        throw new UnsupportedOperationException(
                "A store that is part of all transactions says how to connect to its database.");
    }

    @BeforeEach
    void takeASeat() {
        store = open();
        seat = seat();
        lane = seat.lanes().get(0);
    }

    @AfterEach
    void closeTheStore() {
        seat.close();
        store.close();
    }

    ExecutorSeat seat() {
        return store.seat(new ExecutorSettings("test", 1, LEASE));
    }

    /** The executor dies; the fields are of the one that comes after. */
    void dieAndComeBack() {
        store = reopenAfterDeath(store, seat);
        seat = seat();
        lane = seat.lanes().get(0);
    }

    List<Answer> write(Operation... batch) {
        return lane.write(List.of(batch));
    }

    WorkflowRecord row(String id) {
        return store.find(id).orElseThrow();
    }

    List<StepRecord> journal(String id) {
        return store.steps(id);
    }

    List<String> claim(int limit) {
        return ids(seat.claim(KNOWN, limit, 0).workflows());
    }

    static List<String> ids(List<WorkflowRecord> rows) {
        return rows.stream().map(WorkflowRecord::id).toList();
    }

    static NewWorkflow workflow(String id) {
        return new NewWorkflow(id, ORDER, "{\"of\":\"" + id.length() + "\"}", "hash", STAMP);
    }

    /** A workflow in this executor's hands, at epoch 1. */
    static Create claimed(String id) {
        return new Create(workflow(id), Create.Start.CLAIMED, null);
    }

    static Create due(String id) {
        return new Create(workflow(id), Create.Start.DUE, null);
    }

    static Checkpoint fresh(StepRecord step) {
        return new Checkpoint(step, true);
    }

    static Checkpoint later(StepRecord step) {
        return new Checkpoint(step, false);
    }

    static StepRecord started(String id, int sequence, long epoch, int attempt) {
        return step(id, new StepKey("", sequence, "step"), StepStatus.STARTED, epoch, attempt, null);
    }

    static StepRecord completed(String id, int sequence, long epoch, int attempt, String output) {
        return step(id, new StepKey("", sequence, "step"), StepStatus.COMPLETED, epoch, attempt, output);
    }

    static StepRecord step(
            String id, StepKey key, StepStatus status, long epoch, int attempt, @Nullable String output) {
        boolean failed = status == StepStatus.FAILED || status == StepStatus.BACKOFF;
        return StepRecord.of(id, key, CallKind.STEP, epoch)
                .status(status)
                .attempt(attempt)
                .output(output)
                .failure(failed ? "{\"message\":\"no\"}" : null)
                .firstStartedAt(STAMP)
                .startedAt(STAMP.plusMillis(1))
                .recordedAt(STAMP.plusMillis(2))
                .nextAt(status == StepStatus.BACKOFF ? STAMP.plusSeconds(5) : null)
                .build();
    }

    static Finish finish(String id, long epoch, WorkflowStatus status, @Nullable String content) {
        return Finish.of(id, epoch, status, content, STAMP.plusSeconds(1));
    }

    static Finish complete(String id, long epoch) {
        return finish(id, epoch, WorkflowStatus.COMPLETED, "\"done\"");
    }

    static Release release(String id, long epoch) {
        return Release.of(id, epoch);
    }
}
