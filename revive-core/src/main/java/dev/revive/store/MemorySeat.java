// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A seat at an {@link InMemoryStore}, and each of its lanes: all they know is who they are. */
final class MemorySeat implements ExecutorSeat, StepStore {
    private final InMemoryStore store;
    private final String executorId;
    private final ExecutorSettings settings;
    private final Instant startedAt;
    private volatile Consumer<Hint> hints = hint -> {};
    private volatile boolean abandoned;

    MemorySeat(InMemoryStore store, String executorId, ExecutorSettings settings, Instant startedAt) {
        this.store = store;
        this.executorId = executorId;
        this.settings = settings;
        this.startedAt = startedAt;
    }

    @Override
    public String executorId() {
        return executorId;
    }

    @Override
    public List<StepStore> lanes() {
        return Collections.nCopies(settings.lanes(), this);
    }

    ExecutorRecord record(Instant now) {
        return new ExecutorRecord(
                executorId,
                settings.name(),
                settings.version(),
                !abandoned,
                startedAt,
                null,
                null,
                now,
                settings.types());
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public List<Answer> write(List<Operation> batch) {
        return store.write(this, batch);
    }

    @Override
    public boolean toleratesInterrupts() {
        return true;
    }

    @Override
    public Map<String, List<StepRecord>> load(Collection<WorkflowRecord> claimed) {
        return store.load(claimed);
    }

    @Override
    public Map<String, List<StepRecord>> setAside(Collection<String> workflowIds) {
        return store.setAside(workflowIds);
    }

    @Override
    public Map<String, Inbox> inboxes(Map<String, Long> after) {
        return store.inboxes(after);
    }

    @Override
    public Answer transact(Transaction work) {
        throw new StoreException("The in-memory store has no database; use a JdbcStore for ctx.transaction.", null);
    }

    @Override
    public Claim claim(Set<WorkflowType> known, int limit, int suspects) {
        return store.claim(this, known, limit, suspects);
    }

    @Override
    public void listen(Consumer<Hint> listener) {
        hints = listener;
    }

    void hear(Hint hint) {
        hints.accept(hint);
    }

    @Override
    public List<WorkflowRecord> reclaim(Collection<String> held, int limit) {
        return store.reclaim(this, held, limit);
    }

    @Override
    public List<WorkflowSummary> unclaimed(Set<WorkflowType> known, Duration patience) {
        return store.unclaimed(known, patience);
    }

    @Override
    public boolean renew() {
        return store.isAlive(this);
    }

    @Override
    public int sweep() {
        return store.sweep(this);
    }

    @Override
    public void close() {
        store.leave(this);
    }

    @Override
    public void abandon() {
        store.abandon(this);
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /** Under the store's lock: a write that has begun is over before. */
    void markAbandoned() {
        abandoned = true;
    }
}
