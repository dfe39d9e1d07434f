// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.impl.UnsupportedTypeDeserializer;
import com.fasterxml.jackson.databind.deser.std.ArrayBlockingQueueDeserializer;
import com.fasterxml.jackson.databind.deser.std.ContainerDeserializerBase;
import com.fasterxml.jackson.databind.deser.std.ReferenceTypeDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDelegatingDeserializer;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonFormatTypes;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.PropertyWriter;
import com.fasterxml.jackson.databind.ser.impl.UnknownSerializer;
import com.fasterxml.jackson.databind.ser.std.BeanSerializerBase;
import com.fasterxml.jackson.databind.ser.std.StdKeySerializers;
import com.fasterxml.jackson.databind.util.Converter;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.AbstractList;
import java.util.Calendar;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.PriorityBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a type as Jackson will, before there is a value of it, and finds what is sure to fail or to lose something. What depends on the value
 * shows only with the value. Asks Jackson for what it would use, so that the host's modules and annotations count.
 */
final class Inspection {
    /** Types that grow at every level have no end. */
    private static final int MAX_TYPES = 1_000;

    private static final List<Class<?>> SORTED =
            List.of(SortedMap.class, SortedSet.class, PriorityQueue.class, PriorityBlockingQueue.class);

    private static final Set<Class<?>> OPTIONAL_NUMBERS =
            Set.of(OptionalInt.class, OptionalLong.class, OptionalDouble.class);

    private static final String MAKE =
            "Make it a record, or a static class with @JsonCreator on a constructor and @JsonProperty on its parameters, or with a builder that @JsonDeserialize names.";

    private final Type declared;
    private final ObjectMapper mapper;
    private final DeserializationContext reading;
    private final SerializerProvider writing;
    private final Set<Place> seen = new HashSet<>();

    /** Here values are read of what something else has written: a delegate of its owner, a property with a serializer of its own. */
    private boolean isOnlyRead;

    /** A type, and what its place makes of it: here the text may say which subtype it is, and not there. */
    private record Place(
            JavaType type,
            JsonTypeInfo.@Nullable Id subtypes,
            @Nullable JsonDeserializer<?> own,
            boolean isOnlyRead) {}

    Inspection(ObjectMapper mapper, Type declared) {
        this.mapper = mapper;
        this.declared = declared;
        this.writing = mapper.getSerializerProviderInstance();
        this.reading = ((DefaultDeserializationContext) mapper.getDeserializationContext())
                .createDummyInstance(mapper.getDeserializationConfig());
    }

    static final class Refused extends Exception {
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
        TypeDeserializer subtypes = type.getTypeHandler();
        if (!isNew(type, subtypes, null)) {
            return;
        }
        JsonDeserializer<?> reader = reading.findContextualValueDeserializer(type, null);
        if (subtypes == null) {
            subtypes = reading.getFactory().findTypeDeserializer(reading.getConfig(), type);
        }
        visitSubtypes(type, subtypes, null, where);
        visit(type, reader, subtypes, where);
    }

    private boolean isNew(JavaType type, @Nullable TypeDeserializer subtypes, @Nullable JsonDeserializer<?> own) {
        JsonTypeInfo.Id how = subtypes == null ? null : Subtypes.mechanism(subtypes);
        return seen.size() < MAX_TYPES && seen.add(new Place(type, how, own, isOnlyRead));
    }

    private void visit(JavaType type, JsonDeserializer<?> reader, @Nullable TypeDeserializer subtypes, String where)
            throws Refused, JsonMappingException {
        refuseWhatLoses(type, reader, where);
        if (reader instanceof BeanDeserializerBase bean) {
            visitBean(type, bean, where);
        } else if (reader instanceof AbstractDeserializer && subtypes == null) {
            throw new Refused(
                    "%s is abstract, and JSON does not say which of its subtypes it is. Declare the subtype, or give it @JsonTypeInfo(use = Id.NAME) and @JsonSubTypes."
                            .formatted(subject(where, type)));
        } else if (reader instanceof ContainerDeserializerBase<?> container) {
            refuseUnlessMade(type, container, where);
            visitContainer(type, container, where);
        } else if (reader instanceof ReferenceTypeDeserializer<?>) {
            visitReference(type, where);
        } else if (written(type) == JsonFormatTypes.OBJECT && !Form.mayBeObject(reader)) {
            throw new Refused(
                    "%s is written as an object and read as something else. %s".formatted(subject(where, type), MAKE));
        }
    }

