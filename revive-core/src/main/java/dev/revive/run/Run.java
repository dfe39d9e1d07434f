// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.client.Ending;
import dev.revive.codec.Documents;
import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.journal.Cursor;
import dev.revive.journal.Journal;
import dev.revive.journal.MismatchException;
import dev.revive.lane.Lane;
import dev.revive.lane.Receipt;
import dev.revive.store.Answer;
import dev.revive.store.Arrival;
import dev.revive.store.Inbox;
import dev.revive.store.Letter;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.Operation;
import dev.revive.store.ParentCall;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.Ties;
import dev.revive.store.WorkflowRecord;
import dev.revive.thread.Fatal;
import dev.revive.thread.Unwind;
import dev.revive.workflow.Attention;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Printable;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a workflow's function in this process: from its claim to the operation that ends it or releases it.
 *
 * <p>A run counts what it has submitted to its lane and what of it is durable. Code between steps runs ahead of the disk; an effect waits until
 * everything submitted before it, in every scope, is durable ({@link #awaitDurable}). A run that must not go on is dropped: its threads find out
 * at their next call and unwind.
 */
public final class Run {
    private static final Logger log = LoggerFactory.getLogger(Run.class);

    /** Why a run is dropped, the gentlest first: a later reason replaces a gentler one. */
    public enum Drop {
        /** All of it waits: released until the first timer, or until something wakes it up. */
        UNLOADED,
        /** The engine closes: what effects return or throw by themselves is recorded, the workflow is released. */
        STOPPED,
        /** Somebody wants it paused: what effects return is recorded, the workflow is left so. */
        PAUSED,
        /** The store had no connection for a transaction: released, to be tried later. */
        UNAVAILABLE,
        /** A person is needed. */
        ATTENTION,
        /** An Error of the platform, or a transaction that lost its connection: released with a strike, to be tried later. */
        ERROR,
        /** The workflow is ended, whatever its code does: that is on its way to the store, and nothing else may follow. */
        TERMINATED,
        /** A write was refused: somebody else owns the workflow, or its row says otherwise. */
        SUPERSEDED,
        /** The workflow existed before: this run began before that was known, and never owned it. */
        DUPLICATE,
        /** The engine died. */
        CRASHED
    }

    /** Who has a run in hand. */
    public interface Owner {
        /** What it shares with others. */
        Tools tools();

        Crashes crashes();

        /** Whether the owner may still begin effects, by its own clock. */
        boolean mayBegin();

        /** It was found that it may not: nothing of the owner may go on. */
        void leaseLapsed();

        /** A new outcome of the run is durable: a death from now on is not another one without any. */
        void gotOn(Run run);

        /** A message has come for a workflow, of this run's doing. */
        void sent(String workflowId);

        /** A workflow's row, once the store has said; empty if there is none. */
        CompletableFuture<Optional<WorkflowRecord>> find(String workflowId);

        /** Whether a workflow's start was asked for in a transaction that is committed, and is not there yet. */
        CompletableFuture<Boolean> isOnItsWay(String workflowId);

        /**
         * Has the store heard what is wanted of a workflow; answers false if there is none, or it has ended. For an effect: it waits.
         *
         * @throws dev.revive.workflow.IntentOutcomeUnknownException if it is not known in time whether it was heard
         */
        boolean want(Letter intent);

        /** A child is due. */
        void childStarted();

        /** The end of a run has posted something. */
        void posted();

        /** Looks into the inbox of a run soon, and {@linkplain Run#receive tells it}. */
        void lookIntoInbox(Run run);

        /** The row of a run that began at once is there only now. If the run has left memory before, nobody has looked for it since. */
        void created(Run run);

        /**
         * Forgets a run that has ended.
         *
         * @param last what was written last, or null if it is not known how the row stands: then it is looked for
         */
        void retire(Run run, @Nullable Operation last);
    }

    private final Owner owner;
    private final WorkflowRecord workflow;
    private final Registry.Registration<?, ?> code;
    private final Journal journal;
    private final Lane lane;

    private final Mailbox mailbox;
    private final Waiting waiting;
    private final EffectThreads effects = new EffectThreads();
    private final Races races = new Races();
    private final AtomicLong submitted = new AtomicLong();
    private final AtomicLong durable = new AtomicLong();
    private final AtomicLong awaited = new AtomicLong(Long.MAX_VALUE);
    private final AtomicReference<@Nullable Drop> drop = new AtomicReference<>();
    private final AtomicReference<@Nullable Attention> attention = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> error = new AtomicReference<>();
    private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();
    private final AtomicBoolean isConcluded = new AtomicBoolean();
    private final Set<String> children = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Message cancellation;
    private volatile boolean isVoid;
    private volatile boolean hasProgressed;

    public Run(Owner owner, WorkflowRecord workflow, Registry.Registration<?, ?> code, Journal journal, Lane lane) {
        this.owner = owner;
        this.workflow = workflow;
        this.code = code;
        this.journal = journal;
        this.lane = lane;
        this.mailbox = new Mailbox(workflow.wakeSeq());
        children.addAll(journal.openChildren());
        this.waiting = new Waiting(tools(), this::isDropped, () -> drop(Drop.UNLOADED));
    }

    public WorkflowRecord workflow() {
        return workflow;
    }

    public String id() {
        return workflow.id();
    }

    /** When it was started, in microseconds since 1970: what tells it from another workflow that once had its id. */
    public long createdMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, workflow.createdAt());
    }

    public long epoch() {
        return workflow.epoch();
    }

    public Tools tools() {
        return owner.tools();
    }

    public Lane lane() {
        return lane;
    }

    public Registry.Registration<?, ?> code() {
        return code;
    }

    public Waiting waiting() {
        return waiting;
    }

    public Mailbox mailbox() {
        return mailbox;
    }

    public Races races() {
        return races;
    }

    @Nullable
    public Drop dropped() {
        return drop.get();
    }

    public boolean hasProgressed() {
        return hasProgressed;
    }

    @Nullable
    public Attention attention() {
        return attention.get();
    }

    @Nullable
    public Throwable error() {
        return error.get();
    }

    /** Its durable end, once it has one that nothing can change. Apart from the run, so that who keeps this does not keep the run in memory. */
    public AtomicReference<@Nullable Ending> ending() {
        return ending;
    }

    /** Leaves memory, unless its last operation is on its way; what became of its row is not known here. */
    public void retire() {
        if (isConcluded.compareAndSet(false, true)) {
            gone();
        }
    }

    private void gone() {
        owner.retire(this, null);
    }

    /** Its row is there now. */
    void created() {
        countDurable();
        owner.created(this);
    }

    // ---- being dropped

    /** Drops the run: no further call begins, waiting threads unwind. */
    public void drop(Drop why) {
        drop.accumulateAndGet(why, (before, now) -> before == null || before.compareTo(why) < 0 ? why : before);
        if (why == Drop.SUPERSEDED || why == Drop.DUPLICATE) {
            isVoid = true;
        }
        waiting.wakeAll();
    }

    /** An Error of the platform is no outcome of anything. */
    public Unwind fail(Throwable thrown) {
        error.compareAndSet(null, thrown);
        drop(Drop.ERROR);
        log.warn("{} ended with {}; it is tried again later", Printable.of(id()), Printable.of(thrown));
        return Unwind.RUN;
    }

    /**
     * A transaction has no outcome, and another run would meet the same at once. Once its body had begun it may be to blame, as one whose statement
     * ends its connection each time is: then this is a strike.
     */
    public Unwind unavailable(StepKey step, StoreUnavailableException why, boolean hadBegun) {
        error.compareAndSet(null, why);
        drop(hadBegun ? Drop.ERROR : Drop.UNAVAILABLE);
        log.warn(
                "{} transaction {} did not come to an end; it is tried again later: {}",
                Printable.of(id()),
                Printable.of(step),
                Printable.of(why.getMessage()));
        return Unwind.RUN;
    }

    public Unwind needsAttention(Attention why) {
        attention.compareAndSet(null, why);
        drop(Drop.ATTENTION);
        return Unwind.RUN;
    }

    public Unwind mismatch(MismatchException e) {
        return needsAttention(Attentions.mismatch(id(), code.workflow(), e));
    }

    public void interruptEffects() {
        effects.interruptAll();
    }

    /** Interrupts the effects of whatever was cut off. */
    public void interruptCancelled() {
        effects.interruptCancelled();
    }

    /** Throws if nothing more may begin. */
    public void check() {
        if (isDropped()) {
            throw Unwind.RUN;
        }
    }

    public boolean isDropped() {
        return drop.get() != null;
    }

    /** Whether what an effect returned may still be recorded: yes after a stop, if the fence lets it; no once somebody else owns the workflow. */
    public boolean mayRecord() {
        Drop why = drop.get();
        return why == null || why.compareTo(Drop.TERMINATED) < 0;
    }

    // ---- effects

    /** The last look before an effect: still ours, by the lease's local deadline. The calling thread may be interrupted until the effect ends. */
    public EffectThreads.Effect beginEffect() {
        return beginEffect(() -> {}, () -> false);
    }

    /**
     * The same for one that a cancellation is to stop.
     *
     * @param lastLook throws if it is not to begin
     * @param isToStop whether a cancellation that came later is to interrupt it
     */
    public EffectThreads.Effect beginEffect(Runnable lastLook, BooleanSupplier isToStop) {
        if (!owner.mayBegin()) {
            owner.leaseLapsed();
            drop(Drop.SUPERSEDED);
        }
        return effects.begin(
                () -> {
                    check();
                    lastLook.run();
                },
                isToStop);
    }

    /**
     * Unwinds unless what an effect threw is its failure. After a stop it is, too: a moment earlier it would have been recorded. It is not if it may
     * be our own interrupt, however it looks; nor if it only says that this engine stops, which the next one does not care for.
     */
    public void requireFailure(Throwable thrown, boolean isCutOff) {
        if (thrown instanceof Unwind unwind) {
            throw unwind;
        }
        if (Fatal.isFatal(thrown)) {
            throw fail(thrown);
        }
        if (tools().isStopped() && saysThatTheEngineStops(thrown)) {
            drop(Drop.STOPPED);
            throw Unwind.RUN;
        }
        if (isCutOff || !mayRecord()) {
            throw Unwind.RUN;
        }
    }

    private static boolean saysThatTheEngineStops(Throwable thrown) {
        String type = EngineStoppedException.class.getName();
        Failure failure = Failure.of(Failure.Kind.THROWN, thrown);
        while (failure != null && !failure.type().equals(type)) {
            failure = failure.cause();
        }
        return failure != null;
    }

    // ---- the log

    public Cursor openScope(String path) {
        return journal.open(path);
    }

    /** Whether a race is recorded that is not decided: then a look ahead comes first. */
    public boolean hasOpenRace() {
        return journal.hasOpenRace();
    }

    /** For a look ahead: what is recorded there is handed out again to whoever opens it. */
    public Cursor lookAheadScope(String path) {
        return journal.lookAhead(path);
    }

    /** Whether earlier runs recorded anything there, and nobody has opened it. */
    public boolean hasRecords(String path) {
        return journal.has(path);
    }

    /** What became of a call when it was last asked for in a past life; null if no retry has set it aside. */
    @Nullable
    public StepRecord past(Call call) {
        return journal.past(call);
    }

    /** An outcome of a past life that stands, since it must not happen twice. */
    public StepRecord takeOver(StepRecord past) {
        StepRecord taken = past.takenOver(epoch(), tools().now());
        checkpoint(taken, true);
        return taken;
    }

    /** A new outcome is durable. */
    public void gotOn() {
        hasProgressed = true;
        owner.gotOn(this);
    }

    /** Queues the state of a step. What the run does next may run ahead of it. */
    public void checkpoint(StepRecord step, boolean isNew) {
        if (!mayRecord()) {
            throw Unwind.RUN;
        }
        hasProgressed |= step.status().isFinal();
        lane.submit(new Operation.Checkpoint(step, isNew), new StepReceipt(step), () -> crashWhileQueued(step));
    }

    // ---- messages

    /**
     * Hears what is in its inbox.
     *
     * @param inbox what a look has found
     * @param answers what the mailbox had been asked before that look began
     */
    public void receive(Inbox inbox, long answers) {
        mailbox.fill(inbox, answers);
        heed();
        waiting.wake();
    }

    /** Hears what was in its inbox before it begins. */
    public void load(Inbox inbox) {
        mailbox.load(inbox);
        heed();
    }

    /** Does what people want of the workflow: ends it rather than cancels it, and that rather than pauses it. */
    private void heed() {
        Message end = mailbox.intent(MessageKind.TERMINATE);
        Message cancel = mailbox.intent(MessageKind.CANCEL);
        if (end != null) {
            end(WorkflowStatus.TERMINATED, end);
        } else if (cancel != null) {
            cancellation = cancel; // first: what begins from now on sees it
            effects.interruptCancelled();
            endIfOverdue();
        } else if (mailbox.intent(MessageKind.PAUSE) != null) {
            drop(Drop.PAUSED);
        }
    }

    /**
     * At once: effects that do not heed an interrupt are not waited for. The last word is taken before its threads find out, for one that unwinds has
     * nothing to say, and would give the workflow away before its end is there.
     */
    private void end(WorkflowStatus status, Message why) {
        boolean isLastWord = isConcluded.compareAndSet(false, true);
        try {
            drop(Drop.TERMINATED);
            interruptEffects();
        } finally {
            if (isLastWord) {
                submitLater(Operation.Finish.of(id(), epoch(), status, why.payload(), tools().now())
                        .with(ties()));
            }
        }
    }

    /** Not by this thread: others need it, and the lane may be full. */
    private void submitLater(Operation last) {
        if (!tools().startAttempt(() -> submitLast(last))) {
            submitLast(last);
        }
    }

    /** When it is cancelled; null if it has no deadline, or is cancelled already. */
    @Nullable
    public Instant deadline() {
        return cancellation == null ? workflow.deadline() : null;
    }

    /** When something is done about it that nobody has asked for: it is cancelled, or ends though it has not cleaned up. */
    @Nullable
    public Instant limit() {
        return cancellation == null ? workflow.deadline() : cleanUpEnd();
    }

    private @Nullable Instant cleanUpEnd() {
        Message why = cancellation;
        Instant deadline = workflow.deadline();
        Duration grace = tools().cleanUpGrace();
        if (why == null || deadline == null || grace == null) {
            return null;
        }
        return why.key().equals(Letter.ofDeadline(deadline)) ? why.sentAt().plus(grace) : null;
    }

    /** Ends it as if somebody had terminated it, but as one that has failed, if its time was up and it has not cleaned up in time either. */
    public void endIfOverdue() {
        Instant limit = cleanUpEnd();
        Message why = cancellation;
        if (limit != null && why != null && !limit.isAfter(tools().exactNow())) {
            end(WorkflowStatus.FAILED, why);
        }
    }

    /** Who wants it cancelled, and why; null if nobody does. */
    @Nullable
    public Message cancellation() {
        return cancellation;
    }

    /** Waits for a look into the inbox that begins after this call did. */
    public void lookIntoInbox() {
        long question = mailbox.ask();
        owner.lookIntoInbox(this);
        waiting.awaitAwake(() -> mailbox.isAnswered(question), Instant.MAX);
        check();
    }

    /** Queues the outcome of a step that has received a message. */
    public void receive(StepRecord step, boolean isNew, Message message) {
        if (!mayRecord()) {
            throw Unwind.RUN;
        }
        hasProgressed = true;
        lane.submit(
                new Operation.Receive(step, isNew, message.position()),
                new StepReceipt(step),
                () -> crashWhileQueued(step));
    }

    /**
     * Sends a message, and waits until it is known what became of it.
     *
     * @return ARRIVED, NOT_FOUND or ENDED, as it is recorded
     */
    public Arrival send(Operation.Send send) {
        StepRecord step = send.step(Arrival.ARRIVED);
        if (!mayRecord()) {
            throw Unwind.RUN;
        }
        hasProgressed = true;
        StepReceipt receipt = new StepReceipt(step);
        lane.submit(send, receipt, () -> crashWhileQueued(step));
        awaitDurable();
        if (receipt.answer == Answer.ACCEPTED) {
            owner.sent(send.letter().workflowId());
            return Arrival.ARRIVED;
        }
        return receipt.answer == Answer.ENDED ? Arrival.ENDED : Arrival.NOT_FOUND;
    }

    // ---- children

    /** What tells a child of this run's workflow from any other. */
    public ParentCall asParent(StepKey call) {
        return new ParentCall(id(), workflow.createdAt(), call.position());
    }

    /**
     * Queues the start of a child.
     *
     * @return ACCEPTED or TAKEN, once it is durable
     */
    public Supplier<Answer> start(Operation.StartChild start) {
        if (!mayRecord()) {
            throw Unwind.RUN;
        }
        hasProgressed = true;
        StepReceipt receipt = new StepReceipt(start.started());
        lane.submit(start, receipt, () -> crashWhileQueued(start.started()));
        return () -> {
            if (receipt.answer == null) {
                awaitDurable(); // and not for what was queued behind it, once it is known
            }
            return Objects.requireNonNull(receipt.answer, "the answer of what is durable");
        };
    }

    /** A child is to be started that is to end with this workflow. Said before it is queued: whoever ends this run from now on knows that it has one. */
    public void hasChild(String childId) {
        children.add(childId);
    }

    /** It is recorded how a child has ended. */
    public void childEnded(String childId) {
        children.remove(childId);
    }

    /** Has another workflow cancelled or terminated, in an effect; answers false if there is none, or it has ended. */
    public boolean want(Letter intent) {
        return owner.want(intent);
    }

    /** A workflow's row as it is now; empty if there is none. */
    public Optional<WorkflowRecord> find(String workflowId) {
        return answered(workflowId, owner::find);
    }

    /** Whether its start was asked for in a transaction that is committed, and is not there yet. */
    public boolean isOnItsWay(String workflowId) {
        return answered(workflowId, owner::isOnItsWay);
    }

    private <T> T answered(String workflowId, Function<String, CompletableFuture<T>> question) {
        CompletableFuture<T> answer;
        try {
            answer = question.apply(workflowId);
        } catch (EngineStoppedException e) {
            drop(Drop.STOPPED);
            throw Unwind.RUN;
        }
        CompletableFuture<?> unused = answer.whenComplete((row, failure) -> waiting.wake());
        waiting.awaitAwake(answer::isDone, Instant.MAX);
        check();
        try {
            return answer.join();
        } catch (CompletionException e) {
            Throwable why = Objects.requireNonNullElse(e.getCause(), e);
            throw why instanceof Error ? fail(why) : unknown(workflowId, why);
        }
    }

    /** That a row cannot be read is no outcome of anything. */
    private Unwind unknown(String childId, Throwable why) {
        error.compareAndSet(null, why);
        drop(Drop.UNAVAILABLE);
        log.warn(
                "{} it is not known how its child {} has ended; it is asked again later: {}",
                Printable.of(id()),
                Printable.of(childId),
                Printable.of(why.getMessage()));
        return Unwind.RUN;
    }

    /** Whom the end of its workflow concerns. */
    public Ties ties() {
        return new Ties(workflow.createdAt(), workflow.parent(), !children.isEmpty());
    }

    /** Queues its own row, for a run that begins before that is there. */
    public void create(Operation.Create create, Receipt receipt, long deadline)
            throws InterruptedException, TimeoutException {
        lane.submit(create, receipt, () -> {}, deadline);
    }

    /** Queues the run's last operation, unless one is on its way: its end, or its release. It leaves memory once that is known. */
    public void conclude(Operation last) {
        if (isConcluded.compareAndSet(false, true)) {
            submitLast(last);
        }
    }

    private void submitLast(Operation last) {
        try {
            lane.submit(last, new LastReceipt(last), () -> {});
        } catch (Unwind closed) {
            gone();
        } catch (Throwable e) {
            gone(); // claimed again, and replayed
            throw e;
        }
    }

    private void crashWhileQueued(StepRecord step) {
        if (step.status() == StepStatus.STARTED) {
            return;
        }
        boolean isJoin = step.kind() == CallKind.PARALLEL;
        crashAt(isJoin ? CrashPoint.JOIN_QUEUED : CrashPoint.OUTCOME_QUEUED, step.key(), step.attempt());
    }

    /** One more operation that must be durable before an effect begins. Never too few: an effect would begin before what is earlier is durable. */
    void countSubmitted() {
        submitted.incrementAndGet();
    }

    /** Wakes those who wait only when one of them may go on. */
    void countDurable() {
        if (durable.incrementAndGet() >= awaited.get()) {
            awaited.set(Long.MAX_VALUE);
            waiting.wakeDurable();
        }
    }

    /** Waits until everything submitted so far, by any scope of this run, is durable. */
    public void awaitDurable() {
        long target = submitted.get();
        if (durable.get() < target) {
            waiting.withoutPermit(() -> lane.hurry(id()));
            waiting.awaitDurable(() -> isDurable(target));
        }
        check();
    }

    /** Says what is waited for before it looks: whoever counts next either is seen here or sees this. */
    private boolean isDurable(long target) {
        awaited.accumulateAndGet(target, Math::min);
        return durable.get() >= target;
    }

    // ---- crash points

    public void crashAt(CrashPoint point, StepKey key, int attempt) {
        owner.crashes().at(point, id(), key, attempt);
    }

    public void crashAtCompletion(CrashPoint point) {
        owner.crashes().atCompletion(point, id(), workflow.type().name());
        if (point == CrashPoint.BEFORE_COMPLETION) {
            check();
        }
    }

    public void crashAtUnload(CrashPoint point) {
        owner.crashes().atCompletion(point, id(), workflow.type().name());
    }

    public boolean isWatched() {
        return owner.crashes().areWatched();
    }

    // ---- what the lane tells

    /** Counts what is durable; a refusal drops the run, which is then replayed from the store. */
    private final class StepReceipt implements Receipt {
        private final StepRecord step;
        private volatile @Nullable Answer answer;

        StepReceipt(StepRecord step) {
            this.step = step;
        }

        @Override
        public void queued() {
            countSubmitted();
        }

        @Override
        public void answered(Answer given) {
            answer = given;
            if (!given.isDurable()) {
                log.info(
                        "{} a write of step {} was refused; this run ends",
                        Printable.of(id()),
                        Printable.of(step.key()));
                drop(Drop.SUPERSEDED);
                return;
            }
            if (step.status() != StepStatus.STARTED) {
                crashAt(CrashPoint.AFTER_OUTCOME, step.key(), step.attempt()); // before anybody can run on
            }
            if (step.status().isFinal()) {
                gotOn();
            }
            if (step.kind() == CallKind.CHILD) {
                heardOfChild(given);
            }
            countDurable();
        }

        private void heardOfChild(Answer given) {
            if (given == Answer.ACCEPTED) {
                owner.childStarted();
            } else if (given == Answer.TAKEN) {
                log.warn(
                        "{} the child of call {} was not started: its id is another workflow's",
                        Printable.of(id()),
                        Printable.of(step.key()));
            }
        }

        @Override
        public void lost(Throwable why) {
            boolean isFirst = !isVoid; // what is lost after it is lost because of it
            isVoid = true; // nothing later may be written without it
            if (why.getClass() == StoreException.class) {
                needsAttention(Attentions.refusedByStore(id(), why));
            } else if (isFirst) {
                drop(Drop.SUPERSEDED);
            }
        }

        @Override
        public boolean isVoid() {
            return isVoid;
        }
    }

    /** The end of the run's life in this process. */
    private final class LastReceipt implements Receipt {
        private final Operation operation;

        LastReceipt(Operation operation) {
            this.operation = operation;
        }

        @Override
        public void answered(Answer answer) {
            owner.retire(Run.this, answer == Answer.ACCEPTED ? operation : null);
            Operation.Finish end = operation.end();
            if (answer == Answer.ACCEPTED && end != null) {
                if (!end.postings().isEmpty()) {
                    owner.posted();
                }
                Notices.of(workflow.type(), end);
                crashAtCompletion(CrashPoint.AFTER_COMPLETION);
            } else if (answer == Answer.ACCEPTED && dropped() == Drop.UNLOADED) {
                crashAtUnload(CrashPoint.AFTER_UNLOAD);
            }
        }

        @Override
        public void lost(Throwable why) {
            Attention found =
                    why.getClass() == StoreException.class ? Attentions.refusedByStore(id(), why) : attention();
            if (found == null || isAttention() || !reportLater(found)) {
                gone();
            }
        }

        /** Not by this thread: it is the lane's, and would wait for itself if the queue were full. */
        private boolean reportLater(Attention found) {
            return tools().startAttempt(() -> submitLast(Operation.Finish.of(
                            id(), epoch(), WorkflowStatus.NEEDS_ATTENTION, Documents.write(found), tools().now())
                    .ifNoIntentAfter(mailbox.loaded())));
        }

        private boolean isAttention() {
            Operation.Finish end = operation.end();
            return end != null && end.status() == WorkflowStatus.NEEDS_ATTENTION;
        }

        @Override
        public boolean isVoid() {
            Operation.Finish end = operation.end();
            return isVoid && end != null && !isAttention() && end.status() != WorkflowStatus.TERMINATED;
        }
    }
}
