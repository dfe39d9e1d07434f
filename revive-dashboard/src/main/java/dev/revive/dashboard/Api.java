// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.dashboard.view.Journal.Place;
import dev.revive.dashboard.view.Viewer;
import dev.revive.dashboard.view.Views;
import dev.revive.store.WorkflowFilter;
import dev.revive.workflow.WorkflowStatus;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The reading routes. Ids are parameters of the query, never parts of the path: they hold any characters. */
final class Api {
    static final String PATH = "/api/v1";

    private static final int LONGEST_TEXT = 255;
    private static final int PAGE = 50;
    private static final int LONGEST_PAGE = 500;

    private final Settings settings;
    private final Views views;
    private final Reader reader;
    private final Answers answers;
    private final Events events;
    private final Outbox outbox;

    Api(Settings settings, Reader reader, Answers answers, Events events, Outbox outbox) {
        this.settings = settings;
        this.views = new Views(settings.store());
        this.reader = reader;
        this.answers = answers;
        this.events = events;
        this.outbox = outbox;
    }

    void addTo(RoutesConfig routes) {
        String path = settings.basePath() + PATH;
        routes.get(path + "/me", this::me);
        routes.get(path + "/workflows", this::workflows);
        routes.get(path + "/counts", this::counts);
        routes.get(path + "/workflow", this::workflow);
        routes.get(path + "/workflow/step", this::step);
        routes.get(path + "/workflow/journal", this::journal);
        routes.get(path + "/executors", this::executors);
        routes.get(path + "/undelivered", this::undelivered);
        routes.get(path + "/events", this::events);
        routes.get(path + "/openapi.json", this::openApi);
    }

    /** Who somebody is, and what that person may do here. */
    private record Me(@Nullable String user, List<Role> roles, boolean readOnly, String version, Instant now) {}

    private void me(Context ctx) {
        Visitor visitor = Guards.visitorOf(ctx);
        String version = Api.class.getPackage().getImplementationVersion();
        Me me = new Me(
                visitor.user(),
                Arrays.stream(Role.values())
                        .filter(role -> visitor.has(role) && !(settings.readOnly() && role == Role.OPERATE))
                        .toList(),
                settings.readOnly(),
                version == null ? "development" : version,
                Instant.now());
        outbox.send(ctx, new Cached(Json.bytes(me)), Json.TYPE);
    }

    private void workflows(Context ctx) {
        WorkflowFilter filter = new WorkflowFilter(
                statuses(ctx),
                name(ctx),
                text(ctx, "idPrefix"),
                textOrNull(ctx, "executor"),
                text(ctx, "after"),
                limit(ctx));
        answer(ctx, filter, () -> views.workflows(filter));
    }

    private void counts(Context ctx) {
        String name = name(ctx);
        String idPrefix = text(ctx, "idPrefix");
        answer(
                ctx,
                List.of("counts", String.valueOf(name), idPrefix, name == null),
                () -> views.counts(name, idPrefix));
    }

    private void workflow(Context ctx) {
        String id = id(ctx);
        Viewer viewer = viewer(ctx);
        answer(
                ctx,
                List.of("workflow", id, viewer.seesPayloads(), viewer.operates()),
                () -> views.workflow(id, viewer).orElseThrow(() -> unknown("workflow")));
    }

    private void step(Context ctx) {
        String id = id(ctx);
        String scope = text(ctx, "scope");
        int sequence = number(ctx, "sequence", 1, Integer.MAX_VALUE, null);
        Viewer viewer = viewer(ctx);
        answer(
                ctx,
                List.of("step", id, scope, sequence, viewer.seesPayloads()),
                () -> views.step(id, scope, sequence, viewer).orElseThrow(() -> unknown("step")));
    }

