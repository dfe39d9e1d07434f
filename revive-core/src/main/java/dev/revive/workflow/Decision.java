// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a person found out about a step that may or may not have happened. */
public sealed interface Decision {
    /**
     * It happened: the step completes with this value.
     *
     * @param value what it would have returned; may be null
     * @return the decision
     */
    static Decision happened(@Nullable Object value) {
        return new Happened(value);
    }

    /**
     * It did not happen, or may happen twice: the step runs again.
     *
     * @return the decision
     */
    static Decision runAgain() {
        return new RunAgain();
    }

    /**
     * It stays unknown: the step fails with {@link StepOutcomeUnknownException}.
     *
     * @param reason for the record
     * @return the decision
     */
    static Decision fail(String reason) {
        return new Failed(reason);
    }

    /**
     * It happened.
     *
     * @param value what it would have returned
     */
    record Happened(@Nullable Object value) implements Decision {}

    /** It runs again. */
    record RunAgain() implements Decision {}

    /**
     * It fails.
     *
     * @param reason for the record
     */
    record Failed(String reason) implements Decision {
        /** Checks the reason. */
        public Failed {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
