// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.CallKind;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the row of a step says beside its columns, in its {@code detail}.
 *
 * @param undoes the position of the step that this one undoes, {@code #2} or {@code 1.2#3}; null if it is no compensation
 * @param isInDoubt whether nobody knows whether an attempt happened, since it took too long or its run died, though another has failed since
 */
public record StepDetail(@Nullable String undoes, boolean isInDoubt) {
    private static final String DOUBT = "\"doubt\":\"an attempt may have happened\"";
    private static final Pattern UNDOES = Pattern.compile("\"undoes\":\"([0-9.#]+)\"");

    /**
     * Reads it.
     *
     * @param row any call
     * @return neither, if it is no step
     */
    public static StepDetail of(StepRecord row) {
        String detail = row.kind() == CallKind.STEP ? row.detail() : null;
        if (detail == null) {
            return new StepDetail(null, false);
        }
        Matcher undoes = UNDOES.matcher(detail);
        return new StepDetail(undoes.find() ? undoes.group(1) : null, detail.contains(DOUBT));
    }

    /**
     * Which step it undoes.
     *
     * @return empty if it is no compensation
     */
    public Optional<String> undone() {
        return Optional.ofNullable(undoes);
    }

    /**
     * Writes it.
     *
     * @return JSON, or null if there is nothing to say
     */
    public @Nullable String toJson() {
        if (undoes == null) {
            return isInDoubt ? "{" + DOUBT + "}" : null;
        }
        return "{\"undoes\":\"" + undoes + "\"" + (isInDoubt ? "," + DOUBT : "") + "}";
    }
}
