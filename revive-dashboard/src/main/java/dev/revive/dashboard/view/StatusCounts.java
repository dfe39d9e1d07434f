// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import dev.revive.workflow.WorkflowStatus;
import java.util.List;

/**
 * How many workflows there are.
 *
 * @param counts one for each status
 * @param names the names of workflows that were met
 */
public record StatusCounts(List<StatusCount> counts, List<String> names) {
    /**
     * How many have one status.
     *
     * @param status the status
     * @param count as far as they were counted
     * @param isLowerBound whether there may be more
     */
    public record StatusCount(WorkflowStatus status, int count, boolean isLowerBound) {}
}
