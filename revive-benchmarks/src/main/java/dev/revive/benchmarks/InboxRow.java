// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.time.Duration;
import java.util.List;

/**
 * What an inbox takes, and how fast it is read. First many callers send signals to workflows that wait for others: the rate is of what is durable. Then one workflow
 * receives what was sent before it asks, with a step after each: the time is from the news that it waits for at first until the database shows it finished.
 */
final class InboxRow implements Row {
    private static final int CALLERS = 64;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final String SENDS = "sends/s";
    private static final String ROUNDS = "rounds/s";
    private static final String READER = "reader";

    @Override
    public String name() {
        return "inbox";
    }

    @Override
    public List<Finding> measure(Lab lab) throws Exception {
        Rounds rounds = new Rounds();
        for (Contestant contestant : List.of(lab.revive(), lab.dbos())) {
            received(lab, contestant, Math.max(1, lab.scale().waiting() / 10)); // to warm up
            rounds.add(contestant.name(), List.of(SENDS, ROUNDS), () -> new double[] {
                sent(lab, contestant), received(lab, contestant, lab.scale().waiting())
            });
        }
        rounds.run(lab, lab.scale().rounds());
        String sends = "signals to workflows that wait for others, 64 callers";
        String reads = "one workflow that receives %,d signals sent ahead, with a step after each"
                .formatted(lab.scale().waiting());
        return List.of(
                Finding.absolute(sends, rounds.series("Revive", SENDS), Goal.atLeast(5_000)),
                Finding.ratio(
                        sends + ", beside DBOS",
                        rounds.series("Revive", SENDS),
                        rounds.series("DBOS", SENDS),
                        Goal.atLeast(1)),
                Finding.absolute(reads, rounds.series("Revive", ROUNDS), Goal.atLeast(1_000)),
                Finding.ratio(
                        reads + ", beside DBOS",
                        rounds.series("Revive", ROUNDS),
                        rounds.series("DBOS", ROUNDS),
                        Goal.atLeast(1)));
    }

    private static double sent(Lab lab, Contestant contestant) throws Exception {
        return lab.trial(db -> {
            try (Contestant.Running running = contestant.open(db, Effect.TRIVIAL)) {
                for (int number = 0; number < CALLERS; number++) {
                    running.launchWaiting(READER + number, number);
                }
                while (contestant.waiting(db) < CALLERS) {
                    Thread.sleep(LOOK_AGAIN.toMillis());
                }
                return Crowd.perSecond(CALLERS, lab.scale(), number -> {
                    running.tell(READER + number % CALLERS);
                    return 1;
                });
            }
        });
    }

    private static double received(Lab lab, Contestant contestant, int signals) throws Exception {
        return lab.trial(db -> {
            try (Contestant.Running running = contestant.open(db, Effect.TRIVIAL)) {
                running.launchRounds(READER, signals);
                Crowd.make(CALLERS, signals, number -> {
                    running.signal(READER);
                    return 1;
                });
                long before = System.nanoTime();
                running.tell(READER);
                while (contestant.finished(db) < 1) {
                    Thread.sleep(LOOK_AGAIN.toMillis());
                }
                return signals * 1e9 / (System.nanoTime() - before);
            }
        });
    }
}
