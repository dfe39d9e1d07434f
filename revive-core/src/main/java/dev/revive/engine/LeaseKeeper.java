// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.StoreUnavailableException;
import dev.revive.workflow.Printable;
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

    private final Executor executor;
    private final ExecutorSeat seat;
    private final Duration third;
    private final Turns turns;

    LeaseKeeper(String name, Executor executor, ExecutorSeat seat, Duration lease) {
        this.executor = executor;
        this.seat = seat;
        this.third = lease.dividedBy(3);
        this.turns = new Turns(name, third, () -> third, this::turn, executor::keeperEnded);
    }

    Turns turns() {
        return turns;
    }

    private void turn() {
        try {
            long sent = System.nanoTime();
            if (!seat.renew()) {
                executor.leaseLapsed();
                return;
            }
            executor.lease().renewedBy(sent);
            executor.engine().storeClock().follow(seat);
        } catch (StoreUnavailableException e) {
            log.warn("The store does not answer, the lease is not renewed: {}", Printable.of(e));
            turns.wakeIn(third.dividedBy(TRIES_PER_RENEWAL));
        }
    }
}
