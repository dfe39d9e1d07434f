// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Explains what happens to somebody who has never heard of durable execution. Each caption is said when it becomes true, and stays: the captions
 * of a list of events are the beginning of those of a longer one.
 */
final class Narrator {
    private static final String STARTED = "STARTED";
    private static final String UNDO = "Undo ";

    private final List<State.Caption> captions = new ArrayList<>();
    private final Map<String, Integer> told = new HashMap<>();
    private final Set<String> living = new LinkedHashSet<>();
    private final Set<String> frozen = new HashSet<>();
    private final Map<String, Set<String>> underWay = new HashMap<>();
    private final Map<String, List<String>> happened = new LinkedHashMap<>();
    private final Map<String, String> fates = new HashMap<>();
    private final Map<String, Event> halting = new HashMap<>();
    private final Set<String> askedAbout = new HashSet<>();
    private final Map<String, String> recognised = new HashMap<>();
    private @Nullable String lastLost;
    private Wait wait = Wait.NONE;
    private boolean isAsleep;
    private boolean isSent;
    private boolean isUndone;
    private boolean isFinished;

    /** How the workflow waits for the approval, or for the first day. */
    private enum Wait {
        /** It does not. */
        NONE,
        /** In the hands of a process. */
        HELD,
        /** As a row, and nothing else. */
        ROW
    }

    private Narrator() {}

    static List<State.Caption> tell(List<Event> events) {
        Narrator narrator = new Narrator();
        narrator.sayOnce(
                "welcome",
                "A workflow is an ordinary function. Everything it does to the outside world is a step, and each step has a row in a table."
                        + " Choose an employee and run the workflow.");
        events.forEach(narrator::hear);
        return narrator.captions;
    }

    /** Why each step that happened more than once did, and why one that was asked for more than once did not. */
    static Map<String, String> reasons(List<Event> events) {
        Narrator narrator = new Narrator();
        events.forEach(narrator::hear);
        Map<String, String> reasons = new HashMap<>(narrator.recognised);
        narrator.happened.forEach((step, by) -> {
            if (by.size() > 1) {
                reasons.put(step, narrator.reason(by));
            }
        });
        return reasons;
    }

    private void hear(Event event) {
        String worker = event.workerName();
        switch (event.kind()) {
            case STARTED -> started(event);
            case RUN -> runs(event);
            case BEGAN -> began(event);
            case HAPPENED -> happened(event);
            case GAVE_UP -> under(worker).remove(event.stepName());
            case ASKED -> asked(event);
            case RECOGNISED -> recognised(event);
            case RECORDED -> recorded(event);
            case WAITS -> waits(event);
            case SLEEPS -> sleeps(event);
            case WOKE -> woke();
            case RELEASED -> wait = Wait.ROW;
            case CALLED_OFF -> calledOff();
            case SENT -> sent();
            case RECEIVED -> received();
            case TIME_UP -> timeUp();
            case CHILD -> child(event);
            case WAITS_FOR_CHILD -> waitsForChild(event);
            case CHILD_ENDED -> childEnded(event);
            case REFUSED -> refused(event);
            case HALTING -> halting.put(worker, event);
            case FROZEN -> {
                frozen.add(worker);
                fates.put(worker, "frozen");
                say(
                        "frozen",
                        "%s is frozen: its process is stopped, not dead. It cannot renew its lease, so once that runs out the others may take it for dead. It will not notice."
                                        .formatted(worker)
                                + (living.size() > 1 ? "" : " Start a second executor, and watch it take over."));
            }
            case THAWED -> {
                frozen.remove(worker);
                say(
                        "thawed",
                        "%s goes on in the middle of a line, as if no time had passed. It does not know what happened meanwhile."
                                .formatted(worker));
            }
            case FINISHED -> finished(event);
            case ENDED -> ended(event);
            default -> {}
        }
    }

    private Set<String> under(String worker) {
        return underWay.computeIfAbsent(worker, name -> new LinkedHashSet<>());
    }

    private void started(Event event) {
        String worker = event.workerName();
        if (told.containsKey("run")) {
            if (!living.isEmpty()) {
                say("second", "%s is a second executor on the same tables. %s".formatted(worker, second(worker)));
            } else {
                say(
                        "resumed",
                        "%s is a new process with the same code, and nothing of the old one's memory: what it knows is in the tables. %s"
                                .formatted(worker, resumed(worker)));
            }
        }
        sayOnce(
                "run",
                "%s is a process of its own, number %d. It runs the function and writes into the tables. This page is another process: it stays when %s dies."
                        .formatted(worker, event.pid(), worker));
        living.add(worker);
    }

