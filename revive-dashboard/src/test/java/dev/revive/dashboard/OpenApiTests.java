// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.store.ForwardingStore;
import dev.revive.store.InMemoryStore;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Posting;
import dev.revive.store.ReadLimit;
import dev.revive.store.Undelivered;
import dev.revive.store.Undelivered.Reason;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.WorkflowFailedException;
import io.javalin.config.JavalinState;
import io.javalin.http.HandlerType;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The description and the API are the same: every route is described, and every answer has the described shape, no more and no less. */
class OpenApiTests {
    private static final String API = "/api/v1";

    /** One that could not do what transactions have asked for. */
    private static final class Unlucky extends ForwardingStore {
        private static final NewWorkflow START =
                new NewWorkflow("done", new WorkflowType("order", 2), "1", "hash", Instant.EPOCH);
        private static final Letter LETTER =
                new Letter("none", MessageKind.SIGNAL, "go", "u:1", "1", Instant.EPOCH, null);

        Unlucky() {
            super(new InMemoryStore());
        }

        @Override
        public List<Undelivered> undelivered(ReadLimit limit) {
            return List.of(
                    new Undelivered(1, Posting.of(START, true), Reason.CONFLICT),
                    new Undelivered(2, Posting.of(LETTER), Reason.NOT_FOUND));
        }
    }

    private Site site;
    private JsonNode description;

    @BeforeEach
    void open() throws Exception {
        site = new Site(new Unlucky(), console -> console);
        site.revive().start(Site.ORDER, "done", "tea").result();
        site.revive().start(Site.HELD, "held", "x");
        assertThatThrownBy(() ->
                        site.revive().start(Site.FAILING, "failed", "luck").result())
                .isInstanceOf(WorkflowFailedException.class);
        await().until(() -> site.store.step("held", "", 1).isPresent());
        site.revive().start(Site.PARENT, "parent", "child");
        await().until(() -> site.store.step("child", "", 1).isPresent());
        site.revive().workflow("child").cancel("too late");
        await().until(() ->
                !site.store.messages("parent", new ReadLimit(1, 1, 1)).isEmpty());
        description = site.json(API + "/openapi.json");
    }

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void everyRouteIsDescribed() {
        JavalinState state = new JavalinState();
        Settings settings = Settings.of(site.store);
        try (Console console = new Console(settings)) {
            JavalinState.applyUserConfig(state, console::configure);
            Set<String> routes = new LinkedHashSet<>();
            state.internalRouter.allHttpHandlers().stream()
                    .filter(entry -> entry.endpoint.path.startsWith(API))
                    .filter(entry -> !entry.endpoint.path.endsWith("openapi.json"))
                    .forEach(entry ->
                            routes.add(entry.endpoint.method + " " + entry.endpoint.path.substring(API.length())));
            Set<String> described = new LinkedHashSet<>();
            description
                    .path("paths")
                    .properties()
                    .forEach(path -> path.getValue()
                            .fieldNames()
                            .forEachRemaining(method -> described.add(
                                    HandlerType.findOrCreate(method.toUpperCase(Locale.ROOT)) + " " + path.getKey())));
            assertThat(routes).containsExactlyInAnyOrderElementsOf(described);
        }
    }

    @Test
    void everyAnswerHasTheDescribedShape() throws Exception {
        assertAnswer("/me", "");
        assertAnswer("/workflows", "");
        assertAnswer("/workflows", "?limit=1");
        assertAnswer("/counts", "");
        site.post(API + "/workflow/signal", "{\"id\":\"held\",\"signal\":\"go\",\"value\":1}");
        site.post(API + "/workflow/cancel", "{\"id\":\"held\",\"reason\":\"too late\"}");
        for (String id : List.of("done", "held", "failed", "parent", "child")) {
            assertAnswer("/workflow", "?id=" + id);
            assertAnswer("/workflow/step", "?id=" + id + "&scope=&sequence=1");
            assertAnswer("/workflow/journal", "?id=" + id);
        }
        assertAnswer("/executors", "");
        assertAnswer("/undelivered", "");
    }

    @Test
    void everyRefusalHasTheDescribedShape() throws Exception {
        assertProblem(404, "/workflow", site.get(API + "/workflow?id=none"));
        assertProblem(400, "/workflow/step", site.get(API + "/workflow/step?id=done"));
        assertProblem(400, "/workflows", site.get(API + "/workflows?limit=x"));
        assertProblem(400, "/events", site.get(API + "/events?topic=x"));
        assertProblem(403, "/me", site.get(API + "/me", "Sec-Fetch-Site", "cross-site"));
        for (String route : List.of("resume", "retry", "wake", "decide", "signal", "cancel", "terminate", "pause")) {
            assertChangeIsRefused("/workflow/" + route);
        }
        assertChangeIsRefused("/undelivered/discard");
        assertChangeIsRefused("/undelivered/again");
    }

