// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.WorkflowSummary;
import dev.revive.store.WorkflowType;
import dev.revive.thread.Nanos;
import dev.revive.thread.Time;
import dev.revive.workflow.Printable;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then for workflows that are due and that nobody claims, since no executor has code for their type and version, and says so once for
 * each. Belongs to the claimer's thread.
 */
final class Unclaimed {
    private static final Logger log = LoggerFactory.getLogger(Unclaimed.class);

    /** A look asks for each type that is due: an engine that rests is to ask for next to nothing. */
    private static final int PATIENCES_BETWEEN_LOOKS = 4;

    private final Time time;
    private final ExecutorSeat seat;
    private final Set<WorkflowType> known;
    private final Duration patience;
    private final Set<WorkflowType> told = new HashSet<>();
    private long nextLook;

    /** @param lease after twice this time another executor would have come, if there were one */
    Unclaimed(ExecutorSeat seat, Set<WorkflowType> known, Duration lease, Time time) {
        this.time = time;
        this.seat = seat;
        this.known = known;
        this.patience = Duration.ofNanos(2 * Nanos.of(lease));
        this.nextLook = time.after(patience);
    }

    void look() {
        if (nextLook - time.nanos() > 0) {
            return;
        }
        nextLook = time.after(patience.multipliedBy(PATIENCES_BETWEEN_LOOKS));
        for (WorkflowSummary one : seat.unclaimed(known, patience)) {
            if (told.add(one.type())) {
                log.warn(
                        "{} waits for an executor that has {}, version {}: it has been due for more than {}, and here is no code for it. If its own executors are not just busy, register that version, or start the program that has it",
                        Printable.of(one.id()),
                        Printable.of(one.type().name()),
                        one.type().version(),
                        patience);
            }
        }
    }
}
