// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.data;

import dev.revive.examples.world.Happening;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowHandle;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What this process did for a workflow: which steps it ran, which it skipped. A step ran here if it acted on the outside world from this
 * process; what is recorded all the same was recorded before.
 *
 * @param workflowId the workflow
 * @param steps its steps, in program order, parallels left out
 * @param ranHere the names of the steps that acted from this process
 */
public record RunReport(String workflowId, List<StepInfo> steps, Set<String> ranHere) {
    /**
     * Looks at a workflow that has just ended in this process.
     *
     * @param handle the workflow
     * @param world what its steps act on
     * @return the report
     */
    public static RunReport of(WorkflowHandle<?> handle, OutsideWorld world) {
        List<StepInfo> steps = handle.steps().stream()
                .filter(step -> step.kind() != CallKind.PARALLEL)
                .sorted(ProgramOrder.by(step -> step.scope() + "#" + step.sequence()))
                .toList();
        Set<String> ranHere =
                world.causedHere(handle.id()).stream().map(Happening::step).collect(Collectors.toSet());
        return new RunReport(handle.id(), steps, ranHere);
    }

    /**
     * The report for people.
     *
     * @return one line for each step
     */
    public List<String> lines() {
        TextTable table = new TextTable("step", "in this process", "why");
        for (StepInfo step : steps) {
            table.add(step.name(), verdict(step), why(step));
        }
        return table.lines();
    }

    private String verdict(StepInfo step) {
        if (ranHere.contains(step.name())) {
            return "ran";
        }
        return step.status().isFinal() ? "skipped" : "not finished";
    }

    private String why(StepInfo step) {
        if (ranHere.contains(step.name())) {
            return step.attempt() == 1 ? "first attempt" : ranAgain(step);
        }
        return step.status() == StepStatus.COMPLETED
                ? "recorded before"
                : step.status().toString();
    }

    private static String ranAgain(StepInfo step) {
        return "attempt %d: a zombie, begun before and never recorded".formatted(step.attempt());
    }
}
