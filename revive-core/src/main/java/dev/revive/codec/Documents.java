// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Failure;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.WorkflowTimedOutException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Revive's own documents as JSON: failures and reports. Apart from the user's serializer, so that its settings cannot break them. */
public final class Documents {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addHandler(new NewerConstants())
            .build();

    private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};

    private Documents() {}

    /**
     * Writes a failure or a report.
     *
     * @param document a {@link Failure} or an {@link Attention}
     * @return JSON
     */
    public static String write(Record document) {
        try {
            return JsonText.storable(MAPPER.writeValueAsString(document));
        } catch (JsonProcessingException e) {
            throw new SerializationException("Cannot write " + document, e);
        }
    }

    /**
     * Writes how a workflow failed.
     *
     * @param failure what its function threw
     * @param calls the positions of the recorded calls that it came from
     * @return JSON: the failure, and with it these {@code calls}
     */
    public static String write(Failure failure, Collection<String> calls) {
        ObjectNode document = MAPPER.valueToTree(failure);
        document.set("calls", MAPPER.valueToTree(calls));
        return JsonText.storable(document.toString());
    }

    /**
     * Reads where a workflow's failure came from.
     *
     * @param json a workflow's failure
     * @return the positions of the calls; empty if it came from the code alone, or an earlier Revive wrote it
     */
    public static List<String> calls(String json) {
        try {
            List<String> calls = new ArrayList<>();
            MAPPER.readTree(json).path("calls").forEach(call -> calls.add(call.asText()));
            return calls;
        } catch (JsonProcessingException e) {
            throw new SerializationException("This is not a failure: " + json, e);
        }
    }

    /**
     * Writes texts.
     *
     * @param texts any
     * @return JSON: a list
     */
    public static String write(List<String> texts) {
        return JsonText.storable(MAPPER.valueToTree(texts).toString());
    }

    /**
     * Reads texts, as far as another Revive has not written something else.
     *
     * @param json what {@link #write(List)} wrote, or null
     * @return empty if it is no list of texts
     */
    public static Optional<List<String>> texts(@Nullable String json) {
        try {
            return json == null ? Optional.empty() : Optional.ofNullable(MAPPER.readValue(json, TEXTS));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes a text.
     *
     * @param text any
     * @return JSON: a string
     */
    public static String write(String text) {
        return JsonText.storable(MAPPER.valueToTree(text).toString());
    }

    /**
     * Reads a text, unless another Revive has written something else.
     *
     * @param json what {@link #write(String)} wrote
     * @return empty if it is no string
     */
    public static Optional<String> text(String json) {
        try {
            return Optional.ofNullable(MAPPER.readTree(json).textValue());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes what a call has to say of itself.
     *
     * @param detail names and values
     * @return JSON: an object
     */
    public static String write(Map<String, String> detail) {
        return JsonText.storable(MAPPER.valueToTree(new TreeMap<>(detail)).toString());
    }

    /**
     * Reads what a call has to say of itself, as far as another Revive has not written something else.
     *
     * @param json what {@link #write(Map)} wrote, or null
     * @param name of which value
     * @return empty if there is none
     */
    public static Optional<String> detail(@Nullable String json, String name) {
        try {
            return json == null
                    ? Optional.empty()
                    : Optional.ofNullable(MAPPER.readTree(json).path(name).textValue());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads a failure.
     *
     * @param json what {@link #write} wrote
     * @return the failure
     */
    public static Failure failure(String json) {
        return read(json, Failure.class);
    }

    /**
     * Whether a workflow failed since its time was up.
     *
     * @param json a workflow's failure
     * @return true if its deadline ended it, false if anything that it did
     */
    public static boolean isTimedOut(String json) {
        Failure failure = failure(json);
        return failure.kind() == Failure.Kind.TIMED_OUT
                && failure.type().equals(WorkflowTimedOutException.class.getName());
    }

    /**
     * Reads a report.
     *
     * @param json what {@link #write} wrote
     * @return the report
     */
    public static Attention attention(String json) {
        return read(json, Attention.class);
    }

    private static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new SerializationException("This is not a " + type.getSimpleName() + ": " + json, e);
        }
    }

    /** Of a newer Revive: where the kind of a failure is not known, nothing is known of its outcome. */
    private static final class NewerConstants extends DeserializationProblemHandler {
        @Override
        public @Nullable Object handleWeirdStringValue(
                DeserializationContext context, Class<?> type, String value, String message) throws IOException {
            if (type == Attention.Reason.class) {
                return Attention.Reason.NEWER_REVIVE;
            }
            return type == Failure.Kind.class
                    ? Failure.Kind.OUTCOME_UNKNOWN
                    : super.handleWeirdStringValue(context, type, value, message);
        }
    }
}
