// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.ParentCall;
import dev.revive.store.Retry;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Child;
import dev.revive.workflow.ChildFailedException;
import dev.revive.workflow.ChildIdTakenException;
import dev.revive.workflow.ChildOptions;
import dev.revive.workflow.Failure;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.Signal;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Workflows that start others. */
@InSettings
class ChildTests extends TestBed {
    private static final Signal<String> GO = Signal.named("go", String.class);
    private static final Duration LONG = Duration.ofHours(1);

    private final Effects effects = new Effects();

    /** What the tests' children are. */
    private Workflow<String, String> child() {
        return flow("child", String.class);
    }

    private String childId(Trial<?> parent) {
        return parent.id() + "/1";
    }

    private <O> Trial<O> parent(
            Class<O> output, WorkflowFunction<String, O> parent, WorkflowFunction<String, String> child) {
        return trial(output, parent).with(builder -> builder.register(child(), child));
    }

    private WorkflowFunction<String, String> working() {
        return (ctx, in) -> {
            ctx.step("Work", () -> effects.happen("Work"));
            return in + "!";
        };
    }

    private WorkflowFunction<String, String> waiting() {
        return (ctx, in) -> {
            try {
                return ctx.await(GO);
            } catch (CancelledException e) {
                ctx.shielded(c -> c.step("Clean Up", () -> effects.happen("Clean Up")));
                throw e;
            }
        };
    }

    /** All that the parent does is recorded; its children may have ended before. */
    private void crashAtTheEnd(Trial<?> trial) {
        trial.crash(CrashPlan.at(CrashPoint.BEFORE_COMPLETION)
                .ofWorkflow(trial.id())
                .keepingQueued());
    }

    private WorkflowStatus status(String id) {
        return store().find(id).map(WorkflowRecord::status).orElse(WorkflowStatus.UNKNOWN);
    }

    private void awaitStatus(String id, WorkflowStatus status) {
        await().atMost(PATIENCE).until(() -> status(id) == status);
    }

    private void awaitWaiting(String id) {
        await().atMost(PATIENCE)
                .until(() -> store().steps(id).stream().anyMatch(row -> row.status() == StepStatus.STARTED));
    }

    @Nested
    class AChild {
        @Test
        void givesItsResult() {
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        Child<String> child = ctx.start(child(), "a");
                        ctx.step("Meanwhile", () -> effects.happen("Meanwhile"));
                        return ctx.await(child);
                    },
                    working());

