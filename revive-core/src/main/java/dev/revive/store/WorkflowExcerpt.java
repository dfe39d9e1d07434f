// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.Objects;

/**
 * A row of the workflow table whose input and output may be cut.
 *
 * @param row the row; its input and output end after the characters that were asked for
 * @param inputChars how long the whole input is
 * @param outputChars how long the whole output is; 0 if there is none
 */
public record WorkflowExcerpt(WorkflowRecord row, int inputChars, int outputChars) {
    /** Checks what is never null. */
    public WorkflowExcerpt {
        Objects.requireNonNull(row, "row");
    }

    /**
     * Cuts a row.
     *
     * @param row the whole row
     * @param chars how many characters of input and output to keep
     * @return the excerpt
     */
    public static WorkflowExcerpt of(WorkflowRecord row, int chars) {
        String output = row.output();
        return new WorkflowExcerpt(
                row.change()
                        .input(cut(row.input(), chars))
                        .output(output == null ? null : cut(output, chars))
                        .build(),
                row.input().length(),
                output == null ? 0 : output.length());
    }

    private static String cut(String text, int chars) {
        return text.length() <= chars ? text : text.substring(0, chars);
    }
}
