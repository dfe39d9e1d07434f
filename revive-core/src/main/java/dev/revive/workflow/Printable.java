// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/** What others have named, as it may stand in a line of a log: ids and messages hold any characters, and nobody is to write lines of their own. */
public final class Printable {
    private Printable() {}

    /**
     * Escapes all that could end a line, or change what stands beside it: control and format characters, line and paragraph separators, and halves of
     * surrogate pairs.
     *
     * @param thing what is to be printed, or null
     * @return its text in which {@code U+0085}, say, stands as {@code \u0085}
     */
    public static String of(@Nullable Object thing) {
        String text = String.valueOf(thing);
        return text.codePoints().anyMatch(Printable::isHidden) ? escaped(text) : text;
    }

    private static String escaped(String text) {
        StringBuilder line = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            if (isHidden(c)) {
                line.append("\\u%04x".formatted(c));
            } else {
                line.appendCodePoint(c);
            }
        });
        return line.toString();
    }

    private static boolean isHidden(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
