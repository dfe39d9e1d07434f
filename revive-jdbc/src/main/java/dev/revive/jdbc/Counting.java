// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.WorkflowCounts;
import dev.revive.store.WorkflowCounts.Group;
import dev.revive.workflow.WorkflowStatus;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Puts two counts together. What has not completed is few and has an index, so it is counted by itself; what has completed has none everywhere, for it
 * would make every end dearer, so it is counted among the first rows of the table.
 */
final class Counting {
    private Counting() {}

    /**
     * One answer of two.
     *
     * @param others the count of what has not completed
     * @param first the count of everything among the first rows
     * @param apart whether the others were counted at all
     * @param atMost the bound of both
     */
    static WorkflowCounts of(List<Group> others, List<Group> first, boolean apart, int atMost) {
        Set<WorkflowStatus> cut = EnumSet.noneOf(WorkflowStatus.class);
        List<Group> groups = new ArrayList<>(others);
        first.stream()
                .filter(group -> !apart || !isCountedApart(group.status()))
                .forEach(groups::add);
        boolean firstIsCut = sum(first) >= atMost;
        for (WorkflowStatus status : WorkflowStatus.values()) {
            boolean isCut = (apart && isCountedApart(status)) ? sum(of(status, others)) >= atMost : firstIsCut;
            if (isCut) {
                cut.add(status);
            }
        }
        return new WorkflowCounts(groups, cut);
    }

    /** What has an index: all that this version writes but the completed. */
    static boolean isCountedApart(WorkflowStatus status) {
        return status != WorkflowStatus.COMPLETED && status != WorkflowStatus.UNKNOWN;
    }

    private static List<Group> of(WorkflowStatus status, List<Group> groups) {
        return groups.stream().filter(group -> group.status() == status).toList();
    }

    private static int sum(List<Group> groups) {
        return groups.stream().mapToInt(Group::count).sum();
    }
}
