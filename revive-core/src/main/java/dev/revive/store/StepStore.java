// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.sql.Connection;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Where steps are memoized, as one lane of one executor sees it. Each write is one transaction that first locks the lane's fence and requires
 * it alive, so once a takeover has marked it dead no late write can follow.
 *
 * <p>{@link #write} is called by one thread at a time, which is never interrupted unless the store {@linkplain #toleratesInterrupts tolerates
 * it}; {@link #load} and {@link #transact} by any engine thread, at any time.
 */
public interface StepStore {
    /**
     * Writes a batch in one transaction. Operations of one workflow stand in program order; no two touch the same row. If one of a workflow's
     * operations is not accepted, none of its later ones is; other workflows do not notice.
     *
     * @param batch the operations, at least one
     * @return one answer for each, in order; only after the commit. A workflow that cannot be written now is {@link Answer#LOCKED}: its neighbours do
     *     not wait for it
     * @throws FencedException if the fence is dead: nothing is written
     * @throws StoreUnavailableException if it is not known whether the batch was committed. The same batch may be written again: what is found
     *     already recorded as the same is ACCEPTED
     * @throws StoreException if the batch as a whole cannot be written, for example because of one value in it; nothing is written
     */
    List<Answer> write(List<Operation> batch);

    /**
     * Whether {@link #write} may be called by threads that run workflows, still one at a time. Somebody may interrupt these during the call: then it
     * may fail as if the store could not be reached, but nothing else may come to harm, and the same batch can be written again.
     *
     * @return false unless a store says so; always the same
     */
    default boolean toleratesInterrupts() {
        return false;
    }

    /**
     * Loads the recorded steps of claimed workflows, ordered by scope and sequence, in one statement over workflows and steps.
     *
     * @param claimed workflows that this executor has claimed, with the epoch of that claim; the claim is committed
     * @return the steps by workflow id, an empty list where nothing is recorded; a workflow that is no longer at that epoch is missing
     * @throws StoreUnavailableException if the store cannot be asked now
     */
    Map<String, List<StepRecord>> load(Collection<WorkflowRecord> claimed);

    /**
     * Loads the calls that {@linkplain WorkflowStore#retry retries} have set aside: one that is asked for again may have happened.
     *
     * @param workflowIds workflows that this executor has claimed
     * @return the calls by workflow id, as they were, those of the latest life last; those that were never retried may be missing
     * @throws StoreUnavailableException if the store cannot be asked now
     */
    Map<String, List<StepRecord>> setAside(Collection<String> workflowIds);

    /**
     * Reads the inboxes of workflows that this executor has claimed: for each its counter, and then its messages, or both as they are at one moment. So
     * whatever the counter counts is there, or was received; a run leaves memory by it, and nobody would look for what it counts and does not show.
     *
     * @param after by workflow id the position of the last message that is known, 0 if none is
     * @return what came behind it and is not received; a workflow that is gone is missing
     * @throws StoreUnavailableException if the store cannot be asked now
     */
    Map<String, Inbox> inboxes(Map<String, Long> after);

    /**
     * Runs a body and records its step in one transaction: the body first; then the fence is locked, the step plainly inserted, and all of it
     * committed at once. May run the body again after a rollback that the database asked for (deadlock, serialization failure).
     *
     * @param work the body
     * @return ACCEPTED, or REFUSED if the epoch is not this executor's or the step is recorded already, or LOCKED if somebody kept a lock on the
     *     workflow's row or the fence, each time it was tried: all is rolled back then
     * @throws FencedException if the fence is dead; all is rolled back
     * @throws StoreUnavailableException if it is not known whether it was committed, and could not be found out
     * @throws TransactionBodyException if the body threw; all is rolled back
     */
    Answer transact(Transaction work);

    /** A body that ends in a checkpoint. */
    interface Transaction {
        /**
         * The workflow.
         *
         * @return its id
         */
        String workflowId();

        /**
         * Runs the user's SQL.
         *
         * @param connection in a transaction; guarded against commit, rollback, close and auto-commit
         * @return the step to record, encoded
         * @throws Exception whatever the user's code throws
         */
        StepRecord run(Connection connection) throws Exception;
    }
}
