// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.orders;

import dev.revive.examples.data.DataOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Goes on with the order of the crash. */
@Command(name = "resume", description = "Goes on with the order that a crash has left unfinished.")
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    private final DataOptions data = new DataOptions();

    @Override
    public Integer call() {
        try (OrderDesk desk = OrderDesk.open(data, OrderDesk.NO_CRASH, happened -> {})) {
            String end = desk.end(OrdersCommand.ID);
            data.world()
                    .causedHere(OrdersCommand.ID)
                    .forEach(happened -> System.out.printf(
                            "%s: \"%s\", attempt %d%n", OrdersCommand.ID, happened.step(), happened.attempt()));
            System.out.println(OrdersCommand.ID + ": " + end);
        }
        return 0;
    }
}
