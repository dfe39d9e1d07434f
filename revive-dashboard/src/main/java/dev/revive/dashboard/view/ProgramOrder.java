// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import java.util.Arrays;
import java.util.List;

/** Steps as a reader of the program meets them: after a parallel its branches, one after the other, then what follows. */
final class ProgramOrder implements Comparable<ProgramOrder> {
    private final StepItem step;

    /** The numbers of calls and branches on the way from the root. */
    private final int[] path;

    private ProgramOrder(StepItem step) {
        this.step = step;
        this.path = path(step.scope(), step.sequence());
    }

    static List<StepItem> of(List<StepItem> steps) {
        return steps.stream()
                .map(ProgramOrder::new)
                .sorted()
                .map(ordered -> ordered.step)
                .toList();
    }

    private static int[] path(String scope, int sequence) {
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
        path[path.length - 1] = sequence;
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
