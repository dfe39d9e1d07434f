// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.revive.dashboard.view.Viewer;
import dev.revive.dashboard.view.Views;
import dev.revive.dashboard.view.WorkflowDetail;
import dev.revive.examples.onboarding.OnboardingWithApproval;
import dev.revive.examples.simulator.State.Life;
import dev.revive.examples.world.Happening;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.store.ExecutorRecord;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.StepStatus;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a person sees: the tables, the outside world and the story, put together. Used by one thread. */
final class Lookout {
    private static final String UNTOLD = "It had happened, and was begun again before anybody could record it.";

    private final Tables tables;
    private final Chronicle chronicle;
    private final Map<Scene, Source> sources;
    private final Views views;
    private final OutsideWorld world;
    private @Nullable JsonNode lastContent;
    private long revision;

    Lookout(Tables tables, Path directory, Chronicle chronicle, Map<Scene, Source> sources) {
        this.tables = tables;
        this.chronicle = chronicle;
        this.sources = sources;
        this.views = new Views(tables.store());
        this.world = new OutsideWorld(directory);
    }

    /** With a new revision if anything but the time has changed since the look before. */
    State look(@Nullable Plan plan, boolean isUnfinished) {
        State seen = seen(plan, isUnfinished);
        JsonNode content = content(seen);
        if (!content.equals(lastContent)) {
            lastContent = content;
            revision++;
        }
        return seen.stamped(revision, seen.now());
    }

    /** All but the time. */
    private static JsonNode content(State state) {
        ObjectNode content = (ObjectNode) Json.tree(state);
        content.remove("now");
        if (content.get("workflow") instanceof ObjectNode workflow) {
            content.set("workflow", workflow.deepCopy().without("now"));
        }
        return content;
    }

    private State seen(@Nullable Plan plan, boolean isUnfinished) {
        Set<String> seated = seated();
        List<Event> events = chronicle.events();
        Story story = new Story(events);
        WorkflowDetail workflow = plan == null
                ? null
                : views.workflow(plan.workflowId(), Viewer.ofEverything()).orElse(null);
        Scene scene = plan == null ? Scene.ONBOARDING : plan.scene();
        List<State.Worker> workers = story.actors().values().stream()
                .map(actor -> worker(actor, seated))
                .toList();
        return new State(
                0,
                Instant.now(),
                tables.place(),
                workers,
                plan,
                workflow,
                world(plan, scene, story, Narrator.reasons(events)),
                story.runs(),
                LogText.lines(events),
                story.executing(Objects.requireNonNull(sources.get(scene)).steps()),
                Narrator.tell(events),
                Plan.Point.all(),
                can(workers, plan != null, isUnfinished, isApprovalAwaited(workflow), canBeCalledOff(scene, workflow)));
    }

    /** Who is alive as far as others may know. */
    private Set<String> seated() {
        return tables.store().executors().stream()
                .filter(ExecutorRecord::alive)
                .map(ExecutorRecord::id)
                .collect(Collectors.toSet());
    }

    private static State.Worker worker(Story.Actor actor, Set<String> seated) {
        Event ended = actor.ended;
        String executorId = actor.executorId;
        return new State.Worker(
                actor.started.workerName(),
                Objects.requireNonNullElse(actor.started.pid(), 0L),
                actor.life(),
                actor.started.time(),
                ended == null ? null : ended.time(),
                ended == null || ended.number() < 0 ? null : (int) ended.number(),
                ended == null ? null : ended.text(),
                executorId,
                executorId == null ? null : seated.contains(executorId) ? State.Seat.ALIVE : State.Seat.DEAD);
    }

    private List<State.Outside> world(@Nullable Plan current, Scene scene, Story story, Map<String, String> reasons) {
        List<Happening> all = current == null ? List.of() : world.of(current.workflowId());
        List<State.Outside> outside = new ArrayList<>();
        for (String step : scene.steps()) {
            List<State.Happened> happened = all.stream()
                    .filter(happening -> happening.step().equals(step))
                    .map(happening -> new State.Happened(
                            happening.nonce(),
                            happening.attempt(),
                            happening.pid(),
                            story.workerOf(happening.pid()),
                            happening.time(),
                            happening.idempotencyKey()))
                    .toList();
            String why = happened.size() > 1 ? reasons.getOrDefault(step, UNTOLD) : reasons.get(step);
            outside.add(new State.Outside(step, happened.size(), why, happened));
        }
        return outside;
    }

    /** Waited for, and not in the inbox yet. */
    private static boolean isApprovalAwaited(@Nullable WorkflowDetail workflow) {
        String name = OnboardingWithApproval.APPROVAL.name();
        return workflow != null
                && workflow.steps().stream()
                        .anyMatch(step -> step.kind() == CallKind.AWAIT && step.status() == StepStatus.STARTED)
                && workflow.inbox().messages().stream()
                        .noneMatch(message -> message.name().equals(name));
    }

    private static boolean canBeCalledOff(Scene scene, @Nullable WorkflowDetail workflow) {
        return scene == Scene.CALLED_OFF
                && workflow != null
                && workflow.actions().contains(WorkflowDetail.Action.CANCEL);
    }

    private static State.Can can(
            List<State.Worker> workers,
            boolean isPlanned,
            boolean isUnfinished,
            boolean isApprovalAwaited,
            boolean canBeCalledOff) {
        List<Life> lives = workers.stream().map(State.Worker::state).toList();
        long alive = lives.stream().filter(life -> life != Life.DEAD).count();
        return new State.Can(
                !isUnfinished,
                alive > 0,
                isUnfinished && alive == 0,
                isUnfinished && alive > 0 && alive < Crew.MOST,
                lives.contains(Life.ALIVE),
                lives.contains(Life.FROZEN),
                isPlanned,
                isApprovalAwaited,
                canBeCalledOff);
    }
}
