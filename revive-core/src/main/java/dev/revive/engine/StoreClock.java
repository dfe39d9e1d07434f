// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.ExecutorSeat;
import dev.revive.thread.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time of day that all who share a store agree on, so that a stamp means the same on every host: the store's clock, asked at the seat and with
 * each renewal of the lease, and carried on by the JVM's monotonic time in between. What is done to the host's clock does not matter. A store that is
 * not shared has no such clock; then it is the host's.
 *
 * <p>The store read its clock some time between the question and the answer, so the time is known up to what that took. A reckoning that lies within
 * stays as it is; another is moved only as far as it is known to be wrong. So a slow answer does no harm, and time does not jitter.
 */
final class StoreClock implements InstantSource {
    private final Time host;
    private volatile @Nullable Reckoning reckoning;

    StoreClock(Time host) {
        this.host = host;
    }

    /** What the store's clock showed when the monotonic one showed this. */
    private record Reckoning(Instant there, long nanos) {
        Instant at(long now) {
            return there.plusNanos(now - nanos);
        }
    }

    @Override
    public Instant instant() {
        Reckoning last = reckoning;
        return last == null ? host.instant() : last.at(host.nanos());
    }

    /** Asks the seat's store. */
    void follow(ExecutorSeat seat) {
        long asked = host.nanos();
        Optional<Instant> answer = seat.clock();
        long answered = host.nanos();
        if (answer.isPresent()) {
            Instant earliest = answer.get();
            reckoning = new Reckoning(within(earliest, Duration.ofNanos(answered - asked), answered), answered);
        }
    }

    private Instant within(Instant earliest, Duration waited, long answered) {
        Reckoning last = reckoning;
        if (last == null) {
            return earliest.plus(waited.dividedBy(2));
        }
        Instant reckoned = last.at(answered);
        Instant latest = earliest.plus(waited);
        return reckoned.isBefore(earliest) ? earliest : reckoned.isAfter(latest) ? latest : reckoned;
    }
}
