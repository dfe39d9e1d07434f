// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.examples.simulator.State.LineKind;
import java.util.List;
import java.util.Optional;

/** The events as lines of a log. */
final class LogText {
    private LogText() {}

    static List<State.Line> lines(List<Event> events) {
        return events.stream().map(LogText::line).flatMap(Optional::stream).toList();
    }

    private static Optional<State.Line> line(Event event) {
        String step = "\"" + event.stepName() + "\"";
        return switch (event.kind()) {
            case PLANNED -> Optional.empty();
            case PERSON -> line(event, LineKind.PERSON, String.valueOf(event.text()));
            case STARTED -> line(event, LineKind.WORKER, "JVM started");
            case SEATED -> line(event, LineKind.WORKER, "is executor " + event.text());
            case RUN -> line(event, LineKind.WORKER, run(event));
            case BEGAN -> line(event, LineKind.EFFECT, step + " began, attempt " + event.number());
            case HAPPENED -> line(event, LineKind.EFFECT, step + " happened: " + shortened(event));
            case GAVE_UP -> line(event, LineKind.EFFECT, step + " was interrupted, and did not happen");
            case ASKED -> line(event, LineKind.EFFECT, asked(event, step));
            case RECOGNISED ->
                line(event, LineKind.EFFECT, step + ": its key is known, it had happened: " + shortened(event));
            case RECORDED -> line(event, LineKind.RECORD, recorded(event, step));
            case WAITS ->
                line(event, LineKind.RECORD, "waits for %s, %d s at most".formatted(step, event.number() / 1_000));
            case SLEEPS ->
                line(event, LineKind.RECORD, "sleeps until %s, %d s".formatted(step, event.number() / 1_000));
            case WOKE -> line(event, LineKind.RECORD, step + " has come");
            case RELEASED -> line(event, LineKind.RECORD, "gives the workflow back: a wait needs no process");
            case CALLED_OFF -> line(event, LineKind.PERSON, "calls the hire off: cancels the workflow");
            case SENT -> line(event, LineKind.PERSON, "sends the signal " + step);
            case RECEIVED -> line(event, LineKind.RECORD, step + " received");
            case TIME_UP -> line(event, LineKind.RECORD, step + " did not come in time");
            case CHILD -> line(event, LineKind.RECORD, "%s started as the child %s".formatted(step, event.text()));
            case WAITS_FOR_CHILD ->
                line(event, LineKind.RECORD, "waits for %s, the child %s".formatted(step, event.text()));
            case CHILD_ENDED ->
                line(event, LineKind.RECORD, "what came of the child %s recorded as %s".formatted(step, event.text()));
            case REFUSED -> line(event, LineKind.REFUSED, refused(event, step));
            case LEASE_LOST ->
                line(event, LineKind.WORKER, "found its lease lapsed: this executor is over, a new one begins");
            case FINISHED -> line(event, LineKind.RECORD, "workflow recorded as " + event.text());
            case HALTING -> line(event, LineKind.WORKER, "halts " + event.text());
            case FROZEN -> line(event, LineKind.PERSON, "frozen (SIGSTOP)");
            case THAWED -> line(event, LineKind.PERSON, "thawed (SIGCONT)");
            case ENDED ->
                line(event, LineKind.WORKER, "is dead: %s, exit code %d".formatted(event.text(), event.number()));
        };
    }

    private static String run(Event event) {
        return event.steps().isEmpty()
                ? "runs the workflow, epoch " + event.number()
                : "runs the workflow, epoch %d; recorded and skipped: %s"
                        .formatted(event.number(), String.join(", ", event.steps()));
    }

    private static String shortened(Event event) {
        String nonce = String.valueOf(event.text());
        return nonce.substring(0, Math.min(8, nonce.length()));
    }

    private static String asked(Event event, String step) {
        return event.text() == null
                ? step + ": asked the world, it had not happened"
                : step + ": asked the world, it had happened: " + shortened(event);
    }

    private static String recorded(Event event, String step) {
        return "%s recorded as %s, attempt %d%s"
                .formatted(
                        step,
                        event.text(),
                        event.number(),
                        event.steps().isEmpty() ? "" : ", " + String.join(", ", event.steps()));
    }

    private static String refused(Event event, String step) {
        return "write refused: %s as %s".formatted(event.step() == null ? "the workflow" : step, event.text());
    }

    private static Optional<State.Line> line(Event event, LineKind kind, String text) {
        return Optional.of(new State.Line(event.time(), event.pid(), event.worker(), kind, text));
    }
}
