// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.StepRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Compensation;
import dev.revive.workflow.CompensationFailedException;
import dev.revive.workflow.First;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.RetryRefusedException;
import dev.revive.workflow.Saga;
import dev.revive.workflow.SagaOptions;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sagas: what is undone, in which order, how often, and with which key. */
@InSettings
class SagaTests extends TestBed {
    private static final Signal<String> GO = Signal.named("go", String.class);
    private static final StepOptions QUICK =
            StepOptions.defaults().retry(RetryPolicy.upTo(3).fixedDelay(Duration.ofMillis(1)));

    private final Effects effects = new Effects();
    private final Map<String, String> keys = new ConcurrentHashMap<>();

    private String book(Saga saga, String what) {
        return saga.step(
                Step.of("Book " + what, String.class, attempt -> {
                    keys.put(what, attempt.idempotencyKey());
                    effects.happen("Book " + what);
                    return what;
                }),
                undoing(what));
    }

    private Compensation<String> undoing(String what) {
        return undo -> {
            assertThat(undo.idempotencyKey()).isEqualTo(keys.get(what));
            effects.happen("Undo " + what + undo.value().map(value -> "").orElse(" in doubt"));
        };
    }

    private String fail(Saga saga, String what) {
        return saga.step(
                Step.of("Book " + what, String.class, attempt -> {
                    effects.happen("Book " + what);
                    throw new IOException("no " + what);
                }),
                undoing(what));
    }

    @Nested
    class ASaga {
        @Test
        void thatSucceedsUndoesNothing() {
            Trial<String> trial = trial(String.class, (ctx, in) -> ctx.saga(s -> book(s, "Hotel") + book(s, "Flight")));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("HotelFlight");
            assertThat(effects.all()).containsExactly("Book Hotel", "Book Flight");
        }

        @Test
        void thatFailsUndoesInReverse() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.saga(s -> book(s, "Hotel") + book(s, "Flight") + fail(s, "Car"));
                } catch (StepFailedException e) {
                    return e.failure().message();
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("no Car");
            assertThat(effects.all())
                    .containsExactly("Book Hotel", "Book Flight", "Book Car", "Undo Flight", "Undo Hotel");
            assertThat(trial.row("Undo Book Hotel").detail()).isEqualTo("{\"undoes\":\"#1\"}");
        }

