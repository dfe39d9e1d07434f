// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

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

/** A store that outlives its engines: closing it does nothing. */
public record LentStore(WorkflowStore owner) implements WorkflowStore {
    @Override
    public ExecutorSeat seat(ExecutorSettings settings) {
        return owner.seat(settings);
    }

    @Override
    public Optional<WorkflowRecord> find(String workflowId) {
        return owner.find(workflowId);
    }

    @Override
    public List<WorkflowRecord> find(Collection<String> workflowIds) {
        return owner.find(workflowIds);
    }

    @Override
    public List<WorkflowRecord> list(WorkflowFilter filter) {
        return owner.list(filter);
    }

    @Override
    public List<StepRecord> steps(String workflowId) {
        return owner.steps(workflowId);
    }

    @Override
    public List<WorkflowSummary> summaries(WorkflowFilter filter) {
        return owner.summaries(filter);
    }

    @Override
    public WorkflowCounts counts(String idPrefix, int atMost) {
        return owner.counts(idPrefix, atMost);
    }

    @Override
    public Optional<WorkflowExcerpt> excerpt(String workflowId, int chars) {
        return owner.excerpt(workflowId, chars);
    }

    @Override
    public StepPage stepPage(String workflowId, String afterScope, int afterSequence, ReadLimit limit) {
        return owner.stepPage(workflowId, afterScope, afterSequence, limit);
    }

    @Override
    public Optional<StepRecord> step(String workflowId, String scope, int sequence) {
        return owner.step(workflowId, scope, sequence);
    }

    @Override
    public List<PastLife> pastLives(String workflowId, int chars) {
        return owner.pastLives(workflowId, chars);
    }

    @Override
    public Optional<String> fingerprint(String workflowId) {
        return owner.fingerprint(workflowId);
    }

    @Override
    public List<ExecutorRecord> executors() {
        return owner.executors();
    }

    @Override
    public boolean resume(String workflowId) {
        return owner.resume(workflowId);
    }

    @Override
    public boolean wake(String workflowId) {
        return owner.wake(workflowId);
    }

    @Override
    public boolean decide(StepRecord zombie, StepRecord decision) {
        return owner.decide(zombie, decision);
    }

    @Override
    public boolean retry(Retry retry) {
        return owner.retry(retry);
    }

    @Override
    public void close() {}
}
