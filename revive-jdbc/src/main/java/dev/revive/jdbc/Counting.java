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
 * Puts two counts together. What will still change is few and has an index, so it is counted by itself; what is over has none, for it would make
 * every end dearer, so it is counted among the first rows of the table.
 */
final class Counting {
    private Counting() {}

    /**
     * One answer of two.
     *
     * @param unfinished the count of what will still change
     * @param first the count of everything among the first rows
     * @param apart whether unfinished was counted at all
     * @param atMost the bound of both
     */
    static WorkflowCounts of(List<Group> unfinished, List<Group> first, boolean apart, int atMost) {
        Set<WorkflowStatus> cut = EnumSet.noneOf(WorkflowStatus.class);
        List<Group> groups = new ArrayList<>(unfinished);
        first.stream()
                .filter(group -> !apart || group.status().isFinal() || group.status() == WorkflowStatus.UNKNOWN)
                .forEach(groups::add);
        boolean firstIsCut = sum(first) >= atMost;
        for (WorkflowStatus status : WorkflowStatus.values()) {
            boolean isCut = (apart && !status.isFinal()) ? sum(of(status, unfinished)) >= atMost : firstIsCut;
            if (isCut) {
                cut.add(status);
            }
        }
        return new WorkflowCounts(groups, cut);
    }

    private static List<Group> of(WorkflowStatus status, List<Group> groups) {
        return groups.stream().filter(group -> group.status() == status).toList();
    }

    private static int sum(List<Group> groups) {
        return groups.stream().mapToInt(Group::count).sum();
    }
}
