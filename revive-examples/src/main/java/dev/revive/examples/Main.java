// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples;

import dev.revive.crash.CrashPoint;
import dev.revive.examples.emails.EmailsCommand;
import dev.revive.examples.hostapp.HostAppCommand;
import dev.revive.examples.onboarding.OnboardingCommand;
import dev.revive.workflow.ReviveException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The examples' command line. Exit code 0: it did what it said. 1: it could not. 2: the command makes no sense. */
@Command(
        name = "revive-examples",
        description = "Programs to read, run, crash and resume.",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        subcommands = {OnboardingCommand.class, EmailsCommand.class, HostAppCommand.class})
public final class Main {
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private Main() {}

    /**
     * Runs one command.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
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
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static int misused(ParameterException e, String[] args) {
        say(e.getMessage());
        System.err.println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return MISUSED;
    }

    private static int failed(Exception e) {
        if (e instanceof ReviveException) {
            say(e.getMessage());
        } else if (e instanceof UncheckedIOException) {
            say(e.getMessage() + ": " + e.getCause());
        } else {
            say(e instanceof IllegalArgumentException ? e.getMessage() : e.toString());
        }
        return e instanceof IllegalArgumentException ? MISUSED : FAILED;
    }

    private static void say(String message) {
        System.err.println("revive-examples: " + message);
    }
}
