// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.StoreUnavailableException;
import dev.revive.thread.Periodic;
import dev.revive.thread.Time;
import dev.revive.workflow.Printable;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews this executor's lease, and does nothing else: whatever it waited for could cost the lease. Only where other processes can reach the
 * store; a lapsed lease is never renewed, since somebody may have taken over already.
 */
final class LeaseKeeper {
    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

    /** So much earlier than the next renewal is one that failed tried again. */
    private static final int TRIES_PER_RENEWAL = 5;

    /** Whose lease it is. */
    interface Owner {
        /** @param sentAtNanos when the renewal was sent, by {@link System#nanoTime} */
        void renewed(long sentAtNanos);

        /** Somebody may have taken over. */
        void leaseLapsed();

        /** There is nobody any more who would renew it. */
        void keeperEnded(Throwable why);
    }

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
            long sent = System.nanoTime();
            if (!seat.renew()) {
                owner.leaseLapsed();
                return;
            }
            owner.renewed(sent);
        } catch (StoreUnavailableException e) {
            log.warn("The store does not answer, the lease is not renewed: {}", Printable.of(e));
            thread.wakeIn(third.dividedBy(TRIES_PER_RENEWAL));
        }
    }
}
