// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.StepRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Logs;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Reconciliation;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.RetryAfter;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.StepBody;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.StepOutcomeUnknownException;
import dev.revive.workflow.StepStatus;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** When a failed attempt is followed by another, and what of it survives a crash. */
@InSettings
class RetryTests extends TestBed {
    private static final RetryPolicy QUICK = RetryPolicy.upTo(3).fixedDelay(Duration.ofMillis(1));
    private static final Duration HOUR = Duration.ofHours(1);

    private final Effects effects = new Effects();
    private final List<StepAttempt> attempts = new CopyOnWriteArrayList<>();

    private Trial<String> trial(Step<String> step) {
        return trial(String.class, (ctx, in) -> {
            try {
                return ctx.step(step);
            } catch (StepFailedException e) {
                return e.failure().kind() + " " + e.failure().summary();
            }
        });
    }

    /** A body that fails until an attempt. */
    private StepBody<String> failsUntil(int attempt) {
        return now -> {
            attempts.add(now);
            if (now.attempt() < attempt) {
                throw new IOException("attempt " + now.attempt());
            }
            return "attempt " + now.attempt();
        };
    }

    private static UnaryClock later(Duration by) {
        return new UnaryClock(by);
    }

    private record UnaryClock(Duration by) implements java.util.function.UnaryOperator<dev.revive.Revive.Builder> {
        @Override
        public dev.revive.Revive.Builder apply(dev.revive.Revive.Builder builder) {
            return builder.clock(Clock.offset(Clock.systemUTC(), by));
        }
    }

    @Nested
    class AFailedAttempt {
        @Test
        void isFollowedByAnotherUntilOneReturns() {
            Trial<String> trial =
                    trial(Step.of("Flaky", String.class, failsUntil(3)).retry(QUICK));

            assertThat(trial.result()).isEqualTo("attempt 3");
            assertThat(attempts).extracting(StepAttempt::attempt).containsExactly(1, 2, 3);
            assertThat(attempts).extracting(StepAttempt::recovered).containsOnly(false);
            assertThat(attempts)
                    .extracting(StepAttempt::idempotencyKey)
                    .containsOnly(attempts.get(0).idempotencyKey());
            assertThat(trial.step("Flaky").attempt()).isEqualTo(3);
            assertThat(trial.step("Flaky").zombies()).isZero();
        }

        @Test
        void isTheStepsFailureWhenItIsTheLastOne() {
            Trial<String> trial =
                    trial(Step.of("Flaky", String.class, failsUntil(9)).retry(QUICK));

            assertThat(trial.result()).isEqualTo("THROWN java.io.IOException: attempt 3");
            assertThat(attempts).hasSize(3);
            assertThat(trial.step("Flaky").status()).isEqualTo(StepStatus.FAILED);
        }

        @Test
        void isTheStepsFailureWhereNothingWasSaidOfRetries() {
            Trial<String> trial = trial(Step.of("Flaky", String.class, failsUntil(9)));

            assertThat(trial.result()).isEqualTo("THROWN java.io.IOException: attempt 1");
            assertThat(attempts).hasSize(1);
        }

        @Test
        void ofAnIdempotentStepIsFollowedByAnotherToo() {
            Trial<String> trial = trial(
                    Step.of("Flaky", String.class, failsUntil(3)).idempotent().retry(QUICK));

            assertThat(trial.result()).isEqualTo("attempt 3");
        }

        @Test
        void thatThePolicyGivesUpOnIsTheLast() {
            Trial<String> trial = trial(Step.of("Missing", String.class, attempt -> {
                        attempts.add(attempt);
                        throw new FileNotFoundException("gone");
                    })
                    .retry(QUICK.giveUpOn(FileNotFoundException.class)));

            assertThat(trial.result()).isEqualTo("THROWN java.io.FileNotFoundException: gone");
            assertThat(attempts).hasSize(1);
        }

