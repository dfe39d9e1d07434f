// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.codec.Documents;
import dev.revive.store.StepRecord;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Decision;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepOutcomeUnknownException;
import dev.revive.workflow.StepStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A person's decision as rows: what was seen and what takes its place. "Run it again" becomes a BACKOFF that is over, so the next run begins the
 * next attempt.
 */
record Decided(StepRecord zombie, StepRecord decision) {
    static Optional<Decided> of(Engine engine, String workflowId, StepInfo seen, Decision decision) {
        return engine.store().steps(workflowId).stream()
                .filter(row -> row.key().stepId().equals(seen.stepId())
                        && row.key().sequence() == seen.sequence()
                        && row.kind() == CallKind.STEP
                        && row.status() == StepStatus.STARTED
                        && row.attempt() == seen.attempt())
                .findFirst()
                .map(row -> new Decided(row, decided(engine, row, decision)));
    }

    private static StepRecord decided(Engine engine, StepRecord row, Decision decision) {
        Instant now = engine.now();
        if (decision instanceof Decision.Happened happened) {
            Object value = happened.value();
            String json = engine.payloads().encode(value, value == null ? Void.class : value.getClass());
            return replaced(row, StepStatus.COMPLETED, json, null, now);
        }
        if (decision instanceof Decision.Failed failed) {
            Failure failure = new Failure(
                    Failure.Kind.OUTCOME_UNKNOWN,
                    StepOutcomeUnknownException.class.getName(),
                    failed.reason(),
                    List.of(),
                    null);
            return replaced(row, StepStatus.FAILED, null, Documents.write(failure), now);
        }
        return replaced(row, StepStatus.BACKOFF, null, null, now);
    }

    private static StepRecord replaced(
            StepRecord row, StepStatus status, @Nullable String output, @Nullable String failure, Instant now) {
        return new StepRecord(
                row.workflowId(),
                row.key(),
                row.kind(),
                status,
                row.epoch(),
                row.attempt(),
                row.zombies() + 1,
                Resolution.DECIDED,
                row.branches(),
                output,
                failure,
                row.firstStartedAt(),
                row.startedAt(),
                now,
                status == StepStatus.BACKOFF ? now : null);
    }
}
