// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.revive.examples.data.DataOptions;
import dev.revive.examples.data.ProgramOrder;
import dev.revive.examples.world.ExecutionLog;
import dev.revive.examples.world.Happening;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.CallKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that can be known about the onboardings: what Revive has recorded, what really happened, and what the processes said. Its components are
 * the JSON that {@code status --json} prints; docs/example.md describes them.
 *
 * @param workflows by id
 * @param log by time: what the processes wrote, and the steps' records
 */
record Status(List<OfWorkflow> workflows, List<ExecutionLog.Line> log) {
    private static final int AT_MOST = 1_000;

    /**
     * @param result the result as JSON text, or null if there is none
     * @param steps Revive's rows, in program order
     * @param outside the steps that acted, in the order in which they first did
     */
    record OfWorkflow(
            String id, String name, String status, @Nullable String result, List<OfStep> steps, List<Outside> outside) {
        Optional<OfStep> step(String name) {
            return steps.stream().filter(step -> step.name().equals(name)).findFirst();
        }

        Optional<Outside> outside(String step) {
            return outside.stream().filter(acted -> acted.step().equals(step)).findFirst();
        }
    }

    /**
     * @param stepKey the step's id and sequence
     * @param attempt the last attempt that began
     * @param zombies how many attempts were cut off
     * @param serializedOutput the value as JSON text, or null if there is none yet
     */
    record OfStep(
            String stepKey,
            String name,
            String kind,
            String status,
            int attempt,
            int zombies,
            @Nullable String serializedOutput) {
        @JsonIgnore
        boolean isRecorded() {
            return status.equals("COMPLETED");
        }
    }

    /**
     * @param times how often it really happened
     * @param nonces one for each time
     * @param idempotencyKeys the keys it happened under: one, however often it happened
     */
    record Outside(String step, int times, List<String> nonces, List<String> idempotencyKeys) {}

    static Status empty() {
        return new Status(List.of(), List.of());
    }

    /** Reads everything. No engine is needed for that. */
    static Status of(DataOptions data) {
        if (!data.hasData()) {
            return empty();
        }
        try (WorkflowStore store = data.openStore()) {
            return read(store, data.world(), data.log());
        }
    }

    private static Status read(WorkflowStore store, OutsideWorld world, ExecutionLog executionLog) {
        List<OfWorkflow> workflows = new ArrayList<>();
        List<ExecutionLog.Line> log = new ArrayList<>(executionLog.lines());
        for (WorkflowRecord workflow :
                store.list(new WorkflowFilter(Set.of(), Onboarding.ONBOARDING.name(), "", "", AT_MOST))) {
            List<StepRecord> steps = store.steps(workflow.id());
            workflows.add(ofWorkflow(workflow, steps, world));
            steps.stream().flatMap(step -> recorded(step).stream()).forEach(log::add);
        }
        log.sort(Comparator.comparing(line -> Instant.parse(line.time())));
        return new Status(workflows, log);
    }

    private static OfWorkflow ofWorkflow(WorkflowRecord workflow, List<StepRecord> steps, OutsideWorld world) {
        return new OfWorkflow(
                workflow.id(),
                workflow.type().name(),
                workflow.status().name(),
                workflow.output(),
                steps.stream()
                        .sorted(ProgramOrder.by(step -> step.key().position()))
                        .map(Status::ofStep)
                        .toList(),
                outside(world.of(workflow.id())));
    }

    private static OfStep ofStep(StepRecord step) {
        return new OfStep(
                step.key().toString(),
                step.key().name(),
                step.kind().name(),
                step.status().name(),
                step.attempt(),
                step.zombies(),
                step.output());
    }

    private static List<Outside> outside(List<Happening> happenings) {
        Map<String, List<Happening>> bySteps = happenings.stream()
                .collect(Collectors.groupingBy(Happening::step, LinkedHashMap::new, Collectors.toList()));
        return bySteps.entrySet().stream()
                .map(step -> outside(step.getKey(), step.getValue()))
                .toList();
    }

    private static Outside outside(String step, List<Happening> happenings) {
        return new Outside(
                step,
                happenings.size(),
                happenings.stream().map(Happening::nonce).toList(),
                happenings.stream().map(Happening::idempotencyKey).distinct().toList());
    }

    /** The log's line for an outcome. Which process recorded it is not in the table. */
    private static Optional<ExecutionLog.Line> recorded(StepRecord step) {
        if (!step.status().isFinal() || step.kind() == CallKind.PARALLEL) {
            return Optional.empty();
        }
        String event = "%s: \"%s\" recorded as %s, attempt %d"
                .formatted(step.workflowId(), step.key().name(), step.status(), step.attempt());
        return Optional.of(new ExecutionLog.Line(step.recordedAt().toString(), null, event));
    }
}
