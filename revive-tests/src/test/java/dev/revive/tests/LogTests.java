// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashPoint;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Logs;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.OnZombie;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told to people who read nothing but the log. */
@InSettings({Setting.MEMORY_WIDE, Setting.H2_WIDE, Setting.POSTGRES_WIDE, Setting.MARIADB_WIDE})
class LogTests extends TestBed {
    @Test
    void aFailedWorkflowLeavesOneLineWithItsCallAndItsRootCause() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            ctx.step("Charge", () -> {});
            try {
                ctx.step("Ship", () -> {
                    throw new IllegalStateException("no carrier");
                });
            } catch (StepFailedException e) {
                throw new IllegalArgumentException("cannot ship", new RuntimeException("deep down", e));
            }
            return "done";
        });
        try (Logs logs = new Logs()) {
            trial.failure();
            trial.stop();

            List<String> lines = logs.lines(trial.id() + " (");
            assertThat(lines).hasSize(1);
            assertThat(lines.get(0))
                    .contains("WARN", trial.workflow().name(), "failed at #2", "cannot ship", "Ship", "no carrier");
        }
    }

    @Test
    void aWorkflowThatNeedsAPersonLeavesOneLineAndItsZombieAnother() {
        Trial<String> trial = trial(
                String.class,
                (ctx, in) -> ctx.step(
                        Step.of("Charge", String.class, attempt -> "paid").onZombie(OnZombie.ASK)));
        trial.crash(CrashPoint.AFTER_EFFECT, "Charge");
        try (Logs logs = new Logs()) {
            trial.attention();
            trial.stop();

            assertThat(logs.lines(trial.id() + " step Charge#1 was cut off in attempt 1"))
                    .hasSize(1);
            List<String> lines = logs.lines(trial.id() + " (");
            assertThat(lines).hasSize(1);
            assertThat(lines.get(0)).contains("WARN", "needs attention", "UNDECIDED_ZOMBIE", "Charge#1");
        }
    }

    @Test
    void anAttemptThatFailsAgainAndAgainIsToldNowAndThen() {
        RetryPolicy patient = RetryPolicy.upTo(12).fixedDelay(Duration.ofMillis(1));
        Trial<String> trial = trial(
                String.class,
                (ctx, in) -> ctx.step(Step.of("Ship", String.class, attempt -> {
                            if (attempt.attempt() < 12) {
                                throw new IllegalStateException("no carrier");
                            }
                            return "shipped";
                        })
                        .retry(patient)));
        try (Logs logs = new Logs()) {
            trial.result();

            assertThat(logs.lines(trial.id() + " step Ship#1"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("INFO", "has failed 10 times", "no carrier"));
        }
    }

    @Test
    void whatIsDueAndNobodyClaimsIsToldOnce() {
        Workflow<String, String> unknown = flow("payments", String.class).version(3);
        try (Logs logs = new Logs()) {
            Revive revive = engine(builder -> builder.lease(Duration.ofMillis(300)));
            revive.start(unknown, unique("p"), "in", StartOptions.defaults().runElsewhere());
            revive.start(unknown, unique("q"), "in", StartOptions.defaults().runElsewhere());

            await().atMost(PATIENCE)
                    .until(() -> !logs.lines("waits for an executor that has " + unknown.name() + ", version 3")
                            .isEmpty());
            close(revive);
            assertThat(logs.lines(unknown.name())).hasSize(1);
        }
    }
}
