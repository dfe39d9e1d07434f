// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.codec.PayloadSerializer;
import dev.revive.crash.CrashHook;
import dev.revive.store.ExecutorSettings;
import dev.revive.thread.Time;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set.
 *
 * @param executor name, lanes and lease
 * @param limits the bounds
 * @param serializer values to JSON and back
 * @param time for stamps, and for all that workflows wait for
 * @param crashHook asked at every crash point, or null
 */
public record EngineSettings(
        ExecutorSettings executor,
        Limits limits,
        PayloadSerializer serializer,
        Time time,
        @Nullable CrashHook crashHook) {
    /**
     * The bounds.
     *
     * @param permits how many threads run user code at the same time
     * @param threads how many threads there are for user code
     * @param loadedRuns how many workflows are in memory at the same time
     * @param payloadChars the longest payload
     * @param strikes after so many runs in a row that ended in an Error a workflow needs attention
     * @param startTimeout how long a start waits for a store that does not answer
     * @param unloadAfter the longest wait that is held in memory
     * @param cleanUpGrace how long a workflow may clean up that is cancelled since its time was up, or null
     * @param shutdownGrace how long closing waits for effects before it interrupts them
     */
    public record Limits(
            int permits,
            int threads,
            int loadedRuns,
            int payloadChars,
            int strikes,
            Duration startTimeout,
            Duration unloadAfter,
            @Nullable Duration cleanUpGrace,
            Duration shutdownGrace) {}
}
