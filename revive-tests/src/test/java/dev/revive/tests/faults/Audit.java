// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.revive.tests.faults.Diaries.Effect;
import dev.revive.tests.faults.Errand.Call;
import dev.revive.tests.faults.Errand.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the processes did for errands with what the database says. What must hold:
 *
 * <ul>
 *   <li>Every workflow has ended as its program says, and its result is made of what its steps recorded.
 *   <li>Every call has one row, in a final status, and there is no other row.
 *   <li>What a step recorded is what one of its effects returned. No effect has a higher epoch than that one, or a later attempt in its epoch: what
 *       is recorded does not run again. A lower epoch's effect begins after a higher one's only if it is late.
 *   <li>No effect of {@code atMostOnce} began twice; what can be reconciled was done once, but for late ones.
 *   <li>Each transaction left one row of its own, with the recorded value.
 *   <li>No effect began although its executor's lease was over by the local deadline; where the look at the lease was in time and the process
 *       stood still after it, one effect of each scope may be late.
 *   <li>An end that a caller was told is the end that is recorded.
 * </ul>
 */
final class Audit {
    /** A row of the step table. */
    private record Step(
            String scope,
            int sequence,
            String name,
            String status,
            @Nullable String output,
            int zombies) {
        static Step of(java.sql.ResultSet row) throws java.sql.SQLException {
            return new Step(
                    row.getString("scope"),
                    row.getInt("sequence"),
                    row.getString("name"),
                    row.getString("status"),
                    row.getString("serialized_output"),
                    row.getInt("zombies"));
        }

        /** Without the quotation marks of JSON. */
        @Nullable
        String value() {
            String json = output;
            return json == null || !"COMPLETED".equals(status) ? null : json.substring(1, json.length() - 1);
        }
    }

    /** A row of the workflow table. */
    private record Row(
            String name,
            String status,
            @Nullable String output,
            @Nullable String failure) {}

    private final Arena arena;
    private final Diaries diaries;
    private final World world;
    private final List<String> violations = new ArrayList<>();
    private final List<Effect> late = new ArrayList<>();
    private final Map<String, Row> workflows = new HashMap<>();
    private final Map<String, List<Step>> steps = new HashMap<>();
    private final Map<String, List<String>> entries = new HashMap<>();
    private int transactions;
    private int zombies;
    private int failed;
    private int repeated;

    Audit(Arena arena, Diaries diaries, World world) {
        this.arena = arena;
        this.diaries = diaries;
        this.world = world;
    }

    List<String> violations() {
        return violations;
    }

    /** Effects that began after their executor's local deadline, the look at it having come before. */
    List<Effect> late() {
        return late;
    }

    int zombies() {
        return zombies;
    }

    int calls() {
        return steps.values().stream().mapToInt(List::size).sum();
    }

    int transactions() {
        return transactions;
    }

    int failed() {
        return failed;
    }

    /** Effects beyond the first of their step. */
    int repeated() {
        return repeated;
    }

    void examine(Set<String> issued) {
        read();
        violations.addAll(diaries.failures());
        issued.forEach(this::examine);
        long there = workflows.values().stream()
                .filter(row -> row.name().equals("errand"))
                .count();
        if (there != issued.size()) {
            violations.add("%d errands were asked for, and %d are there".formatted(issued.size(), there));
        }
        diaries.ends().forEach(this::examineEnd);
        entries.keySet().forEach(place -> violations.add(place + " has entries, and is no transaction of a workflow"));
    }

    private void read() {
        arena.query(
                "SELECT id, name, status, output, failure FROM revive_workflow",
                row -> workflows.put(
                        row.getString(1),
                        new Row(row.getString(2), row.getString(3), row.getString(4), row.getString(5))));
        arena.query(
                "SELECT workflow_id, scope, sequence, name, status, serialized_output, zombies FROM revive_step WHERE workflow_id LIKE '"
                        + Errand.PREFIX + "%'",
                row -> steps.computeIfAbsent(row.getString(1), id -> new ArrayList<>())
                        .add(Step.of(row)));
        arena.query(
                "SELECT workflow_id, name, content FROM " + Errands.TABLE,
                row -> entries.computeIfAbsent(place(row.getString(1), row.getString(2)), id -> new ArrayList<>())
                        .add(row.getString(3)));
    }

    private static String place(String workflow, String name) {
        return workflow + "/" + name;
    }

    // ---- one workflow

    private void examine(String id) {
        Errand errand = Errand.of(id);
        Row row = workflows.get(id);
        if (row == null) {
            violations.add(id + " was acknowledged and is lost");
            return;
        }
        Map<String, Step> recorded = byName(id, errand);
        String expected = errand.isToFail() ? "FAILED" : "COMPLETED";
        failed += errand.isToFail() ? 1 : 0;
        if (!row.status().equals(expected)) {
            violations.add("%s is %s and should be %s".formatted(id, row.status(), expected));
        } else {
            examineResult(id, errand, row, recorded);
        }
        examineEffects(id, errand, recorded);
    }

