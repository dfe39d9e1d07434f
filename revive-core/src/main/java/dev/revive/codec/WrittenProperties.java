// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedMethod;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.PropertyWriter;
import com.fasterxml.jackson.databind.ser.std.BeanSerializerBase;
import com.fasterxml.jackson.databind.util.ClassUtil;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** As which types Jackson writes the properties of a bean. Those that it writes in a way of their own are not among them. */
final class WrittenProperties {
    private final Map<String, JavaType> types = new HashMap<>();
    private final @Nullable JavaType others;

    /** @param writing null if nothing is known of the writer: it is another's */
    WrittenProperties(JavaType bean, @Nullable SerializerProvider writing) throws JsonMappingException {
        JsonSerializer<?> writer = writing == null ? null : writing.findValueSerializer(bean, null);
        if (writing == null || !(writer instanceof BeanSerializerBase) || !Form.isOfJackson(writer)) {
            others = null;
            return;
        }
        for (Iterator<PropertyWriter> each = writer.properties(); each.hasNext(); ) {
            PropertyWriter property = each.next();
            if (property instanceof BeanPropertyWriter plain && isPlain(plain)) {
                types.put(plain.getName(), plain.getType());
            }
        }
        AnnotatedMember getter = writing.getConfig().introspect(bean).findAnyGetter();
        others = getter == null || getter.hasAnnotation(JsonSerialize.class) ? null : ofOthers(getter);
    }

    private static boolean isPlain(BeanPropertyWriter property) {
        return property.getClass() == BeanPropertyWriter.class
                && property.getAnnotation(JsonSerialize.class) == null
                && property.getAnnotation(JsonFormat.class) == null
                && property.getAnnotation(JsonRawValue.class) == null
                && property.getAnnotation(JsonTypeInfo.class) == null;
    }

    /** Null if it is not known. */
    @Nullable
    JavaType typeOf(String property) {
        return types.get(property);
    }

    /** Of what its any-getter gives; null if it has none. */
    @Nullable
    JavaType others() {
        return others;
    }

    /** Of the values that an any-getter gives or an any-setter takes; null if they are Jackson's nodes. */
    static @Nullable JavaType ofOthers(AnnotatedMember accessor) {
        boolean takesOne = accessor instanceof AnnotatedMethod method && method.getParameterCount() == 2;
        return takesOne
                ? ((AnnotatedMethod) accessor).getParameterType(1)
                : accessor.getType().getContentType();
    }

    /** Whether a value of the one is none of the other: neither is a subtype, and they are no two kinds of list or of map of the same. */
    static boolean isOther(JavaType written, JavaType read) {
        if (areOfOneKind(written, read)) {
            return isOther(written.getContentType(), read.getContentType());
        }
        Class<?> one = wrapped(written);
        Class<?> other = wrapped(read);
        return !one.isAssignableFrom(other) && !other.isAssignableFrom(one);
    }

    private static Class<?> wrapped(JavaType type) {
        Class<?> raw = type.getRawClass();
        return raw.isPrimitive() ? ClassUtil.wrapperType(raw) : raw;
    }

    static boolean areOfOneKind(JavaType one, JavaType other) {
        return (isList(one) && isList(other))
                || (one.isMapLikeType() && other.isMapLikeType())
                || (one.isReferenceType() && other.isReferenceType());
    }

    private static boolean isList(JavaType type) {
        return type.isCollectionLikeType() || type.isArrayType();
    }
}
