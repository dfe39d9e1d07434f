// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.codec.Documents;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.PastLife;
import dev.revive.store.ReadLimit;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Poll;
import dev.revive.workflow.PollTimedOutException;
import dev.revive.workflow.RetryAfter;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.StepBody;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Looking at the world until it is as it should be, and being a row between two looks. */
@InSettings
class PollTests extends TestBed {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofHours(1);
    private static final Poll.Pace QUICK = Poll.every(SHORT);
    private static final Poll.Pace SLOW = Poll.every(LONG);

    private final Effects effects = new Effects();
    private final List<StepAttempt> looks = new CopyOnWriteArrayList<>();
    private final AtomicBoolean hasArrived = new AtomicBoolean();

    enum Status {
        PACKED,
        SHIPPED,
        LOST;

        boolean isFinal() {
            return this != PACKED;
        }
    }

    /** A parcel that is shipped when somebody looks for the third time. */
    private Status third(StepAttempt attempt) {
        looks.add(attempt);
        return attempt.attempt() < 3 ? Status.PACKED : Status.SHIPPED;
    }

    /** A parcel that is shipped when the test says so. */
    private Status parcel(StepAttempt attempt) {
        looks.add(attempt);
        return hasArrived.get() ? Status.SHIPPED : Status.PACKED;
    }

    private static Status poll(WorkflowContext ctx, Poll.Pace pace, StepBody<Status> look) {
        return ctx.poll("Shipped?", Status.class, pace.until(Status::isFinal), look);
    }

    private Trial<Status> polling(Poll.Pace pace, StepBody<Status> look) {
        return trial(Status.class, (ctx, in) -> poll(ctx, pace, look));
    }

    /** Waits until a workflow is a row and nothing else. */
    private WorkflowRecord awaitUnloaded(String id) {
        await().atMost(PATIENCE).until(() -> row(id).status() == WorkflowStatus.DUE);
        return row(id);
    }

    private StepRecord row(Trial<?> trial) {
        return trial.row("Shipped?");
    }

    private static Failure failure(StepRecord row) {
        return Documents.failure(Objects.requireNonNull(row.failure()));
    }

    @Nested
    class APoll {
        @Test
        void looksAtOnceAndThenAtItsPaceUntilItSeesWhatItWaitsFor() {
            List<Instant> at = new CopyOnWriteArrayList<>();
            Trial<Status> trial = polling(QUICK, attempt -> {
                at.add(Instant.now());
                return third(attempt);
            });

            assertThat(trial.result()).isEqualTo(Status.SHIPPED);

            assertThat(at).hasSize(3);
            assertThat(Duration.between(at.get(0), at.get(2)))
                    .isGreaterThanOrEqualTo(SHORT.multipliedBy(2).minusMillis(1));
        }