    private void assertChangeIsRefused(String route) throws Exception {
        String body =
                "{\"id\":\"none\",\"position\":0,\"sequence\":1,\"epoch\":1,\"attempt\":1,\"decision\":\"RUN_AGAIN\",\"signal\":\"go\",\"value\":1}";
        assertProblem(409, route, site.post(API + route, body));
        assertProblem(400, route, site.post(API + route, "[]"));
        assertProblem(403, route, site.post(API + route, body, "X-Revive", "no"));
        assertProblem(415, route, site.post(API + route, body, "Content-Type", "text/plain"));
        assertProblem(413, route, site.post(API + route, "x".repeat(70_000)));
    }

    @Test
    void whatIsDoneHasTheDescribedShape() throws Exception {
        HttpResponse<String> response = site.post(API + "/workflow/wake", "{\"id\":\"held\"}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(errors("$", schema("/workflow/wake", "post", 200), Site.parse(response.body())))
                .isEmpty();
    }

    @Test
    void anAnswerOfAnotherShapeWouldBeSeen() throws Exception {
        JsonNode schema = schema("/me", "get", 200);

        assertThat(errors("$", schema, Site.parse("{\"user\":1,\"roles\":[\"KING\"],\"readOnly\":null,\"more\":1}")))
                .hasSize(6);
    }

    private void assertAnswer(String path, String query) throws Exception {
        HttpResponse<String> response = site.get(API + path + query);
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(errors(path, schema(path, "get", 200), Site.parse(response.body())))
                .isEmpty();
    }

    private void assertProblem(int status, String path, HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).as(path).isEqualTo(status);
        String method = description.path("paths").path(path).has("post") ? "post" : "get";
        assertThat(errors(path, schema(path, method, status), Site.parse(response.body())))
                .isEmpty();
        assertThat(Site.parse(response.body()).path("status").asInt()).isEqualTo(status);
    }

    private JsonNode schema(String path, String method, int status) {
        JsonNode content = description
                .path("paths")
                .path(path)
                .path(method)
                .path("responses")
                .path(String.valueOf(status))
                .path("content");
        assertThat(content).as("%s %s %d", method, path, status).isNotEmpty();
        return content.elements().next().path("schema");
    }

    private List<String> errors(String where, JsonNode schema, JsonNode value) {
        List<String> errors = new ArrayList<>();
        check(where, schema, value, errors);
        return errors;
    }

    private void check(String where, JsonNode schema, JsonNode value, List<String> errors) {
        if (schema.has("$ref")) {
            check(where, description.at(schema.path("$ref").asText().substring(1)), value, errors);
        } else if (schema.has("oneOf")) {
            boolean fits = false;
            for (JsonNode one : schema.path("oneOf")) {
                fits |= errors(where, one, value).isEmpty();
            }
            if (!fits) {
                errors.add(where + " fits none: " + value);
            }
        } else {
            checkType(where, schema, value, errors);
        }
    }

    private void checkType(String where, JsonNode schema, JsonNode value, List<String> errors) {
        Set<String> types = new LinkedHashSet<>();
        if (schema.path("type").isArray()) {
            schema.path("type").forEach(type -> types.add(type.asText()));
        } else {
            types.add(schema.path("type").asText());
        }
        String type = type(value);
        if (!types.contains(type)) {
            errors.add(where + " is " + type + ", not " + types);
            return;
        }
        if (schema.has("enum") && !contains(schema.path("enum"), value)) {
            errors.add(where + " is " + value);
        }
        if (schema.path("format").asText().equals("date-time") && value.isTextual()) {
            if (!value.asText().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z")) {
                errors.add(where + " is no time: " + value);
            }
        }
        if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                check(where + "[" + i + "]", schema.path("items"), value.get(i), errors);
            }
        }
        if (value.isObject() && schema.has("properties")) {
            checkProperties(where, schema, value, errors);
        }
    }

    private void checkProperties(String where, JsonNode schema, JsonNode value, List<String> errors) {
        for (JsonNode required : schema.path("required")) {
            if (!value.has(required.asText())) {
                errors.add(where + " has no " + required.asText());
            }
        }
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            JsonNode property = schema.path("properties").path(field.getKey());
            if (property.isMissingNode()) {
                errors.add(where + " has an undescribed " + field.getKey());
            } else {
                check(where + "." + field.getKey(), property, field.getValue(), errors);
            }
        }
    }

    private static boolean contains(JsonNode all, JsonNode value) {
        for (JsonNode one : all) {
            if (one.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static String type(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "array";
            case OBJECT -> "object";
            case BOOLEAN -> "boolean";
            case NULL -> "null";
            case STRING -> "string";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            default -> "nothing";
        };
    }
}
