// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.examples.onboarding.Onboarding.Delivery;
import dev.revive.examples.onboarding.Onboarding.NewHire;
import dev.revive.examples.onboarding.OnboardingWithApproval.Request;
import dev.revive.examples.onboarding.OnboardingWithUndo.Contract;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a person asked for.
 *
 * @param workflowId the workflow
 * @param scene what is played
 * @param employee who joins
 * @param stepMillis how long an effect works
 * @param email what becomes of an e-mail in doubt
 * @param waitMillis how long the manager has to approve, or until the first day; null where nothing is waited for
 * @param crash where the youngest worker is to halt, or null
 */
record Plan(
        String workflowId,
        Scene scene,
        String employee,
        long stepMillis,
        Delivery email,
        @Nullable Long waitMillis,
        @Nullable Crash crash) {
    static final List<String> STEPS =
            List.of("Create Employee Record", "Provision Laptop", "Grant Access", "Send Welcome Email");

    private static final int LONGEST_NAME = 80;
    private static final long LONGEST_STEP = 20_000;
    private static final long LONGEST_WAIT = 86_400_000;

    Plan {
        Objects.requireNonNull(workflowId, "workflowId");
        Objects.requireNonNull(scene, "scene");
        if (employee == null || employee.isBlank() || employee.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("The employee needs a name of 1 to " + LONGEST_NAME + " characters.");
        }
        if (employee.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("The employee's name must not hold control characters.");
        }
        if (stepMillis < 0 || stepMillis > LONGEST_STEP) {
            throw new IllegalArgumentException(
                    "stepMillis must be 0 to %,d, not %,d.".formatted(LONGEST_STEP, stepMillis));
        }
        if (email == null) {
            throw new IllegalArgumentException("email must be AT_LEAST_ONCE, AT_MOST_ONCE or RECONCILE.");
        }
        if (waitMillis != null && (waitMillis < 0 || waitMillis > LONGEST_WAIT)) {
            throw new IllegalArgumentException(
                    "waitMillis must be 0 to %,d, not %,d.".formatted(LONGEST_WAIT, waitMillis));
        }
        if (crash != null && !scene.steps().contains(crash.step())) {
            throw new IllegalArgumentException("There is no step \"%s\" in this scene.".formatted(crash.step()));
        }
    }

    NewHire newHire() {
        return new NewHire(employee, email);
    }

    Request request() {
        return new Request(employee, notice());
    }

    Contract contract() {
        return new Contract(employee, notice());
    }

    private Duration notice() {
        return Duration.ofMillis(Objects.requireNonNull(waitMillis, "waitMillis"));
    }

    Plan of(String id) {
        return new Plan(id, scene, employee, stepMillis, email, waitMillis, crash);
    }

    Plan with(@Nullable Crash next) {
        return new Plan(workflowId, scene, employee, stepMillis, email, waitMillis, next);
    }

    /** A moment of a step at which a worker halts. */
    record Crash(String step, CrashPoint point) {
        private static final List<String> CRASHABLE =
                Scene.CALLED_OFF.steps(); // it has all that the first has, and more
        private static final List<CrashPoint> POINTS =
                List.of(CrashPoint.BEFORE_EFFECT, CrashPoint.AFTER_EFFECT, CrashPoint.AFTER_OUTCOME);

        Crash {
            if (!CRASHABLE.contains(step)) {
                throw new IllegalArgumentException(
                        "There is no step \"%s\". Choose one of: %s.".formatted(step, String.join(", ", CRASHABLE)));
            }
            if (!POINTS.contains(point)) {
                throw new IllegalArgumentException(
                        "A crash is planned at BEFORE_EFFECT, AFTER_EFFECT or AFTER_OUTCOME.");
            }
        }

        CrashHook hook(String workflowId) {
            return CrashPlan.at(point).ofWorkflow(workflowId).ofStep(step).halt();
        }

        /** For example: halted after the effect of "Grant Access". */
        String inWords() {
            return words(point) + " \"" + step + "\"";
        }

        private static String words(CrashPoint point) {
            return switch (point) {
                case BEFORE_EFFECT -> "before the effect of";
                case AFTER_EFFECT -> "after the effect of";
                default -> "after recording";
            };
        }
    }

    /** What a crash can be planned at. */
    record Point(
            String step,
            CrashPoint point,
            String label,
            @JsonProperty("explains") String explanation) {
        static List<Point> all() {
            return Crash.CRASHABLE.stream()
                    .flatMap(step -> Crash.POINTS.stream().map(point -> of(step, point)))
                    .toList();
        }

        private static Point of(String step, CrashPoint point) {
            return switch (point) {
                case BEFORE_EFFECT ->
                    new Point(
                            step,
                            point,
                            "before it acts",
                            "The row says STARTED, nothing has happened yet. The table cannot tell this from the next one.");
                case AFTER_EFFECT ->
                    new Point(
                            step,
                            point,
                            "after it acted, before it is recorded",
                            "It has happened outside, and nobody has written that down: a zombie.");
                default ->
                    new Point(
                            step,
                            point,
                            "after it is recorded",
                            "It has happened, and its outcome is in the table. It will never run again.");
            };
        }
    }

    static Stream<String> parallelSteps() {
        return STEPS.subList(1, 3).stream();
    }
}
