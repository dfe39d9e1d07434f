// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an executor is told before its next poll would find it out. Only a hint: it may come late, twice, for nothing, or never.
 *
 * @param kind what happened
 * @param workflowId to which workflow; null if that is not said: to any, or to many
 */
public record Hint(Kind kind, @Nullable String workflowId) {
    /** What happens to workflows. */
    public enum Kind {
        /** Something is due that was not, or will be sooner than it would have been. */
        DUE,
        /** A workflow has ended, or needs attention: somebody may wait for that. */
        ENDED,
        /** A message has come for a workflow: whoever runs it is to look, and if nobody does it may be due. */
        NEWS
    }

    /** Something is due, whatever it is. */
    public static final Hint DUE = new Hint(Kind.DUE, null);

    /** Something has ended, whatever it is. */
    public static final Hint ENDED = new Hint(Kind.ENDED, null);

    /** Checks what is never null. */
    public Hint {
        Objects.requireNonNull(kind, "kind");
    }

    /**
     * This workflow is due.
     *
     * @param workflowId its id
     * @return the hint
     */
    public static Hint due(String workflowId) {
        return new Hint(Kind.DUE, workflowId);
    }

    /**
     * A message has come for this workflow.
     *
     * @param workflowId its id
     * @return the hint
     */
    public static Hint news(String workflowId) {
        return new Hint(Kind.NEWS, workflowId);
    }

    /**
     * This workflow has ended.
     *
     * @param workflowId its id
     * @return the hint
     */
    public static Hint ended(String workflowId) {
        return new Hint(Kind.ENDED, workflowId);
    }
}
