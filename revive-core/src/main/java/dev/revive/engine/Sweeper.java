// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.lane.Outage;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.StoreUnavailableException;
import dev.revive.thread.Periodic;
import dev.revive.thread.Time;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Declares others dead whose lease has lapsed, on a thread of its own: it waits for locks and moves thousands of rows, and the lease must not wait
 * for that. Only where other processes can reach the store. Who may be dead itself declares nobody dead.
 */
final class Sweeper {
    private static final Logger log = LoggerFactory.getLogger(Sweeper.class);

    /** Who would take over what is found. */
    interface Owner {
        /** Whether its own lease is valid. */
        boolean mayBegin();

        /** A dead executor's workflows are due. */
        void orphansFound();

        /** There is nobody any more who would look. */
        void keeperEnded(Throwable why);
    }

    private final Outage outage = new Outage("the look for executors that died");
    private final Owner owner;
    private final ExecutorSeat seat;
    private final Periodic thread;

    Sweeper(String name, ExecutorSeat seat, Duration lease, Owner owner) {
        this.owner = owner;
        this.seat = seat;
        Duration third = lease.dividedBy(3);
        this.thread = new Periodic(name, Time.passing(Clock.systemUTC()), () -> third, this::turn, owner::keeperEnded);
    }

    Periodic thread() {
        return thread;
    }

    private void turn() {
        try {
            int orphans = owner.mayBegin() ? outage.ask(seat::sweep) : 0;
            if (orphans > 0) {
                log.info("{} workflows of executors that died are due again", orphans);
                owner.orphansFound();
            }
        } catch (StoreUnavailableException e) {
            // told; the next turn looks again
        }
    }
}
