// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.journal.Call;
import dev.revive.journal.MismatchException;
import dev.revive.run.Scope;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.StepDraft;
import dev.revive.store.StepRecord;
import dev.revive.workflow.AwakeableFailedException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.StepStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code await()} for an awakeable. A completion is a fact, and nobody takes it away: it stays in the inbox, so that each wait for it comes to
 * the same end, in branches and after crashes too, and what a wait records is a copy.
 */
final class CompletionCall<T> extends AwaitCall<T> {
    private static final String AWAKEABLE = "awakeable";

    private final OwnAwakeable<T> awakeable;

    /** @param atMost how long it may wait; null for ever */
    CompletionCall(Scope scope, Call call, OwnAwakeable<T> awakeable, @Nullable Duration atMost) {
        super(scope, call, Message.topic(MessageKind.COMPLETION, awakeable.subject()), awakeable.type(), atMost);
        this.awakeable = awakeable;
    }

    /** Two may have one name, and to mistake them is to mistake what came for them. */
    @Override
    Optional<T> run() {
        StepRecord step = call.recorded();
        String recorded =
                Documents.detail(step == null ? null : step.detail(), AWAKEABLE).orElse(awakeable.position());
        if (!recorded.equals(awakeable.position())) {
            throw run.mismatch(
                    new MismatchException(call.key().position(), described(recorded), described(awakeable.position())));
        }
        return super.run();
    }

    @Override
    Optional<T> replay(StepRecord recorded) {
        if (recorded.status() == StepStatus.FAILED) {
            throw failed(recorded);
        }
        return super.replay(recorded);
    }

    @Override
    @Nullable
    Message look() {
        return run.mailbox().first(topic);
    }

    @Override
    Optional<T> received(Message message, @Nullable StepRecord started) {
        String payload = Objects.requireNonNull(message.payload(), "nobody receives it");
        if (message.kind() == MessageKind.FAILURE) {
            throw failed(record(state(started).failed(Documents.write(failure(payload))), started));
        }
        T value = decoded(payload);
        scope.passed(record(state(started).completed(payload), started));
        return Optional.of(value);
    }

    private StepRecord record(StepRecord outcome, @Nullable StepRecord started) {
        run.checkpoint(outcome, started == null);
        return outcome;
    }

    private static Failure failure(String payload) {
        return new Failure(
                Failure.Kind.THROWN,
                AwakeableFailedException.class.getName(),
                Documents.text(payload).orElse(payload),
                List.of(),
                null);
    }

    private AwakeableFailedException failed(StepRecord recorded) {
        scope.passed(recorded);
        return new AwakeableFailedException(
                run.id(),
                awakeable.name(),
                call.key().position(),
                Documents.failure(Objects.requireNonNull(recorded.failure())));
    }

    @Override
    StepDraft draft(Instant startedAt) {
        return super.draft(startedAt).detail(Documents.write(Map.of(AWAKEABLE, awakeable.position())));
    }

    @Override
    String described() {
        return "what awakeable \"" + awakeable.name() + "\" was completed with";
    }

    private String described(String position) {
        return "a wait for awakeable \"" + awakeable.name() + "\" of " + position;
    }
}
