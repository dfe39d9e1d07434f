// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.examples.onboarding.Onboarding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The workflow's source, as it was compiled: the build packs it beside the class.
 *
 * @param file its name
 * @param lines its lines
 * @param steps the first and the last line of each step's statement, from 1
 */
record Source(String file, List<String> lines, Map<String, List<Integer>> steps) {
    private static final String FILE = "Onboarding.java";

    static Source load() {
        try (InputStream in = Objects.requireNonNull(Onboarding.class.getResourceAsStream(FILE), FILE)) {
            return of(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + FILE, e);
        }
    }

    private static Source of(List<String> lines) {
        Map<String, List<Integer>> steps = new LinkedHashMap<>();
        for (String step : Plan.STEPS) {
            for (int line = 0; line < lines.size(); line++) {
                if (lines.get(line).contains("\"" + step + "\"")) {
                    steps.put(step, List.of(first(lines, line) + 1, last(lines, line) + 1));
                }
            }
        }
        return new Source(FILE, lines, steps);
    }

    private static int first(List<String> lines, int line) {
        int first = line;
        while (first > 0 && !lines.get(first - 1).matches(".*[;{}(,]|\\s*")) {
            first--;
        }
        return first;
    }

    private static int last(List<String> lines, int line) {
        int last = line;
        while (last < lines.size() - 1 && !lines.get(last).matches(".*[;,]")) {
            last++;
        }
        return last;
    }
}
