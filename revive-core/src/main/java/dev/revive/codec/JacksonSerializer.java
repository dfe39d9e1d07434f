// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.revive.workflow.SerializationException;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * JSON by Jackson: java.time as ISO text, unknown properties ignored (so that an older program reads what a newer one wrote), no polymorphic
 * types. Safe for use by many threads.
 */
public final class JacksonSerializer implements PayloadSerializer {
    private final ObjectMapper mapper;

    /** With Revive's own settings. */
    public JacksonSerializer() {
        this(JsonMapper.builder(JsonFactory.builder()
                        // Shared: most threads are virtual and end with their workflow, and buffers of their own with
                        // them.
                        .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
                        .build())
                .addModule(new JavaTimeModule())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .build());
    }

    /**
     * With the host's mapper. Turn default typing off: a class name from the database must never be loaded.
     *
     * @param mapper the mapper; not to be reconfigured afterwards
     */
    public JacksonSerializer(ObjectMapper mapper) {
        this.mapper = Objects.requireNonNull(mapper, "mapper");
    }

    @Override
    public String serialize(@Nullable Object value, Type type) {
        try {
            return JsonText.storable(mapper.writeValueAsString(value));
        } catch (JsonProcessingException | StackOverflowError e) {
            throw new SerializationException(
                    "A value of type %s cannot be written as JSON: %s. Give it getters or make it a record, or return something simpler."
                            .formatted(value == null ? "null" : value.getClass().getName(), reason(e)),
                    e);
        }
    }

    @Override
    public @Nullable Object deserialize(String json, Type type) {
        JavaType target = mapper.constructType(type);
        if (target.hasRawClass(Void.class) || target.hasRawClass(void.class)) {
            return null;
        }
        try {
            return mapper.readValue(json, target);
        } catch (JsonProcessingException | StackOverflowError e) {
            throw new SerializationException(
                    "JSON cannot be read as %s: %s. Jackson needs a record, or a constructor it can call, whose properties match."
                            .formatted(type.getTypeName(), reason(e)),
                    e);
        }
    }

    private static String reason(Throwable e) {
        return e instanceof JsonProcessingException json
                ? String.valueOf(json.getOriginalMessage())
                : "it is nested too deeply, or refers to itself";
    }
}
