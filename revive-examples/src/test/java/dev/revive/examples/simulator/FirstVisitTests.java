// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.crash.CrashPoint;
import dev.revive.examples.onboarding.Onboarding.Delivery;
import dev.revive.examples.simulator.State.LineKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody reads who has never heard of durable execution, in its order. */
@Tag("once")
class FirstVisitTests {
    private static final String EMAIL = "Send Welcome Email";

    /** A takeover that nobody asked for would add to the story. */
    private static final Duration LEASE = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    @Test
    void theCaptionsTellWhatAStepIsWhatDiedWhatWasSkippedAndWhyAnEffectHappenedTwice() {
        try (Stage stage = new Stage(directory, LEASE)) {
            stage.run(Delivery.AT_LEAST_ONCE, Stage.at(EMAIL, CrashPoint.AFTER_EFFECT));
            stage.awaitDeath("A");
            stage.simulator.resume(null);
            State state = stage.awaitCompleted();

            assertThat(Stage.captions(state))
                    .containsExactly(
                            "welcome",
                            "run",
                            "step",
                            "recorded",
                            "parallel",
                            "died",
                            "kept",
                            "resumed",
                            "takeover",
                            "replay",
                            "again",
                            "twice",
                            "finished");
            assertThat(Stage.caption(state, "welcome")).contains("ordinary function", "is a step", "a row in a table");
            assertThat(Stage.caption(state, "step")).contains("“Create Employee Record” is a step", "STARTED");
            assertThat(Stage.caption(state, "recorded")).contains("COMPLETED", "never run again");
            assertThat(Stage.caption(state, "died"))
                    .contains("A is dead", "“Send Welcome Email” had happened", "nobody wrote that down", "zombie");
            assertThat(Stage.caption(state, "kept")).contains("belong to the database");
            assertThat(Stage.caption(state, "replay"))
                    .contains("from its first line", "Skipped")
                    .contains("“Create Employee Record”", "“Provision Laptop”", "“Grant Access”")
                    .doesNotContain(EMAIL);
            assertThat(Stage.caption(state, "again")).contains("attempt 2", "same idempotency key");
            assertThat(Stage.caption(state, "twice"))
                    .contains("happened twice", "A did it and died before it could record it", "B could not know");
            assertThat(Stage.caption(state, "finished")).contains("COMPLETED", "“Send Welcome Email” happened twice");
        }
    }

    @Test
    void theCaptionsTellOfATakeoverAndTheRefusedLateWrite() {
        try (Stage stage = new Stage(directory, LEASE)) {
            stage.inTheMiddleOf(EMAIL, 800, () -> stage.simulator.freeze("A"));
            stage.simulator.second();
            stage.awaitCompleted();
            stage.simulator.thaw("A");
            State state = stage.await(
                    "the late write is refused",
                    now -> now.log().stream().anyMatch(line -> line.kind() == LineKind.REFUSED));

            assertThat(Stage.captions(state))
                    .containsExactly(
                            "welcome",
                            "run",
                            "step",
                            "recorded",
                            "parallel",
                            "frozen",
                            "second",
                            "takeover",
                            "replay",
                            "again",
                            "finished",
                            "thawed",
                            "twice",
                            "refused");
            assertThat(Stage.caption(state, "frozen")).contains("stopped, not dead");
            assertThat(Stage.caption(state, "takeover")).contains("B takes the workflow over", "epoch is now 2");
            assertThat(Stage.caption(state, "twice")).contains("A was frozen in the middle of it");
            assertThat(Stage.caption(state, "refused")).contains("The database refused", "declared dead");
        }
    }

    @Test
    void captionsOfEarlierEventsNeverChange() {
        try (Stage stage = new Stage(directory, LEASE)) {
            stage.run(Delivery.RECONCILE, Stage.at(EMAIL, CrashPoint.AFTER_EFFECT));
            stage.awaitDeath("A");
            List<State.Caption> early = stage.simulator.state().captions();
            stage.simulator.resume(null);

            assertThat(stage.awaitCompleted().captions()).startsWith(early.toArray(State.Caption[]::new));
        }
    }
}
