// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What can be played. */
enum Scene {
    /** The onboarding. */
    ONBOARDING("Onboarding.java"),

    /** The onboarding that waits for the manager's approval. */
    APPROVAL("OnboardingWithApproval.java");

    private static final List<String> STEPS_WITH_APPROVAL =
            Stream.concat(Plan.STEPS.stream(), Stream.of("Put On Hold")).toList();

    private final String file;

    Scene(String file) {
        this.file = file;
    }

    /** The name of its workflow's source. */
    String file() {
        return file;
    }

    /** What its workflow does to the outside world. */
    List<String> steps() {
        return this == APPROVAL ? STEPS_WITH_APPROVAL : Plan.STEPS;
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
