// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.programs;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A store that stays open when an engine closes it: the next engine is to find it as it was left. */
record Borrowed(WorkflowStore store) implements WorkflowStore {
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
    public boolean resume(String workflowId) {
        return store.resume(workflowId);
    }

    @Override
    public boolean decide(StepRecord zombie, StepRecord decision) {
        return store.decide(zombie, decision);
    }

    @Override
    public void close() {
        // borrowed
    }
}
