// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One executor's place at a store, from its start to its end. Its methods are called by engine threads only: {@link #claim} and {@link #reclaim} by
 * one, {@link #renew} and {@link #clock} by another and {@link #sweep} by a third, at the same time. What one of them waits for must not keep the
 * others waiting.
 */
public interface ExecutorSeat extends AutoCloseable {
    /**
     * The executor's id, fresh for every seat.
     *
     * @return at most 64 characters
     */
    String executorId();

    /**
     * The lanes: at least one, at most as many as were asked for. A workflow always uses the same.
     *
     * @return the steps as each lane sees them
     */
    List<StepStore> lanes();

    /**
     * Whether other processes may hold seats at the same store, so that this one must renew its lease.
     *
     * @return false for an exclusive store: its seats live as long as their process
     */
    boolean isShared();

    /**
     * From so many strikes on a workflow is suspected of ending its process: such workflows run one at a time, until they have recorded an outcome.
     */
    int SUSPECT = 2;

    /**
     * Claims workflows that are due and whose code is known here: RUNNING, in this executor's hands, the epoch raised. One transaction, fenced.
     * Suspects run one at a time, so that what is innocent is not taken for the culprit: they are claimed only as far as they are asked for.
     *
     * @param known the names and versions that have code here
     * @param limit how many at most, 1 or more
     * @param suspects how many of them may be {@linkplain #SUSPECT suspects}: 0 or 1
     * @return the claimed rows, and when the next falls due
     * @throws FencedException if this executor was declared dead
     * @throws StoreUnavailableException if the store cannot be asked now, or the commit's outcome is unknown; what was claimed then is
     *     {@linkplain #reclaim found again}
     */
    Claim claim(Set<WorkflowType> known, int limit, int suspects);

    /**
     * Asks for hints that something became due, or ended, by another hand than this executor's: a wake-up before the next poll. Called once,
     * before the first claim. A store without a way to tell does nothing, and costs its callers no more than a poll's pause.
     *
     * @param hints quick, safe to call from any thread, at any time, for nothing
     */
    default void listen(Consumer<Hint> hints) {}

    /**
     * Whether hints of other processes arrive at present, so that polling may be slower.
     *
     * @return false if in doubt
     */
    default boolean isListening() {
        return false;
    }

    /**
     * Claims again what is in this executor's hands but not in its memory: what a claim or a start left behind whose answer was lost.
     *
     * @param held the ids that this executor knows it runs, as a live view: an id is in it before its row is written, so a store must look at it
     *     once more after it has read the rows
     * @param limit how many at most
     * @return the claimed rows, their epoch raised
     * @throws StoreLockedException if there are some, and somebody keeps all of them locked
     * @throws StoreUnavailableException if the store cannot be asked now
     */
    List<WorkflowRecord> reclaim(Collection<String> held, int limit);

    /**
     * Finds workflows that have been due for a while and that this executor has no code for: nobody else has claimed them either. For a line in the
     * log, so a store need not look.
     *
     * @param known the names and versions that have code here
     * @param patience for how long they must have been due
     * @return one of each other name and version, at most 100
     * @throws StoreUnavailableException if the store cannot be asked now
     */
    default List<WorkflowSummary> unclaimed(Set<WorkflowType> known, Duration patience) {
        return List.of();
    }

    /**
     * Renews the lease. A lapsed lease is never renewed.
     *
     * @return false if it has lapsed or the executor was declared dead
     * @throws StoreUnavailableException if the store cannot be asked now
     */
    boolean renew();

    /**
     * The clock that all executors of this store share. Stamps that another process may read follow it: when a pause is over, when a step began.
     *
     * @return what it shows, read after the call began; empty if the store is one process's, or has no clock: then the host's counts
     * @throws StoreUnavailableException if the store cannot be asked now
     */
    default Optional<Instant> clock() {
        return Optional.empty();
    }

    /**
     * Declares executors dead whose lease has lapsed, fences first, and makes their workflows due. At a store that nobody else may use, all others are dead: what somebody
     * had locked when this seat was taken, the server that finishes the last statement of a process that was killed, say, is found by the next.
     *
     * @return how many workflows became due
     * @throws StoreUnavailableException if the store cannot be asked now
     */
    int sweep();

    /** Leaves gracefully: what is still in this executor's hands becomes due at once. Safe to call twice. */
    @Override
    void close();

    /** Leaves as a dead process does: writes nothing, only lets go of connections. For crash tests. */
    void abandon();
}
