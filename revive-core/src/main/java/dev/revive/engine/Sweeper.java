// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.StoreUnavailableException;
import dev.revive.workflow.Printable;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Declares others dead whose lease has lapsed, on a thread of its own: it waits for locks and moves thousands of rows, and the lease must not wait
 * for that. Only where other processes can reach the store. Who may be dead itself declares nobody dead.
 */
final class Sweeper {
    private static final Logger log = LoggerFactory.getLogger(Sweeper.class);

    private final Executor executor;
    private final ExecutorSeat seat;
    private final Turns turns;

    Sweeper(String name, Executor executor, ExecutorSeat seat, Duration lease) {
        this.executor = executor;
        this.seat = seat;
        Duration third = lease.dividedBy(3);
        this.turns = new Turns(name, Duration.ZERO, () -> third, this::turn, executor::keeperEnded);
    }

    Turns turns() {
        return turns;
    }

    private void turn() {
        try {
            int orphans = executor.lease().isValid() ? seat.sweep() : 0;
            if (orphans > 0) {
                log.info("{} workflows of executors that died are due again", orphans);
                executor.orphansFound();
            }
        } catch (StoreUnavailableException e) {
            log.warn("The store does not answer, nobody is looked for whose lease has lapsed: {}", Printable.of(e));
        }
    }
}
