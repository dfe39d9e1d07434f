// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import dev.revive.codec.Documents;
import dev.revive.dashboard.view.ExecutorList.ExecutorItem;
import dev.revive.dashboard.view.ExecutorList.Running;
import dev.revive.dashboard.view.Journal.Place;
import dev.revive.dashboard.view.PayloadPlace.Content;
import dev.revive.dashboard.view.StatusCounts.StatusCount;
import dev.revive.dashboard.view.StepItem.Child;
import dev.revive.dashboard.view.StepItem.Joined;
import dev.revive.dashboard.view.UndeliveredList.SignalItem;
import dev.revive.dashboard.view.UndeliveredList.StartItem;
import dev.revive.dashboard.view.UndeliveredList.UndeliveredItem;
import dev.revive.dashboard.view.WorkflowDetail.Action;
import dev.revive.dashboard.view.WorkflowDetail.Parent;
import dev.revive.store.ChildCall;
import dev.revive.store.ExecutorRecord;
import dev.revive.store.Letter;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.ParentCall;
import dev.revive.store.PastLife;
import dev.revive.store.PastLifePage;
import dev.revive.store.Posting;
import dev.revive.store.ReadLimit;
import dev.revive.store.StepKey;
import dev.revive.store.StepPage;
import dev.revive.store.StepRecord;
import dev.revive.store.StepSummary;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.Undelivered;
import dev.revive.store.Undelivered.Reason;
import dev.revive.store.WorkflowCounts;
import dev.revive.store.WorkflowExcerpt;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowSummary;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a store what a console shows. Must be used by threads that nobody interrupts, as all that touches a store.
 *
 * <p>No history is kept beside the tables: what happened before is read from the columns of the rows that are there.
 */
public final class Views {
    private static final int COUNTED = 10_000;
    private static final int MOST_STEPS = 20_000;
    private static final int STEPS_AT_ONCE = 1_000;
    private static final long CHARS_AT_ONCE = 2_000_000;
    private static final int MOST_MESSAGES = 200;
    private static final int MOST_UNDELIVERED = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SHOWN_RUNNING = 20;
    private static final int COUNTED_RUNNING = 1_000;

    private final WorkflowStore store;
    private final InstantSource clock;

    /**
     * Views of a store.
     *
     * @param store the store
     */
    public Views(WorkflowStore store) {
        this(store, Clock.systemUTC());
    }

