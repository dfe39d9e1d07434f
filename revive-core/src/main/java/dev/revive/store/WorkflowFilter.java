// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which workflows to list.
 *
 * @param statuses only these; empty for all
 * @param name only this workflow name, or null for all
 * @param idPrefix only ids that start so; "" for all
 * @param executorId only those that this executor runs, or null for all
 * @param afterId only ids after this one, the last of the page before; "" for the first page
 * @param limit how many at most, 1 to 1,000
 */
public record WorkflowFilter(
        Set<WorkflowStatus> statuses,
        @Nullable String name,
        String idPrefix,
        @Nullable String executorId,
        String afterId,
        int limit) {
    /** Checks the bounds. */
    public WorkflowFilter {
        statuses = Set.copyOf(statuses);
        Objects.requireNonNull(idPrefix, "idPrefix");
        Objects.requireNonNull(afterId, "afterId");
        if (limit < 1 || limit > 1_000) {
            throw new IllegalArgumentException("limit must be 1 to 1,000, not " + limit + ".");
        }
    }

    /**
     * Whoever runs them.
     *
     * @param statuses only these; empty for all
     * @param name only this workflow name, or null for all
     * @param idPrefix only ids that start so; "" for all
     * @param afterId only ids after this one; "" for the first page
     * @param limit how many at most, 1 to 1,000
     */
    public WorkflowFilter(
            Set<WorkflowStatus> statuses, @Nullable String name, String idPrefix, String afterId, int limit) {
        this(statuses, name, idPrefix, null, afterId, limit);
    }

    /**
     * All workflows, the first page.
     *
     * @return the filter
     */
    public static WorkflowFilter all() {
        return new WorkflowFilter(Set.of(), null, "", "", 100);
    }

    /**
     * Only those that will still change.
     *
     * @return a copy
     */
    public WorkflowFilter unfinished() {
        return new WorkflowFilter(
                Set.of(WorkflowStatus.DUE, WorkflowStatus.RUNNING, WorkflowStatus.NEEDS_ATTENTION),
                name,
                idPrefix,
                executorId,
                afterId,
                limit);
    }

    /**
     * Only those that one executor runs. A workflow that is not RUNNING is run by nobody.
     *
     * @param executor the executor's id
     * @return a copy
     */
    public WorkflowFilter runBy(String executor) {
        return new WorkflowFilter(Set.of(WorkflowStatus.RUNNING), name, idPrefix, executor, afterId, limit);
    }

    /**
     * The page after this id.
     *
     * @param id the last id of the page before
     * @return a copy
     */
    public WorkflowFilter after(String id) {
        return new WorkflowFilter(statuses, name, idPrefix, executorId, id, limit);
    }
}
