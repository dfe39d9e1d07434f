// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.journal.MismatchException;
import dev.revive.run.Attentions;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.ChildCall;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.StepDraft;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.ChildFailedException;
import dev.revive.workflow.ChildIdTakenException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code await()} for a child. That the child has ended is a fact, which nobody takes away: each wait for it comes to the same end, and what a
 * wait records is a copy. Unless the child has failed and was retried since: then its row says that it goes on, and so does the wait.
 */
final class ResultCall<T extends @Nullable Object> {
    private static final String CHILD = "child";

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final int LOOKS = 10;

    private final Scope scope;
    private final Run run;
    private final Call call;
    private final OwnChild<T> child;
    private final String topic;

    ResultCall(Scope scope, Call call, OwnChild<T> child) {
        this.scope = scope;
        this.run = scope.run();
        this.call = call;
        this.child = child;
        this.topic = Message.topic(MessageKind.END, child.id());
    }

    T run() {
        StepRecord recorded = call.recorded();
        if (recorded != null && recorded.status().isFinal()) {
            requireSame(recorded);
            return replay(recorded);
        }
        scope.leaveIfCancelAsked();
        StepRecord started = recorded;
        StepRecord outcome = child.isTaken() ? taken(started) : ended(started);
        while (outcome == null) {
            started = started == null ? begin() : started;
            if (child.isAttached()) {
                scope.awaitUntil(nextLook(started));
            } else {
                scope.awaitNews(topic, null);
            }
            outcome = ended(started);
        }
        if (outcome.status() == StepStatus.FAILED) {
            record(outcome, started);
            throw failed(outcome);
        }
        T value = decoded(outcome); // or it would be recorded, and could not be read
        record(outcome, started);
        return value;
    }

    private void record(StepRecord outcome, @Nullable StepRecord started) {
        scope.record(outcome, started == null);
        ChildCall.endedChild(outcome).ifPresent(run::childEnded);
        scope.passed(outcome);
    }

    /** Two may be of one workflow, and to mistake them is to mistake their results. */
    private void requireSame(StepRecord recorded) {
        String before = ChildCall.childId(recorded).orElse(child.id());
        if (!before.equals(child.id())) {
            throw run.mismatch(new MismatchException(
                    call.key().position(), "a wait for child " + before, "a wait for child " + child.id()));
        }
    }

    /** Ever more rarely: so many times in the time that the wait has lasted. */
    private Instant nextLook(StepRecord started) {
        Instant now = run.tools().exactNow();
        Duration pause = Duration.between(started.startedAt(), now).dividedBy(LOOKS);
        Duration atLeast = pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
        return now.plus(atLeast.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : atLeast);
    }

    /** Null as long as it is at work. */
    private @Nullable StepRecord ended(@Nullable StepRecord started) {
        if (child.isAttached()) {
            run.awaitDurable(); // it may be this run that starts it
            return ofRow(started);
        }
        for (Message news = news(); news != null; news = news()) {
            StepRecord outcome = news.kind() == MessageKind.RESULT
                    ? state(started, WorkflowStatus.COMPLETED.name()).completed(news.payload())
                    : ofRow(started);
            if (outcome != null) {
                return outcome;
            }
            run.mailbox().drop(news);
        }
        return null;
    }

    private @Nullable Message news() {
        return run.mailbox().first(topic);
    }

    private @Nullable StepRecord ofRow(@Nullable StepRecord started) {
        Optional<WorkflowRecord> row = run.find(child.id());
        if (child.isAttached() && row.isEmpty()) {
            boolean isOnItsWay = run.isOnItsWay(child.id());
            row = run.find(child.id()); // it may have come since the first look
            if (row.isEmpty() && isOnItsWay) {
                return null;
            }
        }
        row = row.filter(child.isAttached() ? this::isNamedSo : this::isMine);
        scope.leaveIfCancelAsked();
        if (row.isEmpty()) {
            return state(started, WorkflowStatus.UNKNOWN.name())
                    .failed(Documents.write(child.isAttached() ? notThere() : gone()));
        }
        WorkflowStatus status = row.get().status();
        if (!status.isFinal()) {
            return null;
        }
        StepDraft draft = state(started, status.name());
        return status == WorkflowStatus.COMPLETED
                ? draft.completed(row.get().output())
                : draft.failed(Documents.write(
                        Documents.failure(Objects.requireNonNull(row.get().failure(), "failure"))));
    }

