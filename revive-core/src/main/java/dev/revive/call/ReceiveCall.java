// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.journal.Call;
import dev.revive.run.Scope;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.StepRecord;
import dev.revive.workflow.Signal;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code await()} for a signal. What it received, and that the message is received, is one write: a crash before it leaves the message where it
 * was.
 *
 * <p>Which message comes to which of two branches that wait for the same is chance, and what is recorded is what counts.
 */
final class ReceiveCall<T> extends AwaitCall<T> {
    private final Signal<T> signal;

    /** @param atMost how long it may wait; null for ever */
    ReceiveCall(Scope scope, Call call, Signal<T> signal, @Nullable Duration atMost) {
        super(scope, call, Message.topic(MessageKind.SIGNAL, signal.name()), signal.type(), atMost);
        this.signal = signal;
    }

    @Override
    @Nullable
    Message look() {
        if (!run.mailbox().has(topic)) {
            return null;
        }
        scope.takeTurn();
        scope.leaveIfCancelAsked();
        Message message = scope.mustLetOthersGoFirst() ? null : run.mailbox().take(topic);
        if (message == null) {
            scope.leaveTurn(); // another branch has it, or may be about to decide
        }
        return message;
    }

    @Override
    Optional<T> received(Message message, @Nullable StepRecord started) {
        String payload = Objects.requireNonNull(message.payload(), "what is not received has a payload");
        T value = decoded(payload);
        StepRecord outcome =
                state(started).detail(Long.toString(message.position())).completed(payload);
        run.receive(outcome, started == null, message);
        scope.passed(outcome);
        scope.hold();
        return Optional.of(value);
    }

    @Override
    String described() {
        return "a signal \"" + signal.name() + "\"";
    }
}
