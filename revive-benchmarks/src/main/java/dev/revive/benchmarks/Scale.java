// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param name for the report
 * @param rounds how often the contestants take turns
 * @param warmUp how long each works before it is measured
 * @param window how long each is measured
 * @param sequentialSteps of the one workflow
 * @param restarts how many recoveries of each
 * @param restarted how many workflows a killed process leaves behind
 * @param longSteps of the long workflow
 * @param waiting how many workflows wait to be sent signals at once
 * @param signals how many are sent one after the other
 */
record Scale(
        String name,
        int rounds,
        Duration warmUp,
        Duration window,
        int sequentialSteps,
        int restarts,
        int restarted,
        int longSteps,
        int waiting,
        int signals) {
    static final Scale FULL =
            new Scale("full", 3, Duration.ofSeconds(2), Duration.ofSeconds(4), 8_000, 3, 10_000, 100_000, 10_000, 100);
    static final Scale QUICK =
            new Scale("quick", 3, Duration.ofSeconds(1), Duration.ofSeconds(2), 4_000, 1, 2_000, 20_000, 2_000, 50);
    static final Scale TINY =
            new Scale("tiny", 1, Duration.ofMillis(100), Duration.ofMillis(300), 50, 1, 20, 200, 20, 3);

    boolean isTiny() {
        return name.equals(TINY.name);
    }

    Scale withRounds(int number) {
        return new Scale(
                name,
                number,
                warmUp,
                window,
                sequentialSteps,
                Math.min(number, restarts),
                restarted,
                longSteps,
                waiting,
                signals);
    }

    Scale withRestarts(int number) {
        return new Scale(name, rounds, warmUp, window, sequentialSteps, number, restarted, longSteps, waiting, signals);
    }

    String text() {
        return "%s: %d rounds of %d ms each, after %d ms to warm up; recovery %d rounds"
                .formatted(name, rounds, window.toMillis(), warmUp.toMillis(), restarts);
    }
}
