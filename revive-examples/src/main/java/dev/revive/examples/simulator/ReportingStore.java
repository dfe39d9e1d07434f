// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.ForwardingStore;
import dev.revive.store.WorkflowStore;

/** A store that reports what is written to it, and what it refuses. */
final class ReportingStore extends ForwardingStore {
    private final Reporter reporter;

    ReportingStore(WorkflowStore store, Reporter reporter) {
        super(store);
        this.reporter = reporter;
    }

    @Override
    public ExecutorSeat seat(ExecutorSettings settings) {
        ExecutorSeat seat = super.seat(settings);
        reporter.seated(seat.executorId());
        return new ReportingSeat(seat, reporter);
    }
}
