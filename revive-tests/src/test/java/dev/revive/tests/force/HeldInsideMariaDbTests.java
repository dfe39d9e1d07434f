// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static dev.revive.tests.force.Operations.claimed;
import static dev.revive.tests.force.Operations.completed;
import static dev.revive.tests.force.Operations.finish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.FencedException;
import dev.revive.store.StepStore;
import dev.revive.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On MariaDB, where a batch is a transaction of several statements, and needs its client to the end. */
@Tag("once")
class HeldInsideMariaDbTests extends HeldInside {
    @Override
    Server server() {
        return Server.MARIADB;
    }

    @Test
    void theBatchIsRolledBackWhenItsClientIsGone() {
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
        await().atMost(PATIENCE).until(() -> next.sweep() == 2);

        assertThat(claim()).containsExactlyInAnyOrder("a", "b");
        assertThatTheNextRunKnowsAll("a", late);
        assertThat(steps("a")).isEmpty();
    }

    /** All of it is written, and only the commit is missing: the server does not wait for that for ever. */
    @ParameterizedTest
    @EnumSource(Held.class)
    void theBatchWhoseCommitComesAfterTheTakeoverIsRolledBack(Held held) {
        ExecutorSeat frozen = seat(far, "frozen", Duration.ofSeconds(3));
        StepStore its = frozen.lanes().get(0);
        its.write(List.of(claimed("a")));
        HoldingProxy.Trap trap = proxy.hold("COMMIT");
        CompletableFuture<List<Answer>> late = meanwhile(() -> its.write(List.of(held.operation())));
        trap.awaitSprung();
        lapse("frozen");
        await().atMost(PATIENCE).until(() -> next.sweep() == 1);
        assertThat(claim()).containsExactly("a");
        Rows before = rows("a");
        trap.letGo();

        assertThatThrownBy(() -> outcome(late)).isInstanceOfAny(FencedException.class, StoreUnavailableException.class);
        assertThat(rows("a")).isEqualTo(before);
        assertThat(near.find("new")).isEmpty();
    }
}
