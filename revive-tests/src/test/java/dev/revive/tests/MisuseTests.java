// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.revive.Revive;
import dev.revive.codec.JacksonSerializer;
import dev.revive.codec.PayloadSerializer;
import dev.revive.crash.CrashPoint;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Logs;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Action;
import dev.revive.workflow.Attention;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WaitInterruptedException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.io.IOException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program must not do, and what a person is told who did it. */
@InSettings({Setting.MEMORY_NARROW, Setting.H2_WIDE})
class MisuseTests extends TestBed {
    private static final String EMOJI = "\uD83D\uDE80 \u00FC\u4F60\uD83D\uDC69\u200D\uD83D\uDCBB";

    private final Effects effects = new Effects();

    private static String messageOf(Supplier<?> call) {
        Throwable thrown = catchThrowable(call::get);
        return thrown == null ? "allowed" : thrown.getClass().getSimpleName() + ": " + thrown.getMessage();
    }

    private static String messageOfStep(WorkflowContext ctx, Action effect) {
        try {
            ctx.step("Step", effect);
            return "allowed";
        } catch (StepFailedException e) {
            return e.failure().summary();
        }
    }

    @Nested
    class AContext {
        @Test
        void isRefusedInsideAStep() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> messageOfStep(ctx, () -> ctx.step("Inner", () -> effects.happen("inner"))));

