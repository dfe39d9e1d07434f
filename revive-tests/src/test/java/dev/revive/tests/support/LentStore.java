// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
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
    public void close() {}
}
