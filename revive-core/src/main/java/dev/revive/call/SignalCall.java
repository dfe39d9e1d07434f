// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.codec.Payloads;
import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.Arrival;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.Operation;
import dev.revive.store.StepRecord;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalNotDeliveredException;
import dev.revive.workflow.SignalNotDeliveredException.Reason;
import dev.revive.workflow.StepStatus;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code workflow(id).signal()}: COMPLETED with the message in the other's inbox, or FAILED without. It has one row and one write, so it
 * cannot be half done; and it is waited for, since the store decides what becomes of it.
 */
final class SignalCall<T> {
    private static final String TO = "to";
    private static final String WHY = "undelivered";

    private final Scope scope;
    private final Run run;
    private final Call call;
    private final String to;
    private final Signal<T> signal;
    private final T value;
    private final UUID key;

    /** @param key the same in every run, and another for every call */
    SignalCall(Scope scope, Call call, String to, Signal<T> signal, T value, UUID key) {
        this.scope = scope;
        this.run = scope.run();
        this.call = call;
        this.to = to;
        this.signal = signal;
        this.value = value;
        this.key = key;
    }

    void run() {
        StepRecord recorded = call.recorded() == null ? ofPastLife() : call.recorded();
        if (recorded == null) {
            scope.leaveIfCancelAsked();
            recorded = send();
        }
        scope.passed(recorded);
        if (recorded.status() == StepStatus.FAILED) {
            throw undelivered(Documents.detail(recorded.detail(), WHY)
                    .map(Reason::valueOf)
                    .orElse(Reason.ENDED));
        }
    }

    /** What has arrived has: it is not sent again when its workflow is retried. Unless that now sends to another, to whom nothing has arrived. */
    private @Nullable StepRecord ofPastLife() {
        return Optional.ofNullable(run.past(call))
                .filter(past -> past.status() == StepStatus.COMPLETED)
                .filter(past -> Documents.detail(past.detail(), TO).equals(Optional.of(to)))
                .map(run::takeOver)
                .orElse(null);
    }

    private StepRecord send() {
        Operation.Send send = letter();
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash point exact
        }
        run.crashAt(CrashPoint.BEFORE_STARTED, call.key(), 1);
        run.check();
        return send.step(run.send(send));
    }

    private Operation.Send letter() {
        Payloads payloads = run.tools().payloads();
        Type type = signal.type().type();
        Instant now = run.tools().now();
        StepRecord sent = StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .at(now)
                .detail(Documents.write(Map.of(TO, to)))
                .completed(null);
        return new Operation.Send(
                Map.of(
                        Arrival.ARRIVED,
                        sent,
                        Arrival.NOT_FOUND,
                        undelivered(sent, Reason.NOT_FOUND),
                        Arrival.ENDED,
                        undelivered(sent, Reason.ENDED)),
                new Letter(
                        to,
                        MessageKind.SIGNAL,
                        signal.name(),
                        Letter.ofWorkflow(key),
                        payloads.encodeInput(value, type),
                        now,
                        null));
    }

    private StepRecord undelivered(StepRecord sent, Reason why) {
        return sent.change()
                .detail(Documents.write(Map.of(TO, to, WHY, why.name())))
                .failed(Documents.write(Failure.of(Failure.Kind.THROWN, undelivered(why))));
    }

    private SignalNotDeliveredException undelivered(Reason why) {
        return new SignalNotDeliveredException(to, signal.name(), why);
    }
}
