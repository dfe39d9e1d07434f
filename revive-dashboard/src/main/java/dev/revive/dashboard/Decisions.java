// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.codec.Documents;
import dev.revive.codec.JsonText;
import dev.revive.store.Retry;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Printable;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes that change something. Each does what it says or answers 409, and the log says who did it. */
final class Decisions {
    private static final Logger log = LoggerFactory.getLogger(Decisions.class);
    private static final int LONGEST_REASON = 2_000;

    private final Settings settings;
    private final WorkflowStore store;
    private final Reader reader;
    private final Answers answers;

    Decisions(Settings settings, Reader reader, Answers answers) {
        this.settings = settings;
        this.store = settings.store();
        this.reader = reader;
        this.answers = answers;
    }

    void addTo(RoutesConfig routes) {
        String path = settings.basePath() + Api.PATH + "/workflow";
        routes.post(path + "/resume", this::resume);
        routes.post(path + "/wake", this::wake);
        routes.post(path + "/decide", this::decide);
        routes.post(path + "/retry", this::retry);
    }

    private record Done(boolean done) {}

    private void resume(Context ctx) {
        String id = text(body(ctx), "id");
        act(
                ctx,
                "resume",
                id,
                () -> store.resume(id),
                "It does not need attention any more, or there is no such workflow.");
    }

    private void wake(Context ctx) {
        String id = text(body(ctx), "id");
        act(ctx, "wake", id, () -> store.wake(id), "It neither runs nor waits, or there is no such workflow.");
    }

    private void retry(Context ctx) {
        String id = text(body(ctx), "id");
        act(
                ctx,
                "retry",
                id,
                () -> store.find(id)
                        .filter(row -> row.status() == WorkflowStatus.FAILED)
                        .map(row -> store.retry(retryOf(row)))
                        .orElse(false),
                "It has not failed, or somebody has retried it already, or there is no such workflow.");
    }

    private Retry retryOf(WorkflowRecord failed) {
        return Retry.of(
                failed,
                store.steps(failed.id()),
                Documents.calls(Objects.requireNonNull(failed.failure())),
                step -> Documents.failure(Objects.requireNonNull(step.failure()))
                        .kind(),
                now());
    }

    private void decide(Context ctx) {
        JsonNode body = body(ctx);
        String id = text(body, "id");
        String scope = body.path("scope").asText("");
        int sequence = integer(body, "sequence");
        long epoch = number(body, "epoch").longValue();
        int attempt = integer(body, "attempt");
        Verdict verdict = verdict(body);
        act(
                ctx,
                "decide " + scope + "#" + sequence + " " + verdict.status,
                id,
                () -> zombie(id, scope, sequence, epoch, attempt)
                        .map(zombie -> store.decide(
                                zombie, zombie.decided(verdict.status, verdict.output, verdict.failure, now())))
                        .orElse(false),
                "The step is no longer as you saw it, or its workflow does not need attention any more. Look again.");
    }

    private Optional<StepRecord> zombie(String id, String scope, int sequence, long epoch, int attempt) {
        return store.step(id, scope, sequence)
                .filter(step -> step.kind() == CallKind.STEP
                        && step.status() == StepStatus.STARTED
                        && step.epoch() == epoch
                        && step.attempt() == attempt);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    /** What a person found out, as a row has it. */
    private record Verdict(
            StepStatus status,
            @Nullable String output,
            @Nullable String failure) {}

    private static Verdict verdict(JsonNode body) {
        return switch (text(body, "decision")) {
            case "HAPPENED" ->
                new Verdict(StepStatus.COMPLETED, JsonText.storable(value(body).toString()), null);
            case "RUN_AGAIN" -> new Verdict(StepStatus.BACKOFF, null, null);
            case "FAIL" -> new Verdict(StepStatus.FAILED, null, Documents.write(Failure.decided(reason(body))));
            default -> throw bad("decision is one of HAPPENED, RUN_AGAIN and FAIL.");
        };
    }

    /** It is final: a value that the workflow cannot read would have to be fixed by new code. So nothing is assumed. */
    private static JsonNode value(JsonNode body) {
        JsonNode value = body.path("value");
        if (value.isMissingNode()) {
            throw bad("HAPPENED needs a value; null if the step answers nothing.");
        }
        return value;
    }

    private static String reason(JsonNode body) {
        String reason = body.path("reason").asText("").strip();
        if (reason.isEmpty() || reason.length() > LONGEST_REASON) {
            throw bad("FAIL needs a reason of at most 2,000 characters.");
        }
        return reason;
    }

    private void act(Context ctx, String what, String id, BooleanSupplier act, String otherwise) {
        String user = Guards.visitorOf(ctx).user();
        String whose = Api.whose(ctx);
        boolean done = reader.admit(whose, () -> reader.ask(whose, act::getAsBoolean));
        answers.forget();
        if (!done) {
            throw new RefusedException(409, "No longer so", otherwise);
        }
        log.info(
                "{} of workflow {} by {}",
                Printable.of(what),
                Printable.of(id),
                user == null ? "this machine" : Printable.of(user));
        Outbox.send(ctx, 200, Json.bytes(new Done(true)), Json.TYPE);
    }

    private static JsonNode body(Context ctx) {
        JsonNode body = ctx.bodyAsClass(JsonNode.class);
        if (body == null || !body.isObject()) {
            throw bad("The body is a JSON object.");
        }
        return body;
    }

    private static String text(JsonNode body, String field) {
        JsonNode node = body.path(field);
        if (!node.isTextual() || node.asText().isEmpty() || node.asText().length() > 255) {
            throw bad(field + " is a text of 1 to 255 characters.");
        }
        return node.asText();
    }

    private static JsonNode number(JsonNode body, String field) {
        JsonNode node = body.path(field);
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw bad(field + " is a whole number.");
        }
        return node;
    }

    private static int integer(JsonNode body, String field) {
        JsonNode node = number(body, field);
        if (!node.canConvertToInt()) {
            throw bad(field + " is too large.");
        }
        return node.intValue();
    }

    private static RefusedException bad(String detail) {
        return new RefusedException(400, "Wrong body", detail);
    }
}
