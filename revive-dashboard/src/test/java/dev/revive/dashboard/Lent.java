// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.store.ForwardingStore;
import dev.revive.store.WorkflowStore;

/** A store that outlives its engine. */
final class Lent extends ForwardingStore {
    Lent(WorkflowStore owner) {
        super(owner);
    }

    @Override
    public void close() {}
}
