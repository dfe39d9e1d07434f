// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.Objects;

/**
 * A row of the step table whose output may be cut: what a list of thousands of steps shows.
 *
 * @param step the row; its output, if there is one, ends after the characters that were asked for
 * @param outputChars how long the whole output is; 0 if there is none
 */
public record StepSummary(StepRecord step, int outputChars) {
    /** Checks what is never null. */
    public StepSummary {
        Objects.requireNonNull(step, "step");
    }

    /**
     * Cuts the output of a row.
     *
     * @param row the whole row
     * @param chars how many characters of the output to keep
     * @return the summary
     */
    public static StepSummary of(StepRecord row, int chars) {
        String output = row.output();
        if (output == null) {
            return new StepSummary(row, 0);
        }
        int length = output.length();
        return new StepSummary(
                length <= chars
                        ? row
                        : row.change().output(output.substring(0, chars)).build(),
                length);
    }
}
