// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.List;

/**
 * A process is killed while each of its workflows is in its 11th step. Another is started; the time is from its start, the JVM's included, until
 * the database shows all of them finished.
 */
final class RecoveryRow implements Row {
    private static final String RATE = "workflows/s";

    @Override
    public String name() {
        return "recovery";
    }

    @Override
    public List<Finding> measure(Lab lab) throws Exception {
        Rounds rounds = new Rounds();
        for (Contestant contestant : List.of(lab.revive(), lab.dbos())) {
            int workflows = Math.min(lab.scale().restarted(), contestant.largestCrowd());
            lab.note("Recovery: %s leaves %,d workflows with 10 recorded steps each.", contestant.name(), workflows);
            rounds.add(contestant.name(), RATE, () -> lab.trial(db -> recover(contestant, db, workflows)));
        }
        rounds.run(lab, lab.scale().restarts());
        return List.of(Finding.ratio(
                "recovery of %,d workflows with 10 recorded steps each"
                        .formatted(lab.scale().restarted()),
                rounds.series("Revive", RATE),
                rounds.series("DBOS", RATE),
                Goal.atLeast(20)));
    }

    private static double[] recover(Contestant contestant, Database database, int workflows) throws Exception {
        try (ChildJvm killed = ChildJvm.start("fill", contestant, database, workflows)) {
            killed.await("FULL");
            killed.kill();
        }
        if (contestant.finished(database) != 0) {
            throw new IllegalStateException("Some have finished before the process was killed");
        }
        database.run("CHECKPOINT");
        long before = System.nanoTime();
        try (ChildJvm next = ChildJvm.start("recover", contestant, database, workflows)) {
            next.await("RECOVERED");
            long after = System.nanoTime();
            next.kill();
            return new double[] {workflows * 1e9 / (after - before)};
        }
    }
}
