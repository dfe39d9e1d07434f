// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.tests.faults.Mail.Wish;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All diaries, read after the run. */
final class Diaries {
    /**
     * An effect, as it began.
     *
     * @param settledNanos when its scope was last told that something is durable; the look at the lease came after that
     * @param deadlineNanos the local end of its executor's lease, as known when it began
     */
    record Effect(
            String process,
            long nanos,
            String workflow,
            String scope,
            String name,
            int attempt,
            long epoch,
            String executor,
            long settledNanos,
            long deadlineNanos,
            String value) {
        /** The look was before the end of the lease, and the effect after it: the process stood still in between. */
        boolean isLate() {
            return nanos - deadlineNanos > 0;
        }

        /** Even the last thing that precedes the look came after the end of the lease. */
        boolean isForbidden() {
            return settledNanos - deadlineNanos > 0;
        }

        String line() {
            return "%s of %s in scope \"%s\", epoch %d, attempt %d, by %s: began %.1f ms after the deadline, the look not before %.1f ms to it"
                    .formatted(
                            name,
                            workflow,
                            scope,
                            epoch,
                            attempt,
                            process,
                            (nanos - deadlineNanos) / 1e6,
                            (deadlineNanos - settledNanos) / 1e6);
        }
    }

    /** An end as a caller was told of it. */
    record End(String workflow, String status, String content) {}

    /** A signal of which its sender knows what became of it. */
    record Sent(String workflow, String value) {}

    /** What somebody wanted of a workflow, and was told that it was heard. */
    record Wanted(String workflow, Wish wish) {}

    private final Map<String, List<Effect>> effects = new HashMap<>();
    private final List<Sent> accepted = new ArrayList<>();
    private final List<Sent> undelivered = new ArrayList<>();
    private final List<Wanted> wanted = new ArrayList<>();
    private final List<End> ends = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Integer> refusedByKind = new HashMap<>();
    private final Set<String> lateActs = new java.util.HashSet<>();
    private int effectCount;
    private int claims;
    private int refusedWrites;
    private int unknownBatches;
    private int unknownTransactions;
    private int orphans;

    void read(String process, Path diary) {
        for (String line : Diary.read(diary)) {
            String[] parts = line.substring(2).split("\\|", -1);
            switch (line.charAt(0)) {
                case 'E' -> add(effect(process, parts));
                case 'W' -> noteAct(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[4]);
                case 'C' -> claims++;
                case 'R' -> refuse(Integer.parseInt(parts[0]), parts[1]);
                case 'U' -> unknown(parts[1]);
                case 'O' -> orphans += Integer.parseInt(parts[0]);
                case 'D' -> ends.add(new End(parts[0], parts[1], parts[2]));
                case 'A' -> accepted.add(new Sent(parts[0], parts[1]));
                case 'N' -> undelivered.add(new Sent(parts[0], parts[1]));
                case 'I' -> noteWish(parts[0], Wish.valueOf(parts[1]), Boolean.parseBoolean(parts[2]));
                default -> failures.add(process + " " + line);
            }
        }
    }

    private static Effect effect(String process, String[] parts) {
        return new Effect(
                process,
                Long.parseLong(parts[0]),
                parts[2],
                parts[3],
                parts[4],
                Integer.parseInt(parts[5]),
                Long.parseLong(parts[6]),
                parts[7],
                Long.parseLong(parts[8]),
                Long.parseLong(parts[9]),
                parts[10]);
    }

    private void add(Effect effect) {
        effects.computeIfAbsent(effect.workflow(), id -> new ArrayList<>()).add(effect);
        effectCount++;
    }

    private void noteAct(long nanos, long deadline, String value) {
        if (nanos - deadline > 0) {
            lateActs.add(value);
        }
    }

    private void refuse(int operations, String why) {
        refusedWrites += operations;
        refusedByKind.merge(why, operations, Integer::sum);
    }

    private void unknown(String what) {
        if (what.equals("batch")) {
            unknownBatches++;
        } else {
            unknownTransactions++;
        }
    }

    private void noteWish(String workflow, Wish wish, boolean isHeard) {
        if (isHeard) {
            wanted.add(new Wanted(workflow, wish));
        }
    }

    /** In the order in which they began. */
    List<Effect> effects(String workflow) {
        List<Effect> found = new ArrayList<>(effects.getOrDefault(workflow, List.of()));
        found.sort((one, other) -> Long.compare(one.nanos(), other.nanos()));
        return found;
    }

    /** Of those that the world can be asked about: whether it was done after the end of the lease, or begun so. */
    boolean isLate(Effect effect) {
        return effect.isLate() || lateActs.contains(effect.value());
    }

    /** Signals that were accepted, each as often as that was answered. */
    List<Sent> accepted() {
        return accepted;
    }

    /** Signals that nobody could receive any more. */
    List<Sent> undelivered() {
        return undelivered;
    }

    List<Wanted> wanted() {
        return wanted;
    }

    List<End> ends() {
        return ends;
    }

    List<String> failures() {
        return failures;
    }

    int effectCount() {
        return effectCount;
    }

    int claims() {
        return claims;
    }

    int refusedWrites() {
        return refusedWrites;
    }

    Map<String, Integer> refusedByKind() {
        return refusedByKind;
    }

    int unknownBatches() {
        return unknownBatches;
    }

    int unknownTransactions() {
        return unknownTransactions;
    }

    int orphans() {
        return orphans;
    }
}
