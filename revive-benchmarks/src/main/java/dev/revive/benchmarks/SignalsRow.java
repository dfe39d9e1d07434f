// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Workflows that each wait for one signal. First all are sent theirs by many callers: the time is from the first that is sent until the database shows all of
 * them finished. Then others, one after the other, while nothing else happens: the time of each is from before it is sent until its workflow has it.
 * All have begun to wait long before, so in Revive they are rows.
 */
final class SignalsRow implements Row {
    private static final int CALLERS = 64;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final String RATE = "signals/s";
    private static final String MEDIAN = "µs at p50";

    @Override
    public String name() {
        return "signals";
    }

    @Override
    public List<Finding> measure(Lab lab) throws Exception {
        Rounds rounds = new Rounds();
        for (Contestant contestant : List.of(lab.revive(), lab.dbos())) {
            int workflows = Math.min(lab.scale().waiting(), contestant.largestCrowd());
            lab.note("Signals: %s has %,d workflows that wait.", contestant.name(), workflows);
            all(lab, contestant, Math.max(1, workflows / 10)); // to warm up
            rounds.add(contestant.name(), List.of(RATE, MEDIAN), () -> new double[] {
                all(lab, contestant, workflows),
                oneByOne(lab, contestant, lab.scale().signals())
            });
        }
        rounds.run(lab, lab.scale().rounds());
        String work = "%,d signals to as many workflows that wait, 64 callers"
                .formatted(lab.scale().waiting());
        return List.of(
                Finding.absolute(work, rounds.series("Revive", RATE), Goal.atLeast(2_000)),
                Finding.ratio(
                        work + ", beside DBOS",
                        rounds.series("Revive", RATE),
                        rounds.series("DBOS", RATE),
                        Goal.atLeast(1)),
                Finding.absolute(
                        "a signal to a workflow that waits, from send to receipt",
                        rounds.series("Revive", MEDIAN),
                        Goal.atMost(10_000)),
                Finding.ratio(
                        "a signal to a workflow that waits, from send to receipt, beside DBOS",
                        rounds.series("Revive", MEDIAN),
                        rounds.series("DBOS", MEDIAN),
                        Goal.atMost(1)));
    }

    private static double all(Lab lab, Contestant contestant, int workflows) throws Exception {
        return lab.trial(db -> {
            try (Contestant.Running running = contestant.open(db, Effect.TRIVIAL)) {
                launch(contestant, running, db, workflows);
                long before = System.nanoTime();
                Crowd.make(CALLERS, workflows, number -> {
                    running.signal(id(number));
                    return 1;
                });
                while (contestant.finished(db) < workflows) {
                    Thread.sleep(LOOK_AGAIN.toMillis());
                }
                return workflows * 1e9 / (System.nanoTime() - before);
            }
        });
    }

    private static double oneByOne(Lab lab, Contestant contestant, int workflows) throws Exception {
        Receipts receipts = new Receipts(workflows);
        return lab.trial(db -> {
            try (Contestant.Running running = contestant.open(db, receipts)) {
                launch(contestant, running, db, workflows);
                long[] nanos = new long[workflows];
                for (int number = 1; number <= workflows; number++) {
                    long before = System.nanoTime();
                    running.signal(id(number));
                    nanos[number - 1] = receipts.await(number) - before;
                }
                Arrays.sort(nanos);
                return nanos[workflows / 2] / 1e3;
            }
        });
    }

    private static void launch(Contestant contestant, Contestant.Running running, Database db, int workflows)
            throws Exception {
        Crowd.make(CALLERS, workflows, number -> {
            running.launchWaiting(id(number), (int) number);
            return 1;
        });
        while (contestant.waiting(db) < workflows) {
            Thread.sleep(LOOK_AGAIN.toMillis());
        }
    }

    private static String id(long number) {
        return "waiting-" + number;
    }

    /** Notes when each workflow has received its signal. */
    private static final class Receipts implements Effect {
        private final long[] received;
        private final CountDownLatch[] latches;

        Receipts(int workflows) {
            this.received = new long[workflows];
            this.latches = new CountDownLatch[workflows];
            Arrays.setAll(latches, i -> new CountDownLatch(1));
        }

        @Override
        public String run(int number) {
            received[number - 1] = System.nanoTime();
            latches[number - 1].countDown();
            return ANSWER;
        }

        long await(int number) throws InterruptedException {
            latches[number - 1].await();
            return received[number - 1];
        }
    }
}
