// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.tests.faults.Families.Family;
import dev.revive.tests.faults.Families.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares what became of workflows that start others with what was to become of them. What must hold:
 *
 * <ul>
 *   <li>Each child was started, once, by its parent's call, and there are no others.
 *   <li>A parent has ended as it was to, with what its children answered.
 *   <li>A child that is awaited or abandoned has completed; one that is left has ended as its parent chose, though that was terminated itself, and one that was
 *       cancelled has tidied up.
 * </ul>
 */
final class FamilyAudit {
    private record End(
            String status,
            @Nullable String output,
            @Nullable String parent) {}

    private final Arena arena;
    private final List<String> violations = new ArrayList<>();
    private final Map<String, End> ends = new HashMap<>();
    private final Set<String> tidied = new HashSet<>();
    private final Map<String, Integer> statuses = new TreeMap<>();

    FamilyAudit(Arena arena) {
        this.arena = arena;
    }

    List<String> violations() {
        return violations;
    }

    /** How many children have ended how. */
    Map<String, Integer> statuses() {
        return statuses;
    }

    void examine(Set<String> families) {
        String all = " LIKE '" + Families.PREFIX + "%'";
        arena.query(
                "SELECT id, status, output, parent_id FROM revive_workflow WHERE id" + all,
                row -> ends.put(row.getString(1), new End(row.getString(2), row.getString(3), row.getString(4))));
        arena.query(
                "SELECT workflow_id FROM revive_step WHERE workflow_id" + all + " AND name = '" + Families.TIDY
                        + "' AND status = 'COMPLETED'",
                row -> tidied.add(row.getString(1)));
        Set<String> others = new TreeSet<>(ends.keySet());
        for (String id : families) {
            others.remove(id);
            examine(Family.of(id), others);
        }
        if (!others.isEmpty()) {
            violations.add("nobody was to start these: " + others);
        }
    }

    private void examine(Family family, Set<String> others) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < family.roles().size(); i++) {
            Role role = family.roles().get(i);
            String child = family.child(i);
            String grandchild = child + "/1";
            examine(child, role.end(), family.id(), others);
            boolean hasNone = role == Role.TERMINATED && !ends.containsKey(grandchild); // ended before it had one
            if (!role.endOfChild().isEmpty() && !hasNone) {
                examine(grandchild, role.endOfChild(), child, others);
            }
            if (role.isAwaited()) {
                values.add(role.endOfChild().isEmpty() ? child : child + "<" + grandchild);
            }
        }
        String result = String.join(" ", values);
        End expected =
                family.isToFail() ? new End("FAILED", null, null) : new End("COMPLETED", "\"" + result + "\"", null);
        if (!expected.equals(ends.get(family.id()))) {
            violations.add("%s is %s, and was to be %s".formatted(family.id(), ends.get(family.id()), expected));
        }
    }

    private void examine(String child, String status, String parent, Set<String> others) {
        others.remove(child);
        End end = ends.get(child);
        boolean isRight = end != null
                && status.equals(end.status())
                && parent.equals(end.parent())
                && (!status.equals("CANCELLED") || tidied.contains(child));
        if (!isRight) {
            violations.add("%s is %s, and was to be %s".formatted(child, end, status));
        }
        statuses.merge(end == null ? "missing" : end.status(), 1, Integer::sum);
    }
}
