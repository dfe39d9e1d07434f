// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A recorded call, as seen from outside.
 *
 * @param stepId the step's id in the table: the name, with the scope in front of it inside a branch
 * @param sequence the call's number in its scope, from 1
 * @param scope the branch it belongs to ({@code 2.1}), or "" for the workflow's own function
 * @param name the name that the workflow gave it
 * @param kind the kind of call
 * @param status where it stands
 * @param attempt the number of the last attempt that began; 0 if none has since the workflow was retried
 * @param zombies how many of its attempts were cut off, their outcome unknown
 * @param resolution what was done about the last attempt in doubt, or null if there was none
 * @param output the value as JSON, of a poll what its last look saw; or null if there is none yet
 * @param failure the failure, also that of the last attempt during BACKOFF; or null
 * @param startedAt when the last attempt began
 * @param recordedAt when this state was recorded
 */
public record StepInfo(
        String stepId,
        int sequence,
        String scope,
        String name,
        CallKind kind,
        StepStatus status,
        int attempt,
        int zombies,
        @Nullable Resolution resolution,
        @Nullable String output,
        @Nullable Failure failure,
        Instant startedAt,
        Instant recordedAt) {
    /** Checks what is never null. */
    public StepInfo {
        Objects.requireNonNull(stepId, "stepId");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(status, "status");
    }

    /**
     * The step's key inside its workflow: id and sequence.
     *
     * @return for example {@code 2.1/Grant Access#1}
     */
    public String stepKey() {
        return stepId + "#" + sequence;
    }
}
