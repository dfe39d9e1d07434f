// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.List;

/**
 * Workflows that start others, of one step each, and wait for all of them. First many at once, ten children each; then one with many children, from its start to
 * its result.
 */
final class ChildrenRow implements Row {
    private static final int AT_ONCE = 64;
    private static final int EACH = 10;
    private static final String CHILDREN = "children/s";
    private static final String OF_ONE = "children of one/s";

    @Override
    public String name() {
        return "children";
    }

    @Override
    public List<Finding> measure(Lab lab) throws Exception {
        Rounds rounds = new Rounds();
        for (Contestant contestant : List.of(lab.revive(), lab.dbos())) {
            ofOne(lab, contestant, Math.max(1, lab.scale().waiting() / 10)); // to warm up
            rounds.add(contestant.name(), List.of(CHILDREN, OF_ONE), () -> new double[] {
                many(lab, contestant), ofOne(lab, contestant, lab.scale().waiting())
            });
        }
        rounds.run(lab, lab.scale().rounds());
        String many = "%d workflows at once, %d children each, started and joined".formatted(AT_ONCE, EACH);
        String ofOne = "one workflow of %,d children, started and joined"
                .formatted(lab.scale().waiting());
        return List.of(
                Finding.absolute(many, rounds.series("Revive", CHILDREN), Goal.atLeast(2_000)),
                Finding.ratio(
                        many + ", beside DBOS",
                        rounds.series("Revive", CHILDREN),
                        rounds.series("DBOS", CHILDREN),
                        Goal.atLeast(1)),
                Finding.absolute(ofOne, rounds.series("Revive", OF_ONE), Goal.atLeast(1_000)),
                Finding.ratio(
                        ofOne + ", beside DBOS",
                        rounds.series("Revive", OF_ONE),
                        rounds.series("DBOS", OF_ONE),
                        Goal.atLeast(1)));
    }

    private static double many(Lab lab, Contestant contestant) throws Exception {
        return lab.trial(db -> {
            try (Contestant.Running running = contestant.open(db, Effect.TRIVIAL)) {
                return Crowd.perSecond(AT_ONCE, lab.scale(), number -> {
                    running.callParent("parent-" + number, EACH);
                    return EACH;
                });
            }
        });
    }

    private static double ofOne(Lab lab, Contestant contestant, int children) throws Exception {
        return lab.trial(db -> {
            try (Contestant.Running running = contestant.open(db, Effect.TRIVIAL)) {
                long before = System.nanoTime();
                running.callParent("parent", children);
                return children * 1e9 / (System.nanoTime() - before);
            }
        });
    }
}