    private String second(String worker) {
        return wait == Wait.ROW
                ? "The workflow belongs to nobody while it waits. Once it is due, whoever looks first takes it."
                : "The workflow belongs to %s as long as that renews its lease; until then %s has nothing to do."
                        .formatted(String.join(" and ", living), worker);
    }

    private String resumed(String worker) {
        if (wait != Wait.ROW) {
            return "It must wait until the lease of %s runs out, at most 3 seconds: a process that is dead looks just like one that is slow."
                    .formatted(lastLost == null ? "the dead process" : lastLost);
        }
        if (isSent) {
            return "%s is among it, so the workflow is due, and %s takes it at once."
                    .formatted(isAsleep ? "That the hire is called off" : "The approval", worker);
        }
        return isAsleep
                ? "The workflow still sleeps, until the same day as before the crash. %s has nothing to do until that has come, or somebody calls the hire off."
                        .formatted(worker)
                : "The workflow still waits, and the limit is the one from before the crash. %s has nothing to do until somebody approves or the time is up."
                        .formatted(worker);
    }

    private void runs(Event event) {
        if (event.number() <= 1) {
            return;
        }
        String worker = event.workerName();
        if (wait == Wait.ROW) {
            wait = Wait.HELD;
            say(
                    "woken",
                    "The workflow is due, and %s takes it: it belonged to nobody while it waited. Its epoch is now %d."
                            .formatted(worker, event.number()));
        } else {
            say(
                    "takeover",
                    "%s takes the workflow over, and its epoch is now %d: whatever an earlier run still writes is refused."
                            .formatted(worker, event.number()));
        }
        say(
                "replay",
                event.steps().isEmpty()
                        ? "%s calls the function from its first line. Nothing is recorded yet, so nothing is skipped."
                                .formatted(worker)
                        : "%s calls the function from its first line. What is recorded does not run again, the table answers instead. Skipped: %s."
                                .formatted(worker, names(event.steps())));
    }

    private void began(Event event) {
        String step = quoted(event);
        sayOnce(
                "step",
                "%s is a step. Its row said STARTED before it began to act. So if the process dies now, the table knows that it had begun."
                        .formatted(step));
        if (under(event.workerName()).stream()
                .anyMatch(other -> Plan.parallelSteps().anyMatch(other::equals))) {
            sayOnce(
                    "parallel",
                    "The laptop and the access do not wait for each other: two branches run at the same time, and each has rows of its own.");
        }
        if (event.stepName().startsWith(UNDO)) {
            sayOnce(
                    "undo",
                    "What was done is undone, the last first. %s is a step too, with a row of its own. It is told the idempotency key of the step that it undoes, and the outside world knows by that what to take back."
                            .formatted(step));
        }
        if (event.number() > 1 && !askedAbout.contains(event.workerName() + event.stepName())) {
            say(
                    "again",
                    "%s had begun before and was never recorded. Nobody can know from the table whether it happened. So it runs again, as attempt %d, under the same idempotency key: at least once."
                            .formatted(step, event.number()));
        }
        under(event.workerName()).add(event.stepName());
    }

    private void happened(Event event) {
        List<String> by = happened.computeIfAbsent(event.stepName(), step -> new ArrayList<>());
        by.add(event.workerName());
        if (by.size() > 1) {
            say("twice", "%s has now happened %s. %s".formatted(quoted(event), times(by.size()), reason(by)));
        }
    }

    private String reason(List<String> by) {
        String first = by.get(0);
        String next = by.get(1);
        String last = by.get(by.size() - 1);
        if (by.size() == 2 && "frozen".equals(fates.get(last))) {
            return lateReason(last, first);
        }
        if ("frozen".equals(fates.get(first))) {
            return "%s was frozen before it could record it, so %s did it again, under the same idempotency key."
                    .formatted(first, next);
        }
        return "%s did it and died before it could record it. %s could not know, so it did it again, under the same idempotency key: whoever looks at the key does it once."
                .formatted(first, next);
    }

    private static String lateReason(String late, String other) {
        return "%s was frozen in the middle of it, %s took over and did it, and then %s went on and did it too. What %s writes is refused; what it did cannot be taken back. The idempotency key is the same: whoever looks at it does it once."
                .formatted(late, other, late, late);
    }

