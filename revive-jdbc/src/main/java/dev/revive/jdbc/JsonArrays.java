// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parameters as JSON, for databases that have no arrays. */
final class JsonArrays {
    private JsonArrays() {}

    static String of(Collection<String> texts) {
        StringBuilder json = new StringBuilder("[");
        for (String text : texts) {
            add(json, text);
        }
        return json.append(']').toString();
    }

    /** A text as {@link #of} has it. */
    static String quoted(String text) {
        StringBuilder json = new StringBuilder();
        quote(json, text);
        return json.toString();
    }

    /** An array of arrays; true is 1 and false 0. */
    static String ofRows(List<@Nullable Object[]> rows) {
        StringBuilder json = new StringBuilder("[");
        for (@Nullable Object[] row : rows) {
            separate(json).append('[');
            for (Object value : row) {
                add(json, value);
            }
            json.append(']');
        }
        return json.append(']').toString();
    }

    private static void add(StringBuilder json, @Nullable Object value) {
        separate(json);
        if (value instanceof String text) {
            quote(json, text);
        } else {
            json.append(value instanceof Boolean is ? (is ? "1" : "0") : String.valueOf(value));
        }
    }

    private static StringBuilder separate(StringBuilder json) {
        return json.charAt(json.length() - 1) == '[' ? json : json.append(',');
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
