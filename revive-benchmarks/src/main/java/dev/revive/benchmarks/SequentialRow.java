// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.Arrays;
import java.util.List;

/** One workflow, one step after the other: what a step costs when nothing else shares its commit. */
final class SequentialRow implements Row {
    private static final String RATE = "steps/s";
    private static final String MEDIAN = "µs at p50";
    private static final String RAW = "raw commit";

    @Override
    public String name() {
        return "sequential";
    }

    @Override
    public List<Finding> measure(Lab lab) throws Exception {
        int steps = lab.scale().sequentialSteps();
        Rounds rounds = new Rounds();
        for (Contestant contestant : List.of(lab.revive(), lab.dbos())) {
            rounds.add(contestant.name(), List.of(RATE, MEDIAN), () -> lab.trial(db -> run(contestant, db, steps)));
        }
        rounds.add(RAW, List.of("commits/s", MEDIAN), () -> lab.trial(db -> raw(db, steps)));
        rounds.run(lab, lab.scale().rounds());
        return List.of(
                Finding.ratio(
                        "one workflow, sequential steps",
                        rounds.series("Revive", RATE),
                        rounds.series("DBOS", RATE),
                        Goal.atLeast(1.5)),
                Finding.ratio(
                        "one workflow, p50 of a step beside a single-row insert and commit",
                        rounds.series("Revive", MEDIAN),
                        rounds.series(RAW, MEDIAN),
                        Goal.atMost(1.4)));
    }

    private static double[] run(Contestant contestant, Database database, int steps) throws Exception {
        Stamps stamps = new Stamps(steps);
        try (Contestant.Running running = contestant.open(database, stamps)) {
            running.call("warm-up", steps / 2, Contestant.Steps.DEFAULT);
            long before = System.nanoTime();
            running.call("measured", steps, Contestant.Steps.DEFAULT);
            long after = System.nanoTime();
            return new double[] {steps * 1e9 / (after - before), stamps.medianMicros(steps)};
        }
    }

    private static double[] raw(Database database, int steps) throws Exception {
        try (RawSteps raw = RawSteps.open(database)) {
            raw.insertEach("warm-up", steps / 2);
            long before = System.nanoTime();
            long[] nanos = raw.insertEach("measured", steps);
            long after = System.nanoTime();
            Arrays.sort(nanos);
            return new double[] {steps * 1e9 / (after - before), nanos[steps / 2] / 1e3};
        }
    }
}
