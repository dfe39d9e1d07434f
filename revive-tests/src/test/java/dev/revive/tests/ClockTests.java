// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPoint;
import dev.revive.store.InMemoryStore;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.MovableClock;
import dev.revive.tests.support.Place;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Failure;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Poll;
import dev.revive.workflow.PollTimedOutException;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowContext;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What becomes of waits, in memory and out of it, when somebody sets the host's clock; and when a step's total time passes meanwhile. */
@InSettings({Setting.MEMORY_WIDE, Setting.MEMORY_UNLOADING, Setting.H2_WIDE, Setting.POSTGRES_WIDE})
class ClockTests extends TestBed {
    private static final Duration HOUR = Duration.ofHours(1);

    /** Longer than what is waited for in memory. */
    private static final Duration WAIT = Duration.ofMillis(1_300);

    private final MovableClock clock = new MovableClock();
    private final Effects effects = new Effects();

    @BeforeEach
    void letTheStoreGoByIt() {
        if (setting.place() == Place.MEMORY) {
            use(new InMemoryStore(clock));
        }
    }

    private Trial<String> trial(Step<String> step) {
        return byTheClock(trial(String.class, (ctx, in) -> {
            try {
                return ctx.step(step);
            } catch (StepFailedException e) {
                return e.failure().kind() + " " + e.failure().message();
            }
        }));
    }

    private <O> Trial<O> byTheClock(Trial<O> trial) {
        return trial.with(builder -> builder.clock(clock));
    }

    private Step<String> failingOnce() {
        return Step.of("Flaky", String.class, attempt -> {
            if (effects.happen("attempt") == 1) {
                throw new IOException("no answer");
            }
            return "attempt " + attempt.attempt();
        });
    }

    private void awaitRow(Trial<?> trial, StepStatus status) {
        trial.revive();
        await().atMost(PATIENCE).until(() -> trial.rows().stream().anyMatch(row -> row.status() == status));
    }

    @Nested
    class AClockThatIsSetBack {
        @Test
        void makesNoRetryLate() {
            Trial<String> trial = trial(
                    failingOnce().retry(RetryPolicy.upTo(2).fixedDelay(WAIT).jitter(0)));
            awaitRow(trial, StepStatus.BACKOFF);

            clock.move(HOUR.negated());

            assertThat(trial.result()).isEqualTo("attempt 2");
        }

        @Test
        void makesNoSleepLonger() {
            Trial<String> trial = byTheClock(trial(String.class, (ctx, in) -> {
                ctx.sleep("Rest", WAIT);
                return "awake";
            }));
            awaitRow(trial, StepStatus.STARTED);

            clock.move(HOUR.negated());

            assertThat(trial.result()).isEqualTo("awake");
        }

        @Test
        void makesNoLaterWaitLonger() {
            Trial<String> trial = byTheClock(trial(String.class, (ctx, in) -> {
                ctx.sleep("First", WAIT);
                ctx.step("Set back", () -> clock.move(HOUR.negated()));
                ctx.sleep("Second", WAIT);
                return "awake";
            }));

            assertThat(trial.result()).isEqualTo("awake");
        }

        @Test
        void letsASleepUntilATimeOfDayLastUntilThen() {
            Duration back = Duration.ofSeconds(1);
            Trial<Boolean> trial = byTheClock(trial(Boolean.class, (ctx, in) -> {
                Instant until = ctx.now().plus(WAIT);
                ctx.sleepUntil("Until", until);
                return ctx.step("Look", Boolean.class, () -> !clock.instant().isBefore(until));
            }));
            awaitRow(trial, StepStatus.STARTED);

            clock.move(back.negated());

            assertThat(trial.result()).isTrue();
        }

        /** The last is the one at the limit; a wait that was counted by the monotonic time ends before the slower clock is there. */
        @Test
        void givesAPollNoOtherLookAtItsLimit() {
            Poll<String> poll = Poll.every(HOUR).upTo(Duration.ofMillis(900)).until(seen -> false);
            Trial<String> trial = byTheClock(trial(String.class, (ctx, in) -> {
                try {
                    return ctx.poll("Look", String.class, poll, attempt -> "look " + effects.happen("look"));
                } catch (PollTimedOutException e) {
                    return e.lastSeen(String.class).orElse("nothing");
                }
            }));
            awaitRow(trial, StepStatus.BACKOFF);

            clock.move(HOUR.negated());

            assertThat(trial.result()).isEqualTo("look 2");
        }

