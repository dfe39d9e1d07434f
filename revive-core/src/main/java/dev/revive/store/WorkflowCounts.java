// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many workflows there are of each name and status, as far as they were counted.
 *
 * @param groups one for each name and status that was met
 * @param cut the statuses of which there may be more than was counted
 */
public record WorkflowCounts(List<Group> groups, Set<WorkflowStatus> cut) {
    /**
     * Workflows of one name and status.
     *
     * @param name the workflow's name
     * @param status their status
     * @param count how many were counted
     */
    public record Group(String name, WorkflowStatus status, int count) {
        /** Checks what is never null. */
        public Group {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(status, "status");
        }
    }

    /** Copies both. */
    public WorkflowCounts {
        groups = List.copyOf(groups);
        cut = Set.copyOf(cut);
    }

    /**
     * How many have a status.
     *
     * @param status the status
     * @param name only workflows of this name, or null for all
     * @return at least so many; exactly so many unless the status is {@link #cut}
     */
    public int of(WorkflowStatus status, @Nullable String name) {
        return groups.stream()
                .filter(group -> group.status() == status && (name == null || name.equals(group.name())))
                .mapToInt(Group::count)
                .sum();
    }

    /**
     * The names that were met.
     *
     * @return sorted
     */
    public List<String> names() {
        return groups.stream().map(Group::name).distinct().sorted().toList();
    }
}
