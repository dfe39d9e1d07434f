// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.codec.Payloads;
import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.run.Registry;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.Answer;
import dev.revive.store.ChildCall;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.StepDraft;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.thread.Nanos;
import dev.revive.workflow.Child;
import dev.revive.workflow.ChildIdTakenException;
import dev.revive.workflow.ChildOptions;
import dev.revive.workflow.Failure;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code start()}: COMPLETED with the child's row, or FAILED without, since its id is another's. Its one write is not waited for: who asks
 * for the result hears what became of it.
 */
final class StartCall<I extends @Nullable Object, O extends @Nullable Object> {
    private static final int LONGEST_ID = 255;

    private final Scope scope;
    private final Run run;
    private final Call call;
    private final Workflow<I, O> workflow;
    private final I input;
    private final ChildOptions options;
    private final UUID spareId;

    /** @param spareId the same in every run, and another for every call: for want of room for one that tells more */
    StartCall(Scope scope, Call call, Workflow<I, O> workflow, I input, ChildOptions options, UUID spareId) {
        this.scope = scope;
        this.run = scope.run();
        this.call = call;
        this.workflow = workflow;
        this.input = input;
        this.options = options;
        this.spareId = spareId;
    }

    Child<O> run() {
        StepRecord recorded = call.recorded();
        if (recorded == null) {
            scope.leaveIfCancelAsked();
            return start();
        }
        scope.passed(recorded);
        Answer answer = recorded.status() == StepStatus.FAILED ? Answer.TAKEN : Answer.ACCEPTED;
        return new OwnChild<>(run, ChildCall.childId(recorded).orElseGet(this::id), workflow, () -> answer);
    }

    private Child<O> start() {
        NewWorkflow child = child();
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash point exact
        }
        run.crashAt(CrashPoint.BEFORE_STARTED, call.key(), 1);
        run.check();
        if (options.whenParentEnds() != ParentClosePolicy.ABANDON) {
            run.hasChild(child.id());
        }
        StepDraft draft = StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .at(child.createdAt())
                .detail(new ChildCall(child.id(), options.whenParentEnds()).detail());
        StepRecord started = draft.completed(null);
        Supplier<Answer> answer = run.start(
                new Operation.StartChild(child, started, started.change().failed(taken(child.id()))));
        scope.passed(started);
        return new OwnChild<>(run, child.id(), workflow, answer);
    }

    private String taken(String childId) {
        Failure why = Failure.of(
                Failure.Kind.THROWN,
                new IllegalArgumentException(ChildIdTakenException.message(run.id(), workflow.name(), childId)));
        return Documents.write(why);
    }

    private NewWorkflow child() {
        Payloads payloads = run.tools().payloads();
        Type type = workflow.input().type();
        payloads.check(workflow.output().type());
        Instant now = run.tools().now();
        return new NewWorkflow(
                        id(),
                        Registry.typeOf(workflow),
                        payloads.encodeInput(input, type),
                        payloads.inputHash(input, type),
                        now,
                        deadline(now),
                        null)
                .childOf(run.asParent(call.key()));
    }

    /** That of its parent, unless its own is earlier. A parent that cleans up since its time was up has as long as its clean-up has. */
    private @Nullable Instant deadline(Instant now) {
        Instant parents = run.limit();
        Duration timeout = options.timeout();
        Instant own = timeout == null ? null : now.plusNanos(Nanos.of(timeout)).truncatedTo(ChronoUnit.MICROS);
        return own == null || (parents != null && parents.isBefore(own)) ? parents : own;
    }

    private String id() {
        String chosen = options.id();
        if (chosen != null) {
            return chosen;
        }
        StepKey key = call.key();
        String made = run.id() + "/" + (key.scope().isEmpty() ? "" : key.scope() + ".") + key.sequence();
        return made.length() <= LONGEST_ID ? made : spareId.toString();
    }
}
