// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import dev.revive.store.ForwardingStore;
import dev.revive.store.WorkflowStore;

/** A store that outlives its engines: closing it does nothing. */
public class LentStore extends ForwardingStore {
    /**
     * A store that somebody else closes.
     *
     * @param owner the real one
     */
    public LentStore(WorkflowStore owner) {
        super(owner);
    }

    @Override
    public void close() {}
}
