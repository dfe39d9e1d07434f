// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.impl.UnsupportedTypeDeserializer;
import com.fasterxml.jackson.databind.deser.std.ContainerDeserializerBase;
import com.fasterxml.jackson.databind.deser.std.ReferenceTypeDeserializer;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeIdResolver;
import com.fasterxml.jackson.databind.ser.impl.UnknownSerializer;
import com.fasterxml.jackson.databind.ser.std.BeanSerializerBase;
import com.fasterxml.jackson.databind.ser.std.StdKeySerializers;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a type as Jackson will, before there is a value of it, and finds what is sure to fail or to lose something. What depends on the value
 * shows only with the value. Asks Jackson for what it would use, so that the host's modules and annotations count.
 */
final class Inspection {
    /** Types that grow at every level have no end. */
    private static final int MAX_TYPES = 1_000;

    private final Type declared;
    private final ObjectMapper mapper;
    private final DeserializationContext reading;
    private final SerializerProvider writing;
    private final Set<JavaType> seen = new HashSet<>();

    Inspection(ObjectMapper mapper, Type declared) {
        this.mapper = mapper;
        this.declared = declared;
        this.writing = mapper.getSerializerProviderInstance();
        this.reading = ((DefaultDeserializationContext) mapper.getDeserializationContext())
                .createDummyInstance(mapper.getDeserializationConfig());
    }

    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why, null, false, false);
        }
    }

    /** Why no value of the type can be recorded, and what to do. */
    Optional<String> refusal(JavaType type) {
        try {
            visit(type, "it");
            return Optional.empty();
        } catch (Refused e) {
            return Optional.of("%s cannot be recorded: %s".formatted(declared.getTypeName(), e.getMessage()));
        } catch (JsonProcessingException e) {
            return Optional.of(failed(e, e.getOriginalMessage()));
        } catch (IllegalArgumentException e) {
            return Optional.of(failed(e, e.getMessage()));
        }
    }

    private String failed(Exception e, @Nullable String reason) {
        boolean isKey = reason != null && reason.contains("Key deserializer");
        return "%s cannot be recorded: %s. %s"
                .formatted(
                        declared.getTypeName(),
                        reason,
                        Advice.after(
                                e,
                                isKey
                                        ? "Use a text, a number, an enum or a date as the key, or a list of records in the map's place."
                                        : "Change the type so that Jackson can write and read it."));
    }

    private void visit(JavaType type, String where) throws Refused, JsonMappingException {
        if (seen.size() < MAX_TYPES && seen.add(type)) {
            JsonDeserializer<?> reader = reading.findContextualValueDeserializer(type, null);
            if (type.getTypeHandler() instanceof TypeDeserializer ofProperty) {
                visit(type, reader, ofProperty, where);
            } else {
                TypeDeserializer ofType = reading.getFactory().findTypeDeserializer(reading.getConfig(), type);
                if (ofType != null) {
                    visitSubtypes(type, ofType, where);
                }
                visit(type, reader, ofType, where);
            }
        }
    }

    private void visit(JavaType type, JsonDeserializer<?> reader, @Nullable TypeDeserializer subtypes, String where)
            throws Refused, JsonMappingException {
        refuseWhatLoses(type, reader, where);
        if (subtypes != null) {
            refuseClassNames(type, subtypes, where);
        }
        if (reader instanceof BeanDeserializerBase bean) {
            visitBean(type, bean, where);
        } else if (reader instanceof AbstractDeserializer && subtypes == null) {
            throw new Refused(
                    "%s is abstract, and JSON does not say which of its subtypes it is. Declare the subtype, or give it @JsonTypeInfo(use = Id.NAME) and @JsonSubTypes."
                            .formatted(subject(where, type)));
        } else if (reader instanceof ContainerDeserializerBase<?>) {
            visitContainer(type, where);
        } else if (reader instanceof ReferenceTypeDeserializer<?>) {
            visitReference(type, where);
        }
    }

    // ---- what Jackson would accept

    private static void refuseWhatLoses(JavaType type, JsonDeserializer<?> reader, String where) throws Refused {
        Class<?> raw = type.getRawClass();
        if (reader instanceof UnsupportedTypeDeserializer) {
            throw new Refused(
                    "%s is of a kind for which this mapper has no module. Register it, JavaTimeModule for example."
                            .formatted(subject(where, type)));
        }
        if (raw == Class.class) {
            throw new Refused(
                    "%s is a Class, and no class that the database names is ever loaded. Record its name, or an enum."
                            .formatted(where));
        }
        if (Throwable.class.isAssignableFrom(raw)) {
            throw new Refused("%s is an exception, which is thrown, not recorded. Record what it says."
                    .formatted(subject(where, type)));
        }
        if (reader.getClass().getName().startsWith("com.fasterxml.jackson.databind.deser.")) {
            String loss = lossOf(raw);
            if (loss != null) {
                throw new Refused("Jackson loses " + loss.formatted(subject(where, type)));
            }
        }
    }

    private static @Nullable String lossOf(Class<?> raw) {
        if (Calendar.class.isAssignableFrom(raw)) {
            return "the zone of %s. Declare a ZonedDateTime.";
        }
        return switch (raw.getName()) { // by name: a program without a database needs no java.sql here
            case "java.sql.Timestamp" -> "the nanoseconds of %s. Declare an Instant or a LocalDateTime.";
            case "java.sql.Date" -> "in some zones the day of %s. Declare a LocalDate.";
            case "java.sql.Time" -> "the milliseconds of %s. Declare a LocalTime.";
            case "java.util.regex.Pattern" -> "the flags of %s. Record its text.";
            default -> null;
        };
    }

    // ---- containers

    private void visitContainer(JavaType type, String where) throws Refused, JsonMappingException {
        Class<?> raw = type.getRawClass();
        boolean isEntry = raw == Map.Entry.class;
        JavaType key = isEntry ? type.containedTypeOrUnknown(0) : type.getKeyType();
        if (key != null) {
            visitKey(key, where);
        }
        JavaType sorted = key == null ? type.getContentType() : key;
        boolean isSorted = SortedMap.class.isAssignableFrom(raw) || SortedSet.class.isAssignableFrom(raw);
        if (isSorted && sorted != null && !sorted.isTypeOrSubTypeOf(Comparable.class) && !sorted.isJavaLangObject()) {
            throw new Refused(
                    "%s is sorted by a comparator, which JSON does not keep, as %s has no order of its own. Declare a %s."
                            .formatted(where, name(sorted), key == null ? "Set or a List" : "Map"));
        }
        JavaType content = isEntry ? type.containedTypeOrUnknown(1) : type.getContentType();
        if (content != null && content.getValueHandler() == null) {
            visit(content, key == null ? "an element of " + where : "a value of " + where);
        }
    }

    /** Most keys are text by a serializer of their own. The rest is written by toString, and might be read as another. */
    private void visitKey(JavaType key, String where) throws Refused, JsonMappingException {
        Class<?> raw = key.getRawClass();
        if (raw == Class.class) {
            throw new Refused(
                    "a key of %s is a Class, and no class that the database names is ever loaded. Use its name, or an enum."
                            .formatted(where));
        }
        JsonSerializer<?> writer = writing.findKeySerializer(key, null);
        if (writer instanceof StdKeySerializers.Default && !isOfJdk(raw) && hasNoTextOfItsOwn(raw)) {
            throw new Refused(
                    "a key of %s is %s, which would be written by toString(). Give the component that is its text @JsonKey, and let it be read by a constructor with that text alone; or use that text as the key."
                            .formatted(where, name(key)));
        }
    }

    private static boolean hasNoTextOfItsOwn(Class<?> raw) {
        try {
            Method toString = raw.getMethod("toString");
            boolean isOfCompiler = raw.isRecord() && Modifier.isFinal(toString.getModifiers());
            return isOfCompiler || toString.getDeclaringClass() == Object.class;
        } catch (NoSuchMethodException e) {
            return false; // an interface
        }
    }

    private void visitReference(JavaType type, String where) throws Refused, JsonMappingException {
        JavaType content = type.getReferencedType();
        if (content == null) {
            return;
        }
        if (content.isReferenceType()) {
            throw new Refused(
                    "%s holds another of its kind, and JSON cannot tell an empty one from one that holds an empty one. Declare one of them."
                            .formatted(subject(where, type)));
        }
        visit(content, "the value of " + where);
    }

    // ---- beans

    private void visitBean(JavaType type, BeanDeserializerBase bean, String where)
            throws Refused, JsonMappingException {
        Class<?> raw = type.getRawClass();
        JsonSerializer<?> writer = writing.findValueSerializer(type, null);
        if (isOfJdk(raw) && writer instanceof BeanSerializerBase) {
            throw new Refused(
                    "%s is of the JDK, and Jackson does not know it and would write its getters. Record what you need of it."
                            .formatted(subject(where, type)));
        }
        if (writer instanceof UnknownSerializer && writing.isEnabled(SerializationFeature.FAIL_ON_EMPTY_BEANS)) {
            throw new Refused("there is nothing to write of %s. Give it getters or make it a record."
                    .formatted(subject(where, type)));
        }
        refuseUnlessMade(type, bean.getValueInstantiator(), writer, where);
        for (Iterator<SettableBeanProperty> each = bean.properties(); each.hasNext(); ) {
            SettableBeanProperty property = each.next();
            String path = where.equals("it") ? property.getName() : where + "." + property.getName();
            if (isPlain(property)) {
                visit(property.getType(), path);
            } else {
                visit(property.getType(), property.getValueDeserializer(), property.getValueTypeDeserializer(), path);
            }
        }
    }

    /** Read as its type is everywhere, not as annotations of this property say. */
    private static boolean isPlain(SettableBeanProperty property) {
        return property.getAnnotation(JsonDeserialize.class) == null
                && property.getAnnotation(JsonTypeInfo.class) == null;
    }

    private void refuseUnlessMade(JavaType type, ValueInstantiator maker, JsonSerializer<?> writer, String where)
            throws Refused {
        boolean isMade;
        if (writer instanceof BeanSerializerBase) {
            isMade = maker.canCreateUsingDefault()
                    || maker.canCreateFromObjectWith()
                    || maker.canCreateUsingDelegate()
                    || maker.canCreateUsingArrayDelegate();
        } else if (isText(type)) {
            isMade = maker.canCreateFromString()
                    || maker.canCreateUsingDelegate()
                    || maker.canCreateUsingArrayDelegate();
        } else {
            isMade = maker.canInstantiate();
        }
        if (!isMade) {
            throw new Refused(
                    "%s has no constructor that Jackson can call with what was written. Make it a record, or a static class with @JsonCreator on a constructor and @JsonProperty on its parameters, or with a builder that @JsonDeserialize names."
                            .formatted(subject(where, type)));
        }
    }

    /** Whether its @JsonValue is a text. */
    private boolean isText(JavaType type) {
        AnnotatedMember value = mapper.getSerializationConfig().introspect(type).findJsonValueAccessor();
        return value != null && CharSequence.class.isAssignableFrom(value.getRawType());
    }

    // ---- subtypes

    private void visitSubtypes(JavaType base, TypeDeserializer subtypes, String where)
            throws Refused, JsonMappingException {
        refuseClassNames(base, subtypes, where);
        if (mechanism(subtypes) == JsonTypeInfo.Id.CUSTOM) {
            return;
        }
        List<Class<?>> known = knownSubtypes(base);
        refuseForgotten(base, known, where);
        for (Class<?> subtype : known) {
            JavaType concrete = mapper.getTypeFactory().constructSpecializedType(base, subtype);
            if (seen.size() < MAX_TYPES && seen.add(concrete)) {
                visit(concrete, reading.findContextualValueDeserializer(concrete, null), null, where);
            }
        }
    }

    private static void refuseClassNames(JavaType base, TypeDeserializer subtypes, String where) throws Refused {
        JsonTypeInfo.Id mechanism = mechanism(subtypes);
        if (mechanism == JsonTypeInfo.Id.CLASS || mechanism == JsonTypeInfo.Id.MINIMAL_CLASS) {
            throw new Refused(
                    "%s has a @JsonTypeInfo that lets the text name a class, and no class that the database names is ever loaded. Use Id.NAME and @JsonSubTypes."
                            .formatted(subject(where, base)));
        }
    }

    private static JsonTypeInfo.Id mechanism(TypeDeserializer subtypes) {
        TypeIdResolver ids = subtypes.getTypeIdResolver();
        return ids == null ? JsonTypeInfo.Id.CUSTOM : ids.getMechanism();
    }

    private List<Class<?>> knownSubtypes(JavaType base) {
        DeserializationConfig config = reading.getConfig();
        AnnotatedClass annotated = config.introspectClassAnnotations(base).getClassInfo();
        List<Class<?>> known = new ArrayList<>();
        for (NamedType each : config.getSubtypeResolver().collectAndResolveSubtypesByTypeId(config, annotated)) {
            boolean isOther =
                    !base.getRawClass().isAssignableFrom(each.getType()); // a sibling, by inherited annotations
            if (!isOther && !Modifier.isAbstract(each.getType().getModifiers())) {
                known.add(each.getType());
            }
        }
        return known;
    }

    private static void refuseForgotten(JavaType base, List<Class<?>> known, String where) throws Refused {
        if (known.isEmpty()) {
            throw new Refused(
                    "%s has subtypes that nobody names. Name them with @JsonSubTypes.".formatted(subject(where, base)));
        }
        List<Class<?>> permitted = new ArrayList<>();
        collectPermitted(base.getRawClass(), permitted);
        permitted.removeAll(known);
        if (!permitted.isEmpty()) {
            throw new Refused(
                    "%s has @JsonSubTypes that do not name %s, which would be written and could not be read. Name it."
                            .formatted(subject(where, base), permitted.get(0).getName()));
        }
    }

    private static void collectPermitted(Class<?> type, List<Class<?>> permitted) {
        if (!type.isSealed()) {
            return;
        }
        for (Class<?> subtype : type.getPermittedSubclasses()) {
            if (!Modifier.isAbstract(subtype.getModifiers())) {
                permitted.add(subtype);
            }
            collectPermitted(subtype, permitted);
        }
    }

    // ----

    private static boolean isOfJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
    }

    /** The whole is named already. */
    private static String subject(String where, JavaType type) {
        return where.equals("it") ? where : where + ", " + name(type) + ",";
    }

    private static String name(JavaType type) {
        return type.toCanonical();
    }
}