        @Test
        void thatThePolicyDoesNotNameIsTheLast() {
            Trial<String> trial = trial(Step.of("Broken", String.class, attempt -> {
                        attempts.add(attempt);
                        throw new IllegalStateException("bug");
                    })
                    .retry(QUICK.retryOn(IOException.class)));

            assertThat(trial.result()).isEqualTo("THROWN java.lang.IllegalStateException: bug");
            assertThat(attempts).hasSize(1);
        }

        @Test
        void ofASubtypeOfWhatThePolicyNamesIsFollowedByAnother() {
            Trial<String> trial = trial(Step.of("Missing", String.class, attempt -> {
                        attempts.add(attempt);
                        throw new FileNotFoundException("gone");
                    })
                    .retry(QUICK.retryOn(IOException.class)));

            trial.result();

            assertThat(attempts).hasSize(3);
        }

        @Test
        void isNotRepeatedByAReplayOfTheStepsFailure() {
            Trial<String> trial =
                    trial(Step.of("Flaky", String.class, failsUntil(9)).retry(QUICK));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("THROWN java.io.IOException: attempt 3");
            assertThat(attempts).hasSize(3);
        }
    }

    @Nested
    class TheWait {
        private Trial<String> waiting(Duration delay) {
            Trial<String> trial = trial(Step.of("Flaky", String.class, failsUntil(2))
                            .retry(QUICK.fixedDelay(delay).jitter(0)))
                    .with(builder -> builder.unloadAfter(HOUR.multipliedBy(2)));
            trial.revive();
            await().atMost(PATIENCE)
                    .until(() -> trial.rows().stream()
                            .anyMatch(row -> row.status() == StepStatus.BACKOFF
                                    || row.status().isFinal()));
            return trial;
        }

        @Test
        void isRecordedWithWhenItEnds() {
            Trial<String> trial = waiting(HOUR);

            StepRecord row = trial.row("Flaky");

            assertThat(row.attempt()).isEqualTo(1);
            assertThat(row.nextAt())
                    .isBetween(row.startedAt().plus(HOUR), row.recordedAt().plus(HOUR));
            assertThat(trial.step("Flaky").failure().summary()).isEqualTo("java.io.IOException: attempt 1");
        }

        @Test
        void endsAtOnceWhenTheEngineIsClosed() {
            Trial<String> trial = waiting(HOUR);
            Instant before = Instant.now();

            trial.stop();

            assertThat(Duration.between(before, Instant.now()))
                    .isLessThan(Duration.ofSeconds(20)); // the engine's grace
            assertThat(trial.row("Flaky").status()).isEqualTo(StepStatus.BACKOFF);
        }

        @Test
        void isOverInTheNextEngineOnceItsTimeHasCome() {
            Trial<String> trial = waiting(Duration.ofSeconds(1)); // by the store's clock, if it had to leave memory

            trial.stop();

            assertThat(trial.result()).isEqualTo("attempt 2");
            assertThat(attempts).extracting(StepAttempt::recovered).containsExactly(false, false);
        }

        @Test
        void isNotCutShortByACrash() {
            List<Instant> began = new CopyOnWriteArrayList<>();
            Trial<String> trial = trial(Step.of("Flaky", String.class, attempt -> {
                        began.add(Instant.now());
                        return failsUntil(2).run(attempt);
                    })
                    .retry(QUICK.fixedDelay(Duration.ofMillis(600)).jitter(0)));

            trial.crash(CrashPlan.at(CrashPoint.AFTER_OUTCOME).ofStep("Flaky").keepingQueued());
            Instant next = trial.row("Flaky").nextAt();

            assertThat(trial.result()).isEqualTo("attempt 2");
            assertThat(began.get(1)).isAfterOrEqualTo(next);
        }