    private JsonFormatTypes written(JavaType type) throws JsonMappingException {
        JsonFormatTypes form = isOnlyRead ? JsonFormatTypes.ANY : Form.of(type, writing);
        boolean isNumber = form == JsonFormatTypes.INTEGER || form == JsonFormatTypes.NUMBER;
        return isNumber && mapper.isEnabled(JsonWriteFeature.WRITE_NUMBERS_AS_STRINGS.mappedFeature())
                ? JsonFormatTypes.ANY
                : form;
    }

    // ---- what Jackson would accept

    private static void refuseWhatLoses(JavaType type, JsonDeserializer<?> reader, String where) throws Refused {
        Class<?> raw = type.getRawClass();
        if (reader instanceof UnsupportedTypeDeserializer) {
            throw new Refused(
                    "%s is of a kind for which this mapper has no module. Register it, JavaTimeModule for example."
                            .formatted(subject(where, type)));
        }
        if (raw == Class.class || JavaType.class.isAssignableFrom(raw)) {
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

    private void visitContainer(JavaType type, ContainerDeserializerBase<?> reader, String where)
            throws Refused, JsonMappingException {
        Class<?> raw = type.getRawClass();
        boolean isEntry = raw == Map.Entry.class;
        JavaType key = isEntry ? type.containedTypeOrUnknown(0) : type.getKeyType();
        if (key != null) {
            visitKey(key, where);
        }
        JavaType sorted = key == null ? type.getContentType() : key;
        boolean isSorted = SORTED.stream().anyMatch(each -> each.isAssignableFrom(raw));
        if (isSorted && sorted != null && !sorted.isTypeOrSubTypeOf(Comparable.class) && !sorted.isJavaLangObject()) {
            throw new Refused(
                    "%s is sorted by a comparator, which JSON does not keep, as %s has no order of its own. Declare a %s."
                            .formatted(where, name(sorted), key == null ? "Set or a List" : "Map"));
        }
        JavaType content = isEntry ? type.containedTypeOrUnknown(1) : type.getContentType();
        if (!isOnlyRead && type.isArrayType() && isForgotten(content)) {
            throw new Refused(
                    "%s is an array of a generic type with subtypes, and Jackson forgets the type arguments in it. Declare a List."
                            .formatted(subject(where, type)));
        }
        boolean isConverted = isOnlyRead && reader.getContentDeserializer() instanceof StdDelegatingDeserializer;
        if (content != null && content.getValueHandler() == null && !isConverted) {
            visit(content, key == null ? "an element of " + where : "a value of " + where);
        }
    }

    /** Unless values of the arguments are written in one way only. */
    private boolean isForgotten(JavaType element) throws JsonMappingException {
        boolean isOpen = element.getBindings().getTypeParameters().stream().anyMatch(argument -> !argument.isFinal());
        return isOpen && writing.findTypeSerializer(element) != null;
    }

    /** Most keys are text by a serializer of their own. The rest is written by toString, and might be read as another. */
    private void visitKey(JavaType key, String where) throws Refused, JsonMappingException {
        Class<?> raw = key.getRawClass();
        if (raw == Class.class) {
            throw new Refused(
                    "a key of %s is a Class, and no class that the database names is ever loaded. Use its name, or an enum."
                            .formatted(where));
        }
        if (isOnlyRead) {
            return;
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
        if (content.isReferenceType() || OPTIONAL_NUMBERS.contains(content.getRawClass())) {
            throw new Refused(
                    "%s holds another of its kind, and JSON cannot tell an empty one from one that holds an empty one. Declare one of them."
                            .formatted(subject(where, type)));
        }
        visit(content, "the value of " + where);
    }

    // ---- beans

    private void visitBean(JavaType type, BeanDeserializerBase bean, String where)
            throws Refused, JsonMappingException {
        if (!isOnlyRead) {
            refuseUnlessWritten(type, where);
        }
        visitMaker(type, bean.getValueInstantiator(), where);
        refuseWhatNobodyInjects(type, bean, where);
        WrittenProperties written = new WrittenProperties(type, isOnlyRead ? null : writing);
        for (Iterator<SettableBeanProperty> each = bean.properties(); each.hasNext(); ) {
            SettableBeanProperty property = each.next();
            if (property.getInjectableValueId() == null) {
                visitProperty(property, written, part(where, property.getName()));
            }
        }
        visitUnwrapped(type, where);
        visitOthers(type, written, where);
    }

    private static String part(String where, String name) {
        return where.equals("it") ? name : where + "." + name;
    }

    /** Their own properties stand among those of their owner: its reader does not list them. */
    private void visitUnwrapped(JavaType type, String where) throws Refused, JsonMappingException {
        AnnotationIntrospector annotations = reading.getAnnotationIntrospector();
        for (BeanPropertyDefinition each : reading.getConfig().introspect(type).findProperties()) {
            AnnotatedMember member = each.couldDeserialize() ? each.getMutator() : null;
            if (member != null && annotations.findUnwrappingNameTransformer(member) != null) {
                String place = part(where, each.getName());
                if (!isOnlyRead && writing.findTypeSerializer(member.getType()) != null) {
                    throw new Refused(
                            "%s is unwrapped, and there is no place then for what says which of its subtypes it is. Leave out @JsonUnwrapped."
                                    .formatted(subject(place, member.getType())));
                }
                visit(member.getType(), place);
            }
        }
    }

    /** What an any-getter writes, an any-setter reads. */
    private void visitOthers(JavaType type, WrittenProperties written, String where)
            throws Refused, JsonMappingException {
        AnnotatedMember setter = reading.getConfig().introspect(type).findAnySetterAccessor();
        if (setter == null || setter.hasAnnotation(JsonDeserialize.class)) {
            return;
        }
        JavaType read = WrittenProperties.ofOthers(setter);
        JavaType others = written.others();
        if (read == null || others == null) {
            return;
        }
        String place = where.equals("it") ? "any other property" : "any other property of " + where;
        boolean isOther = WrittenProperties.isOther(others, read);
        if (isOther) {
            refuseUnlessReadBy(others, read, reading.findContextualValueDeserializer(read, null), place);
        }
        visitRead(isOther, () -> visit(read, place));
    }

    private void refuseUnlessWritten(JavaType type, String where) throws Refused, JsonMappingException {
        JsonSerializer<?> writer = writing.findValueSerializer(type, null);
        if (isOfJdk(type.getRawClass()) && writer instanceof BeanSerializerBase) {
            throw new Refused(
                    "%s is of the JDK, and Jackson does not know it and would write its getters. Record what you need of it."
                            .formatted(subject(where, type)));
        }
        if (writer instanceof UnknownSerializer && writing.isEnabled(SerializationFeature.FAIL_ON_EMPTY_BEANS)) {
            throw new Refused("there is nothing to write of %s. Give it getters or make it a record."
                    .formatted(subject(where, type)));
        }
    }

    private void visitMaker(JavaType type, ValueInstantiator maker, String where) throws Refused, JsonMappingException {
        JsonFormatTypes written = written(type);
        JavaType delegate = maker.getDelegateType(reading.getConfig());
        boolean isMade = delegate == null
                ? Form.isMadeOf(written, maker)
                : written != JsonFormatTypes.OBJECT
                        || Form.mayBeObject(reading.findContextualValueDeserializer(delegate, null));
        if (!isMade) {
            throw new Refused("%s has no constructor that Jackson can call with what was written. %s"
                    .formatted(subject(where, type), MAKE));
        }
        if (delegate != null) {
            visitRead(true, () -> visit(delegate, "what makes " + where));
        }
    }

    private static void refuseUnlessMade(JavaType type, ContainerDeserializerBase<?> reader, String where)
            throws Refused {
        ValueInstantiator maker = reader.getValueInstantiator();
        boolean isMade = maker == null
                || reader instanceof ArrayBlockingQueueDeserializer
                || maker.canCreateFromObjectWith()
                || maker.canCreateUsingDelegate()
                || maker.canCreateUsingArrayDelegate()
                || (maker.canCreateUsingDefault() && isFilled(type));
        if (!isMade) {
            throw new Refused(
                    "%s has no constructor that Jackson can call, or cannot be filled after that. Put @JsonCreator on one that takes a List or a Map, or declare that."
                            .formatted(subject(where, type)));
        }
    }

    /** The abstract classes of the JDK take nothing in unless a subclass sees to it. */
    private static boolean isFilled(JavaType type) {
        Class<?> raw = type.getRawClass();
        try {
            boolean isOfList = type.isCollectionLikeType()
                    && raw.getMethod("add", Object.class).getDeclaringClass() == AbstractList.class;
            Method add = type.isMapLikeType()
                    ? raw.getMethod("put", Object.class, Object.class)
                    : isOfList ? raw.getMethod("add", int.class, Object.class) : raw.getMethod("add", Object.class);
            return isOfJdk(raw)
                    || !isOfJdk(add.getDeclaringClass())
                    || !Modifier.isAbstract(add.getDeclaringClass().getModifiers());
        } catch (NoSuchMethodException e) {
            return true; // neither a Collection nor a Map: a module's
        }
    }

    /** Without the value that the host is to put into it, nothing is read, even if a value was written in its place. */
    private void refuseWhatNobodyInjects(JavaType type, BeanDeserializerBase bean, String where) throws Refused {
        if (mapper.getInjectableValues() == null && isInjected(type, bean)) {
            throw new Refused(
                    "%s has a @JacksonInject, and this mapper has no InjectableValues. Let the workflow's code have that object, not the value; or give Revive a mapper that has it."
                            .formatted(subject(where, type)));
        }
    }

    private boolean isInjected(JavaType type, BeanDeserializerBase bean) {
        Map<?, ?> members = reading.getConfig().introspect(type).findInjectables(); // null if there are none
        boolean isInjected = members != null && !members.isEmpty();
        for (Iterator<SettableBeanProperty> each = bean.properties(); each.hasNext() && !isInjected; ) {
            isInjected = each.next().getInjectableValueId() != null;
        }
        return isInjected;
    }

    private void visitProperty(SettableBeanProperty property, WrittenProperties writers, String where)
            throws Refused, JsonMappingException {
        boolean isOnlyReadHere = hasItsOwnWay(property);
        JavaType written = isOnlyReadHere ? null : writers.typeOf(property.getName());
        if (written != null && WrittenProperties.isOther(written, property.getType())) {
            refuseUnlessReadBy(written, property.getType(), property.getValueDeserializer(), where);
            isOnlyReadHere = true;
        }
        visitRead(isOnlyReadHere, () -> visitPropertysType(property, where));
    }

    /** The getter's type is not the one that is read: a value of the one has to make a value of the other. */
    private void refuseUnlessReadBy(JavaType written, JavaType read, JsonDeserializer<?> reader, String where)
            throws Refused, JsonMappingException {
        JavaType element = read.getContentType();
        if (element != null && WrittenProperties.areOfOneKind(written, read)) {
            JsonDeserializer<?> ofElement = reading.findContextualValueDeserializer(element, null);
            refuseUnlessReadBy(written.getContentType(), element, ofElement, "an element of " + where);
        } else if (!reading.isEnabled(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                && !reading.isEnabled(DeserializationFeature.UNWRAP_SINGLE_VALUE_ARRAYS)
                && !Form.isReadBy(written(written), read, reader)) {
            throw new Refused("%s is written as %s and read as %s, which cannot be made of it. Let both be of one type."
                    .formatted(where, name(written), name(read)));
        }
    }

    private interface Visit {
        void make() throws Refused, JsonMappingException;
    }

    private void visitRead(boolean isOnly, Visit visit) throws Refused, JsonMappingException {
        boolean outer = isOnlyRead;
        isOnlyRead = outer || isOnly;
        visit.make();
        isOnlyRead = outer;
    }

    /** Then what is written, or what is read, is not what its type says. */
    private static boolean hasItsOwnWay(SettableBeanProperty property) {
        JsonDeserialize read = property.getAnnotation(JsonDeserialize.class);
        boolean isConverted = read != null
                && (read.using() != JsonDeserializer.None.class || read.converter() != Converter.None.class);
        return isConverted || property.getAnnotation(JsonSerialize.class) != null;
    }

    private void visitPropertysType(SettableBeanProperty property, String where) throws Refused, JsonMappingException {
        JavaType type = property.getType();
        if (isPlain(property)) {
            visit(type, where);
            return;
        }
        TypeDeserializer own = property.getValueTypeDeserializer();
        visitSubtypes(type, own, property.getMember(), where);
        JavaType content = type.getContentType();
        if (content != null && content.getTypeHandler() instanceof TypeDeserializer subtypes) {
            String element = "an element of " + where;
            visitSubtypes(content, subtypes, property.getMember(), element);
            if (isNew(content, subtypes, null)) {
                visit(content, reading.findContextualValueDeserializer(content, null), subtypes, element);
            }
        }
        if (isNew(type, own, property.getValueDeserializer())) {
            visit(type, property.getValueDeserializer(), own, where);
        }
    }

    /** Read as its type is everywhere, not as annotations of this property say. */
    private static boolean isPlain(SettableBeanProperty property) {
        return property.getAnnotation(JsonDeserialize.class) == null
                && property.getAnnotation(JsonTypeInfo.class) == null;
    }

    // ---- subtypes

    private void visitSubtypes(
            JavaType base, @Nullable TypeDeserializer subtypes, @Nullable AnnotatedMember property, String where)
            throws Refused, JsonMappingException {
        if (subtypes == null) {
            return;
        }
        Subtypes known = new Subtypes(reading.getConfig(), base, subtypes, property);
        for (Class<?> subtype : known.known(subject(where, base))) {
            JavaType concrete = mapper.getTypeFactory().constructSpecializedType(base, subtype);
            refuseUnlessTold(concrete, subtypes, where);
            if (isNew(concrete, null, null)) {
                visit(concrete, reading.findContextualValueDeserializer(concrete, null), null, where);
            }
        }
    }

    private void refuseUnlessTold(JavaType subtype, TypeDeserializer subtypes, String where)
            throws Refused, JsonMappingException {
        if (isOnlyRead
                || subtypes.getTypeInclusion() != JsonTypeInfo.As.EXISTING_PROPERTY
                || subtypes.hasDefaultImpl()) {
            return;
        }
        JsonSerializer<?> writer = writing.findValueSerializer(subtype, null);
        boolean isTold = !(writer instanceof BeanSerializerBase)
                || !Form.isOfJackson(writer)
                || writing.getConfig().introspect(subtype).findAnyGetter() != null;
        for (Iterator<PropertyWriter> each = writer.properties(); each.hasNext() && !isTold; ) {
            PropertyWriter property = each.next();
            isTold = property.getName().equals(subtypes.getPropertyName())
                    || (property instanceof BeanPropertyWriter ofBean && ofBean.isUnwrapping());
        }
        if (!isTold) {
            throw new Refused(
                    "%s has no property \"%s\", which is to say which subtype it is. Give it one, or leave out As.EXISTING_PROPERTY."
                            .formatted(subject(where, subtype), subtypes.getPropertyName()));
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
