// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.List;

/** Workflows that do nothing, from start to result. */
final class EmptyRow implements Row {
    private static final int CALLERS = 64;
    private static final String RATE = "workflows/s";

    @Override
    public String name() {
        return "empty";
    }

    @Override
    public List<Finding> measure(Lab lab) throws Exception {
        Rounds rounds = new Rounds();
        for (Contestant contestant : List.of(lab.revive(), lab.dbos())) {
            rounds.add(contestant.name(), RATE, () -> new double[] {rate(lab, contestant)});
        }
        rounds.run(lab, lab.scale().rounds());
        return List.of(Finding.ratio(
                "empty workflows, 64 callers, start to result",
                rounds.series("Revive", RATE),
                rounds.series("DBOS", RATE),
                Goal.atLeast(6)));
    }

    private static double rate(Lab lab, Contestant contestant) throws Exception {
        return lab.trial(db -> {
            try (Contestant.Running running = contestant.open(db, Effect.TRIVIAL)) {
                return Crowd.perSecond(CALLERS, lab.scale(), number -> {
                    running.call("empty-" + number, 0, Contestant.Steps.DEFAULT);
                    return 1;
                });
            }
        });
    }
}
