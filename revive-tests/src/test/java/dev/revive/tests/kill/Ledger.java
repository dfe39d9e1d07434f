// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the processes on one directory told, one after the other, and whether the file agrees. A line that may not follow what was told before is
 * noted as a violation at once.
 */
final class Ledger {
    private static final int BRANCHES = 2;
    private static final int VIOLATIONS_SHOWN = 20;

    /** An effect, and in which process it happened. */
    private record Happening(int round, String nonce) {}

    /** One workflow, as it was told. */
    private static final class Story {
        private final Map<String, String> acknowledged = new TreeMap<>();
        private final Map<String, List<Happening>> effects = new TreeMap<>();
        private boolean isStarted;
        private boolean isEnded;
        private boolean isVerified;

        private long repeatsIn(int round) {
            return effects.values().stream()
                    .filter(all -> all.size() > 1 && all.get(all.size() - 1).round() == round)
                    .count();
        }
    }

    private final Map<String, Story> stories = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int round;
    private int acknowledged;
    private int duplicates;
    private int zombies;
    private int transactions;

    int nextRound() {
        return ++round;
    }

    int workflows() {
        return stories.size();
    }

    int acknowledged() {
        return acknowledged;
    }

    int duplicates() {
        return duplicates;
    }

    int zombies() {
        return zombies;
    }

    int transactions() {
        return transactions;
    }

    Collection<String> unverified() {
        return stories.entrySet().stream()
                .filter(story -> !story.getValue().isVerified)
                .map(Map.Entry::getKey)
                .toList();
    }

    // ---- what is told

    void read(String line) {
        String[] parts = line.substring(2).split("\\|");
        if (line.charAt(0) == 'X') {
            violations.add("the child failed: " + line.substring(2));
            return;
        }
        Story story = stories.computeIfAbsent(parts[0], id -> new Story());
        switch (line.charAt(0)) {
            case 'S' -> story.isStarted = true;
            case 'D' -> story.isEnded = true;
            case 'A' -> acknowledge(story, parts[0], parts[1], parts[2]);
            case 'E' -> happen(story, parts[0], parts[1], parts[2]);
            case 'T' -> requireNotAcknowledged(story, parts[0], parts[1]);
            default -> violations.add("not a line of ours: " + line);
        }
    }

    private void acknowledge(Story story, String id, String step, String hash) {
        String before = story.acknowledged.putIfAbsent(step, hash);
        if (before == null) {
            acknowledged++;
        } else if (!before.equals(hash)) {
            violations.add("%s of %s was acknowledged with two values".formatted(step, id));
        }
    }

    private void happen(Story story, String id, String step, String nonce) {
        requireNotAcknowledged(story, id, step);
        List<Happening> before = story.effects.computeIfAbsent(step, key -> new ArrayList<>());
        if (before.stream().anyMatch(happening -> happening.round() == round)) {
            violations.add("%s of %s happened twice in one process".formatted(step, id));
        }
        before.add(new Happening(round, nonce));
        if (before.size() > 1) {
            duplicates++;
            if (story.repeatsIn(round) > BRANCHES) {
                violations.add("%s repeats more than a kill could leave open".formatted(id));
            }
        }
    }

    private void requireNotAcknowledged(Story story, String id, String step) {
        if (story.isEnded || story.acknowledged.containsKey(step)) {
            violations.add("%s of %s ran again after its outcome was acknowledged".formatted(step, id));
        }
    }

    void requireNoViolation() {
        assertThat(violations.subList(0, Math.min(VIOLATIONS_SHOWN, violations.size())))
                .as("violations, %d in all", violations.size())
                .isEmpty();
    }

    // ---- what the file says

    /** Looks at every workflow that was not seen at its end before. */
    void verify(WorkflowStore store, Map<String, List<String>> bookings) {
        for (String id : unverified()) {
            Story story = Objects.requireNonNull(stories.get(id));
            verify(id, story, store, bookings);
            story.isVerified = story.isEnded;
        }
        requireNoViolation();
    }

