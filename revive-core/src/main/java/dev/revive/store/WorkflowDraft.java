// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A row of the workflow table as it is put together, by the names of its columns. What is not said is as in a new one: DUE, in nobody's hands. */
public final class WorkflowDraft {
    private @Nullable String id;
    private @Nullable WorkflowType type;
    private WorkflowStatus status = WorkflowStatus.DUE;
    private @Nullable String input;
    private @Nullable String inputHash;
    private @Nullable String output;
    private @Nullable String failure;
    private @Nullable String attention;
    private long epoch;
    private @Nullable String executorId;
    private @Nullable Instant dueAt;
    private long wakeSeq;
    private int strikes;
    private @Nullable Instant createdAt;
    private @Nullable Instant finishedAt;
    private @Nullable Instant deadline;
    private @Nullable ParentCall parent;

    /** An empty one. */
    public WorkflowDraft() {}

    /**
     * The caller's id.
     *
     * @param value as in {@link WorkflowRecord#id}
     * @return this
     */
    public WorkflowDraft id(String value) {
        this.id = value;
        return this;
    }

    /**
     * Name and version.
     *
     * @param value as in {@link WorkflowRecord#type}
     * @return this
     */
    public WorkflowDraft type(WorkflowType value) {
        this.type = value;
        return this;
    }

    /**
     * Where it stands.
     *
     * @param value as in {@link WorkflowRecord#status}
     * @return this
     */
    public WorkflowDraft status(WorkflowStatus value) {
        this.status = value;
        return this;
    }

    /**
     * The input as JSON.
     *
     * @param value as in {@link WorkflowRecord#input}
     * @return this
     */
    public WorkflowDraft input(String value) {
        this.input = value;
        return this;
    }

    /**
     * The hash of the canonical input.
     *
     * @param value as in {@link WorkflowRecord#inputHash}
     * @return this
     */
    public WorkflowDraft inputHash(String value) {
        this.inputHash = value;
        return this;
    }

    /**
     * The result as JSON.
     *
     * @param value as in {@link WorkflowRecord#output}
     * @return this
     */
    public WorkflowDraft output(@Nullable String value) {
        this.output = value;
        return this;
    }

    /**
     * The failure as JSON.
     *
     * @param value as in {@link WorkflowRecord#failure}
     * @return this
     */
    public WorkflowDraft failure(@Nullable String value) {
        this.failure = value;
        return this;
    }

    /**
     * The report as JSON.
     *
     * @param value as in {@link WorkflowRecord#attention}
     * @return this
     */
    public WorkflowDraft attention(@Nullable String value) {
        this.attention = value;
        return this;
    }

    /**
     * How often it was claimed.
     *
     * @param value as in {@link WorkflowRecord#epoch}
     * @return this
     */
    public WorkflowDraft epoch(long value) {
        this.epoch = value;
        return this;
    }

    /**
     * Who runs it.
     *
     * @param value as in {@link WorkflowRecord#executorId}
     * @return this
     */
    public WorkflowDraft executorId(@Nullable String value) {
        this.executorId = value;
        return this;
    }

    /**
     * When it may be claimed.
     *
     * @param value as in {@link WorkflowRecord#dueAt}
     * @return this
     */
    public WorkflowDraft dueAt(@Nullable Instant value) {
        this.dueAt = value;
        return this;
    }

    /**
     * How often it was woken up.
     *
     * @param value as in {@link WorkflowRecord#wakeSeq}
     * @return this
     */
    public WorkflowDraft wakeSeq(long value) {
        this.wakeSeq = value;
        return this;
    }

    /**
     * How often in a row its run ended badly.
     *
     * @param value as in {@link WorkflowRecord#strikes}
     * @return this
     */
    public WorkflowDraft strikes(int value) {
        this.strikes = value;
        return this;
    }

    /**
     * The stamp of its start.
     *
     * @param value as in {@link WorkflowRecord#createdAt}
     * @return this
     */
    public WorkflowDraft createdAt(Instant value) {
        this.createdAt = value;
        return this;
    }

    /**
     * When it was over.
     *
     * @param value as in {@link WorkflowRecord#finishedAt}
     * @return this
     */
    public WorkflowDraft finishedAt(@Nullable Instant value) {
        this.finishedAt = value;
        return this;
    }

    /**
     * When it is cancelled.
     *
     * @param value as in {@link WorkflowRecord#deadline}
     * @return this
     */
    public WorkflowDraft deadline(@Nullable Instant value) {
        this.deadline = value;
        return this;
    }

    /**
     * The call of another workflow that started it.
     *
     * @param value as in {@link WorkflowRecord#parent}
     * @return this
     */
    public WorkflowDraft parent(@Nullable ParentCall value) {
        this.parent = value;
        return this;
    }

    /**
     * In an executor's hands.
     *
     * @param executor its id
     * @param atEpoch the epoch of its claim
     * @return this, RUNNING
     */
    public WorkflowDraft heldBy(String executor, long atEpoch) {
        return status(WorkflowStatus.RUNNING)
                .epoch(atEpoch)
                .executorId(executor)
                .dueAt(null);
    }

    /**
     * As it was described.
     *
     * @return the row
     */
    public WorkflowRecord build() {
        return new WorkflowRecord(
                Objects.requireNonNull(id, "id"),
                Objects.requireNonNull(type, "type"),
                status,
                Objects.requireNonNull(input, "input"),
                Objects.requireNonNull(inputHash, "inputHash"),
                output,
                failure,
                attention,
                epoch,
                executorId,
                dueAt,
                wakeSeq,
                strikes,
                Objects.requireNonNull(createdAt, "createdAt"),
                finishedAt,
                deadline,
                parent);
    }
}
