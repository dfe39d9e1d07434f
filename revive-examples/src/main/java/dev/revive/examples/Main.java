// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples;

import dev.revive.crash.CrashPoint;
import dev.revive.examples.emails.EmailsCommand;
import dev.revive.examples.hostapp.HostAppCommand;
import dev.revive.examples.onboarding.OnboardingCommand;
import dev.revive.examples.orders.OrdersCommand;
import dev.revive.examples.simulator.SimulatorCommand;
import dev.revive.examples.simulator.WorkerCommand;
import dev.revive.workflow.ReviveException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The examples' command line. Exit code 0: it did what it said. 1: it could not. 2: the command makes no sense. */
@Command(
        name = "revive-examples",
        description = "Programs to read, run, crash and resume.",
        subcommands = {
            OnboardingCommand.class,
            OrdersCommand.class,
            EmailsCommand.class,
            HostAppCommand.class,
            SimulatorCommand.class,
            WorkerCommand.class
        })
public final class Main {
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Shows this help.")
    @SuppressWarnings("UnusedVariable") // picocli sets it, and acts on it
    private boolean isHelp;

    private Main() {}

    /**
     * Runs one command.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return commandLine().execute(args);
    }

    private static CommandLine commandLine() {
        return new CommandLine(new Main())
                .registerConverter(CrashPoint.class, Main::crashPoint)
                .setParameterExceptionHandler(Main::misused)
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e));
    }

    private static CrashPoint crashPoint(String label) {
        try {
            return CrashPoint.of(label);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }

    private static int misused(ParameterException e, String[] args) {
        say(String.valueOf(e.getMessage()));
        System.err.println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return MISUSED;
    }

    private static int failed(Exception e) {
        if (e instanceof UncheckedIOException) {
            say(e.getMessage() + ": " + e.getCause());
        } else if (e instanceof ReviveException || e instanceof IllegalArgumentException) {
            say(String.valueOf(e.getMessage()));
        } else {
            say(e.toString());
        }
        return e instanceof IllegalArgumentException ? MISUSED : FAILED;
    }

    private static void say(String message) {
        System.err.println("revive-examples: " + message);
    }
}
