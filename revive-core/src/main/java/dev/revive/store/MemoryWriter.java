// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Writes one batch: what an operation is accepted by, and what it does to its row. */
final class MemoryWriter implements Operation.Visitor<Answer, RuntimeException> {
    private final MemoryTables tables;
    private final String executorId;
    private final Instant now;
    private final List<Operation> batch;

    MemoryWriter(MemoryTables tables, String executorId, Instant now, List<Operation> batch) {
        this.tables = tables;
        this.executorId = executorId;
        this.now = now;
        this.batch = batch;
    }

    /** Each operation in turn, as one transaction would do it; after one that is not accepted the workflow's later ones are refused. */
    List<Answer> write() {
        Set<String> refused = new HashSet<>();
        List<Answer> answers = new ArrayList<>();
        for (Operation operation : batch) {
            Answer answer = refused.contains(operation.workflowId()) ? Answer.REFUSED : operation.visit(this);
            if (!answer.isDurable()) {
                refused.add(operation.workflowId());
            }
            answers.add(answer);
        }
        return answers;
    }

    @Override
    public Answer create(Operation.Create create) {
        WorkflowRecord recorded = tables.workflow(create.workflowId());
        if (recorded == null) {
            tables.put(WorkflowRows.created(create, executorId, now));
            return Answer.ACCEPTED;
        }
        return create.isWrittenAs(recorded, executorId, batch) ? Answer.ACCEPTED : Answer.EXISTS;
    }

    @Override
    public Answer checkpoint(Operation.Checkpoint checkpoint) {
        return changed(checkpoint, workflow -> record(workflow, checkpoint.step()));
    }

    @Override
    public Answer receive(Operation.Receive receive) {
        return changed(receive, workflow -> isRecorded(workflow, receive.step()) || receive(workflow, receive));
    }

    private boolean receive(WorkflowRecord workflow, Operation.Receive receive) {
        Message message = tables.messages(workflow.id()).get(receive.position());
        if (message == null || message.receivedAt() != null || !record(workflow, receive.step())) {
            return false;
        }
        tables.put(message.received(receive.step().recordedAt()));
        return true;
    }

    @Override
    public Answer send(Operation.Send send) {
        WorkflowRecord workflow = tables.workflow(send.workflowId());
        StepRecord recorded = tables.recorded(send.step(Arrival.ARRIVED));
        if (recorded == null && workflow != null && workflow.isHeldBy(executorId, send.epoch())) {
            Arrival arrival = tables.deliver(send.letter(), now);
            tables.put(send.step(arrival));
            return Operation.Send.answer(arrival);
        }
        return recorded == null || workflow == null || workflow.epoch() != send.epoch()
                ? Answer.REFUSED
                : send.arrival(recorded).map(Operation.Send::answer).orElse(Answer.REFUSED);
    }

    @Override
    public Answer startChild(Operation.StartChild start) {
        WorkflowRecord parent = tables.workflow(start.workflowId());
        StepRecord recorded = tables.recorded(start.started());
        if (recorded != null || parent == null || !parent.isHeldBy(executorId, start.epoch())) {
            boolean isOfThisRun = parent != null && parent.epoch() == start.epoch();
            return recorded != null && isOfThisRun ? start.answerOf(recorded) : Answer.REFUSED;
        }
        WorkflowRecord there = tables.workflow(start.child().id());
        Answer answer = start.answer(there);
        if (there == null) {
            tables.put(WorkflowRows.created(start.create(), executorId, now));
        }
        tables.put(start.step(answer));
        return answer;
    }

    private boolean record(WorkflowRecord workflow, StepRecord step) {
        if (isRecorded(workflow, step)) {
            return true;
        }
        StepRecord recorded = tables.recorded(step);
        if (!mayFollow(step, recorded) || !workflow.isHeldBy(executorId, step.epoch())) {
            return false;
        }
        tables.put(step);
        return true;
    }

    private boolean isRecorded(WorkflowRecord workflow, StepRecord step) {
        StepRecord recorded = tables.recorded(step);
        return recorded != null && step.isSameAs(recorded) && workflow.epoch() == step.epoch();
    }

    private static boolean mayFollow(StepRecord step, @Nullable StepRecord recorded) {
        return recorded == null || (step.key().equals(recorded.key()) && step.maySucceed(recorded));
    }

    @Override
    public Answer finish(Operation.Finish finish) {
        return changed(finish, workflow -> {
            if (workflow.isHeldBy(executorId, finish.epoch())) {
                boolean isWanted = finish.isWanted(tables.unread(workflow.id()));
                if (isWanted) {
                    tables.put(WorkflowRows.finished(workflow, finish));
                }
                return isWanted;
            }
            return workflow.epoch() == finish.epoch() && finish.isSameAs(workflow);
        });
    }

    @Override
    public Answer release(Operation.Release release) {
        return changed(release, workflow -> release.isWrittenAs(workflow) || giveBack(workflow, release));
    }

    private boolean giveBack(WorkflowRecord workflow, Operation.Release release) {
        boolean isAsSeen = release.ifWakeSeq() == null || release.ifWakeSeq() == workflow.wakeSeq();
        if (!isAsSeen || !workflow.isHeldBy(executorId, release.epoch())) {
            return false;
        }
        Instant dueAt = release.delay() == null ? null : now.plus(release.delay());
        int strikes = release.strike() ? tables.strikesAfter(workflow) : workflow.strikes();
        tables.put(WorkflowRows.due(workflow, dueAt, strikes));
        tables.waitFor(workflow.id(), release.waitsFor());
        return true;
    }

    private Answer changed(Operation operation, Predicate<WorkflowRecord> change) {
        WorkflowRecord workflow = tables.workflow(operation.workflowId());
        return workflow != null && change.test(workflow) ? Answer.ACCEPTED : Answer.REFUSED;
    }
}
