// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.sql.Connection;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Holds workflows and their steps, and seats executors; {@link WorkflowReads} is what people ask of it. Safe for use by many threads. The
 * engine and the console call it on threads of their own, which are never interrupted; others may call it on any thread. A store of your own is held
 * to {@code WorkflowStoreContract} in revive-testing.
 */
public interface WorkflowStore extends WorkflowReads, AutoCloseable {
    /**
     * Seats a new executor: gives it an id that was never used before, its fences and its connections. An exclusive store first declares every
     * executor dead that is not seated in this object, so their workflows are due at once.
     *
     * @param settings how many lanes and how long a lease it wants; a store may give fewer lanes
     * @return the seat
     * @throws StoreException if the store cannot serve, saying what to do
     */
    ExecutorSeat seat(ExecutorSettings settings);

    /**
     * Finds one workflow.
     *
     * @param workflowId its id
     * @return empty if there is none
     */
    Optional<WorkflowRecord> find(String workflowId);

    /**
     * Finds workflows.
     *
     * @param workflowIds their ids, at most 1,000
     * @return those that exist, in no order
     */
    List<WorkflowRecord> find(Collection<String> workflowIds);

    /**
     * Lists workflows by id, a page at a time.
     *
     * @param filter which ones
     * @return at most {@code filter.limit()}, ordered by id: ASCII by its characters, the rest in the store's own unchanging order
     */
    List<WorkflowRecord> list(WorkflowFilter filter);

    /**
     * All recorded steps of a workflow, ordered by scope and sequence.
     *
     * @param workflowId its id
     * @return empty if nothing is recorded
     */
    List<StepRecord> steps(String workflowId);

    /**
     * Makes a workflow that needs attention or is PAUSED due again, its {@code wakeSeq} raised and its strikes forgiven; and takes back what asked for it
     * to be paused, in the same transaction, though it be not paused yet.
     *
     * @param workflowId its id
     * @return false if nobody wanted it paused and it does not need attention, or there is none
     */
    boolean resume(String workflowId);

    /**
     * Makes a workflow look again at what it waits for: raises its {@code wakeSeq}, so that releasing it by what was seen before is refused, and
     * makes it due now if it is DUE. Sources of wake-ups do the same in the transaction that brings the news. It is a look and no more: a sleep and a
     * pause between attempts go on to their time, which the woken run finds in its journal.
     *
     * @param workflowId its id
     * @return false if it is neither RUNNING nor DUE, or there is none
     */
    boolean wake(String workflowId);

    /**
     * Puts letters into inboxes: for each the message, its workflow's {@code wakeSeq} raised to its position, and the workflow due now if it is DUE
     * and waits for such a one; and first, where a letter says so, the workflow itself. A letter whose key is in the inbox already has arrived, though
     * the workflow has ended since. Three kinds change a workflow in nobody's hands: TERMINATE makes it TERMINATED, its failure the letter's payload;
     * CANCEL makes it due now, whatever it waits for, and {@linkplain #resume resumes} it; PAUSE makes it PAUSED if it is DUE and not cancelled. One that
     * is RUNNING heeds them itself, and where an executor is dead or has left they are done as its workflows become DUE. Each workflow's letters are one
     * transaction, in their order; those of several may be. The row of a receiver is not waited for: whoever is told that it is LOCKED, perhaps only for
     * a moment, sends the letter again.
     *
     * @param letters at least one
     * @return what became of each, in order; only after the commit
     * @throws StoreUnavailableException if it is not known what was committed: the same letters may be sent again, under the same keys
     * @throws StoreException if one of them cannot be written at all
     */
    List<Arrival> send(List<Letter> letters);

    /**
     * Finds workflows whose deadline has passed by the store's clock, that wait for people and are not cancelled: who runs others looks at their
     * deadlines itself.
     *
     * @param limit how many, 1 to 1,000; twice as many are no fault
     * @return those that need attention or are PAUSED
     * @throws StoreUnavailableException if the store cannot be asked now
     */
    List<WorkflowRecord> overdue(int limit);

