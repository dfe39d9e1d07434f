// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.revive.examples.onboarding.Onboarding.Delivery;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The simulator's own routes, beside the console's and behind its guards. */
final class SimulatorRoutes {
    private static final String PROBLEM = "application/problem+json";

    private final String path;
    private final Simulator simulator;
    private final Live live;

    SimulatorRoutes(String basePath, Simulator simulator, Live live) {
        this.path = basePath + "/api/simulator";
        this.simulator = simulator;
        this.live = live;
    }

    record Run(
            @Nullable Scene scene,
            String employee,
            @Nullable Long stepMillis,
            @Nullable Delivery email,
            @Nullable Long waitMillis,
            Plan.@Nullable Crash crash) {}

    record Resume(Plan.@Nullable Crash crash) {}

    record OfWorker(@Nullable String worker) {}

    void addTo(JavalinConfig config) {
        config.routes.exception(NotNowException.class, (e, ctx) -> problem(ctx, 409, "Not now", e));
        config.routes.exception(IllegalArgumentException.class, (e, ctx) -> problem(ctx, 400, "That cannot be", e));
        config.routes.get(path + "/state", ctx -> json(ctx, simulator.state()));
        config.routes.get(path + "/source", ctx -> json(ctx, simulator.source(Scene.of(ctx.queryParam("scene")))));
        config.routes.get(path + "/events", live::listen);
        config.routes.post(path + "/run", ctx -> {
            run(body(ctx, Run.class));
            json(ctx, simulator.state());
        });
        config.routes.post(path + "/resume", ctx -> {
            simulator.resume(body(ctx, Resume.class).crash());
            json(ctx, simulator.state());
        });
        config.routes.post(path + "/second", ctx -> {
            simulator.second();
            json(ctx, simulator.state());
        });
        config.routes.post(path + "/crash", ctx -> {
            simulator.crash(body(ctx, OfWorker.class).worker());
            json(ctx, simulator.state());
        });
        config.routes.post(path + "/freeze", ctx -> {
            simulator.freeze(body(ctx, OfWorker.class).worker());
            json(ctx, simulator.state());
        });
        config.routes.post(path + "/thaw", ctx -> {
            simulator.thaw(body(ctx, OfWorker.class).worker());
            json(ctx, simulator.state());
        });
        config.routes.post(path + "/approve", ctx -> {
            simulator.approve();
            json(ctx, simulator.state());
        });
        config.routes.post(path + "/cancel", ctx -> {
            simulator.cancel();
            json(ctx, simulator.state());
        });
        config.routes.post(path + "/reset", ctx -> {
            simulator.reset();
            json(ctx, simulator.state());
        });
    }

    private void run(Run run) {
        long stepMillis = Objects.requireNonNullElse(run.stepMillis(), 1_000L);
        long waitMillis = Objects.requireNonNullElse(run.waitMillis(), 60_000L);
        switch (Objects.requireNonNullElse(run.scene(), Scene.ONBOARDING)) {
            case ONBOARDING ->
                simulator.run(
                        run.employee(),
                        stepMillis,
                        Objects.requireNonNullElse(run.email(), Delivery.AT_LEAST_ONCE),
                        run.crash());
            case APPROVAL -> simulator.runWithApproval(run.employee(), stepMillis, waitMillis);
            case CALLED_OFF -> simulator.runUntilFirstDay(run.employee(), stepMillis, waitMillis, run.crash());
        }
    }

    private static <T> T body(Context ctx, Class<T> type) {
        try {
            T body = Json.read(ctx.body(), type);
            if (body == null) {
                throw new IllegalArgumentException("The body is null.");
            }
            return body;
        } catch (JsonProcessingException e) {
            Throwable cause = e.getCause();
            throw new IllegalArgumentException(
                    cause instanceof IllegalArgumentException ? cause.getMessage() : "The body cannot be read.", e);
        }
    }

    private static void json(Context ctx, Object value) {
        ctx.contentType("application/json").result(Json.write(value));
    }

    private static void problem(Context ctx, int status, String title, Exception e) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("status", status);
        problem.put("title", title);
        problem.put("detail", String.valueOf(e.getMessage()));
        ctx.status(status).contentType(PROBLEM).result(Json.write(problem));
    }
}