    private void asked(Event event) {
        askedAbout.add(event.workerName() + event.stepName());
        if (event.stepName().startsWith(UNDO)) {
            say(
                    "nothing-to-undo",
                    "“%s” was in doubt, so it is undone, too. But the outside world knows nothing of its idempotency key: it has not happened, and there is nothing to undo."
                            .formatted(event.stepName().substring(UNDO.length())));
        } else if (event.text() == null) {
            say(
                    "asked",
                    "%s is in doubt, so %s asks the mail server for its idempotency key first. It knows nothing of it: the e-mail was not sent, and is sent now."
                            .formatted(quoted(event), event.workerName()));
        } else {
            say(
                    "asked",
                    "%s is in doubt, so %s asks the mail server for its idempotency key first. It was sent: that answer is recorded, and nothing is sent twice."
                            .formatted(quoted(event), event.workerName()));
        }
    }

    private void recognised(Event event) {
        List<String> by = happened.getOrDefault(event.stepName(), List.of());
        String first = by.isEmpty() ? "Another process" : by.get(0);
        String reason =
                "%s did it and could not record it, so %s asked for it again. The outside world knows the key: it is done, and not done twice."
                        .formatted(first, event.workerName());
        recognised.put(event.stepName(), reason);
        say("recognised", "%s was asked for again, and happened once. %s".formatted(quoted(event), reason));
    }

    private void recorded(Event event) {
        if (STARTED.equals(event.text())) {
            return;
        }
        under(event.workerName()).remove(event.stepName());
        if ("CANCELLED".equals(event.text())) {
            cancelled(event);
        } else if ("COMPLETED".equals(event.text())) {
            isUndone |= event.stepName().startsWith(UNDO);
            sayOnce(
                    "recorded",
                    "%s is done, and its result is in the table: COMPLETED. From now on it will never run again, whatever happens to the process."
                            .formatted(quoted(event)));
        } else if (event.steps().contains("GIVEN_UP")) {
            say(
                    "given-up",
                    "%s is at most once, and in doubt: perhaps the e-mail was sent, perhaps not. It is not sent again. The function is told so, and decides to go on."
                            .formatted(quoted(event)));
        }
    }

    private void waits(Event event) {
        wait = Wait.HELD;
        say(
                "waits",
                "The function waits for the manager's approval, at most %d s. Until when is in the row, so a crash makes it neither longer nor shorter; and a wait needs no process. Kill the process, or approve."
                        .formatted(event.number() / 1_000));
    }

    private void sleeps(Event event) {
        wait = Wait.HELD;
        isAsleep = true;
        say(
                "sleeps",
                "Everything is prepared, and the function sleeps until the first day, %d s. When it ends is in the row, so a crash makes it neither longer nor shorter; and a sleep needs no process. Call the hire off, or kill the process."
                        .formatted(event.number() / 1_000));
    }

    private void woke() {
        wait = Wait.NONE;
        say(
                "woke",
                "The first day has come, and that is recorded: it is never slept for again, whatever happens to the process.");
    }

    private void calledOff() {
        isSent = true;
        sayOnce(
                "called-off",
                "The hire is called off: the workflow is to be cancelled. That is a row in its inbox, there before any process knows of it. %s"
                        .formatted(
                                living.isEmpty()
                                        ? "None is alive, so nothing is undone yet. Resume, and see."
                                        : "Whoever runs the workflow hears of it at the next call of the function."));
    }

    /** It may be told of sooner than that somebody wanted it. */
    private void cancelled(Event event) {
        calledOff();
        wait = Wait.NONE;
        sayOnce(
                "cancelled",
                "The function hears of it at the call %s, which throws. That is recorded, so in every replay the same call throws. The saga undoes what was done before it."
                        .formatted(quoted(event)));
    }

    private void sent() {
        if (wait == Wait.NONE) {
            return; // it was received sooner than this was told
        }
        isSent = true;
        say(
                "approved",
                "The approval is in the workflow's inbox: a row of its own, there before any process knows of it. %s"
                        .formatted(
                                living.isEmpty()
                                        ? "None is alive, so it waits to be received. Resume, and see."
                                        : "Whoever takes the workflow receives it."));
    }

    private void received() {
        wait = Wait.NONE;
        say(
                "received",
                "The approval is received, and that and what it carries are recorded in one write. It is never received twice, and never waited for again, whatever happens to the process.");
    }

    private void timeUp() {
        wait = Wait.NONE;
        say(
                "time-up",
                "The time is up, and nobody has approved. That is recorded as well: whenever the function is called again, it is told the same, though somebody approve by then. It puts the hire on hold.");
    }

    private void child(Event event) {
        sayOnce(
                "child",
                "%s is a workflow of its own, the child %s, with a row and steps of its own. That row and the row of this call were one write, so there is never the one without the other. Any executor may run it."
                        .formatted(quoted(event), event.text()));
    }

    private void waitsForChild(Event event) {
        sayOnce(
                "child-waits",
                "The function waits for %s, the child %s. A wait needs no process: that the child has ended comes into the inbox, whoever ran it."
                        .formatted(quoted(event), event.text()));
    }

