// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import picocli.CommandLine.Option;

/** How long effects take. */
final class PaceOption {
    @Option(
            names = "--step-millis",
            paramLabel = "N",
            description = "how many milliseconds an effect works (default: ${DEFAULT-VALUE})")
    private long stepMillis = 200;

    long stepMillis() {
        if (stepMillis < 0 || stepMillis > 3_600_000) {
            throw new IllegalArgumentException("--step-millis must be 0 to 3,600,000, not " + stepMillis + ".");
        }
        return stepMillis;
    }
}
