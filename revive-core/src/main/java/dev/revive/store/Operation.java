// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One write to one row. All operations of one workflow go through one lane in the order of its program, so what is recorded is always a prefix
 * of what happened.
 */
public sealed interface Operation {
    /**
     * What other executors are to be told once a batch is committed.
     *
     * @param batch the operations
     * @param answers one for each
     * @return the hints that the accepted ones give
     */
    static Set<Hint> hints(List<Operation> batch, List<Answer> answers) {
        Set<Hint> hints = EnumSet.noneOf(Hint.class);
        for (int i = 0; i < answers.size(); i++) {
            Hint hint = answers.get(i) == Answer.ACCEPTED ? batch.get(i).hint() : null;
            if (hint != null) {
                hints.add(hint);
            }
        }
        return hints;
    }

    /**
     * What others are to be told of it. A release with a delay needs no word: who gives it back comes again in time, and others find it at their
     * next look.
     *
     * @return null if it concerns nobody else
     */
    default @Nullable Hint hint() {
        return null;
    }

    /**
     * The workflow it belongs to.
     *
     * @return its id
     */
    String workflowId();

    /**
     * Inserts a workflow. Answered {@link Answer#EXISTS} if the id is taken by a row that this very operation did not write.
     *
     * @param workflow the row
     * @param start whether this executor runs it at once or leaves it to be claimed
     * @param end how it ended, if it ended before it was ever written; else null. Only with {@link Start#CLAIMED}
     */
    record Create(
            NewWorkflow workflow, Start start, @Nullable Finish end) implements Operation {
        /** How a workflow begins. */
        public enum Start {
            /** RUNNING at epoch 1 in the hands of the executor that writes it. */
            CLAIMED,
            /** DUE now, at epoch 0. */
            DUE
        }

        /** Checks what is never null. */
        public Create {
            Objects.requireNonNull(workflow, "workflow");
            Objects.requireNonNull(start, "start");
        }

        @Override
        public String workflowId() {
            return workflow.id();
        }

        @Override
        public @Nullable Hint hint() {
            return end != null ? Hint.ENDED : start == Start.DUE ? Hint.DUE : null;
        }
    }

    /**
     * Records the state of a step. Refused unless the workflow is RUNNING at the step's epoch in the hands of this executor, and the row is new,
     * may be succeeded, or is the same ({@link StepRecord#maySucceed}, {@link StepRecord#isSameAs}). The same is accepted, too, if the workflow
     * has ended or was given back since, as long as nobody has claimed it: that is how a whole batch is found when it is written again.
     *
     * @param step the row
     * @param isNew whether the writer knows of no earlier row under this key: a hint that lets a store insert without looking
     */
    record Checkpoint(StepRecord step, boolean isNew) implements Operation {
        /** Checks what is never null. */
        public Checkpoint {
            Objects.requireNonNull(step, "step");
        }

        @Override
        public String workflowId() {
            return step.workflowId();
        }
    }

    /**
     * Ends a workflow, or parks it for a person. Refused unless it is RUNNING at this epoch in the hands of this executor, or already ended
     * with the same content at this epoch.
     *
     * @param workflowId the workflow
     * @param epoch the run's epoch
     * @param status COMPLETED, FAILED, CANCELLED or NEEDS_ATTENTION
     * @param content the result, the failure, or the report, as JSON
     * @param finishedAt the engine's stamp
     */
    record Finish(
            String workflowId,
            long epoch,
            WorkflowStatus status,
            @Nullable String content,
            Instant finishedAt) implements Operation {
        /** Checks the status. */
        public Finish {
            Objects.requireNonNull(workflowId, "workflowId");
            if (!status.isFinal() && status != WorkflowStatus.NEEDS_ATTENTION) {
                throw new IllegalArgumentException("A workflow does not end as " + status + ".");
            }
        }

        @Override
        public Hint hint() {
            return Hint.ENDED;
        }
    }

    /**
     * Gives a running workflow back: DUE after a delay, in nobody's hands. Refused unless it is RUNNING at this epoch in the hands of this
     * executor, or already DUE at this epoch; and, if it runs and {@code ifWakeSeq} is given, with that {@code wakeSeq} (else something woke it
     * up meanwhile, and it must look again).
     *
     * @param workflowId the workflow
     * @param epoch the run's epoch
     * @param delay until it may be claimed again, by the store's clock; null: until something wakes it up
     * @param ifWakeSeq the wake-up counter that was seen, or null not to compare
     * @param strike whether the run ended in an {@link Error}: then the row's count of strikes becomes 1 if the run recorded a final step state, else
     *     one more than before
     */
    record Release(
            String workflowId,
            long epoch,
            @Nullable Duration delay,
            @Nullable Long ifWakeSeq,
            boolean strike) implements Operation {
        /** Checks what is never null. */
        public Release {
            Objects.requireNonNull(workflowId, "workflowId");
        }

        @Override
        public @Nullable Hint hint() {
            return delay != null && delay.isZero() ? Hint.DUE : null;
        }
    }
}