    private boolean isMine(WorkflowRecord row) {
        return row.parent() != null && row.parent().workflowId().equals(run.id());
    }

    private boolean isNamedSo(WorkflowRecord row) {
        return row.type().name().equals(child.workflow().name());
    }

    private Failure notThere() {
        return new Failure(
                Failure.Kind.OUTCOME_UNKNOWN,
                ChildFailedException.class.getName(),
                "There is no workflow of the name \"%s\" under this id. Attach one that was started before, by its own name."
                        .formatted(child.workflow().name()),
                List.of(),
                null);
    }

    private Failure gone() {
        return new Failure(
                Failure.Kind.OUTCOME_UNKNOWN,
                ChildFailedException.class.getName(),
                "It has ended, and its row is gone: somebody deleted it before its result was asked for.",
                List.of(),
                null);
    }

    private StepRecord taken(@Nullable StepRecord started) {
        String message =
                ChildIdTakenException.message(run.id(), child.workflow().name(), child.id());
        Failure why = new Failure(Failure.Kind.THROWN, ChildIdTakenException.class.getName(), message, List.of(), null);
        return state(started, ChildCall.TAKEN).failed(Documents.write(why));
    }

    /** The same as in the run where it was heard of. */
    private T replay(StepRecord recorded) {
        scope.passed(recorded);
        if (recorded.status() == StepStatus.FAILED) {
            throw failed(recorded);
        }
        return decoded(recorded);
    }

    private StepFailedException failed(StepRecord recorded) {
        Failure why = Documents.failure(Objects.requireNonNull(recorded.failure(), "failure"));
        String name = child.workflow().name();
        String position = call.key().position();
        String status = Documents.detail(recorded.detail(), ChildCall.STATUS).orElse("");
        return status.equals(ChildCall.TAKEN)
                ? new ChildIdTakenException(run.id(), name, position, child.id(), why)
                : new ChildFailedException(run.id(), name, position, child.id(), known(status), why);
    }

    private static WorkflowStatus known(String name) {
        for (WorkflowStatus status : WorkflowStatus.values()) {
            if (status.name().equals(name)) {
                return status;
            }
        }
        return WorkflowStatus.UNKNOWN;
    }

    @SuppressWarnings({"unchecked", "NullAway"
    }) // decoded as the type that was asked for; null if that is what it returned
    private T decoded(StepRecord outcome) {
        TypeRef<T> type = child.workflow().output();
        try {
            String json = Objects.requireNonNullElse(outcome.output(), "null");
            return (T) run.tools().payloads().decode(json, type.type());
        } catch (SerializationException e) {
            throw run.needsAttention(
                    Attentions.unreadableMessage(run.id(), "the result of child \"" + child.id() + "\"", type, e));
        }
    }

    private StepRecord begin() {
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash point exact
        }
        run.crashAt(CrashPoint.BEFORE_STARTED, call.key(), 1);
        run.check();
        StepRecord started = state(null, "").started();
        scope.record(started, true);
        return started;
    }

    private StepDraft state(@Nullable StepRecord started, String status) {
        return StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .at(started == null ? run.tools().now() : started.startedAt())
                .recordedAt(run.tools().now())
                .detail(Documents.write(
                        status.isEmpty()
                                ? Map.of(CHILD, child.id())
                                : Map.of(CHILD, child.id(), ChildCall.STATUS, status)));
    }
}
