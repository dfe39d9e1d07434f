// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.examples.simulator.Event.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who did what, folded from the events. Pure, and rebuilt for each look. */
final class Story {
    /** What is known of a worker from the events alone. */
    static final class Actor {
        final Event started;

        @Nullable
        String executorId;

        @Nullable
        Event ended;

        boolean isFrozen;

        Actor(Event started) {
            this.started = started;
        }

        State.Life life() {
            if (ended != null) {
                return State.Life.DEAD;
            }
            if (isFrozen) {
                return State.Life.FROZEN;
            }
            return executorId == null ? State.Life.STARTING : State.Life.ALIVE;
        }
    }

    private static final class Run {
        final Event began;
        final Set<String> ran = new LinkedHashSet<>();
        final Set<String> asked = new LinkedHashSet<>();
        int refused;

        Run(Event began) {
            this.began = began;
        }
    }

    private final Map<String, Actor> actors = new LinkedHashMap<>();
    private final List<Run> runs = new ArrayList<>();
    private final Map<String, Set<String>> underWay = new LinkedHashMap<>();

    Story(List<Event> events) {
        events.forEach(this::add);
    }

    private void add(Event event) {
        if (event.kind() == Kind.STARTED) {
            actors.put(event.workerName(), new Actor(event));
            return;
        }
        Actor actor = actors.get(event.workerName());
        if (actor == null) {
            return;
        }
        switch (event.kind()) {
            case SEATED -> actor.executorId = event.text();
            case FROZEN -> actor.isFrozen = true;
            case THAWED -> actor.isFrozen = false;
            case RUN -> runs.add(new Run(event));
            case BEGAN -> {
                runOf(event).ifPresent(run -> run.ran.add(event.stepName()));
                underWay.computeIfAbsent(event.workerName(), name -> new LinkedHashSet<>())
                        .add(event.stepName());
            }
            case ASKED ->
                runOf(event).filter(run -> event.text() != null).ifPresent(run -> run.asked.add(event.stepName()));
            case GAVE_UP -> isOver(event);
            case RECORDED -> {
                if (!"STARTED".equals(event.text())) {
                    isOver(event);
                }
            }
            case REFUSED -> {
                runOf(event).ifPresent(run -> run.refused++);
                isOver(event);
            }
            case ENDED -> {
                actor.ended = event;
                underWay.remove(event.workerName());
            }
            default -> {}
        }
    }

    private void isOver(Event event) {
        Set<String> steps = underWay.get(event.workerName());
        if (steps != null) {
            steps.remove(event.stepName());
        }
    }

    private Optional<Run> runOf(Event event) {
        for (int i = runs.size() - 1; i >= 0; i--) {
            if (runs.get(i).began.isOf(event.workerName())) {
                return Optional.of(runs.get(i));
            }
        }
        return Optional.empty();
    }

    Map<String, Actor> actors() {
        return actors;
    }

    /** Whose process this was; null if it is none of this story. */
    @Nullable
    String workerOf(long pid) {
        return actors.values().stream()
                .filter(actor -> actor.started.pid() != null && actor.started.pid() == pid)
                .map(actor -> actor.started.workerName())
                .reduce((one, later) -> later)
                .orElse(null);
    }

    List<State.Run> runs() {
        return runs.stream()
                .map(run -> new State.Run(
                        run.began.workerName(),
                        run.began.pid() == null ? 0 : run.began.pid(),
                        run.began.number(),
                        List.copyOf(run.ran),
                        run.began.steps(),
                        List.copyOf(run.asked),
                        run.refused))
                .toList();
    }

    List<State.Executing> executing(Map<String, List<Integer>> lines) {
        List<State.Executing> executing = new ArrayList<>();
        underWay.forEach((worker, steps) ->
                steps.forEach(step -> executing.add(new State.Executing(step, worker, lines.get(step)))));
        return executing;
    }
}
