// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.revive.workflow.SerializationException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON by Jackson: java.time as ISO text, unknown properties ignored (so that an older program reads what a newer one wrote), no class that the
 * text names. A value is written as its declared type, which is what it will be read as. Safe for use by many threads.
 */
public final class JacksonSerializer implements PayloadSerializer {
    private final ObjectMapper mapper;
    /** As many as the program declares. */
    private final Map<Type, DeclaredType> types = new ConcurrentHashMap<>();

    /** With Revive's own settings. */
    public JacksonSerializer() {
        this(JsonMapper.builder(JsonFactory.builder()
                        // Shared: most threads are virtual and end with their workflow, and buffers of their own with
                        // them.
                        .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
                        .streamReadConstraints(JsonText.UNLIMITED)
                        .build())
                .addModule(new JavaTimeModule().disable(JavaTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID))
                .addModule(new JdkTypes())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                // Where no type says otherwise: a double would lose digits of what may be money.
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build());
    }

    /**
     * With the host's mapper, whose settings then decide what is kept: that of a zone, say, is not by default.
     *
     * @param mapper the mapper, of which a copy is made, as it is now
     * @throws IllegalArgumentException if its default typing is on: a class name from the database must never be loaded; or if its class does not
     *     override {@link ObjectMapper#copy}
     */
    public JacksonSerializer(ObjectMapper mapper) {
        if (Objects.requireNonNull(mapper, "mapper")
                        .getDeserializationConfig()
                        .getDefaultTyper(mapper.constructType(Object.class))
                != null) {
            throw new IllegalArgumentException(
                    "This mapper has default typing on, so it would load classes that the database names. Give Revive a mapper without, and @JsonTypeInfo(use = Id.NAME) to types that need it.");
        }
        this.mapper = NoClassNames.in(mapper);
    }

    @Override
    public String serialize(@Nullable Object value, Type type) {
        try {
            return JsonText.storable(type(type).writer(value).writeValueAsString(value));
        } catch (JsonProcessingException | StackOverflowError e) {
            throw cannotWrite(value, e);
        }
    }

    @Override
    public @Nullable Object deserialize(String json, Type type) {
        DeclaredType target = type(type);
        if (target.isVoid()) {
            return null;
        }
        try {
            return target.reader().readValue(JsonText.readable(json));
        } catch (JsonProcessingException | StackOverflowError e) {
            throw new SerializationException(
                    "JSON cannot be read as %s: %s. %s"
                            .formatted(
                                    type.getTypeName(),
                                    reason(e),
                                    Advice.after(
                                            e,
                                            "Jackson needs a record, or a constructor it can call, whose properties match.")),
                    e);
        }
    }

    @Override
    public void check(Type type) {
        String refusal = type(type).refusal();
        if (refusal != null) {
            throw new SerializationException(refusal);
        }
    }

    @Override
    public String inputHash(@Nullable Object value, Type type) {
        StringWriter json = new StringWriter();
        try (Marks marks = new Marks(mapper.createGenerator(json))) {
            type(type).writer(value).writeValue(marks, value);
            marks.flush(); // a host's mapper may be set not to
            return JsonText.canonicalHash(json.toString(), marks);
        } catch (JsonProcessingException | StackOverflowError e) {
            throw cannotWrite(value, e);
        } catch (IOException e) {
            throw new UncheckedIOException("A StringWriter does no I/O.", e);
        }
    }

    private DeclaredType type(Type type) {
        DeclaredType known = types.get(type);
        if (known != null) {
            return known;
        }
        DeclaredType fresh = new DeclaredType(mapper, type);
        DeclaredType raced = types.putIfAbsent(type, fresh);
        return raced == null ? fresh : raced;
    }

    private static SerializationException cannotWrite(@Nullable Object value, Throwable e) {
        Class<?> type = value == null ? Void.class : value.getClass();
        boolean isOfHost = type.getClassLoader() != null && !type.isRecord();
        return new SerializationException(
                "A value of type %s cannot be written as JSON: %s. %s"
                        .formatted(
                                type.getName(),
                                reason(e),
                                Advice.after(
                                        e,
                                        isOfHost
                                                ? "Give it getters or make it a record, or return something simpler."
                                                : "Let it hold what JSON can, or return something simpler.")),
                e);
    }

    private static String reason(Throwable e) {
        if (e instanceof JsonMappingException mapping) {
            return mapping.getPath().isEmpty() || mapping.getPath().size() > 20
                    ? String.valueOf(mapping.getOriginalMessage())
                    : mapping.getOriginalMessage() + " (at " + mapping.getPathReference() + ")";
        }
        return e instanceof JsonProcessingException json
                ? String.valueOf(json.getOriginalMessage())
                : "it is nested too deeply, or refers to itself";
    }
}
