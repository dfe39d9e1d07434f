// SPDX-License-Identifier: Apache-2.0
package dev.revive.client;

import dev.revive.codec.Documents;
import dev.revive.store.Arrival;
import dev.revive.store.AwakeableId;
import dev.revive.store.Letter;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.StepRecord;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowReads;
import dev.revive.workflow.AwakeableCompletedException;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.CompletionNotDeliveredException;
import dev.revive.workflow.CompletionNotDeliveredException.Reason;
import dev.revive.workflow.CompletionOutcomeUnknownException;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.WaitInterruptedException;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An awakeable by its id, over the store: looks whether there is one, sends what it is completed with under the awakeable's own key, so that the first
 * counts, and then looks whether that was this one.
 */
public final class StoredAwakeable {
    private static final int LONGEST_REASON = 4_000;

    private final Client client;
    private final String text;

    /** @param text an id, as somebody brings it */
    public StoredAwakeable(Client client, String text) {
        this.client = client;
        this.text = text;
    }

    /** With a value of a class that has no type arguments: the value does not tell them. */
    public void complete(Object value) {
        Class<?> type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
        if (type.getTypeParameters().length > 0) {
            throw new SerializationException(
                    "A value of %s does not tell its type arguments. Say what it is: complete(id, value, new TypeRef<List<Order>>() {})."
                            .formatted(type.getName()));
        }
        complete(value, TypeRef.ofType(type));
    }

    /** With a value of a declared type. */
    public void complete(Object value, TypeRef<?> declared) {
        Type type = declared.type();
        send(
                "complete",
                MessageKind.COMPLETION,
                () -> client.host().payloads().encodeInput(value, type),
                (before, now) -> client.host().payloads().isSameInput(before, now, type));
    }

    public void fail(String reason) {
        String cut = reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "...";
        send("fail", MessageKind.FAILURE, () -> Documents.write(cut), String::equals);
    }

    private void send(String what, MessageKind kind, Supplier<String> payload, BiPredicate<String, String> isSame) {
        client.host().userThreads().requireStepOrOutside(what + " of an awakeable");
        client.host().requireRunning();
        AwakeableId id = AwakeableId.parse(text).orElseThrow(StoredAwakeable::notFound);
        String now = payload.get();
        StepRecord made = client.ask(store -> find(store, id)).orElseThrow(StoredAwakeable::notFound);
        deliver(
                id,
                made,
                new Letter(
                        id.workflowId(),
                        kind,
                        id.name(),
                        id.key(),
                        now,
                        client.host().now(),
                        null));
        Message first = first(id, made);
        if (first.kind() != kind || !isSame.test(first.payload() == null ? "" : first.payload(), now)) {
            throw new AwakeableCompletedException(
                    id.workflowId(), made.key().name(), first.sentAt(), first.kind() == MessageKind.FAILURE);
        }
    }

    /** The call that made it. After a retry its place may be empty still: if it is asked for again, it will be this one. */
    private static Optional<StepRecord> find(WorkflowReads store, AwakeableId id) {
        return store.step(id.workflowId(), id.scope(), id.sequence())
                .or(() -> store.pastSteps(id.workflowId(), id.scope(), id.sequence()).stream()
                        .filter(past -> isMadeBy(id, past))
                        .findFirst())
                .filter(call -> isMadeBy(id, call));
    }

    private static boolean isMadeBy(AwakeableId id, StepRecord call) {
        return call.kind() == CallKind.AWAKEABLE && id.isOf(call);
    }

    private void deliver(AwakeableId id, StepRecord made, Letter letter) {
        try {
            Arrival arrival = client.deliver(letter);
            if (arrival == Arrival.NOT_FOUND) {
                throw notFound();
            }
            if (arrival == Arrival.ENDED) {
                throw new CompletionNotDeliveredException(
                        "Workflow %s has ended, and its awakeable \"%s\" was not completed before: nobody waits for it."
                                .formatted(id.workflowId(), made.key().name()),
                        Reason.ENDED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WaitInterruptedException(
                    "Interrupted while awakeable \"%s\" of workflow %s was being completed; it may be. Complete it again, with the same."
                            .formatted(made.key().name(), id.workflowId()),
                    e);
        } catch (TimeoutException e) {
            throw unknown(id, made, e.getCause());
        }
    }

    /** What counts. */
    private Message first(AwakeableId id, StepRecord made) {
        try {
            return client.ask(store -> store.message(id.workflowId(), id.key())).orElseThrow(StoredAwakeable::notFound);
        } catch (StoreUnavailableException e) {
            throw unknown(id, made, e);
        }
    }

    private static CompletionOutcomeUnknownException unknown(
            AwakeableId id, StepRecord made, @Nullable Throwable cause) {
        return new CompletionOutcomeUnknownException(
                id.workflowId(),
                "The store did not say in time whether awakeable \"%s\" of workflow %s is completed. It may be, or still may: complete it again, with the same."
                        .formatted(made.key().name(), id.workflowId()),
                cause);
    }

    private static CompletionNotDeliveredException notFound() {
        return new CompletionNotDeliveredException(
                "This is the id of no awakeable. Was it changed on its way, or its workflow deleted, or retried with other code?",
                Reason.NOT_FOUND);
    }
}
