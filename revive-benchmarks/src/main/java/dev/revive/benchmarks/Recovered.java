// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * What the two JVMs of {@link RecoveryRow} do: one fills a database with workflows that hang in their last step; the other finishes those of one
 * database after the other, each when it is told to.
 */
final class Recovered {
    private static final int STEPS = 11;
    private static final int STARTERS = 64;
    private static final int MOST_UNDER_WAY = 1_000;
    private static final long LOOK_MILLIS = 5;

    private final Contestant contestant;
    private final int workflows;

    private Recovered(Contestant contestant, int workflows) {
        this.contestant = contestant;
        this.workflows = workflows;
    }

    /** Arguments: what to do, by whom, the size of DBOS's pool, how many workflows, and the databases. */
    public static void main(String[] args) throws Exception {
        Contestant contestant =
                args[1].equals("Revive") ? new ReviveContestant() : DbosContestant.withPool(Integer.parseInt(args[2]));
        Recovered recovered = new Recovered(contestant, Integer.parseInt(args[3]));
        if (args[0].equals("fill")) {
            recovered.fill(new Database(args[4]));
        } else {
            for (String url : List.of(args).subList(4, args.length)) {
                System.out.println("RECOVERED " + recovered.nanosFor(new Database(url)));
                awaitLine();
            }
        }
    }

    /** No more are on their way than whoever waits for a connection gets one in time, on a slow disk too. */
    private void fill(Database database) throws Exception {
        Semaphore mayLeave = new Semaphore(MOST_UNDER_WAY);
        CountDownLatch arrived = new CountDownLatch(workflows);
        CountDownLatch never = new CountDownLatch(1);
        Contestant.Running running = contestant.openForCrowd(
                database,
                number -> {
                    if (number == STEPS) {
                        mayLeave.release();
                        arrived.countDown();
                        never.await();
                    }
                    return Effect.ANSWER;
                },
                workflows);
        Crowd.make(STARTERS, workflows, number -> {
            mayLeave.acquire();
            running.launch("crashed-" + number, STEPS);
            return 1;
        });
        arrived.await();
        System.out.println("FULL");
        never.await(); // until this process is killed
    }

    @SuppressWarnings("try") // the engine works by itself; it is only opened and closed
    private long nanosFor(Database database) throws Exception {
        CountDownLatch ended = new CountDownLatch(workflows);
        long before = System.nanoTime();
        try (Contestant.Running ignored = contestant.reopen(database, number -> {
            if (number < STEPS) {
                throw new IllegalStateException("Step " + number + " was recorded, and is run again");
            }
            ended.countDown();
            return Effect.ANSWER;
        })) {
            ended.await();
            while (contestant.finished(database) < workflows) {
                Thread.sleep(LOOK_MILLIS);
            }
            return System.nanoTime() - before;
        }
    }

    private static void awaitLine() throws IOException {
        System.gc();
        for (int c = System.in.read(); c != '\n' && c >= 0; ) {
            c = System.in.read();
        }
    }
}
