// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import picocli.CommandLine.Command;

/** The commands of the onboarding example. */
@Command(
        name = "onboarding",
        description = "Onboards an employee, dies while at it, and goes on where it stood.",
        subcommands = {
            RunCommand.class,
            CrashCommand.class,
            ResumeCommand.class,
            StatusCommand.class,
            ResetCommand.class,
            DemoCommand.class
        })
public final class OnboardingCommand {}
