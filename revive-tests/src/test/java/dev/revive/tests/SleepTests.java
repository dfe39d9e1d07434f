// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Sleeping, and leaving memory meanwhile. */
@InSettings
class SleepTests extends TestBed {
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofHours(1);
    private static final int WAKES = Integer.getInteger("revive.wakes", 200);

    private final Effects effects = new Effects();

    private void happen(WorkflowContext ctx, String step) {
        ctx.step(step, () -> {
            effects.happen(step);
        });
    }

    /** Waits until a workflow is a row and nothing else. */
    private WorkflowRecord awaitUnloaded(String id) {
        await().atMost(PATIENCE).until(() -> row(id).status() == WorkflowStatus.DUE);
        return row(id);
    }

    /** A workflow that does something, sleeps this long, and does something else. */
    private Trial<String> sleeping(Duration duration) {
        return trial(String.class, (ctx, in) -> {
            happen(ctx, "Before");
            ctx.sleep("Wait", duration);
            happen(ctx, "After");
            return "awake";
        });
    }

    @Nested
    class ASleep {
        @Test
        void lastsAsLongAsItShouldAndNothingIsDoneTwice() {
            Instant before = Instant.now();

            assertThat(sleeping(SHORT).result()).isEqualTo("awake");

            assertThat(Duration.between(before, Instant.now())).isGreaterThanOrEqualTo(SHORT);
            assertThat(effects.all()).containsExactly("Before", "After");
        }

        @Test
        void isRecordedWithWhenItEnds() {
            Trial<String> trial = sleeping(LONG);
            trial.revive();
            awaitUnloaded(trial.id());

            StepRecord row = trial.row("Wait");
            assertThat(row.kind()).isEqualTo(CallKind.SLEEP);
            assertThat(row.status()).isEqualTo(StepStatus.STARTED);
            assertThat(row.nextAt()).isEqualTo(row.startedAt().plus(LONG));
        }

        @Test
        void isRecordedAsOverWhenItIs() {
            Trial<String> trial = sleeping(SHORT);
            trial.result();

            assertThat(trial.row("Wait").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(trial.row("Wait").nextAt()).isNull();
        }

        @Test
        void isNotMadeLongerByACrash() {
            Trial<String> trial = sleeping(Duration.ofMillis(500));
            trial.crash(CrashPlan.at(CrashPoint.AFTER_OUTCOME).ofStep("Before").keepingQueued());
            trial.with(builder -> builder.crashHook(site -> CrashAction.GO_ON));
            trial.revive();
            await().atMost(PATIENCE).until(() -> trial.rows().size() == 2);
            Instant end = trial.row("Wait").startedAt().plusMillis(500);
            trial.stop();

            trial.result();

            StepRecord row = trial.row("Wait");
            assertThat(row.recordedAt()).isAfterOrEqualTo(end);
            assertThat(row.startedAt().plusMillis(500)).isEqualTo(end);
            assertThat(effects.all()).containsExactly("Before", "After");
        }

        @Test
        void survivesACrashBeforeItsUnloading() {
            survivesACrashAt(CrashPoint.BEFORE_UNLOAD);
        }

        @Test
        void survivesACrashAfterItsUnloading() {
            survivesACrashAt(CrashPoint.AFTER_UNLOAD);
        }

        private void survivesACrashAt(CrashPoint point) {
            Trial<String> trial = sleeping(SHORT);
            Clock still = Clock.fixed(Instant.now(), ZoneOffset.UTC); // not over before its row is written

            trial.with(builder -> builder.unloadAfter(Duration.ZERO).clock(still));
            trial.crash(CrashPlan.at(point).losingQueued());
            trial.with(builder -> builder.unloadAfter(Duration.ZERO));

            assertThat(trial.result()).isEqualTo("awake");
            assertThat(effects.all()).containsExactly("Before", "After");
        }

        @Test
        void ofNothingOrLessIsOverAtOnce() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.sleep(Duration.ZERO);
                ctx.sleep(Duration.ofDays(-3));
                ctx.sleep(Duration.ofSeconds(Long.MIN_VALUE));
                ctx.sleepUntil("Past", Instant.EPOCH);
                return "awake";
            });

