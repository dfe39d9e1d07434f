// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.run.Attentions;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.StepDraft;
import dev.revive.store.StepRecord;
import dev.revive.thread.Nanos;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.Signal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code await()}: STARTED with its time limit, if it really has to wait, then COMPLETED with what it received, or with nothing if the time
 * was up. What it received, and that the message is received, is one write: a crash before it leaves the message where it was.
 *
 * <p>Which message comes to which of two branches that wait for the same is chance, and what is recorded is what counts.
 */
final class AwaitCall<T> {
    private final Scope scope;
    private final Run run;
    private final Call call;
    private final Signal<T> signal;
    private final String topic;
    private final @Nullable Duration atMost;

    /** @param atMost how long it may wait; null for ever */
    AwaitCall(Scope scope, Call call, Signal<T> signal, @Nullable Duration atMost) {
        this.scope = scope;
        this.run = scope.run();
        this.call = call;
        this.signal = signal;
        this.topic = Message.topic(MessageKind.SIGNAL, signal.name());
        this.atMost = atMost;
    }

    Optional<T> run() {
        StepRecord recorded = call.recorded();
        if (recorded != null && recorded.status().isFinal()) {
            scope.passed(recorded);
            return Optional.ofNullable(recorded.output()).map(this::decoded);
        }
        scope.leaveIfCancelAsked();
        Message message = run.mailbox().take(topic);
        if (message == null) {
            recorded = recorded == null ? begin() : recorded;
            message = await(recorded.nextAt());
        }
        return message == null ? nothing(Objects.requireNonNull(recorded)) : received(message, recorded);
    }

    /** Nobody, that is to say, a time limit, may come between the last look and what is recorded of it: what comes later is for the next call. */
    private @Nullable Message await(@Nullable Instant until) {
        while (true) {
            scope.awaitNews(topic, until);
            Message message = run.mailbox().take(topic);
            if (message != null) {
                return message;
            }
            if (until != null && !until.isAfter(run.tools().exactNow())) {
                run.lookIntoInbox();
                scope.leaveIfMust();
                return run.mailbox().take(topic);
            }
        }
    }

    private Optional<T> received(Message message, @Nullable StepRecord started) {
        String payload = Objects.requireNonNull(message.payload(), "what is not received has a payload");
        T value = decoded(payload);
        StepRecord outcome =
                state(started).detail(Long.toString(message.position())).completed(payload);
        run.receive(outcome, started == null, message);
        scope.passed(outcome);
        return Optional.of(value);
    }

    private Optional<T> nothing(StepRecord started) {
        StepRecord outcome = state(started).completed(null);
        scope.record(outcome, false);
        scope.passed(outcome);
        return Optional.empty();
    }

    @SuppressWarnings("unchecked") // decoded as the signal's own type
    private T decoded(String json) {
        try {
            Object value = run.tools().payloads().decode(json, signal.type().type());
            if (value == null) {
                throw new SerializationException("It carries null, and signals are never null.");
            }
            return (T) value;
        } catch (SerializationException e) {
            throw run.needsAttention(Attentions.unreadableMessage(run.id(), signal, e));
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

    private StepDraft state(@Nullable StepRecord started) {
        return draft(started == null ? run.tools().now() : started.startedAt());
    }

    private StepDraft draft(Instant startedAt) {
        return StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .at(startedAt)
                .recordedAt(run.tools().now());
    }
}
