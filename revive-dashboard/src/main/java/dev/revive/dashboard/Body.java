// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON object that a request carries; what it lacks is refused with 400. */
record Body(JsonNode json) {
    private static final int LONGEST_REASON = 2_000;

    static Body of(Context ctx) {
        JsonNode body = ctx.bodyAsClass(JsonNode.class);
        if (body == null || !body.isObject()) {
            throw bad("The body is a JSON object.");
        }
        return new Body(body);
    }

    String id() {
        return text("id");
    }

    String text(String field) {
        JsonNode node = json.path(field);
        if (!node.isTextual() || node.asText().isEmpty() || node.asText().length() > 255) {
            throw bad(field + " is a text of 1 to 255 characters.");
        }
        return node.asText();
    }

    Optional<String> textIfAny(String field) {
        return has(field) ? Optional.of(text(field)) : Optional.empty();
    }

    private boolean has(String field) {
        return !json.path(field).isMissingNode() && !json.path(field).isNull();
    }

    /** For people; null if there is none. */
    @Nullable
    String reason() {
        JsonNode node = json.path("reason");
        if (has("reason") && !node.isTextual()) {
            throw bad("reason is a text.");
        }
        String reason = node.asText("").strip();
        if (reason.length() > LONGEST_REASON) {
            throw bad("A reason has at most 2,000 characters.");
        }
        return reason.isEmpty() ? null : reason;
    }

    long number(String field) {
        JsonNode node = json.path(field);
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw bad(field + " is a whole number.");
        }
        return node.longValue();
    }

    int integer(String field) {
        long number = number(field);
        if (number != (int) number) {
            throw bad(field + " is too large.");
        }
        return (int) number;
    }

    static RefusedException bad(String detail) {
        return new RefusedException(400, "Wrong body", detail);
    }
}
