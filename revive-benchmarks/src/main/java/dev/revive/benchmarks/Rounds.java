// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Contestants that take turns, every other round in the opposite order; so a machine that is slow for a while is slow for all. */
final class Rounds {
    /** One contestant's turn. */
    interface Turn {
        /** Answers as many values as there are units. */
        double[] take() throws Exception;
    }

    private record Entry(String who, List<String> units, Turn turn) {}

    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, List<double[]>> taken = new LinkedHashMap<>();

    Rounds add(String who, String unit, Turn turn) {
        return add(who, List.of(unit), turn);
    }

    Rounds add(String who, List<String> units, Turn turn) {
        entries.add(new Entry(who, units, turn));
        return this;
    }

    Rounds run(Lab lab, int rounds) throws Exception {
        for (int round = 1; round <= rounds; round++) {
            List<Entry> order = new ArrayList<>(entries);
            if (round % 2 == 0) {
                Collections.reverse(order);
            }
            for (Entry entry : order) {
                double[] values = entry.turn().take();
                taken.computeIfAbsent(entry.who(), who -> new ArrayList<>()).add(values);
                for (int i = 0; i < values.length; i++) {
                    lab.say(
                            "round %d of %d: %s %s %s",
                            round,
                            rounds,
                            entry.who(),
                            Series.number(values[i]),
                            entry.units().get(i));
                }
            }
        }
        return this;
    }

    /** What one contestant reached in one of its units. */
    Series series(String who, String unit) {
        Entry entry = entries.stream()
                .filter(each -> each.who().equals(who))
                .findFirst()
                .orElseThrow();
        int place = entry.units().indexOf(unit);
        double[] values = taken.getOrDefault(who, List.of()).stream()
                .mapToDouble(all -> all[place])
                .toArray();
        return new Series(who, unit, values);
    }
}
