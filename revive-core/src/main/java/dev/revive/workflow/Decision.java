// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a person found out about a step that may or may not have happened. */
public sealed interface Decision {
    /**
     * It happened: the step completes with this value, written as what it is.
     *
     * @param value what it would have returned; may be null
     * @return the decision
     */
    static Decision happened(@Nullable Object value) {
        return new Happened(value, null);
    }

    /**
     * It happened: the step completes with this value, written as the step's type. That matters where the type has type arguments, or subtypes.
     *
     * @param value what it would have returned; may be null
     * @param type the step's type
     * @param <T> the step's type
     * @return the decision
     */
    static <T extends @Nullable Object> Decision happened(T value, TypeRef<T> type) {
        return new Happened(value, Objects.requireNonNull(type, "type"));
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
     * @param type the step's type, or null: that of the value
     */
    record Happened(@Nullable Object value, @Nullable TypeRef<?> type) implements Decision {}

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
