// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;
import com.fasterxml.jackson.databind.module.SimpleModule;

/**
 * Keeps a mapper from loading a class because the text names it, whatever annotations say: a row may be read that was written before its type was
 * looked at, or by somebody else. The name decides, since to look at the class would load it.
 */
final class NoClassNames extends PolymorphicTypeValidator {
    private static final long serialVersionUID = 1L;

    private NoClassNames() {}

    /** A copy that loads none. The host may go on to change its own. */
    static ObjectMapper in(ObjectMapper mapper) {
        return copy(mapper)
                .setPolymorphicTypeValidator(new NoClassNames())
                .registerModule(new SimpleModule("revive-no-class-names")
                        .addDeserializer(Class.class, new Refusing<>(Class.class))
                        .addDeserializer(JavaType.class, new Refusing<>(JavaType.class))
                        .addKeyDeserializer(Class.class, new RefusingKey()));
    }

    private static ObjectMapper copy(ObjectMapper mapper) {
        try {
            return mapper.copy();
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(
                    "A mapper of %s cannot be copied. Override copy() in that class, or build the mapper with JsonMapper.builder()."
                            .formatted(mapper.getClass()),
                    e);
        }
    }

    @Override
    public Validity validateBaseType(MapperConfig<?> config, JavaType base) {
        return Validity.INDETERMINATE;
    }

    /** One that an annotation names is the program's own choice, as where subtypes are deduced from what they have. */
    @Override
    public Validity validateSubClassName(MapperConfig<?> config, JavaType base, String name) {
        AnnotatedClass annotated = config.introspectClassAnnotations(base).getClassInfo();
        for (NamedType each : config.getSubtypeResolver().collectAndResolveSubtypesByTypeId(config, annotated)) {
            if (each.getType().getName().equals(name)) {
                return Validity.ALLOWED;
            }
        }
        return Validity.DENIED;
    }

    @Override
    public Validity validateSubType(MapperConfig<?> config, JavaType base, JavaType subtype) {
        return Validity.DENIED;
    }

    private static JsonMappingException refusal(DeserializationContext context) {
        return JsonMappingException.from(context, "no class that the text names is loaded");
    }

    private static final class Refusing<T> extends StdScalarDeserializer<T> {
        private static final long serialVersionUID = 1L;

        Refusing(Class<T> type) {
            super(type);
        }

        @Override
        public T deserialize(JsonParser json, DeserializationContext context) throws JsonMappingException {
            throw refusal(context);
        }
    }

    private static final class RefusingKey extends KeyDeserializer {
        @Override
        public Object deserializeKey(String key, DeserializationContext context) throws JsonMappingException {
            throw refusal(context);
        }
    }
}
