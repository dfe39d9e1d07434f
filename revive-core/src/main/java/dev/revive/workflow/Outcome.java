// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of a branch: it completed, failed, or was cut off. The same in every run.
 *
 * @param <T> the type of its value
 */
public sealed interface Outcome<T extends @Nullable Object> {
    /**
     * It returned.
     *
     * @param value what; may be null
     * @param <T> the type of its value
     */
    record Completed<T extends @Nullable Object>(T value) implements Outcome<T> {}

    /**
     * It threw.
     *
     * @param exception what
     * @param <T> the type of the value that it would have had
     */
    record Failed<T extends @Nullable Object>(Throwable exception) implements Outcome<T> {
        /** Checks that there is one. */
        public Failed {
            Objects.requireNonNull(exception, "exception");
        }
    }

    /**
     * Its parallel was decided without it. It may have cleaned up since.
     *
     * @param <T> the type of the value that it would have had
     */
    record CutOff<T extends @Nullable Object>() implements Outcome<T> {}

    /**
     * Whether it returned.
     *
     * @return true if there is a value
     */
    default boolean isCompleted() {
        return this instanceof Completed;
    }

    /**
     * Whether its parallel was decided without it.
     *
     * @return true if it neither returned nor failed
     */
    default boolean isCutOff() {
        return this instanceof CutOff;
    }

    /**
     * Its value.
     *
     * @param other instead of it, if there is none
     * @return the value
     */
    default T orElse(T other) {
        return this instanceof Completed<T> completed ? completed.value() : other;
    }

    /**
     * Its value.
     *
     * @return the value
     * @throws BranchFailedException if it failed, with the branch's exception as its cause
     * @throws BranchCutOffException if it was cut off
     */
    default T orElseThrow() {
        if (this instanceof Completed<T> completed) {
            return completed.value();
        }
        if (this instanceof Failed<T> failed) {
            throw new BranchFailedException(failed.exception());
        }
        throw new BranchCutOffException();
    }
}
