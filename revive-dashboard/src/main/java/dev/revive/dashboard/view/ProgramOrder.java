// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import dev.revive.store.StepKey;
import dev.revive.store.StepSummary;
import java.util.Arrays;
import java.util.List;

/** Steps as a reader of the program meets them: after a parallel its branches, one after the other, then what follows. */
final class ProgramOrder implements Comparable<ProgramOrder> {
    private final StepSummary step;

    /** The numbers of calls and branches on the way from the root. */
    private final int[] path;

    private ProgramOrder(StepSummary step) {
        this.step = step;
        this.path = path(step.step().key());
    }

    static List<StepSummary> of(List<StepSummary> steps) {
        return steps.stream()
                .map(ProgramOrder::new)
                .sorted()
                .map(ordered -> ordered.step)
                .toList();
    }

    private static int[] path(StepKey key) {
        String scope = key.scope();
        int[] path = new int
                [scope.isEmpty()
                        ? 1
                        : 2 + (int) scope.chars().filter(c -> c == '.').count()];
        int at = 0;
        for (int i = 0; i < scope.length(); i++) {
            char c = scope.charAt(i);
            if (c == '.') {
                at++;
            } else {
                path[at] = path[at] * 10 + (c - '0');
            }
        }
        path[path.length - 1] = key.sequence();
        return path;
    }

    @Override
    public int compareTo(ProgramOrder other) {
        return Arrays.compare(path, other.path);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProgramOrder that && Arrays.equals(path, that.path);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(path);
    }
}
