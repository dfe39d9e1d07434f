// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What to do about a failure of Jackson's. */
final class Advice {
    /** How the platform words it: the exception has no field for the package. */
    private static final Pattern CLOSED = Pattern.compile("module (\\S+) does not \"(?:opens|exports) (\\S+)\" to ");

    private Advice() {}

    /** To open the package if it is one that its module keeps closed: no other change would help. Otherwise what the caller says. */
    static String after(Throwable failure, String otherwise) {
        for (Throwable link = failure; link != null; link = next(link)) {
            Matcher closed = CLOSED.matcher(String.valueOf(link.getMessage()));
            if (closed.find()) {
                return "Open the package to Jackson: opens %s to com.fasterxml.jackson.databind; in the module-info of %s."
                        .formatted(closed.group(2), closed.group(1));
            }
        }
        return otherwise;
    }

    @SuppressWarnings("ReferenceEquality") // a cause that is the exception itself
    private static @Nullable Throwable next(Throwable link) {
        return link.getCause() == link ? null : link.getCause();
    }
}
