// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import dev.revive.workflow.SerializationException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Turns values into readable JSON text and back. Must be safe for use by many threads. */
public interface PayloadSerializer {
    /**
     * Writes a value.
     *
     * @param value the value, which may be null
     * @param type its declared type
     * @return JSON text in which U+0000 and lone surrogates are escaped, so that any database can hold it
     * @throws SerializationException if it cannot be written, saying why
     */
    String serialize(@Nullable Object value, Type type);

    /**
     * Reads a value. The type comes from the program, never from the text.
     *
     * @param json what {@link #serialize} wrote, perhaps in an older version of the program
     * @param type the type to read
     * @return the value, which may be null
     * @throws SerializationException if it cannot be read, saying why
     */
    @Nullable
    Object deserialize(String json, Type type);

    /**
     * Looks at a type before anything is done for a value of it: before a start, and before each effect, so it should remember what it found.
     * Refuses what is sure to fail once there is a value. This default refuses nothing.
     *
     * @param type the declared type
     * @throws SerializationException if no value of it can be written and read back, saying what to do
     */
    default void check(Type type) {}

    /**
     * The hash that tells whether two inputs are the same. It must not depend on the process, nor on the order of what has none. This default
     * knows the text only: it does not mind the order of properties, but that of a set.
     *
     * @param value the input, which may be null
     * @param type its declared type
     * @return at most 64 characters
     * @throws SerializationException if it cannot be written, saying why
     */
    default String inputHash(@Nullable Object value, Type type) {
        return JsonText.canonicalHash(serialize(value, type));
    }
}
