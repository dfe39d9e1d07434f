// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.examples.onboarding.Onboarding.NewHire;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who is onboarded, under which id. */
final class HireOptions {
    @Option(
            names = "--employee",
            paramLabel = "NAME",
            description = "who joins the company (default: ${DEFAULT-VALUE})")
    private String employee = "Ada";

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "the workflow's id (default: onboard- and the employee's name in lower case)")
    private @Nullable String id;

    NewHire newHire() {
        if (employee.isBlank()) {
            throw new IllegalArgumentException("--employee must not be blank.");
        }
        return new NewHire(employee, null);
    }

    String id() {
        return id == null ? "onboard-" + employee.toLowerCase(Locale.ROOT) : id;
    }
}
