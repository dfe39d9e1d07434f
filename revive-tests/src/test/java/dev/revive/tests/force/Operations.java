// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Release;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Short words for what a batch is made of. */
final class Operations {
    static final WorkflowType ORDER = new WorkflowType("order", 1);

    private static final Instant STAMP = Instant.parse("2026-11-23T10:15:30.123456Z");

    private Operations() {}

    private static Create create(String id, Create.Start start) {
        return new Create(new NewWorkflow(id, ORDER, "\"in\"", "hash", STAMP), start, null);
    }

    /** In the hands of its writer, at epoch 1. */
    static Create claimed(String id) {
        return create(id, Create.Start.CLAIMED);
    }

    static Create due(String id) {
        return create(id, Create.Start.DUE);
    }

    static StepRecord step(String id, int sequence, long epoch, StepStatus status, @Nullable String output) {
        return StepRecord.of(id, new StepKey("", sequence, "step"), CallKind.STEP, epoch)
                .at(STAMP)
                .status(status)
                .output(output)
                .build();
    }

    static StepRecord started(String id, int sequence, long epoch) {
        return step(id, sequence, epoch, StepStatus.STARTED, null);
    }

    /** An outcome, without a row before it. */
    static Checkpoint completed(String id, int sequence, long epoch) {
        return new Checkpoint(step(id, sequence, epoch, StepStatus.COMPLETED, "\"done\""), true);
    }

    static Finish finish(String id, long epoch) {
        return Finish.of(id, epoch, WorkflowStatus.COMPLETED, "\"out\"", STAMP);
    }

    static Release release(String id, long epoch) {
        return Release.of(id, epoch);
    }
}