        @Test
        void givesAStepNoMoreTime() {
            Trial<String> trial = trial(Step.of("Stuck", String.class, attempt -> {
                        if (effects.happen("attempt") == 1) {
                            clock.move(HOUR.negated());
                        }
                        throw new IOException("no answer");
                    })
                    .retry(RetryPolicy.forever().fixedDelay(Duration.ofMillis(100)))
                    .totalTimeout(WAIT));

            assertThat(trial.result()).startsWith("TIMED_OUT ");
        }
    }

    @Nested
    class TheTotalTimeOfAStep {
        /** Else the branch would fail at once, although it had hours left when its sibling's failure cut it off. */
        @Test
        void beginsAnewForABranchThatWasCancelledWhileItWaitedAndIsRetried() {
            AtomicBoolean isMended = new AtomicBoolean();
            Step<String> flaky = failingOnce()
                    .retry(RetryPolicy.upTo(2).fixedDelay(WAIT).jitter(0))
                    .totalTimeout(HOUR);
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                                    List.of(flaky, failingUntil(isMended)),
                                    ParallelOptions.defaults().cancelSiblings(),
                                    WorkflowContext::step)
                            .toString());
            byTheClock(trial).failure();
            assertThat(trial.row("Flaky").status()).isEqualTo(StepStatus.CANCELLED);

            clock.move(HOUR);
            isMended.set(true);
            assertThat(trial.revive().retry(trial.id())).isTrue();

            assertThat(trial.result()).isEqualTo("[attempt 1, shipped]");
        }

        private Step<String> failingUntil(AtomicBoolean isMended) {
            return Step.of("Ship", String.class, attempt -> {
                await().atMost(PATIENCE).until(() -> isBackingOff(attempt.workflowId(), "Flaky") || isMended.get());
                if (!isMended.get()) {
                    throw new IOException("no ship");
                }
                return "shipped";
            });
        }

        private boolean isBackingOff(String id, String step) {
            return store().steps(id).stream()
                    .anyMatch(row -> row.key().name().equals(step) && row.status() == StepStatus.BACKOFF);
        }

        @Test
        void thatPassesWhileItWaitsLetsNoAttemptBegin() {
            Trial<String> trial = trial(failingOnce()
                    .retry(RetryPolicy.upTo(2).fixedDelay(WAIT).jitter(0))
                    .totalTimeout(HOUR));
            awaitRow(trial, StepStatus.BACKOFF);

            clock.move(HOUR);

            assertThat(trial.result()).startsWith("TIMED_OUT The step's total time of PT1H was up");
            assertThat(effects.times("attempt")).isEqualTo(1);
            assertCausedByTheLastFailure(trial);
        }

        @Test
        void thatWouldPassWhileItWaitsIsUpAtOnce() {
            Trial<String> trial = trial(failingOnce()
                    .retry(RetryPolicy.forever().fixedDelay(HOUR.multipliedBy(2)))
                    .totalTimeout(HOUR));

            assertThat(trial.result()).startsWith("TIMED_OUT The step's total time of PT1H was up");
            assertCausedByTheLastFailure(trial);
        }

        private void assertCausedByTheLastFailure(Trial<?> trial) {
            Failure failure = trial.step("Flaky").failure();
            assertThat(failure.kind()).isEqualTo(Failure.Kind.TIMED_OUT);
            assertThat(failure.type()).isEqualTo(TimeoutException.class.getName());
            assertThat(failure.cause().summary()).isEqualTo("java.io.IOException: no answer");
        }

        @Test
        void doesNotHideTheLastOfTheFailuresThatItMayHave() {
            Trial<String> trial = trial(failingOnce().totalTimeout(HOUR));

            assertThat(trial.result()).isEqualTo("THROWN no answer");
        }

        @Test
        void thatPassesWhileItsBeginningIsWrittenLetsNotEvenTheFirstBegin() {
            CrashHook meanwhile = site -> {
                if (site.point() == CrashPoint.BEFORE_EFFECT) {
                    clock.move(HOUR);
                }
                return CrashAction.GO_ON;
            };
            Trial<String> trial = trial(failingOnce().totalTimeout(HOUR))
                    .with(builder -> builder.clock(clock).crashHook(meanwhile));

            assertThat(trial.result()).startsWith("TIMED_OUT The step's total time of PT1H was up before an attempt");
            assertThat(effects.all()).isEmpty();
        }
    }
}
