// SPDX-License-Identifier: Apache-2.0
package dev.revive.client;

import dev.revive.codec.Documents;
import dev.revive.codec.Payloads;
import dev.revive.store.Arrival;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.Retry;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowReads;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowType;
import dev.revive.thread.Nanos;
import dev.revive.thread.UserThreads;
import dev.revive.workflow.Decision;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.IntentOutcomeUnknownException;
import dev.revive.workflow.SignalNotDeliveredException;
import dev.revive.workflow.SignalNotDeliveredException.Reason;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.SignalOutcomeUnknownException;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.WaitInterruptedException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowNotFoundException;
import dev.revive.workflow.WorkflowStatus;
import dev.revive.workflow.WorkflowTimedOutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is asked of a store, and decided in it, without running anything; and who waits for what happens there. */
public final class Client {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** The process that this is a part of. */
    public interface Host {
        Payloads payloads();

        /** Which threads run user code now: in a workflow some questions are refused. */
        UserThreads userThreads();

        /** A stamp: microseconds, as the store keeps them. */
        Instant now();

        /** Never the same again, in any process. */
        UUID unique();

        /** Something may be due. */
        void wakeClaimer();

        /** Something was asked for in a transaction of the application's, and is to be delivered soon. */
        void expectDelivery();

        /** Whether this process has the workflow in hand, and will tell its end. */
        boolean holds(String workflowId);

        /** Whether there can be somebody, here or elsewhere, who has code for it. */
        boolean mayBeRun(WorkflowType type);

        /**
         * Refuses what may not be asked any more.
         *
         * @throws EngineStoppedException if it has stopped
         */
        void requireRunning();

        /** Why it has stopped. */
        EngineStoppedException stopped();
    }

    /** At once; the others come a little later. */
    private static final int MOST_OVERDUE = 100;

    /** In one question, as the store wants it. */
    private static final int MOST_LOOKED_FOR = 1_000;

    private final WorkflowStore store;
    private final Host host;
    private final StoreReader reader;
    private final Sender sender;
    private final Duration patience;
    private final Endings endings = new Endings();

    /**
     * For one process.
     *
     * @param patience how long a question waits for a store that does not answer
     */
    public Client(WorkflowStore store, Host host, Duration patience) {
        this.store = store;
        this.host = host;
        this.patience = patience;
        this.reader = new StoreReader(patience, host::stopped);
        this.sender = new Sender(store, host::stopped);
    }

    public Host host() {
        return host;
    }

    public Endings endings() {
        return endings;
    }

    /**
     * A handle for a workflow.
     *
     * @param known where its end will stand if it is one that happens here and stays
     */
    public <O extends @Nullable Object> WorkflowHandle<O> handle(
            Workflow<?, O> workflow, String id, AtomicReference<@Nullable Ending> known) {
        return new StoredHandle<>(this, id, workflow.output(), known);
    }

    /** Under which key a letter from outside is sent. */
    public String key(SignalOptions options) {
        return options.key() == null ? Letter.ofSender(host.unique()) : Letter.ofUser(options.key());
    }

