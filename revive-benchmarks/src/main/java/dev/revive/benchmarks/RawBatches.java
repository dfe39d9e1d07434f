// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The ceiling of all that commits in groups: batches of steps upserted over as many connections as Revive has lanes, as fast as they go. */
final class RawBatches {
    private static final int LANES = 2;
    private static final int[] SIZES = {64, 128, 256, 512, 1_000, 2_000};

    /**
     * One way to do it.
     *
     * @param rows of a batch
     * @param form of its statement
     */
    record Way(int rows, RawSteps.Form form) {
        @Override
        public String toString() {
            return "batches of %,d by %s".formatted(rows, form);
        }
    }

    private RawBatches() {}

    /** The fastest of some sizes and all forms. */
    static Way best(Lab lab) throws Exception {
        Map<Way, Double> rates = new HashMap<>();
        for (RawSteps.Form form : RawSteps.Form.values()) {
            for (int size : SIZES) {
                Way way = new Way(size, form);
                rates.put(way, rate(lab, way));
                lab.say("raw %s: %,.0f rows/s", way, rates.get(way));
            }
        }
        Way best = rates.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        lab.note(
                "Raw upsert: %s over %d connections is the best of %d to %d rows in all forms.",
                best, LANES, SIZES[0], SIZES[SIZES.length - 1]);
        return best;
    }

    static double rate(Lab lab, Way way) throws Exception {
        return lab.trial(db -> {
            RawSteps.makeTable(db);
            Map<Thread, RawSteps> connections = new ConcurrentHashMap<>();
            try {
                return Crowd.perSecond(LANES, lab.scale(), number -> {
                    RawSteps mine = connections.get(Thread.currentThread());
                    if (mine == null) {
                        mine = RawSteps.connect(db);
                        connections.put(Thread.currentThread(), mine);
                    }
                    mine.upsert(rows(number, way.rows()), way.form());
                    return way.rows();
                });
            } finally {
                for (RawSteps each : connections.values()) {
                    each.close();
                }
            }
        });
    }

    /** Ten steps each of many workflows, the steps of one not beside each other: as they come from workflows that run at once. */
    private static List<@Nullable Object[]> rows(long batch, int size) {
        List<@Nullable Object[]> rows = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            rows.add(RawSteps.row("idempotent-%d-%d".formatted(batch / 10, i), 1 + (int) (batch % 10)));
        }
        return rows;
    }
}
