// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.codec.Documents;
import dev.revive.crash.CrashPoint;
import dev.revive.journal.Cursor;
import dev.revive.journal.Journal;
import dev.revive.journal.MismatchException;
import dev.revive.store.Answer;
import dev.revive.store.Operation;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.StoreException;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Attention.Reason;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a workflow's function in this process: from its claim to the operation that ends it or gives it back.
 *
 * <p>A run counts what it has submitted to its lane and what of it is durable. Code between steps runs ahead of the disk; an effect waits until
 * everything submitted before it, in every scope, is durable ({@link #awaitDurable}). A run that must not go on is dropped: its threads find out
 * at their next call and unwind.
 */
final class Run {
    private static final Logger log = LoggerFactory.getLogger(Run.class);

    /** Why a run is dropped, the gentlest first: a later reason replaces a gentler one. */
    enum Drop {
        /** The engine closes: what effects return is recorded, the workflow is given back. */
        STOPPED,
        /** A person is needed. */
        ATTENTION,
        /** An Error of the platform: given back, to be tried later. */
        ERROR,
        /** A write was refused: somebody else owns the workflow, or its row says otherwise. */
        SUPERSEDED,
        /** The engine died. */
        CRASHED
    }

    private final Executor executor;
    private final WorkflowRecord workflow;
    private final Registry.Registration<?, ?> code;
    private final Journal journal;
    private final Lane lane;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Thread> effects = new HashSet<>();
    private final Set<Thread> interrupted = new HashSet<>();
    private long submitted;
    private volatile long durable;
    private volatile @Nullable Drop drop;
    private volatile boolean isVoid;
    private volatile boolean hasProgressed;
    private @Nullable Attention attention;
    private @Nullable Throwable error;

    Run(
            Executor executor,
            WorkflowRecord workflow,
            Registry.Registration<?, ?> code,
            List<StepRecord> steps,
            Lane lane) {
        this.executor = executor;
        this.workflow = workflow;
        this.code = code;
        this.journal = new Journal(steps);
        this.lane = lane;
    }

    WorkflowRecord workflow() {
        return workflow;
    }

    String id() {
        return workflow.id();
    }

    long epoch() {
        return workflow.epoch();
    }

    Executor executor() {
        return executor;
    }

    Engine engine() {
        return executor.engine();
    }

    Lane lane() {
        return lane;
    }

    // ---- the function, from beginning to end

    /** Runs the function on the calling thread, to its end or its unwinding, and submits what became of it. */
    void execute() {
        engine().permits().acquireUninterruptibly();
        Operation end = null;
        try {
            end = callFunction();
        } catch (Unwind unwinding) {
            // dropped: conclude() knows why
        } catch (Throwable thrown) {
            fail(thrown);
        } finally {
            engine().permits().release();
        }
        conclude(end);
    }

    private @Nullable Operation callFunction() throws Throwable {
        Scope root = new Scope(this, journal.open(""));
        Throwable thrown = null;
        Object result = null;
        try {
            result = call(code, root);
        } catch (Throwable e) {
            thrown = e;
        }
        reportSwallowed(thrown);
        if (drop != null) {
            throw Unwind.RUN;
        }
        if (thrown != null && (Fatal.isFatal(thrown) || thrown instanceof Unwind)) {
            throw thrown;
        }
        root.close();
        crashAtCompletion(CrashPoint.BEFORE_COMPLETION);
        return thrown == null ? completed(result) : failed(Failure.of(Failure.Kind.THROWN, thrown));
    }

    @SuppressWarnings("unchecked") // the input is decoded as the registration's own input type
    private <I, O> @Nullable Object call(Registry.Registration<I, O> code, Scope root) throws Exception {
        I input;
        try {
            input = (I) engine().payloads()
                    .decode(workflow.input(), code.workflow().input().type());
        } catch (SerializationException e) {
            throw needsAttention(new Attention(
                    Reason.UNREADABLE_PAYLOAD,
                    "The input of workflow %s cannot be read: %s".formatted(id(), e.getMessage()),
                    List.of()));
        }
        engine().places().enter(root::isInStep);
        try {
            return code.function().run(root, input);
        } finally {
            engine().places().leave();
        }
    }

    private void reportSwallowed(@Nullable Throwable thrown) {
        if (drop != null && !(thrown instanceof Unwind)) {
            log.warn(
                    "{} its code caught the Error that unwinds a run ({}). The run ended all the same; catch Exception instead of Throwable.",
                    id(),
                    thrown == null ? "and returned" : "and threw " + thrown);
        }
    }

    private Operation completed(@Nullable Object result) {
        try {
            String output =
                    engine().payloads().encode(result, code.workflow().output().type());
            return finish(WorkflowStatus.COMPLETED, output);
        } catch (SerializationException e) {
            return failed(Failure.of(Failure.Kind.NOT_SERIALIZABLE, e));
        }
    }

    private Operation failed(Failure failure) {
        return finish(WorkflowStatus.FAILED, Documents.write(failure));
    }

    private Operation.Finish finish(WorkflowStatus status, @Nullable String content) {
        return new Operation.Finish(id(), epoch(), status, content, engine().now());
    }

    private void conclude(@Nullable Operation end) {
        try {
            Operation last = drop == null && end != null ? end : endOf(drop);
            if (last != null) {
                lane.submit(last, new LastReceipt(last), () -> {});
                return;
            }
        } catch (Unwind closed) {
            log.debug("{} ends without a word, its lane is closed", id());
        }
        executor.retire(this, null);
    }

    private @Nullable Operation endOf(@Nullable Drop why) {
        if (why == null || why == Drop.CRASHED) {
            return null;
        }
        if (why == Drop.ATTENTION
                || (why == Drop.ERROR && strikesNow() >= engine().limits().strikes())) {
            return finish(WorkflowStatus.NEEDS_ATTENTION, Documents.write(why == Drop.ERROR ? struck() : report()));
        }
        Duration delay = why == Drop.ERROR
                ? Duration.ofSeconds(Math.min(60, 1L << Math.min(6, strikesNow() - 1)))
                : Duration.ZERO;
        return new Operation.Release(id(), epoch(), delay, null, why == Drop.ERROR);
    }

    private int strikesNow() {
        return hasProgressed ? 1 : workflow.strikes() + 1;
    }

    private Attention struck() {
        return new Attention(
                Reason.REPEATED_ERRORS,
                "Workflow %s ended %d runs in a row with an Error and without progress, the last with %s. Mend the cause, then resume it."
                        .formatted(id(), strikesNow(), error),
                List.of());
    }

    private Attention report() {
        lock.lock();
        try {
            return Objects.requireNonNull(attention);
        } finally {
            lock.unlock();
        }
    }

    // ---- being dropped

    /** Drops the run: no further call begins, waiting threads unwind. */
    void drop(Drop why) {
        lock.lock();
        try {
            if (drop == null || drop.ordinal() < why.ordinal()) {
                drop = why;
            }
            isVoid |= why == Drop.SUPERSEDED;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** An Error of the platform is no outcome of anything. */
    Unwind fail(Throwable thrown) {
        lock.lock();
        try {
            if (error == null) {
                error = thrown;
            }
        } finally {
            lock.unlock();
        }
        drop(Drop.ERROR);
        log.warn("{} ended with {}; it is tried again later", id(), thrown.toString());
        return Unwind.RUN;
    }

    Unwind needsAttention(Attention why) {
        lock.lock();
        try {
            if (attention == null) {
                attention = why;
            }
        } finally {
            lock.unlock();
        }
        drop(Drop.ATTENTION);
        return Unwind.RUN;
    }

    Unwind mismatch(MismatchException e) {
        String message =
                "Workflow %s (%s): %s.%s The code must ask for the same calls in the same order as long as instances of this version live: "
                        + "restore the old order, or register the changed code as the workflow's next version; then resume this one.";
        return needsAttention(new Attention(
                Reason.NON_DETERMINISM,
                message.formatted(id(), code.workflow(), e.getMessage(), CallSite.ofUserCode()),
                e.diff()));
    }

    void interruptEffects() {
        lock.lock();
        try {
            for (Thread thread : effects) {
                interrupted.add(thread);
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Throws if nothing more may begin. */
    void check() {
        if (drop != null) {
            throw Unwind.RUN;
        }
    }

    boolean isDropped() {
        return drop != null;
    }

    /** Whether what an effect returned may still be recorded: yes after a stop, if the fence lets it; no once somebody else owns the workflow. */
    boolean mayRecord() {
        Drop why = drop;
        return why == null || why.ordinal() < Drop.SUPERSEDED.ordinal();
    }

    // ---- effects

    /** The last look before an effect: still ours, by the lease's local deadline. The calling thread may be interrupted from here on. */
    void beginEffect() {
        if (!executor.lease().isValid()) {
            executor.leaseLapsed();
            drop(Drop.SUPERSEDED);
        }
        lock.lock();
        try {
            check();
            effects.add(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    void endEffect() {
        lock.lock();
        try {
            effects.remove(Thread.currentThread());
            if (interrupted.remove(Thread.currentThread())) {
                Thread.interrupted(); // ours, not the user's
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- the log

    Cursor openScope(String path) {
        return journal.open(path);
    }

    void progressed() {
        hasProgressed = true;
    }

    /** Gives back a run for which there was no thread. */
    void giveBack() {
        drop(Drop.STOPPED);
        conclude(null);
    }

    /** Queues the state of a step. What the run does next may run ahead of it. */
    void checkpoint(StepRecord step, boolean isNew) {
        if (!mayRecord()) {
            throw Unwind.RUN;
        }
        hasProgressed |= step.status().isFinal();
        lane.submit(new Operation.Checkpoint(step, isNew), new StepReceipt(step), () -> {
            countSubmitted();
            crashWhileQueued(step);
        });
    }

    void create(Operation.Create create, CreateReceipt receipt) {
        receipt.run = this;
        lane.submit(create, receipt, this::countSubmitted);
    }

    private void countSubmitted() {
        lock.lock();
        try {
            submitted++;
        } finally {
            lock.unlock();
        }
    }

    private void crashWhileQueued(StepRecord step) {
        if (step.status() == StepStatus.STARTED) {
            return;
        }
        boolean isJoin = step.kind() == CallKind.PARALLEL;
        crashAt(isJoin ? CrashPoint.JOIN_QUEUED : CrashPoint.OUTCOME_QUEUED, step.key(), step.attempt());
    }

    /** Waits until everything submitted so far, by any scope of this run, is durable. */
    void awaitDurable() {
        long target;
        lock.lock();
        try {
            target = submitted;
        } finally {
            lock.unlock();
        }
        park(() -> durable >= target, Long.MAX_VALUE);
        check();
    }

    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Parks the calling thread, its permit returned, until the condition holds, the run is dropped, or the nanosecond has come
     * ({@code Long.MAX_VALUE}: never). An interrupt does not end it, and is kept.
     */
    void park(BooleanSupplier condition, long deadlineNanos) {
        if (condition.getAsBoolean() || drop != null) {
            return;
        }
        engine().permits().release();
        try {
            parkWithoutPermit(() -> condition.getAsBoolean() || drop != null, deadlineNanos);
        } finally {
            engine().permits().acquireUninterruptibly();
        }
    }

    /** The same, but a dropped run waits too: for its own other threads. */
    void parkUntil(BooleanSupplier condition) {
        if (condition.getAsBoolean()) {
            return;
        }
        engine().permits().release();
        try {
            parkWithoutPermit(condition, Long.MAX_VALUE);
        } finally {
            engine().permits().acquireUninterruptibly();
        }
    }

    private void parkWithoutPermit(BooleanSupplier condition, long deadlineNanos) {
        boolean wasInterrupted = false;
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (deadlineNanos == Long.MAX_VALUE) {
                    changed.awaitUninterruptibly();
                    continue;
                }
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                try {
                    long ignored = changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    wasInterrupted = true;
                }
            }
        } finally {
            lock.unlock();
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits until an instant by the engine's clock, or until the condition holds. */
    void parkUntil(Instant instant, BooleanSupplier condition) {
        long nanos = Duration.between(engine().exactNow(), instant).toNanos();
        park(condition, nanos <= 0 ? System.nanoTime() : System.nanoTime() + nanos);
    }

    // ---- crash points

    void crashAt(CrashPoint point, StepKey key, int attempt) {
        executor.crashes().at(point, id(), key, attempt);
    }

    private void crashAtCompletion(CrashPoint point) {
        executor.crashes().atCompletion(point, id(), workflow.type().name());
        if (point == CrashPoint.BEFORE_COMPLETION) {
            check();
        }
    }

    boolean isWatched() {
        return executor.crashes().areWatched();
    }

    // ---- what the lane tells

    /** Counts what is durable; a refusal drops the run, which is then replayed from the store. */
    private abstract class CountingReceipt implements Lane.Receipt {
        @Override
        public void settled(Answer answer) {
            if (answer != Answer.ACCEPTED) {
                log.info("{} a write was refused; this run ends", id());
                drop(Drop.SUPERSEDED);
                return;
            }
            lock.lock();
            try {
                durable++;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void lost(Throwable why) {
            isVoid = true; // nothing later may be written without it
            if (why.getClass() == StoreException.class) {
                needsAttention(new Attention(
                        Reason.STORE_REFUSED,
                        "The store refuses a row of workflow %s for good: %s".formatted(id(), why.getMessage()),
                        List.of()));
            } else {
                drop(Drop.SUPERSEDED);
            }
        }

        @Override
        public boolean isVoid() {
            return isVoid;
        }
    }

    private final class StepReceipt extends CountingReceipt {
        private final StepRecord step;

        StepReceipt(StepRecord step) {
            this.step = step;
        }

        @Override
        public void settled(Answer answer) {
            super.settled(answer);
            if (answer == Answer.ACCEPTED && step.status() != StepStatus.STARTED) {
                crashAt(CrashPoint.AFTER_OUTCOME, step.key(), step.attempt());
            }
        }
    }

    /** Tells a starter whether its workflow is new. */
    static final class CreateReceipt implements Lane.Receipt {
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private @Nullable Run run;

        CompletableFuture<Answer> answer() {
            return answer;
        }

        @Override
        public void settled(Answer settled) {
            Run mine = run;
            if (mine != null) {
                mine.new StartedReceipt().settled(settled);
            }
            answer.complete(settled);
        }

        @Override
        public void lost(Throwable why) {
            Run mine = run;
            if (mine != null) {
                mine.drop(Drop.SUPERSEDED);
            }
            answer.completeExceptionally(why);
        }

        @Override
        public boolean isVoid() {
            return false;
        }
    }

    private final class StartedReceipt extends CountingReceipt {}

    /** The end of the run's life in this process. */
    private final class LastReceipt implements Lane.Receipt {
        private final Operation operation;

        LastReceipt(Operation operation) {
            this.operation = operation;
        }

        @Override
        public void settled(Answer answer) {
            boolean finished = answer == Answer.ACCEPTED && operation instanceof Operation.Finish;
            executor.retire(Run.this, answer == Answer.ACCEPTED ? operation : null);
            if (finished) {
                crashAtCompletion(CrashPoint.AFTER_COMPLETION);
            }
        }

        @Override
        public void lost(Throwable why) {
            executor.retire(Run.this, null);
        }

        @Override
        public boolean isVoid() {
            return isVoid
                    && operation instanceof Operation.Finish finish
                    && finish.status() != WorkflowStatus.NEEDS_ATTENTION;
        }
    }
}
