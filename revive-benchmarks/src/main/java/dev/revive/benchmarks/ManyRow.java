// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.List;

/** 256 workflows at once, ten steps each: what sharing commits is worth. */
final class ManyRow implements Row {
    private static final int AT_ONCE = 256;
    private static final int STEPS = 10;
    private static final String RATE = "steps/s";
    private static final String IDEMPOTENT = "Revive, idempotent";
    private static final String RAW = "raw upsert";

    @Override
    public String name() {
        return "many";
    }

    @Override
    public List<Finding> measure(Lab lab) throws Exception {
        Contestant dbos = lab.dbos();
        RawBatches.Way raw = RawBatches.best(lab);
        Rounds rounds = new Rounds()
                .add("Revive", RATE, () -> one(rate(lab, lab.revive(), Contestant.Steps.DEFAULT)))
                .add(IDEMPOTENT, RATE, () -> one(rate(lab, lab.revive(), Contestant.Steps.IDEMPOTENT)))
                .add("DBOS", RATE, () -> one(rate(lab, dbos, Contestant.Steps.DEFAULT)))
                .add(RAW, RATE, () -> one(RawBatches.rate(lab, raw)))
                .run(lab, lab.scale().rounds());
        String what = "256 workflows at once, 10 steps each";
        Series idempotent = rounds.series(IDEMPOTENT, RATE);
        return List.of(
                Finding.ratio(what, rounds.series("Revive", RATE), rounds.series("DBOS", RATE), Goal.atLeast(10)),
                Finding.ratio(what + ", idempotent", idempotent, rounds.series("DBOS", RATE), Goal.atLeast(15)),
                Finding.ratio(
                        what + ", idempotent, beside raw batches",
                        idempotent,
                        rounds.series(RAW, RATE),
                        Goal.atLeast(0.5)));
    }

    private static double[] one(double value) {
        return new double[] {value};
    }

    static double rate(Lab lab, Contestant contestant, Contestant.Steps kind) throws Exception {
        return lab.trial(db -> {
            try (Contestant.Running running = contestant.open(db, Effect.TRIVIAL)) {
                return rate(running, AT_ONCE, kind, lab.scale());
            }
        });
    }

    /** Steps per second of so many workflows at once. */
    static double rate(Contestant.Running running, int atOnce, Contestant.Steps kind, Scale scale)
            throws InterruptedException {
        return Crowd.perSecond(atOnce, scale, number -> {
            running.call(kind.name().toLowerCase(java.util.Locale.ROOT) + "-" + number, STEPS, kind);
            return STEPS;
        });
    }
}
