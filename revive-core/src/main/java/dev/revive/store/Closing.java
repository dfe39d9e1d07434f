// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which end of a workflow its children are to be ended for, and how far that has come: what a letter of kind {@link MessageKind#CLOSE} carries. If the
 * workflow has been retried since, they are left alone.
 *
 * @param startedAt when the workflow was started, in microseconds
 * @param epoch at which it ended
 * @param scope with {@code sequence}: the call up to which the children of its journal have been told
 * @param sequence 0 if none has
 */
public record Closing(Instant startedAt, long epoch, String scope, int sequence) {
    private static final Pattern TEXT = Pattern.compile("\"(-?[0-9]+) ([0-9]+) ([0-9.]*)#([0-9]+)\"");

    /** Checks what is never null, and cuts the stamp to microseconds. */
    public Closing {
        startedAt = startedAt.truncatedTo(ChronoUnit.MICROS);
        Objects.requireNonNull(scope, "scope");
    }

    /**
     * As the letter carries it.
     *
     * @return JSON
     */
    public String json() {
        long started = ChronoUnit.MICROS.between(Instant.EPOCH, startedAt);
        return "\"" + started + " " + epoch + " " + scope + "#" + sequence + "\""; // whatever digits a locale has
    }

    /**
     * Reads a letter.
     *
     * @param json what it carries
     * @return empty if a newer Revive has written something else
     */
    public static Optional<Closing> parse(String json) {
        Matcher text = TEXT.matcher(json);
        return text.matches()
                ? Optional.of(new Closing(
                        Instant.EPOCH.plus(Long.parseLong(text.group(1)), ChronoUnit.MICROS),
                        Long.parseLong(text.group(2)),
                        text.group(3),
                        Integer.parseInt(text.group(4))))
                : Optional.empty();
    }

    /**
     * Further on.
     *
     * @param last the last call whose child has been told
     * @return the same, from there
     */
    public Closing after(StepKey last) {
        return new Closing(startedAt, epoch, last.scope(), last.sequence());
    }
}
