// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.store.ExecutorRecord;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.PastLife;
import dev.revive.store.ReadLimit;
import dev.revive.store.Retry;
import dev.revive.store.StepPage;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowCounts;
import dev.revive.store.WorkflowExcerpt;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowSummary;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A store that reports what is written to it, and what it refuses. */
record ReportingStore(WorkflowStore store, Reporter reporter) implements WorkflowStore {
    @Override
    public ExecutorSeat seat(ExecutorSettings settings) {
        ExecutorSeat seat = store.seat(settings);
        reporter.seated(seat.executorId());
        return new ReportingSeat(seat, reporter);
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
    public List<PastLife> pastLives(String workflowId, int chars) {
        return store.pastLives(workflowId, chars);
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
    public boolean decide(StepRecord zombie, StepRecord decision) {
        return store.decide(zombie, decision);
    }

    @Override
    public boolean retry(Retry retry) {
        return store.retry(retry);
    }

    @Override
    public void close() {
        store.close();
    }
}
