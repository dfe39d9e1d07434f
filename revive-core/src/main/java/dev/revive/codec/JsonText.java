// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.revive.workflow.SerializationException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What is done to JSON as text. */
public final class JsonText {
    private static final ObjectMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private JsonText() {}

    /**
     * Escapes what a database's text cannot hold: U+0000 and lone surrogates. They can stand inside string literals only, so an escape means the
     * same.
     *
     * @param json JSON text
     * @return the same JSON
     */
    public static String storable(String json) {
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == 0 || (Character.isSurrogate(c) && !startsPair(json, i))) {
                return escaped(json, i);
            }
            if (Character.isSurrogate(c)) {
                i++;
            }
        }
        return json;
    }

    private static boolean startsPair(String json, int i) {
        return Character.isHighSurrogate(json.charAt(i))
                && i + 1 < json.length()
                && Character.isLowSurrogate(json.charAt(i + 1));
    }

    private static String escaped(String json, int from) {
        StringBuilder text = new StringBuilder(json.length() + 16).append(json, 0, from);
        for (int i = from; i < json.length(); i++) {
            char c = json.charAt(i);
            if (startsPair(json, i)) {
                text.append(c).append(json.charAt(++i));
            } else if (c == 0 || Character.isSurrogate(c)) {
                text.append("\\u%04x".formatted((int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    /**
     * The hash that tells whether two inputs are the same, whatever the order of their properties.
     *
     * @param json JSON text
     * @return SHA-256 of the text with sorted properties and no blanks, 64 hexadecimal digits
     * @throws SerializationException if it is not JSON
     */
    public static String canonicalHash(String json) {
        try {
            JsonNode tree = CANONICAL.readTree(json);
            String canonical = storable(CANONICAL.writeValueAsString(CANONICAL.treeToValue(tree, Object.class)));
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (JsonProcessingException e) {
            throw new SerializationException(
                    "The serializer wrote something that is not JSON: " + e.getOriginalMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
