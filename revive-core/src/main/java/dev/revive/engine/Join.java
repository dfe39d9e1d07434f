// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.StepRecord;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the branches of a parallel ended: one letter each, and the index of the one that failed first (-1: none). Recorded as
 * {@code {"ends":"CFX","first":1}}.
 */
record Join(String ends, int first) {
    static final char COMPLETED = 'C';
    static final char FAILED = 'F';
    static final char CANCELLED = 'X';

    private static final Pattern JSON = Pattern.compile("\\{\"ends\":\"([CFX]*)\",\"first\":(-?\\d+)}");

    static Join parse(StepRecord recorded) {
        String output = Objects.requireNonNull(recorded.output(), "a parallel's join");
        Matcher json = JSON.matcher(output);
        if (!json.matches()) {
            throw new IllegalStateException(
                    "Step %s recorded a join that cannot be read: %s".formatted(recorded.key(), output));
        }
        return new Join(json.group(1), Integer.parseInt(json.group(2)));
    }

    String toJson() {
        return "{\"ends\":\"%s\",\"first\":%s}".formatted(ends, first);
    }

    boolean isCancelled(int branch) {
        return ends.charAt(branch) == CANCELLED;
    }

    boolean hasCancelled() {
        return ends.indexOf(CANCELLED) >= 0;
    }
}
