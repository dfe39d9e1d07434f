// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.codec.Payloads;
import dev.revive.thread.Permits;
import dev.revive.thread.Threads;
import dev.revive.thread.Time;
import dev.revive.thread.UserThreads;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What all runs of an engine share. */
public interface Tools {
    /** For the runs' own threads and those that help them. */
    Threads threads();

    /** How many of these run user code at the same time. */
    Permits permits();

    /** Which threads run user code now. */
    UserThreads userThreads();

    Payloads payloads();

    /** For the pauses between attempts. */
    RandomGenerator chance();

    /** For what nobody may guess. */
    RandomGenerator secrets();

    /** Through which all that waits for time waits. */
    Time time();

    /** A stamp: microseconds, as the store keeps them. */
    Instant now();

    /** By this all that lasts is reckoned: never set back, or whoever waits would wait so much longer. */
    Instant exactNow();

    /** When it will be this time of day, though a clock may have been set back, reckoned by {@link #exactNow}. */
    Instant reckoned(Instant timeOfDay);

    /** The time of day. */
    Instant timeOfDay();

    /** The longest wait that is held in memory. */
    Duration unloadAfter();

    /** How long a workflow may clean up that is cancelled since its time was up; null: as long as it takes. */
    @Nullable
    Duration cleanUpGrace();

    /** After so many runs in a row that ended in an Error a workflow needs attention. */
    int strikes();

    /** Runs an attempt that has a time limit on a thread of its own; answers false if there is none to be had. */
    boolean startAttempt(Runnable attempt);

    /** Whether the engine stops or has died. */
    boolean isStopped();
}
