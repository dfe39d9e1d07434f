// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static dev.revive.tests.force.Operations.claimed;
import static dev.revive.tests.force.Operations.completed;
import static dev.revive.tests.force.Operations.finish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** On PostgreSQL, where a batch is one statement. */
class HeldInsideTests extends HeldInside {
    /** The server has the whole statement, and needs its client no more. */
    @Test
    void theBatchIsWrittenThoughItsClientIsGone() {
        ExecutorSeat frozen = seat(far, "frozen");
        frozen.lanes().get(0).write(List.of(claimed("a"), claimed("b")));
        Lock lock = lock("SELECT id FROM ${prefix}workflow WHERE id = 'b' FOR UPDATE");
        CompletableFuture<List<Answer>> late =
                meanwhile(() -> frozen.lanes().get(0).write(List.of(completed("a", 1, 1), finish("b", 1))));
        lock.awaitWaiting(1);
        proxy.close();
        lapse("frozen");

        assertThat(next.sweep()).isZero();
        lock.rollback();
        await().atMost(PATIENCE).until(() -> next.sweep() == 1);

        assertThat(claim()).containsExactly("a");
        assertThatTheNextRunKnowsAll("a", late);
        assertThat(steps("a")).hasSize(1);
    }
}
