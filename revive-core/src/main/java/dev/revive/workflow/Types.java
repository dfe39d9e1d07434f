// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;

/** The rules that every recorded type obeys, whatever the serializer: its values are there, and the type says what they are. */
final class Types {
    private static final List<Class<?>> TO_COME = List.of(
            Future.class,
            CompletionStage.class,
            Flow.Publisher.class,
            BaseStream.class,
            Iterator.class,
            Enumeration.class,
            Spliterator.class);

    /** Of libraries that need not be there. */
    private static final List<String> NAMES_TO_COME = List.of(
            "org.reactivestreams.Publisher",
            "reactor.core.publisher.",
            "io.reactivex.",
            "io.smallrye.mutiny.",
            "kotlinx.coroutines.");

    private Types() {}

    /** The type, if values of it can be recorded at all. */
    static <T extends TypeRef<?>> T recordable(String what, T type) {
        check(what, type, type.type());
        return type;
    }

    private static void check(String what, TypeRef<?> whole, Type type) {
        if (type instanceof Class<?> raw) {
            checkClass(what, whole, raw);
        } else if (type instanceof ParameterizedType parameterized) {
            check(what, whole, parameterized.getRawType());
            for (Type argument : parameterized.getActualTypeArguments()) {
                check(what, whole, argument);
            }
        } else if (type instanceof GenericArrayType array) {
            check(what, whole, array.getGenericComponentType());
        } else if (type instanceof WildcardType wildcard) {
            for (Type bound : wildcard.getUpperBounds()) {
                check(what, whole, bound);
            }
        } else if (type instanceof TypeVariable<?> variable) {
            throw new IllegalArgumentException(
                    "The type of %s, %s, leaves open what %s is, so its values would be read as something else. Hand in the TypeRef from where the type is known."
                            .formatted(what, whole, variable.getName()));
        }
    }

    private static void checkClass(String what, TypeRef<?> whole, Class<?> raw) {
        Class<?> element = raw;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        if (isToCome(element)) {
            throw new IllegalArgumentException(
                    "The type of %s, %s, is of values that are still to come: it would be recorded before its outcome is known. Wait in the body and return the value itself, or a List; ctx.parallel(...) runs steps side by side."
                            .formatted(what, whole));
        }
    }

    private static boolean isToCome(Class<?> type) {
        for (Class<?> each : TO_COME) {
            if (each.isAssignableFrom(type)) {
                return true;
            }
        }
        for (String name : NAMES_TO_COME) {
            if (type.getName().startsWith(name)) {
                return true;
            }
        }
        return false;
    }
}
