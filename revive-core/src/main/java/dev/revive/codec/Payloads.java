// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import dev.revive.thread.Fatal;
import dev.revive.thread.Uninterruptibly;
import dev.revive.workflow.Failure;
import dev.revive.workflow.SerializationException;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Values to text and back, with the bound on their size: what the engine asks a {@link PayloadSerializer}. Safe for use by many threads. */
public final class Payloads {
    private final PayloadSerializer serializer;
    private final int maxChars;

    /**
     * With a bound.
     *
     * @param serializer writes and reads
     * @param maxChars the longest text
     */
    public Payloads(PayloadSerializer serializer, int maxChars) {
        this.serializer = serializer;
        this.maxChars = maxChars;
    }

    /**
     * Writes a value.
     *
     * @param value a value of the type, or null
     * @param type the declared type
     * @return JSON that every store can hold
     * @throws SerializationException if it cannot be written, or is too long
     */
    public String encode(@Nullable Object value, Type type) {
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

    /**
     * Refuses a type of which no value can be recorded, before anything is done for one.
     *
     * @param type the declared type
     * @throws SerializationException if it is refused; it says what to do
     */
    public void check(Type type) {
        guarded(
                () -> {
                    serializer.check(type);
                    return null;
                },
                type);
    }

    /**
     * An input as it is recorded: read back once, since to find out later that it cannot be is too late for the caller.
     *
     * @param value the input, or null
     * @param type its declared type
     * @return JSON
     * @throws SerializationException if it cannot be written, or not be read back, or comes back as something else, since its type does not say what is in
     *     it
     */
    public String encodeInput(@Nullable Object value, Type type) {
        check(type);
        String json = encode(value, type);
        Object read = decode(json, type);
        boolean isOpen = type instanceof Class<?> raw && raw.getTypeParameters().length > 0;
        if (isOpen && !Objects.equals(value, read) && !isAsItWas(value, read)) {
            throw new SerializationException(
                    "%s does not say what is in it, so this value would be read as maps, texts and numbers. Declare it with its type arguments, new TypeRef<List<Order>>() {} for example."
                            .formatted(type.getTypeName()));
        }
        return json;
    }

    /** As far as it is a collection or a map; but for what kind of number each is, for which JSON decides where no type does. */
    private static boolean isAsItWas(@Nullable Object value, @Nullable Object read) {
        if (value instanceof Map<?, ?> one && read instanceof Map<?, ?> other) {
            return one.keySet().equals(other.keySet())
                    && one.keySet().stream().allMatch(key -> isSame(one.get(key), other.get(key)));
        }
        if (value instanceof Collection<?> one && read instanceof Collection<?> other) {
            Iterator<?> others = other.iterator();
            return one.size() == other.size() && one.stream().allMatch(element -> isSame(element, others.next()));
        }
        return true;
    }

    private static boolean isSame(@Nullable Object value, @Nullable Object read) {
        boolean areNested =
                (value instanceof Map && read instanceof Map) || (value instanceof List && read instanceof List);
        return areNested
                ? isAsItWas(value, read)
                : (value instanceof Number && read instanceof Number) || Objects.equals(value, read);
    }

    /**
     * Refuses null for what is sent to a workflow: that nothing came is what a wait with a time limit answers.
     *
     * @param value what a signal carries, or an awakeable is completed with
     * @throws NullPointerException if it is null; it says what to send instead
     */
    public static void requireValue(@Nullable Object value) {
        Objects.requireNonNull(
                value,
                "value: what is sent to a workflow is never null. Send what null would mean: a Boolean, a constant, a record with an Optional.");
    }

    /**
     * What tells an input from another.
     *
     * @param value the input, or null
     * @param type its declared type
     * @return the same for the same input, in every process
     */
    public String inputHash(@Nullable Object value, Type type) {
        return guarded(() -> serializer.inputHash(value, type), type);
    }

    /**
     * Whether a workflow of this type would see the same. Asked where the hashes differ: another version of the program may have written the one
     * input before it knew a property of the other, or have hashed it in another way.
     *
     * @param one an input as it is recorded
     * @param other another
     * @param type their declared type
     * @return false also if one of them cannot be read
     */
    public boolean isSameInput(String one, String other, Type type) {
        try {
            return inputHash(decode(one, type), type).equals(inputHash(decode(other, type), type));
        } catch (SerializationException e) {
            return false;
        }
    }

    /**
     * Reads a value.
     *
     * @param json as {@link #encode} wrote it
     * @param type the declared type
     * @return the value, which may be null
     * @throws SerializationException if it cannot be read as this type
     */
    @Nullable
    public Object decode(String json, Type type) {
        return guarded(() -> serializer.deserialize(json, type), type);
    }

    /**
     * What overflows here may only have found too little of the stack left, in deep recursion, and its effect has happened: it is tried once more on
     * a stack of its own. What overflows there is nested too deeply for anybody.
     */
    private static <T extends @Nullable Object> T guarded(Supplier<T> work, Type type) {
        try {
            return once(work, type);
        } catch (StackOverflowError e) {
            return elsewhere(work, type);
        } catch (SerializationException e) {
            if (e.getCause() instanceof StackOverflowError) {
                return elsewhere(work, type);
            }
            throw e;
        }
    }

    @SuppressWarnings("NullAway") // it holds a T by now, which is null only where a T may be
    private static <T extends @Nullable Object> T elsewhere(Supplier<T> work, Type type) {
        AtomicReference<@Nullable T> value = new AtomicReference<>();
        Uninterruptibly.call(() -> {
            value.set(once(work, type));
            return true;
        });
        return value.get();
    }

    /** A serializer, or the user's own getter or constructor below it, may throw anything; here it becomes one thing. */
    private static <T extends @Nullable Object> T once(Supplier<T> work, Type type) {
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
