// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who runs workflows.
 *
 * @param now when the store was looked at, by the clock of its stamps
 * @param items one for each executor that has not left
 */
public record ExecutorList(Instant now, List<ExecutorItem> items) {
    /**
     * An executor.
     *
     * @param id fresh for every start
     * @param name a name for people
     * @param alive whether it may write
     * @param startedAt when it took its seat
     * @param heartbeatAt when it last renewed its lease; null if it has none
     * @param leaseUntil until when it counts as alive; null if it lives as long as its process
     * @param version the version of its program
     * @param types what it has code for, each as {@code name v1}; null if it does not tell
     * @param runningCount how many workflows it runs, as far as they were counted
     * @param runningIsLowerBound whether there may be more
     * @param running some of them
     */
    public record ExecutorItem(
            String id,
            String name,
            boolean alive,
            Instant startedAt,
            @Nullable Instant heartbeatAt,
            @Nullable Instant leaseUntil,
            String version,
            @Nullable List<String> types,
            int runningCount,
            boolean runningIsLowerBound,
            List<Running> running) {}

    /**
     * What an executor runs.
     *
     * @param id the workflow's id
     * @param name its name
     */
    public record Running(String id, String name) {}
}
