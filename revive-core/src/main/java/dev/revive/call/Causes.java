// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.workflow.CancelledException;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.StepFailedException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The recorded calls that a workflow's failure came from: the nearest one along its causes, and for a parallel those of all its branches too. A
 * retry begins with them, so what the failure did not come from, such as a failed call that the code caught and went on from, stands.
 */
final class Causes {
    private final String workflowId;
    private final Set<String> positions = new LinkedHashSet<>();
    private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private Causes(String workflowId) {
        this.workflowId = workflowId;
    }

    static Set<String> of(String workflowId, Throwable thrown) {
        Causes causes = new Causes(workflowId);
        causes.follow(thrown);
        return causes.positions;
    }

    /** Whether what a workflow threw is its cancellation, or was caused by it. */
    static boolean isCancellation(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable t = thrown; t != null && seen.add(t); t = causeOf(t)) {
            if (t instanceof CancelledException) {
                return true;
            }
        }
        return false;
    }

    private void follow(@Nullable Throwable thrown) {
        for (Throwable t = thrown; t != null && seen.add(t); t = causeOf(t)) {
            if (t instanceof StepFailedException step && step.workflowId().equals(workflowId)) {
                add(step.position());
                return;
            }
            if (t instanceof ParallelFailedException parallel) {
                add(parallel.position());
                parallel.failures().values().forEach(this::follow);
                return;
            }
        }
    }

    private void add(String position) {
        if (!position.isEmpty()) {
            positions.add(position);
        }
    }

    /** A user's exception may override it, and throw. */
    private static @Nullable Throwable causeOf(Throwable thrown) {
        try {
            return thrown.getCause();
        } catch (RuntimeException | Error e) {
            return null;
        }
    }
}
