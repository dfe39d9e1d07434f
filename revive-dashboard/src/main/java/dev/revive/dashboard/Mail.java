// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.codec.Documents;
import dev.revive.codec.JsonText;
import dev.revive.store.Arrival;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalOptions;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The routes that put a message into a workflow's inbox: a signal, or what somebody wants of it. */
final class Mail {
    private static final String TOO_LATE = "It has ended, or there is no such workflow.";

    private final Settings settings;
    private final WorkflowStore store;
    private final Changes changes;

    Mail(Settings settings, Changes changes) {
        this.settings = settings;
        this.store = settings.store();
        this.changes = changes;
    }

    void addTo(RoutesConfig routes) {
        String path = settings.basePath() + Api.PATH + "/workflow";
        routes.post(path + "/signal", this::signal);
        routes.post(path + "/cancel", ctx -> want(ctx, MessageKind.CANCEL, Failure::cancelled));
        routes.post(path + "/terminate", ctx -> want(ctx, MessageKind.TERMINATE, Failure::terminated));
        routes.post(path + "/pause", ctx -> want(ctx, MessageKind.PAUSE, Failure::cancelled));
    }

    private void signal(Context ctx) {
        Body body = Body.of(ctx);
        String id = body.id();
        String name = name(body);
        String key = body.textIfAny("idempotencyKey").map(Mail::keyOf).orElseGet(Mail::freshKey);
        String payload = JsonText.storable(value(body).toString());
        send(ctx, "signal " + name, id, new Letter(id, MessageKind.SIGNAL, name, key, payload, Changes.now(), null));
    }

    private static String name(Body body) {
        try {
            return Signal.named(body.text("signal"), Object.class).name();
        } catch (IllegalArgumentException e) {
            throw Body.bad("signal is a name of 1 to 200 characters, not blank.");
        }
    }

    private static String keyOf(String key) {
        try {
            SignalOptions.idempotencyKey(key);
            return Letter.ofUser(key);
        } catch (IllegalArgumentException e) {
            throw Body.bad("idempotencyKey is a text of 1 to 200 characters, not blank.");
        }
    }

    private static String freshKey() {
        return Letter.ofSender(UUID.randomUUID());
    }

    private static JsonNode value(Body body) {
        JsonNode value = body.json().path("value");
        if (value.isMissingNode() || value.isNull()) {
            throw Body.bad("A signal carries a value: any JSON but null.");
        }
        return value;
    }

    private void want(Context ctx, MessageKind what, Function<@Nullable String, Failure> why) {
        Body body = Body.of(ctx);
        String id = body.id();
        Letter intent = Letter.intent(id, what, freshKey(), Documents.write(why.apply(body.reason())), Changes.now());
        send(ctx, intent.name(), id, intent);
    }

    private void send(Context ctx, String what, String id, Letter letter) {
        changes.make(ctx, what, id, () -> isThere(store.send(List.of(letter)).get(0)), TOO_LATE);
    }

    private static boolean isThere(Arrival arrival) {
        if (arrival == Arrival.LOCKED) {
            throw RefusedException.forNow(
                    503, "The workflow is locked", "Somebody keeps its row locked. Nothing has changed; try it again.");
        }
        return arrival == Arrival.ARRIVED;
    }
}