        @Test
        void isOneRowHoweverOftenItLooks() {
            Trial<Status> trial = polling(QUICK, PollTests.this::third);
            trial.result();

            assertThat(trial.rows()).hasSize(1);
            StepRecord row = row(trial);
            assertThat(row.kind()).isEqualTo(CallKind.POLL);
            assertThat(row.status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(row.attempt()).isEqualTo(3);
            assertThat(row.output()).isEqualTo("\"SHIPPED\"");
            assertThat(row.failure()).isNull();
            assertThat(row.nextAt()).isNull();
            assertThat(row.startedAt()).isAfter(row.firstStartedAt());
        }

        @Test
        void thatSeesItAtOnceLooksOnce() {
            Trial<Status> trial = polling(SLOW, attempt -> {
                looks.add(attempt);
                return Status.LOST;
            });

            assertThat(trial.result()).isEqualTo(Status.LOST);
            assertThat(looks).hasSize(1);
        }

        @Test
        void isAnsweredByTheRecordInEveryReplay() {
            AtomicInteger asked = new AtomicInteger();
            Predicate<Status> until = status -> {
                asked.incrementAndGet();
                return status.isFinal();
            };
            Trial<Status> trial = trial(
                    Status.class,
                    (ctx, in) -> ctx.poll("Shipped?", Status.class, QUICK.until(until), PollTests.this::third));

            trial.crashAtTheEnd().crashAtTheEnd();

            assertThat(trial.result()).isEqualTo(Status.SHIPPED);
            assertThat(looks).hasSize(3);
            assertThat(asked).hasValue(3);
        }

        @Test
        void tellsEachLookItsNumberAndTheSameKey() {
            polling(QUICK, PollTests.this::third).result();

            assertThat(looks).extracting(StepAttempt::attempt).containsExactly(1, 2, 3);
            assertThat(looks).extracting(StepAttempt::stepName).containsOnly("Shipped?");
            assertThat(looks.stream().map(StepAttempt::idempotencyKey).distinct())
                    .hasSize(1);
            assertThat(looks).noneMatch(StepAttempt::recovered);
        }

        @Test
        void asksAboutTheValueThatTheWorkflowSees() {
            List<List<String>> asked = new CopyOnWriteArrayList<>();
            List<String> looked = List.of("tea");
            Trial<Boolean> trial = trial(Boolean.class, (ctx, in) -> {
                List<String> seen = ctx.poll(
                        "Stock",
                        new TypeRef<List<String>>() {},
                        QUICK.until(items -> {
                            asked.add(items);
                            return !items.isEmpty();
                        }),
                        attempt -> looked);
                return seen == asked.get(0) && seen != looked;
            });

            assertThat(trial.result()).isTrue();
        }

        @Test
        void mayWaitForSomethingToBeThere() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.poll(
                            "Paid?",
                            String.class,
                            QUICK.until(Objects::nonNull),
                            attempt -> attempt.attempt() < 2 ? null : "receipt"));

            assertThat(trial.result()).isEqualTo("receipt");
        }

