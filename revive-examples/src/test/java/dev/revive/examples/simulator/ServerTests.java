// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import static dev.revive.examples.simulator.Stage.at;
import static dev.revive.examples.simulator.Stage.lastRun;
import static dev.revive.examples.simulator.Stage.life;
import static dev.revive.examples.simulator.Stage.saw;
import static dev.revive.examples.simulator.Stage.times;
import static dev.revive.examples.simulator.Stage.worker;
import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.crash.CrashPoint;
import dev.revive.databases.DatabaseServer;
import dev.revive.databases.SharedServers;
import dev.revive.examples.onboarding.Onboarding.Delivery;
import dev.revive.examples.simulator.State.Life;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulator over a database server of the user's. */
@Tag("once")
class ServerTests {
    private static final String EMAIL = "Send Welcome Email";

    enum Server {
        POSTGRESQL(SharedServers::postgres),
        MARIADB(SharedServers::mariaDb);

        private final Supplier<DatabaseServer> shared;

        Server(Supplier<DatabaseServer> shared) {
            this.shared = shared;
        }

        String url() {
            return shared.get().create("simulator");
        }
    }

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Server.class)
    void tellsTheWholeStory(Server server) {
        try (Stage stage = new Stage(directory, server.url())) {
            anEmailIsSentTwice(stage);
            stage.simulator.reset();
            assertThat(stage.tables.store().find("onboard-ada")).isEmpty();
            aFrozenExecutorIsReplaced(stage);
            stage.simulator.reset();

            assertThat(stage.simulator.state().workers()).isEmpty();
            assertThat(stage.tables.store().steps("onboard-ada")).isEmpty();
        }
    }

    private static void anEmailIsSentTwice(Stage stage) {
        stage.run(Delivery.AT_LEAST_ONCE, at(EMAIL, CrashPoint.AFTER_EFFECT));
        stage.awaitDeath("A");
        stage.simulator.resume(null);
        State state = stage.awaitCompleted();

        assertThat(times(state, EMAIL)).isEqualTo(2);
        assertThat(lastRun(state).skipped()).hasSize(3);
        assertThat(worker(state, "A").seat()).isEqualTo(State.Seat.DEAD);
    }

    private static void aFrozenExecutorIsReplaced(Stage stage) {
        stage.inTheMiddleOf(EMAIL, 1_000, () -> stage.simulator.freeze("A"));
        stage.simulator.second();
        State taken = stage.awaitCompleted();
        stage.simulator.thaw("A");
        State state = stage.await("the late write is refused", now -> saw(now, "refused"));

        assertThat(life(taken, "A")).isEqualTo(Life.FROZEN);
        assertThat(times(taken, EMAIL)).isEqualTo(1);
        assertThat(times(state, EMAIL)).isEqualTo(2);
    }
}
