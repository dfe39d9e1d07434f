// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.util.Collection;
import java.util.StringJoiner;

/** Texts as JSON, for databases that have no arrays. */
final class JsonArrays {
    private JsonArrays() {}

    static String of(Collection<String> texts) {
        StringJoiner array = new StringJoiner(",", "[", "]");
        texts.forEach(text -> array.add(quoted(text)));
        return array.toString();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append("\\u%04x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
