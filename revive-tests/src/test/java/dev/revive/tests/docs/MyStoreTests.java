// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import dev.revive.store.InMemoryStore;
import dev.revive.store.WorkflowStore;
import dev.revive.testing.WorkflowStoreContract;
import java.time.Duration;
import java.time.Instant;

// region contract
class MyStoreTests extends WorkflowStoreContract {
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");

    @Override
    protected WorkflowStore open() {
        return new InMemoryStore(() -> now); // yours
    }

    @Override
    protected void pass(WorkflowStore store, Duration duration) {
        now = now.plus(duration);
    }
}
// endregion
