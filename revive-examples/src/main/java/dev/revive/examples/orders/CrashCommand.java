// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.orders;

import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.examples.data.AnnouncedCrash;
import dev.revive.examples.data.DataOptions;
import dev.revive.examples.orders.Ordering.Order;
import dev.revive.workflow.StepAttempt;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Cancels an order that is on its way, in a JVM that halts while it is undone. */
@Command(
        name = "crash",
        description =
                "Cancels an order that is on its way, in a JVM that halts while it is undone, with exit code 137.")
final class CrashCommand implements Callable<Integer> {
    @Mixin
    private final DataOptions data = new DataOptions();

    @Option(names = "--step", paramLabel = "NAME", description = "at which step (default: ${DEFAULT-VALUE})")
    private String step = "Undo Charge";

    @Option(names = "--at", paramLabel = "POINT", description = "at which point of it (default: after-effect)")
    private CrashPoint point = CrashPoint.AFTER_EFFECT;

    @Override
    public Integer call() throws InterruptedException {
        data.createDirectory();
        CrashPlan plan =
                CrashPlan.at(point).ofWorkflow(OrdersCommand.ID).ofStep(step).halt();
        CountDownLatch shipped = new CountDownLatch(1);
        try (OrderDesk desk = OrderDesk.open(data, new AnnouncedCrash(plan, data.log()), seen -> note(seen, shipped))) {
            desk.order(OrdersCommand.ID, new Order(5, 19_90, Duration.ofDays(1)));
            desk.approve(OrdersCommand.ID);
            shipped.await();
            desk.cancel(OrdersCommand.ID);
            desk.end(OrdersCommand.ID);
        }
        System.err.printf("The crash did not happen: %s of \"%s\" was never reached.%n", point.label(), step);
        return 1;
    }

    private static void note(StepAttempt happened, CountDownLatch shipped) {
        if (happened.stepName().equals("Ship")) {
            shipped.countDown();
        }
    }
}