    private Map<String, Step> byName(String id, Errand errand) {
        Map<String, Step> recorded = new TreeMap<>();
        List<Step> rows = steps.getOrDefault(id, List.of());
        rows.forEach(step -> recorded.put(step.scope() + "#" + step.sequence(), step));
        Map<String, Step> byName = new TreeMap<>();
        for (Call call : errand.all()) {
            Step step = recorded.remove(call.scope() + "#" + call.sequence());
            if (step == null || (call.kind() != Kind.PARALLEL && !step.name().equals(call.name()))) {
                violations.add("%s of %s has %s for a row".formatted(call, id, step));
                continue;
            }
            boolean isGivenUp =
                    call.kind() == Kind.AT_MOST_ONCE && step.status().equals("FAILED");
            if (!step.status().equals("COMPLETED") && !isGivenUp) {
                violations.add("%s of %s is %s".formatted(call.name(), id, step.status()));
            }
            zombies += step.zombies();
            byName.put(call.name(), step);
        }
        recorded.values().forEach(step -> violations.add("%s has a row of no call: %s".formatted(id, step)));
        return byName;
    }

    private void examineResult(String id, Errand errand, Row row, Map<String, Step> recorded) {
        List<String> values = new ArrayList<>();
        for (Call call : errand.all()) {
            Step step = recorded.get(call.name());
            if (call.kind().hasValue() && step != null) {
                String value = step.value();
                values.add(value == null ? call.name() + "~" + Errands.UNKNOWN : value);
            }
        }
        String result = String.join(" ", values);
        boolean agrees = errand.isToFail()
                ? Objects.requireNonNull(row.failure()).contains(result)
                : ("\"" + result + "\"").equals(row.output());
        if (!agrees) {
            violations.add("%s ended with %s %s, and its steps recorded %s"
                    .formatted(id, row.output(), row.failure(), result));
        }
    }

    // ---- effects

    private void examineEffects(String id, Errand errand, Map<String, Step> recorded) {
        List<Effect> all = diaries.effects(id);
        examineDeadlines(all);
        Map<String, List<Effect>> byName = all.stream().collect(groupingBy(Effect::name, toList()));
        for (Call call : errand.all()) {
            Step step = recorded.get(call.name());
            if (call.kind().isEffect() && step != null) {
                examineEffect(id, call, step, byName.getOrDefault(call.name(), List.of()));
            } else if (call.kind() == Kind.TRANSACTION && step != null) {
                transactions++;
                List<String> found = entries.remove(place(id, call.name()));
                if (found == null || !found.equals(List.of(String.valueOf(step.value())))) {
                    violations.add("%s of %s recorded %s and entered %s".formatted(call.name(), id, step, found));
                }
            }
        }
    }

    private void examineDeadlines(List<Effect> effects) {
        Map<String, Integer> perScope = new HashMap<>();
        for (Effect effect : effects) {
            if (effect.deadlineNanos() == 0 || effect.isForbidden()) {
                violations.add("the lease was over: " + effect.line());
            } else if (effect.isLate()) {
                late.add(effect);
                if (perScope.merge(effect.scope() + " " + effect.epoch(), 1, Integer::sum) > 1) {
                    violations.add("not the first late one of its scope: " + effect.line());
                }
            }
        }
    }

    private void examineEffect(String id, Call call, Step step, List<Effect> effects) {
        repeated += Math.max(0, effects.size() - 1);
        String value = step.value();
        List<Effect> kept =
                effects.stream().filter(e -> e.value().equals(value)).toList();
        if (value != null && kept.size() != 1) {
            violations.add("%s of %s recorded %s, which %d of its effects returned: %s"
                    .formatted(call.name(), id, value, kept.size(), effects));
        } else if (value != null) {
            examineRepeats(kept.get(0), effects);
        }
        if (call.kind() == Kind.AT_MOST_ONCE && effects.size() > 1) {
            violations.add("%s of %s began %d times: %s".formatted(call.name(), id, effects.size(), effects));
        } else if (call.kind() == Kind.RECONCILED) {
            examineWorld(id, call, effects);
        }
    }

    private void examineRepeats(Effect kept, List<Effect> effects) {
        Effect before = effects.get(0);
        for (Effect effect : effects) {
            boolean isAfter = effect.epoch() > kept.epoch()
                    || (effect.epoch() == kept.epoch() && effect.attempt() > kept.attempt());
            if (isAfter) {
                violations.add("ran again after its outcome was recorded by %s: %s".formatted(kept, effect));
            }
            if (effect.epoch() < before.epoch() && !effect.isLate()) {
                violations.add("ran although another had taken over with %s: %s".formatted(before, effect));
            }
            if (effect != kept && effect.epoch() == kept.epoch() && effect.attempt() == kept.attempt()) {
                violations.add("ran twice in one attempt: %s and %s".formatted(kept, effect));
            }
            before = effect.epoch() > before.epoch() ? effect : before;
        }
    }

    private void examineWorld(String id, Call call, List<Effect> effects) {
        List<String> done = world.done(id, call.name());
        long late = effects.stream().filter(diaries::isLate).count();
        if (done.isEmpty() || done.size() > 1 + late) {
            violations.add("%s of %s was done %d times, %d of its effects late: %s"
                    .formatted(call.name(), id, done.size(), late, effects));
        }
    }

    // ---- ends

    private void examineEnd(Diaries.End end) {
        Row row = workflows.get(end.workflow());
        String content = row == null ? null : row.status().equals("COMPLETED") ? row.output() : row.failure();
        if (row == null || !row.status().equals(end.status()) || content == null || !content.contains(end.content())) {
            violations.add("%s was told to have ended with %s, and is %s".formatted(end.workflow(), end, row));
        }
    }
}
