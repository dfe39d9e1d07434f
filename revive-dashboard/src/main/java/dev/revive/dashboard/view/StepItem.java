// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import dev.revive.codec.Documents;
import dev.revive.store.ChildCall;
import dev.revive.store.Join;
import dev.revive.store.StepRecord;
import dev.revive.store.StepSummary;
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
 * @param isCutOff of a CANCELLED call: whether its branch was cut off, and nobody cancelled the workflow
 * @param joined how its branches ended, and why; null unless it is a PARALLEL
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
        @Nullable Child child,
        boolean isCutOff,
        @Nullable Joined joined) {
    private static final int MOST_ENDS = 100;

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

    /**
     * What a parallel waits for, and how its branches ended.
     *
     * @param until what decides it before all have ended: {@code first}, {@code first success}, {@code decided} or {@code time limit}; null if it waits for all
     * @param ends one letter for each branch, as in the table; null before there are any, if there are very many, or if the viewer may not see them
     * @param first the index, from 0, of the branch that decided it; -1 if none did
     */
    public record Joined(@Nullable String until, @Nullable String ends, int first) {
        static @Nullable Joined of(StepSummary summary) {
            StepRecord step = summary.step();
            if (step.kind() != CallKind.PARALLEL) {
                return null;
            }
            String until = Documents.detail(step.detail(), "until").orElse(null);
            String output = step.output();
            if (output == null || output.length() < summary.outputChars() || step.branches() > MOST_ENDS) {
                return new Joined(until, null, Join.NONE);
            }
            Join join = Join.parse(step);
            return new Joined(until, join.ends(), join.first());
        }
    }
}