    /**
     * Records a person's decision about a zombie of a workflow that needs attention, and {@linkplain #resume resumes} the workflow, in one
     * transaction.
     *
     * @param zombie the step as it was seen, STARTED
     * @param decision what takes its place
     * @return false if the workflow does not need attention, or the step is no longer as it was seen; nothing is written then
     */
    boolean decide(StepRecord zombie, StepRecord decision);

    /**
     * Gives a failed workflow another life, in one transaction under its row's lock: keeps its failure and the calls that are to be set aside as a
     * {@linkplain WorkflowReads#pastLives past life}, puts others in their places, puts the messages that calls set aside had received
     * {@linkplain Retry#givenBack() back} into the inbox, each in its old place, and makes it due, its epoch and {@code wakeSeq} raised and its strikes
     * forgiven. What such calls had sent stays sent. What people wanted of the failed one is over, but for a cancellation that one of its recorded calls
     * ended with. A late write of the run that failed is refused by the epoch; of two retries at once one finds that it is no longer so.
     *
     * @param retry what to change
     * @return false if the workflow is not FAILED at that epoch, or a call to be set aside is gone; nothing is written then
     */
    boolean retry(Retry retry);

    /**
     * Notes in the caller's transaction what is to be done once it is committed: inserts one row into the outbox, under a fresh key, reads nothing and locks
     * nothing else. A transaction of the application must never hold what an executor waits for.
     *
     * @param connection the application's, to the same database, in a transaction; or one that {@link #transact} or {@link StepStore#transact} gave out
     * @param posting what is to be done
     * @throws IllegalStateException if the connection commits each statement, is read-only, or is not one that the store can write on
     * @throws StoreException if it is not noted, saying what to do; on some databases the transaction can then only be rolled back
     */
    default void post(Connection connection, Posting posting) {
        throw new StoreException("This store has no database: use a JdbcStore for transactions.", null);
    }

    /**
     * Runs a transaction of the application's. What it {@linkplain #post posts} is done at its end, in the same transaction; if one thing cannot be done
     * all is rolled back. May run the body again after a rollback that the database asked for (deadlock, serialization failure).
     *
     * @param work its SQL
     * @throws TransactionBodyException if the body threw; all is rolled back
     * @throws StoreLockedException if it would have had to wait for the row of a workflow: nothing was done
     * @throws StoreUnavailableException if it is not known whether it was committed
     * @throws RuntimeException what {@link HostTransaction#refusal} gives; all is rolled back
     */
    default void transact(HostTransaction work) {
        throw new StoreException("This store has no database: use a JdbcStore for transactions.", null);
    }

    /**
     * Does what was {@linkplain #post posted} in transactions that are committed, in the order of their places, and takes it out of the outbox, both in
     * one transaction. One caller at a time; the others return at once. The rows of receivers are not waited for: what is for one that is locked stays,
     * and what follows it for the same workflow. What cannot be done stays too, as {@linkplain WorkflowReads#undelivered undelivered}, and nobody waits
     * behind it but, if it is a start, what was posted for the same workflow on the same connection: that cannot be done either.
     *
     * @param same tells whether a workflow that is there is the one to be started
     * @return true if something had to be left: look again soon
     * @throws StoreUnavailableException if the store cannot be asked now
     */
    default boolean deliver(SameStart same) {
        return false;
    }

    /**
     * Tells whether a workflow is on its way: its start was {@linkplain #post posted} in a transaction that is committed, and {@link #deliver} has not come
     * to it yet.
     *
     * @param workflowId its id
     * @return true while its start waits in the outbox; false if there is none there, or it could not be delivered
     * @throws StoreUnavailableException if the store cannot be asked now
     */
    default boolean isOnItsWay(String workflowId) {
        return false;
    }

    /**
     * Removes from the outbox what could not be delivered.
     *
     * @param position its {@link Undelivered#position}
     * @return false if it is not there any more, or not undelivered
     */
    default boolean discard(long position) {
        return false;
    }

    /**
     * Has what could not be delivered tried again, at its place.
     *
     * @param position its {@link Undelivered#position}
     * @return false if it is not there any more, or not undelivered
     */
    default boolean deliverAgain(long position) {
        return false;
    }

    /** Closes what the store opened itself; a data source that was given to it stays open. Safe to call twice. */
    @Override
    void close();
}
