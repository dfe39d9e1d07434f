// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.StepDraft;
import dev.revive.store.StepRecord;
import dev.revive.thread.Nanos;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * One call of {@code sleep()}: STARTED with the instant it ends, then COMPLETED. The instant is fixed by the first run, so a crash does not make
 * the sleep longer. Neither row is waited for: nothing happens in a sleep that must not happen twice.
 */
final class SleepCall {
    private final Scope scope;
    private final Run run;
    private final Call call;
    private final UnaryOperator<Instant> until;
    private final boolean isByTimeOfDay;

    /**
     * A call of a scope.
     *
     * @param until from the time it begins to the time it ends
     * @param isByTimeOfDay whether it ends at a time of day, though the clock be set back meanwhile; else it lasts so long
     */
    SleepCall(Scope scope, Call call, UnaryOperator<Instant> until, boolean isByTimeOfDay) {
        this.scope = scope;
        this.run = scope.run();
        this.call = call;
        this.until = until;
        this.isByTimeOfDay = isByTimeOfDay;
    }

    void run() {
        StepRecord recorded = call.recorded();
        if (recorded == null) {
            scope.leaveIfCancelAsked();
            recorded = begin();
        }
        if (!recorded.status().isFinal()) {
            Instant end = Objects.requireNonNull(recorded.nextAt(), "the end of a sleep");
            await(end);
            recorded = state(recorded.startedAt()).completed(null);
            scope.record(recorded, false);
        }
        scope.passed(recorded);
    }

    private void await(Instant end) {
        if (!isByTimeOfDay) {
            scope.awaitUntil(end);
            return;
        }
        do {
            scope.awaitUntil(run.tools().reckoned(end));
        } while (run.tools().timeOfDay().isBefore(end)); // set back while it waited
    }

    private StepRecord begin() {
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash point exact
        }
        run.crashAt(CrashPoint.BEFORE_STARTED, call.key(), 1);
        run.check();
        Instant now = run.tools().now();
        StepRecord started = state(now).nextAt(countable(now, until.apply(now))).started();
        scope.record(started, true);
        return started;
    }

    /** There are instants that no store can count up to. They are either long ago or as good as never. */
    private static Instant countable(Instant now, Instant end) {
        return now.plusNanos(Nanos.of(Duration.between(now, end))).truncatedTo(ChronoUnit.MICROS);
    }

    private StepDraft state(Instant startedAt) {
        return StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .at(startedAt)
                .recordedAt(run.tools().now());
    }
}