    private void childEnded(Event event) {
        if ("COMPLETED".equals(event.text())) {
            sayOnce(
                    "child-ended",
                    "%s has ended, and its result is recorded here as that of a step is. It is never run nor waited for again, whatever happens to the process."
                            .formatted(quoted(event)));
        } else {
            say(
                    "child-failed",
                    "%s has not completed, and why is recorded here. Whenever the function is called again, it is told the same, and decides what to do."
                            .formatted(quoted(event)));
        }
    }

    private void refused(Event event) {
        under(event.workerName()).remove(event.stepName());
        if (event.step() != null) {
            say(
                    "refused",
                    "%s wanted to record %s as %s. The database refused: %s was declared dead, and a dead executor writes no more. There is one outcome in the table, not two."
                            .formatted(event.workerName(), quoted(event), event.text(), event.workerName()));
        }
    }

    private void finished(Event event) {
        isFinished = true;
        List<String> again = happened.entrySet().stream()
                .filter(step -> step.getValue().size() > 1)
                .map(step -> "“%s” happened %s"
                        .formatted(step.getKey(), times(step.getValue().size())))
                .toList();
        say(
                "finished",
                "The workflow is %s. %s%s"
                        .formatted(
                                event.text(),
                                isUndone ? "What it had done is undone. " : "",
                                again.isEmpty()
                                        ? "Outside, nothing happened more than once."
                                        : "Outside, %s; everything else happened once at most."
                                                .formatted(String.join(", ", again))));
    }

    private void ended(Event event) {
        String worker = event.workerName();
        living.remove(worker);
        boolean wasFrozen = frozen.remove(worker);
        lastLost = worker;
        fates.putIfAbsent(worker, "dead");
        Set<String> cut = new LinkedHashSet<>(under(worker));
        under(worker).clear();
        Event halt = halting.get(worker);
        say("died", "%s is dead%s. %s".formatted(worker, wasFrozen ? ", without ever going on" : "", death(halt, cut)));
        if (!isFinished && living.isEmpty()) {
            say(
                    "kept",
                    wait == Wait.NONE || isSent
                            ? "The rows are still there: they belong to the database, not to the process. Nothing goes on until some process with the code takes over. Resume, and see."
                            : "The rows are still there, and the workflow still %s: until when is in the database, not in the process. You can resume now and %s then, or the other way round."
                                    .formatted(
                                            isAsleep ? "sleeps" : "waits", isAsleep ? "call the hire off" : "approve"));
        }
    }

    private String death(@Nullable Event halt, Set<String> cut) {
        if (halt == null) {
            return killed(cut);
        }
        Set<String> others = new LinkedHashSet<>(cut);
        others.remove(halt.stepName());
        String beside = others.isEmpty()
                ? ""
                : " %s was under way beside it, and is a zombie too.".formatted(names(List.copyOf(others)));
        String where = String.valueOf(halt.text());
        if (where.startsWith("before")) {
            return "%s had said STARTED and had not acted yet. The table cannot tell that from a step that did act: it is a zombie."
                            .formatted(quoted(halt))
                    + beside;
        }
        if (where.startsWith("after the effect")) {
            return "%s had happened, and nobody wrote that down: its row still says STARTED. That is a zombie. Look at the outside world: it happened."
                            .formatted(quoted(halt))
                    + beside;
        }
        return "%s had happened, and its outcome is in the table. Nothing about it is in doubt.".formatted(quoted(halt))
                + (others.isEmpty()
                        ? ""
                        : " %s was under way beside it: a zombie.".formatted(names(List.copyOf(others))));
    }

    private String killed(Set<String> cut) {
        if (cut.isEmpty()) {
            return isFinished ? "The workflow was finished before: nothing is lost." : "No step was under way.";
        }
        return "%s had begun and %s not recorded. Did it happen? The row says STARTED, and nobody can know more from the table: a zombie."
                .formatted(names(List.copyOf(cut)), cut.size() == 1 ? "was" : "were");
    }

    private static String quoted(Event event) {
        return "“" + event.stepName() + "”";
    }

    private static String names(List<String> steps) {
        return steps.stream().map(step -> "“" + step + "”").collect(Collectors.joining(", "));
    }

    private static String times(int times) {
        return times == 2 ? "twice" : times + " times";
    }

    private void sayOnce(String id, String text) {
        if (!told.containsKey(id)) {
            say(id, text);
        }
    }

    /** The second of its kind is told with its number. */
    private void say(String id, String text) {
        int time = told.merge(id, 1, Integer::sum);
        captions.add(new State.Caption(time == 1 ? id : id + "-" + time, text));
    }
}