        @Test
        void mayWaitForSomethingToBeGone() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> "seen "
                            + ctx.poll(
                                    "Gone?",
                                    String.class,
                                    QUICK.until(Objects::isNull),
                                    attempt -> attempt.attempt() < 2 ? "here" : null));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("seen null");
            assertThat(trial.row("Gone?").output()).isEqualTo("null");
        }

        @Test
        void movesTheWorkflowsTimeTheSameWayInEveryRun() {
            List<Instant> seen = new CopyOnWriteArrayList<>();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                poll(ctx, QUICK, PollTests.this::third);
                seen.add(ctx.now());
                return "done";
            });
            trial.crashAtTheEnd();

            trial.result();

            assertThat(seen.stream().distinct()).hasSize(1);
            assertThat(seen.get(0)).isEqualTo(row(trial).recordedAt());
        }
    }

    @Nested
    class ALookThatFails {
        @Test
        void isToldInTheRowAndFollowedByAnother() {
            Trial<Status> trial = polling(SLOW, attempt -> {
                throw new IllegalStateException("no network");
            });
            trial.revive();
            awaitUnloaded(trial.id());

            StepRecord row = row(trial);
            assertThat(row.status()).isEqualTo(StepStatus.BACKOFF);
            assertThat(row.output()).isNull();
            assertThat(failure(row).summary()).isEqualTo("java.lang.IllegalStateException: no network");
            assertThat(row.nextAt()).isCloseTo(row.recordedAt().plus(LONG), within(1, ChronoUnit.SECONDS));
        }

        @Test
        void doesNotEndThePoll() {
            Trial<Status> trial = polling(QUICK, attempt -> {
                Status status = third(attempt);
                if (!status.isFinal()) {
                    throw new IllegalStateException("no network");
                }
                return status;
            });

            assertThat(trial.result()).isEqualTo(Status.SHIPPED);
            assertThat(row(trial).attempt()).isEqualTo(3);
            assertThat(row(trial).failure()).isNull();
        }

        @Test
        void isOneAtWhoseValueTheConditionThrew() {
            Trial<Status> trial =
                    polling(QUICK, attempt -> third(attempt).isFinal() ? Status.SHIPPED : null); // null.isFinal()

            assertThat(trial.result()).isEqualTo(Status.SHIPPED);
            assertThat(looks).hasSize(3);
        }

        @Test
        void isOneWhoseValueCannotBeRecorded() {
            Trial<String> trial = trial(
                            String.class,
                            (ctx, in) -> ctx.poll(
                                    "Long?",
                                    String.class,
                                    QUICK.until(text -> true),
                                    attempt -> "x".repeat(attempt.attempt() < 2 ? 2_000 : 1)))
                    .with(builder -> builder.maxPayloadChars(1_000));

            assertThat(trial.result()).isEqualTo("x");
            assertThat(trial.row("Long?").attempt()).isEqualTo(2);
        }

        @Test
        void mayAskForAnotherPause() {
            Trial<Status> trial = polling(SLOW, attempt -> {
                if (attempt.attempt() == 1) {
                    throw new Busy();
                }
                return Status.SHIPPED;
            });

            assertThat(trial.result()).isEqualTo(Status.SHIPPED);
        }

        @Test
        void leavesItsInterruptToNobody() {
            List<Boolean> interrupts = new CopyOnWriteArrayList<>();
            Trial<Status> trial = polling(QUICK, attempt -> {
                interrupts.add(Thread.currentThread().isInterrupted());
                Status seen = third(attempt);
                if (!seen.isFinal()) {
                    Thread.currentThread().interrupt();
                }
                return seen;
            });

            assertThat(trial.result()).isEqualTo(Status.SHIPPED);
            assertThat(interrupts).containsOnly(false);
        }
    }

    static final class Busy extends Exception implements RetryAfter {
        private static final long serialVersionUID = 1L;

        @Override
        public Duration retryAfter() {
            return Duration.ofMillis(1);
        }
    }

    @Nested
    class ALimit {
        private Trial<String> caught(Poll.Pace pace, StepBody<Status> look) {
            return trial(String.class, (ctx, in) -> {
                try {
                    return "saw " + poll(ctx, pace, look);
                } catch (PollTimedOutException e) {
                    return "gave up at " + e.position() + ", saw "
                            + e.lastSeen(Status.class).orElse(null);
                }
            });
        }

        @Test
        void isFollowedByOneMoreLookHoweverLongThePace() {
            Trial<String> trial = caught(SLOW.upTo(SHORT), PollTests.this::parcel);

            assertThat(trial.result()).isEqualTo("gave up at #1, saw PACKED");

            StepRecord row = row(trial);
            assertThat(looks).hasSize(2);
            assertThat(row.startedAt()).isAfterOrEqualTo(row.firstStartedAt().plus(SHORT));
        }

        @Test
        void endsThePollWithWhatTheLastLookSaw() {
            Trial<Status> trial = polling(QUICK.upTo(SHORT.multipliedBy(3)), PollTests.this::parcel);

            Failure failure = trial.failure().failure();

            assertThat(failure.type()).isEqualTo(PollTimedOutException.class.getName());
            assertThat(failure.message())
                    .contains("Shipped?")
                    .contains("PT0.15S")
                    .contains("saw \"PACKED\"");
            StepRecord row = row(trial);
            assertThat(row.status()).isEqualTo(StepStatus.FAILED);
            assertThat(row.output()).isEqualTo("\"PACKED\"");
            assertThat(failure(row).kind()).isEqualTo(Failure.Kind.TIMED_OUT);
        }

        @Test
        void endsThePollWithWhatTheLastLookThrew() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    poll(ctx, SLOW.upTo(SHORT), attempt -> {
                        throw new IllegalStateException("no network");
                    });
                    return "never";
                } catch (PollTimedOutException e) {
                    assertThat(e.lastSeen(Status.class)).isEmpty();
                    return Objects.requireNonNull(e.failure().cause()).summary();
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("java.lang.IllegalStateException: no network");
            assertThat(row(trial).output()).isNull();
            assertThat(failure(row(trial)).message()).contains("threw java.lang.IllegalStateException: no network");
        }

        @Test
        void isNoFailureIfTheLastLookSeesIt() {
            Trial<String> trial = caught(SLOW.upTo(SHORT), attempt -> {
                looks.add(attempt);
                return attempt.attempt() == 1 ? Status.PACKED : Status.SHIPPED;
            });

            assertThat(trial.result()).isEqualTo("saw SHIPPED");
            assertThat(looks).hasSize(2);
        }

        @Test
        void endsItTheSameWayInEveryReplay() {
            Trial<String> trial = caught(SLOW.upTo(SHORT), PollTests.this::parcel);

            trial.crashAtTheEnd().crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("gave up at #1, saw PACKED");
            assertThat(looks).hasSize(2);
        }

        @Test
        void isAStepsFailureForThoseWhoDoNotCareWhich() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    poll(ctx, SLOW.upTo(SHORT), PollTests.this::parcel);
                    return "never";
                } catch (StepFailedException e) {
                    return e.stepName();
                }
            });

            assertThat(trial.result()).isEqualTo("Shipped?");
        }

        @Test
        void bringsThePauseToItsEnd() {
            Trial<Status> trial = polling(SLOW.upTo(LONG.dividedBy(2)), PollTests.this::parcel);
            trial.revive();
            awaitUnloaded(trial.id());

            StepRecord row = row(trial);
            assertThat(row.nextAt()).isEqualTo(row.firstStartedAt().plus(LONG.dividedBy(2)));
        }

        @Test
        void thatPassedWhileNobodyWasThereIsFollowedByOneMoreLook() {
            Duration limit = Duration.ofMillis(300);
            Trial<String> trial = caught(Poll.every(Duration.ofMillis(200)).upTo(limit), PollTests.this::parcel);
            trial.crash(CrashPoint.AFTER_OUTCOME, "Shipped?");
            Instant end = row(trial).firstStartedAt().plus(limit);
            await().atMost(PATIENCE).until(() -> Instant.now().isAfter(end.plusMillis(50)));

            assertThat(trial.result()).isEqualTo("gave up at #1, saw PACKED");
            assertThat(looks).hasSize(2);
        }

        @Test
        void isCountedFromTheFirstLookThroughACrash() {
            Trial<String> trial = caught(QUICK.upTo(SHORT.multipliedBy(4)), PollTests.this::parcel);
            trial.crash(CrashPlan.at(CrashPoint.AFTER_EFFECT)
                    .ofStep("Shipped?")
                    .passage(2)
                    .losingQueued());
            Instant first = row(trial).firstStartedAt();

            assertThat(trial.result()).isEqualTo("gave up at #1, saw PACKED");

            assertThat(row(trial).firstStartedAt()).isEqualTo(first);
        }

        @Test
        void beginsAnewWhenItsWorkflowIsRetried() {
            Trial<Status> trial = polling(SLOW.upTo(SHORT), PollTests.this::parcel);
            trial.failure();

            hasArrived.set(true);
            assertThat(trial.revive().retry(trial.id())).isTrue();

            assertThat(trial.result()).isEqualTo(Status.SHIPPED);
            assertThat(looks).extracting(StepAttempt::attempt).containsExactly(1, 2, 1);
            List<PastLife> lives = store().pastLives(trial.id(), new ReadLimit(1_000, 10, 100_000))
                    .lives();
            assertThat(lives)
                    .singleElement()
                    .satisfies(life -> assertThat(life.aside())
                            .singleElement()
                            .satisfies(call -> assertThat(call.step().kind()).isEqualTo(CallKind.POLL)));
        }

        @Test
        void beginsAnewWhereACancelledPollGoesOn() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                                    List.of("polls", "fails"),
                                    ParallelOptions.defaults().cancelSiblings(),
                                    (branch, what) -> {
                                        if (what.equals("polls")) {
                                            return poll(branch, SLOW.upTo(LONG), PollTests.this::parcel)
                                                    .name();
                                        }
                                        return branch.step("Fails", String.class, () -> {
                                            await().atMost(PATIENCE).until(() -> !looks.isEmpty());
                                            if (!hasArrived.get()) {
                                                throw new IllegalStateException("no");
                                            }
                                            return "mended";
                                        });
                                    })
                            .toString());
            trial.with(builder -> builder.threads(4).permits(4).unloadAfter(Duration.ofDays(1)));
            trial.failure();
            Instant before = row(trial).firstStartedAt();

            hasArrived.set(true);
            assertThat(trial.revive().retry(trial.id())).isTrue();

            assertThat(trial.result()).endsWith("mended]");
            assertThat(row(trial).firstStartedAt()).isAfter(before);
        }
    }

    @Nested
    class BetweenLooks {
        @Test
        void itIsARowThatNobodyHoldsWithWhatWasSeenAndWhenItLooksAgain() {
            Trial<Status> trial = polling(SLOW, PollTests.this::parcel);
            trial.revive();

            WorkflowRecord workflow = awaitUnloaded(trial.id());

            StepRecord row = row(trial);
            assertThat(workflow.executorId()).isNull();
            assertThat(workflow.dueAt())
                    .isBetween(
                            Instant.now().plus(Duration.ofMinutes(59)),
                            Instant.now().plus(LONG));
            assertThat(row.status()).isEqualTo(StepStatus.BACKOFF);
            assertThat(row.output()).isEqualTo("\"PACKED\"");
            assertThat(row.failure()).isNull();
            assertThat(row.nextAt())
                    .isBetween(row.startedAt().plus(LONG), row.recordedAt().plus(LONG));
        }

        @Test
        void itLooksOnWhereverItWakesUp() {
            Trial<Status> trial =
                    polling(QUICK, PollTests.this::third).with(builder -> builder.unloadAfter(Duration.ZERO));

            assertThat(trial.result()).isEqualTo(Status.SHIPPED);
            assertThat(looks).extracting(StepAttempt::attempt).containsExactly(1, 2, 3);
            assertThat(trial.rows()).hasSize(1);
        }

        @Test
        void aWakeUpThatIsEarlyIsNoReasonToLook() {
            Trial<Status> trial = polling(SLOW, PollTests.this::parcel);
            trial.revive();
            Instant due = Objects.requireNonNull(awaitUnloaded(trial.id()).dueAt());

            assertThat(store().wake(trial.id())).isTrue();
            await().atMost(PATIENCE).until(() -> row(trial.id()).epoch() > 1);

            assertThat(awaitUnloaded(trial.id()).dueAt()).isCloseTo(due, within(1, ChronoUnit.MINUTES));
            assertThat(looks).hasSize(1);
        }

        @Test
        void itEndsWithTheEngineAndGoesOnInTheNext() {
            Trial<Status> trial = polling(Poll.every(Duration.ofMillis(1_500)), attempt -> {
                looks.add(attempt);
                return attempt.attempt() == 1 ? Status.PACKED : Status.SHIPPED;
            });
            trial.revive();
            awaitUnloaded(trial.id());
            trial.stop();

            assertThat(trial.result()).isEqualTo(Status.SHIPPED);
            assertThat(looks).hasSize(2);
        }

        @Test
        void manyLeaveTheOnlyThreadToOthers() {
            Workflow<String, Status> waiter = flow("waiter", Status.class);
            Workflow<String, String> quick = flow("quick", String.class);
            Revive revive = engine(builder -> builder.threads(1)
                    .permits(1)
                    .register(waiter, (ctx, in) -> poll(ctx, SLOW, PollTests.this::parcel))
                    .register(quick, (ctx, in) -> "done " + in));

            List<WorkflowHandle<Status>> waiters = IntStream.range(0, 20)
                    .mapToObj(i -> revive.start(waiter, unique("waiter") + i, "x"))
                    .toList();

            assertThat(revive.start(quick, unique("quick"), "it").result(PATIENCE))
                    .isEqualTo("done it");
            waiters.forEach(each -> awaitUnloaded(each.id()));
        }

        @Test
        void aBranchGivesItsThreadToThoseThatHaveNone() {
            Trial<String> trial = trial(
                            String.class,
                            (ctx, in) -> ctx.parallel(
                                    a -> poll(a, QUICK, PollTests.this::third),
                                    b -> b.step("Work", String.class, () -> "b" + effects.happen("b")),
                                    (a, b) -> a + b))
                    .with(builder -> builder.threads(1).permits(1));

            assertThat(trial.result()).isEqualTo("SHIPPEDb1");
            assertThat(effects.times("b")).isEqualTo(1);
            assertThat(looks).hasSize(3);
        }

        @Test
        void itIsCancelledWithItsSiblings() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.parallel(
                            List.of("polls", "fails"),
                            ParallelOptions.defaults().cancelSiblings(),
                            (branch, what) -> {
                                if (what.equals("polls")) {
                                    return poll(branch, SLOW, PollTests.this::parcel)
                                            .name();
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
    }

    @Nested
    class ACrash {
        @Test
        void beforeALookIsFollowedByIt() {
            everyCrashAt(CrashPoint.BEFORE_STARTED, 0);
        }

        @Test
        void justBeforeALookIsFollowedByIt() {
            everyCrashAt(CrashPoint.BEFORE_EFFECT, 0);
        }

        @Test
        void afterALookMakesItLookAgain() {
            everyCrashAt(CrashPoint.AFTER_EFFECT, 1);
        }

        @Test
        void afterWhatWasSeenIsRecordedCostsNoLook() {
            everyCrashAt(CrashPoint.AFTER_OUTCOME, 0);
        }

        @Test
        void whileWhatWasSeenIsOnItsWayMakesItLookAgainIfThatIsLost() {
            everyCrashAt(CrashPoint.OUTCOME_QUEUED, CrashAction.CRASH_LOSING_QUEUED, 1);
        }

        @Test
        void whileWhatWasSeenIsOnItsWayCostsNoLookIfThatArrives() {
            everyCrashAt(CrashPoint.OUTCOME_QUEUED, CrashAction.CRASH_KEEPING_QUEUED, 0);
        }

        private void everyCrashAt(CrashPoint point, int lostLooks) {
            everyCrashAt(point, CrashAction.CRASH_LOSING_QUEUED, lostLooks);
        }

        /** At the first, the second and the last look, one after the other: each engine dies at the next. */
        private void everyCrashAt(CrashPoint point, CrashAction action, int lostLooks) {
            Trial<Status> trial = polling(QUICK, PollTests.this::third);
            for (int look = 1; look <= 3; look++) {
                int number = look;
                trial.crash(CrashPlan.at(point)
                        .ofStep("Shipped?")
                        .passage(passage(point, lostLooks, number))
                        .then(action));
            }

            assertThat(trial.result()).isEqualTo(Status.SHIPPED);

            assertThat(looks).hasSize(3 + 3 * lostLooks);
            assertThat(row(trial).attempt()).isEqualTo(3);
            assertThat(row(trial).zombies()).isZero();
            assertThat(trial.rows()).hasSize(1);
        }

        /** What was begun in the engine before is passed once more in the next, unless it was over. */
        private int passage(CrashPoint point, int lostLooks, int look) {
            boolean isDoneAgain =
                    lostLooks > 0 || point == CrashPoint.BEFORE_STARTED || point == CrashPoint.BEFORE_EFFECT;
            return look == 1 || !isDoneAgain ? 1 : 2;
        }

        @Test
        void beforeLeavingMemoryIsSurvived() {
            isSurvivedAt(CrashPoint.BEFORE_UNLOAD);
        }

        @Test
        void afterLeavingMemoryIsSurvived() {
            isSurvivedAt(CrashPoint.AFTER_UNLOAD);
        }

        private void isSurvivedAt(CrashPoint point) {
            Trial<Status> trial = polling(Poll.every(Duration.ofMillis(500)), PollTests.this::third)
                    .with(builder -> builder.unloadAfter(Duration.ZERO));
            trial.crash(CrashPlan.at(point).losingQueued());

            assertThat(trial.result()).isEqualTo(Status.SHIPPED);
            assertThat(looks).extracting(StepAttempt::attempt).containsExactly(1, 2, 3);
        }
    }

    @Nested
    class AGracefulStop {
        @Test
        void recordsWhatAnInterruptedLookStillSees() {
            Gate gate = new Gate();
            Trial<Status> trial = polling(SLOW, attempt -> {
                looks.add(attempt);
                gate.passUninterruptibly();
                return Status.SHIPPED;
            });
            trial.stopWhile(gate);

            assertThat(trial.result()).isEqualTo(Status.SHIPPED);
            assertThat(looks).hasSize(1);
        }
    }

    @Nested
    class Misuse {
        @Test
        void ofThePaceOrTheLimitIsRefused() {
            assertThatThrownBy(() -> Poll.every(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("every must be more than zero: PT0S");
            assertThatThrownBy(() -> Poll.every(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("every must be more than zero");
            assertThatThrownBy(() -> QUICK.upTo(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("upTo must be more than zero: PT0S");
            assertThatThrownBy(() -> Poll.every(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("every");
            assertThatThrownBy(() -> QUICK.upTo(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("upTo");
            assertThatThrownBy(() -> QUICK.until(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("until");
        }

        @Test
        void anyPaceAndLimitMayBeAsLongAsAnybodyLikes() {
            Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
            Trial<Status> trial = polling(Poll.every(forEver).upTo(forEver), PollTests.this::parcel);
            trial.revive();

            assertThat(awaitUnloaded(trial.id()).dueAt()).isAfter(Instant.now().plus(Duration.ofDays(36_000)));
        }

        @Test
        void ofItsNameOrItsPartsIsRefusedAndRecordsNothing() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Poll<Status> poll = QUICK.until(Status::isFinal);
                assertThatThrownBy(() -> ctx.poll(" ", Status.class, poll, PollTests.this::third))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> ctx.poll("Shipped?", Status.class, null, PollTests.this::third))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("poll");
                assertThatThrownBy(() -> ctx.poll("Shipped?", Status.class, poll, null))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("look");
                return "done";
            });

            assertThat(trial.result()).isEqualTo("done");
            assertThat(trial.rows()).isEmpty();
        }

        @Test
        void insideAStepIsRefused() {
            Trial<Status> trial = trial(
                    Status.class,
                    (ctx, in) -> ctx.step("Outer", Status.class, () -> poll(ctx, QUICK, PollTests.this::third)));

            assertThat(trial.failure()).hasMessageContaining("inside a step");
        }

        @Test
        void ofTheContextInsideALookFailsTheLook() {
            Trial<Status> trial = trial(
                    Status.class,
                    (ctx, in) -> poll(ctx, SLOW.upTo(SHORT), attempt -> {
                        ctx.sleep(SHORT);
                        return Status.SHIPPED;
                    }));

            assertThat(trial.failure()).hasMessageContaining("inside a step");
        }

        @Test
        void ofTheContextInsideTheConditionFailsTheLook() {
            Trial<Status> trial = trial(
                    Status.class,
                    (ctx, in) -> ctx.poll(
                            "Shipped?",
                            Status.class,
                            SLOW.upTo(SHORT).until(status -> {
                                ctx.step("Change", () -> effects.happen("changed"));
                                return true;
                            }),
                            PollTests.this::parcel));

            assertThat(trial.failure()).hasMessageContaining("inside a step");
            assertThat(effects.all()).isEmpty();
            assertThat(trial.rows()).hasSize(1);
        }

        @Test
        void inPlaceOfAnotherCallIsNonDeterminism() {
            Trial<Status> trial = polling(SLOW, PollTests.this::parcel);
            trial.revive();
            awaitUnloaded(trial.id());
            trial.deploy((ctx, in) -> ctx.step("Shipped?", Status.class, () -> Status.SHIPPED));
            trial.revive();
            store().wake(trial.id());

            assertThat(trial.attention().message())
                    .contains("poll \"Shipped?\"")
                    .contains("step \"Shipped?\"");
        }
    }
}