    /** Looks at every workflow again; all have ended. */
    void verifyTheEnd(WorkflowStore store, Map<String, List<String>> bookings) {
        zombies = 0;
        transactions = 0;
        stories.forEach((id, story) -> {
            verify(id, story, store, bookings);
            verifyAllIsThere(id, story, store);
        });
        assertThat(bookings).as("steps with bookings").hasSize(transactions);
        requireNoViolation();
    }

    private void verify(String id, Story story, WorkflowStore store, Map<String, List<String>> bookings) {
        WorkflowStatus status = status(store, id);
        if (status == null && (story.isStarted || !story.acknowledged.isEmpty())) {
            violations.add("%s was acknowledged and is lost".formatted(id));
            return;
        }
        if (status != WorkflowStatus.COMPLETED && story.isEnded) {
            violations.add("%s had ended and is %s".formatted(id, status));
        }
        Map<String, StepRecord> rows = rows(store, id);
        story.acknowledged.forEach((step, hash) -> {
            String value = recorded(rows.get(step));
            if (value == null) {
                violations.add("%s of %s was acknowledged and is lost".formatted(step, id));
            } else if (!Orders.sha256(value).equals(hash)) {
                violations.add("%s of %s was acknowledged with another value".formatted(step, id));
            }
        });
        for (String step : Orders.BOOKINGS) {
            verifyBooking(id, step, recorded(rows.get(step)), bookings);
        }
    }

    private void verifyBooking(String id, String step, @Nullable String value, Map<String, List<String>> bookings) {
        List<String> expected = value == null ? List.of() : List.of(Orders.nonce(value));
        List<String> found = bookings.getOrDefault(Bookings.place(id, step), List.of());
        if (!found.equals(expected)) {
            violations.add("%s of %s recorded %s and booked %s".formatted(step, id, expected, found));
        }
    }

    private void verifyAllIsThere(String id, Story story, WorkflowStore store) {
        Map<String, StepRecord> rows = rows(store, id);
        for (String step : Orders.EFFECTS) {
            StepRecord row = rows.get(step);
            String value = recorded(row);
            List<Happening> effects = story.effects.getOrDefault(step, List.of());
            if (row == null || value == null || effects.isEmpty()) {
                violations.add("%s of %s is missing at the end".formatted(step, id));
                continue;
            }
            zombies += row.zombies();
            if (!effects.get(effects.size() - 1).nonce().equals(Orders.nonce(value))) {
                violations.add("%s of %s recorded what was not its last effect".formatted(step, id));
            }
            if (row.attempt() != 1 + row.zombies() || effects.size() > row.attempt()) {
                violations.add("%s of %s happened %d times, attempt %d, zombies %d"
                        .formatted(step, id, effects.size(), row.attempt(), row.zombies()));
            }
        }
        for (String step : Orders.BOOKINGS) {
            transactions += recorded(rows.get(step)) == null ? 0 : 1;
        }
        if (status(store, id) != WorkflowStatus.COMPLETED
                || rows.size() != Orders.EFFECTS.size() + Orders.BOOKINGS.size()) {
            violations.add("%s is %s with %s".formatted(id, status(store, id), rows.keySet()));
        }
    }

    private static @Nullable WorkflowStatus status(WorkflowStore store, String id) {
        return store.find(id).map(WorkflowRecord::status).orElse(null);
    }

    private static Map<String, StepRecord> rows(WorkflowStore store, String id) {
        Map<String, StepRecord> rows = new HashMap<>();
        for (StepRecord row : store.steps(id)) {
            if (row.kind() != CallKind.PARALLEL) {
                rows.put(row.key().name(), row);
            }
        }
        return rows;
    }

    private static @Nullable String recorded(@Nullable StepRecord row) {
        return row == null || row.status() != StepStatus.COMPLETED ? null : Orders.valueIn(row.output());
    }
}
