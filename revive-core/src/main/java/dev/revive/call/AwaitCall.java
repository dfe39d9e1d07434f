// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.run.Attentions;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.Message;
import dev.revive.store.StepDraft;
import dev.revive.store.StepRecord;
import dev.revive.thread.Nanos;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.TypeRef;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One wait for a message: STARTED with its time limit, if it really has to wait, then final with what came, or with nothing if the time was up. */
abstract class AwaitCall<T> {
    final Scope scope;
    final Run run;
    final Call call;
    final String topic;
    private final TypeRef<T> type;
    private final @Nullable Duration atMost;

    /**
     * A call of a scope.
     *
     * @param type of what comes
     * @param atMost how long it may wait; null for ever
     */
    AwaitCall(Scope scope, Call call, String topic, TypeRef<T> type, @Nullable Duration atMost) {
        this.scope = scope;
        this.run = scope.run();
        this.call = call;
        this.topic = topic;
        this.type = type;
        this.atMost = atMost;
    }

    Optional<T> run() {
        StepRecord recorded = call.recorded();
        if (recorded != null && recorded.status().isFinal()) {
            return replay(recorded);
        }
        scope.leaveIfCancelAsked();
        Message message = look();
        if (message == null) {
            recorded = recorded == null ? begin() : recorded;
            message = await(recorded.nextAt());
        }
        return message == null ? nothing(Objects.requireNonNull(recorded)) : received(message, recorded);
    }

    /** What came for it, if it is there. */
    abstract @Nullable Message look();

    /** Records what came. */
    abstract Optional<T> received(Message message, @Nullable StepRecord started);

    /** What it waits for, for people who are to mend that it cannot be read. */
    abstract String described();

    /** The same as in the run where it happened. */
    Optional<T> replay(StepRecord recorded) {
        scope.passed(recorded);
        return Optional.ofNullable(recorded.output()).map(this::decoded);
    }

    /** Nobody, that is to say, a time limit, may come between the last look and what is recorded of it: what comes later is for the next call. */
    private @Nullable Message await(@Nullable Instant until) {
        while (true) {
            scope.awaitNews(topic, until);
            Message message = look();
            if (message != null) {
                return message;
            }
            if (until != null && !until.isAfter(run.tools().exactNow())) {
                run.lookIntoInbox();
                scope.leaveIfCancelAsked();
                return look();
            }
        }
    }

    private Optional<T> nothing(StepRecord started) {
        StepRecord outcome = state(started).completed(null);
        scope.record(outcome, false);
        scope.passed(outcome);
        return Optional.empty();
    }

    @SuppressWarnings("unchecked") // decoded as the type that was asked for
    final T decoded(String json) {
        try {
            Object value = run.tools().payloads().decode(json, type.type());
            if (value == null) {
                throw new SerializationException("It carries null, and what is waited for is never null.");
            }
            return (T) value;
        } catch (SerializationException e) {
            throw run.needsAttention(Attentions.unreadableMessage(run.id(), described(), type, e));
        }
    }

    private StepRecord begin() {
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash point exact
        }
        run.crashAt(CrashPoint.BEFORE_STARTED, call.key(), 1);
        run.check();
        Instant now = run.tools().now();
        Instant until = atMost == null
                ? null
                : now.plusNanos(Math.max(0, Nanos.of(atMost))).truncatedTo(ChronoUnit.MICROS);
        StepRecord started = draft(now).nextAt(until).started();
        scope.record(started, true);
        return started;
    }

    final StepDraft state(@Nullable StepRecord started) {
        return draft(started == null ? run.tools().now() : started.startedAt());
    }

    StepDraft draft(Instant startedAt) {
        return StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .at(startedAt)
                .recordedAt(run.tools().now());
    }
}
