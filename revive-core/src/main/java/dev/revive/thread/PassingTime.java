// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.Condition;

/** The JVM's own time, with a clock for the time of day. */
record PassingTime(InstantSource clock) implements Time {
    @Override
    public Instant instant() {
        return clock.instant();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // the loop is its callers', each with a condition of its own
    public void await(Condition changed, long nanos) throws InterruptedException {
        changed.awaitNanos(nanos);
    }
}
