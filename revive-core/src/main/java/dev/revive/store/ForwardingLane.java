// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A lane that passes everything on to another: the base of one that watches, counts or refuses something. */
public class ForwardingLane implements StepStore {
    private final StepStore lane;

    /**
     * Forwards all there is.
     *
     * @param lane the real one
     */
    public ForwardingLane(StepStore lane) {
        this.lane = Objects.requireNonNull(lane, "lane");
    }

    @Override
    public List<Answer> write(List<Operation> batch) {
        return lane.write(batch);
    }

    @Override
    public boolean toleratesInterrupts() {
        return lane.toleratesInterrupts();
    }

    @Override
    public Map<String, List<StepRecord>> load(Collection<WorkflowRecord> claimed) {
        return lane.load(claimed);
    }

    @Override
    public Map<String, List<StepRecord>> setAside(Collection<String> workflowIds) {
        return lane.setAside(workflowIds);
    }

    @Override
    public Map<String, Inbox> inboxes(Map<String, Long> after) {
        return lane.inboxes(after);
    }

    @Override
    public Answer transact(Transaction work) {
        return lane.transact(work);
    }
}
