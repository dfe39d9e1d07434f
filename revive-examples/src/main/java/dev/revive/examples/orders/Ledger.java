// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.orders;

import dev.revive.examples.data.DataOptions;
import dev.revive.examples.data.ProgramOrder;
import dev.revive.examples.data.TextTable;
import dev.revive.examples.world.Happening;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.StepStatus;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What Revive recorded of an order's steps beside what really happened outside.
 *
 * @param entries in program order
 */
record Ledger(List<Entry> entries) {
    /**
     * @param attempts how many began, as the step's row says
     * @param times how often it happened outside
     * @param keys the idempotency keys that it happened under
     */
    record Entry(String step, StepStatus status, int attempts, int times, Set<String> keys) {
        boolean isRecorded() {
            return status == StepStatus.COMPLETED;
        }
    }

    /** Reads it. No engine is needed for that. */
    static Ledger of(String id, DataOptions data) {
        List<Happening> happenings = data.world().of(id);
        try (WorkflowStore store = data.openStore()) {
            return new Ledger(store.steps(id).stream()
                    .filter(step -> step.kind() == CallKind.STEP)
                    .sorted(ProgramOrder.by(step -> step.key().position()))
                    .map(step -> entry(step, happenings))
                    .toList());
        }
    }

    private static Entry entry(StepRecord step, List<Happening> happenings) {
        List<String> keys = happenings.stream()
                .filter(happening -> happening.step().equals(step.key().name()))
                .map(Happening::idempotencyKey)
                .toList();
        return new Entry(step.key().name(), step.status(), attempts(step), keys.size(), Set.copyOf(keys));
    }

    /** A call that was cancelled has a row, too. Unless it was given up in doubt, nothing of it began: steps of an order that fail are not tried again. */
    private static int attempts(StepRecord step) {
        boolean neverBegan = step.status() == StepStatus.CANCELLED && step.resolution() != Resolution.GIVEN_UP;
        return neverBegan ? 0 : step.attempt();
    }

    Optional<Entry> entry(String step) {
        return entries.stream().filter(entry -> entry.step().equals(step)).findFirst();
    }

    Set<String> recorded() {
        return entries.stream().filter(Entry::isRecorded).map(Entry::step).collect(Collectors.toSet());
    }

    /** Whether everything happened exactly as often as an attempt at it was recorded. */
    boolean agreesWithTheWorld() {
        return !entries.isEmpty() && entries.stream().allMatch(entry -> entry.times() == entry.attempts());
    }

    /** Whether a step was done, and undone, under the one same key. */
    boolean isUndone(String step) {
        Set<String> done = entry(step).map(Entry::keys).orElse(Set.of());
        Set<String> undone = entry("Undo " + step).map(Entry::keys).orElse(Set.of());
        return done.size() == 1 && done.equals(undone);
    }

    List<String> lines() {
        TextTable table = new TextTable("step", "recorded as", "attempts", "happened outside", "under the key");
        for (Entry entry : entries) {
            table.add(entry.step(), entry.status(), entry.attempts(), entry.times(), beginnings(entry.keys()));
        }
        return table.lines();
    }

    private static String beginnings(Set<String> keys) {
        return keys.isEmpty()
                ? "-"
                : keys.stream().map(key -> key.substring(0, 8)).sorted().collect(Collectors.joining(", "));
    }
}