    /**
     * Sends a letter, and waits until it has arrived.
     *
     * @throws SignalNotDeliveredException if there is nobody to receive it
     */
    public void send(Letter letter) {
        try {
            switch (deliver(letter)) {
                case NOT_FOUND ->
                    throw new SignalNotDeliveredException(letter.workflowId(), letter.name(), Reason.NOT_FOUND);
                case ENDED -> throw new SignalNotDeliveredException(letter.workflowId(), letter.name(), Reason.ENDED);
                case ARRIVED, LOCKED -> {}
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WaitInterruptedException(
                    "Interrupted while the signal %s was on its way to workflow %s; it may arrive. Send it again under an idempotency key."
                            .formatted(letter.name(), letter.workflowId()),
                    e);
        } catch (TimeoutException e) {
            throw new SignalOutcomeUnknownException(
                    letter.workflowId(),
                    "The store did not say within %s whether the signal %s has arrived at workflow %s. It may have, or still may: send it again under an idempotency key."
                            .formatted(patience, letter.name(), letter.workflowId()),
                    e.getCause());
        }
    }

    /**
     * Sends a letter, and waits until it is known what became of it.
     *
     * @throws TimeoutException if it is not known in time; its cause is what the store said last, if it said anything
     */
    Arrival deliver(Letter letter) throws InterruptedException, TimeoutException {
        Arrival arrival = sender.send(letter, Nanos.after(patience));
        host.wakeClaimer();
        return arrival;
    }

    <T> T ask(Function<WorkflowReads, T> question) {
        return reader.ask(() -> question.apply(store));
    }

    /**
     * Sends what somebody wants of a workflow; answers false if there is none, or it has ended.
     *
     * @throws IntentOutcomeUnknownException if it is not known in time whether it has arrived
     */
    public boolean want(Letter intent) {
        try {
            return deliver(intent) == Arrival.ARRIVED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WaitInterruptedException(
                    "Interrupted while %s was asked for of workflow %s; it may be done. Ask again: that does no harm."
                            .formatted(intent.name(), intent.workflowId()),
                    e);
        } catch (TimeoutException e) {
            throw new IntentOutcomeUnknownException(
                    intent.workflowId(),
                    "The store did not say within %s whether it has heard %s for workflow %s. It may have, or still may: ask again, that does no harm."
                            .formatted(patience, intent.name(), intent.workflowId()),
                    e.getCause());
        }
    }

    /** Cancels workflows whose time is up, few at a time; on a thread that may touch the store. Answers false if one of them is to be tried again. */
    public boolean timeOut(Collection<WorkflowRecord> overdue) {
        return overdue.isEmpty()
                || store.send(overdue.stream().map(this::timeIsUp).toList()).stream()
                        .allMatch(arrival -> arrival == Arrival.ARRIVED || arrival == Arrival.ENDED);
    }

    /** The same for those that wait for people. */
    public void timeOutThoseLeftToPeople() {
        timeOut(store.overdue(MOST_OVERDUE));
    }

    private Letter timeIsUp(WorkflowRecord overdue) {
        Instant deadline = Objects.requireNonNull(overdue.deadline(), "deadline");
        Failure why = new Failure(
                Failure.Kind.TIMED_OUT,
                WorkflowTimedOutException.class.getName(),
                "It was to end by " + deadline + ".",
                List.of(),
                null);
        return new Letter(
                overdue.id(),
                MessageKind.CANCEL,
                "deadline",
                Letter.ofDeadline(deadline),
                Documents.write(why),
                host.now(),
                null);
    }

    /** Lets a workflow that needs attention or is paused go on; answers false if it does not need that. */
    public boolean resume(String id) {
        host.userThreads().requireStepOrOutside("resume(" + id + ")");
        host.requireRunning();
        boolean resumed = reader.ask(() -> store.resume(id));
        host.wakeClaimer();
        return resumed;
    }

    /** Records what a person found out about a step; answers false if its workflow needs no attention, or the step is not as it was seen. */
    public boolean decide(String workflowId, StepInfo step, Decision decision) {
        host.userThreads().requireStepOrOutside("decide(" + workflowId + ")");
        host.requireRunning();
        boolean decided = reader.ask(() -> Decided.of(store.steps(workflowId), step, decision, host)
                .map(replacement -> store.decide(replacement.zombie(), replacement.decision()))
                .orElse(false));
        host.wakeClaimer();
        return decided;
    }

    /** Gives a failed workflow another life; answers false if it has not failed. */
    public boolean retry(String id) {
        host.userThreads().requireStepOrOutside("retry(" + id + ")");
        host.requireRunning();
        boolean retried = reader.ask(() -> store.find(id)
                .filter(row -> row.status() == WorkflowStatus.FAILED)
                .filter(row -> !Documents.isTimedOut(Objects.requireNonNull(row.failure())))
                .map(row -> store.retry(retryOf(row)))
                .orElse(false));
        host.wakeClaimer();
        return retried;
    }

    private Retry retryOf(WorkflowRecord failed) {
        return Retry.of(
                failed,
                store.steps(failed.id()),
                Documents.calls(Objects.requireNonNull(failed.failure())),
                step -> Documents.failure(Objects.requireNonNull(step.failure()))
                        .kind(),
                host.now());
    }

    List<StepRecord> steps(String id) {
        return reader.ask(() -> store.steps(id));
    }

    /** A workflow's row, once the store has said; empty if there is none. */
    public CompletableFuture<Optional<WorkflowRecord>> findLater(String id) {
        return reader.later(() -> store.find(id));
    }

    /** Whether its start was asked for in a transaction that is committed, and is not there yet; once the store has said. */
    public CompletableFuture<Boolean> isOnItsWayLater(String id) {
        return reader.later(() -> store.isOnItsWay(id));
    }

    /**
     * A workflow's row, waiting as long as a start does.
     *
     * @throws WorkflowNotFoundException if there is none
     */
    public WorkflowRecord find(String id) {
        try {
            return find(id, Nanos.after(patience));
        } catch (TimeoutException e) {
            throw reader.silent(e);
        }
    }

    /**
     * A workflow's row, waiting no longer than this. One that is on its way, since a transaction that asked for it is committed, is waited for, half as
     * long as a start is.
     *
     * @param deadline by {@link System#nanoTime}
     * @throws WorkflowNotFoundException if there is none
     */
    public WorkflowRecord find(String id, long deadline) throws TimeoutException {
        Optional<WorkflowRecord> row = look(id, deadline);
        if (row.isEmpty()) {
            host.expectDelivery();
        }
        long end = Nanos.after(patience.dividedBy(2));
        Duration pause = SHORTEST_PAUSE;
        while (row.isEmpty()) {
            host.requireRunning();
            Duration left = Nanos.until(end);
            if (left.isZero()) {
                throw new WorkflowNotFoundException(
                        id,
                        "There is no workflow with id %s yet. A committed transaction has asked for it, but nobody has started it since. Does the log say why?"
                                .formatted(id));
            }
            reader.pause(pause.compareTo(left) < 0 ? pause : left, deadline);
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
            row = look(id, deadline);
        }
        return row.get();
    }

    /** A workflow's row, looked for once, waiting as long for the store as a start does; empty if it is on its way. */
    Optional<WorkflowRecord> look(String id) {
        try {
            return look(id, Nanos.after(patience));
        } catch (TimeoutException e) {
            throw reader.silent(e);
        }
    }

    private Optional<WorkflowRecord> look(String id, long deadline) throws TimeoutException {
        Optional<WorkflowRecord> row = reader.ask(() -> store.find(id), deadline);
        if (row.isPresent()) {
            return row;
        }
        boolean isOnItsWay = reader.ask(() -> store.isOnItsWay(id), deadline);
        row = reader.ask(() -> store.find(id), deadline); // it may have come since the first look
        if (row.isEmpty() && !isOnItsWay) {
            throw new WorkflowNotFoundException(
                    id,
                    "There is no workflow with id %s. Was it started on this store? What was asked for in a transaction of yours is there once that is committed."
                            .formatted(id));
        }
        return row;
    }

    /** Tells who waits for one of these, if it has ended, or is paused. */
    public void tellEndings(List<String> ids) {
        for (int from = 0; from < ids.size(); from += MOST_LOOKED_FOR) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + MOST_LOOKED_FOR));
            store.find(some).forEach(this::tellEnding);
        }
    }

    private void tellEnding(WorkflowRecord row) {
        Ending.of(row).ifPresent(ending -> endings.tell(row.id(), ending));
        tellPaused(row);
    }

    void tellPaused(WorkflowRecord row) {
        endings.tellPaused(row.id(), row.status() == WorkflowStatus.PAUSED);
    }

    /** Nobody waits any longer; what was asked is still answered, and what was sent still arrives, if that takes no longer than this. */
    public void close(Duration patience) {
        endings.close(host::stopped);
        reader.close();
        sender.close(patience.dividedBy(2));
    }

    /** Whoever waits hears why it is in vain. */
    public void fail() {
        sender.fail();
        endings.close(host::stopped);
    }
}
