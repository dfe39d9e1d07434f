// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
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
    private final Map<String, NavigableMap<Long, Message>> messages = new HashMap<>();

    /** What ends have asked for, and is not done yet. */
    private final Queue<Letter> posted = new ArrayDeque<>();

    private final Set<String> told = new LinkedHashSet<>();

    /** By workflow; none: anything. */
    private final Map<String, List<String>> waitsFor = new HashMap<>();

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

    /** Its end, if it is that, concerns others. */
    void put(WorkflowRecord workflow) {
        WorkflowRecord before = workflows.put(workflow.id(), workflow);
        if (workflow.status().isFinal() && (before == null || !before.status().isFinal())) {
            boolean hasChildren = steps(workflow.id()).values().stream()
                    .anyMatch(step -> ChildCall.of(step).isPresent());
            List<Posting> postings = new Ties(workflow.createdAt(), workflow.parent(), hasChildren)
                    .atTheEnd(
                            workflow.id(),
                            workflow.epoch(),
                            workflow.status(),
                            workflow.output(),
                            Objects.requireNonNull(workflow.finishedAt(), "finishedAt"));
            post(postings);
        }
    }

    /** To be delivered before the write that asks for it is over. */
    void post(List<Posting> postings) {
        postings.forEach(posting -> posted.add(Objects.requireNonNull(posting.letter())));
    }

    /** Does what ends have asked for, and what follows from that; answers who has got a message. */
    Set<String> deliverPosted(Instant now) {
        for (Letter letter = posted.poll(); letter != null; letter = posted.poll()) {
            if (letter.kind() == MessageKind.CLOSE) {
                closings(letter, steps(letter.workflowId()).values()).forEach(closing -> tell(closing, now));
            } else {
                tell(letter, now);
            }
        }
        Set<String> all = Set.copyOf(told);
        told.clear();
        return all;
    }

    private List<Letter> closings(Letter close, Collection<StepRecord> calls) {
        return calls.stream()
                .flatMap(step -> ChildCall.of(step).stream())
                .flatMap(child -> child.closing(close).stream())
                .filter(closing -> isChild(closing.workflowId(), close.workflowId()))
                .toList();
    }

    /** An id may have been taken anew. */
    boolean isChild(String id, String parentId) {
        WorkflowRecord workflow = workflow(id);
        return workflow != null
                && workflow.parent() != null
                && workflow.parent().workflowId().equals(parentId);
    }

    private void tell(Letter letter, Instant now) {
        if (deliver(letter, now) == Arrival.ARRIVED) {
            told.add(letter.workflowId());
        }
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

    /** A workflow's inbox, received ones too, by position. */
    NavigableMap<Long, Message> messages(String workflowId) {
        return messages.getOrDefault(workflowId, Collections.emptyNavigableMap());
    }

    void put(Message message) {
        messages.computeIfAbsent(message.workflowId(), id -> new TreeMap<>()).put(message.position(), message);
    }

    /** Puts a message that was received back into its inbox. */
    void giveBack(String workflowId, long position, String payload) {
        Message message = messages(workflowId).get(position);
        if (message != null) {
            put(message.givenBack(payload));
        }
    }

    List<PastLife> pastLives(String workflowId) {
        return pastLives.getOrDefault(workflowId, List.of());
    }

    void add(PastLife life) {
        pastLives.computeIfAbsent(life.workflowId(), id -> new ArrayList<>()).add(life);
    }

    /** What a workflow in nobody's hands waits for; null: any message. */
    void waitFor(String workflowId, @Nullable List<String> topics) {
        if (topics == null) {
            waitsFor.remove(workflowId);
        } else {
            waitsFor.put(workflowId, topics);
        }
    }

    boolean isWaitingFor(String workflowId, String topic) {
        List<String> topics = waitsFor.get(workflowId);
        return topics == null || topics.contains(topic);
    }

    /** Puts a letter into the inbox of the workflow that it is for. */
    Arrival deliver(Letter letter, Instant now) {
        NewWorkflow start = letter.start();
        if (start != null && !workflows.containsKey(start.id())) {
            put(WorkflowRecord.of(start).dueAt(now).build());
        }
        WorkflowRecord workflow = workflow(letter.workflowId());
        if (workflow == null) {
            return Arrival.NOT_FOUND;
        }
        if (messages(letter.workflowId()).values().stream()
                .anyMatch(message -> message.key().equals(letter.key()))) {
            return Arrival.ARRIVED;
        }
        boolean isForNextLife =
                workflow.status() == WorkflowStatus.FAILED && letter.kind().isNewsOfChild();
        if (workflow.status().isFinal() && !isForNextLife) {
            return Arrival.ENDED;
        }
        put(letter.at(workflow.wakeSeq() + 1));
        put(told(workflow, letter, now));
        return Arrival.ARRIVED;
    }

    /** What people want of a workflow in nobody's hands is done at once, as far as no code of it is needed. */
    private WorkflowRecord told(WorkflowRecord workflow, Letter letter, Instant now) {
        boolean isLeftToPeople =
                workflow.status() == WorkflowStatus.NEEDS_ATTENTION || workflow.status() == WorkflowStatus.PAUSED;
        if (letter.kind() == MessageKind.CANCEL && isLeftToPeople) {
            return settled(lifted(workflow, now));
        }
        boolean isAwaited = letter.kind().isIntent() || isWaitingFor(workflow.id(), letter.topic());
        return settled(WorkflowRows.told(workflow, isAwaited, now));
    }

    private WorkflowRecord lifted(WorkflowRecord workflow, Instant now) {
        withdraw(workflow.id(), now, message -> message.kind() == MessageKind.PAUSE);
        return WorkflowRows.woken(workflow, now);
    }

    /** As people want it, now that it is in nobody's hands. */
    WorkflowRecord settled(WorkflowRecord workflow) {
        WorkflowStatus status = workflow.status();
        boolean isDue = status == WorkflowStatus.DUE;
        boolean isLeftToPeople = status == WorkflowStatus.NEEDS_ATTENTION || status == WorkflowStatus.PAUSED;
        Message end = intent(workflow.id(), MessageKind.TERMINATE);
        if (end != null && (isDue || isLeftToPeople)) {
            return WorkflowRows.terminated(workflow, Objects.requireNonNull(end.payload()), end.sentAt());
        }
        boolean isToBePaused =
                intent(workflow.id(), MessageKind.PAUSE) != null && intent(workflow.id(), MessageKind.CANCEL) == null;
        return isDue && isToBePaused ? WorkflowRows.paused(workflow) : workflow;
    }

    List<Message> unread(String workflowId) {
        return messages(workflowId).values().stream()
                .filter(message -> message.receivedAt() == null)
                .toList();
    }

    @Nullable
    Message intent(String workflowId, MessageKind kind) {
        return unread(workflowId).stream()
                .filter(message -> message.kind() == kind)
                .findFirst()
                .orElse(null);
    }

    /** Nobody wants these any more; answers whether somebody did. */
    boolean withdraw(String workflowId, Instant now, Predicate<Message> which) {
        List<Message> withdrawn = unread(workflowId).stream().filter(which).toList();
        withdrawn.forEach(message -> put(message.received(now)));
        return !withdrawn.isEmpty();
    }

    /** One if the run recorded an outcome, else one more than before. */
    int strikesAfter(WorkflowRecord run) {
        boolean recordedAnOutcome = steps(run.id()).values().stream()
                .anyMatch(step -> step.epoch() == run.epoch() && step.status().isFinal());
        return recordedAnOutcome ? 1 : run.strikes() + 1;
    }
}
