// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
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

    private final NavigableMap<String, WorkflowRecord> workflows = new TreeMap<>();
    private final Map<String, NavigableMap<Position, StepRecord>> steps = new HashMap<>();
    private final Map<String, List<PastLife>> pastLives = new HashMap<>();
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
        return locked(() -> Optional.ofNullable(workflows.get(workflowId)));
    }

    @Override
    public List<WorkflowRecord> find(Collection<String> workflowIds) {
        return locked(() -> workflowIds.stream()
                .distinct()
                .map(workflows::get)
                .filter(Objects::nonNull)
                .toList());
    }

    @Override
    public List<WorkflowRecord> list(WorkflowFilter filter) {
        return locked(() -> workflows.tailMap(filter.afterId(), false).values().stream()
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
            workflows.values().stream()
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
        return locked(() -> List.copyOf(stepsOf(workflowId).values()));
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
        return locked(() -> Optional.ofNullable(stepsOf(workflowId).get(new Position(scope, sequence))));
    }

    @Override
    public List<PastLife> pastLives(String workflowId, int chars) {
        return locked(() -> pastLives.getOrDefault(workflowId, List.of()).stream()
                .map(life -> new PastLife(
                        life.workflowId(),
                        life.epoch(),
                        life.failure(),
                        life.finishedAt(),
                        life.retriedAt(),
                        life.aside().stream()
                                .map(call -> StepSummary.of(call.step(), chars))
                                .toList()))
                .toList());
    }

    @Override
    public Optional<String> fingerprint(String workflowId) {
        return locked(() -> Optional.ofNullable(workflows.get(workflowId))
                .map(w -> WorkflowSummary.of(w) + " " + stepsOf(workflowId).hashCode()));
    }

    @Override
    public List<ExecutorRecord> executors() {
        return locked(() -> alive.stream().map(seat -> seat.record(now())).toList());
    }

    @Override
    public boolean resume(String workflowId) {
        return locked(() -> {
            if (!needsAttention(workflowId)) {
                return false;
            }
            put(WorkflowRows.woken(Objects.requireNonNull(workflows.get(workflowId)), now()));
            return tell(Hint.DUE, null);
        });
    }

    @Override
    public boolean wake(String workflowId) {
        return locked(() -> {
            WorkflowRecord workflow = workflows.get(workflowId);
            if (workflow == null
                    || !(workflow.status() == WorkflowStatus.DUE || workflow.status() == WorkflowStatus.RUNNING)) {
                return false;
            }
            put(WorkflowRows.bumped(workflow, now()));
            return tell(Hint.DUE, null);
        });
    }

    @Override
    public boolean decide(StepRecord zombie, StepRecord decision) {
        if (!zombie.workflowId().equals(decision.workflowId()) || !zombie.key().equals(decision.key())) {
            throw new IllegalArgumentException("The decision is about %s of %s, the zombie is %s of %s."
                    .formatted(decision.key(), decision.workflowId(), zombie.key(), zombie.workflowId()));
        }
        return locked(() -> {
            StepRecord recorded = stepsOf(zombie.workflowId()).get(Position.of(zombie));
            if (!needsAttention(zombie.workflowId()) || recorded == null || !zombie.isSameAs(recorded)) {
                return false;
            }
            put(decision);
            put(WorkflowRows.woken(Objects.requireNonNull(workflows.get(zombie.workflowId())), now()));
            return tell(Hint.DUE, null);
        });
    }

    @Override
    public boolean retry(Retry retry) {
        return locked(() -> {
            WorkflowRecord failed = workflows.get(retry.workflowId());
            Map<Position, StepRecord> journal = stepsOf(retry.workflowId());
            if (failed == null
                    || failed.status() != WorkflowStatus.FAILED
                    || failed.epoch() != retry.epoch()
                    || !retry.aside().stream().allMatch(call -> journal.containsKey(Position.of(call)))) {
                return false;
            }
            pastLives.computeIfAbsent(failed.id(), id -> new ArrayList<>()).add(pastLife(failed, retry.aside()));
            retry.aside().forEach(call -> journal.remove(Position.of(call)));
            retry.again().forEach(this::put);
            put(WorkflowRows.retried(failed, now()));
            return tell(Hint.DUE, null);
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

    /** Each operation in turn, as one transaction would do it; after one that is not accepted the workflow's later ones are refused. */
    List<Answer> write(MemorySeat seat, List<Operation> batch) {
        return locked(() -> {
            requireAlive(seat);
            Set<String> refused = new HashSet<>();
            List<Answer> answers = new ArrayList<>();
            for (Operation operation : batch) {
                Answer answer = refused.contains(operation.workflowId())
                        ? Answer.REFUSED
                        : apply(seat.executorId(), operation, batch);
                if (answer != Answer.ACCEPTED) {
                    refused.add(operation.workflowId());
                }
                answers.add(answer);
            }
            Operation.hints(batch, answers).forEach(hint -> tell(hint, seat));
            return answers;
        });
    }

    private Answer apply(String executorId, Operation operation, List<Operation> batch) {
        if (operation instanceof Operation.Create create) {
            return create(executorId, create, batch);
        }
        WorkflowRecord workflow = workflows.get(operation.workflowId());
        return workflow != null && change(executorId, workflow, operation) ? Answer.ACCEPTED : Answer.REFUSED;
    }

    private boolean change(String executorId, WorkflowRecord workflow, Operation operation) {
        if (operation instanceof Operation.Checkpoint checkpoint) {
            return checkpoint(executorId, workflow, checkpoint.step());
        }
        if (operation instanceof Operation.Finish finish) {
            return finish(executorId, workflow, finish);
        }
        return release(executorId, workflow, (Operation.Release) operation);
    }

    private Answer create(String executorId, Operation.Create create, List<Operation> batch) {
        WorkflowRecord created = WorkflowRows.created(create, executorId, now());
        WorkflowRecord recorded = workflows.get(create.workflowId());
        if (recorded == null) {
            put(created);
            return Answer.ACCEPTED;
        }
        WorkflowRecord after = WorkflowRows.afterAll(created, batch);
        return WorkflowRows.isWrittenBy(create, after, recorded) ? Answer.ACCEPTED : Answer.EXISTS;
    }

    private boolean checkpoint(String executorId, WorkflowRecord workflow, StepRecord step) {
        StepRecord recorded = stepsOf(workflow.id()).get(Position.of(step));
        if (recorded != null && step.isSameAs(recorded) && workflow.epoch() == step.epoch()) {
            return true;
        }
        boolean fits = recorded == null || (step.key().equals(recorded.key()) && step.maySucceed(recorded));
        if (!fits || !isHeld(workflow, executorId, step.epoch())) {
            return false;
        }
        put(step);
        return true;
    }

    private boolean finish(String executorId, WorkflowRecord workflow, Operation.Finish finish) {
        WorkflowRecord finished = WorkflowRows.finished(workflow, finish);
        if (isHeld(workflow, executorId, finish.epoch())) {
            put(finished);
            return true;
        }
        return workflow.epoch() == finish.epoch() && WorkflowRows.endTheSame(workflow, finished);
    }

    private boolean release(String executorId, WorkflowRecord workflow, Operation.Release release) {
        if (workflow.epoch() == release.epoch() && workflow.status() == WorkflowStatus.DUE) {
            return true;
        }
        if (!isHeld(workflow, executorId, release.epoch())
                || (release.ifWakeSeq() != null && release.ifWakeSeq() != workflow.wakeSeq())) {
            return false;
        }
        Instant dueAt = release.delay() == null ? null : now().plus(release.delay());
        put(WorkflowRows.due(workflow, dueAt, release.strike() ? strikesAfter(workflow) : workflow.strikes()));
        return true;
    }

    Map<String, List<StepRecord>> load(Collection<WorkflowRecord> claimed) {
        return locked(() -> {
            Map<String, List<StepRecord>> journals = new HashMap<>();
            for (WorkflowRecord claim : claimed) {
                WorkflowRecord now = workflows.get(claim.id());
                if (now != null && now.epoch() == claim.epoch()) {
                    journals.put(claim.id(), List.copyOf(stepsOf(claim.id()).values()));
                }
            }
            return journals;
        });
    }

    Claim claim(MemorySeat seat, Set<WorkflowType> known, int limit, int suspects) {
        return locked(() -> {
            requireAlive(seat);
            Instant now = now();
            List<WorkflowRecord> timed = workflows.values().stream()
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
            workflows.values().stream()
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
            return claim(seat, heldBy(seat).filter(w -> !held.contains(w.id())).limit(limit));
        });
    }

    private List<WorkflowRecord> claim(MemorySeat seat, Stream<WorkflowRecord> chosen) {
        List<WorkflowRecord> claimed =
                chosen.map(w -> WorkflowRows.claimed(w, seat.executorId())).toList();
        claimed.forEach(this::put);
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

    /** Leaves gracefully; what died or was abandoned before has nothing to give back. */
    void leave(MemorySeat seat) {
        locked(() -> {
            if (!seat.isAbandoned() && alive.remove(seat)) {
                heldBy(seat).toList().forEach(w -> put(WorkflowRows.due(w, now(), w.strikes())));
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
        List<WorkflowRecord> orphans = dead.stream().flatMap(this::heldBy).toList();
        orphans.forEach(w -> put(WorkflowRows.due(w, now(), strikesAfter(w))));
        tell(Hint.DUE, null);
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

    /** Tells every seat but that of the one who did it, who knows; answers true. */
    private boolean tell(Hint hint, @Nullable MemorySeat from) {
        alive.stream().filter(seat -> seat != from).forEach(seat -> seat.hear(hint));
        return true;
    }

    private Stream<WorkflowRecord> heldBy(MemorySeat seat) {
        return workflows.values().stream()
                .filter(w -> w.status() == WorkflowStatus.RUNNING
                        && seat.executorId().equals(w.executorId()));
    }

    private static boolean isHeld(WorkflowRecord workflow, String executorId, long epoch) {
        return workflow.status() == WorkflowStatus.RUNNING
                && workflow.epoch() == epoch
                && executorId.equals(workflow.executorId());
    }

    private int strikesAfter(WorkflowRecord run) {
        boolean recordedAnOutcome = stepsOf(run.id()).values().stream()
                .anyMatch(step -> step.epoch() == run.epoch() && step.status().isFinal());
        return recordedAnOutcome ? 1 : run.strikes() + 1;
    }

    private boolean needsAttention(String workflowId) {
        WorkflowRecord workflow = workflows.get(workflowId);
        return workflow != null && workflow.status() == WorkflowStatus.NEEDS_ATTENTION;
    }

    private NavigableMap<Position, StepRecord> stepsOf(String workflowId) {
        return steps.getOrDefault(workflowId, Collections.emptyNavigableMap());
    }

    private void put(WorkflowRecord workflow) {
        workflows.put(workflow.id(), workflow);
    }

    private void put(StepRecord step) {
        steps.computeIfAbsent(step.workflowId(), id -> new TreeMap<>()).put(Position.of(step), step);
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

    /** What is unique in a workflow whatever its calls are named: two versions of its code cannot both record call 3. */
    private record Position(String scope, int sequence) implements Comparable<Position> {
        static Position of(StepRecord step) {
            return new Position(step.key().scope(), step.key().sequence());
        }

        @Override
        public int compareTo(Position other) {
            int byScope = scope.compareTo(other.scope);
            return byScope != 0 ? byScope : Integer.compare(sequence, other.sequence);
        }
    }
}