        @Test
        void isAsLongAsTheExceptionAsksFor() {
            class TooMany extends Exception implements RetryAfter {
                @Override
                public Duration retryAfter() {
                    return HOUR.multipliedBy(7);
                }
            }
            Trial<String> trial = trial(Step.of("Limited", String.class, attempt -> {
                        throw new TooMany();
                    })
                    .retry(QUICK));
            trial.revive();
            await().atMost(PATIENCE)
                    .until(() -> trial.rows().stream().anyMatch(row -> row.status() == StepStatus.BACKOFF));

            assertThat(Duration.between(
                            trial.row("Limited").startedAt(),
                            trial.row("Limited").nextAt()))
                    .isGreaterThanOrEqualTo(HOUR.multipliedBy(7));
        }

        @Test
        void isThePolicysOwnWhenTheExceptionCannotSayHowLong() {
            class Confused extends Exception implements RetryAfter {
                @Override
                public Duration retryAfter() {
                    throw new IllegalStateException("no header");
                }
            }
            Trial<String> trial = trial(Step.of("Limited", String.class, attempt -> {
                        attempts.add(attempt);
                        throw new Confused();
                    })
                    .retry(QUICK));

            assertThat(trial.result()).startsWith("THROWN ").contains("Confused");
            assertThat(attempts).hasSize(3);
        }

        @Test
        void isThePolicysOwnWhenTheExceptionAnswersNull() {
            class Silent extends Exception implements RetryAfter {
                @Override
                @SuppressWarnings("NullAway")
                public Duration retryAfter() {
                    return null;
                }
            }
            Trial<String> trial = trial(Step.of("Limited", String.class, attempt -> {
                        attempts.add(attempt);
                        throw new Silent();
                    })
                    .retry(QUICK));

            assertThat(trial.result()).startsWith("THROWN ").contains("Silent");
            assertThat(attempts).hasSize(3);
        }

        @Test
        void mayBeLongerThanAnyClockCounts() {
            class Never extends Exception implements RetryAfter {
                @Override
                public Duration retryAfter() {
                    return ChronoUnit.FOREVER.getDuration();
                }
            }
            Trial<String> trial = trial(Step.of("Limited", String.class, attempt -> {
                        throw new Never();
                    })
                    .retry(QUICK));
            trial.revive();

            await().atMost(PATIENCE)
                    .until(() -> trial.rows().stream().anyMatch(row -> row.status() == StepStatus.BACKOFF));
            trial.stop();
            assertThat(trial.row("Limited").nextAt()).isAfter(Instant.now().plus(Duration.ofDays(36_000)));
        }
    }

    @Nested
    class APolicy {
        private final Random chance = new Random(7);
        private final Exception failure = new IOException();

        private Duration delay(RetryPolicy policy, int failures) {
            return policy.delayAfter(failures, failure, chance).orElseThrow();
        }

        @Test
        void waitsTwiceAsLongEachTime() {
            RetryPolicy policy =
                    RetryPolicy.upTo(9).backoff(Duration.ofMillis(10), 2).jitter(0);

            assertThat(List.of(delay(policy, 1), delay(policy, 2), delay(policy, 3), delay(policy, 4)))
                    .containsExactly(
                            Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(40), Duration.ofMillis(80));
        }

        @Test
        void waitsNoLongerThanItsBound() {
            RetryPolicy policy = RetryPolicy.forever()
                    .backoff(Duration.ofMillis(10), 1000)
                    .maxDelay(Duration.ofSeconds(1))
                    .jitter(0);

            assertThat(delay(policy, 3)).isEqualTo(Duration.ofSeconds(1));
            assertThat(delay(policy, 1_000_000_000)).isEqualTo(Duration.ofSeconds(1));
        }

