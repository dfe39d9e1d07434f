// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A type that the program declared for a value: what writes and reads it, found once, and whether it can be. */
final class DeclaredType {
    private static final String NOTHING = "";

    private final ObjectMapper mapper;
    private final Type declared;
    private final JavaType type;
    private final ObjectReader reader;
    private final ObjectWriter writer;
    private final Map<Class<?>, ObjectWriter> writersOfSubtypes = new ConcurrentHashMap<>();
    private volatile @Nullable String refusal;

    DeclaredType(ObjectMapper mapper, Type declared) {
        this.mapper = mapper;
        this.declared = declared;
        this.type = mapper.constructType(declared);
        this.reader = mapper.readerFor(type);
        this.writer = writerFor(type);
    }

    /** Not fetched eagerly: that would forget a root's type arguments where it has subtypes. */
    private ObjectWriter writerFor(JavaType type) {
        return mapper.writer()
                .without(SerializationFeature.EAGER_SERIALIZER_FETCH)
                .forType(type);
    }

    boolean isVoid() {
        return type.hasRawClass(Void.class) || type.hasRawClass(void.class);
    }

    ObjectReader reader() {
        return reader;
    }

    /**
     * A container is written as it is declared, with the types of its elements; another value as what it is, with the type arguments of what it
     * is declared as. Either way whatever says which subtype it is gets written, as Jackson does for a property.
     */
    ObjectWriter writer(@Nullable Object value) {
        if (value == null || isWrittenAsDeclared(value.getClass())) {
            return writer;
        }
        return writersOfSubtypes.computeIfAbsent(value.getClass(), actual -> writerFor(specialized(actual)));
    }

    private boolean isWrittenAsDeclared(Class<?> actual) {
        return type.hasRawClass(actual)
                || type.isContainerType()
                || type.isReferenceType()
                || type.isPrimitive()
                || type.isEnumType()
                || type.isJavaLangObject()
                || type.isIterationType();
    }

    private JavaType specialized(Class<?> actual) {
        try {
            return mapper.getTypeFactory().constructSpecializedType(type, actual);
        } catch (IllegalArgumentException noSubtype) { // unchecked casts got it here; Jackson says what is wrong
            return type;
        }
    }

    /** Why no value of this type can be recorded, and what to do; null if it can be. */
    @Nullable
    String refusal() {
        String known = refusal;
        if (known == null) {
            known = isVoid()
                    ? NOTHING
                    : new Inspection(mapper, declared).refusal(type).orElse(NOTHING);
            refusal = known;
        }
        return known.isEmpty() ? null : known;
    }
}
