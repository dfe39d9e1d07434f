// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.AwakeableId;
import dev.revive.store.StepRecord;
import dev.revive.workflow.Awakeable;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TypeRef;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code awakeable()}: COMPLETED at once, its value the id, which is random. Nobody outside learns the id before it is durable, since whatever
 * could tell it, an effect or another write, comes after this row. An id that a crash took away was never told.
 */
final class AwakeableCall<T> {
    private final Scope scope;
    private final Run run;
    private final Call call;
    private final TypeRef<T> type;

    AwakeableCall(Scope scope, Call call, TypeRef<T> type) {
        this.scope = scope;
        this.run = scope.run();
        this.call = call;
        this.type = type;
    }

    Awakeable<T> run() {
        StepRecord recorded = call.recorded() == null ? ofPastLife() : call.recorded();
        if (recorded == null) {
            recorded = make();
        }
        scope.passed(recorded);
        return new OwnAwakeable<>(run, call.key(), id(recorded), type);
    }

    /** Who was given the id before its workflow was retried completes this one: the effect that gave it away may be taken for one that was done. */
    private @Nullable StepRecord ofPastLife() {
        return Optional.ofNullable(run.past(call))
                .filter(past -> past.status() == StepStatus.COMPLETED)
                .map(run::takeOver)
                .orElse(null);
    }

    private StepRecord make() {
        scope.leaveIfCancelAsked();
        new Outcomes<>(scope, type).check(call.key());
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash point exact
        }
        run.crashAt(CrashPoint.BEFORE_STARTED, call.key(), 1);
        run.check();
        AwakeableId id = AwakeableId.of(run.id(), call.key(), run.tools().secrets());
        StepRecord made = StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .at(run.tools().now())
                .completed(id.json());
        scope.record(made, true);
        return made;
    }

    private AwakeableId id(StepRecord recorded) {
        return Documents.text(Objects.requireNonNull(recorded.output()))
                .flatMap(AwakeableId::parse)
                .orElseThrow(() -> new IllegalStateException("No id of an awakeable is recorded at " + call.key()));
    }
}
