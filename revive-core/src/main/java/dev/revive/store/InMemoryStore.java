// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.store.MemoryTables.Position;
import dev.revive.thread.SteadyClock;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The SPI in maps under one lock: for tests, for trying out, and as the readable reference of what a store does. What it holds ends with its
 * process.
 *
 * <p>It belongs to one process, so no lease is kept: a seat lives until it is closed or abandoned, and several engines of the process may be
 * seated at once. An abandoned seat is found dead by the next {@link #seat} or {@link ExecutorSeat#sweep}.
 */
public final class InMemoryStore implements WorkflowStore {
    private static final Comparator<WorkflowRecord> BY_DUE_TIME = Comparator.comparing(InMemoryStore::dueAt);

    private final ReentrantLock lock = new ReentrantLock();
    private final InstantSource clock;

    private final MemoryTables tables = new MemoryTables();
    private final Set<MemorySeat> alive = new LinkedHashSet<>();
    private int seatsGiven;

    /** An empty store whose due times follow the system's clock. */
    public InMemoryStore() {
        this(Clock.systemUTC());
    }

    /**
     * An empty store with a clock of your own.
     *
     * @param clock tells when a workflow is due; where it is set back, {@link SteadyClock} says what counts
     */
    public InMemoryStore(InstantSource clock) {
        this.clock = new SteadyClock(Objects.requireNonNull(clock, "clock"));
    }

    @Override
    public ExecutorSeat seat(ExecutorSettings settings) {
        return locked(() -> {
            takeOverTheDead();
            MemorySeat seat = new MemorySeat(this, "memory-" + ++seatsGiven, settings, now());
            alive.add(seat);
            return seat;
        });
    }

    @Override
    public Optional<WorkflowRecord> find(String workflowId) {
        return locked(() -> Optional.ofNullable(tables.workflow(workflowId)));
    }

    @Override
    public List<WorkflowRecord> find(Collection<String> workflowIds) {
        return locked(() -> workflowIds.stream()
                .distinct()
                .map(tables::workflow)
                .filter(Objects::nonNull)
                .toList());
    }

    @Override
    public List<WorkflowRecord> list(WorkflowFilter filter) {
        return locked(() -> tables.workflowsAfter(filter.afterId())
                .filter(w -> w.id().startsWith(filter.idPrefix()))
                .filter(w -> filter.statuses().isEmpty() || filter.statuses().contains(w.status()))
                .filter(w ->
                        filter.name() == null || filter.name().equals(w.type().name()))
                .filter(w -> filter.executorId() == null || filter.executorId().equals(w.executorId()))
                .limit(filter.limit())
                .toList());
    }

    @Override
    public List<WorkflowSummary> summaries(WorkflowFilter filter) {
        return list(filter).stream().map(WorkflowSummary::of).toList();
    }

    @Override
    public WorkflowCounts counts(String idPrefix, int atMost) {
        return locked(() -> {
            Map<String, Map<WorkflowStatus, Integer>> counted = new TreeMap<>();
            tables.workflows()
                    .filter(w -> w.id().startsWith(idPrefix))
                    .forEach(w -> counted.computeIfAbsent(w.type().name(), name -> new EnumMap<>(WorkflowStatus.class))
                            .merge(w.status(), 1, Integer::sum));
            List<WorkflowCounts.Group> groups = new ArrayList<>();
            counted.forEach((name, byStatus) ->
                    byStatus.forEach((status, count) -> groups.add(new WorkflowCounts.Group(name, status, count))));
            return new WorkflowCounts(groups, Set.of());
        });
    }

    @Override
    public List<StepRecord> steps(String workflowId) {
        return locked(() -> List.copyOf(tables.steps(workflowId).values()));
    }

    @Override
    public Optional<WorkflowExcerpt> excerpt(String workflowId, int chars) {
        return find(workflowId).map(row -> WorkflowExcerpt.of(row, chars));
    }

    @Override
    public StepPage stepPage(String workflowId, String afterScope, int afterSequence, ReadLimit limit) {
        Position last = new Position(afterScope, afterSequence);
        return StepPage.of(
                steps(workflowId).stream()
                        .filter(step ->
                                new Position(step.key().scope(), step.key().sequence()).compareTo(last) > 0)
                        .limit(limit.rows() + 1L)
                        .map(step -> StepSummary.of(step, limit.chars()))
                        .toList(),
                limit);
    }

    @Override
    public Optional<StepRecord> step(String workflowId, String scope, int sequence) {
        return locked(() -> Optional.ofNullable(tables.steps(workflowId).get(new Position(scope, sequence))));
    }

    @Override
    public List<StepRecord> pastSteps(String workflowId, String scope, int sequence) {
        return locked(() -> {
            List<StepRecord> latestFirst = new ArrayList<>();
            for (PastLife life : tables.pastLives(workflowId)) {
                life.aside().stream()
                        .map(StepSummary::step)
                        .filter(step -> Position.of(step).equals(new Position(scope, sequence)))
                        .forEach(step -> latestFirst.add(0, step));
            }
            return latestFirst.stream().limit(100).toList();
        });
    }

    @Override
    public PastLifePage pastLives(String workflowId, ReadLimit limit) {
        return locked(() -> {
            List<PastLife> found = new ArrayList<>();
            for (PastLife life : tables.pastLives(workflowId)) {
                found.add(
                        0,
                        life.withAside(life.aside().stream()
                                .map(call -> StepSummary.of(call.step(), limit.chars()))
                                .toList()));
            }
            return PastLifePage.of(found, limit);
        });
    }

    @Override
    public Optional<String> fingerprint(String workflowId) {
        return locked(() -> Optional.ofNullable(tables.workflow(workflowId))
                .map(w -> WorkflowSummary.of(w) + " " + tables.steps(workflowId).hashCode() + " "
                        + tables.messages(workflowId).hashCode()));
    }

    @Override
    public List<ExecutorRecord> executors() {
        return locked(() -> alive.stream().map(seat -> seat.record(now())).toList());
    }

    @Override
    public boolean resume(String workflowId) {
        return locked(() -> {
            WorkflowRecord workflow = tables.workflow(workflowId);
            if (workflow == null || workflow.status().isFinal()) {
                return false;
            }
            boolean wasToBePaused = tables.withdraw(workflowId, now(), message -> message.kind() == MessageKind.PAUSE);
            if (workflow.status() == WorkflowStatus.NEEDS_ATTENTION || workflow.status() == WorkflowStatus.PAUSED) {
                tables.put(WorkflowRows.woken(workflow, now()));
            } else if (wasToBePaused) {
                tables.put(WorkflowRows.bumped(workflow, now()));
            } else {
                return false;
            }
            return tell(wasToBePaused ? Hint.news(workflowId) : Hint.due(workflowId), null);
        });
    }

    @Override
    public boolean wake(String workflowId) {
        return locked(() -> {
            WorkflowRecord workflow = tables.workflow(workflowId);
            if (workflow == null
                    || !(workflow.status() == WorkflowStatus.DUE || workflow.status() == WorkflowStatus.RUNNING)) {
                return false;
            }
            tables.put(WorkflowRows.bumped(workflow, now()));
            return tell(Hint.due(workflowId), null);
        });
    }

    @Override
    public List<Arrival> send(List<Letter> letters) {
        return locked(() -> letters.stream()
                .map(letter -> {
                    Arrival arrival = tables.deliver(letter, now());
                    if (arrival == Arrival.ARRIVED) {
                        tell(Hint.news(letter.workflowId()), null);
                        if (letter.kind().isIntent()) {
                            tell(Hint.ended(letter.workflowId()), null);
                        }
                    }
                    deliverPosted();
                    return arrival;
                })
                .toList());
    }

    @Override
    public List<WorkflowRecord> overdue(int limit) {
        return locked(() -> tables.workflows()
                .filter(w -> w.status() == WorkflowStatus.PAUSED || w.status() == WorkflowStatus.NEEDS_ATTENTION)
                .filter(w -> w.deadline() != null && !w.deadline().isAfter(now()))
                .filter(w -> tables.intent(w.id(), MessageKind.CANCEL) == null)
                .limit(limit)
                .toList());
    }

    @Override
    public List<Message> messages(String workflowId, ReadLimit limit) {
        return locked(() -> unread(workflowId, 0)
                .sorted(Comparator.comparing(message -> message.kind().isFact()))
                .limit(limit.rows())
                .map(message -> message.cut(limit.chars()))
                .toList());
    }

    @Override
    public Optional<Message> message(String workflowId, String key) {
        return locked(() -> tables.messages(workflowId).values().stream()
                .filter(message -> message.key().equals(key))
                .findFirst());
    }

    private Stream<Message> unread(String workflowId, long after) {
        return tables.messages(workflowId).tailMap(after, false).values().stream()
                .filter(message -> message.receivedAt() == null);
    }

    Map<String, Inbox> inboxes(Map<String, Long> after) {
        return locked(() -> {
            Map<String, Inbox> inboxes = new HashMap<>();
            after.forEach((id, position) -> {
                WorkflowRecord workflow = tables.workflow(id);
                if (workflow != null) {
                    inboxes.put(
                            id,
                            new Inbox(workflow.wakeSeq(), unread(id, position).toList()));
                }
            });
            return inboxes;
        });
    }

    @Override
    public boolean decide(StepRecord zombie, StepRecord decision) {
        if (!zombie.workflowId().equals(decision.workflowId()) || !zombie.key().equals(decision.key())) {
            throw new IllegalArgumentException("The decision is about %s of %s, the zombie is %s of %s."
                    .formatted(decision.key(), decision.workflowId(), zombie.key(), zombie.workflowId()));
        }
        return locked(() -> {
            StepRecord recorded = tables.recorded(zombie);
            if (!needsAttention(zombie.workflowId()) || recorded == null || !zombie.isSameAs(recorded)) {
                return false;
            }
            tables.put(decision);
            tables.put(WorkflowRows.woken(Objects.requireNonNull(tables.workflow(zombie.workflowId())), now()));
            return tell(Hint.due(zombie.workflowId()), null);
        });
    }

    @Override
    public boolean retry(Retry retry) {
        return locked(() -> {
            WorkflowRecord failed = tables.workflow(retry.workflowId());
            if (failed == null
                    || failed.status() != WorkflowStatus.FAILED
                    || failed.epoch() != retry.epoch()
                    || !retry.aside().stream().allMatch(call -> tables.recorded(call) != null)) {
                return false;
            }
            List<PastLife> lives = tables.pastLives(failed.id());
            Instant lastBegan = lives.isEmpty()
                    ? failed.createdAt()
                    : lives.get(lives.size() - 1).retriedAt();
            tables.add(pastLife(failed, retry.aside()));
            retry.aside().forEach(tables::remove);
            retry.again().forEach(tables::put);
            retry.givenBack().forEach((position, payload) -> tables.giveBack(failed.id(), position, payload));
            boolean staysCancelled =
                    tables.steps(failed.id()).values().stream().anyMatch(step -> step.status() == StepStatus.CANCELLED);
            tables.withdraw(
                    failed.id(),
                    now(),
                    message -> message.kind().isIntent() && !(staysCancelled && message.kind() == MessageKind.CANCEL));
            tables.put(WorkflowRows.retried(failed, lastBegan, now()));
            tables.post(retry.closings(failed).stream()
                    .filter(closing -> tables.isChild(closing.workflowId(), failed.id()))
                    .toList());
            deliverPosted();
            return tell(Hint.due(retry.workflowId()), null);
        });
    }

    private PastLife pastLife(WorkflowRecord failed, List<StepRecord> aside) {
        return new PastLife(
                failed.id(),
                failed.epoch(),
                Objects.requireNonNull(failed.failure(), "failure"),
                Objects.requireNonNull(failed.finishedAt(), "finishedAt"),
                now(),
                aside.stream()
                        .sorted(Comparator.comparing(Position::of))
                        .map(call -> StepSummary.of(call, Integer.MAX_VALUE))
                        .toList());
    }

    /** Does nothing: what is in it stays readable, and its seats stay as they are. */
    @Override
    public void close() {}

    List<Answer> write(MemorySeat seat, List<Operation> batch) {
        return locked(() -> {
            requireAlive(seat);
            List<Answer> answers = new MemoryWriter(tables, seat.executorId(), now(), batch).write();
            Operation.hints(batch, answers).forEach(hint -> tell(hint, seat));
            deliverPosted();
            return answers;
        });
    }

    Map<String, List<StepRecord>> load(Collection<WorkflowRecord> claimed) {
        return locked(() -> {
            Map<String, List<StepRecord>> journals = new HashMap<>();
            for (WorkflowRecord claim : claimed) {
                WorkflowRecord now = tables.workflow(claim.id());
                if (now != null && now.epoch() == claim.epoch()) {
                    journals.put(
                            claim.id(), List.copyOf(tables.steps(claim.id()).values()));
                }
            }
            return journals;
        });
    }

    Map<String, List<StepRecord>> setAside(Collection<String> workflowIds) {
        return locked(() -> workflowIds.stream()
                .collect(Collectors.toMap(
                        id -> id,
                        id -> tables.pastLives(id).stream()
                                .flatMap(life -> life.aside().stream())
                                .map(StepSummary::step)
                                .toList())));
    }

    Claim claim(MemorySeat seat, Set<WorkflowType> known, int limit, int suspects) {
        return locked(() -> {
            requireAlive(seat);
            Instant now = now();
            List<WorkflowRecord> timed = tables.workflows()
                    .filter(w -> w.status() == WorkflowStatus.DUE && w.dueAt() != null && known.contains(w.type()))
                    .sorted(BY_DUE_TIME)
                    .toList();
            List<WorkflowRecord> due =
                    timed.stream().filter(w -> !dueAt(w).isAfter(now)).toList();
            Stream<WorkflowRecord> chosen = Stream.concat(
                            due.stream().filter(w -> w.strikes() < ExecutorSeat.SUSPECT),
                            due.stream()
                                    .filter(w -> w.strikes() >= ExecutorSeat.SUSPECT)
                                    .limit(suspects))
                    .sorted(BY_DUE_TIME)
                    .limit(limit);
            Duration next = timed.stream()
                    .skip(due.size())
                    .findFirst()
                    .map(w -> Duration.between(now, dueAt(w)))
                    .orElse(null);
            return new Claim(claim(seat, chosen), next);
        });
    }

    List<WorkflowSummary> unclaimed(Set<WorkflowType> known, Duration patience) {
        return locked(() -> {
            Instant since = now().minus(patience);
            Map<WorkflowType, WorkflowSummary> oldest = new LinkedHashMap<>();
            tables.workflows()
                    .filter(w -> w.status() == WorkflowStatus.DUE && w.dueAt() != null && !known.contains(w.type()))
                    .filter(w -> !dueAt(w).isAfter(since))
                    .sorted(BY_DUE_TIME)
                    .forEach(w -> oldest.putIfAbsent(w.type(), WorkflowSummary.of(w)));
            return oldest.values().stream().limit(100).toList();
        });
    }

    private static Instant dueAt(WorkflowRecord workflow) {
        return Objects.requireNonNull(workflow.dueAt(), "dueAt");
    }

    List<WorkflowRecord> reclaim(MemorySeat seat, Collection<String> held, int limit) {
        return locked(() -> {
            requireAlive(seat);
            return claim(
                    seat,
                    tables.heldBy(seat.executorId())
                            .filter(w -> !held.contains(w.id()))
                            .limit(limit));
        });
    }

    private List<WorkflowRecord> claim(MemorySeat seat, Stream<WorkflowRecord> chosen) {
        List<WorkflowRecord> claimed =
                chosen.map(w -> WorkflowRows.claimed(w, seat.executorId())).toList();
        claimed.forEach(tables::put);
        return claimed;
    }

    boolean isAlive(MemorySeat seat) {
        return locked(() -> alive.contains(seat) && !seat.isAbandoned());
    }

    int sweep(MemorySeat seat) {
        return locked(() -> {
            requireAlive(seat);
            return takeOverTheDead();
        });
    }

    /** Leaves gracefully; what died or was abandoned before has nothing to release. */
    void leave(MemorySeat seat) {
        locked(() -> {
            if (!seat.isAbandoned() && alive.remove(seat)) {
                tables.heldBy(seat.executorId())
                        .toList()
                        .forEach(w -> tables.put(tables.settled(WorkflowRows.due(w, now(), w.strikes()))));
                deliverPosted();
                tell(Hint.DUE, seat);
            }
            return seat;
        });
    }

    void abandon(MemorySeat seat) {
        locked(() -> {
            seat.markAbandoned();
            return seat;
        });
    }

    /** First the fence falls, then the workflows move: no late write can follow what the next run loads. */
    private int takeOverTheDead() {
        List<MemorySeat> dead = alive.stream().filter(MemorySeat::isAbandoned).toList();
        dead.forEach(alive::remove);
        List<WorkflowRecord> orphans =
                dead.stream().flatMap(seat -> tables.heldBy(seat.executorId())).toList();
        orphans.forEach(w -> tables.put(tables.settled(WorkflowRows.due(w, now(), tables.strikesAfter(w)))));
        deliverPosted();
        if (!dead.isEmpty()) {
            tell(Hint.DUE, null);
        }
        return orphans.size();
    }

    /** The fence. Under the one lock, all lanes of a seat share it. */
    private void requireAlive(MemorySeat seat) {
        if (!alive.contains(seat) || seat.isAbandoned()) {
            throw new FencedException(
                    "Executor %s left the store or was declared dead: it writes no more.".formatted(seat.executorId()),
                    null);
        }
    }

    /** An end reaches others in the write that brings it: this store has no outbox. */
    private void deliverPosted() {
        for (String id : tables.deliverPosted(now())) {
            tell(Hint.news(id), null);
            tell(Hint.ended(id), null);
        }
    }

    /** Tells every seat but that of the one who did it, who knows; answers true. */
    private boolean tell(Hint hint, @Nullable MemorySeat from) {
        alive.stream().filter(seat -> seat != from).forEach(seat -> seat.hear(hint));
        return true;
    }

    private boolean needsAttention(String workflowId) {
        WorkflowRecord workflow = tables.workflow(workflowId);
        return workflow != null && workflow.status() == WorkflowStatus.NEEDS_ATTENTION;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
