// SPDX-License-Identifier: Apache-2.0
package dev.revive.client;

import dev.revive.codec.Documents;
import dev.revive.codec.Payloads;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.WorkflowRef;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A workflow by its id, over the store. */
public final class StoredRef implements WorkflowRef {
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
        Payloads.requireValue(value);
        Objects.requireNonNull(options, "options");
        client.host()
                .userThreads()
                .requireStepOrOutside(
                        "signal(" + signal + ")", "Use ctx.workflow(id).signal(...): it arrives exactly once.");
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
        return want(MessageKind.CANCEL, Failure.cancelled(reason));
    }

    @Override
    public boolean terminate(@Nullable String reason) {
        return want(MessageKind.TERMINATE, Failure.terminated(reason));
    }

    @Override
    public boolean pause(@Nullable String reason) {
        return want(MessageKind.PAUSE, Failure.cancelled(reason));
    }

    private boolean want(MessageKind what, Failure why) {
        Letter intent = Letter.intent(
                id,
                what,
                client.key(SignalOptions.defaults()),
                Documents.write(why),
                client.host().now());
        client.host().userThreads().requireStepOrOutside(intent.name() + "(" + id + ")");
        client.host().requireRunning();
        return client.want(intent);
    }

    @Override
    public boolean resume() {
        return client.resume(id);
    }
}
