// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.codec.JsonText;
import dev.revive.codec.PayloadSerializer;
import dev.revive.workflow.Failure;
import dev.revive.workflow.SerializationException;
import java.lang.reflect.Type;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Values to text and back, with the bound on their size. */
final class Payloads {
    private final PayloadSerializer serializer;
    private final int maxChars;

    Payloads(PayloadSerializer serializer, int maxChars) {
        this.serializer = serializer;
        this.maxChars = maxChars;
    }

    String encode(@Nullable Object value, Type type) {
        String json = JsonText.storable(guarded(
                () -> Objects.requireNonNull(serializer.serialize(value, type), "the serializer answered null"), type));
        if (json.length() > maxChars) {
            throw new SerializationException(String.format(
                    Locale.ROOT,
                    "The value has %,d characters of JSON, more than the %,d allowed. Store it elsewhere and return its key, or raise maxPayloadChars.",
                    json.length(),
                    maxChars));
        }
        return json;
    }

    @Nullable
    Object decode(String json, Type type) {
        return guarded(() -> serializer.deserialize(json, type), type);
    }

    /** A serializer, or the user's own getter or constructor below it, may throw anything; here it becomes one thing. */
    private static <T extends @Nullable Object> T guarded(java.util.function.Supplier<T> work, Type type) {
        try {
            return work.get();
        } catch (SerializationException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            if (Fatal.isFatal(e)) {
                throw e;
            }
            throw new SerializationException(
                    "The serializer failed on " + type.getTypeName() + ": "
                            + Failure.of(Failure.Kind.THROWN, e).summary(),
                    e);
        }
    }
}
