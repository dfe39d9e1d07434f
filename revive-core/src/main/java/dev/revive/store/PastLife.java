// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What a workflow was until it failed and a person had it retried. History, but for one thing: a call
 * that was kept aside and is asked for again may not happen a second time.
 *
 * @param workflowId the workflow
 * @param epoch the epoch at which it failed
 * @param failure the failure as JSON
 * @param finishedAt when it failed, by the engine's clock
 * @param retriedAt when it was retried, by the store's clock
 * @param aside the calls that were kept aside, as they were, ordered by scope and sequence
 */
public record PastLife(
        String workflowId, long epoch, String failure, Instant finishedAt, Instant retriedAt, List<StepSummary> aside) {
    /** Copies the list. */
    public PastLife {
        Objects.requireNonNull(workflowId, "workflowId");
        Objects.requireNonNull(failure, "failure");
        aside = List.copyOf(aside);
    }

    PastLife withAside(List<StepSummary> calls) {
        return new PastLife(workflowId, epoch, failure, finishedAt, retriedAt, calls);
    }
}
