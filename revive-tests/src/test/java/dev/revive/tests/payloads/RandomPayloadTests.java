// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.payloads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.codec.JacksonSerializer;
import dev.revive.codec.JsonText;
import dev.revive.tests.support.ChildJvm;
import dev.revive.workflow.SerializationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random values of random types. A failure names the seed of its type. {@code -Drevive.payloads=N} makes that many types, with {@value #VALUES} values each;
 * {@code -Drevive.payloads.from=N} other ones than always.
 */
class RandomPayloadTests {
    private static final int TYPES = Integer.getInteger("revive.payloads", 300);
    private static final long FIRST_SEED = Long.getLong("revive.payloads.from", 1);
    private static final int VALUES = 20;

    private final JacksonSerializer serializer = new JacksonSerializer();

    private static boolean isRefused(JacksonSerializer serializer, RandomPayload payload) {
        try {
            serializer.check(payload.type());
            return false;
        } catch (SerializationException e) {
            return true;
        }
    }

    private static @Nullable Object value(RandomPayload payload, long seed, int number, long order) {
        return payload.value(new Random(seed * VALUES + number), new Random(order));
    }

    @Test
    void aValueComesBackAsItWasUnlessItsTypeIsRefused() {
        int refused = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + TYPES; seed++) {
            RandomPayload payload = new RandomPayload(new Random(seed));
            if (isRefused(serializer, payload)) {
                refused++;
                continue;
            }
            for (int i = 0; i < VALUES; i++) {
                Object value = value(payload, seed, i, 1);
                String json = JsonText.storable(serializer.serialize(value, payload.type()));
                Object back = serializer.deserialize(json, payload.type());
                assertThat(RandomPayload.isSame(value, back))
                        .as("seed %d, %s: %s came back as %s from %s", seed, payload.type(), value, back, json)
                        .isTrue();
            }
        }
        assertThat(refused).as("types that are refused").isLessThan(TYPES / 2);
    }

    @Test
    void aHashIsThatOfTheValueWhateverItsOrder() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + TYPES; seed++) {
            RandomPayload payload = new RandomPayload(new Random(seed));
            if (!isRefused(serializer, payload)) {
                hashesTellValuesApart(payload, seed);
            }
        }
    }

    private void hashesTellValuesApart(RandomPayload payload, long seed) {
        Map<String, String> hashes = new HashMap<>();
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < 2 * VALUES; i++) {
            Object value = value(payload, seed, i / 2, i);
            String normal = RandomPayload.normal(value);
            String hash = serializer.inputHash(value, payload.type());
            assertThat(hashes.computeIfAbsent(normal, any -> hash))
                    .as("seed %d, %s: two hashes of %s", seed, payload.type(), normal)
                    .isEqualTo(hash);
            assertThat(values.computeIfAbsent(hash, any -> normal))
                    .as("seed %d, %s: a hash of two values", seed, payload.type())
                    .isEqualTo(normal);
        }
    }

    /** Another process has another salt: its Set.of, and its sets of enums, have another order. */
    @Test
    void aHashIsTheSameInAnotherProcess() {
        List<String> here = new ArrayList<>();
        sayHashes(TYPES, FIRST_SEED, 1, here::add);
        List<String> there = new CopyOnWriteArrayList<>();
        try (ChildJvm child = ChildJvm.start(Child.class, there::add, TYPES, FIRST_SEED, 2)) {
            assertThat(child.await()).isZero();
        }

        assertThat(there).isEqualTo(here);
    }

    private static void sayHashes(int types, long first, long order, Consumer<String> listener) {
        JacksonSerializer serializer = new JacksonSerializer();
        for (long seed = first; seed < first + types; seed++) {
            RandomPayload payload = new RandomPayload(new Random(seed));
            StringBuilder hashes = new StringBuilder(Long.toString(seed));
            if (!isRefused(serializer, payload)) {
                for (int i = 0; i < VALUES; i++) {
                    hashes.append(' ')
                            .append(serializer.inputHash(value(payload, seed, i, order), payload.type()), 0, 8);
                }
            }
            listener.accept(hashes.toString());
        }
    }

    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            sayHashes(
                    Integer.parseInt(arguments[0]),
                    Long.parseLong(arguments[1]),
                    Long.parseLong(arguments[2]),
                    ChildJvm::say);
        }
    }
}
