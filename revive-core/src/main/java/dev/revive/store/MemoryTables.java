// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows of an {@link InMemoryStore}, which holds its lock around every use. */
final class MemoryTables {
    /** What is unique in a workflow whatever its calls are named: two versions of its code cannot both record call 3. */
    record Position(String scope, int sequence) implements Comparable<Position> {
        static Position of(StepRecord step) {
            return new Position(step.key().scope(), step.key().sequence());
        }

        @Override
        public int compareTo(Position other) {
            int byScope = scope.compareTo(other.scope);
            return byScope != 0 ? byScope : Integer.compare(sequence, other.sequence);
        }
    }

    private final NavigableMap<String, WorkflowRecord> workflows = new TreeMap<>();
    private final Map<String, NavigableMap<Position, StepRecord>> steps = new HashMap<>();
    private final Map<String, List<PastLife>> pastLives = new HashMap<>();

    @Nullable
    WorkflowRecord workflow(String id) {
        return workflows.get(id);
    }

    /** By id. */
    Stream<WorkflowRecord> workflows() {
        return workflows.values().stream();
    }

    Stream<WorkflowRecord> workflowsAfter(String id) {
        return workflows.tailMap(id, false).values().stream();
    }

    Stream<WorkflowRecord> heldBy(String executorId) {
        return workflows().filter(w -> w.status() == WorkflowStatus.RUNNING && executorId.equals(w.executorId()));
    }

    void put(WorkflowRecord workflow) {
        workflows.put(workflow.id(), workflow);
    }

    /** A workflow's steps, by scope and sequence. */
    NavigableMap<Position, StepRecord> steps(String workflowId) {
        return steps.getOrDefault(workflowId, Collections.emptyNavigableMap());
    }

    @Nullable
    StepRecord recorded(StepRecord step) {
        return steps(step.workflowId()).get(Position.of(step));
    }

    void put(StepRecord step) {
        steps.computeIfAbsent(step.workflowId(), id -> new TreeMap<>()).put(Position.of(step), step);
    }

    void remove(StepRecord step) {
        steps(step.workflowId()).remove(Position.of(step));
    }

    List<PastLife> pastLives(String workflowId) {
        return pastLives.getOrDefault(workflowId, List.of());
    }

    void add(PastLife life) {
        pastLives.computeIfAbsent(life.workflowId(), id -> new ArrayList<>()).add(life);
    }

    /** One if the run recorded an outcome, else one more than before. */
    int strikesAfter(WorkflowRecord run) {
        boolean recordedAnOutcome = steps(run.id()).values().stream()
                .anyMatch(step -> step.epoch() == run.epoch() && step.status().isFinal());
        return recordedAnOutcome ? 1 : run.strikes() + 1;
    }
}