            assertThat(trial.result())
                    .contains("java.lang.IllegalStateException: step \"Inner\" was asked for inside a step")
                    .contains("one after the other");
            assertThat(effects.all()).isEmpty();
        }

        @Test
        void isRefusedInsideAStepForAParallelAndForTheTime() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> messageOfStep(ctx, () -> ctx.parallel(b -> 1, b -> 2, Integer::sum))
                            + messageOfStep(ctx, ctx::now)
                            + messageOfStep(ctx, ctx::random));

            assertThat(trial.result())
                    .contains("parallel \"parallel\" was asked for inside a step")
                    .contains("now() was asked for inside a step")
                    .contains("random() was asked for inside a step");
        }

        @Test
        void isRefusedInsideATimedStep() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.step(Step.of("Timed", () -> ctx.step("Inner", () -> effects.happen("inner")))
                            .attemptTimeout(PATIENCE));
                    return "allowed";
                } catch (StepFailedException e) {
                    return e.failure().summary();
                }
            });

            assertThat(trial.result()).contains("was asked for inside a step");
        }

        @Test
        void isRefusedInsideAReconciler() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.step(Step.of("Zombie", String.class, attempt -> "never")
                            .reconcile(attempt -> {
                                effects.happen(messageOf(() -> ctx.step("Inner", String.class, () -> "x")));
                                return dev.revive.workflow.Reconciliation.happened("found");
                            }));
                } catch (StepFailedException e) {
                    return e.failure().summary();
                }
            });
            trial.crash(CrashPoint.BEFORE_EFFECT, "Zombie");

            assertThat(trial.result()).isEqualTo("found");
            assertThat(effects.all().get(0)).contains("was asked for inside a step");
        }

        @Test
        void ofTheWorkflowIsRefusedInItsBranches() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                                    List.of(1, 2, 3),
                                    (b, i) -> messageOf(() -> ctx.step("Outer", String.class, () -> "x")))
                            .toString());

            assertThat(trial.result()
                            .split("IllegalStateException: step \"Outer\" was asked for on the surrounding", -1))
                    .hasSize(4);
            assertThat(trial.result()).contains("b -> b.step(...)");
        }

        @Test
        void ofABranchIsRefusedInItsSibling() {
            AtomicReference<WorkflowContext> first = new AtomicReference<>();
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(dev.revive.workflow.ParallelOptions.defaults()
                                    .atMost(1))
                            .<String>all(List.of(
                                    b -> {
                                        first.set(b);
                                        return "first";
                                    },
                                    b -> messageOf(() -> first.get().step("Stolen", String.class, () -> "x"))))
                            .toString());

            assertThat(trial.result()).contains("on a context whose function has returned");
        }

        @Test
        void isRefusedOnAnotherThread() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                CompletableFuture<String> answer = CompletableFuture.supplyAsync(() ->
                        messageOf(() -> ctx.step("Foreign", String.class, () -> "x")) + messageOf(ctx::randomUuid));
                return answer.join();
            });

            assertThat(trial.result())
                    .contains("step \"Foreign\" was asked for on thread")
                    .contains("randomUuid() was asked for on thread")
                    .contains("use parallel(...)");
            assertThat(trial.steps()).isEmpty();
        }

        @Test
        void isRefusedOnceItsFunctionHasReturned() {
            AtomicReference<WorkflowContext> root = new AtomicReference<>();
            AtomicReference<WorkflowContext> branch = new AtomicReference<>();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                root.set(ctx);
                ctx.parallel(List.of(1), (b, i) -> {
                    branch.set(b);
                    return i;
                });
                return messageOf(() -> branch.get().step("Late", String.class, () -> "x"));
            });

            assertThat(trial.result()).contains("A context ends with its workflow or branch; do not keep it");
            assertThat(messageOf(() -> root.get().step("Later", String.class, () -> "x")))
                    .startsWith("IllegalStateException: ")
                    .contains("do not keep it");
        }

        @Test
        void goesOnAfterAMisuse() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                messageOfStep(ctx, () -> ctx.step("Inner", () -> {}));
                ctx.parallel(List.of(1, 2), (b, i) -> messageOf(() -> ctx.step("Outer", String.class, () -> "x")));
                return ctx.step("Good", String.class, () -> "good");
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("good");
            assertThat(trial.stepKeys()).containsExactlyInAnyOrder("Step#1", "parallel#2", "Good#3");
        }
    }

    @Nested
    class TheEngine {
        private final Workflow<String, String> other = flow("other", String.class);
        private final AtomicReference<Revive> engine = new AtomicReference<>();
        private final Gate started = new Gate();

        private Trial<String> inside(dev.revive.workflow.WorkflowFunction<String, String> function) {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                        started.pass();
                        return function.run(ctx, in);
                    })
                    .with(builder -> builder.register(other, (ctx, in) -> "other " + in));
            engine.set(trial.revive());
            started.open();
            return trial;
        }

        private WorkflowHandle<String> startOther() {
            return engine.get().start(other, unique("other"), "x");
        }

        @Test
        void isNotAskedToStartByAWorkflow() {
            Trial<String> trial = inside((ctx, in) -> messageOf(this::startOther));

            assertThat(trial.result())
                    .startsWith("IllegalStateException: start(")
                    .contains("outside its steps")
                    .contains("put it inside a step");
            assertThat(store().find(unique("other"))).isEmpty();
        }

        @Test
        void isNotAskedToStartByABranch() {
            Trial<String> trial = inside((ctx, in) -> ctx.parallel(List.of(1, 2), (b, i) -> messageOf(this::startOther))
                    .toString());

            assertThat(trial.result().split("outside its steps", -1)).hasSize(3);
        }

        @Test
        void mayStartInsideAStep() {
            Trial<String> trial = inside((ctx, in) -> {
                ctx.step("Start", this::startOther);
                ctx.parallel(List.of(1), (b, i) -> {
                    b.step("Again", this::startOther);
                    return i;
                });
                return ctx.step(
                        Step.of("Timed", String.class, attempt -> startOther().id())
                                .attemptTimeout(PATIENCE));
            });

            assertThat(trial.result()).isEqualTo(unique("other"));
            assertThat(startOther().result(PATIENCE)).isEqualTo("other x");
        }

        @Test
        void isNotWaitedForByAWorkflowNorByItsSteps() {
            Trial<String> trial = inside((ctx, in) -> {
                String pure = messageOf(
                        () -> engine.get().handle(other, unique("other")).result());
                String itself = ctx.info().workflowId();
                return pure
                        + messageOfStep(
                                ctx, () -> engine.get().handle(other, itself).result());
            });

            assertThat(trial.result().split("must not wait for another one", -1))
                    .hasSize(3);
        }

        @Test
        void givesItsStepsTheResultOfOneThatHasEnded() {
            Trial<String> trial = inside((ctx, in) -> ctx.step(
                    Step.of("Look", String.class, attempt -> startOther().result())
                            .retry(RetryPolicy.forever().fixedDelay(Duration.ofMillis(5)))));

            assertThat(trial.result()).isEqualTo("other x");
        }

        @Test
        void isNotClosedByAWorkflowNorByItsSteps() {
            Trial<String> trial = inside((ctx, in) -> {
                String pure = messageOf(() -> {
                    engine.get().close();
                    return "closed";
                });
                return pure + messageOfStep(ctx, () -> engine.get().close());
            });

            assertThat(trial.result().split("close\\(\\) was called in a workflow", -1))
                    .hasSize(3);
            assertThat(startOther().result(PATIENCE)).isEqualTo("other x");
        }

        @Test
        void isNotAskedToResumeByAWorkflow() {
            Trial<String> trial =
                    inside((ctx, in) -> messageOf(() -> engine.get().resume("x")));

            assertThat(trial.result()).contains("outside its steps");
        }

        @Test
        @SuppressWarnings("NullAway") // the misuse under test
        void isNotGivenNull() {
            Revive revive = engine(other, (ctx, in) -> in);

            assertThatThrownBy(() -> revive.start(null, "x", "")).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> revive.start(other, null, "")).hasMessageContaining("workflow id");
            assertThatThrownBy(() -> revive.start(other, "x", "", null)).hasMessageContaining("options");
            assertThatThrownBy(() -> Revive.with(null)).hasMessageContaining("store");
            assertThatThrownBy(() -> revive.handle(other, unique("x")).result(null))
                    .hasMessageContaining("timeout");
            assertThat(revive.resume(unique("nobody"))).isFalse();
        }
    }

    @Nested
    class AName {
        private void start(String id) {
            Workflow<String, String> names = flow("names", String.class);
            engine(names, (ctx, in) -> in).start(names, id, "x");
        }

        @Test
        void mustSaySomething() {
            assertThatThrownBy(() -> start("")).hasMessageContaining("The workflow id is blank");
            assertThatThrownBy(() -> start(" \t\n")).hasMessageContaining("blank");
            assertThatThrownBy(() -> Step.of("", () -> {})).hasMessageContaining("The step's name is blank");
            assertThatThrownBy(() -> Workflow.named("", String.class, String.class))
                    .hasMessageContaining("The workflow name is blank");
            assertThatThrownBy(() ->
                            Workflow.named("x", String.class, String.class).version(0))
                    .hasMessageContaining("Versions start at 1");
        }

        @Test
        void mustNotBeTooLong() {
            assertThatThrownBy(() -> start("x".repeat(256))).hasMessageContaining("256 characters; at most 255");
            assertThatThrownBy(() -> Step.of("x".repeat(201), () -> {})).hasMessageContaining("at most 200");
            assertThatThrownBy(() -> Workflow.named("x".repeat(201), String.class, String.class))
                    .hasMessageContaining("at most 200");
        }

        @Test
        void mustNotHoldWhatADatabaseCannot() {
            assertThatThrownBy(() -> start("a\0b")).hasMessageContaining("U+0000 at index 1");
            assertThatThrownBy(() -> start("cut \uD83D")).hasMessageContaining("half a surrogate pair at index 4");
            assertThatThrownBy(() -> start("\uDE80 cut")).hasMessageContaining("half a surrogate pair at index 0");
            assertThatThrownBy(() -> Step.of("a\0b", () -> {})).hasMessageContaining("The step's name");
            assertThatThrownBy(() -> Workflow.named("\uD83D", String.class, String.class))
                    .hasMessageContaining("cut in the middle of an emoji?");
        }

        @Test
        void isRefusedToAWorkflowBeforeAnythingIsRecorded() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                String refused = messageOf(() -> ctx.step(" ", String.class, () -> "x"));
                return refused + ctx.step("Good", String.class, () -> "good");
            });

            assertThat(trial.result()).contains("blank").endsWith("good");
            assertThat(trial.stepKeys()).containsExactly("Good#1");
        }

        @Test
        void mayBeAsLongAsItMayBe() {
            String longest = unique("x");
            String id = longest + "\uD83D\uDE80".repeat((255 - longest.length()) / 2);
            Workflow<String, String> workflow =
                    Workflow.named(longest + "w".repeat(200 - longest.length()), String.class, String.class);
            Revive own = engine(workflow, (ctx, in) -> {
                ctx.step("s".repeat(200), () -> {});
                return ctx.parallel(List.of(1), (b, i) -> b.step("\u4F60".repeat(200), String.class, () -> "deep"))
                        .get(0);
            });

            assertThat(own.start(workflow, id, "x").result(PATIENCE)).isEqualTo("deep");
            assertThat(own.handle(workflow, id).steps()).hasSize(3);
        }

        @Test
        void mayBeInAnyScriptEverywhere() {
            String id = unique(EMOJI);
            Workflow<String, String> workflow = Workflow.named(unique(EMOJI), String.class, String.class);
            dev.revive.workflow.WorkflowFunction<String, String> code = (ctx, in) -> {
                String value = ctx.step(EMOJI, String.class, () -> {
                    effects.happen("step");
                    return EMOJI;
                });
                ctx.parallel(
                        List.of(1),
                        dev.revive.workflow.ParallelOptions.defaults().named(EMOJI),
                        (b, i) -> b.step(EMOJI, String.class, () -> EMOJI));
                return in + value;
            };
            Revive own = engine(builder -> builder.register(workflow, code)
                    .crashHook(dev.revive.crash.CrashPlan.at(CrashPoint.BEFORE_COMPLETION)
                            .keepingQueued()));
            catchThrowable(() -> own.start(workflow, id, EMOJI).result(PATIENCE));
            close(own);

            Revive next = engine(workflow, code);

            assertThat(next.handle(workflow, id).result(PATIENCE)).isEqualTo(EMOJI + EMOJI);
            assertThat(next.handle(workflow, id).steps())
                    .extracting(step -> step.stepKey())
                    .containsExactlyInAnyOrder(EMOJI + "#1", EMOJI + "#2", "2.1/" + EMOJI + "#1");
            assertThat(effects.times("step")).isEqualTo(1);
        }
    }

    @Nested
    class APayload {
        @Test
        void mayHoldWhatANameMayNot() {
            String odd =
                    "zero \0, half \uD83D, other half \uDE80, whole \uD83D\uDE80, swapped \uDE80\uD83D, \\u0000, \u2028";
            List<String> seen = new CopyOnWriteArrayList<>();
            Workflow<String, String> workflow = flow("odd", String.class);
            dev.revive.workflow.WorkflowFunction<String, String> code = (ctx, in) -> {
                seen.add(in);
                seen.add(ctx.step("Odd", String.class, () -> odd));
                return in;
            };
            Revive own = engine(builder -> builder.register(workflow, code)
                    .crashHook(dev.revive.crash.CrashPlan.at(CrashPoint.BEFORE_COMPLETION)
                            .keepingQueued()));
            catchThrowable(() -> own.start(workflow, unique("x"), odd).result(PATIENCE));
            close(own);
            Revive next = engine(workflow, code);

            assertThat(next.start(workflow, unique("x"), odd).result(PATIENCE)).isEqualTo(odd);
            assertThat(seen).hasSizeGreaterThanOrEqualTo(4).containsOnly(odd);
        }

        @Test
        void mayBeAlmostAMillionCharacters() {
            Trial<Integer> trial = trial(
                    Integer.class,
                    (ctx, in) -> ctx.step("Big", String.class, () -> "\u4F60".repeat(990_000))
                            .length());

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo(990_000);
        }

        @Test
        void mayBeDeeplyNestedOrIsRefusedClearly() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.step("Deep", Object.class, () -> {
                        List<Object> list = new ArrayList<>();
                        for (int i = 0; i < 100_000; i++) {
                            List<Object> outer = new ArrayList<>();
                            outer.add(list);
                            list = outer;
                        }
                        return list;
                    });
                    return "recorded";
                } catch (StepFailedException e) {
                    return e.failure().kind() + " " + e.failure().message();
                }
            });

            assertThat(trial.result()).contains("NOT_SERIALIZABLE").contains("cannot be written as JSON");
        }
    }

    @Nested
    class CodeThatCatchesEverything {
        private final Gate gate = new Gate();

        @Test
        void isEndedByACloseAllTheSameAndReported() throws Exception {
            try (Logs logs = new Logs()) {
                Trial<String> trial = trial(String.class, (ctx, in) -> {
                    ctx.step("Long", gate::pass);
                    for (int i = 0; i < 10; i++) {
                        try {
                            ctx.step("Next", () -> effects.happen("next"));
                        } catch (Throwable e) {
                            effects.happen("caught");
                        }
                    }
                    return "done";
                });
                Revive revive = trial.revive();
                gate.awaitReached();
                Thread closer = new Thread(revive::close);
                closer.start();
                org.awaitility.Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() ->
                                catchThrowable(() -> revive.start(flow("unknown", String.class), unique("late"), "x"))
                                        instanceof EngineStoppedException);
                gate.open();
                closer.join(PATIENCE.toMillis());

                // it is closed to callers a moment before its runs are told
                assertThat(effects.times("next") + effects.times("caught")).isEqualTo(10);
                assertThat(effects.times("caught")).isPositive();
                assertThat(logs.lines(trial.id() + " its code caught the Error that unwinds a run"))
                        .hasSize(1);
                trial.stop();
                assertThat(trial.result()).isEqualTo("done");
                assertThat(effects.times("next")).isEqualTo(10);
            }
        }

        @Test
        void andThrowsSomethingElseIsEndedByACrashAllTheSame() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.step("One", () -> effects.happen("one"));
                } catch (Error e) {
                    throw new IllegalStateException("translated", e);
                }
                return "done";
            });

            trial.crash(CrashPoint.BEFORE_EFFECT, "One");

            assertThat(trial.result()).isEqualTo("done");
            assertThat(trial.handle().status()).isEqualTo(WorkflowStatus.COMPLETED);
        }

        @Test
        void inABranchIsEndedByACrashAllTheSame() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.parallel(List.of(1, 2), (b, i) -> {
                                try {
                                    b.step("Work", () -> effects.happen("work"));
                                    return "worked";
                                } catch (Throwable e) {
                                    return "caught";
                                }
                            })
                            .toString();
                } catch (Throwable e) {
                    return "caught outside";
                }
            });

            trial.crash(CrashPoint.BEFORE_EFFECT, "Work");

            assertThat(trial.result()).isEqualTo("[worked, worked]");
        }

        @Test
        void inAFinallyBlockMayNotBeginAnything() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.step("Work", () -> effects.happen("work"));
                } finally {
                    ctx.step("Clean Up", () -> effects.happen("clean up"));
                }
                return "done";
            });

            trial.crash(CrashPoint.BEFORE_EFFECT, "Work");
            assertThat(effects.all()).isEmpty();

            assertThat(trial.result()).isEqualTo("done");
            assertThat(effects.all()).containsExactly("work", "clean up");
        }
    }

    @Nested
    class AnInterrupt {
        @Test
        void ofAWorkflowByItselfHurtsNeitherItNorTheStore() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Thread.currentThread().interrupt();
                String one = ctx.step("One", String.class, () -> "1" + Thread.interrupted());
                Thread.currentThread().interrupt();
                List<Integer> two = ctx.parallel(List.of(1, 2, 3), (b, i) -> b.step("Two", Integer.class, () -> i));
                Thread.currentThread().interrupt();
                String three = setting.isDatabase() ? ctx.transaction("Three", String.class, c -> "3") : "3";
                return one + two + three;
            });

            assertThat(trial.result()).isEqualTo("1true[1, 2, 3]3");
            assertThat(trial.steps()).allMatch(step -> step.status() == StepStatus.COMPLETED);
        }

        @Test
        void ofAStepByItselfHurtsNeitherItNorTheStore() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                String one = ctx.step("One", String.class, () -> {
                    Thread.currentThread().interrupt();
                    return "1";
                });
                return one + ctx.step("Two", String.class, () -> "2");
            });

            assertThat(trial.result()).isEqualTo("12");
        }

        @Test
        void thatAnEffectRestoresDoesNotSpoilItsNextAttempt() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step(Step.of("Sleepy", String.class, attempt -> {
                                if (attempt.attempt() == 1) {
                                    Thread.currentThread().interrupt();
                                    throw new IllegalStateException("interrupted by somebody");
                                }
                                new Gate().awaitReachedOr(Duration.ofMillis(5));
                                return "slept in attempt " + attempt.attempt();
                            })
                            .retry(RetryPolicy.upTo(3).fixedDelay(Duration.ofMillis(1)))));

            assertThat(trial.result()).isEqualTo("slept in attempt 2");
        }

        @Test
        void doesNotReachTheNextWorkflow() {
            Workflow<String, String> flagged = flow("flagged", String.class);
            Revive revive = engine(flagged, (ctx, in) -> {
                boolean before = Thread.currentThread().isInterrupted();
                Thread.currentThread().interrupt();
                return "" + before;
            });

            for (int i = 0; i < 5; i++) {
                assertThat(revive.start(flagged, unique("x" + i), "").result(PATIENCE))
                        .isEqualTo("false");
            }
        }

        @Test
        void ofAWaitingCallerIsToldAndKept() throws Exception {
            Gate gate = new Gate();
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step("Wait", String.class, () -> {
                        gate.pass();
                        return "done";
                    }));
            WorkflowHandle<String> handle = trial.handle();
            CompletableFuture<String> seen = new CompletableFuture<>();
            Thread waiter = new Thread(() -> {
                Throwable thrown = catchThrowable(handle::result);
                seen.complete((thrown instanceof WaitInterruptedException) + " "
                        + Thread.currentThread().isInterrupted());
            });
            waiter.start();
            gate.awaitReached();
            waiter.interrupt();

            assertThat(seen.get()).isEqualTo("true true");
            gate.open();
            assertThat(handle.result(PATIENCE)).isEqualTo("done");
        }

        @Test
        void ofAStartingCallerHurtsNothing() {
            Workflow<String, String> workflow = flow("started", String.class);
            Revive revive = engine(workflow, (ctx, in) -> ctx.step("One", String.class, () -> "done"));

            Thread.currentThread().interrupt();
            Throwable thrown = catchThrowable(() -> revive.start(workflow, unique("x"), ""));
            boolean kept = Thread.interrupted();

            assertThat(kept).isTrue();
            if (thrown != null) {
                assertThat(thrown).isInstanceOf(WaitInterruptedException.class);
            }
            assertThat(revive.start(workflow, unique("x"), "").result(PATIENCE)).isEqualTo("done");
        }

        @Test
        void ofAClosingCallerIsKept() {
            Revive revive = engine(flow("x", String.class), (ctx, in) -> in);
            revive.start(flow("x", String.class), unique("x"), "").result(PATIENCE);

            Thread.currentThread().interrupt();
            revive.close();

            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Nested
    class AnErrorOfThePlatform {
        private Error error(int kind) {
            return switch (kind) {
                case 0 -> new OutOfMemoryError("injected");
                case 1 -> new StackOverflowError("injected");
                default -> new NoClassDefFoundError("injected");
            };
        }

        @Test
        void isNoOutcomeOfAStepOrOfAWorkflow() {
            Workflow<Integer, String> step = Workflow.named(unique("step"), Integer.class, String.class);
            Workflow<Integer, String> pure = Workflow.named(unique("pure"), Integer.class, String.class);
            Workflow<Integer, String> branch = Workflow.named(unique("branch"), Integer.class, String.class);
            Revive revive = engine(builder -> builder.register(
                            step,
                            (ctx, kind) -> ctx.step(Step.of("Once", String.class, attempt -> {
                                if (effects.happen("step " + kind) == 1) {
                                    throw error(kind);
                                }
                                return "attempt " + attempt.attempt() + " " + attempt.recovered();
                            })))
                    .register(pure, (ctx, kind) -> {
                        ctx.step("Before", () -> effects.happen("before " + kind));
                        if (effects.happen("pure " + kind) == 1) {
                            throw error(kind);
                        }
                        return "fine";
                    })
                    .register(
                            branch,
                            (ctx, kind) -> ctx.parallel(List.of(1, 2), (b, i) -> {
                                        if (i == 1 && effects.happen("branch " + kind) == 1) {
                                            throw error(kind);
                                        }
                                        return b.step("Fine", String.class, () -> "fine");
                                    })
                                    .toString()));
            for (int kind = 0; kind < 3; kind++) {
                revive.start(step, unique("step" + kind), kind);
                revive.start(pure, unique("pure" + kind), kind);
                revive.start(branch, unique("branch" + kind), kind);
            }

            for (int kind = 0; kind < 3; kind++) {
                assertThat(revive.handle(step, unique("step" + kind)).result(PATIENCE))
                        .isEqualTo("attempt 2 true");
                assertThat(revive.handle(pure, unique("pure" + kind)).result(PATIENCE))
                        .isEqualTo("fine");
                assertThat(revive.handle(branch, unique("branch" + kind)).result(PATIENCE))
                        .isEqualTo("[fine, fine]");
                assertThat(effects.times("before " + kind)).isEqualTo(1);
            }
        }

        @Test
        void thatComesAgainAndAgainNeedsAPerson() {
            Trial<String> trial = trial(
                            String.class,
                            (ctx, in) -> ctx.step("Load", String.class, () -> {
                                effects.happen("load");
                                throw new NoClassDefFoundError("com/acme/Missing");
                            }))
                    .with(builder -> builder.maxStrikes(2));

            Attention attention = trial.attention();

            assertThat(attention.reason()).isEqualTo(Attention.Reason.REPEATED_ERRORS);
            assertThat(attention.message())
                    .contains(trial.id())
                    .contains("2 runs in a row")
                    .contains("com/acme/Missing")
                    .contains("resume");
            assertThat(effects.times("load")).isEqualTo(2);
            assertThat(trial.step("Load").status()).isEqualTo(StepStatus.STARTED);

            trial.deploy((ctx, in) -> ctx.step("Load", String.class, () -> "fixed"));
            trial.attention();
            assertThat(trial.revive().resume(trial.id())).isTrue();
            assertThat(trial.result()).isEqualTo("fixed");
        }

        @Test
        void thatIsARealStackOverflowIsNoOutcomeEither() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                        ctx.step("Before", () -> effects.happen("before"));
                        return "" + endless(1);
                    })
                    .with(builder -> builder.maxStrikes(1));

            assertThat(trial.attention().message()).contains("StackOverflowError");
            assertThat(effects.times("before")).isEqualTo(1);
        }

        private int endless(int depth) {
            return endless(depth + 1) + 1;
        }

        @Test
        void thatUserCodeCatchesIsNoOutcomeEither() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                        try {
                            return ctx.step("Load", String.class, () -> {
                                throw new OutOfMemoryError("injected");
                            });
                        } catch (Throwable e) {
                            return "caught";
                        }
                    })
                    .with(builder -> builder.maxStrikes(1));

            assertThat(trial.attention().reason()).isEqualTo(Attention.Reason.REPEATED_ERRORS);
        }

        @Test
        void isToldFromAnAssertionWhichIsAnOrdinaryFailure() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                throw new AssertionError("wrong");
            });

            assertThat(trial.failure().failure().summary()).isEqualTo("java.lang.AssertionError: wrong");
        }

        @Test
        void isToldFromOtherErrorsToo() {
            class OwnError extends Error {}
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> messageOfStep(ctx, () -> {
                        throw new OwnError();
                    }));

            assertThat(trial.result()).contains("OwnError");
        }
    }

    @Nested
    class AThrowable {
        @Test
        void mayBeChecked() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> messageOfStep(ctx, () -> {
                        throw new IOException("checked");
                    }));

            assertThat(trial.result()).isEqualTo("java.io.IOException: checked");
        }

        @Test
        void mayBeNeitherExceptionNorError() {
            class Odd extends Throwable {}
            Trial<String> trial = trial(String.class, (ctx, in) -> messageOfStep(ctx, () -> sneak(new Odd())));

            assertThat(trial.result()).contains("Odd");
        }

        @SuppressWarnings("unchecked") // throws what the compiler would not let through
        private static <E extends Throwable> void sneak(Throwable thrown) throws E {
            throw (E) thrown;
        }

        class Mute extends RuntimeException {
            @Override
            public String getMessage() {
                throw new IllegalStateException("no words");
            }
        }

        class Asserting extends RuntimeException {
            @Override
            public String getMessage() {
                throw new AssertionError("no words");
            }
        }

        class Rootless extends RuntimeException {
            @Override
            public synchronized Throwable getCause() {
                throw new IllegalStateException("no cause");
            }
        }

        class Traceless extends RuntimeException {
            @Override
            @SuppressWarnings("NullAway") // the misuse under test
            public StackTraceElement[] getStackTrace() {
                return null;
            }
        }

        private List<RuntimeException> odd() {
            return List.of(new Mute(), new Asserting(), new Rootless(), new Traceless());
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 3})
        void thatCannotSpeakFailsItsStepAllTheSame(int kind) {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> messageOfStep(ctx, () -> {
                        effects.happen("step");
                        throw odd().get(kind);
                    }));

            trial.crashAtTheEnd();

            assertThat(trial.result()).contains(odd().get(kind).getClass().getName());
            assertThat(effects.times("step")).isEqualTo(1);
            assertThat(trial.step("Step").status()).isEqualTo(StepStatus.FAILED);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 3})
        void thatCannotSpeakFailsItsWorkflowAllTheSame(int kind) {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                        throw odd().get(kind);
                    })
                    .with(builder -> builder.maxStrikes(1));

            assertThat(trial.failure().failure().type())
                    .isEqualTo(odd().get(kind).getClass().getName());
        }

        @Test
        void ofABranchReachesTheCallerOfTheWorkflow() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(List.of(1), (b, i) -> {
                                throw new IOException("in a branch");
                            })
                            .toString());

            Failure failure = trial.failure().failure();

            assertThat(failure.type()).isEqualTo(ParallelFailedException.class.getName());
            assertThat(failure.cause().summary()).isEqualTo("java.io.IOException: in a branch");
        }
    }

    @Nested
    class ASerializer {
        private record Moody(PayloadSerializer real, String trigger, Supplier<@Nullable String> mood)
                implements PayloadSerializer {
            @Override
            @SuppressWarnings("NullAway") // the misuse under test
            public String serialize(@Nullable Object value, Type type) {
                return trigger.equals(value) ? mood.get() : real.serialize(value, type);
            }

            @Override
            public @Nullable Object deserialize(String json, Type type) {
                return real.deserialize(json, type);
            }
        }

        private Trial<String> stepping(Supplier<@Nullable String> mood) {
            return trial(String.class, (ctx, in) -> {
                        try {
                            return "recorded " + ctx.step("Step", String.class, () -> "trigger");
                        } catch (StepFailedException e) {
                            return e.failure().kind() + " " + e.failure().message();
                        }
                    })
                    .with(builder -> builder.serializer(new Moody(new JacksonSerializer(), "trigger", mood))
                            .maxStrikes(1));
        }

        @Test
        void thatThrowsFailsTheStep() {
            Trial<String> trial = stepping(() -> {
                throw new IllegalArgumentException("no mood");
            });

            assertThat(trial.result())
                    .startsWith("NOT_SERIALIZABLE The serializer failed on java.lang.String")
                    .contains("no mood");
            assertThat(trial.step("Step").status()).isEqualTo(StepStatus.FAILED);
        }

        @Test
        void thatAnswersNullFailsTheStep() {
            Trial<String> trial = stepping(() -> null);

            assertThat(trial.result()).startsWith("NOT_SERIALIZABLE ").contains("null");
        }

        @Test
        void thatAnswersNoJsonFailsTheStep() {
            Trial<String> trial = stepping(() -> "{not json");

            assertThat(trial.result()).startsWith("NOT_SERIALIZABLE ").contains("cannot be read");
        }

        @Test
        void thatAssertsFailsTheStep() {
            Trial<String> trial = stepping(() -> {
                throw new AssertionError("no mood");
            });

            assertThat(trial.result()).startsWith("NOT_SERIALIZABLE ").contains("no mood");
        }

        @Test
        void thatCannotBeLinkedIsNoOutcome() {
            Trial<String> trial = stepping(() -> {
                throw new NoClassDefFoundError("com/acme/Mood");
            });

            assertThat(trial.attention().reason()).isEqualTo(Attention.Reason.REPEATED_ERRORS);
        }

        @Test
        void thatThrowsOnTheInputIsToldToTheCaller() {
            Workflow<String, String> workflow = flow("input", String.class);
            Revive revive = engine(builder -> builder.register(workflow, (ctx, in) -> in)
                    .serializer(new Moody(new JacksonSerializer(), "trigger", () -> {
                        throw new IllegalArgumentException("no mood");
                    })));

            assertThatThrownBy(() -> revive.start(workflow, unique("x"), "trigger"))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("no mood");
        }

        @Test
        void thatThrowsOnTheResultFailsTheWorkflow() {
            assumeThat(setting.isNarrow()).isTrue();
            Trial<String> trial = trial(String.class, (ctx, in) -> "trigger")
                    .with(builder -> builder.serializer(new Moody(new JacksonSerializer(), "trigger", () -> {
                                throw new AssertionError("no mood");
                            }))
                            .maxStrikes(1));

            assertThat(trial.failure().failure().kind()).isEqualTo(Failure.Kind.NOT_SERIALIZABLE);
        }
    }
}
