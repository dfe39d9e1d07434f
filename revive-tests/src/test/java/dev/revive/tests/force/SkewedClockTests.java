// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowStatus;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The clocks of the hosts differ, by an hour each way; what one of them began another goes on with. */
class SkewedClockTests extends ForceBed {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Workflow<String, String> FLOW = Workflow.named("flow", String.class, String.class);

    private final AtomicInteger attempts = new AtomicInteger();

    private Revive sleeper(String name, Duration off) {
        return engine(
                near,
                name,
                builder -> builder.clock(Clock.offset(Clock.systemUTC(), off))
                        .unloadAfter(Duration.ZERO)
                        .register(FLOW, (ctx, in) -> {
                            ctx.sleep(Duration.ofSeconds(1));
                            return "awake";
                        }));
    }

    private Revive trier(String name, Duration off) {
        Step<String> flaky = Step.of("Flaky", String.class, now -> {
                    if (attempts.incrementAndGet() == 1) {
                        throw new IOException("attempt 1");
                    }
                    return "attempt " + now.attempt();
                })
                .retry(RetryPolicy.forever().fixedDelay(Duration.ofSeconds(1)))
                .totalTimeout(Duration.ofMinutes(2));
        return engine(
                near,
                name,
                builder -> builder.clock(Clock.offset(Clock.systemUTC(), off))
                        .unloadAfter(Duration.ZERO)
                        .register(FLOW, (ctx, in) -> ctx.step(flaky)));
    }

    @Test
    void aSleepThatOneBeganWhoIsAheadIsOverInTimeForOneWhoIsBehind() {
        Revive ahead = sleeper("ahead", HOUR);
        ahead.start(FLOW, "id", "in");
        awaitUnloaded(ahead);

        assertThat(sleeper("behind", HOUR.negated()).handle(FLOW, "id").result(PATIENCE))
                .isEqualTo("awake");
    }

    @Test
    void aPauseThatOneBeganWhoIsAheadIsOverInTimeForOneWhoIsBehind() {
        Revive ahead = trier("ahead", HOUR);
        ahead.start(FLOW, "id", "in");
        awaitUnloaded(ahead);

        assertThat(trier("behind", HOUR.negated()).handle(FLOW, "id").result(PATIENCE))
                .isEqualTo("attempt 2");
    }

    @Test
    void theTotalTimeThatBeganWithOneWhoIsBehindIsNotUpForOneWhoIsAhead() {
        Revive behind = trier("behind", HOUR.negated());
        behind.start(FLOW, "id", "in");
        awaitUnloaded(behind);

        assertThat(trier("ahead", HOUR).handle(FLOW, "id").result(PATIENCE)).isEqualTo("attempt 2");
        assertThat(steps("id")).singleElement().satisfies(step -> {
            assertThat(step.status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(step.recordedAt())
                    .isBetween(step.firstStartedAt(), step.firstStartedAt().plus(PATIENCE));
        });
    }

    private void awaitUnloaded(Revive engine) {
        await().atMost(PATIENCE)
                .until(() ->
                        row("id").status() == WorkflowStatus.DUE && !steps("id").isEmpty());
        engine.close();
    }

    @Test
    void aClockThatIsSetWhileItsEngineRunsChangesNothing() {
        SetClock clock = new SetClock();
        Revive revive = engine(
                near,
                "set",
                builder -> builder.lease(Duration.ofSeconds(2)).clock(clock).register(FLOW, (ctx, in) -> "done"));
        clock.off = HOUR;

        revive.start(FLOW, "id", "in").result(PATIENCE);
        assertThat(row("id").createdAt())
                .isBetween(Instant.now().minus(PATIENCE), Instant.now().plus(PATIENCE));
    }

    private static final class SetClock extends Clock {
        private volatile Duration off = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(off);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
