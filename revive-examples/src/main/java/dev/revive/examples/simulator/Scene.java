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
    APPROVAL("OnboardingWithApproval.java"),

    /** The onboarding that can be called off until its end. */
    CALLED_OFF("OnboardingWithUndo.java");

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
        return Stream.concat(Plan.STEPS.stream(), more()).toList();
    }

    private Stream<String> more() {
        return switch (this) {
            case ONBOARDING -> Stream.empty();
            case APPROVAL -> Stream.of("Put On Hold");
            case CALLED_OFF -> Stream.of("Undo Grant Access", "Undo Provision Laptop", "Undo Create Employee Record");
        };
    }

    /** By its name; the onboarding if none is said. */
    static Scene of(@Nullable String name) {
        try {
            return name == null ? ONBOARDING : valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("scene must be ONBOARDING, APPROVAL or CALLED_OFF.", e);
        }
    }
}