    private void journal(Context ctx) {
        String id = id(ctx);
        Place after = new Place(text(ctx, "afterScope"), number(ctx, "afterSequence", 0, Integer.MAX_VALUE, 0));
        Viewer viewer = viewer(ctx);
        answer(
                ctx,
                List.of("journal", id, after, viewer.seesPayloads()),
                () -> views.journal(id, after, viewer).orElseThrow(() -> unknown("workflow")));
    }

    private void executors(Context ctx) {
        answer(ctx, "executors", views::executors);
    }

    private void undelivered(Context ctx) {
        Viewer viewer = viewer(ctx);
        answer(ctx, List.of("undelivered", viewer.seesPayloads()), () -> views.undelivered(viewer));
    }

    private void events(Context ctx) {
        String topic = text(ctx, "topic");
        switch (topic) {
            case "workflows", "executors" -> events.listen(ctx, new Events.Topic(topic, ""));
            case "workflow" -> events.listen(ctx, new Events.Topic(topic, id(ctx)));
            default ->
                throw new RefusedException(400, "Unknown topic", "topic is one of workflows, workflow and executors.");
        }
    }

    private void openApi(Context ctx) {
        try (InputStream in = Api.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw unknown("description");
            }
            outbox.send(ctx, new Cached(in.readAllBytes()), Json.TYPE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(Context ctx, Object key, Supplier<?> question) {
        // As bytes by the few threads that read, too: so many answers at most are made at a time.
        String whose = whose(ctx);
        Cached answer = reader.admit(whose, () -> reader.ask(whose, answers.to(key, () -> Json.bytes(question.get()))));
        outbox.send(ctx, answer, Json.TYPE);
    }

    /** Of two people behind one proxy neither takes the other's place. */
    static String whose(Context ctx) {
        String user = Guards.visitorOf(ctx).user();
        return user == null ? "at " + ctx.req().getRemoteAddr() : user;
    }

    private Viewer viewer(Context ctx) {
        Visitor visitor = Guards.visitorOf(ctx);
        return new Viewer(
                visitor.has(Role.VIEW_PAYLOADS),
                visitor.has(Role.OPERATE) && !settings.readOnly(),
                settings.redaction());
    }

    private static RefusedException unknown(String what) {
        return new RefusedException(404, "Not found", "There is no such " + what + ".");
    }

    private static Set<WorkflowStatus> statuses(Context ctx) {
        Set<WorkflowStatus> statuses = EnumSet.noneOf(WorkflowStatus.class);
        for (String name : ctx.queryParams("status")) {
            statuses.add(Arrays.stream(WorkflowStatus.values())
                    .filter(status -> status.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> bad("status", "one of " + Arrays.toString(WorkflowStatus.values()))));
        }
        return statuses;
    }

    private static String id(Context ctx) {
        String id = text(ctx, "id");
        if (id.isEmpty()) {
            throw bad("id", "a workflow's id");
        }
        return id;
    }

    private static @Nullable String name(Context ctx) {
        return textOrNull(ctx, "name");
    }

    private static @Nullable String textOrNull(Context ctx, String parameter) {
        String text = text(ctx, parameter);
        return text.isEmpty() ? null : text;
    }

    private static String text(Context ctx, String parameter) {
        String text = ctx.queryParam(parameter);
        if (text == null) {
            return "";
        }
        if (text.length() > LONGEST_TEXT || text.indexOf('\0') >= 0) {
            throw bad(parameter, "at most 255 characters");
        }
        return text;
    }

    private static int limit(Context ctx) {
        return number(ctx, "limit", 1, LONGEST_PAGE, PAGE);
    }

    private static int number(Context ctx, String parameter, int least, int most, @Nullable Integer otherwise) {
        String text = ctx.queryParam(parameter);
        if (text == null && otherwise != null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(String.valueOf(text));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw bad(parameter, "a number from " + least + " to " + most);
    }

    private static RefusedException bad(String parameter, String expected) {
        return new RefusedException(400, "Wrong parameter", parameter + " must be " + expected + ".");
    }
}
