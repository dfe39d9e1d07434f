// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Objects;

/** The rules every id and name obeys, because they are part of a key in a database. */
final class Names {
    static final int MAX_WORKFLOW_ID = 255;
    static final int MAX_NAME = 200;

    private Names() {}

    static String workflowId(String id) {
        return valid("workflow id", id, MAX_WORKFLOW_ID);
    }

    static String name(String what, String name) {
        return valid(what, name, MAX_NAME);
    }

    private static String valid(String what, String text, int max) {
        Objects.requireNonNull(text, what);
        if (text.isBlank()) {
            throw new IllegalArgumentException("The " + what + " is blank. Give it a name that says what it does.");
        }
        if (text.length() > max) {
            throw new IllegalArgumentException("The %s has %d characters; at most %d are allowed: \"%s...\""
                    .formatted(what, text.length(), max, text.substring(0, 40)));
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new IllegalArgumentException(
                        "The %s contains U+0000 at index %d, which a database cannot hold. Remove it."
                                .formatted(what, i));
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new IllegalArgumentException(
                        "The %s contains half a surrogate pair at index %d, which is not a character. Was it cut in the middle of an emoji?"
                                .formatted(what, i));
            }
        }
        return text;
    }
}
