// SPDX-License-Identifier: Apache-2.0
package dev.revive.client;

import dev.revive.store.Operation;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.WorkflowStatus;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a waiting caller wants to know. */
public record Ending(WorkflowStatus status, @Nullable String content) {
    /** Empty if the workflow is only paused. */
    public static Optional<Ending> of(Operation.Finish finish) {
        return finish.status() == WorkflowStatus.PAUSED
                ? Optional.empty()
                : Optional.of(new Ending(finish.status(), finish.content()));
    }

    /** Whether nothing can follow it: what failed can be retried, and what needs attention resumed. */
    public boolean isForGood() {
        return status.isFinal() && status != WorkflowStatus.FAILED;
    }

    /** Empty while the workflow goes on. */
    public static Optional<Ending> of(WorkflowRecord row) {
        return switch (row.status()) {
            case COMPLETED -> Optional.of(new Ending(row.status(), row.output()));
            case FAILED, CANCELLED, TERMINATED -> Optional.of(new Ending(row.status(), row.failure()));
            case NEEDS_ATTENTION -> Optional.of(new Ending(row.status(), row.attention()));
            case DUE, RUNNING, PAUSED, UNKNOWN -> Optional.empty();
        };
    }
}