        @Test
        void leavesItsJitterToChanceAndNoMore() {
            RetryPolicy policy =
                    RetryPolicy.upTo(9).backoff(Duration.ofMillis(100), 1).jitter(0.3);

            List<Duration> delays =
                    chance.ints(1_000).mapToObj(i -> delay(policy, 1)).toList();

            assertThat(delays)
                    .allMatch(d -> d.compareTo(Duration.ofMillis(70)) >= 0 && d.compareTo(Duration.ofMillis(100)) <= 0);
            assertThat(delays).anyMatch(d -> d.compareTo(Duration.ofMillis(75)) < 0);
            assertThat(delays).anyMatch(d -> d.compareTo(Duration.ofMillis(95)) > 0);
        }

        @Test
        void mayWaitForEver() {
            RetryPolicy policy = RetryPolicy.forever()
                    .maxDelay(ChronoUnit.FOREVER.getDuration())
                    .jitter(0);

            assertThat(delay(policy, 1)).isEqualTo(Duration.ofMillis(500));
            assertThat(delay(policy, 500)).isGreaterThan(Duration.ofDays(36_000));
        }

        @Test
        void refusesNonsense() {
            assertThatThrownBy(() -> RetryPolicy.upTo(0)).hasMessageContaining("maxAttempts must be 1 or more");
            assertThatThrownBy(() -> RetryPolicy.upTo(2).jitter(1.5))
                    .hasMessageContaining("jitter must be from 0 to 1");
            assertThatThrownBy(() -> RetryPolicy.upTo(2).jitter(Double.NaN)).hasMessageContaining("jitter");
            assertThatThrownBy(() -> RetryPolicy.upTo(2).backoff(Duration.ofMillis(-1), 2))
                    .hasMessageContaining("initialDelay must not be negative");
            assertThatThrownBy(() -> StepOptions.defaults().timeoutGrace(Duration.ofMillis(-1)))
                    .hasMessageContaining("timeoutGrace must not be negative");
            assertThatThrownBy(() -> RetryPolicy.upTo(2).backoff(Duration.ofMillis(1), 0.5))
                    .hasMessageContaining("multiplier");
            assertThatThrownBy(() -> Step.of("s", () -> {}).attemptTimeout(Duration.ZERO))
                    .hasMessageContaining("attemptTimeout must be more than zero");
            assertThatThrownBy(() -> Step.of("s", () -> {}).idempotent().atMostOnce())
                    .hasMessageContaining("Choose one of the two");
        }
    }

    @Nested
    class ACrash {
        @Test
        void keepsTheCountOfFailures() {
            Trial<String> trial =
                    trial(Step.of("Flaky", String.class, failsUntil(9)).retry(QUICK));

            trial.crash(CrashPlan.at(CrashPoint.AFTER_OUTCOME)
                    .ofStep("Flaky")
                    .passage(2)
                    .keepingQueued());

            assertThat(trial.result()).isEqualTo("THROWN java.io.IOException: attempt 3");
            assertThat(attempts).extracting(StepAttempt::attempt).containsExactly(1, 2, 3);
        }

        @Test
        void inAnAttemptCountsItAsBegunButNotAsFailed() {
            Trial<String> trial =
                    trial(Step.of("Flaky", String.class, failsUntil(9)).retry(QUICK));

            trial.crash(CrashPlan.at(CrashPoint.AFTER_EFFECT)
                    .ofStep("Flaky")
                    .passage(2)
                    .losingQueued());

            assertThat(trial.result()).isEqualTo("THROWN java.io.IOException: attempt 4");
            assertThat(attempts).extracting(StepAttempt::attempt).containsExactly(1, 2, 3, 4);
            assertThat(attempts).extracting(StepAttempt::recovered).containsExactly(false, false, true, true);
            assertThat(trial.step("Flaky").zombies()).isEqualTo(1);
        }

        @Test
        void afterACrashBurnsNoFailures() {
            Trial<String> trial =
                    trial(Step.of("Flaky", String.class, failsUntil(9)).retry(RetryPolicy.none()));

            for (int i = 0; i < 4; i++) {
                trial.crash(CrashPoint.AFTER_EFFECT, "Flaky");
            }

            assertThat(trial.result()).isEqualTo("THROWN java.io.IOException: attempt 5");
            assertThat(trial.step("Flaky").zombies()).isEqualTo(4);
        }

