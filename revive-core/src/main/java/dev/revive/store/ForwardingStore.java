// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.sql.Connection;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A store that passes everything on to another: the base of one that watches, counts or refuses something. */
public class ForwardingStore implements WorkflowStore {
    private final WorkflowStore store;

    /**
     * Forwards all there is.
     *
     * @param store the real one
     */
    public ForwardingStore(WorkflowStore store) {
        this.store = Objects.requireNonNull(store, "store");
    }

    @Override
    public ExecutorSeat seat(ExecutorSettings settings) {
        return store.seat(settings);
    }

    @Override
    public Optional<WorkflowRecord> find(String workflowId) {
        return store.find(workflowId);
    }

    @Override
    public List<WorkflowRecord> find(Collection<String> workflowIds) {
        return store.find(workflowIds);
    }

    @Override
    public List<WorkflowRecord> list(WorkflowFilter filter) {
        return store.list(filter);
    }

    @Override
    public List<StepRecord> steps(String workflowId) {
        return store.steps(workflowId);
    }

    @Override
    public List<WorkflowSummary> summaries(WorkflowFilter filter) {
        return store.summaries(filter);
    }

    @Override
    public WorkflowCounts counts(String idPrefix, int atMost) {
        return store.counts(idPrefix, atMost);
    }

    @Override
    public Optional<WorkflowExcerpt> excerpt(String workflowId, int chars) {
        return store.excerpt(workflowId, chars);
    }

    @Override
    public StepPage stepPage(String workflowId, String afterScope, int afterSequence, ReadLimit limit) {
        return store.stepPage(workflowId, afterScope, afterSequence, limit);
    }

    @Override
    public Optional<StepRecord> step(String workflowId, String scope, int sequence) {
        return store.step(workflowId, scope, sequence);
    }

    @Override
    public List<StepRecord> pastSteps(String workflowId, String scope, int sequence) {
        return store.pastSteps(workflowId, scope, sequence);
    }

    @Override
    public PastLifePage pastLives(String workflowId, ReadLimit limit) {
        return store.pastLives(workflowId, limit);
    }

    @Override
    public Optional<String> fingerprint(String workflowId) {
        return store.fingerprint(workflowId);
    }

    @Override
    public List<ExecutorRecord> executors() {
        return store.executors();
    }

    @Override
    public boolean resume(String workflowId) {
        return store.resume(workflowId);
    }

    @Override
    public boolean wake(String workflowId) {
        return store.wake(workflowId);
    }

    @Override
    public List<Arrival> send(List<Letter> letters) {
        return store.send(letters);
    }

    @Override
    public List<Message> messages(String workflowId, ReadLimit limit) {
        return store.messages(workflowId, limit);
    }

    @Override
    public List<WorkflowRecord> overdue(int limit) {
        return store.overdue(limit);
    }

    @Override
    public Optional<Message> message(String workflowId, String key) {
        return store.message(workflowId, key);
    }

    @Override
    public boolean decide(StepRecord zombie, StepRecord decision) {
        return store.decide(zombie, decision);
    }

    @Override
    public boolean retry(Retry retry) {
        return store.retry(retry);
    }

    @Override
    public void post(Connection connection, Posting posting) {
        store.post(connection, posting);
    }

    @Override
    public void transact(HostTransaction work) {
        store.transact(work);
    }

    @Override
    public boolean deliver(SameStart same) {
        return store.deliver(same);
    }

    @Override
    public boolean isOnItsWay(String workflowId) {
        return store.isOnItsWay(workflowId);
    }

    @Override
    public boolean discard(long position) {
        return store.discard(position);
    }

    @Override
    public boolean deliverAgain(long position) {
        return store.deliverAgain(position);
    }

    @Override
    public List<Undelivered> undelivered(int limit) {
        return store.undelivered(limit);
    }

    @Override
    public List<Undelivered> undelivered(ReadLimit limit) {
        return store.undelivered(limit);
    }

    @Override
    public void close() {
        store.close();
    }
}
