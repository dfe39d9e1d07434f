// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static dev.revive.store.Answer.ACCEPTED;
import static dev.revive.tests.force.LostAnswerTests.ALL_KINDS;
import static dev.revive.tests.force.LostAnswerTests.assertThatAllIsThereOnce;
import static dev.revive.tests.force.LostAnswerTests.prepare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.databases.DatabaseServer;
import dev.revive.databases.PostgresServer;
import dev.revive.store.Answer;
import dev.revive.store.StepStore;
import dev.revive.store.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server is killed with a batch in it, or with a batch whose answer was lost; then it is started again, and so is the batch. */
@Tag("once")
class KilledServerTests extends ForceBed {
    private static DatabaseServer server;

    @BeforeAll
    static void startAServer() {
        server = PostgresServer.start();
        server.create("killed");
    }

    @AfterAll
    static void stopIt() {
        server.close();
    }

    @Override
    String url() {
        return server.url("killed");
    }

    private void killAndRestart() {
        server.kill();
        server.restart();
    }

    @Test
    void aBatchThatWasCommittedBeforeIsFoundAgain() {
        StepStore lane = seat(far, "unlucky").lanes().get(0);
        prepare(lane);
        proxy.cutAfterAnswer("new-due");
        assertThatThrownBy(() -> lane.write(ALL_KINDS)).isInstanceOf(StoreUnavailableException.class);
        killAndRestart();

        assertThat(near.find("new-due")).isPresent();
        assertThat(lane.write(ALL_KINDS)).containsOnly(ACCEPTED);
        assertThatAllIsThereOnce(this);
    }

    @Test
    void aBatchThatWasInTheServerLeavesNothingAndIsWrittenAgain() {
        StepStore lane = seat(far, "unlucky").lanes().get(0);
        prepare(lane);
        Lock lock = lock("SELECT id FROM ${prefix}workflow WHERE id = 'ends' FOR UPDATE");
        CompletableFuture<List<Answer>> first = meanwhile(() -> lane.write(ALL_KINDS));
        lock.awaitWaiting(1);
        killAndRestart();

        assertThatThrownBy(() -> outcome(first)).isInstanceOf(StoreUnavailableException.class);
        assertThat(near.find("new-due")).isEmpty();
        assertThat(lane.write(ALL_KINDS)).containsOnly(ACCEPTED);
        assertThatAllIsThereOnce(this);
    }
}
