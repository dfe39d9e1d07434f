// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A seat that passes everything on to another: the base of one that watches, counts or refuses something. */
public class ForwardingSeat implements ExecutorSeat {
    private final ExecutorSeat seat;

    /**
     * Forwards all there is.
     *
     * @param seat the real one
     */
    public ForwardingSeat(ExecutorSeat seat) {
        this.seat = Objects.requireNonNull(seat, "seat");
    }

    @Override
    public String executorId() {
        return seat.executorId();
    }

    @Override
    public List<StepStore> lanes() {
        return seat.lanes();
    }

    @Override
    public boolean isShared() {
        return seat.isShared();
    }

    @Override
    public Claim claim(Set<WorkflowType> known, int limit, int suspects) {
        return seat.claim(known, limit, suspects);
    }

    @Override
    public void listen(Consumer<Hint> hints) {
        seat.listen(hints);
    }

    @Override
    public boolean isListening() {
        return seat.isListening();
    }

    @Override
    public List<WorkflowRecord> reclaim(Collection<String> held, int limit) {
        return seat.reclaim(held, limit);
    }

    @Override
    public List<WorkflowSummary> unclaimed(Set<WorkflowType> known, Duration patience) {
        return seat.unclaimed(known, patience);
    }

    @Override
    public boolean renew() {
        return seat.renew();
    }

    @Override
    public Optional<Instant> clock() {
        return seat.clock();
    }

    @Override
    public int sweep() {
        return seat.sweep();
    }

    @Override
    public void close() {
        seat.close();
    }

    @Override
    public void abandon() {
        seat.abandon();
    }
}
