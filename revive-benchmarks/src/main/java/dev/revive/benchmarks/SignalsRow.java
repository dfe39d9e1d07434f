// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Workflows that each wait for one signal. First all are sent theirs by many callers: the time is from the first that is sent until the database shows all of
 * them finished. Then others, one after the other, while nothing else happens: the time of each is from before it is sent until its workflow has it. These
 * have begun to wait long before, so in Revive they are rows. The same once more, sent by a client that runs nothing. At last others that have just begun to wait, and so are in memory.
 */
final class SignalsRow implements Row {
    private static final int CALLERS = 64;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final Duration UNTIL_IT_WAITS = Duration.ofMillis(50);
    private static final String RATE = "signals/s";
    private static final String MEDIAN = "µs at p50";
    private static final String MEDIAN_FROM_ELSEWHERE = "µs at p50 from elsewhere";
    private static final String MEDIAN_IN_MEMORY = "µs at p50 in memory";

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
            rounds.add(
                    contestant.name(),
                    List.of(RATE, MEDIAN, MEDIAN_FROM_ELSEWHERE, MEDIAN_IN_MEMORY),
                    () -> new double[] {
                        all(lab, contestant, workflows),
                        median(lab, contestant, SignalsRow::oneByOne),
                        median(lab, contestant, SignalsRow::oneByOneFromElsewhere),
                        median(lab, contestant, SignalsRow::oneByOneInMemory)
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
                        Goal.atMost(1)),
                Finding.absolute(
                        "the same, sent by a client of another process",
                        rounds.series("Revive", MEDIAN_FROM_ELSEWHERE),
                        Goal.atMost(30_000)),
                Finding.ratio(
                        "the same, sent by a client of another process, beside DBOS",
                        rounds.series("Revive", MEDIAN_FROM_ELSEWHERE),
                        rounds.series("DBOS", MEDIAN_FROM_ELSEWHERE),
                        Goal.atMost(1)),
                Finding.ratio(
                        "a signal to a workflow that has just begun to wait, beside DBOS",
                        rounds.series("Revive", MEDIAN_IN_MEMORY),
                        rounds.series("DBOS", MEDIAN_IN_MEMORY),
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

    private static double median(Lab lab, Contestant contestant, Way way) throws Exception {
        Receipts receipts = new Receipts(lab.scale().signals());
        return lab.trial(db -> {
            try (Contestant.Running running = contestant.open(db, receipts)) {
                way.signalEach(contestant, running, db, receipts);
                return receipts.medianMicros();
            }
        });
    }

    private static void oneByOne(Contestant contestant, Contestant.Running running, Database db, Receipts receipts)
            throws Exception {
        launch(contestant, running, db, receipts.count());
        for (int number = 1; number <= receipts.count(); number++) {
            signal(running::signal, receipts, number);
        }
    }

    /** By a client with connections of its own: the engine hears of it as it hears of another process. */
    private static void oneByOneFromElsewhere(
            Contestant contestant, Contestant.Running running, Database db, Receipts receipts) throws Exception {
        launch(contestant, running, db, receipts.count());
        try (Contestant.Sender sender = contestant.openSender(db)) {
            for (int number = 1; number <= receipts.count(); number++) {
                signal(sender::signal, receipts, number);
            }
        }
    }

    private static void oneByOneInMemory(
            Contestant contestant, Contestant.Running running, Database db, Receipts receipts) throws Exception {
        for (int number = 1; number <= receipts.count(); number++) {
            running.launchWaiting(id(number), number);
            Thread.sleep(UNTIL_IT_WAITS.toMillis());
            signal(running::signal, receipts, number);
        }
    }

    private static void signal(Sending sending, Receipts receipts, int number) throws Exception {
        receipts.sending(number);
        sending.signal(id(number));
        receipts.await(number);
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

    /** Sends a workflow its signal. */
    private interface Sending {
        void signal(String id) throws Exception;
    }

    /** Sends each of some workflows its signal. */
    private interface Way {
        void signalEach(Contestant contestant, Contestant.Running running, Database db, Receipts receipts)
                throws Exception;
    }

    /** Notes when each signal is sent, and when its workflow has it. */
    private static final class Receipts implements Effect {
        private final long[] sent;
        private final long[] received;
        private final CountDownLatch[] latches;

        Receipts(int workflows) {
            this.sent = new long[workflows];
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

        int count() {
            return sent.length;
        }

        void sending(int number) {
            sent[number - 1] = System.nanoTime();
        }

        void await(int number) throws InterruptedException {
            latches[number - 1].await();
        }

        double medianMicros() {
            long[] nanos = new long[count()];
            Arrays.setAll(nanos, i -> received[i] - sent[i]);
            Arrays.sort(nanos);
            return nanos[nanos.length / 2] / 1e3;
        }
    }
}
