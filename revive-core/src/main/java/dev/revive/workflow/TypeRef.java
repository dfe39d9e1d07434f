// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A type token that keeps generic arguments: {@code new TypeRef<List<Order>>() {}}. Immutable.
 *
 * @param <T> the type it stands for
 */
public abstract class TypeRef<T extends @Nullable Object> {
    private final Type type;

    /** Captures the type argument of the anonymous subclass. */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parent)) {
            throw new IllegalArgumentException("Give TypeRef its type argument: new TypeRef<List<Order>>() {}");
        }
        this.type = parent.getActualTypeArguments()[0];
    }

    private TypeRef(Type type) {
        this.type = type;
    }

    /**
     * A token for a class without type arguments.
     *
     * @param type the class
     * @param <T> the class's type
     * @return its token
     */
    public static <T extends @Nullable Object> TypeRef<T> of(Class<T> type) {
        return new Known<>(Objects.requireNonNull(type, "type"));
    }

    /**
     * A token for a type that reflection answered, a method's generic return type for example.
     *
     * @param type the type
     * @return its token
     */
    public static TypeRef<?> ofType(Type type) {
        return new Known<>(Objects.requireNonNull(type, "type"));
    }

    /**
     * The type this token stands for.
     *
     * @return the captured type
     */
    public final Type type() {
        return type;
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof TypeRef<?> that && type.equals(that.type);
    }

    @Override
    public final int hashCode() {
        return type.hashCode();
    }

    @Override
    public final String toString() {
        return type.getTypeName();
    }

    private static final class Known<T extends @Nullable Object> extends TypeRef<T> {
        Known(Type type) {
            super(type);
        }
    }
}
