// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.orders;

import picocli.CommandLine.Command;

/** The commands of the order example. */
@Command(
        name = "orders",
        description = "Takes an order, dies while it is cancelled, and goes on undoing it.",
        subcommands = {CrashCommand.class, ResumeCommand.class, DemoCommand.class})
public final class OrdersCommand {
    static final String ID = "order-42";
}
