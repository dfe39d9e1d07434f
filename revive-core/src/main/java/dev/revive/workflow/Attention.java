// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.List;
import java.util.Objects;

/**
 * Why a workflow cannot go on without a person, and what to do about it.
 *
 * @param reason the kind of trouble
 * @param message what happened and how to fix it, for people
 * @param diff recorded and requested calls side by side, for {@link Reason#NON_DETERMINISM}; else empty
 */
public record Attention(Reason reason, String message, List<Line> diff) {
    /** The kinds of trouble. */
    public enum Reason {
        /** The code asks for other calls than it did when they were recorded. */
        NON_DETERMINISM,
        /** A recorded value cannot be read as the type that the code asks for, or no value of that type could be recorded. */
        UNREADABLE_PAYLOAD,
        /** A step began, nobody knows how it ended, and it asked for a person's decision. */
        UNDECIDED_ZOMBIE,
        /**
         * Run after run ended in an {@link Error} such as OutOfMemoryError, with its process or with a transaction's connection, without progress.
         */
        REPEATED_ERRORS,
        /** It was cancelled, and its code catches each {@link CancelledException} and goes on. */
        SWALLOWED_CANCELLATION,
        /** The store refused a row for good, because of its content. */
        STORE_REFUSED,
        /** A newer Revive recorded something that this one does not know, or reports something. */
        NEWER_REVIVE
    }

    /**
     * One position of a scope.
     *
     * @param position the scope and sequence, {@code 2.1#3} for the third call of a branch
     * @param recorded what an earlier run recorded there, or "" for nothing
     * @param requested what this run asked for there, or "" for nothing
     * @param differs whether the two differ
     */
    public record Line(String position, String recorded, String requested, boolean differs) {}

    /** Copies the diff. */
    public Attention {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(message, "message");
        diff = diff == null ? List.of() : List.copyOf(diff);
    }

    /**
     * The message and, where there is one, the table of the diff.
     *
     * @return several lines
     */
    public String render() {
        if (diff.isEmpty()) {
            return message;
        }
        int position = width(diff.stream().map(Line::position).toList(), "position");
        int recorded = width(diff.stream().map(Line::recorded).toList(), "recorded");
        StringBuilder text = new StringBuilder(message).append(System.lineSeparator());
        String row = "  %s %-" + position + "s | %-" + recorded + "s | %s%n";
        text.append(row.formatted(" ", "position", "recorded", "requested"));
        for (Line line : diff) {
            text.append(row.formatted(line.differs() ? ">" : " ", line.position(), line.recorded(), line.requested()));
        }
        return text.toString().stripTrailing();
    }

    private static int width(List<String> cells, String head) {
        return cells.stream().mapToInt(String::length).reduce(head.length(), Math::max);
    }
}
