// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.revive.workflow.SerializationException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** What is done to JSON as text. */
public final class JsonText {
    /** What is read was written here, and its length is bounded already. */
    static final StreamReadConstraints UNLIMITED = StreamReadConstraints.builder()
            .maxStringLength(Integer.MAX_VALUE)
            .maxNumberLength(Integer.MAX_VALUE)
            .maxNameLength(Integer.MAX_VALUE)
            .build();

    private static final ObjectMapper CANONICAL = JsonMapper.builder(
                    JsonFactory.builder().streamReadConstraints(UNLIMITED).build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** Never fed, only cloned: every start needs one, and to look for it among the platform's providers costs more than to hash. */
    private static final MessageDigest SHA_256 = newSha256();

    private static final int MOST_DIGITS = 18;

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
     * Takes back what {@link #storable} did to surrogates: Jackson refuses escapes of half a pair in a name, though not the half itself.
     *
     * @param json JSON text
     * @return the same JSON
     */
    static String readable(String json) {
        if (!json.contains("\\ud") && !json.contains("\\uD")) {
            return json;
        }
        StringBuilder text = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c != '\\' || i + 1 == json.length()) {
                text.append(c);
            } else if (isEscapedSurrogate(json, i)) {
                text.append((char) Integer.parseInt(json, i + 2, i + 6, 16));
                i += 5;
            } else {
                text.append(c).append(json.charAt(++i)); // a backslash that is escaped begins no other escape
            }
        }
        return text.toString();
    }

    private static boolean isEscapedSurrogate(String json, int i) {
        return json.length() >= i + 6
                && json.charAt(i + 1) == 'u'
                && Character.digit(json.charAt(i + 2), 16) == 13
                && Character.digit(json.charAt(i + 3), 16) >= 8
                && Character.digit(json.charAt(i + 4), 16) >= 0
                && Character.digit(json.charAt(i + 5), 16) >= 0;
    }

    /**
     * The hash that tells whether two inputs are the same, whatever the order of their properties.
     *
     * @param json JSON text
     * @return SHA-256 of the text with sorted properties and no blanks, 64 hexadecimal digits
     * @throws SerializationException if it is not JSON
     */
    public static String canonicalHash(String json) {
        return canonicalHash(json, null);
    }

    /** The same, and whatever the order of its sets, and whether a property is null or not there. */
    static String canonicalHash(String json, @Nullable Marks marks) {
        if (isCanonicalAnyway(json)) {
            return hash(json);
        }
        try {
            JsonNode tree = CANONICAL.readTree(readable(json));
            boolean areKnown = marks != null && marks.areOf(Canonical.arraysAndObjects(tree));
            JsonNode canonical = new Canonical(areKnown ? marks : null).of(tree);
            return hash(storable(canonical.toString()));
        } catch (JsonProcessingException e) {
            throw new SerializationException(
                    "The serializer wrote something that is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Whether it is one string without escapes or a small whole number, as the inputs of many workflows are: there is one way only to write these. */
    private static boolean isCanonicalAnyway(String json) {
        int last = json.length() - 1;
        if (last > 0 && json.charAt(0) == '"' && json.charAt(last) == '"') {
            return isOnly(json, 1, last, c -> c >= ' ' && c != '"' && c != '\\' && c < Character.MIN_SURROGATE);
        }
        boolean isShort = last >= 0 && last < MOST_DIGITS;
        return isShort && (last == 0 || json.charAt(0) != '0') && isOnly(json, 0, last + 1, c -> c >= '0' && c <= '9');
    }

    private static boolean isOnly(String text, int from, int to, IntPredicate condition) {
        for (int i = from; i < to; i++) {
            if (!condition.test(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static String hash(String text) {
        try {
            MessageDigest digest = (MessageDigest) SHA_256.clone();
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("The platform's own SHA-256 can be cloned.", e);
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    /** A tree in the one form that all equal inputs share. Goes through it in the order of the text, which is the order of the marks. */
    private static final class Canonical {
        private static final int MOST_ZEROS = 1_000;

        private final @Nullable Marks marks;
        private int begun;

        Canonical(@Nullable Marks marks) {
            this.marks = marks;
        }

        static int arraysAndObjects(JsonNode node) {
            int sum = node.isContainerNode() ? 1 : 0;
            for (JsonNode child : node) {
                sum += arraysAndObjects(child);
            }
            return sum;
        }

        JsonNode of(JsonNode node) {
            return node.isObject()
                    ? object(node)
                    : node.isArray() ? array(node) : node.isFloatingPointNumber() ? number(node.decimalValue()) : node;
        }

        /** By its value: 100.00 as 100. A number with very many zeros keeps its exponent. */
        private static JsonNode number(BigDecimal number) {
            BigDecimal stripped = number.stripTrailingZeros();
            boolean isWhole = stripped.scale() <= 0 && stripped.scale() > -MOST_ZEROS;
            return isWhole
                    ? CANONICAL.getNodeFactory().numberNode(stripped.toBigIntegerExact())
                    : CANONICAL.getNodeFactory().numberNode(stripped);
        }

        private JsonNode object(JsonNode node) {
            boolean isBean = marks != null && marks.isBean(begun);
            begun++;
            Map<String, JsonNode> sorted = new TreeMap<>();
            for (Map.Entry<String, JsonNode> property : node.properties()) {
                if (!isBean || !property.getValue().isNull()) {
                    sorted.put(property.getKey(), of(property.getValue()));
                }
            }
            return new ObjectNode(CANONICAL.getNodeFactory(), sorted);
        }

        private JsonNode array(JsonNode node) {
            boolean isSet = marks != null && marks.isSet(begun);
            begun++;
            List<JsonNode> elements = new ArrayList<>(node.size());
            node.forEach(element -> elements.add(of(element)));
            return new ArrayNode(CANONICAL.getNodeFactory(), isSet ? sorted(elements) : elements);
        }

        private static List<JsonNode> sorted(List<JsonNode> elements) {
            return elements.stream()
                    .map(element -> Map.entry(element.toString(), element)) // once, not at each comparison
                    .sorted(Map.Entry.comparingByKey())
                    .map(Map.Entry::getValue)
                    .toList();
        }
    }
}
