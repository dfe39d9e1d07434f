// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some steps of a workflow, by scope and sequence.
 *
 * @param steps the rows, their outputs cut
 * @param hasMore whether others follow the last
 */
public record StepPage(List<StepSummary> steps, boolean hasMore) {
    /** Copies the steps. */
    public StepPage {
        steps = List.copyOf(steps);
    }

    /**
     * As many of some rows as a limit allows.
     *
     * @param found rows in their order, their outputs cut; one more than the limit's rows if there are more
     * @param limit the limit
     * @return the page
     */
    public static StepPage of(List<StepSummary> found, ReadLimit limit) {
        List<StepSummary> page = new ArrayList<>();
        long total = 0;
        for (StepSummary step : found) {
            total += length(step.step().output()) + length(step.step().failure());
            if (!page.isEmpty() && (page.size() == limit.rows() || total > limit.total())) {
                return new StepPage(page, true);
            }
            page.add(step);
        }
        return new StepPage(page, false);
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
