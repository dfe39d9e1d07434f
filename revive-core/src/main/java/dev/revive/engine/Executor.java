// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.call.Execution;
import dev.revive.client.Client;
import dev.revive.client.Ending;
import dev.revive.crash.CrashAction;
import dev.revive.journal.Journal;
import dev.revive.lane.Lane;
import dev.revive.run.Attentions;
import dev.revive.run.Crashes;
import dev.revive.run.Registry;
import dev.revive.run.Run;
import dev.revive.run.Tools;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.FencedException;
import dev.revive.store.Hint;
import dev.revive.store.Inbox;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowType;
import dev.revive.thread.Nanos;
import dev.revive.thread.Periodic;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Printable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One incarnation at the store: a seat, its lanes, and the runs in its hands. It is born with the engine and dies with it, or earlier when its
 * lease lapses or its fence is found dead; then the engine begins again with a new one, under a new id.
 *
 * <p>Ownership: a workflow in {@link #held} is RUNNING in this executor's name, or about to be written so. Every road out of memory goes
 * through {@link #retire}.
 */
final class Executor
        implements Lane.Owner,
                Run.Owner,
                Claimer.Owner,
                InboxReader.Owner,
                LeaseKeeper.Owner,
                Relay.Owner,
                Sweeper.Owner {
    private static final Logger log = LoggerFactory.getLogger(Executor.class);

    private static final int FIRST_EPOCH_AFTER_A_RETRY = 3;

    /** Whose incarnation it is. */
    interface Owner {
        EngineSettings settings();

        Registry registry();

        EngineTools tools();

        Client client();

        /** Does what was asked for in transactions of the application's; answers true if something had to be left. */
        boolean deliver();

        /** A crash hook wants the engine dead. */
        void crashed();

        /**
         * The engine cannot go on.
         *
         * @param end ends what is still there
         */
        void failed(Throwable why, Runnable end);

        /**
         * A lapsed lease is never renewed: the engine begins again under a new id.
         *
         * @param end ends what is still there of the former
         */
        void replace(Executor former, Runnable end);
    }

    private final Owner owner;
    private final ExecutorSeat seat;
    private final List<Lane> lanes = new ArrayList<>();
    private final Claimer claimer;
    private final InboxReader inboxReader;
    private final Relay relay;
    private final List<Periodic> upkeep = new ArrayList<>();
    private final Lease lease;
    private final Crashes crashes;
    private final Map<String, Run> running = new ConcurrentHashMap<>();

    /** What is read for runs that are about to begin. */
    private final Set<String> loading = ConcurrentHashMap.newKeySet();

    /** For what is claimed, or is just being claimed, and in no run yet. */
    private final Set<String> news = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean isOver = new AtomicBoolean();

    Executor(Owner owner, ExecutorSeat seat, long seatedAtNanos) {
        this.owner = owner;
        this.seat = seat;
        this.crashes = new Crashes(owner.settings().crashHook(), this::crash, this::died);
        for (StepStore store : seat.lanes()) {
            lanes.add(new Lane("revive-lane-" + lanes.size(), store, this));
        }
        this.claimer = new Claimer("revive-claimer", this, seat);
        this.inboxReader = new InboxReader("revive-inbox", this, lanes.get(0).store(), tools().time(), claimer::poll);
        upkeep.add(inboxReader.thread());
        this.relay = new Relay("revive-relay", this, tools().time());
        upkeep.add(relay.thread());
        Duration duration = owner.settings().executor().lease();
        this.lease = seat.isShared() ? Lease.of(duration) : Lease.endless();
        lease.renewedBy(seatedAtNanos);
        if (seat.isShared()) {
            upkeep.add(new LeaseKeeper("revive-lease", seat, duration, this).thread());
        }
        upkeep.add(new Sweeper("revive-sweep", seat, duration, this).thread());
    }

    /** Starts all threads. If one of them cannot be, the engine dies: half an executor would take what it does not run. */
    void start() {
        try {
            lanes.forEach(Lane::start);
            seat.listen(this::hear);
            claimer.start();
            upkeep.forEach(Periodic::start);
        } catch (Throwable e) {
            died(e);
            throw e;
        }
    }

    @Override
    public EngineSettings settings() {
        return owner.settings();
    }

    @Override
    public Tools tools() {
        return owner.tools();
    }

    @Override
    public Crashes crashes() {
        return crashes;
    }

    @Override
    public boolean mayBegin() {
        return lease.isValid();
    }

    @Override
    public void renewed(long sentAtNanos) {
        lease.renewedBy(sentAtNanos);
        owner.tools().storeClock().follow(seat);
    }

    String id() {
        return seat.executorId();
    }

    @Override
    public boolean isShared() {
        return seat.isShared();
    }

    // ---- runs

    @Override
    public int room() {
        if (isOver.get()) {
            return 0;
        }
        return Math.min(
                        owner.settings().limits().loadedRuns() - running.size(),
                        tools().threads().free())
                - claimer.loader().ids().size();
    }

    @Override
    public void makeRoom() {
        running.values().forEach(run -> run.waiting().press());
    }

    @Override
    public Set<WorkflowType> knownTypes() {
        return owner.registry().types();
    }

    @Override
    public Collection<String> held() {
        return new HeldIds(claimer.loader().ids(), running.keySet());
    }

    @Override
    public boolean holds(String workflowId) {
        return claimer.loader().holds(workflowId) || running.containsKey(workflowId);
    }

    /** Of those that are still at the epoch of their claim. Inboxes last: the counter of the claim is older, and what it counts is there. */
    @Override
    public Map<String, Loaded> load(List<WorkflowRecord> claimed) {
        claimed.forEach(workflow -> loading.add(workflow.id()));
        forgetNews();
        Map<String, Loaded> loaded = new HashMap<>();
        try {
            StepStore store = lanes.get(0).store();
            Map<String, List<StepRecord>> past = setAside(store, claimed);
            Map<String, List<StepRecord>> journals = store.load(claimed);
            Map<String, Inbox> inboxes = inboxesInTime(store, claimed);
            journals.forEach((id, steps) ->
                    loaded.put(id, new Loaded(new Journal(steps, past.getOrDefault(id, List.of())), inboxes.get(id))));
            return loaded;
        } finally {
            claimed.stream()
                    .map(WorkflowRecord::id)
                    .filter(id -> !loaded.containsKey(id))
                    .forEach(loading::remove);
        }
    }

    /** With the cancellation of those whose time is up, which is in the inbox before they run. */
    private Map<String, Inbox> inboxesInTime(StepStore store, List<WorkflowRecord> claimed) {
        Map<String, Inbox> inboxes = inboxes(store, claimed);
        Instant now = tools().exactNow();
        List<WorkflowRecord> overdue = claimed.stream()
                .filter(workflow ->
                        workflow.deadline() != null && !workflow.deadline().isAfter(now))
                .filter(workflow -> !isCancelled(inboxes.get(workflow.id())))
                .toList();
        if (overdue.isEmpty()) {
            return inboxes;
        }
        owner.client().timeOut(overdue);
        Map<String, Long> after = new HashMap<>();
        overdue.forEach(workflow -> after.put(workflow.id(), 0L));
        Map<String, Inbox> all = new HashMap<>(inboxes);
        all.putAll(store.inboxes(after));
        return all;
    }

    private static boolean isCancelled(@Nullable Inbox inbox) {
        return inbox != null && inbox.messages().stream().anyMatch(message -> message.kind() == MessageKind.CANCEL);
    }

    @Override
    public boolean timeOut(List<Run> overdue) {
        return owner.client().timeOut(overdue.stream().map(Run::workflow).toList());
    }

    @Override
    public void timeOutThoseLeftToPeople() {
        owner.client().timeOutThoseLeftToPeople();
    }

    @Override
    public boolean deliver() {
        return owner.deliver();
    }

    /** Something was asked for in a transaction of the application's. */
    void expectDelivery() {
        relay.expect();
    }

    private void watchTime(Run run) {
        if (run.deadline() != null) {
            inboxReader.watchTime(run);
        }
    }

    /** To most nothing ever came, and the store need not look. */
    private Map<String, Inbox> inboxes(StepStore store, List<WorkflowRecord> claimed) {
        Map<String, Long> after = new HashMap<>();
        for (WorkflowRecord workflow : claimed) {
            if (workflow.wakeSeq() > 0 || news.contains(workflow.id())) {
                after.put(workflow.id(), 0L);
            }
        }
        return after.isEmpty() ? Map.of() : store.inboxes(after);
    }

    /** Most have no past life, and the store need not look: who has was claimed or started, then retried, and then claimed again. */
    private static Map<String, List<StepRecord>> setAside(StepStore store, List<WorkflowRecord> claimed) {
        List<String> ids = claimed.stream()
                .filter(workflow -> workflow.epoch() >= FIRST_EPOCH_AFTER_A_RETRY)
                .map(WorkflowRecord::id)
                .toList();
        return ids.isEmpty() ? Map.of() : store.setAside(ids);
    }

    Lane lane(String workflowId) {
        return lanes.get(Math.floorMod(workflowId.hashCode(), lanes.size()));
    }

    /** Takes a workflow that is new to the world in hand before its row exists; null if there is no room, no code, or it is here already. */
    @Nullable
    Run admit(NewWorkflow fresh) {
        Registry.Registration<?, ?> code = owner.registry().find(fresh.type());
        if (code == null || room() <= 0 || claimer.loader().holds(fresh.id())) {
            return null;
        }
        WorkflowRecord row = WorkflowRecord.of(fresh).heldBy(id(), 1).build();
        Run run = new Run(this, row, code, new Journal(List.of(), List.of()), lane(fresh.id()));
        if (running.putIfAbsent(fresh.id(), run) != null) {
            return null;
        }
        return run; // whose time is watched once it is known to be the first: another of this id may have more
    }

    @Override
    public void run(WorkflowRecord workflow, Loaded loaded) {
        Registry.Registration<?, ?> code =
                Objects.requireNonNull(owner.registry().find(workflow.type()), "claimed what is not registered");
        Run run = new Run(this, workflow, code, loaded.journal(), lane(workflow.id()));
        running.put(workflow.id(), run);
        claimer.loader().forget(workflow.id()); // before it can end and be claimed again
        boolean hasNews = news.remove(workflow.id());
        loading.remove(workflow.id()); // last: until then nobody else forgets the note
        if (hasNews) {
            inboxReader.look(run);
        }
        Inbox inbox = loaded.inbox();
        if (inbox != null) {
            run.load(inbox);
        }
        watchTime(run);
        Attention trouble = trouble(workflow, loaded.journal());
        if (run.isDropped()) {
            new Execution(run).leave();
        } else if (trouble != null) {
            new Execution(run).leaveToPerson(trouble);
        } else {
            begin(run);
        }
    }

    /** Why it must not be run; null if it may. */
    private @Nullable Attention trouble(WorkflowRecord workflow, Journal journal) {
        if (isCulprit(workflow)) {
            return Attentions.repeatedErrors(workflow.id(), workflow.strikes(), null);
        }
        return journal.unknown()
                .map(step -> Attentions.unknownCall(workflow.id(), step.key()))
                .orElse(null);
    }

    /** It had its strikes, and at least the last as a suspect, beside no other that had not got on. */
    private boolean isCulprit(WorkflowRecord workflow) {
        return workflow.strikes() > ExecutorSeat.SUSPECT
                && workflow.strikes() >= owner.settings().limits().strikes();
    }

    void begin(Run run) {
        if (isOver.get()) {
            run.drop(Run.Drop.STOPPED);
        }
        try {
            Execution execution = new Execution(run);
            if (!tools().threads().tryStart(execution::execute)) {
                execution.release();
            }
        } catch (Throwable e) {
            retire(run, null); // claimed again
            throw e;
        }
    }

    /** If it has left memory before, the look for what is in our hands came too early to find it. */
    @Override
    public void created(Run run) {
        watchTime(run);
        if (running.get(run.id()) != run) {
            inboxReader.forget(run);
            claimer.reclaim();
        }
    }

    @Override
    public void retire(Run run, @Nullable Operation last) {
        Ending ending = last == null || last.end() == null
                ? null
                : Ending.of(last.end()).orElse(null);
        if (ending != null && ending.isForGood()) {
            run.ending().set(ending); // first: who asks next, and finds no run, need not ask the store
        }
        running.remove(run.id(), run);
        inboxReader.forget(run);
        if (last == null && !isOver.get()) {
            claimer.reclaim(); // before anything that may fail: nobody else would look
        }
        claimer.left(run.id());
        if (ending != null) {
            owner.client().endings().tell(run.id(), ending);
        } else if (last != null && last.end() != null) {
            owner.client().endings().tellPaused(run.id(), true);
        }
        if (last != null) {
            Duration dueIn = last.dueIn();
            if (dueIn != null) {
                claimer.wakeIn(dueIn);
            }
            placeFreed();
        }
    }

    @Override
    public void gotOn(Run run) {
        claimer.gotOn(run.id());
    }

    void placeFreed() {
        claimer.placeFreed();
    }

    void wakeClaimer() {
        claimer.wake();
    }

    @Override
    public void orphansFound() {
        claimer.orphansFound();
    }

    private void hear(Hint hint) {
        if (hint.kind() == Hint.Kind.DUE) {
            claimer.wake();
        } else if (hint.kind() == Hint.Kind.NEWS) {
            hearNews(hint.workflowId());
        } else if (hint.workflowId() == null
                ? awaitedElsewhere().findAny().isPresent()
                : isAwaitedElsewhere(hint.workflowId())) {
            claimer.endedElsewhere();
        }
    }

    /** If it is not in these hands it may be due, and whoever has it may be late. */
    private void hearNews(@Nullable String workflowId) {
        if (workflowId == null) {
            inboxReader.lookIntoAll();
            claimer.wake();
            return;
        }
        noteNews(workflowId);
    }

    /**
     * Noted before it is looked for: either it is found here, or whoever puts it there finds the note. A run that is on its way out of memory looks no
     * more, and its row may be due at once.
     */
    @Override
    public void noteNews(String workflowId) {
        news.add(workflowId);
        Run run = running.get(workflowId);
        if (run != null) {
            news.remove(workflowId);
            inboxReader.look(run);
        } else {
            forgetNews();
        }
        if (run == null || run.isDropped()) {
            claimer.wake();
        }
    }

    /** All but that for what is about to run: there is much for workflows that others have. */
    private void forgetNews() {
        if (!claimer.isClaiming()) {
            news.removeIf(id -> !loading.contains(id) && !claimer.loader().holds(id));
        }
    }

    @Override
    public void sent(String workflowId) {
        noteNews(workflowId);
    }

    @Override
    public CompletableFuture<Optional<WorkflowRecord>> find(String workflowId) {
        return owner.client().findLater(workflowId);
    }

    @Override
    public CompletableFuture<Boolean> isOnItsWay(String workflowId) {
        return owner.client().isOnItsWayLater(workflowId);
    }

    @Override
    public boolean want(Letter intent) {
        return owner.client().want(intent);
    }

    @Override
    public void childStarted() {
        claimer.wake();
    }

    @Override
    public void posted() {
        relay.hurry();
    }

    @Override
    public void lookIntoInbox(Run run) {
        inboxReader.look(run);
    }

    @Override
    public Collection<Run> runs() {
        return running.values();
    }

    @Override
    public int lookForEndings() {
        List<String> ids = awaitedElsewhere().toList();
        owner.client().tellEndings(ids);
        return ids.size();
    }

    private boolean isAwaitedElsewhere(String workflowId) {
        return owner.client().endings().awaited().contains(workflowId) && !holds(workflowId);
    }

    private Stream<String> awaitedElsewhere() {
        return owner.client().endings().awaited().stream().filter(id -> !holds(id));
    }

    // ---- the end

    @Override
    public void fenced(FencedException why) {
        leaseLapsed();
    }

    @Override
    public void died(Throwable why) {
        if (isOver.compareAndSet(false, true)) {
            owner.failed(why, () -> end(Run.Drop.CRASHED));
        }
    }

    /** What ended the claimer, the lease keeper or the sweeper ends them all. */
    @Override
    public void keeperEnded(Throwable why) {
        if (why instanceof FencedException fenced) {
            fenced(fenced);
        } else {
            died(why);
        }
    }

    /** This executor is dead to the others: nothing of it may go on. */
    @Override
    public void leaseLapsed() {
        if (isOver.compareAndSet(false, true)) {
            owner.replace(this, () -> end(Run.Drop.SUPERSEDED));
        }
    }

    private void crash(CrashAction how) {
        if (!isOver.compareAndSet(false, true)) {
            return;
        }
        lanes.forEach(how == CrashAction.CRASH_KEEPING_QUEUED ? Lane::drain : Lane::discard);
        dropAll(Run.Drop.CRASHED);
        closeKeepers();
        owner.crashed();
    }

    private void end(Run.Drop why) {
        try {
            lanes.forEach(Lane::discard);
        } finally {
            try {
                dropAll(why);
            } finally {
                closeKeepers();
            }
        }
    }

    /** All of them, though one should throw. */
    private void dropAll(Run.Drop why) {
        for (Run run : running.values()) {
            try {
                run.drop(why);
                if (why != Run.Drop.STOPPED) {
                    run.interruptEffects();
                }
            } catch (RuntimeException | Error e) {
                log.error("{} could not be dropped", Printable.of(run.id()), e);
            }
        }
    }

    private void closeKeepers() {
        claimer.close();
        upkeep.forEach(Periodic::close);
    }

    /**
     * Ends gracefully: effects may return, what they return is recorded, everything is released.
     *
     * @param end by when it is over, by {@link System#nanoTime}: each thing that may have to be waited for gets a half of what is left
     */
    void stop(Duration grace, long end) {
        boolean isFirst = isOver.compareAndSet(false, true);
        if (isFirst) {
            claimer.close();
            dropAll(Run.Drop.STOPPED); // what the claimer still loads is dropped as it begins
        }
        if (!tools().threads().awaitIdle(grace)) {
            running.values().forEach(Run::interruptEffects);
            if (!tools().threads().awaitIdle(half(end))) {
                log.warn("Some effects did not return although interrupted; what they do from now on is not recorded.");
            }
        }
        lanes.forEach(Lane::drain);
        for (Lane lane : lanes) {
            if (!lane.join(half(end))) {
                lane.discard();
            }
        }
        closeKeepers();
        claimer.join(half(end).dividedBy(2));
        upkeep.forEach(each -> each.join(half(end).dividedBy(2)));
    }

    private static Duration half(long end) {
        return Nanos.until(end).dividedBy(2);
    }

    /** Leaves the seat as a living process does. */
    void leave() {
        seat.close();
    }

    /** Leaves the seat as a dead process does. */
    void abandon() {
        seat.abandon();
    }
}
