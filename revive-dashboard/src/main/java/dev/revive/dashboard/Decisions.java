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
import dev.revive.workflow.RetryRefusedException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The routes by which people decide something. Each does what it says or answers 409, and the log says who did it. */
final class Decisions {
    private final Settings settings;
    private final WorkflowStore store;
    private final Changes changes;

    Decisions(Settings settings, Changes changes) {
        this.settings = settings;
        this.store = settings.store();
        this.changes = changes;
    }

    void addTo(RoutesConfig routes) {
        String path = settings.basePath() + Api.PATH + "/workflow";
        routes.post(path + "/resume", this::resume);
        routes.post(path + "/wake", this::wake);
        routes.post(path + "/decide", this::decide);
        routes.post(path + "/retry", this::retry);
    }

    private void resume(Context ctx) {
        String id = Body.of(ctx).id();
        changes.make(
                ctx,
                "resume",
                id,
                () -> store.resume(id),
                "It needs no attention and is not paused any more, or there is no such workflow.");
    }

    private void wake(Context ctx) {
        String id = Body.of(ctx).id();
        changes.make(ctx, "wake", id, () -> store.wake(id), "It neither runs nor waits, or there is no such workflow.");
    }

    private void retry(Context ctx) {
        String id = Body.of(ctx).id();
        changes.make(
                ctx,
                "retry",
                id,
                () -> store.find(id)
                        .filter(row -> row.status() == WorkflowStatus.FAILED)
                        .filter(row -> !Documents.isTimedOut(Objects.requireNonNull(row.failure())))
                        .map(row -> store.retry(retryOf(row)))
                        .orElse(false),
                "It has not failed, or its time was up, or somebody has retried it already, or there is no such workflow.");
    }

    private Retry retryOf(WorkflowRecord failed) {
        try {
            return Retry.of(
                    failed,
                    store.steps(failed.id()),
                    Documents.calls(Objects.requireNonNull(failed.failure())),
                    step -> Documents.failure(Objects.requireNonNull(step.failure()))
                            .kind(),
                    Changes.now());
        } catch (RetryRefusedException e) {
            throw new RefusedException(409, "Undone", Objects.requireNonNull(e.getMessage()));
        }
    }

    private void decide(Context ctx) {
        Body body = Body.of(ctx);
        String id = body.id();
        String scope = body.json().path("scope").asText("");
        int sequence = body.integer("sequence");
        long epoch = body.number("epoch");
        int attempt = body.integer("attempt");
        Verdict verdict = verdict(body);
        changes.make(
                ctx,
                "decide " + scope + "#" + sequence + " " + verdict.status,
                id,
                () -> zombie(id, scope, sequence, epoch, attempt)
                        .map(zombie -> store.decide(
                                zombie, zombie.decided(verdict.status, verdict.output, verdict.failure, Changes.now())))
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

    /** What a person found out, as a row has it. */
    private record Verdict(
            StepStatus status,
            @Nullable String output,
            @Nullable String failure) {}

    private static Verdict verdict(Body body) {
        return switch (body.text("decision")) {
            case "HAPPENED" ->
                new Verdict(StepStatus.COMPLETED, JsonText.storable(value(body).toString()), null);
            case "RUN_AGAIN" -> new Verdict(StepStatus.BACKOFF, null, null);
            case "FAIL" -> new Verdict(StepStatus.FAILED, null, Documents.write(Failure.decided(reason(body))));
            default -> throw Body.bad("decision is one of HAPPENED, RUN_AGAIN and FAIL.");
        };
    }

    /** It is final: a value that the workflow cannot read would have to be fixed by new code. So nothing is assumed. */
    private static JsonNode value(Body body) {
        JsonNode value = body.json().path("value");
        if (value.isMissingNode()) {
            throw Body.bad("HAPPENED needs a value; null if the step answers nothing.");
        }
        return value;
    }

    private static String reason(Body body) {
        String reason = body.reason();
        if (reason == null) {
            throw Body.bad("FAIL needs a reason of at most 2,000 characters.");
        }
        return reason;
    }
}
