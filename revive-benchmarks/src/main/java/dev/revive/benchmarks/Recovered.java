// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.concurrent.CountDownLatch;

/** What the two JVMs of {@link RecoveryRow} do: fill a database with workflows that hang in their last step, and finish them. */
final class Recovered {
    private static final int STEPS = 11;
    private static final int STARTERS = 64;
    private static final long LOOK_MILLIS = 5;

    private Recovered() {}

    public static void main(String[] args) throws Exception {
        Contestant contestant =
                args[1].equals("Revive") ? new ReviveContestant() : DbosContestant.withPool(Integer.parseInt(args[3]));
        Database database = new Database(args[2]);
        int workflows = Integer.parseInt(args[4]);
        if (args[0].equals("fill")) {
            fill(contestant, database, workflows);
        } else {
            recover(contestant, database, workflows);
        }
    }

    private static void fill(Contestant contestant, Database database, int workflows) throws Exception {
        CountDownLatch arrived = new CountDownLatch(workflows);
        CountDownLatch never = new CountDownLatch(1);
        Contestant.Running running = contestant.openForCrowd(
                database,
                number -> {
                    if (number == STEPS) {
                        arrived.countDown();
                        never.await();
                    }
                    return Effect.ANSWER;
                },
                workflows);
        Crowd.make(STARTERS, workflows, number -> {
            running.launch("crashed-" + number, STEPS);
            return 1;
        });
        arrived.await();
        System.out.println("FULL");
        never.await(); // until this process is killed
    }

    private static void recover(Contestant contestant, Database database, int workflows) throws Exception {
        CountDownLatch ended = new CountDownLatch(workflows);
        contestant.reopen(database, number -> {
            if (number < STEPS) {
                throw new IllegalStateException("Step " + number + " was recorded, and is run again");
            }
            ended.countDown();
            return Effect.ANSWER;
        });
        ended.await();
        while (contestant.finished(database) < workflows) {
            Thread.sleep(LOOK_MILLIS);
        }
        System.out.println("RECOVERED");
        new CountDownLatch(1).await(); // until this process is killed
    }
}
