// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.lane.Outage;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.StoreUnavailableException;
import dev.revive.thread.Periodic;
import dev.revive.thread.Time;
import java.time.Clock;
import java.time.Duration;

/**
 * Renews this executor's lease, and does nothing else: whatever it waited for could cost the lease. Only where other processes can reach the
 * store; a lapsed lease is never renewed, since somebody may have taken over already.
 */
final class LeaseKeeper {
    /** So much earlier than the next renewal is one that failed tried again. */
    private static final int TRIES_PER_RENEWAL = 5;

    /** Whose lease it is. */
    interface Owner {
        /**
         * It was renewed.
         *
         * @param sentAtNanos when the renewal was sent, by {@link System#nanoTime}
         */
        void renewed(long sentAtNanos);

        /** Somebody may have taken over. */
        void leaseLapsed();

        /** There is nobody any more who would renew it. */
        void keeperEnded(Throwable why);
    }

    private final Outage outage = new Outage("the renewal of the lease");
    private final Owner owner;
    private final ExecutorSeat seat;
    private final Duration third;
    private final Periodic thread;

    LeaseKeeper(String name, ExecutorSeat seat, Duration lease, Owner owner) {
        this.owner = owner;
        this.seat = seat;
        this.third = lease.dividedBy(3);
        this.thread = new Periodic(name, Time.passing(Clock.systemUTC()), () -> third, this::turn, owner::keeperEnded)
                .beginIn(third);
    }

    Periodic thread() {
        return thread;
    }

    private void turn() {
        try {
            if (!outage.ask(this::renew)) {
                owner.leaseLapsed();
            }
        } catch (StoreUnavailableException e) {
            thread.wakeIn(third.dividedBy(TRIES_PER_RENEWAL));
        }
    }

    private boolean renew() {
        long sent = System.nanoTime();
        if (!seat.renew()) {
            return false;
        }
        owner.renewed(sent);
        return true;
    }
}
