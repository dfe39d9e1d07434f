// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A workflow to be started.
 *
 * @param id the caller's id, 1 to 255 characters
 * @param type name and version
 * @param input the input as JSON
 * @param inputHash SHA-256 of the canonical input, in hexadecimal
 * @param createdAt the engine's stamp
 * @param deadline when it is cancelled if it has not ended, by the same clock; null: never
 * @param parent the call of another workflow that starts it; null if none does
 */
public record NewWorkflow(
        String id,
        WorkflowType type,
        String input,
        String inputHash,
        Instant createdAt,
        @Nullable Instant deadline,
        @Nullable ParentCall parent) {
    /** Checks what is never null. */
    public NewWorkflow {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(inputHash, "inputHash");
        Objects.requireNonNull(createdAt, "createdAt");
    }

    /**
     * One without a deadline.
     *
     * @param id the caller's id, 1 to 255 characters
     * @param type name and version
     * @param input the input as JSON
     * @param inputHash SHA-256 of the canonical input, in hexadecimal
     * @param createdAt the engine's stamp
     */
    public NewWorkflow(String id, WorkflowType type, String input, String inputHash, Instant createdAt) {
        this(id, type, input, inputHash, createdAt, null, null);
    }

    /**
     * The same as the child of another.
     *
     * @param call the call that starts it
     * @return one that tells its parent of its end
     */
    public NewWorkflow childOf(ParentCall call) {
        return new NewWorkflow(id, type, input, inputHash, createdAt, deadline, call);
    }

    /**
     * Whether a recorded workflow was started by the same call, in an earlier try perhaps.
     *
     * @param recorded what the table holds under its id
     * @return true if parent, type and input agree
     */
    public boolean isOfSameCall(WorkflowRecord recorded) {
        return parent != null
                && parent.equals(recorded.parent())
                && type.equals(recorded.type())
                && inputHash.equals(recorded.inputHash());
    }

    /**
     * Whether a recorded workflow was started as this one.
     *
     * @param recorded what the table holds under its id
     * @return true if type, input and stamp agree
     */
    public boolean isSameAs(WorkflowRecord recorded) {
        return type.equals(recorded.type())
                && inputHash.equals(recorded.inputHash())
                && micros(createdAt).equals(micros(recorded.createdAt()));
    }

    private static Instant micros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }
}
