// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a payload was found.
 *
 * @param workflowId the workflow
 * @param workflowName its type's name
 * @param content what it is
 * @param step the step's name, or the name of the signal; null if it belongs to the workflow
 */
public record PayloadPlace(
        String workflowId,
        String workflowName,
        Content content,
        @Nullable String step) {
    /** The kinds of content that a person may not be meant to see. */
    public enum Content {
        /** A workflow's input, as JSON. */
        INPUT,
        /** A workflow's or a step's output, as JSON. */
        OUTPUT,
        /** What a signal carries that nobody has received yet, as JSON. Received, it is the output of the call that waited for it. */
        SIGNAL,
        /** The message of an exception, or the reason that somebody gave, as plain text. */
        FAILURE_MESSAGE,
        /** The report of a workflow that needs attention, as plain text. */
        ATTENTION_MESSAGE
    }

    /** Checks what is never null. */
    public PayloadPlace {
        Objects.requireNonNull(workflowId, "workflowId");
        Objects.requireNonNull(workflowName, "workflowName");
        Objects.requireNonNull(content, "content");
    }
}
