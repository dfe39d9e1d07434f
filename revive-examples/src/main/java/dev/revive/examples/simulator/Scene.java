// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be played. */
enum Scene {
    /** The onboarding. */
    ONBOARDING("Onboarding.java", Plan.STEPS),

    /** The onboarding that waits for the manager's approval. */
    APPROVAL(
            "OnboardingWithApproval.java",
            List.of("Create Employee Record", "Provision Laptop", "Grant Access", "Send Welcome Email", "Put On Hold"));

    private final String file;
    private final List<String> steps;

    Scene(String file, List<String> steps) {
        this.file = file;
        this.steps = steps;
    }

    /** The name of its workflow's source. */
    String file() {
        return file;
    }

    /** What its workflow does to the outside world. */
    List<String> steps() {
        return steps;
    }

    /** By its name; the onboarding if none is said. */
    static Scene of(@Nullable String name) {
        try {
            return name == null ? ONBOARDING : valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("scene must be ONBOARDING or APPROVAL.", e);
        }
    }
}
