// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.Operation;
import java.util.HashSet;
import java.util.Set;

/**
 * Where a batch must end: before an operation on a row that the batch itself inserts and that cannot be merged into the insert. One
 * statement would not see the row, and the order within the workflow would be lost.
 */
final class Boundary {
    private final Set<String> created = new HashSet<>();
    private final Set<String> createdWithSteps = new HashSet<>();
    private final Set<String> closed = new HashSet<>();
    private final Set<String> touched = new HashSet<>();

    boolean admits(Operation next) {
        String id = next.workflowId();
        if (next instanceof Operation.Create create) {
            if (touched.contains(id)) {
                return false; // another caller's start: what it is refused must not be refused to the run
            }
            created.add(id);
            if (create.start() == Operation.Create.Start.DUE) {
                closed.add(id);
            }
        } else if (closed.contains(id) || (created.contains(id) && epoch(next) != 1)) {
            return false;
        } else if (next instanceof Operation.Checkpoint && created.contains(id)) {
            createdWithSteps.add(id);
        }
        touched.add(id);
        return !(next instanceof Operation.Release && created.contains(id))
                && !(next instanceof Operation.Finish && createdWithSteps.contains(id));
    }

    private static long epoch(Operation operation) {
        if (operation instanceof Operation.Checkpoint checkpoint) {
            return checkpoint.step().epoch();
        }
        if (operation instanceof Operation.Finish finish) {
            return finish.epoch();
        }
        return operation instanceof Operation.Release release ? release.epoch() : 1;
    }
}
