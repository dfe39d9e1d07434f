// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.CallKind;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.StepStatus;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of the step table: one durable call of one workflow. Payloads are JSON text without U+0000 and without lone surrogates (both are
 * escaped). Times are UTC in microseconds, by the store's clock where it is shared ({@link ExecutorSeat#clock}), else by the engine's.
 *
 * <p>A row in a final status never changes. Any other is replaced only by one with a higher {@code (epoch, attempt)}, or by the next status
 * of the same attempt.
 *
 * @param workflowId the workflow
 * @param key the place of the call in it
 * @param kind the kind of call
 * @param status where it stands
 * @param epoch the epoch of the run that wrote this state
 * @param attempt the number of the last attempt that began, from 1; 0 if none has since its workflow was retried
 * @param zombies how many attempts were cut off, their outcome unknown
 * @param resolution what was done about the last attempt in doubt, or null
 * @param branches a parallel's branch count; else 0
 * @param output the value as JSON; null unless COMPLETED, or the branches' ends of a parallel, DECIDED ones too, or what a poll's last look saw
 * @param failure the failure as JSON, or null
 * @param firstStartedAt when the first attempt began
 * @param startedAt when the last attempt began
 * @param recordedAt the engine's stamp of this state
 * @param nextAt in BACKOFF: when the next attempt may begin; else null
 * @param detail what else its kind has to say, as JSON; null if that is nothing
 */
public record StepRecord(
        String workflowId,
        StepKey key,
        CallKind kind,
        StepStatus status,
        long epoch,
        int attempt,
        int zombies,
        @Nullable Resolution resolution,
        int branches,
        @Nullable String output,
        @Nullable String failure,
        Instant firstStartedAt,
        Instant startedAt,
        Instant recordedAt,
        @Nullable Instant nextAt,
        @Nullable String detail) {
    /** Checks what is never null. */
    public StepRecord {
        Objects.requireNonNull(workflowId, "workflowId");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(status, "status");
    }

    /**
     * Whether this state may take the place of a recorded one.
     *
     * @param recorded what the table holds under the same key
     * @return true if recorded is not final and this one is of a higher (epoch, attempt), or a further status of the same
     */
    public boolean maySucceed(StepRecord recorded) {
        if (recorded.status.isFinal()) {
            return false;
        }
        if (epoch != recorded.epoch) {
            return epoch > recorded.epoch;
        }
        if (attempt != recorded.attempt) {
            return attempt > recorded.attempt;
        }
        return (recorded.status == StepStatus.STARTED && status != StepStatus.STARTED)
                || (recorded.status == StepStatus.DECIDED && status.isFinal());
    }

    /**
     * Whether this is the same state as a recorded one: what a write whose answer was lost finds when it is done again.
     *
     * @param recorded what the table holds under the same key
     * @return true if kind, status, epoch, attempt and payloads agree
     */
    public boolean isSameAs(StepRecord recorded) {
        return kind == recorded.kind
                && status == recorded.status
                && epoch == recorded.epoch
                && attempt == recorded.attempt
                && key.equals(recorded.key)
                && Objects.equals(output, recorded.output)
                && Objects.equals(failure, recorded.failure)
                && Objects.equals(detail, recorded.detail);
    }

    /**
     * Whether its workflow was retried, and no attempt at the step has begun since.
     *
     * @return true if all its attempts are in the workflow's past
     */
    public boolean isOfPastLife() {
        return attempt == 0;
    }

    /**
     * Whether a newer Revive recorded it: what it means is not known here, so nothing is built on it.
     *
     * @return true if the kind of call or its status is unknown, or its resolution while it is not final: it would be written over
     */
    public boolean isUnknown() {
        return kind == CallKind.UNKNOWN
                || status == StepStatus.UNKNOWN
                || (resolution == Resolution.UNKNOWN && !status.isFinal());
    }

    /**
     * The first state of a call, to be described further.
     *
     * @param workflowId the workflow
     * @param key the place of the call in it
     * @param kind the kind of call
     * @param epoch the epoch of the run
     * @return STARTED, the first attempt
     */
    public static StepDraft of(String workflowId, StepKey key, CallKind kind, long epoch) {
        return new StepDraft().workflowId(workflowId).key(key).kind(kind).epoch(epoch);
    }

    /**
     * Another state of the same call.
     *
     * @return the same in all columns, to be changed
     */
    public StepDraft change() {
        return of(workflowId, key, kind, epoch)
                .status(status)
                .attempt(attempt)
                .zombies(zombies)
                .resolution(resolution)
                .branches(branches)
                .output(output)
                .failure(failure)
                .firstStartedAt(firstStartedAt)
                .startedAt(startedAt)
                .recordedAt(recordedAt)
                .nextAt(nextAt)
                .detail(detail);
    }

    /**
     * This step as it stands when its workflow is retried and it is asked for again: with all its attempts before it, for they are in the past life. If
     * it is known that the last one failed, another may begin. If it is not, or the step succeeded, the step has begun, and its options say what to do,
     * as after a crash.
     *
     * @param isKnown whether the last attempt is known to have failed
     * @param now the stamp
     * @return the row to go on from
     */
    public StepRecord askedAgain(boolean isKnown, Instant now) {
        StepDraft again = change().attempt(0)
                .zombies(0)
                .resolution(Resolution.RETRIED)
                .output(null)
                .failure(null)
                .firstStartedAt(now)
                .recordedAt(now)
                .nextAt(null);
        return isKnown ? again.startedAt(now).backoff(failure, now) : again.started();
    }

    /** This step of a cancelled branch as it goes on: what passed since its workflow failed is not of its total time. */
    StepRecord goingOn(Instant now) {
        return change().firstStartedAt(now).recordedAt(now).build();
    }

    /**
     * This outcome of a past life as one of the present.
     *
     * @param newEpoch the epoch of the run that asks for it again
     * @param now the stamp
     * @return the row to write
     */
    public StepRecord takenOver(long newEpoch, Instant now) {
        return change().epoch(newEpoch)
                .resolution(Resolution.RETRIED)
                .recordedAt(now)
                .nextAt(null)
                .build();
    }

    /** This parallel as it was before its branches were joined, or it was decided. */
    StepRecord begunAgain(Instant now) {
        return change().output(null).failure(null).recordedAt(now).nextAt(null).started();
    }

    /**
     * What a person's decision about this zombie puts in its place, for {@link WorkflowStore#decide}. "Run it again" is a BACKOFF that is over,
     * so the next run begins the next attempt.
     *
     * @param newStatus COMPLETED, FAILED or BACKOFF
     * @param newOutput the value as JSON, if it is COMPLETED; else null
     * @param newFailure the failure as JSON, if it is FAILED; else null
     * @param now the stamp of the decision
     * @return the row to write
     */
    public StepRecord decided(
            StepStatus newStatus, @Nullable String newOutput, @Nullable String newFailure, Instant now) {
        return change().status(newStatus)
                .zombies(isOfPastLife() ? zombies : zombies + 1)
                .resolution(newStatus == StepStatus.BACKOFF ? Resolution.DECIDED_AGAIN : Resolution.DECIDED)
                .output(newOutput)
                .failure(newFailure)
                .recordedAt(now)
                .nextAt(newStatus == StepStatus.BACKOFF ? now : null)
                .build();
    }
}
