// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import dev.revive.store.ChildCall;
import dev.revive.store.StepRecord;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.StepStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A step in a list.
 *
 * @param stepId the step's id in the table
 * @param sequence the call's number in its scope
 * @param scope "" for the root, {@code 2.1} for the first branch of call 2
 * @param name the name that the workflow gave it
 * @param key id and sequence: {@code 2.1/Grant Access#1}
 * @param kind the kind of call
 * @param status where it stands
 * @param epoch the epoch of the run that wrote this state
 * @param attempt the number of the last attempt that began
 * @param zombies how many attempts were cut off
 * @param resolution what was done about the last zombie, or null
 * @param branches a parallel's branch count, else 0
 * @param firstStartedAt when the first attempt began
 * @param startedAt when the last attempt began
 * @param recordedAt when this state was recorded
 * @param nextAt in BACKOFF: when the next attempt may begin, or null
 * @param isZombie whether it began in a run that is over, its outcome unknown
 * @param preview the beginning of its failure, in one line, or else of its output; null if there is none or the viewer may not see it
 * @param outputChars how long the output is
 * @param child the workflow that it starts or waits for; null unless it is a CHILD or a RESULT
 */
public record StepItem(
        String stepId,
        int sequence,
        String scope,
        String name,
        String key,
        CallKind kind,
        StepStatus status,
        long epoch,
        int attempt,
        int zombies,
        @Nullable Resolution resolution,
        int branches,
        Instant firstStartedAt,
        Instant startedAt,
        Instant recordedAt,
        @Nullable Instant nextAt,
        boolean isZombie,
        @Nullable String preview,
        int outputChars,
        @Nullable Child child) {
    /**
     * The child that a call is about.
     *
     * @param id its id; of a start that has FAILED the id that belongs to another workflow
     * @param whenParentEnds what becomes of it if its parent ends first; null where it is only waited for, or was not started
     */
    public record Child(String id, @Nullable ParentClosePolicy whenParentEnds) {
        static @Nullable Child of(StepRecord step) {
            return step.kind() == CallKind.CHILD || step.kind() == CallKind.RESULT
                    ? ChildCall.childId(step)
                            .map(id -> new Child(
                                    id,
                                    ChildCall.of(step)
                                            .map(ChildCall::whenParentEnds)
                                            .orElse(null)))
                            .orElse(null)
                    : null;
        }
    }
}