    /**
     * Views of a store, with a clock of your own.
     *
     * @param store the store
     * @param clock tells what is now
     */
    public Views(WorkflowStore store, InstantSource clock) {
        this.store = Objects.requireNonNull(store, "store");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * A page of workflows.
     *
     * @param filter which ones
     * @return the page
     */
    public WorkflowPage workflows(WorkflowFilter filter) {
        List<WorkflowItem> items =
                store.summaries(filter).stream().map(WorkflowItem::of).toList();
        return new WorkflowPage(
                items,
                items.size() < filter.limit()
                        ? null
                        : items.get(items.size() - 1).id());
    }

    /**
     * How many workflows there are of each status, up to a bound.
     *
     * @param name only of this name, or null for all
     * @param idPrefix only ids that start so; "" for all
     * @return the counts
     */
    public StatusCounts counts(@Nullable String name, String idPrefix) {
        WorkflowCounts counts = store.counts(idPrefix, COUNTED);
        return new StatusCounts(
                Arrays.stream(WorkflowStatus.values())
                        .map(status -> new StatusCount(
                                status, counts.of(status, name), counts.cut().contains(status)))
                        .toList(),
                counts.names());
    }

    /**
     * One workflow with its steps.
     *
     * @param id its id
     * @param viewer who looks
     * @return empty if there is none
     */
    public Optional<WorkflowDetail> workflow(String id, Viewer viewer) {
        return store.excerpt(id, VisibleTexts.toRead(viewer, VisibleTexts.LONGEST))
                .map(excerpt -> detail(excerpt, viewer));
    }

    private WorkflowDetail detail(WorkflowExcerpt excerpt, Viewer viewer) {
        WorkflowRecord row = excerpt.row();
        VisibleTexts texts = texts(row, viewer);
        List<StepItem> steps = new ArrayList<>();
        Set<String> heardOf = new HashSet<>();
        boolean areCut = collect(row, viewer, steps, heardOf);
        PastLifePage past = pastLives(row, viewer);
        InboxView inbox = inbox(row, heardOf, viewer);
        return new WorkflowDetail(
                WorkflowItem.of(WorkflowSummary.of(row)),
                row.wakeSeq(),
                Parent.of(row),
                row.deadline(),
                clock.instant(),
                texts.shown(Content.INPUT, null, row.input(), excerpt.inputChars()),
                texts.payload(Content.OUTPUT, null, row.output(), excerpt.outputChars()),
                texts.failure(null, row.failure()),
                texts.attention(row.attention()),
                viewer.operates() ? actions(row, steps, inbox) : List.of(),
                ProgramOrder.of(steps),
                areCut,
                past.lives().stream().map(life -> item(life, row, texts)).toList(),
                past.isCut(),
                inbox);
    }

    /** @param heardOf the children whose end a wait has come to; the news of it stays in the inbox, for whoever waits for it again */
    private InboxView inbox(WorkflowRecord row, Set<String> heardOf, Viewer viewer) {
        if (row.wakeSeq() == 0) { // whatever comes raises it
            return InboxView.EMPTY;
        }
        VisibleTexts texts = texts(row, viewer);
        List<Message> unread = store.messages(
                row.id(), new ReadLimit(VisibleTexts.messageToRead(viewer), MOST_MESSAGES + 1, CHARS_AT_ONCE));
        List<Message> shown = unread.stream().limit(MOST_MESSAGES).toList();
        return new InboxView(
                shown.stream()
                        .filter(message ->
                                message.kind().isIntent() && !row.status().isFinal())
                        .map(texts::intent)
                        .toList(),
                shown.stream()
                        .filter(message -> isShown(message, heardOf))
                        .map(texts::message)
                        .toList(),
                unread.size() > MOST_MESSAGES);
    }

    private static boolean isShown(Message message, Set<String> heardOf) {
        return message.kind().isNewsOfChild()
                ? !heardOf.contains(message.name())
                : message.kind() == MessageKind.SIGNAL || message.kind() == MessageKind.UNKNOWN;
    }

    private PastLifePage pastLives(WorkflowRecord row, Viewer viewer) {
        return row.epoch() < 2 // a retry raises it
                ? new PastLifePage(List.of(), false)
                : store.pastLives(row.id(), previews(viewer));
    }

    private static PastLifeItem item(PastLife life, WorkflowRecord row, VisibleTexts texts) {
        return new PastLifeItem(
                life.epoch(),
                life.finishedAt(),
                life.retriedAt(),
                texts.failure(null, life.failure()),
                ProgramOrder.of(life.aside().stream()
                        .map(step -> item(step, row, texts))
                        .toList()));
    }

    private static ReadLimit previews(Viewer viewer) {
        return new ReadLimit(VisibleTexts.toRead(viewer, VisibleTexts.PREVIEW), STEPS_AT_ONCE, CHARS_AT_ONCE);
    }

    /**
     * What is kept of each step is short, though a hook that may hide what stands beyond the beginning has to see the whole. True if some are left
     * out. Ends when nobody can be waiting for it any more: a store that is so slow has better things to do.
     */
    private boolean collect(WorkflowRecord row, Viewer viewer, List<StepItem> items, Set<String> heardOf) {
        VisibleTexts texts = texts(row, viewer);
        ReadLimit limit = previews(viewer);
        Place last = Place.BEGINNING;
        Instant end = clock.instant().plus(PATIENCE);
        while (items.size() < MOST_STEPS) {
            if (clock.instant().isAfter(end)) {
                throw new StoreUnavailableException("The steps of " + row.id() + " take too long to read.", null);
            }
            StepPage page = store.stepPage(row.id(), last.scope(), last.sequence(), limit);
            for (StepSummary step : page.steps()) {
                items.add(item(step, row, texts));
                ChildCall.endedChild(step.step()).ifPresent(heardOf::add);
            }
            if (!page.hasMore()) {
                return false;
            }
            last = lastOf(page);
        }
        return true;
    }

    private static Place lastOf(StepPage page) {
        StepKey key = page.steps().get(page.steps().size() - 1).step().key();
        return new Place(key.scope(), key.sequence());
    }

    private static List<Action> actions(WorkflowRecord row, List<StepItem> steps, InboxView inbox) {
        WorkflowStatus status = row.status();
        boolean isUnderWay = status == WorkflowStatus.DUE || status == WorkflowStatus.RUNNING;
        boolean isLeftToPeople = status == WorkflowStatus.NEEDS_ATTENTION || status == WorkflowStatus.PAUSED;
        boolean isToBePaused = inbox.isAskedFor(MessageKind.PAUSE);
        boolean isToBeCancelled = inbox.isAskedFor(MessageKind.CANCEL);
        List<Action> actions = new ArrayList<>();
        if (isLeftToPeople || (isUnderWay && isToBePaused)) {
            actions.add(Action.RESUME);
        }
        if (status == WorkflowStatus.NEEDS_ATTENTION && steps.stream().anyMatch(Views::isDecidable)) {
            actions.add(Action.DECIDE);
        }
        if (status == WorkflowStatus.FAILED && !Documents.isTimedOut(Objects.requireNonNull(row.failure()))) {
            actions.add(Action.RETRY);
        }
        if (isUnderWay) {
            actions.add(Action.WAKE);
        }
        if (isUnderWay || isLeftToPeople) {
            actions.add(Action.SIGNAL);
            if (isUnderWay && !isToBePaused && !isToBeCancelled) {
                actions.add(Action.PAUSE);
            }
            if (!isToBeCancelled) {
                actions.add(Action.CANCEL);
            }
            actions.add(Action.TERMINATE);
        }
        return actions;
    }

    private static boolean isDecidable(StepItem step) {
        return step.kind() == CallKind.STEP && step.status() == StepStatus.STARTED;
    }

    /**
     * One step.
     *
     * @param id the workflow's id
     * @param scope the scope, "" for the root
     * @param sequence the call's number in its scope
     * @param viewer who looks
     * @return empty if there is none
     */
    public Optional<StepDetail> step(String id, String scope, int sequence, Viewer viewer) {
        ReadLimit limit = new ReadLimit(VisibleTexts.toRead(viewer, VisibleTexts.LONGEST), 1, CHARS_AT_ONCE);
        return store.excerpt(id, 0)
                .flatMap(excerpt -> store.stepPage(id, scope, sequence - 1, limit).steps().stream()
                        .filter(step -> step.step().key().scope().equals(scope)
                                && step.step().key().sequence() == sequence)
                        .findFirst()
                        .map(step -> detail(step, excerpt.row(), viewer)));
    }

    private static StepDetail detail(StepSummary summary, WorkflowRecord row, Viewer viewer) {
        VisibleTexts texts = texts(row, viewer);
        StepRecord step = summary.step();
        String name = step.key().name();
        return new StepDetail(
                item(summary, row, texts),
                texts.payload(Content.OUTPUT, name, step.output(), summary.outputChars()),
                texts.failure(name, step.failure()));
    }

    private static StepItem item(StepSummary summary, WorkflowRecord row, VisibleTexts texts) {
        StepRecord step = summary.step();
        return new StepItem(
                step.key().stepId(),
                step.key().sequence(),
                step.key().scope(),
                step.key().name(),
                step.key().toString(),
                step.kind(),
                step.status(),
                step.epoch(),
                step.attempt(),
                step.zombies(),
                step.resolution(),
                step.branches(),
                step.firstStartedAt(),
                step.startedAt(),
                step.recordedAt(),
                step.nextAt(),
                isZombie(step, row),
                texts.preview(step.key().name(), step.output(), summary.outputChars(), step.failure()),
                summary.outputChars(),
                Child.of(step),
                isCutOff(step),
                Joined.of(summary));
    }

    private static boolean isCutOff(StepRecord step) {
        String failure = step.failure();
        return step.status() == StepStatus.CANCELLED && failure != null && VisibleTexts.isCutOff(failure);
    }

    /** Its run is over. A parallel and a sleep have no effect, so nothing about them is unknown. */
    private static boolean isZombie(StepRecord step, WorkflowRecord row) {
        return step.status() == StepStatus.STARTED
                && (step.kind() == CallKind.STEP || step.kind() == CallKind.TRANSACTION)
                && (step.epoch() < row.epoch() || row.status() != WorkflowStatus.RUNNING);
    }

    private static VisibleTexts texts(WorkflowRecord row, Viewer viewer) {
        return new VisibleTexts(row.id(), row.type().name(), viewer);
    }

    /**
     * The rows as they are stored, as many as fit on a page.
     *
     * @param id the workflow's id
     * @param after the last step that was seen; {@link Place#BEGINNING} for the first page, which has the workflow's row too
     * @param viewer who looks
     * @return empty if there is none
     */
    public Optional<Journal> journal(String id, Place after, Viewer viewer) {
        int chars = VisibleTexts.toRead(viewer, VisibleTexts.LONGEST_IN_JOURNAL);
        boolean isFirst = after.equals(Place.BEGINNING);
        return store.excerpt(id, isFirst ? chars : 0).map(excerpt -> {
            VisibleTexts texts = texts(excerpt.row(), viewer);
            StepPage page = store.stepPage(
                    id, after.scope(), after.sequence(), new ReadLimit(chars, STEPS_AT_ONCE, CHARS_AT_ONCE));
            return new Journal(
                    isFirst ? columns(excerpt, texts) : null,
                    page.steps().stream().map(step -> columns(step, texts)).toList(),
                    page.hasMore() ? lastOf(page) : null);
        });
    }

    private static Map<String, @Nullable Object> columns(WorkflowExcerpt excerpt, VisibleTexts texts) {
        WorkflowRecord row = excerpt.row();
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("id", row.id());
        columns.put("name", row.type().name());
        columns.put("version", row.type().version());
        columns.put("status", row.status());
        put(columns, "input", texts.raw(Content.INPUT, null, row.input(), excerpt.inputChars()), excerpt.inputChars());
        put(
                columns,
                "output",
                texts.raw(Content.OUTPUT, null, row.output(), excerpt.outputChars()),
                excerpt.outputChars());
        columns.put("failure", texts.failure(null, row.failure()));
        columns.put("attention", texts.attention(row.attention()));
        columns.put("epoch", row.epoch());
        columns.put("executor_id", row.executorId());
        columns.put("due_at", row.dueAt());
        columns.put("wake_seq", row.wakeSeq());
        columns.put("strikes", row.strikes());
        columns.put("created_at", row.createdAt());
        columns.put("finished_at", row.finishedAt());
        columns.put("deadline_at", row.deadline());
        ParentCall parent = row.parent();
        columns.put("parent_id", parent == null ? null : parent.workflowId());
        columns.put("parent_call", parent == null ? null : parent.call());
        return columns;
    }

    private static Map<String, @Nullable Object> columns(StepSummary summary, VisibleTexts texts) {
        StepRecord step = summary.step();
        String name = step.key().name();
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("workflow_id", step.workflowId());
        columns.put("step_id", step.key().stepId());
        columns.put("sequence", step.key().sequence());
        columns.put("scope", step.key().scope());
        columns.put("name", name);
        columns.put("kind", step.kind());
        columns.put("status", step.status());
        columns.put("epoch", step.epoch());
        columns.put("attempt", step.attempt());
        columns.put("zombies", step.zombies());
        columns.put("resolution", step.resolution());
        columns.put("branches", step.branches());
        put(
                columns,
                "serialized_output",
                texts.raw(Content.OUTPUT, name, step.output(), summary.outputChars()),
                summary.outputChars());
        columns.put("failure", texts.failure(name, step.failure()));
        columns.put("first_started_at", step.firstStartedAt());
        columns.put("started_at", step.startedAt());
        columns.put("recorded_at", step.recordedAt());
        columns.put("next_at", step.nextAt());
        return columns;
    }

    private static void put(Map<String, @Nullable Object> columns, String name, @Nullable String text, int chars) {
        columns.put(name, text);
        if (chars > VisibleTexts.LONGEST_IN_JOURNAL) {
            columns.put(name + "_chars", chars);
        }
    }

    /**
     * What was asked for in transactions that are committed, and could not be done.
     *
     * @param viewer who looks
     * @return the first of it
     */
    public UndeliveredList undelivered(Viewer viewer) {
        List<Undelivered> found = store.undelivered(
                new ReadLimit(VisibleTexts.messageToRead(viewer), MOST_UNDELIVERED + 1, CHARS_AT_ONCE));
        Map<String, Optional<String>> typesThere = new HashMap<>();
        return new UndeliveredList(
                found.stream()
                        .limit(MOST_UNDELIVERED)
                        .map(one -> item(
                                one, typesThere.computeIfAbsent(one.posting().workflowId(), this::typeThere), viewer))
                        .toList(),
                found.size() > MOST_UNDELIVERED);
    }

    private Optional<String> typeThere(String id) {
        return store.excerpt(id, 0).map(excerpt -> excerpt.row().type().name());
    }

    private static UndeliveredItem item(Undelivered undelivered, Optional<String> typeThere, Viewer viewer) {
        Posting posting = undelivered.posting();
        VisibleTexts texts = typeOf(undelivered, typeThere)
                .map(type -> new VisibleTexts(posting.workflowId(), type, viewer))
                .orElseGet(() -> new VisibleTexts(posting.workflowId(), "", viewer.ofUnknownPlaces()));
        NewWorkflow start = posting.start();
        Letter letter = posting.letter();
        return new UndeliveredItem(
                undelivered.position(),
                posting.workflowId(),
                typeThere.isPresent(),
                start == null
                        ? null
                        : new StartItem(
                                start.type().name(),
                                start.type().version(),
                                posting.mustBeNew(),
                                texts.carried(Content.INPUT, null, start.input())),
                letter == null
                        ? null
                        : new SignalItem(
                                letter.kind() == MessageKind.SIGNAL,
                                letter.name(),
                                texts.carried(Content.SIGNAL, letter.name(), letter.payload())),
                undelivered.reason(),
                posting.createdAt());
    }

    /** What kind of workflow it was meant for. Behind a start of an id that belongs to another workflow, it was not meant for that one. */
    private static Optional<String> typeOf(Undelivered undelivered, Optional<String> typeThere) {
        NewWorkflow start = undelivered.posting().start();
        if (start != null) {
            return Optional.of(start.type().name());
        }
        return undelivered.reason() == Reason.CONFLICT ? Optional.empty() : typeThere;
    }

    /**
     * Who runs workflows, and which.
     *
     * @return the executors
     */
    public ExecutorList executors() {
        List<ExecutorRecord> seats = store.executors();
        Instant now = seats.isEmpty() ? clock.instant() : seats.get(0).seenAt();
        Function<String, List<WorkflowSummary>> running = running();
        return new ExecutorList(
                now,
                seats.stream().map(seat -> item(seat, running.apply(seat.id()))).toList());
    }

    /** All in one question, however many executors there are; only where so many run that it is cut, one question each. */
    private Function<String, List<WorkflowSummary>> running() {
        WorkflowFilter filter = new WorkflowFilter(Set.of(WorkflowStatus.RUNNING), null, "", "", COUNTED_RUNNING);
        List<WorkflowSummary> first = store.summaries(filter);
        if (first.size() == COUNTED_RUNNING) {
            return executor -> store.summaries(filter.runBy(executor));
        }
        Map<String, List<WorkflowSummary>> byExecutor = first.stream()
                .filter(workflow -> workflow.executorId() != null)
                .collect(Collectors.groupingBy(workflow -> Objects.requireNonNull(workflow.executorId())));
        return executor -> byExecutor.getOrDefault(executor, List.of());
    }

    private static ExecutorItem item(ExecutorRecord seat, List<WorkflowSummary> running) {
        return new ExecutorItem(
                seat.id(),
                seat.name(),
                seat.alive(),
                seat.startedAt(),
                seat.heartbeatAt(),
                seat.leaseUntil(),
                seat.version(),
                Documents.texts(seat.types()).orElse(null),
                running.size(),
                running.size() == COUNTED_RUNNING,
                running.stream()
                        .limit(SHOWN_RUNNING)
                        .map(w -> new Running(w.id(), w.type().name()))
                        .toList());
    }
}
