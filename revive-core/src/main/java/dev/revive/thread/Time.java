// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.Condition;

/**
 * Time as workflows see it: what time it is, and waiting until it is later. Sleeps, back-offs, time limits, patience and polls go through it and
 * through nothing else, so who gives another Time owns them all. What waits for a store, for a lease or for the end of a thread does not: these do
 * not wait for anything that a workflow does.
 *
 * <p>Safe for use by many threads.
 */
public interface Time extends InstantSource {
    /** Monotonic: only the difference of two means anything. */
    long nanos();

    /**
     * Waits on a condition, whose lock the calling thread holds: until it is signalled or so much of this time has passed, or for no reason.
     *
     * @param nanos how long, at most
     * @throws InterruptedException if the calling thread is interrupted
     */
    void await(Condition changed, long nanos) throws InterruptedException;

    /**
     * The monotonic time after this duration.
     *
     * @param duration any; more than a hundred years are a hundred years
     * @return comparable with {@link #nanos}
     */
    default long after(Duration duration) {
        return nanos() + Nanos.of(duration);
    }

    /**
     * The time that passes by itself.
     *
     * @param clock tells the time of day
     * @return with the JVM's monotonic time
     */
    static Time passing(InstantSource clock) {
        return new PassingTime(clock);
    }
}
