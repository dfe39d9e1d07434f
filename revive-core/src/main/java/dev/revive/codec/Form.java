// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.std.ContainerDeserializerBase;
import com.fasterxml.jackson.databind.deser.std.EnumDeserializer;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonArrayFormatVisitor;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonBooleanFormatVisitor;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonFormatTypes;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonIntegerFormatVisitor;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonMapFormatVisitor;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonNumberFormatVisitor;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonObjectFormatVisitor;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonStringFormatVisitor;
import com.fasterxml.jackson.databind.ser.std.BeanSerializerBase;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is written of a type, an object or a text or a number, and who can read that. Where only the value tells, it is ANY. */
final class Form extends JsonFormatVisitorWrapper.Base {
    private static final Set<LogicalType> SCALARS = EnumSet.of(
            LogicalType.Integer,
            LogicalType.Float,
            LogicalType.Boolean,
            LogicalType.Textual,
            LogicalType.Binary,
            LogicalType.DateTime);

    private JsonFormatTypes seen = JsonFormatTypes.ANY;

    private Form(SerializerProvider writing) {
        super(writing);
    }

    static JsonFormatTypes of(JavaType type, SerializerProvider writing) throws JsonMappingException {
        AnnotatedMember value = writing.getConfig().introspect(type).findJsonValueAccessor();
        JavaType written = value == null ? type : value.getType();
        JsonSerializer<?> writer = writing.findValueSerializer(written, null);
        Form form = new Form(writing);
        boolean isOpen = value != null
                && (isWrittenInItsOwnWay(value) || (writer instanceof BeanSerializerBase && !written.isConcrete()));
        if (isOfJackson(writer) && !isOpen) { // others need not say
            writer.acceptJsonFormatVisitor(form, written);
        }
        return form.seen;
    }

    private static boolean isWrittenInItsOwnWay(AnnotatedMember value) {
        return value.hasAnnotation(JsonSerialize.class)
                || value.hasAnnotation(JsonFormat.class)
                || value.hasAnnotation(JsonRawValue.class);
    }

    static boolean mayBeObject(JsonDeserializer<?> reader) {
        boolean isScalar = reader instanceof EnumDeserializer
                || reader instanceof FromStringDeserializer
                || SCALARS.contains(reader.logicalType());
        return !isScalar || !isOfJackson(reader);
    }

    static boolean isMadeOf(JsonFormatTypes written, ValueInstantiator maker) {
        return switch (written) {
            case OBJECT -> maker.canCreateUsingDefault() || maker.canCreateFromObjectWith();
            case STRING -> // Jackson makes a number or a boolean of a text if only that is asked for
                maker.canCreateFromString()
                        || maker.canCreateFromInt()
                        || maker.canCreateFromLong()
                        || maker.canCreateFromBoolean();
            case INTEGER, NUMBER ->
                maker.canCreateFromInt()
                        || maker.canCreateFromLong()
                        || maker.canCreateFromBigInteger()
                        || maker.canCreateFromDouble()
                        || maker.canCreateFromBigDecimal();
            case BOOLEAN -> maker.canCreateFromBoolean();
            default -> maker.canInstantiate();
        };
    }

    /** Whether this reader may make something of what is written so. */
    static boolean isReadBy(JsonFormatTypes written, JavaType read, JsonDeserializer<?> reader) {
        boolean isNested = written == JsonFormatTypes.OBJECT || written == JsonFormatTypes.ARRAY;
        if (reader instanceof BeanDeserializerBase bean) {
            ValueInstantiator maker = bean.getValueInstantiator();
            return maker.canCreateUsingDelegate() || maker.canCreateUsingArrayDelegate() || isMadeOf(written, maker);
        }
        if (reader instanceof ContainerDeserializerBase && isOfJackson(reader)) {
            boolean isContained = read.isMapLikeType() ? written == JsonFormatTypes.OBJECT : isNested;
            return isContained || written == JsonFormatTypes.ANY;
        }
        return !isNested || mayBeObject(reader);
    }

    static boolean isOfJackson(Object part) {
        return part.getClass().getName().startsWith("com.fasterxml.jackson.");
    }

    // ---- the writer's answers

    @Override
    public @Nullable JsonObjectFormatVisitor expectObjectFormat(JavaType type) {
        seen = JsonFormatTypes.OBJECT;
        return null;
    }

    @Override
    public @Nullable JsonMapFormatVisitor expectMapFormat(JavaType type) {
        seen = JsonFormatTypes.OBJECT;
        return null;
    }

    @Override
    public @Nullable JsonArrayFormatVisitor expectArrayFormat(JavaType type) {
        seen = JsonFormatTypes.ARRAY;
        return null;
    }

    @Override
    public @Nullable JsonStringFormatVisitor expectStringFormat(JavaType type) {
        seen = JsonFormatTypes.STRING;
        return null;
    }

    @Override
    public @Nullable JsonIntegerFormatVisitor expectIntegerFormat(JavaType type) {
        seen = JsonFormatTypes.INTEGER;
        return null;
    }

    @Override
    public @Nullable JsonNumberFormatVisitor expectNumberFormat(JavaType type) {
        seen = JsonFormatTypes.NUMBER;
        return null;
    }

    @Override
    public @Nullable JsonBooleanFormatVisitor expectBooleanFormat(JavaType type) {
        seen = JsonFormatTypes.BOOLEAN;
        return null;
    }
}