        @Test
        void mayUndoAtOnce() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.saga(
                            SagaOptions.inParallel(), s -> book(s, "Hotel") + book(s, "Flight") + fail(s, "Car"));
                } catch (StepFailedException e) {
                    return e.failure().message();
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("no Car");
            assertThat(effects.all().subList(3, 5)).containsExactlyInAnyOrder("Undo Flight", "Undo Hotel");
            assertThat(trial.row("undo").branches()).isEqualTo(2);
        }

        @Test
        void mayFailInPureCodeAndHaveNoValue() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.runSaga(s -> {
                        book(s, "Hotel");
                        throw new IOException("overbooked");
                    });
                    return "booked";
                } catch (IOException e) {
                    return e.getMessage();
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("overbooked");
            assertThat(effects.all()).containsExactly("Book Hotel", "Undo Hotel");
        }

        @Test
        void undoesWithBlocksToo() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.runSaga(s -> {
                        ctx.step("Tell", () -> effects.happen("Tell"));
                        s.compensate(c -> c.step("Take back", () -> effects.happen("Take back")));
                        fail(s, "Car");
                    });
                    return "booked";
                } catch (StepFailedException e) {
                    return "failed";
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("failed");
            assertThat(effects.all()).containsExactly("Tell", "Book Car", "Take back");
        }

        @Test
        void thatIsOverRefusesMoreSteps() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                AtomicReference<Saga> kept = new AtomicReference<>();
                ctx.runSaga(kept::set);
                assertThatThrownBy(() -> book(kept.get(), "Hotel"))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("a saga that is over");
                assertThatThrownBy(() -> kept.get().compensate(c -> {})).isInstanceOf(IllegalStateException.class);
                return "refused";
            });

            assertThat(trial.result()).isEqualTo("refused");
            assertThat(effects.all()).isEmpty();
        }
    }

    @Nested
    class AStepInDoubt {
        @Test
        void thatTookTooLongIsUndone() {
            assumeThat(setting.isNarrow()).isFalse();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.saga(s -> s.step(
                            Step.of("Book Car", String.class, attempt -> {
                                        keys.put("Car", attempt.idempotencyKey());
                                        effects.happen("Book Car");
                                        Thread.sleep(Duration.ofHours(1).toMillis());
                                        return "never";
                                    })
                                    .attemptTimeout(Duration.ofMillis(20)),
                            undoing("Car")));
                } catch (StepFailedException e) {
                    return e.failure().kind().toString();
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("TIMED_OUT");
            assertThat(effects.all().get(effects.all().size() - 1)).isEqualTo("Undo Car in doubt");
        }

        @Test
        void thatTookTooLongBeforeItFailedIsUndone() {
            assumeThat(setting.isNarrow()).isFalse();
            AtomicInteger attempts = new AtomicInteger();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.saga(s -> s.step(
                            Step.of("Book Car", String.class, attempt -> {
                                        keys.put("Car", attempt.idempotencyKey());
                                        if (attempts.incrementAndGet() == 1) {
                                            Thread.sleep(Duration.ofHours(1).toMillis());
                                        }
                                        throw new IOException("no car");
                                    })
                                    .attemptTimeout(Duration.ofMillis(500))
                                    .retry(RetryPolicy.upTo(2).fixedDelay(Duration.ofMillis(1))),
                            undoing("Car")));
                } catch (StepFailedException e) {
                    return e.failure().message();
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isIn("no car", "The attempt took longer than PT0.5S."); // on a busy machine
            assertThat(effects.all()).containsExactly("Undo Car in doubt");
        }

        private Step<String> unsure(AtomicInteger attempts) {
            return Step.of("Book Car", String.class, attempt -> {
                        keys.put("Car", attempt.idempotencyKey());
                        if (attempts.incrementAndGet() == 1) {
                            Thread.sleep(Duration.ofHours(1).toMillis());
                        }
                        throw new IOException("no car");
                    })
                    .attemptTimeout(Duration.ofMillis(100))
                    .retry(RetryPolicy.upTo(9)
                            .backoff(Duration.ofMillis(100), 1000)
                            .maxDelay(Duration.ofHours(1))
                            .jitter(0));
        }

        @Test
        void thatTookTooLongAndFailedSinceIsUndoneWhenItIsCancelled() {
            assumeThat(setting.isNarrow()).isFalse();
            AtomicInteger attempts = new AtomicInteger();
            Trial<String> trial =
                    trial(String.class, (ctx, in) -> ctx.saga(s -> s.step(unsure(attempts), undoing("Car"))));
            trial.handle();
            await().atMost(PATIENCE)
                    .until(() -> trial.rows().stream()
                            .anyMatch(row -> row.status() == StepStatus.BACKOFF && row.attempt() == 2));

            trial.revive().workflow(trial.id()).cancel("no more");

            await().atMost(PATIENCE).until(() -> trial.handle().status() == WorkflowStatus.CANCELLED);
            assertThat(effects.all()).containsExactly("Undo Car in doubt");
        }

        /** No earlier run can have begun it, since none had come to its parallel. */
        @Test
        void isNoneThatIsTheFirstOfABranchThatIsNew() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step("Before", () -> {});
                return ctx.parallel(b -> "", b -> bookIdempotentlyInVain(b), String::concat);
            });

            trial.crash(CrashPoint.AFTER_OUTCOME, "Before").crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("no car");
            assertThat(effects.all()).isEmpty();
        }

        private String bookIdempotentlyInVain(WorkflowContext branch) {
            try {
                return branch.saga(s -> s.step(
                        Step.of("Book Car", String.class, attempt -> {
                                    throw new IOException("no car");
                                })
                                .idempotent(),
                        undoing("Car")));
            } catch (StepFailedException e) {
                return e.failure().message();
            }
        }

        /** Nothing is recorded of it before it has happened. */
        @Test
        void thatIsIdempotentAndACrashCutOffIsUndoneThoughItFailsThen() {
            AtomicInteger attempts = new AtomicInteger();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.saga(s -> s.step(
                            Step.of("Book Car", String.class, attempt -> {
                                        keys.put("Car", attempt.idempotencyKey());
                                        if (attempts.incrementAndGet() == 1) {
                                            return "car";
                                        }
                                        throw new IOException("no car");
                                    })
                                    .idempotent(),
                            undoing("Car")));
                } catch (StepFailedException e) {
                    return e.failure().message();
                }
            });

            trial.crash(CrashPoint.AFTER_EFFECT, "Book Car").crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("no car");
            assertThat(effects.all()).containsExactly("Undo Car in doubt");
        }

        @Test
        void thatACrashCutOffIsUndone() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.saga(s -> s.step(
                            Step.of("Book Car", String.class, attempt -> {
                                        keys.put("Car", attempt.idempotencyKey());
                                        effects.happen("Book Car");
                                        return "car";
                                    })
                                    .atMostOnce(),
                            undoing("Car")));
                } catch (StepFailedException e) {
                    return e.failure().kind().toString();
                }
            });

            trial.crash(CrashPoint.AFTER_EFFECT, "Book Car").crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("OUTCOME_UNKNOWN");
            assertThat(effects.all()).containsExactly("Book Car", "Undo Car in doubt");
        }

        @Test
        void thatIsKnownToHaveFailedIsNot() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.saga(s -> fail(s, "Car"));
                } catch (StepFailedException e) {
                    return "failed";
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("failed");
            assertThat(effects.all()).containsExactly("Book Car");
        }
    }

    @Nested
    class ACompensation {
        private Trial<String> failing(String what) {
            return trial(String.class, (ctx, in) -> {
                try {
                    return ctx.saga(s -> {
                        book(s, "Hotel");
                        s.step(Step.of("Book Flight", String.class, attempt -> "flight"), QUICK, undo -> {
                            if (effects.happen("Undo Flight") < 3 || what.equals("always")) {
                                throw new IOException("not now");
                            }
                        });
                        return fail(s, "Car");
                    });
                } catch (StepFailedException e) {
                    return e.failure().message();
                } catch (CompensationFailedException e) {
                    return e.getMessage() + " " + e.failures().size();
                }
            });
        }

        @Test
        void isTriedAgain() {
            Trial<String> trial = failing("twice");

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("no Car");
            assertThat(effects.times("Undo Flight")).isEqualTo(3);
            assertThat(effects.times("Undo Hotel")).isEqualTo(1);
        }

        @Test
        void thatFailsForGoodDoesNotStopTheOthers() {
            Trial<String> trial = failing("always");

            trial.crashAtTheEnd();

            assertThat(trial.result())
                    .startsWith("1 of the compensations failed, first: ")
                    .contains("not now")
                    .contains("no Car")
                    .endsWith(" 1");
            assertThat(effects.times("Undo Hotel")).isEqualTo(1);
        }

        @Test
        void isDoneWhenTheWorkflowIsCancelled() {
            Trial<String> trial = trial(String.class, (ctx, in) -> ctx.saga(s -> book(s, "Hotel") + ctx.await(GO)));
            trial.handle();
            await().atMost(PATIENCE).until(() -> trial.rows().size() == 2);

            trial.revive().workflow(trial.id()).cancel("no more");

            await().atMost(PATIENCE).until(() -> trial.handle().status() == WorkflowStatus.CANCELLED);
            assertThat(effects.all()).containsExactly("Book Hotel", "Undo Hotel");
        }

        @Test
        void isDoneInABranchThatIsCutOff() {
            assumeThat(setting.isNarrow()).isFalse();
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd()).of(b -> b.saga(s -> book(s, "Hotel") + b.await(GO)), b -> {
                        b.step("Wait", () -> await().atMost(PATIENCE).until(() -> effects.times("Book Hotel") > 0));
                        return "first";
                    }));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("first");
            assertThat(effects.all()).containsExactly("Book Hotel", "Undo Hotel");
        }

        @Test
        void isDoneThoughACrashCameAfterTheStepWasCancelledInDoubt() {
            assumeThat(setting.isNarrow()).isFalse();
            Gate gate = new Gate();
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.saga(s -> s.step(
                            Step.of("Book Hotel", String.class, attempt -> {
                                        keys.put("Hotel", attempt.idempotencyKey());
                                        effects.happen("Book Hotel");
                                        gate.reach();
                                        Thread.sleep(Duration.ofHours(1).toMillis());
                                        return "Hotel";
                                    })
                                    .with(StepOptions.defaults().interruptOnCancel()),
                            undoing("Hotel"))));
            trial.with(builder -> builder.crashHook(CrashPlan.at(CrashPoint.BEFORE_STARTED)
                    .ofStep("Undo Book Hotel")
                    .keepingQueued()));
            trial.handle();
            gate.awaitReached();

            trial.revive().workflow(trial.id()).cancel("no more");
            await().atMost(PATIENCE).until(() -> trial.revive().hasCrashed());
            trial.stop().with(builder -> builder);

            await().atMost(PATIENCE).until(() -> trial.handle().status() == WorkflowStatus.CANCELLED);
            assertThat(effects.all()).containsExactly("Book Hotel", "Undo Hotel in doubt");
        }

        /** Nobody waits for what it comes to, so it is not to stand. */
        @Test
        void isDoneThoughTheSagaComesToItsEndAfterItWasCutOff() {
            assumeThat(setting.isNarrow()).isFalse();
            Gate gate = new Gate();
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(First.toEnd())
                            .of(
                                    b -> b.saga(s -> s.step(
                                            Step.of("Book Hotel", String.class, attempt -> {
                                                keys.put("Hotel", attempt.idempotencyKey());
                                                effects.happen("Book Hotel");
                                                gate.pass();
                                                return "Hotel";
                                            }),
                                            undoing("Hotel"))),
                                    b -> {
                                        b.step("Wait", () -> gate.awaitReached());
                                        return "first";
                                    }));
            trial.handle();
            await().atMost(PATIENCE)
                    .until(() -> trial.rows().stream().anyMatch(row -> row.status() == StepStatus.DECIDED));

            gate.open();

            assertThat(trial.result()).isEqualTo("first");
            assertThat(effects.all()).containsExactly("Book Hotel", "Undo Hotel");
            assertThat(trial.row("first").output()).isEqualTo("{\"ends\":\"XC\",\"first\":1}");
        }

        @ParameterizedTest
        @EnumSource(
                value = CrashPoint.class,
                names = {"BEFORE_STARTED", "BEFORE_EFFECT", "AFTER_EFFECT", "OUTCOME_QUEUED", "AFTER_OUTCOME"})
        void isDoneThoughACrashComesInTheMiddle(CrashPoint point) {
            for (String step : List.of("Undo Book Flight", "Undo Book Hotel")) {
                for (boolean keeps : new boolean[] {true, false}) {
                    int before = effects.all().size();
                    Trial<String> trial = trial(step + keeps, String.class, (ctx, in) -> {
                        try {
                            return ctx.saga(s -> book(s, "Hotel") + book(s, "Flight") + fail(s, "Car"));
                        } catch (StepFailedException e) {
                            return e.failure().message();
                        }
                    });
                    CrashPlan.Builder plan = CrashPlan.at(point).ofStep(step);

                    trial.crash(keeps ? plan.keepingQueued() : plan.losingQueued());

                    assertThat(trial.result()).isEqualTo("no Car");
                    List<String> now =
                            effects.all().subList(before, effects.all().size());
                    assertThat(now).contains("Undo Flight", "Undo Hotel");
                    for (StepRecord row : trial.rows()) {
                        String name = row.key().name();
                        if (name.startsWith("Undo")) {
                            assertThat(row.status()).isEqualTo(StepStatus.COMPLETED);
                            assertThat(now.stream()
                                            .filter(name.replace("Book ", "")::equals)
                                            .count())
                                    .isLessThanOrEqualTo(row.attempt());
                        }
                    }
                }
            }
        }
    }

    @Test
    void aWorkflowThatHasUndoneSomethingInABranchOfABlockIsNotRetriedEither() {
        Trial<String> trial = trial(
                String.class,
                (ctx, in) -> ctx.saga(s -> {
                    ctx.step("Tell", () -> effects.happen("Tell"));
                    s.compensate(c -> c.parallel(List.of("Take back"), (b, name) -> {
                        b.step(name, () -> effects.happen(name));
                        return name;
                    }));
                    return fail(s, "Car");
                }));
        trial.failure();

        assertThatThrownBy(() -> trial.revive().retry(trial.id())).isInstanceOf(RetryRefusedException.class);
        assertThat(effects.all()).containsExactly("Tell", "Book Car", "Take back");
    }

    /** It heard that it was cut off, undid, and ended all the same: what it says it has done is not so. */
    @Test
    void aRaceWhoseLoserHasUndoneSomethingAndEndedAllTheSameIsNotRetried() {
        assumeThat(setting.isNarrow()).isFalse();
        Trial<String> trial = trial(
                String.class,
                (ctx, in) -> ctx.parallel(First.toEnd())
                        .of(
                                b -> {
                                    try {
                                        return b.saga(s -> book(s, "Hotel") + b.await(GO));
                                    } catch (CancelledException e) {
                                        return "none";
                                    }
                                },
                                b -> b.step("Ship", String.class, () -> {
                                    await().atMost(PATIENCE).until(() -> effects.times("Book Hotel") > 0);
                                    throw new IOException("no ship");
                                })));
        trial.failure();
        assertThat(effects.all()).containsExactly("Book Hotel", "Undo Hotel");

        assertThatThrownBy(() -> trial.revive().retry(trial.id())).isInstanceOf(RetryRefusedException.class);
    }

    /** The cancellation comes after the inner one has ended, and before the outer one does: only that is undone, now and in every replay. */
    @Test
    void ofTwoSagasThatEndWithoutACallBetweenItIsKnownWhichWasCancelled() {
        assumeThat(setting.isNarrow()).isFalse();
        CountDownLatch heard = new CountDownLatch(1);
        Gate inner = new Gate();
        Trial<String> trial = trial(
                String.class,
                (ctx, in) -> ctx.parallel(
                        b -> b.saga(outer -> {
                            book(outer, "Hotel");
                            String flight = b.saga(in2 -> book(in2, "Flight"));
                            inner.reach();
                            heard.await();
                            return flight;
                        }),
                        b -> b.step(Step.of("Listen", String.class, attempt -> {
                                    try {
                                        Thread.sleep(Duration.ofHours(1).toMillis());
                                    } catch (InterruptedException e) {
                                        heard.countDown();
                                    }
                                    return "heard";
                                })
                                .with(StepOptions.defaults().interruptOnCancel())),
                        String::concat));
        trial.with(builder -> builder.crashHook(CrashPlan.at(CrashPoint.BEFORE_STARTED)
                .ofStep("Undo Book Hotel")
                .keepingQueued()));
        trial.handle();
        inner.awaitReached();
        await().atMost(PATIENCE)
                .until(() ->
                        trial.rows().stream().anyMatch(row -> row.key().name().equals("Listen")));

        trial.revive().workflow(trial.id()).cancel("no more");
        await().atMost(PATIENCE).until(() -> trial.revive().hasCrashed());
        trial.stop().with(builder -> builder);

        await().atMost(PATIENCE).until(() -> trial.handle().status() == WorkflowStatus.CANCELLED);
        assertThat(effects.all()).containsExactly("Book Hotel", "Book Flight", "Undo Hotel");
    }

    /** It was the first, and has only one place: whoever holds a message is let in before it. */
    @Test
    void aSagaThatLetsAnotherGoFirstDoesNotHoldTheOnlyPlace() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            ctx.workflow(ctx.info().workflowId()).signal(GO, "go");
            return ctx
                    .parallel(ParallelOptions.defaults().atMost(1).enough(2))
                    .outcomes(List.of(1, 2, 3), (b, i) -> switch (i) {
                        case 1 -> b.saga(s -> book(s, "Hotel"));
                        case 2 ->
                            b.within(Duration.ofHours(1), c -> c.await(GO)).orElseThrow();
                        default -> "never";
                    })
                    .stream()
                    .map(outcome -> outcome.orElse("none"))
                    .toList()
                    .toString();
        });

        trial.crash(CrashPlan.at(CrashPoint.BEFORE_JOIN).ofStep("within").keepingQueued());

        assertThat(trial.result()).startsWith("[Hotel, go, ");
        assertThat(effects.all()).containsExactly("Book Hotel");
    }

    @Test
    void aWorkflowThatHasUndoneSomethingWithABlockIsNotRetriedEither() {
        Trial<String> trial = trial(
                String.class,
                (ctx, in) -> ctx.saga(s -> {
                    ctx.step("Tell", () -> effects.happen("Tell"));
                    s.compensate(c -> c.step("Take back", () -> effects.happen("Take back")));
                    return fail(s, "Car");
                }));
        trial.failure();

        assertThatThrownBy(() -> trial.revive().retry(trial.id()))
                .isInstanceOf(RetryRefusedException.class)
                .hasMessageContaining("Undo#3 has undone");
        assertThat(effects.all()).containsExactly("Tell", "Book Car", "Take back");
    }

    @Test
    void aWorkflowThatHasUndoneSomethingIsNotRetried() {
        Trial<String> trial = trial(String.class, (ctx, in) -> ctx.saga(s -> book(s, "Hotel") + fail(s, "Car")));
        trial.failure();

        RetryRefusedException refused = catchThrowableOfType(
                RetryRefusedException.class, () -> trial.revive().retry(trial.id()));

        assertThat(refused).hasMessageContaining("has undone what step #1 did").hasMessageContaining("another id");
        assertThat(trial.handle().status()).isEqualTo(WorkflowStatus.FAILED);
    }
}
