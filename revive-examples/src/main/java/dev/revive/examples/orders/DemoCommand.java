// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.orders;

import dev.revive.examples.data.ChildJvm;
import dev.revive.examples.data.DataOptions;
import dev.revive.examples.data.Expectation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows a crash in the middle of a compensation, and what another JVM makes of it. */
@Command(name = "demo", description = "Shows a crash while an order is undone, and checks what came out.")
final class DemoCommand implements Callable<Integer> {
    private static final int HALTED = 137;

    @Option(names = "--data", paramLabel = "DIR", description = "an empty directory (default: a new temporary one)")
    private @Nullable Path directory;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path chosen = directory == null ? Files.createTempDirectory("revive-orders-") : directory;
        DataOptions data = DataOptions.in(chosen);
        if (data.hasData()) {
            throw new IllegalArgumentException(
                    "%s holds data already. The demo begins with an empty directory: name another.".formatted(chosen));
        }
        return demonstrate(data);
    }

    private static int demonstrate(DataOptions data) throws IOException, InterruptedException {
        String directory = data.directory().toString();

        say(
                "1. A JVM takes an order. On its way to the customer it is cancelled. The JVM halts when \"Undo Charge\" has");
        say("   refunded the money, before that is recorded.");
        ChildJvm crashed = ChildJvm.run("orders", "crash", "--data", directory);
        show(crashed.output());
        say("   That JVM is dead: exit code " + crashed.exitCode() + ".");

        say("");
        say("2. What is recorded, and what happened:");
        Ledger between = Ledger.of(OrdersCommand.ID, data);
        between.lines().forEach(line -> say(" " + line));

        say("");
        say("3. Another JVM goes on undoing. This is all that happens in it:");
        ChildJvm resumed = ChildJvm.run("orders", "resume", "--data", directory);
        show(resumed.output());

        say("");
        say("4. What is recorded, and what happened:");
        Ledger after = Ledger.of(OrdersCommand.ID, data);
        after.lines().forEach(line -> say(" " + line));
        say("   The bank was asked twice for the refund, under the key of the one charge: it refunds once.");

        List<Expectation> expectations = expectations(crashed, between, resumed, after);
        say("");
        say("5. As expected?");
        expectations.forEach(expectation -> say("   " + expectation));
        return expectations.stream().allMatch(Expectation::isMet) ? 0 : 1;
    }

    private static List<Expectation> expectations(ChildJvm crashed, Ledger between, ChildJvm resumed, Ledger after) {
        return List.of(
                new Expectation("the first JVM halted with exit code 137", crashed.exitCode() == HALTED),
                new Expectation(
                        "the second one ended the order as cancelled",
                        resumed.exitCode() == 0 && resumed.output().contains(OrdersCommand.ID + ": CANCELLED")),
                new Expectation("nothing that was recorded happened again", recordedIsAsItWas(between, after)),
                new Expectation(
                        "every effect and every compensation happened as often as recorded",
                        after.agreesWithTheWorld()),
                new Expectation(
                        "shipment, charge and stock were each undone under their own key",
                        Stream.of("Ship", "Charge", "Reserve Stock").allMatch(after::isUndone)));
    }

    private static boolean recordedIsAsItWas(Ledger between, Ledger after) {
        return !between.recorded().isEmpty()
                && between.recorded().stream()
                        .allMatch(step -> between.entry(step).equals(after.entry(step)));
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private static void show(List<String> lines) {
        lines.forEach(line -> say("   | " + line));
    }
}
