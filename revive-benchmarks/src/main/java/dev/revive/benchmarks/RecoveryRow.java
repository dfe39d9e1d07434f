// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * A process is killed while each of its workflows is in its 11th step. Another goes on with copies of the database that it left: with the first in a
 * JVM that has run nothing yet, with the last when the others have warmed it up. The time is from the start of the engine until the database shows
 * all of them finished.
 */
final class RecoveryRow implements Row {
    private static final int COPIES = 3;
    private static final String WARM = "workflows/s";
    private static final String COLD = "workflows/s at once";

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
            String crashed = "crashed_" + contestant.name().toLowerCase(Locale.ROOT);
            fill(contestant, lab.create(crashed), workflows);
            rounds.add(contestant.name(), List.of(WARM, COLD), () -> recover(lab, crashed, contestant, workflows));
        }
        rounds.run(lab, lab.scale().restarts());
        String work = "recovery of %,d workflows with 10 recorded steps each"
                .formatted(lab.scale().restarted());
        return List.of(
                finding(rounds, work, WARM), finding(rounds, work + ", in a JVM that has run nothing yet", COLD));
    }

    private static Finding finding(Rounds rounds, String work, String unit) {
        return Finding.ratio(work, rounds.series("Revive", unit), rounds.series("DBOS", unit), Goal.atLeast(20));
    }

    private static void fill(Contestant contestant, Database database, int workflows) throws Exception {
        try (ChildJvm killed = ChildJvm.start("fill", contestant, workflows, database)) {
            killed.await("FULL");
            killed.kill();
        }
        if (contestant.finished(database) != 0) {
            throw new IllegalStateException("Some have finished before the process was killed");
        }
    }

    private static double[] recover(Lab lab, String crashed, Contestant contestant, int workflows) throws Exception {
        Database[] copies = new Database[COPIES];
        for (int i = 0; i < COPIES; i++) {
            copies[i] = lab.copy(crashed, "trial_" + i);
        }
        try (ChildJvm next = ChildJvm.start("recover", contestant, workflows, copies)) {
            double cold = rate(next, workflows);
            double warm = cold;
            for (int i = 1; i < COPIES; i++) {
                lab.settle();
                next.goOn();
                warm = rate(next, workflows);
            }
            next.kill();
            return new double[] {warm, cold};
        }
    }

    private static double rate(ChildJvm next, int workflows) throws Exception {
        return workflows * 1e9 / Long.parseLong(next.await("RECOVERED "));
    }
}
