// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The latest past lives of a workflow.
 *
 * @param lives the oldest of them first
 * @param isCut whether there were others before, or calls were kept aside that are left out here
 */
public record PastLifePage(List<PastLife> lives, boolean isCut) {
    /** Copies the lives. */
    public PastLifePage {
        lives = List.copyOf(lives);
    }

    /**
     * As many of some lives as a limit allows, and as many of all the calls that were kept aside.
     *
     * @param found the latest first, the outputs of their calls cut; one life and one call more than the limit's rows if there are more
     * @param limit the limit of the lives, and that of their calls
     * @return the page
     */
    public static PastLifePage of(List<PastLife> found, ReadLimit limit) {
        StepPage calls = StepPage.of(
                found.stream().flatMap(life -> life.aside().stream()).toList(), limit);
        int left = calls.steps().size();
        Deque<PastLife> lives = new ArrayDeque<>();
        long total = 0;
        for (PastLife life : found) {
            total += life.failure().length();
            if (!lives.isEmpty() && (lives.size() == limit.rows() || total > limit.total())) {
                return new PastLifePage(List.copyOf(lives), true);
            }
            List<StepSummary> aside =
                    life.aside().subList(0, Math.min(left, life.aside().size()));
            left -= aside.size();
            lives.addFirst(life.withAside(aside));
        }
        return new PastLifePage(List.copyOf(lives), calls.hasMore());
    }
}
