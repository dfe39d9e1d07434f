// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.examples.onboarding.Onboarding;
import dev.revive.examples.onboarding.OnboardingWithApproval;
import dev.revive.examples.onboarding.OnboardingWithUndo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A workflow's source, as it was compiled: the build packs it beside the class.
 *
 * @param file its name
 * @param lines its lines
 * @param steps the first and the last line of the statement of each step, of its compensation, and of the wait, from 1
 */
record Source(String file, List<String> lines, Map<String, List<Integer>> steps) {
    private static final String WAIT = "ctx.await(";
    private static final String SLEEP = "ctx.sleep(";
    private static final String UNDO = "Undo ";

    static Source of(Scene scene) {
        String file = scene.file();
        try (InputStream in = Objects.requireNonNull(Onboarding.class.getResourceAsStream(file), file)) {
            return of(
                    scene,
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private static Source of(Scene scene, List<String> lines) {
        Map<String, List<Integer>> steps = new LinkedHashMap<>();
        scene.steps().forEach(step -> mark(steps, step, lines, "\"" + step + "\""));
        scene.steps().stream().filter(step -> step.startsWith(UNDO)).forEach(undo -> markUndo(steps, undo, lines));
        mark(steps, OnboardingWithApproval.APPROVAL.name(), lines, WAIT);
        mark(steps, OnboardingWithUndo.FIRST_DAY, lines, SLEEP);
        return new Source(scene.file(), lines, steps);
    }

    /** How a step is undone is said right after it. */
    private static void markUndo(Map<String, List<Integer>> steps, String undo, List<String> lines) {
        List<Integer> step = Objects.requireNonNull(steps.get(undo.substring(UNDO.length())), undo);
        int next = step.get(1); // its last line from 1, so the line after it from 0
        steps.put(undo, List.of(next + 1, last(lines, next) + 1));
    }

    private static void mark(Map<String, List<Integer>> steps, String step, List<String> lines, String sign) {
        for (int line = 0; line < lines.size(); line++) {
            if (lines.get(line).contains(sign)) {
                steps.put(step, List.of(first(lines, line) + 1, last(lines, line) + 1));
            }
        }
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
