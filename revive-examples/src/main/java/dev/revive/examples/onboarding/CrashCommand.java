// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.examples.data.AnnouncedCrash;
import dev.revive.examples.data.DataOptions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs an onboarding in a JVM that halts at a planned point, as if somebody had pulled its plug. */
@Command(name = "crash", description = "Onboards an employee in a JVM that halts on the way, with exit code 137.")
final class CrashCommand implements Callable<Integer> {
    private static final List<String> STEPS =
            List.of("Create Employee Record", "Provision Laptop", "Grant Access", "Send Welcome Email");

    /** The moments that every step has. The others belong to the parallel and to the workflow's end. */
    private static final Set<CrashPoint> OF_A_STEP = Set.of(
            CrashPoint.BEFORE_STARTED,
            CrashPoint.BEFORE_EFFECT,
            CrashPoint.AFTER_EFFECT,
            CrashPoint.OUTCOME_QUEUED,
            CrashPoint.AFTER_OUTCOME);

    @Mixin
    private final DataOptions data = new DataOptions();

    @Mixin
    private final HireOptions hire = new HireOptions();

    @Mixin
    private final PaceOption pace = new PaceOption();

    @Option(names = "--step", paramLabel = "NAME", description = "at which step (default: Provision Laptop)")
    private @Nullable String step;

    @Option(
            names = "--at",
            paramLabel = "POINT",
            description =
                    "at which point: before-started, before-effect, after-effect, outcome-queued, after-outcome of a step;"
                            + " before-fork, after-fork, before-join, join-queued of the parallel;"
                            + " before-completion, after-completion of the workflow (default: after-effect)")
    private CrashPoint point = CrashPoint.AFTER_EFFECT;

    @Override
    public Integer call() {
        hire.newHire();
        CrashHook crash = new AnnouncedCrash(plan(), data.log());
        try (Office office = Office.open(data, crash, pace.stepMillis())) {
            office.finish(office.start(hire));
        }
        System.err.println(
                "The crash did not happen: %s of %s was never reached. Is it recorded already? See: onboarding status"
                        .formatted(point.label(), place()));
        return 1;
    }

    private CrashPlan plan() {
        CrashPlan.Builder plan = CrashPlan.at(point).ofWorkflow(hire.id());
        return isOfAStep() ? plan.ofStep(stepName()).halt() : plan.halt();
    }

    private boolean isOfAStep() {
        if (!OF_A_STEP.contains(point) && step != null) {
            throw new IllegalArgumentException(
                    "%s is not a point of a step: leave --step out.".formatted(point.label()));
        }
        return OF_A_STEP.contains(point);
    }

    private String stepName() {
        if (step != null && !STEPS.contains(step)) {
            throw new IllegalArgumentException(
                    "There is no step \"%s\". Choose one of: %s.".formatted(step, String.join(", ", STEPS)));
        }
        return step == null ? "Provision Laptop" : step;
    }

    private String place() {
        return OF_A_STEP.contains(point) ? "\"" + stepName() + "\"" : hire.id();
    }
}