            assertThat(trial.result()).isEqualTo("awake");
            assertThat(trial.rows()).extracting(StepRecord::status).containsOnly(StepStatus.COMPLETED);
        }

        @Test
        void mayBeAsLongAsAnybodyLikes() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.sleep(Duration.ofSeconds(Long.MAX_VALUE));
                return "never";
            });
            trial.revive();

            assertThat(awaitUnloaded(trial.id()).dueAt()).isAfter(Instant.now().plus(Duration.ofDays(36_000)));
        }

        /** There are instants that no database can hold. */
        @Test
        void mayEndAtAnyInstant() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.sleepUntil("Long ago", Instant.MIN);
                ctx.sleepUntil("Doomsday", Instant.MAX);
                return "never";
            });
            trial.revive();

            assertThat(awaitUnloaded(trial.id()).dueAt()).isAfter(Instant.now().plus(Duration.ofDays(36_000)));
        }

        @Test
        void untilAnInstantEndsThen() {
            Instant end = Instant.now().plus(SHORT);
            Trial<Instant> trial = trial(Instant.class, (ctx, in) -> {
                ctx.sleepUntil("Monday", end);
                return ctx.now();
            });

            assertThat(trial.result()).isAfterOrEqualTo(end);
        }

        @Test
        void movesTheWorkflowsTimeTheSameWayInEveryRun() {
            List<Instant> seen = new CopyOnWriteArrayList<>();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.sleep(SHORT);
                seen.add(ctx.now());
                happen(ctx, "After");
                return "done";
            });
            trial.crashAtTheEnd();

            trial.result();

            assertThat(seen.stream().distinct()).hasSize(1);
            assertThat(seen.get(0)).isEqualTo(trial.row("sleep").recordedAt());
        }

        @Test
        void needsANameThatAKeyCanHold() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                assertThatThrownBy(() -> ctx.sleep(" ", SHORT)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> ctx.sleep("x".repeat(201), SHORT))
                        .isInstanceOf(IllegalArgumentException.class);
                return "done";
            });

            assertThat(trial.result()).isEqualTo("done");
            assertThat(trial.rows()).isEmpty();
        }

        @Test
        void insideAStepIsRefused() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step("Outer", String.class, () -> {
                        ctx.sleep(SHORT);
                        return "no";
                    }));

            assertThat(trial.failure()).hasMessageContaining("inside a step");
        }

        @Test
        void inPlaceOfAnotherCallIsNonDeterminism() {
            Trial<String> trial = sleeping(LONG);
            trial.revive();
            awaitUnloaded(trial.id());
            trial.deploy((ctx, in) -> {
                happen(ctx, "Before");
                happen(ctx, "Something else");
                return "other";
            });
            trial.revive();
            store().wake(trial.id());

            Attention attention = trial.attention();

            assertThat(attention.message()).contains("sleep \"Wait\"").contains("step \"Something else\"");
        }
    }

    @Nested
    class LeavingMemory {
        @Test
        void aSleeperIsARowThatNobodyHolds() {
            Trial<String> trial = sleeping(LONG);
            trial.revive();

            WorkflowRecord row = awaitUnloaded(trial.id());

            assertThat(row.executorId()).isNull();
            assertThat(row.dueAt())
                    .isBetween(
                            Instant.now().plus(Duration.ofMinutes(59)),
                            Instant.now().plus(LONG));
            assertThat(row.strikes()).isZero();
        }

        @Test
        void manySleepersLeaveTheOnlyThreadToOthers() {
            Workflow<String, String> sleeper = flow("sleeper", String.class);
            Workflow<String, String> quick = flow("quick", String.class);
            Revive revive = engine(builder -> builder.threads(1)
                    .permits(1)
                    .register(sleeper, (ctx, in) -> {
                        ctx.sleep(LONG);
                        return "never";
                    })
                    .register(quick, (ctx, in) -> "done " + in));

            List<WorkflowHandle<String>> sleepers = IntStream.range(0, 50)
                    .mapToObj(i -> revive.start(sleeper, unique("sleeper") + i, "x"))
                    .toList();

            assertThat(revive.start(quick, unique("quick"), "it").result(PATIENCE))
                    .isEqualTo("done it");
            sleepers.forEach(each -> awaitUnloaded(each.id()));
        }

        @Test
        void shortWaitsGiveWayToo() {
            Workflow<String, String> napper = flow("napper", String.class);
            Set<String> begun = ConcurrentHashMap.newKeySet();
            Set<String> rested = ConcurrentHashMap.newKeySet();
            AtomicInteger mostAtOnce = new AtomicInteger();
            Revive revive = engine(builder -> builder.threads(1).permits(1).register(napper, (ctx, in) -> {
                begun.add(in);
                mostAtOnce.accumulateAndGet(begun.size() - rested.size(), Math::max);
                ctx.sleep(Duration.ofMillis(900));
                rested.add(in);
                return "rested " + in;
            }));

            List<WorkflowHandle<String>> nappers = IntStream.range(0, 6)
                    .mapToObj(i -> revive.start(napper, unique("napper") + i, "" + i))
                    .toList();

            for (int i = 0; i < nappers.size(); i++) {
                assertThat(nappers.get(i).result(PATIENCE)).isEqualTo("rested " + i);
            }
            assertThat(mostAtOnce).as("nappers at once, on one thread").hasValueGreaterThan(1);
        }

        @Test
        void runsFinallyBlocksAndRecordsNothingInThem() {
            Effects unwound = new Effects();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.sleep(SHORT);
                } finally {
                    unwound.happen("finally");
                }
                return "done";
            });
            trial.with(builder -> builder.unloadAfter(Duration.ZERO));

            assertThat(trial.result()).isEqualTo("done");
            assertThat(unwound.times("finally")).isEqualTo(2);
            assertThat(trial.rows()).hasSize(1);
        }

        @Test
        void codeThatCatchesEverythingStillSleeps() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.sleep(SHORT);
                } catch (Throwable swallowed) {
                    return "cut short";
                }
                return "slept";
            });
            trial.with(builder -> builder.unloadAfter(Duration.ZERO));

            assertThat(trial.result()).isEqualTo("slept");
        }

        @Test
        void aLongBackoffHoldsNothingEither() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step(Step.of("Flaky", String.class, attempt -> {
                                if (attempt.attempt() == 1) {
                                    throw new IllegalStateException("not yet");
                                }
                                return "attempt " + attempt.attempt();
                            })
                            .retry(RetryPolicy.upTo(3).fixedDelay(LONG).jitter(0))));
            trial.revive();

            WorkflowRecord row = awaitUnloaded(trial.id());

            assertThat(row.dueAt()).isAfter(Instant.now().plus(Duration.ofMinutes(58)));
            assertThat(trial.row("Flaky").status()).isEqualTo(StepStatus.BACKOFF);
        }

        @Test
        void aBackoffGoesOnWithTheNextAttemptWhereverItWakesUp() {
            List<Integer> attempts = new CopyOnWriteArrayList<>();
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step(Step.of("Flaky", String.class, attempt -> {
                                attempts.add(attempt.attempt());
                                if (attempt.attempt() < 4) {
                                    throw new IllegalStateException("not yet");
                                }
                                return "attempt " + attempt.attempt() + attempt.recovered();
                            })
                            .retry(RetryPolicy.upTo(5).fixedDelay(SHORT).jitter(0))));
            trial.with(builder -> builder.unloadAfter(Duration.ZERO));

            assertThat(trial.result()).isEqualTo("attempt 4false");
            assertThat(attempts).containsExactly(1, 2, 3, 4);
        }

        @Test
        void endsWithTheEngineAndGoesOnInTheNext() {
            Trial<String> trial = sleeping(Duration.ofMillis(1_500));
            trial.revive();
            awaitUnloaded(trial.id());
            trial.stop();

            assertThat(trial.result()).isEqualTo("awake");
            assertThat(effects.all()).containsExactly("Before", "After");
        }
    }

    @Nested
    class Branches {
        @Test
        void thatAllSleepAreOneRowDueWithTheFirst() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                            a -> {
                                happen(a, "A");
                                a.sleep(LONG);
                                return "a";
                            },
                            b -> {
                                happen(b, "B");
                                b.sleep(LONG.multipliedBy(2));
                                return "b";
                            },
                            (a, b) -> a + b));
            trial.revive();

            WorkflowRecord row = awaitUnloaded(trial.id());

            assertThat(row.dueAt())
                    .isBetween(
                            Instant.now().plus(Duration.ofMinutes(59)),
                            Instant.now().plus(LONG));
            assertThat(effects.all()).containsExactlyInAnyOrder("A", "B");
        }

        @Test
        void thatSleepForDifferentTimesAllWakeUp() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> String.join("", ctx.parallel(List.of(300, 100, 200, 0, 150), (branch, millis) -> {
                        happen(branch, "Before " + millis);
                        branch.sleep(Duration.ofMillis(millis));
                        happen(branch, "After " + millis);
                        return millis + ";";
                    })));

            assertThat(trial.result()).isEqualTo("300;100;200;0;150;");
            assertThat(effects.all()).hasSize(10).doesNotHaveDuplicates();
        }

        @Test
        void stayWhileASiblingIsAtWork() {
            Gate gate = new Gate();
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                            a -> {
                                a.sleep(LONG);
                                return "a";
                            },
                            b -> b.step("Work", String.class, () -> {
                                gate.pass();
                                return "b";
                            }),
                            (a, b) -> a + b));
            trial.revive();
            gate.awaitReached();

            assertThat(row(trial.id()).status()).isEqualTo(WorkflowStatus.RUNNING);

            gate.open();
            awaitUnloaded(trial.id());
            assertThat(trial.row("Work").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(trial.row("Work").attempt()).isEqualTo(1);
        }

        @Test
        void giveTheirThreadToThoseThatHaveNone() {
            Trial<String> trial = trial(
                            String.class,
                            (ctx, in) -> ctx.parallel(
                                    a -> {
                                        a.sleep(LONG);
                                        return "a";
                                    },
                                    b -> ctx.info().workflowId()
                                            + b.step("Work", String.class, () -> "b" + effects.happen("b")),
                                    (a, b) -> a + b))
                    .with(builder -> builder.threads(1).permits(1));
            trial.revive();

            awaitUnloaded(trial.id());

            assertThat(trial.row("Work").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(effects.times("b")).isEqualTo(1);
        }

        @Test
        void giveTheirThreadFromWithinParallelsInsideParallels() {
            Trial<String> trial = trial(
                            String.class,
                            (ctx, in) -> ctx.parallel(
                                    a -> a.parallel(
                                            inner -> {
                                                inner.sleep(SHORT);
                                                return "x";
                                            },
                                            inner -> {
                                                inner.sleep(SHORT.multipliedBy(2));
                                                return "y";
                                            },
                                            (x, y) -> x + y),
                                    b -> b.step("Work", String.class, () -> "b" + effects.happen("b")),
                                    (a, b) -> a + b))
                    .with(builder -> builder.threads(1).permits(1));

            assertThat(trial.result()).isEqualTo("xyb1");
            assertThat(effects.times("b")).isEqualTo(1);
        }

        @Test
        void thatSleepAreCancelledWithTheirSiblings() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.parallel(
                            List.of("sleeps", "fails"),
                            ParallelOptions.defaults().cancelSiblings(),
                            (branch, what) -> {
                                if (what.equals("sleeps")) {
                                    branch.sleep(LONG);
                                    return "woke up";
                                }
                                branch.step("Fails", () -> {
                                    throw new IllegalStateException("no");
                                });
                                return "never";
                            });
                    return "joined";
                } catch (ParallelFailedException e) {
                    return "cancelled " + e.cancelled();
                }
            });
            trial.with(builder -> builder.unloadAfter(Duration.ofDays(1)));

            assertThat(trial.result()).isEqualTo("cancelled [0]");
        }

        /**
         * The inner parallel has no second thread, so it waits for the run to leave memory. Three threads and two permits: only when that wait
         * gives its permit away does the witness run, which is how the failing branch knows.
         */
        @Test
        void thatWaitForTheRunToLeaveMemoryAreCancelledWithTheirSiblings() {
            Gate bothAtWork = new Gate();
            Gate witnessHasAThread = new Gate();
            Gate waits = new Gate();
            Workflow<String, String> witness = flow("witness", String.class);
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                        try {
                            ctx.parallel(
                                    List.of("waits", "fails"),
                                    ParallelOptions.defaults().cancelSiblings(),
                                    (branch, what) -> {
                                        if (what.equals("fails")) {
                                            branch.step("Fails", () -> {
                                                bothAtWork.reach();
                                                waits.awaitReached();
                                                throw new IllegalStateException("no");
                                            });
                                        }
                                        branch.step("Works", () -> {
                                            bothAtWork.awaitReached();
                                            witnessHasAThread.pass();
                                        });
                                        return branch.parallel(
                                                inner -> {
                                                    inner.sleep(LONG);
                                                    return "woke up";
                                                },
                                                inner -> "nothing to do",
                                                (x, y) -> x + y);
                                    });
                            return "joined";
                        } catch (ParallelFailedException e) {
                            return "cancelled " + e.cancelled();
                        }
                    })
                    .with(builder -> builder.threads(3).permits(2).register(witness, (ctx, in) -> {
                        waits.reach();
                        return "seen";
                    }));
            Revive revive = trial.revive();
            witnessHasAThread.awaitReached();
            revive.start(witness, unique("witness"), "in");
            witnessHasAThread.open();

            // not by its timer, which is long: cut off, it is due as soon as it has left memory
            await().atMost(PATIENCE).until(() -> row(trial.id()).status() == WorkflowStatus.COMPLETED);

            assertThat(trial.result()).isEqualTo("cancelled [0]");
        }
    }

    @Nested
    class WakingUp {
        @Test
        void earlyFindsThatItIsNotTimeYet() {
            Trial<String> trial = sleeping(LONG);
            trial.revive();
            Instant end = awaitUnloaded(trial.id()).dueAt();

            assertThat(store().wake(trial.id())).isTrue();
            await().atMost(PATIENCE).until(() -> row(trial.id()).epoch() > 1);
            WorkflowRecord row = awaitUnloaded(trial.id());

            assertThat(row.dueAt()).isCloseTo(end, within(1, ChronoUnit.MINUTES));
            assertThat(effects.all()).containsExactly("Before");
        }

        /** Every wake-up is followed by a run that began after it, whenever it came: while it ran, unwound, was given back, or lay there. */
        @Test
        void isNeverLost() {
            List<Long> seen = new ArrayList<>();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                seen.add(store().find(ctx.info().workflowId())
                        .map(WorkflowRecord::wakeSeq)
                        .orElse(0L));
                ctx.sleep(LONG);
                return "never";
            });
            trial.revive();
            for (int i = 0; i < WAKES; i++) {
                assertThat(store().wake(trial.id())).isTrue();
                LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(1_000_000));
            }

            await().atMost(PATIENCE).untilAsserted(() -> {
                WorkflowRecord row = row(trial.id());
                assertThat(row.status()).isEqualTo(WorkflowStatus.DUE);
                assertThat(row.dueAt()).isAfter(Instant.now().plus(Duration.ofMinutes(50)));
            });
            assertThat(row(trial.id()).wakeSeq()).isEqualTo(WAKES);
            assertThat(seen.get(seen.size() - 1)).isEqualTo(WAKES);
        }

        /** Each comes while the run that saw the one before is leaving memory, a little earlier or later: that run's leaving is refused. */
        @Test
        void isSeenByARunThoughTheOneBeforeIsJustLeaving() throws InterruptedException {
            AtomicLong news = new AtomicLong();
            BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                seen.add(news.get());
                ctx.sleep(LONG);
                return "never";
            });
            trial.revive();
            for (long wake = 1; wake <= WAKES / 4; wake++) {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(1_500_000));
                news.set(wake);
                assertThat(store().wake(trial.id())).isTrue();
                for (long last = 0; last < wake; ) {
                    last = Objects.requireNonNull(
                            seen.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "wake-up " + wake + " is lost");
                }
            }
        }
    }

    @Nested
    class AFailureAfterASleep {
        @Test
        void isThatOfTheStep() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.sleep(SHORT);
                try {
                    ctx.step("Fails", () -> {
                        throw new IllegalStateException("no");
                    });
                } catch (StepFailedException e) {
                    ctx.sleep(SHORT);
                    return "caught";
                }
                return "never";
            });

            assertThat(trial.result()).isEqualTo("caught");
        }
    }
}
