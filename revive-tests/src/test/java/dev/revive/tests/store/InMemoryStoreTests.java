// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.InMemoryStore;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.StoreException;
import dev.revive.store.WorkflowStore;
import dev.revive.testing.WorkflowStoreContract;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class InMemoryStoreTests extends WorkflowStoreContract {
    private Instant now = Instant.parse("2026-11-23T10:00:00Z");

    @Override
    protected WorkflowStore open() {
        return new InMemoryStore(() -> now);
    }

    @Override
    protected void pass(WorkflowStore store, Duration duration) {
        now = now.plus(duration);
    }

    @Test
    void itHasNoConnectionForTransactions() {
        StepStore.Transaction transaction = new StepStore.Transaction() {
            @Override
            public String workflowId() {
                return "a";
            }

            @Override
            public StepRecord run(Connection connection) {
                throw new AssertionError("must not be called");
            }
        };
        try (ExecutorSeat seat = new InMemoryStore().seat(new ExecutorSettings("test", 1, Duration.ofSeconds(1)))) {
            assertThat(seat.isShared()).isFalse();
            assertThatThrownBy(() -> seat.lanes().get(0).transact(transaction))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("use a JdbcStore");
        }
    }
}