        @Test
        void beforeTheSecondAttemptIsRecordedLeavesTheFirst() {
            Trial<String> trial =
                    trial(Step.of("Flaky", String.class, failsUntil(2)).retry(QUICK));

            trial.crash(CrashPlan.at(CrashPoint.BEFORE_STARTED)
                    .ofStep("Flaky")
                    .passage(2)
                    .losingQueued());
            assertThat(trial.row("Flaky").status()).isEqualTo(StepStatus.BACKOFF);

            assertThat(trial.result()).isEqualTo("attempt 2");
            assertThat(attempts).extracting(StepAttempt::attempt).containsExactly(1, 2);
            assertThat(trial.step("Flaky").zombies()).isZero();
        }

        @Test
        void doesNotStopTheClockOfTheTotalTime() {
            Trial<String> trial = trial(Step.of("Slow", String.class, failsUntil(9))
                    .retry(RetryPolicy.forever().fixedDelay(Duration.ofMillis(50)))
                    .totalTimeout(HOUR));
            trial.crash(CrashPlan.at(CrashPoint.AFTER_OUTCOME).ofStep("Slow").keepingQueued());

            trial.with(later(HOUR.minus(Duration.ofMinutes(5))))
                    .crash(CrashPlan.at(CrashPoint.AFTER_OUTCOME).ofStep("Slow").keepingQueued());
            assertThat(attempts).hasSize(2);
            trial.with(later(HOUR.plusSeconds(10)));

            assertThat(trial.result()).startsWith("TIMED_OUT ");
            assertThat(trial.step("Slow").status()).isEqualTo(StepStatus.FAILED);
        }

        @Test
        void isFollowedByNoAttemptOnceTheTotalTimeIsUp() {
            Trial<String> trial =
                    trial(Step.of("Slow", String.class, failsUntil(1)).totalTimeout(HOUR));
            trial.crash(CrashPoint.AFTER_EFFECT, "Slow");

            trial.with(later(HOUR.multipliedBy(2)));

            assertThat(trial.result()).startsWith("TIMED_OUT ");
            assertThat(attempts).hasSize(1);
        }
    }

    @Nested
    class ATimeout {
        private final Gate gate = new Gate();

        private StepOptions limited(Duration grace) {
            return StepOptions.defaults().attemptTimeout(Duration.ofMillis(60)).timeoutGrace(grace);
        }

        @Test
        void interruptsTheAttempt() {
            Trial<String> trial = trial(Step.of("Slow", String.class, attempt -> {
                        gate.pass();
                        return "never";
                    })
                    .attemptTimeout(Duration.ofMillis(60)));

            assertThat(trial.result())
                    .isEqualTo(
                            "TIMED_OUT java.util.concurrent.TimeoutException: The attempt took longer than PT0.06S.");
            Failure failure = trial.step("Slow").failure();
            assertThat(failure.type()).isEqualTo(TimeoutException.class.getName());
            assertThat(failure.cause().type()).isEqualTo(InterruptedException.class.getName());
        }

        @Test
        void isAFailureLikeAnyOther() {
            Trial<String> trial = trial(Step.of("Slow", String.class, attempt -> {
                        if (attempt.attempt() == 1) {
                            gate.pass();
                        }
                        return "attempt " + attempt.attempt();
                    })
                    .attemptTimeout(Duration.ofMillis(60))
                    .retry(QUICK));

            assertThat(trial.result()).isEqualTo("attempt 2");
            assertThat(trial.step("Slow").attempt()).isEqualTo(2);
        }

