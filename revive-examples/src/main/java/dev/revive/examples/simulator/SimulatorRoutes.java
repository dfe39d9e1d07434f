// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.revive.examples.onboarding.Onboarding.Delivery;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.Map;
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
            String employee,
            @Nullable Long stepMillis,
            @Nullable Delivery email,
            @Nullable Long approvalMillis,
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
            Run run = body(ctx, Run.class);
            long stepMillis = run.stepMillis() == null ? 1_000 : run.stepMillis();
            Delivery email = run.email() == null ? Delivery.AT_LEAST_ONCE : run.email();
            if (run.approvalMillis() == null) {
                simulator.run(run.employee(), stepMillis, email, run.crash());
            } else {
                simulator.runWithApproval(run.employee(), stepMillis, run.approvalMillis());
            }
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
        config.routes.post(path + "/reset", ctx -> {
            simulator.reset();
            json(ctx, simulator.state());
        });
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
