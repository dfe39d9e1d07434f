// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import dev.revive.workflow.SerializationException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Turns values into readable JSON text and back. Must be safe for use by many threads, and deterministic: equal values, equal text. */
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
}