        @Test
        void doesNotTakeAwayAValueThatComesWithinTheGrace() {
            Trial<String> trial = trial(Step.of("Late", String.class, attempt -> {
                        try {
                            gate.pass();
                            return "never";
                        } catch (InterruptedException e) {
                            return "late";
                        }
                    })
                    .attemptTimeout(Duration.ofMillis(60)));

            assertThat(trial.result()).isEqualTo("late");
            assertThat(trial.step("Late").status()).isEqualTo(StepStatus.COMPLETED);
        }

        @Test
        void leavesNoInterruptBehind() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.step(Step.of("Slow", String.class, attempt -> {
                                gate.pass();
                                return "never";
                            })
                            .attemptTimeout(Duration.ofMillis(60)));
                } catch (StepFailedException expected) {
                    // timed out
                }
                boolean here = Thread.currentThread().isInterrupted();
                boolean there = ctx.step(
                        "Next", Boolean.class, () -> Thread.currentThread().isInterrupted());
                return here + " " + there;
            });

            assertThat(trial.result()).isEqualTo("false false");
        }

        @Test
        void isFollowedByAnOverlappingAttemptWhenTheFirstDoesNotReturn() {
            Trial<String> trial = trial(Step.of("Stuck", String.class, attempt -> {
                        attempts.add(attempt);
                        if (attempt.attempt() == 1) {
                            gate.passUninterruptibly();
                        }
                        return "attempt " + attempt.attempt();
                    })
                    .with(limited(Duration.ofMillis(400)))
                    .retry(QUICK));

            assertThat(trial.result()).isEqualTo("attempt 2");
            gate.open();
            assertThat(attempts).extracting(StepAttempt::overlapping).containsExactly(false, true);
        }

        @Test
        void isFollowedByNoOtherBesideThreeThatHaveNotReturned() {
            AtomicInteger atOnce = new AtomicInteger();
            Trial<String> trial = trial(Step.of("Stuck", String.class, attempt -> {
                        attempts.add(attempt);
                        assertThat(atOnce.incrementAndGet()).isLessThanOrEqualTo(3);
                        gate.passUninterruptibly();
                        atOnce.decrementAndGet();
                        return "attempt " + attempt.attempt();
                    })
                    .with(limited(Duration.ofMillis(400)))
                    .retry(RetryPolicy.forever().fixedDelay(Duration.ofMillis(1))));
            try (Logs logs = new Logs()) {
                trial.revive();
                await().atMost(PATIENCE)
                        .until(() -> !logs.lines("have not returned although interrupted")
                                .isEmpty());
                // an attempt counts from when it is given to its thread, and says so itself only when that runs
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(attempts).hasSize(3));
                gate.open();

                assertThat(trial.result()).isEqualTo("attempt 4");
            }
        }

        @Test
        void ofAnAttemptThatStillRunsIsToldToEveryLaterOne() {
            Trial<String> trial = trial(Step.of("Stuck", String.class, attempt -> {
                        attempts.add(attempt);
                        if (attempt.attempt() == 1) {
                            gate.passUninterruptibly();
                        }
                        return failsUntil(3).run(attempt);
                    })
                    .with(limited(Duration.ofMillis(400)))
                    .retry(QUICK));

            assertThat(trial.result()).isEqualTo("attempt 3");
            gate.open();
            assertThat(attempts.stream().distinct().map(StepAttempt::overlapping))
                    .containsExactly(false, true, true);
        }

        @Test
        void meansThatTheEffectMayHaveHappened() {
            Trial<String> trial = trial(Step.of("Slow", String.class, attempt -> {
                        attempts.add(attempt);
                        if (attempt.attempt() == 1) {
                            gate.pass();
                        }
                        return "attempt " + attempt.attempt();
                    })
                    .attemptTimeout(Duration.ofMillis(60))
                    .retry(QUICK));

            trial.result();

            assertThat(attempts).extracting(StepAttempt::recovered).containsExactly(false, true);
        }

        /** Also in another run, when what is recorded last is the failure of a later attempt that is not in doubt. */
        @Test
        void isNotForgottenOverALaterFailure() {
            Trial<String> trial = trial(Step.of("Slow", String.class, attempt -> {
                        if (attempt.attempt() == 1) {
                            attempts.add(attempt);
                            gate.pass();
                        }
                        return failsUntil(3).run(attempt);
                    })
                    .attemptTimeout(Duration.ofMillis(60))
                    .retry(QUICK));
            trial.crash(CrashPlan.at(CrashPoint.OUTCOME_QUEUED)
                    .ofStep("Slow")
                    .passage(2)
                    .keepingQueued());

            assertThat(trial.result()).isEqualTo("attempt 3");

            assertThat(attempts.stream().distinct().map(StepAttempt::attempt)).containsExactly(1, 2, 3);
            assertThat(attempts.stream().distinct().map(StepAttempt::recovered)).containsExactly(false, true, true);
            assertThat(trial.step("Slow").resolution()).isEqualTo(Resolution.RAN_AGAIN);
        }

        @Test
        void endsAnAtMostOnceStepAsUnknown() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                StepOutcomeUnknownException thrown = catchThrowableOfType(
                        StepOutcomeUnknownException.class,
                        () -> ctx.step(Step.of("Once", String.class, attempt -> {
                                    effects.happen("once");
                                    gate.pass();
                                    return "never";
                                })
                                .atMostOnce()
                                .retry(QUICK)
                                .attemptTimeout(Duration.ofMillis(60))));
                return thrown.failure().kind().name();
            });

            assertThat(trial.result()).isEqualTo("OUTCOME_UNKNOWN");
            assertThat(effects.times("once")).isEqualTo(1);
        }

        @Test
        void ofAnAtMostOnceStepThatFailsByItselfIsNotUnknown() {
            Trial<String> trial = trial(
                    Step.of("Once", String.class, failsUntil(2)).atMostOnce().retry(QUICK));

            assertThat(trial.result()).isEqualTo("attempt 2");
        }

        @Test
        void asksAPersonIfTheStepSaysSo() {
            Trial<String> trial = trial(Step.of("Ask", String.class, attempt -> {
                        gate.pass();
                        return "never";
                    })
                    .onZombie(dev.revive.workflow.OnZombie.ASK)
                    .attemptTimeout(Duration.ofMillis(60)));

            assertThat(trial.attention().reason()).isEqualTo(Attention.Reason.UNDECIDED_ZOMBIE);
            assertThat(trial.row("Ask").status()).isEqualTo(StepStatus.STARTED);
        }

        @Test
        void asksTheWorldIfTheStepSaysSo() {
            Trial<String> trial = trial(Step.of("Asked", String.class, attempt -> {
                        attempts.add(attempt);
                        gate.pass();
                        return "never";
                    })
                    .attemptTimeout(Duration.ofMillis(60))
                    .retry(QUICK)
                    .reconcile(attempt ->
                            attempt.attempt() == 2 ? Reconciliation.didNotHappen() : Reconciliation.happened("found")));

            assertThat(trial.result()).isEqualTo("found");
            assertThat(attempts).hasSize(2);
        }

        @Test
        void ofTheTotalBoundsAllAttemptsTogether() {
            Trial<String> trial = trial(Step.of("Slow", String.class, failsUntil(1_000_000))
                    .retry(RetryPolicy.forever().fixedDelay(Duration.ofMillis(5)))
                    .totalTimeout(Duration.ofMillis(600)));

            assertThat(trial.result()).startsWith("TIMED_OUT ");
            assertThat(attempts).hasSizeBetween(1, 160);
        }

        @Test
        void mayBeForEver() {
            Trial<String> trial = trial(Step.of("Patient", String.class, failsUntil(2))
                    .retry(QUICK)
                    .attemptTimeout(ChronoUnit.FOREVER.getDuration())
                    .totalTimeout(ChronoUnit.FOREVER.getDuration()));

            assertThat(trial.result()).isEqualTo("attempt 2");
        }
    }
}
