// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Hint;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hints as words of a notification: {@code DUE}, or {@code DUE=42} where a workflow is named. An earlier Revive looks for the first part of a word
 * only, and what a later one says is passed over.
 */
final class HintText {
    /** PostgreSQL takes no notification of 8,000 bytes. */
    private static final int MOST_CHARS = 7_000;

    private HintText() {}

    static String word(Hint hint) {
        String id = hint.workflowId();
        return id == null
                ? hint.kind().name()
                : hint.kind().name() + "=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    }

    /** What a word says without the name of the workflow. */
    static String unnamed(String word) {
        int mark = word.indexOf('=');
        return mark < 0 ? word : word.substring(0, mark);
    }

    /** Words as one text; without names if these are too many. */
    static String joined(Collection<String> words) {
        String all = String.join(" ", words);
        return all.length() <= MOST_CHARS
                ? all
                : words.stream().map(HintText::unnamed).distinct().collect(Collectors.joining(" "));
    }

    /** The hints among the words of a text. */
    static Set<Hint> hints(String text) {
        return Stream.of(text.split(" ")).flatMap(word -> hint(word).stream()).collect(Collectors.toSet());
    }

    private static Optional<Hint> hint(String word) {
        String name = unnamed(word);
        String id = word.equals(name) ? null : id(word.substring(name.length() + 1));
        return Arrays.stream(Hint.Kind.values())
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .map(kind -> new Hint(kind, id));
    }

    private static @Nullable String id(String encoded) {
        try {
            return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null; // of a later Revive, which says it in another way
        }
    }
}
