// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.Arrays;
import java.util.List;

/**
 * One workflow, one step after the other: what a step costs when nothing else shares its commit. It costs little but the flush to the disk, which on
 * one machine takes half as long again from one minute to the next; so the turns are short, and the contestants stay open between them.
 */
final class SequentialRow implements Row {
    private static final int TURNS_A_ROUND = 10;
    private static final String RATE = "steps/s";
    private static final String MEDIAN = "µs at p50";
    private static final String RAW = "raw commit";

    @Override
    public String name() {
        return "sequential";
    }

    @Override
    public List<Finding> measure(Lab lab) throws Exception {
        int steps = lab.scale().sequentialSteps() / TURNS_A_ROUND;
        Contestant first = lab.revive();
        Contestant second = lab.dbos();
        Stamps stamps = new Stamps(lab.scale().sequentialSteps());
        Rounds rounds = new Rounds();
        try (Contestant.Running revive = first.open(lab.create("sequential_revive"), stamps);
                Contestant.Running dbos = second.open(lab.create("sequential_dbos"), stamps);
                RawSteps raw = RawSteps.open(lab.create("sequential_raw"))) {
            lab.settle();
            rounds.add(first.name(), List.of(RATE, MEDIAN), () -> run(revive, stamps, steps))
                    .add(second.name(), List.of(RATE, MEDIAN), () -> run(dbos, stamps, steps))
                    .add(RAW, List.of("commits/s", MEDIAN), () -> run(raw, steps));
            run(revive, stamps, lab.scale().sequentialSteps()); // to warm up
            run(dbos, stamps, lab.scale().sequentialSteps());
            run(raw, lab.scale().sequentialSteps());
            rounds.run(lab, lab.scale().rounds() * TURNS_A_ROUND);
        }
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

    private static double[] run(Contestant.Running running, Stamps stamps, int steps) throws Exception {
        long before = System.nanoTime();
        running.call("sequential-" + before, steps, Contestant.Steps.DEFAULT);
        long after = System.nanoTime();
        return new double[] {steps * 1e9 / (after - before), stamps.medianMicros(steps)};
    }

    private static double[] run(RawSteps raw, int steps) throws Exception {
        long before = System.nanoTime();
        long[] nanos = raw.insertEach("sequential-" + before, steps);
        long after = System.nanoTime();
        Arrays.sort(nanos);
        return new double[] {steps * 1e9 / (after - before), nanos[steps / 2] / 1e3};
    }
}