            assertThat(trial.result()).isEqualTo("a!");
            assertThat(effects.all()).containsExactlyInAnyOrder("Meanwhile", "Work");
            assertThat(trial.rows())
                    .extracting(StepRecord::kind)
                    .containsExactly(CallKind.CHILD, CallKind.STEP, CallKind.RESULT);
            WorkflowRecord parent = row(trial.id());
            assertThat(row(childId(trial)).parent()).isEqualTo(new ParentCall(parent.id(), parent.createdAt(), "#1"));
            assertThat(parent.parent()).isNull();
        }

        @Test
        void isStartedAndWaitedForAtOnce() {
            Trial<String> trial = parent(String.class, (ctx, in) -> ctx.run(child(), "a"), working());

            assertThat(trial.result()).isEqualTo("a!");
        }

        @Test
        void mayReturnNothing() {
            Trial<Boolean> trial = parent(Boolean.class, (ctx, in) -> ctx.run(child(), "a") == null, (ctx, in) -> null);

            assertThat(trial.result()).isTrue();
        }

        @Test
        void mayReturnMuch() {
            String much = "much ".repeat(10_000);
            Trial<Boolean> trial =
                    parent(Boolean.class, (ctx, in) -> ctx.run(child(), "a").equals(much), (ctx, in) -> much);

            assertThat(trial.result()).isTrue();
        }

        @Test
        void hasTheIdThatItIsGiven() {
            String id = unique("bill");
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> ctx.await(ctx.start(child(), "a", ChildOptions.id(id)))
                            + ctx.info().workflowId(),
                    (ctx, in) -> ctx.info().workflowId());

            assertThat(trial.result()).isEqualTo(id + trial.id());
        }

        @Test
        void hasAnIdThoughItsParentsIsTheLongestThatThereIs() {
            Workflow<String, String> outer = flow("outer", String.class);
            String id = unique("x").concat("x".repeat(255)).substring(0, 255);
            Revive revive = engine(builder ->
                    builder.register(child(), working()).register(outer, (ctx, in) -> ctx.run(child(), "a")));

            assertThat(revive.start(outer, id, "in").result(PATIENCE)).isEqualTo("a!");
        }

        @Test
        void isSentSignals() {
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        Child<String> child = ctx.start(child(), "a");
                        ctx.workflow(child.id()).signal(GO, "gone");
                        return ctx.await(child);
                    },
                    waiting());

            assertThat(trial.result()).isEqualTo("gone");
        }

        @Test
        void mayHaveChildren() {
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> ctx.run(child(), "4"),
                    (ctx, in) -> in.equals("0")
                            ? ctx.info().workflowId()
                            : ctx.run(child(), String.valueOf(Integer.parseInt(in) - 1)));

            assertThat(trial.result()).isEqualTo(trial.id() + "/1/1/1/1/1");
        }

        @Test
        void isWaitedForAsOftenAsOneLikes() {
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        Child<String> child = ctx.start(child(), "a");
                        List<String> all = ctx.parallel(List.of(1, 2, 3), (b, i) -> b.await(child) + i);
                        return ctx.await(child) + all;
                    },
                    working());

            assertThat(trial.result()).isEqualTo("a![a!1, a!2, a!3]");
        }

        @Test
        void isOneOfMany() {
            List<Integer> numbers = IntStream.range(0, 200).boxed().toList();
            Trial<Integer> trial = parent(
                    Integer.class,
                    (ctx, in) -> {
                        List<Child<String>> children = new ArrayList<>();
                        numbers.forEach(number -> children.add(ctx.start(child(), "" + number)));
                        int sum = 0;
                        for (Child<String> child : children) {
                            sum += Integer.parseInt(ctx.await(child));
                        }
                        return sum;
                    },
                    (ctx, in) -> in);

            assertThat(trial.result())
                    .isEqualTo(numbers.stream().mapToInt(i -> i).sum());
        }

        @Test
        void isRunInABranch() {
            List<Integer> numbers = IntStream.range(0, 20).boxed().toList();
            Trial<Boolean> trial = parent(
                    Boolean.class,
                    (ctx, in) -> ctx.parallel(numbers, (b, number) -> Integer.valueOf(b.run(child(), "" + number)))
                            .equals(numbers),
                    (ctx, in) -> in);

            assertThat(trial.result()).isTrue();
            assertThat(row(trial.id() + "/1.20.1").status()).isEqualTo(WorkflowStatus.COMPLETED);
        }

        @Test
        void isDueWhereItsCodeIs() {
            Trial<String> trial = trial(String.class, (ctx, in) -> ctx.run(child(), "a"));
            trial.revive();
            awaitStatus(childId(trial), WorkflowStatus.DUE);
            trial.stop();
            engine(builder -> builder.register(child(), working()).register(trial.workflow(), trial.function()));

            awaitStatus(trial.id(), WorkflowStatus.COMPLETED);
        }
    }

    @Nested
    class WhateverCrashes {
        private Trial<String> trial() {
            return parent(
                    String.class,
                    (ctx, in) -> {
                        Child<String> child = ctx.start(child(), "a");
                        ctx.step("Meanwhile", () -> effects.happen("Meanwhile"));
                        return ctx.await(child);
                    },
                    working());
        }

        private void crashed(CrashPlan plan) {
            Trial<String> trial = trial();
            trial.crash(plan);

            assertThat(trial.result()).isEqualTo("a!");
            assertThat(effects.times("Work")).isBetween(1, 2);
            assertThat(store().find(trial.id() + "/2")).isEmpty();
        }

        @Test
        void itIsStartedOnceThoughItWasNotQueued() {
            crashed(CrashPlan.at(CrashPoint.BEFORE_STARTED)
                    .ofStep(unique("child"))
                    .losingQueued());
        }

        @Test
        void itIsStartedOnceThoughItWasLost() {
            crashed(CrashPlan.at(CrashPoint.OUTCOME_QUEUED)
                    .ofStep(unique("child"))
                    .losingQueued());
        }

        @Test
        void itIsStartedOnceThoughNobodyHeardThatItWas() {
            crashed(CrashPlan.at(CrashPoint.OUTCOME_QUEUED)
                    .ofStep(unique("child"))
                    .keepingQueued());
            assertThat(effects.times("Work")).isEqualTo(1);
        }

        @Test
        void itIsStartedOnceThoughItsParentHeard() {
            crashed(CrashPlan.at(CrashPoint.AFTER_OUTCOME)
                    .ofStep(unique("child"))
                    .losingQueued());
        }

        @Test
        void itsEndIsHeardThoughNobodyWasThere() {
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        Child<String> child = ctx.start(child(), "a");
                        ctx.await(GO);
                        return ctx.await(child);
                    },
                    working());
            trial.revive();
            awaitStatus(childId(trial), WorkflowStatus.COMPLETED);
            trial.stop();

            trial.revive().workflow(trial.id()).signal(GO, "go");

            assertThat(trial.result()).isEqualTo("a!");
            assertThat(effects.times("Work")).isEqualTo(1);
        }

        @Test
        void itsEndIsHeardByAParentThatIsARow() {
            Trial<String> trial = parent(String.class, (ctx, in) -> ctx.run(child(), "a"), waiting());
            trial.revive();
            awaitStatus(childId(trial), WorkflowStatus.DUE);
            awaitStatus(trial.id(), WorkflowStatus.DUE);
            assertThat(row(trial.id()).dueAt()).isNull();

            trial.revive().workflow(childId(trial)).signal(GO, "gone");

            assertThat(trial.result()).isEqualTo("gone");
        }
    }

    @Nested
    class AChildThatDoesNotComplete {
        private Trial<String> telling(WorkflowFunction<String, String> child, ChildOptions options) {
            return parent(
                    String.class,
                    (ctx, in) -> {
                        try {
                            return ctx.run(child(), "a", options);
                        } catch (ChildFailedException e) {
                            return e.status() + " " + e.isTimedOut() + " "
                                    + e.failure().message() + " " + e.childId();
                        }
                    },
                    child);
        }

        @Test
        void hasFailed() {
            Trial<String> trial = telling(
                    (ctx, in) -> {
                        throw new IllegalStateException("no paper");
                    },
                    ChildOptions.defaults());
            crashAtTheEnd(trial);

            assertThat(trial.result()).isEqualTo("FAILED false no paper " + childId(trial));
        }

        @Test
        void wasCancelled() {
            Trial<String> trial = telling(waiting(), ChildOptions.defaults());
            trial.revive();
            awaitWaiting(childId(trial));

            trial.revive().workflow(childId(trial)).cancel("enough");

            assertThat(trial.result()).isEqualTo("CANCELLED false enough " + childId(trial));
            assertThat(effects.all()).containsExactly("Clean Up");
        }

        @Test
        void wasTerminated() {
            Trial<String> trial = telling(waiting(), ChildOptions.defaults());
            trial.revive();
            awaitWaiting(childId(trial));

            trial.revive().workflow(childId(trial)).terminate("enough");

            assertThat(trial.result()).isEqualTo("TERMINATED false enough " + childId(trial));
        }

        @Test
        void wasTerminatedInNobodysHands() {
            Trial<String> trial = telling(waiting(), ChildOptions.defaults());
            trial.revive();
            awaitStatus(childId(trial), WorkflowStatus.DUE);

            trial.revive().workflow(childId(trial)).terminate("enough");

            assertThat(trial.result()).isEqualTo("TERMINATED false enough " + childId(trial));
        }

        @Test
        void hadNoMoreTime() {
            Trial<String> trial = telling(waiting(), ChildOptions.defaults().timeout(Duration.ofMillis(50)));

            assertThat(trial.result()).startsWith("FAILED true ").endsWith(childId(trial));
        }

        @Test
        void failsItsParentIfThatDoesNotCatchIt() {
            Trial<String> trial = parent(String.class, (ctx, in) -> ctx.run(child(), "a"), (ctx, in) -> {
                throw new IllegalStateException("no paper");
            });

            WorkflowFailedException failed = trial.failure();

            assertThat(failed.failure().type()).isEqualTo(ChildFailedException.class.getName());
            assertThat(failed).hasMessageContaining(childId(trial)).hasMessageContaining("no paper");
        }

        @Test
        void isWaitedForAgainWhenBothAreRetried() {
            AtomicBoolean hasPaper = new AtomicBoolean();
            Trial<String> trial = parent(String.class, (ctx, in) -> ctx.run(child(), "a"), (ctx, in) -> {
                if (!hasPaper.get()) {
                    throw new IllegalStateException("no paper");
                }
                return ctx.await(GO);
            });
            trial.failure();
            hasPaper.set(true);
            Revive revive = trial.revive();
            assertThat(revive.retry(childId(trial))).isTrue();
            assertThat(revive.retry(trial.id())).isTrue();
            awaitWaiting(trial.id());

            revive.workflow(childId(trial)).signal(GO, "printed");

            awaitStatus(trial.id(), WorkflowStatus.COMPLETED);
            assertThat(trial.result()).isEqualTo("printed");
        }

        @Test
        void isHeardOfThoughItEndsWhileItsParentHasFailed() {
            AtomicBoolean mayPass = new AtomicBoolean();
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        Child<String> child = ctx.start(
                                child(), "a", ChildOptions.defaults().whenParentEnds(ParentClosePolicy.ABANDON));
                        ctx.step("Check", () -> {
                            if (!mayPass.get()) {
                                throw new IllegalStateException("not yet");
                            }
                        });
                        return ctx.await(child);
                    },
                    waiting());
            trial.failure();
            trial.revive().workflow(childId(trial)).signal(GO, "gone");
            awaitStatus(childId(trial), WorkflowStatus.COMPLETED);
            mayPass.set(true);

            trial.revive().retry(trial.id());

            assertThat(trial.result()).isEqualTo("gone");
        }
    }

    @Nested
    class AnIdThatIsTaken {
        @Test
        void isToldToWhoeverWaits() {
            String id = unique("taken");
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        Child<String> child = ctx.start(child(), "a", ChildOptions.id(id));
                        try {
                            return ctx.await(child);
                        } catch (ChildIdTakenException e) {
                            return e.childId();
                        }
                    },
                    working());
            engine(child(), waiting()).start(child(), id, "a");
            crashAtTheEnd(trial);

            assertThat(trial.result()).isEqualTo(id);
            assertThat(trial.rows())
                    .extracting(StepRecord::status)
                    .containsExactly(StepStatus.FAILED, StepStatus.FAILED);
            assertThat(effects.all()).isEmpty();
        }

        @Test
        void byAnotherChildOfTheSameParentIsTaken() {
            String id = unique("taken");
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        Child<String> first = ctx.start(child(), "a", ChildOptions.id(id));
                        Child<String> second = ctx.start(child(), "a", ChildOptions.id(id));
                        assertThatThrownBy(() -> ctx.await(second)).isInstanceOf(ChildIdTakenException.class);
                        return ctx.await(first);
                    },
                    working());

            assertThat(trial.result()).isEqualTo("a!");
            assertThat(effects.times("Work")).isEqualTo(1);
        }

        private Trial<String> twice(String id) {
            ChildOptions options = ChildOptions.id(id).whenParentEnds(ParentClosePolicy.TERMINATE);
            return parent(
                    String.class,
                    (ctx, in) -> {
                        ctx.start(child(), "a", options);
                        Child<String> second = ctx.start(child(), "a", options);
                        assertThatThrownBy(() -> ctx.await(second)).isInstanceOf(ChildIdTakenException.class);
                        return "left";
                    },
                    waiting());
        }

        @Test
        void isNoEndOfTheChildThatHasIt() {
            String id = unique("taken");
            Trial<String> trial = twice(id);

            assertThat(trial.result()).isEqualTo("left");

            awaitStatus(id, WorkflowStatus.TERMINATED);
        }

        @Test
        void isNoEndOfTheChildThatHasItInALaterRun() {
            String id = unique("taken");
            Trial<String> trial = twice(id);
            crashAtTheEnd(trial);

            assertThat(trial.result()).isEqualTo("left");

            awaitStatus(id, WorkflowStatus.TERMINATED);
        }

        @Test
        void leavesAloneWhoHasIt() {
            String id = unique("taken");
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        ctx.start(child(), "a", ChildOptions.id(id).whenParentEnds(ParentClosePolicy.TERMINATE));
                        ctx.start(child(), "b", ChildOptions.defaults().whenParentEnds(ParentClosePolicy.TERMINATE));
                        return "done";
                    },
                    waiting());
            engine(child(), waiting()).start(child(), id, "a");
            assertThat(trial.result()).isEqualTo("done");

            awaitStatus(trial.id() + "/2", WorkflowStatus.TERMINATED);
            assertThat(row(id).status().isFinal()).isFalse();
        }
    }

    @Nested
    class WhenItsParentEnds {
        private Trial<String> leaving(ParentClosePolicy policy, WorkflowFunction<String, String> after) {
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        ctx.start(child(), "a", ChildOptions.defaults().whenParentEnds(policy));
                        ctx.await(GO);
                        return after.run(ctx, in);
                    },
                    waiting());
            trial.revive();
            awaitWaiting(childId(trial));
            trial.revive().workflow(trial.id()).signal(GO, "go");
            return trial;
        }

        @Test
        void itIsCancelled() {
            Trial<String> trial = leaving(ParentClosePolicy.CANCEL, (ctx, in) -> "left");

            assertThat(trial.result()).isEqualTo("left");

            awaitStatus(childId(trial), WorkflowStatus.CANCELLED);
            assertThat(effects.all()).containsExactly("Clean Up");
            assertThat(row(childId(trial)).failure()).contains("Its parent, workflow " + trial.id() + ", has ended.");
        }

        @Test
        void itIsTerminated() {
            Trial<String> trial = leaving(ParentClosePolicy.TERMINATE, (ctx, in) -> "left");

            assertThat(trial.result()).isEqualTo("left");

            awaitStatus(childId(trial), WorkflowStatus.TERMINATED);
            assertThat(effects.all()).isEmpty();
        }

        @Test
        void itIsLeftAlone() {
            Trial<String> trial = leaving(ParentClosePolicy.ABANDON, (ctx, in) -> "left");

            assertThat(trial.result()).isEqualTo("left");
            trial.revive().workflow(childId(trial)).signal(GO, "gone");

            awaitStatus(childId(trial), WorkflowStatus.COMPLETED);
        }

        @Test
        void byAFailureItIsCancelled() {
            Trial<String> trial = leaving(ParentClosePolicy.CANCEL, (ctx, in) -> {
                throw new IllegalStateException("no");
            });

            trial.failure();

            awaitStatus(childId(trial), WorkflowStatus.CANCELLED);
        }

        @Test
        void byACancellationItIsCancelled() {
            Trial<String> trial = parent(String.class, (ctx, in) -> ctx.run(child(), "a"), waiting());
            trial.revive();
            awaitWaiting(childId(trial));

            trial.revive().workflow(trial.id()).cancel("enough");

            awaitStatus(trial.id(), WorkflowStatus.CANCELLED);
            awaitStatus(childId(trial), WorkflowStatus.CANCELLED);
            assertThat(effects.all()).containsExactly("Clean Up");
        }

        @Test
        void byATerminationItIsCancelled() {
            Trial<String> trial = parent(String.class, (ctx, in) -> ctx.run(child(), "a"), waiting());
            trial.revive();
            awaitWaiting(childId(trial));

            trial.revive().workflow(trial.id()).terminate("enough");

            awaitStatus(trial.id(), WorkflowStatus.TERMINATED);
            awaitStatus(childId(trial), WorkflowStatus.CANCELLED);
        }

        @Test
        void inNobodysHandsItIsCancelled() {
            Trial<String> trial = parent(String.class, (ctx, in) -> ctx.run(child(), "a"), waiting());
            trial.revive();
            awaitStatus(childId(trial), WorkflowStatus.DUE);
            awaitStatus(trial.id(), WorkflowStatus.DUE);

            trial.revive().workflow(trial.id()).terminate("enough");

            awaitStatus(childId(trial), WorkflowStatus.CANCELLED);
        }

        @Test
        void itsDescendantsEndToo() {
            ChildOptions terminated = ChildOptions.defaults().whenParentEnds(ParentClosePolicy.TERMINATE);
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        ctx.start(child(), "3", terminated);
                        ctx.await(GO);
                        return "left";
                    },
                    (ctx, in) -> in.equals("0")
                            ? ctx.await(GO)
                            : ctx.run(child(), "" + (Integer.parseInt(in) - 1), terminated));
            trial.revive();
            awaitWaiting(trial.id() + "/1/1/1/1");
            trial.revive().workflow(trial.id()).signal(GO, "go");

            assertThat(trial.result()).isEqualTo("left");

            for (String id : List.of("/1", "/1/1", "/1/1/1", "/1/1/1/1")) {
                awaitStatus(trial.id() + id, WorkflowStatus.TERMINATED);
            }
        }

        @Test
        void allOfThemEnd() {
            int many = 600; // more than are told in one transaction
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        for (int i = 0; i < many; i++) {
                            ctx.start(
                                    child(), "a", ChildOptions.defaults().whenParentEnds(ParentClosePolicy.TERMINATE));
                        }
                        return "left";
                    },
                    waiting());
            assertThat(trial.result()).isEqualTo("left");

            await().atMost(PATIENCE)
                    .until(() -> IntStream.rangeClosed(1, many)
                            .allMatch(i -> status(trial.id() + "/" + i).isFinal()));
        }

        @Test
        void thoughThatWasRetriedOneOfACallThatIsSetAsideEnds() {
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        try {
                            ctx.step("Check", () -> {
                                throw new IllegalStateException("not yet");
                            });
                        } catch (RuntimeException e) {
                            ctx.start(child(), "a");
                            throw e;
                        }
                        return "done";
                    },
                    waiting());
            trial.failure();
            trial.deploy((ctx, in) -> {
                ctx.step("Check", () -> {});
                return "done";
            });

            store().retry(Retry.of(
                    row(trial.id()),
                    trial.rows(),
                    List.of("#1"),
                    step -> Failure.Kind.THROWN,
                    row(trial.id()).createdAt()));

            assertThat(trial.result()).isEqualTo("done");
            awaitStatus(trial.id() + "/2", WorkflowStatus.CANCELLED);
        }
    }

    @Nested
    class ADeadline {
        @Test
        void isNotThatOfAParentThatCleansUpSinceItHasPassed() {
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        try {
                            return ctx.await(GO);
                        } catch (CancelledException e) {
                            ctx.shielded(c -> c.step(c.run(child(), "refund"), () -> effects.happen("Refunded")));
                            throw e;
                        }
                    },
                    working());
            Revive revive = engine(
                    builder -> builder.register(child(), working()).register(trial.workflow(), trial.function()));
            revive.start(
                    trial.workflow(), trial.id(), "in", StartOptions.defaults().timeout(Duration.ofMillis(100)));

            awaitStatus(trial.id(), WorkflowStatus.FAILED);
            assertThat(effects.all()).containsExactly("Work", "Refunded");
        }

        @Test
        void ofTheParentIsTheChilds() {
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        ctx.start(child(), "a", ChildOptions.defaults().timeout(Duration.ofDays(1)));
                        ctx.start(child(), "a", ChildOptions.defaults().timeout(Duration.ofMinutes(1)));
                        ctx.start(child(), "a");
                        return ctx.await(GO);
                    },
                    waiting());
            Revive revive = engine(
                    builder -> builder.register(child(), waiting()).register(trial.workflow(), trial.function()));
            revive.start(
                    trial.workflow(), trial.id(), "in", StartOptions.defaults().timeout(LONG));
            awaitWaiting(trial.id() + "/3");

            WorkflowRecord parent = row(trial.id());
            assertThat(row(trial.id() + "/1").deadline()).isEqualTo(parent.deadline());
            assertThat(row(trial.id() + "/2").deadline()).isBefore(parent.deadline());
            assertThat(row(trial.id() + "/3").deadline()).isEqualTo(parent.deadline());
        }
    }

    @Nested
    class Misuse {
        @Test
        void ofAnotherRunsChildIsRefused() {
            AtomicReference<@Nullable Child<String>> kept = new AtomicReference<>();
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        if (kept.get() == null) {
                            kept.set(ctx.start(child(), "a"));
                        } else {
                            ctx.start(child(), "a");
                            assertThatThrownBy(() -> ctx.await(kept.get()))
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining("another run has started this child");
                        }
                        ctx.step("Keep", () -> {});
                        return "refused";
                    },
                    working());
            trial.crash(CrashPoint.AFTER_OUTCOME, "Keep");

            assertThat(trial.result()).isEqualTo("refused");
        }

        @Test
        @SuppressWarnings("NullAway") // the misuse under test
        void inAStepOrOnAForeignThreadOrOfNothingIsRefused() {
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        ctx.step("Start", () -> {
                            assertThatThrownBy(() -> ctx.start(child(), "a")).hasMessageContaining("inside a step");
                        });
                        assertThatThrownBy(() -> ctx.start(null, "a")).hasMessage("workflow");
                        assertThatThrownBy(() -> ctx.await((Child<String>) null))
                                .hasMessage("child");
                        assertThatThrownBy(() -> ctx.start(child(), "a", null)).hasMessage("options");
                        return CompletableFuture.supplyAsync(() -> {
                                    assertThatThrownBy(() -> ctx.start(child(), "a"))
                                            .hasMessageContaining("use parallel(...)");
                                    return "refused";
                                })
                                .join();
                    },
                    working());

            assertThat(trial.result()).isEqualTo("refused");
        }

        @Test
        void ofAnIdThatCannotBeIsRefused() {
            assertThatThrownBy(() -> ChildOptions.id(" ")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> ChildOptions.defaults().timeout(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void thatWaitsForAnotherThanWasRecordedNeedsAttention() {
            AtomicBoolean isOther = new AtomicBoolean();
            Trial<String> trial = parent(
                    String.class,
                    (ctx, in) -> {
                        Child<String> one = ctx.start(child(), "a");
                        Child<String> other = ctx.start(child(), "b");
                        return ctx.await(isOther.get() ? other : one);
                    },
                    working());
            crashAtTheEnd(trial);
            isOther.set(true);

            assertThat(trial.attention().reason()).isEqualTo(Attention.Reason.NON_DETERMINISM);
        }
    }
}
