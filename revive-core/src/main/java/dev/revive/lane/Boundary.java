// SPDX-License-Identifier: Apache-2.0
package dev.revive.lane;

import dev.revive.store.Operation;
import java.util.HashSet;
import java.util.Set;

/**
 * Where a batch must end: before an operation on a row that the batch itself inserts and that cannot be merged into the insert. One
 * statement would not see the row, and the order within the workflow would be lost. And before and after what touches other
 * workflows.
 */
final class Boundary implements Operation.Visitor<Boolean, RuntimeException> {
    private final Set<String> created = new HashSet<>();
    private final Set<String> createdWithSteps = new HashSet<>();
    private final Set<String> closed = new HashSet<>();
    private final Set<String> touched = new HashSet<>();
    private boolean sends;

    boolean admits(Operation next) {
        return next.visit(this);
    }

    /** It locks the row of another workflow, and goes by itself, so that nobody waits for two of them. */
    @Override
    public Boolean send(Operation.Send send) {
        boolean isFirst = touched.isEmpty();
        sends |= isFirst;
        touched.add(send.workflowId());
        return isFirst;
    }

    @Override
    public Boolean receive(Operation.Receive receive) {
        return checkpoint(receive.checkpoint());
    }

    /** A second one is another caller's start: what it is refused must not be refused to the run. */
    @Override
    public Boolean create(Operation.Create create) {
        String id = create.workflowId();
        if (sends || !touched.add(id)) {
            return false;
        }
        created.add(id);
        if (create.start() == Operation.Create.Start.DUE) {
            closed.add(id);
        }
        return true;
    }

    @Override
    public Boolean startChild(Operation.StartChild start) {
        String child = start.child().id();
        if (!checkpoint(start.checkpoint()) || !touched.add(child)) {
            return false;
        }
        closed.add(child);
        return true;
    }

    @Override
    public Boolean checkpoint(Operation.Checkpoint checkpoint) {
        if (!mayFollow(checkpoint)) {
            return false;
        }
        if (created.contains(checkpoint.workflowId())) {
            createdWithSteps.add(checkpoint.workflowId());
        }
        return true;
    }

    @Override
    public Boolean finish(Operation.Finish finish) {
        return mayFollow(finish) && !createdWithSteps.contains(finish.workflowId());
    }

    @Override
    public Boolean release(Operation.Release release) {
        return mayFollow(release) && !created.contains(release.workflowId());
    }

    private boolean mayFollow(Operation next) {
        String id = next.workflowId();
        touched.add(id);
        return !sends && !closed.contains(id) && (!created.contains(id) || next.epoch() == 1);
    }
}
