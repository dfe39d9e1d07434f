// SPDX-License-Identifier: Apache-2.0
package dev.revive.client;

import dev.revive.codec.Documents;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.WorkflowRef;
import dev.revive.workflow.WorkflowTerminatedException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A workflow by its id, over the store. */
public final class StoredRef implements WorkflowRef {
    private static final int MOST_REASON = 4_000;

    private final Client client;
    private final String id;

    public StoredRef(Client client, String id) {
        this.client = client;
        this.id = id;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public <T> void signal(Signal<T> signal, T value, SignalOptions options) {
        Objects.requireNonNull(signal, "signal");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(options, "options");
        client.host().userThreads().requireStepOrOutside("signal(" + signal + ")");
        client.host().requireRunning();
        String payload =
                client.host().payloads().encodeInput(value, signal.type().type());
        client.send(new Letter(
                id,
                MessageKind.SIGNAL,
                signal.name(),
                client.key(options),
                payload,
                client.host().now(),
                null));
    }

    @Override
    public boolean cancel(@Nullable String reason) {
        return want(MessageKind.CANCEL, Failure.Kind.CANCELLED, CancelledException.class, reason);
    }

    @Override
    public boolean terminate(@Nullable String reason) {
        return want(MessageKind.TERMINATE, Failure.Kind.TERMINATED, WorkflowTerminatedException.class, reason);
    }

    @Override
    public boolean pause(@Nullable String reason) {
        return want(MessageKind.PAUSE, Failure.Kind.CANCELLED, CancelledException.class, reason);
    }

    /** What it carries is what is recorded of it. */
    private boolean want(MessageKind what, Failure.Kind kind, Class<?> type, @Nullable String reason) {
        String verb = what.name().toLowerCase(Locale.ROOT);
        client.host().userThreads().requireStepOrOutside(verb + "(" + id + ")");
        client.host().requireRunning();
        Failure why = new Failure(kind, type.getName(), cut(reason), List.of(), null);
        return client.want(new Letter(
                id,
                what,
                verb,
                client.key(SignalOptions.defaults()),
                Documents.write(why),
                client.host().now(),
                null));
    }

    /** It is copied to every call that ends with it. */
    private static @Nullable String cut(@Nullable String reason) {
        return reason == null || reason.length() <= MOST_REASON ? reason : reason.substring(0, MOST_REASON) + "...";
    }

    @Override
    public boolean resume() {
        return client.resume(id);
    }
}
