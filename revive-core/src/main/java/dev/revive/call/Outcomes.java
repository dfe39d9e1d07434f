// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.run.Attentions;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.workflow.Failure;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepOutcomeUnknownException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TypeRef;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a step's outcome looks like to the workflow: the same in the run where it happened and in every replay. */
final class Outcomes<T extends @Nullable Object> {
    private final Scope scope;
    private final TypeRef<T> type;

    Outcomes(Scope scope, TypeRef<T> type) {
        this.scope = scope;
        this.type = type;
    }

    /** A value as it is recorded and as the workflow sees it: always read back, so a lossy round trip shows at once and not after a crash. */
    record Encoded<T extends @Nullable Object>(String json, T value) {}

    /**
     * Refuses a type of which no value can be recorded, before the effect. No failure of the step, since the workflow's code could only make good
     * for what is a mistake in it: a person deploys the fixed type, and nothing has been lost.
     */
    void check(StepKey key) {
        try {
            scope.run().tools().payloads().check(type.type());
        } catch (SerializationException e) {
            Run run = scope.run();
            throw run.needsAttention(Attentions.unrecordableStep(run.id(), key, e));
        }
    }

    Encoded<T> encode(@Nullable Object value) {
        String json = scope.run().tools().payloads().encode(value, type.type());
        return new Encoded<>(json, decode(json));
    }

    @Nullable
    T replay(StepRecord recorded) {
        scope.passed(recorded);
        if (recorded.status() == StepStatus.FAILED) {
            throw exception(recorded.key(), Documents.failure(Objects.requireNonNull(recorded.failure())));
        }
        return value(recorded);
    }

    /** What is recorded, read back. Where it is not of the type any more, a person is asked. */
    T value(StepRecord recorded) {
        try {
            return decode(Objects.requireNonNull(recorded.output()));
        } catch (SerializationException e) {
            Run run = scope.run();
            throw run.needsAttention(Attentions.unreadableStep(run.id(), recorded.key(), type, e));
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // decoded as this very type; null is a value like any other
    private T decode(String json) {
        return (T) scope.run().tools().payloads().decode(json, type.type());
    }

    StepFailedException exception(StepKey step, Failure failure) {
        String workflowId = scope.run().id();
        return failure.kind() == Failure.Kind.OUTCOME_UNKNOWN
                ? new StepOutcomeUnknownException(workflowId, step.name(), step.position(), failure)
                : new StepFailedException(workflowId, step.name(), step.position(), failure);
    }
}
