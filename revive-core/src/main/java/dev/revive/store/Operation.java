// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One write to one row. All operations of one workflow go through one lane in the order of its program, so what is recorded is always a prefix
 * of what happened.
 *
 * <p>It carries its facts, and whoever must tell the kinds apart {@linkplain #visit visits} it: a new kind does not compile until every store says
 * what it does with it.
 */
public sealed interface Operation {
    /**
     * What is done with each kind of operation.
     *
     * @param <T> the answer
     * @param <X> what may go wrong
     */
    interface Visitor<T extends @Nullable Object, X extends Exception> {
        /**
         * A new workflow.
         *
         * @param create the operation
         * @return the answer
         * @throws X if it goes wrong
         */
        T create(Create create) throws X;

        /**
         * The state of a step.
         *
         * @param checkpoint the operation
         * @return the answer
         * @throws X if it goes wrong
         */
        T checkpoint(Checkpoint checkpoint) throws X;

        /**
         * The final state of a step, and the message that it received.
         *
         * @param receive the operation
         * @return the answer
         * @throws X if it goes wrong
         */
        T receive(Receive receive) throws X;

        /**
         * The final state of a step, and the message that it sent.
         *
         * @param send the operation
         * @return the answer
         * @throws X if it goes wrong
         */
        T send(Send send) throws X;

        /**
         * The start of a child, and the state of the step that starts it.
         *
         * @param startChild the operation
         * @return the answer
         * @throws X if it goes wrong
         */
        T startChild(StartChild startChild) throws X;

        /**
         * The end of a run that is the end of its workflow, or waits for a person.
         *
         * @param finish the operation
         * @return the answer
         * @throws X if it goes wrong
         */
        T finish(Finish finish) throws X;

        /**
         * The end of a run that another follows.
         *
         * @param release the operation
         * @return the answer
         * @throws X if it goes wrong
         */
        T release(Release release) throws X;
    }

    /**
     * A row that an operation writes.
     *
     * @param workflowId the workflow that it is of
     * @param step which of its steps; null if it is the workflow's own row
     */
    record Row(String workflowId, @Nullable StepKey step) {
        /** Checks what is never null. */
        public Row {
            Objects.requireNonNull(workflowId, "workflowId");
        }
    }

    /**
     * What other executors are to be told once a batch is committed.
     *
     * @param batch the operations
     * @param answers one for each
     * @return the hints that the accepted ones give
     */
    static Set<Hint> hints(List<Operation> batch, List<Answer> answers) {
        Set<Hint> hints = new LinkedHashSet<>();
        for (int i = 0; i < answers.size(); i++) {
            Hint hint = answers.get(i) == Answer.ACCEPTED
                    ? batch.get(i).hint()
                    : null; // what is not delivered is news to nobody
            if (hint != null) {
                hints.add(hint);
            }
        }
        return hints;
    }

    /**
     * Does with it what is done with its kind.
     *
     * @param visitor knows all kinds
     * @return the visitor's answer
     * @param <T> the answer
     * @param <X> what may go wrong
     * @throws X if it goes wrong
     */
    <T extends @Nullable Object, X extends Exception> T visit(Visitor<T, X> visitor) throws X;

    /**
     * The workflow in whose log it stands: it is written after all that this workflow wrote before, or not at all.
     *
     * @return its id
     */
    String workflowId();

    /**
     * The row it writes, which need not be one of the workflow in whose log it stands.
     *
     * @return the row; its own one, unless an operation says otherwise
     */
    default Row row() {
        return new Row(workflowId(), null);
    }

    /**
     * The epoch of the run that writes it.
     *
     * @return 0 if none does: a workflow that is left due
     */
    long epoch();

    /**
     * About how many characters it carries, for the bounds on batches and queues.
     *
     * @return a few hundred more than its payloads have
     */
    default int chars() {
        return 200;
    }

    /**
     * Whether it touches the rows of other workflows, too: then it is written by itself.
     *
     * @return true for one that sends
     */
    default boolean touchesOthers() {
        return false;
    }

    /**
     * Whether its workflow's log begins with it: before, there is no row.
     *
     * @return true for one that creates its workflow
     */
    default boolean beginsLog() {
        return false;
    }

    /**
     * How its workflow ends with it.
     *
     * @return null if it does not
     */
    default @Nullable Finish end() {
        return null;
    }

    /**
     * How soon it makes its workflow due.
     *
     * @return null if it does not
     */
    default @Nullable Duration dueIn() {
        return null;
    }

    /**
     * What others are to be told of it. A release with a delay needs no word: who releases it comes again in time, and others find it at their
     * next look.
     *
     * @return null if it concerns nobody else
     */
    default @Nullable Hint hint() {
        String id = row().workflowId();
        return end() != null ? Hint.ended(id) : Duration.ZERO.equals(dueIn()) ? Hint.due(id) : null;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /**
     * Inserts a workflow. Answered {@link Answer#EXISTS} if the id is taken by a row that this very operation did not write.
     *
     * @param workflow the row
     * @param start whether this executor runs it at once or leaves it to be claimed
     * @param end how it ended, if it ended before it was ever written; else null. Only with {@link Start#CLAIMED}
     */
    record Create(
            NewWorkflow workflow, Start start, @Nullable Finish end) implements Operation {
        /** How a workflow begins. */
        public enum Start {
            /** RUNNING at epoch 1 in the hands of the executor that writes it. */
            CLAIMED,
            /** DUE now, at epoch 0. */
            DUE
        }

        /** Checks what is never null. */
        public Create {
            Objects.requireNonNull(workflow, "workflow");
            Objects.requireNonNull(start, "start");
        }

        @Override
        public <T extends @Nullable Object, X extends Exception> T visit(Visitor<T, X> visitor) throws X {
            return visitor.create(this);
        }

        @Override
        public String workflowId() {
            return workflow.id();
        }

        @Override
        public long epoch() {
            return start == Start.CLAIMED ? 1 : 0;
        }

        @Override
        public int chars() {
            return Operation.super.chars() + workflow.input().length();
        }

        @Override
        public boolean beginsLog() {
            return true;
        }

        @Override
        public @Nullable Duration dueIn() {
            return start == Start.DUE ? Duration.ZERO : null;
        }

        /**
         * The row as it is written. When a workflow that is left DUE is due, the store says.
         *
         * @param executorId the executor that writes
         * @return the row, without that time
         */
        public WorkflowRecord row(String executorId) {
            WorkflowDraft row = WorkflowRecord.of(workflow);
            WorkflowRecord begun = (start == Start.CLAIMED ? row.heldBy(executorId, epoch()) : row).build();
            return end == null ? begun : WorkflowRows.finished(begun, end);
        }

        /**
         * Whether a row under the same id is this operation's own: what a batch whose answer was lost finds when it is written again. One that was
         * left DUE may have gone on since.
         *
         * @param recorded what the table holds
         * @param executorId the executor that writes
         * @param batch the whole batch
         * @return true if the row stands as the batch leaves it
         */
        public boolean isWrittenAs(WorkflowRecord recorded, String executorId, List<Operation> batch) {
            return workflow.isSameAs(recorded) && (start == Start.DUE || standsAfter(batch, recorded, executorId));
        }

        private boolean standsAfter(List<Operation> batch, WorkflowRecord recorded, String executorId) {
            Operation last = this;
            for (Operation operation : batch) {
                if (operation.row().equals(row())) {
                    last = operation;
                }
            }
            Finish finish = last.end();
            if (finish != null && finish.status().isFinal()) {
                return finish.isSameAs(recorded) && recorded.epoch() == 1;
            }
            boolean isHeld = finish == null && last.beginsLog();
            boolean isInNobodysHands = recorded.status() != WorkflowStatus.RUNNING && recorded.epoch() == 1;
            return isHeld ? recorded.isHeldBy(executorId, 1) : isInNobodysHands; // people may have decided since
        }
    }

    /**
     * Records the state of a step. Refused unless the workflow is RUNNING at the step's epoch in the hands of this executor, and the row is new,
     * may be succeeded, or is the same ({@link StepRecord#maySucceed}, {@link StepRecord#isSameAs}). The same is accepted, too, if the workflow
     * has ended or was released since, as long as nobody has claimed it: that is how a whole batch is found when it is written again.
     *
     * @param step the row
     * @param isNew whether the writer knows of no earlier row under this key: a hint that lets a store insert without looking
     */
    record Checkpoint(StepRecord step, boolean isNew) implements Operation {
        /** Checks what is never null. */
        public Checkpoint {
            Objects.requireNonNull(step, "step");
        }

        @Override
        public <T extends @Nullable Object, X extends Exception> T visit(Visitor<T, X> visitor) throws X {
            return visitor.checkpoint(this);
        }

        @Override
        public String workflowId() {
            return step.workflowId();
        }

        @Override
        public Row row() {
            return new Row(step.workflowId(), step.key());
        }

        @Override
        public long epoch() {
            return step.epoch();
        }

        @Override
        public int chars() {
            return Operation.super.chars() + length(step.output()) + length(step.failure()) + length(step.detail());
        }
    }

    /**
     * Records that a step has received a message: the final state of the step as a {@link Checkpoint} does, and the message received, without its payload
     * from then on. Both or neither. Refused as a {@link Checkpoint} is, and if the message is not in the inbox or was received before; the same written
     * again is accepted.
     *
     * @param step the row, final
     * @param isNew whether the writer knows of no earlier row under this key
     * @param position the message's place in the workflow's own inbox
     */
    record Receive(StepRecord step, boolean isNew, long position) implements Operation {
        /** Checks what is never null. */
        public Receive {
            Objects.requireNonNull(step, "step");
        }

        @Override
        public <T extends @Nullable Object, X extends Exception> T visit(Visitor<T, X> visitor) throws X {
            return visitor.receive(this);
        }

        @Override
        public String workflowId() {
            return step.workflowId();
        }

        @Override
        public Row row() {
            return new Row(step.workflowId(), step.key());
        }

        @Override
        public long epoch() {
            return step.epoch();
        }

        @Override
        public int chars() {
            return Operation.super.chars() + length(step.output()) + length(step.detail());
        }

        /**
         * The state of the step by itself.
         *
         * @return a checkpoint
         */
        public Checkpoint checkpoint() {
            return new Checkpoint(step, isNew);
        }
    }

    /**
     * Records that a step has sent a message: the final state of the step as a {@link Checkpoint} does, and the message in the receiver's inbox, in one
     * transaction. Answered {@link Answer#NOT_FOUND} or {@link Answer#ENDED} if there is nobody to receive it; that is recorded in its place.
     *
     * @param states the row for each thing that may become of the message, LOCKED apart; each another one
     * @param letter the message; it starts nothing
     */
    record Send(Map<Arrival, StepRecord> states, Letter letter) implements Operation {
        /** Copies the states. */
        public Send {
            states = Map.copyOf(states);
            Objects.requireNonNull(letter, "letter");
        }

        @Override
        public <T extends @Nullable Object, X extends Exception> T visit(Visitor<T, X> visitor) throws X {
            return visitor.send(this);
        }

        /**
         * The state of the step, by what became of the message.
         *
         * @param arrival what that is
         * @return the row
         */
        public StepRecord step(Arrival arrival) {
            return Objects.requireNonNull(states.get(arrival), "a state for each arrival");
        }

        /**
         * What became of the message, by the state of the step.
         *
         * @param recorded what the table holds
         * @return empty if this operation did not write it
         */
        public Optional<Arrival> arrival(StepRecord recorded) {
            return states.keySet().stream()
                    .filter(arrival -> step(arrival).isSameAs(recorded))
                    .findFirst();
        }

        /**
         * The answer, by what became of the message.
         *
         * @param arrival what that is
         * @return ACCEPTED, NOT_FOUND, ENDED, or LOCKED
         */
        public static Answer answer(Arrival arrival) {
            return switch (arrival) {
                case ARRIVED -> Answer.ACCEPTED;
                case NOT_FOUND -> Answer.NOT_FOUND;
                case ENDED -> Answer.ENDED;
                case LOCKED -> Answer.LOCKED;
            };
        }

        private StepRecord delivered() {
            return step(Arrival.ARRIVED);
        }

        @Override
        public String workflowId() {
            return delivered().workflowId();
        }

        @Override
        public Row row() {
            return new Row(workflowId(), delivered().key());
        }

        @Override
        public long epoch() {
            return delivered().epoch();
        }

        @Override
        public int chars() {
            return Operation.super.chars() + letter.payload().length();
        }

        @Override
        public boolean touchesOthers() {
            return true;
        }

        @Override
        public Hint hint() {
            return Hint.news(letter.workflowId());
        }
    }

    /**
     * Starts a child: its row, and the final state of the step that starts it, in one transaction. Refused as a {@link Checkpoint} is. If an earlier try of the
     * same call has started it, that one is the child. Answered {@link Answer#TAKEN} if the id is another's; that is recorded in its place. It stands in the
     * parent's log.
     *
     * @param child what is started, with its parent
     * @param started the step if there is a child of this call
     * @param taken the step if there is not
     */
    record StartChild(NewWorkflow child, StepRecord started, StepRecord taken) implements Operation {
        /** Checks what is never null. */
        public StartChild {
            Objects.requireNonNull(child.parent(), "parent");
            Objects.requireNonNull(started, "started");
            Objects.requireNonNull(taken, "taken");
        }

        @Override
        public <T extends @Nullable Object, X extends Exception> T visit(Visitor<T, X> visitor) throws X {
            return visitor.startChild(this);
        }

        /**
         * The answer, by what the table holds under the child's id.
         *
         * @param there the row, or null
         * @return ACCEPTED if it is to be written, or was; TAKEN
         */
        public Answer answer(@Nullable WorkflowRecord there) {
            return there == null || child.isOfSameCall(there) ? Answer.ACCEPTED : Answer.TAKEN;
        }

        /**
         * The answer to the same when it is written again, by the row of its step: under the child's id there may be something else by now.
         *
         * @param recorded the row
         * @return ACCEPTED or TAKEN as it was; REFUSED if that is not this call's row
         */
        public Answer answerOf(StepRecord recorded) {
            if (started.isSameAs(recorded)) {
                return Answer.ACCEPTED;
            }
            return taken.isSameAs(recorded) ? Answer.TAKEN : Answer.REFUSED;
        }

        /**
         * The child's row by itself. It waits to be claimed: what it does begins when it is there.
         *
         * @return a create
         */
        public Create create() {
            return new Create(child, Create.Start.DUE, null);
        }

        /**
         * The state of the step, by the answer.
         *
         * @param answer ACCEPTED or TAKEN
         * @return the row
         */
        public StepRecord step(Answer answer) {
            return answer == Answer.TAKEN ? taken : started;
        }

        /**
         * The state of the step by itself, if there is a child.
         *
         * @return a checkpoint
         */
        public Checkpoint checkpoint() {
            return new Checkpoint(started, true);
        }

        @Override
        public String workflowId() {
            return started.workflowId();
        }

        @Override
        public Row row() {
            return new Row(child.id(), null);
        }

        @Override
        public long epoch() {
            return started.epoch();
        }

        @Override
        public int chars() {
            return create().chars() + checkpoint().chars();
        }

        @Override
        public Duration dueIn() {
            return Duration.ZERO;
        }
    }

    /**
     * Ends a workflow, or leaves it to a person, or paused. Refused unless it is RUNNING at this epoch in the hands of this executor, or already ended
     * with the same content at this epoch; and, if {@code ifNoIntentAfter} is given, unless people want something else of it.
     *
     * @param workflowId the workflow
     * @param epoch the run's epoch
     * @param status COMPLETED, FAILED, CANCELLED, TERMINATED, NEEDS_ATTENTION or PAUSED
     * @param content the result, the failure, or the report, as JSON; null if PAUSED
     * @param finishedAt the engine's stamp
     * @param ifNoIntentAfter the place in the inbox up to which the run knows what people want of the workflow, or null not to look: who leaves it to
     *     people must have seen what they want
     * @param ties whom the end concerns
     */
    record Finish(
            String workflowId,
            long epoch,
            WorkflowStatus status,
            @Nullable String content,
            Instant finishedAt,
            @Nullable Long ifNoIntentAfter,
            Ties ties)
            implements Operation {
        /** Checks the status. */
        public Finish {
            Objects.requireNonNull(workflowId, "workflowId");
            if (status == WorkflowStatus.DUE || status == WorkflowStatus.RUNNING || status == WorkflowStatus.UNKNOWN) {
                throw new IllegalArgumentException("A workflow does not end as " + status + ".");
            }
        }

        /**
         * Ends a workflow, whatever has come meanwhile.
         *
         * @param workflowId the workflow
         * @param epoch the run's epoch
         * @param status how it ends
         * @param content the result, the failure, or the report, as JSON
         * @param finishedAt the engine's stamp
         * @return the operation
         */
        public static Finish of(
                String workflowId, long epoch, WorkflowStatus status, @Nullable String content, Instant finishedAt) {
            return new Finish(workflowId, epoch, status, content, finishedAt, null, Ties.NONE);
        }

        /**
         * Only if nobody wants it cancelled or terminated of whom the run does not know; and to leave it PAUSED, only if somebody still wants that.
         *
         * @param position the last place in the inbox that the run knew when it began
         * @return this, so
         */
        public Finish ifNoIntentAfter(long position) {
            return new Finish(workflowId, epoch, status, content, finishedAt, position, ties);
        }

        /**
         * Of a workflow that others have started, or that has started others.
         *
         * @param bound whom its end concerns
         * @return this, so
         */
        public Finish with(Ties bound) {
            return new Finish(workflowId, epoch, status, content, finishedAt, ifNoIntentAfter, bound);
        }

        /**
         * What is to be posted with it.
         *
         * @return news for its parent, and that its children be ended
         */
        public List<Posting> postings() {
            return ties.atTheEnd(workflowId, epoch, status, output(), finishedAt);
        }

        /**
         * Whether what people want of the workflow lets it end so.
         *
         * @param unread the messages of its inbox that are not received
         * @return false if the run must look again
         */
        public boolean isWanted(Collection<Message> unread) {
            if (ifNoIntentAfter == null) {
                return true;
            }
            boolean isOverruled = unread.stream()
                    .anyMatch(message -> message.position() > ifNoIntentAfter
                            && (message.kind() == MessageKind.CANCEL || message.kind() == MessageKind.TERMINATE));
            boolean isPauseWanted = unread.stream().anyMatch(message -> message.kind() == MessageKind.PAUSE);
            return !isOverruled && (status != WorkflowStatus.PAUSED || isPauseWanted);
        }

        @Override
        public <T extends @Nullable Object, X extends Exception> T visit(Visitor<T, X> visitor) throws X {
            return visitor.finish(this);
        }

        @Override
        public int chars() {
            return Operation.super.chars() + length(content);
        }

        @Override
        public Finish end() {
            return this;
        }

        /**
         * The result.
         *
         * @return the content, if the workflow is COMPLETED; else null
         */
        public @Nullable String output() {
            return status == WorkflowStatus.COMPLETED ? content : null;
        }

        /**
         * The failure.
         *
         * @return the content, if the workflow is FAILED, CANCELLED or TERMINATED; else null
         */
        public @Nullable String failure() {
            return status.isFinal() && status != WorkflowStatus.COMPLETED ? content : null;
        }

        /**
         * The report for a person.
         *
         * @return the content, if the workflow NEEDS_ATTENTION; else null
         */
        public @Nullable String attention() {
            return status == WorkflowStatus.NEEDS_ATTENTION ? content : null;
        }

        /**
         * When it is over.
         *
         * @return null if it waits for a person
         */
        public @Nullable Instant overAt() {
            return status.isFinal() ? finishedAt : null;
        }

        /**
         * Whether a workflow has ended just so.
         *
         * @param recorded what the table holds
         * @return true if status and content agree
         */
        public boolean isSameAs(WorkflowRecord recorded) {
            return status == recorded.status()
                    && Objects.equals(output(), recorded.output())
                    && Objects.equals(failure(), recorded.failure())
                    && Objects.equals(attention(), recorded.attention());
        }
    }

    /**
     * Gives a running workflow back: DUE after a delay, in nobody's hands. Refused unless it is RUNNING at this epoch in the hands of this
     * executor, or already DUE at this epoch; and, if it runs and {@code ifWakeSeq} is given, with that {@code wakeSeq} (else something woke it
     * up meanwhile, and it must look again).
     *
     * @param workflowId the workflow
     * @param epoch the run's epoch
     * @param delay until it may be claimed again, by the store's clock; null: until something wakes it up
     * @param ifWakeSeq the wake-up counter that was seen, or null not to compare
     * @param waitsFor the {@linkplain Message#topic() topics} that make it due before its time; null if any message does
     * @param strike whether the run ended in an {@link Error}: then the row's count of strikes becomes 1 if the run recorded a final step state, else
     *     one more than before
     */
    record Release(
            String workflowId,
            long epoch,
            @Nullable Duration delay,
            @Nullable Long ifWakeSeq,
            @Nullable List<String> waitsFor,
            boolean strike)
            implements Operation {
        /** Checks what is never null. */
        public Release {
            Objects.requireNonNull(workflowId, "workflowId");
            waitsFor = waitsFor == null ? null : List.copyOf(waitsFor);
        }

        /**
         * Gives a workflow back, due at once, whatever has come meanwhile.
         *
         * @param workflowId the workflow
         * @param epoch the run's epoch
         * @return the operation, to be described further
         */
        public static Release of(String workflowId, long epoch) {
            return new Release(workflowId, epoch, Duration.ZERO, null, null, false);
        }

        /**
         * Due later.
         *
         * @param later after this time, by the store's clock; null: not until something wakes it up
         * @return this, so
         */
        public Release in(@Nullable Duration later) {
            return new Release(workflowId, epoch, later, ifWakeSeq, waitsFor, strike);
        }

        /**
         * Only if nothing has come since.
         *
         * @param seen the wake-up counter
         * @return this, so
         */
        public Release ifWakeSeq(long seen) {
            return new Release(workflowId, epoch, delay, seen, waitsFor, strike);
        }

        /**
         * Not woken by every message.
         *
         * @param topics those that it waits for; null: any
         * @return this, so
         */
        public Release waitingFor(@Nullable List<String> topics) {
            return new Release(workflowId, epoch, delay, ifWakeSeq, topics, strike);
        }

        /**
         * After an {@link Error}.
         *
         * @return this, with a strike
         */
        public Release withStrike() {
            return new Release(workflowId, epoch, delay, ifWakeSeq, waitsFor, true);
        }

        @Override
        public <T extends @Nullable Object, X extends Exception> T visit(Visitor<T, X> visitor) throws X {
            return visitor.release(this);
        }

        /**
         * Whether a workflow is released already: what a release whose answer was lost finds when it is written again.
         *
         * @param recorded what the table holds
         * @return true if it is in nobody's hands at this epoch: DUE, or paused or terminated since
         */
        public boolean isWrittenAs(WorkflowRecord recorded) {
            return recorded.epoch() == epoch && recorded.status() != WorkflowStatus.RUNNING;
        }

        @Override
        public @Nullable Duration dueIn() {
            return delay;
        }
    }
}
