// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.CallKind;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.StepStatus;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of the step table as it is put together, by the names of its columns. What is not said is as in the first attempt at a step: STARTED, and
 * nothing is null that must not be. {@link #started}, {@link #completed}, {@link #failed} and {@link #backoff} say the last word.
 */
public final class StepDraft {
    private @Nullable String workflowId;
    private @Nullable StepKey key;
    private @Nullable CallKind kind;
    private StepStatus status = StepStatus.STARTED;
    private long epoch;
    private int attempt = 1;
    private int zombies;
    private @Nullable Resolution resolution;
    private int branches;
    private @Nullable String output;
    private @Nullable String failure;
    private @Nullable Instant firstStartedAt;
    private @Nullable Instant startedAt;
    private @Nullable Instant recordedAt;
    private @Nullable Instant nextAt;
    private @Nullable String detail;

    /** An empty one. */
    public StepDraft() {}

    /**
     * The workflow.
     *
     * @param value as in {@link StepRecord#workflowId}
     * @return this
     */
    public StepDraft workflowId(String value) {
        this.workflowId = value;
        return this;
    }

    /**
     * The place of the call in it.
     *
     * @param value as in {@link StepRecord#key}
     * @return this
     */
    public StepDraft key(StepKey value) {
        this.key = value;
        return this;
    }

    /**
     * The kind of call.
     *
     * @param value as in {@link StepRecord#kind}
     * @return this
     */
    public StepDraft kind(CallKind value) {
        this.kind = value;
        return this;
    }

    /**
     * Where it stands.
     *
     * @param value as in {@link StepRecord#status}
     * @return this
     */
    public StepDraft status(StepStatus value) {
        this.status = value;
        return this;
    }

    /**
     * The epoch of the run that writes this state.
     *
     * @param value as in {@link StepRecord#epoch}
     * @return this
     */
    public StepDraft epoch(long value) {
        this.epoch = value;
        return this;
    }

    /**
     * The number of the last attempt that began.
     *
     * @param value as in {@link StepRecord#attempt}
     * @return this
     */
    public StepDraft attempt(int value) {
        this.attempt = value;
        return this;
    }

    /**
     * How many attempts were cut off.
     *
     * @param value as in {@link StepRecord#zombies}
     * @return this
     */
    public StepDraft zombies(int value) {
        this.zombies = value;
        return this;
    }

    /**
     * What was done about the last attempt in doubt.
     *
     * @param value as in {@link StepRecord#resolution}
     * @return this
     */
    public StepDraft resolution(@Nullable Resolution value) {
        this.resolution = value;
        return this;
    }

    /**
     * A parallel's branch count.
     *
     * @param value as in {@link StepRecord#branches}
     * @return this
     */
    public StepDraft branches(int value) {
        this.branches = value;
        return this;
    }

    /**
     * The value as JSON.
     *
     * @param value as in {@link StepRecord#output}
     * @return this
     */
    public StepDraft output(@Nullable String value) {
        this.output = value;
        return this;
    }

    /**
     * The failure as JSON.
     *
     * @param value as in {@link StepRecord#failure}
     * @return this
     */
    public StepDraft failure(@Nullable String value) {
        this.failure = value;
        return this;
    }

    /**
     * When the first attempt began.
     *
     * @param value as in {@link StepRecord#firstStartedAt}
     * @return this
     */
    public StepDraft firstStartedAt(Instant value) {
        this.firstStartedAt = value;
        return this;
    }

    /**
     * When the last attempt began.
     *
     * @param value as in {@link StepRecord#startedAt}
     * @return this
     */
    public StepDraft startedAt(Instant value) {
        this.startedAt = value;
        return this;
    }

    /**
     * The stamp of this state.
     *
     * @param value as in {@link StepRecord#recordedAt}
     * @return this
     */
    public StepDraft recordedAt(Instant value) {
        this.recordedAt = value;
        return this;
    }

    /**
     * When the next attempt may begin.
     *
     * @param value as in {@link StepRecord#nextAt}
     * @return this
     */
    public StepDraft nextAt(@Nullable Instant value) {
        this.nextAt = value;
        return this;
    }

    /**
     * What else its kind has to say, as JSON.
     *
     * @param value as in {@link StepRecord#detail}
     * @return this
     */
    public StepDraft detail(@Nullable String value) {
        this.detail = value;
        return this;
    }

    /**
     * All its stamps: it begins, and is recorded, now.
     *
     * @param now the engine's stamp
     * @return this
     */
    public StepDraft at(Instant now) {
        return firstStartedAt(now).startedAt(now).recordedAt(now);
    }

    /**
     * An attempt is about to begin.
     *
     * @return the row
     */
    public StepRecord started() {
        return status(StepStatus.STARTED).build();
    }

    /**
     * It has a value.
     *
     * @param json the value
     * @return the row
     */
    public StepRecord completed(@Nullable String json) {
        return status(StepStatus.COMPLETED).output(json).build();
    }

    /**
     * It failed for good.
     *
     * @param json the failure
     * @return the row
     */
    public StepRecord failed(String json) {
        return status(StepStatus.FAILED).failure(json).build();
    }

    /**
     * Its workflow was cancelled before it had an outcome.
     *
     * @param json the cancellation, as a failure
     * @return the row
     */
    public StepRecord cancelled(String json) {
        return status(StepStatus.CANCELLED).failure(json).nextAt(null).build();
    }

    /**
     * A parallel is decided.
     *
     * @param json how its branches stand, see {@link Join}
     * @return the row
     */
    public StepRecord decided(String json) {
        return status(StepStatus.DECIDED).output(json).build();
    }

    /**
     * An attempt failed, did not begin, or did not see what its poll waits for, and another will follow.
     *
     * @param json the failure, if it is known
     * @param next when that may begin
     * @return the row
     */
    public StepRecord backoff(@Nullable String json, Instant next) {
        return status(StepStatus.BACKOFF).failure(json).nextAt(next).build();
    }

    /**
     * As it was described.
     *
     * @return the row
     */
    public StepRecord build() {
        return new StepRecord(
                Objects.requireNonNull(workflowId, "workflowId"),
                Objects.requireNonNull(key, "key"),
                Objects.requireNonNull(kind, "kind"),
                status,
                epoch,
                attempt,
                zombies,
                resolution,
                branches,
                output,
                failure,
                Objects.requireNonNull(firstStartedAt, "firstStartedAt"),
                Objects.requireNonNull(startedAt, "startedAt"),
                Objects.requireNonNull(recordedAt, "recordedAt"),
                nextAt,
                detail);
    }
}
