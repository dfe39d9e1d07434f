// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Logs;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Attention.Line;
import dev.revive.workflow.Branch;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowNeedsAttentionException;
import dev.revive.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is the same in every run of a workflow, and what happens when its code is not. */
@InSettings({Setting.MEMORY_NARROW, Setting.H2_WIDE})
class DeterminismTests extends TestBed {
    private final Effects effects = new Effects();

    private void happen(WorkflowContext ctx, String name) {
        ctx.step(name, () -> effects.happen(name));
    }

    @Nested
    class EveryRun {
        private final List<List<Object>> runs = new CopyOnWriteArrayList<>();

        private List<Object> draw(WorkflowContext ctx) {
            return List.of(
                    ctx.now(),
                    ctx.randomUuid(),
                    ctx.random().nextLong(),
                    ctx.random().nextInt(1_000_000));
        }

        @Test
        void seesTheSameTimesAndTheSameChance() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<Object> seen = new ArrayList<>(draw(ctx));
                happen(ctx, "One");
                seen.addAll(draw(ctx));
                try {
                    ctx.step("Fails", () -> {
                        throw new IllegalStateException();
                    });
                } catch (StepFailedException e) {
                    seen.addAll(draw(ctx));
                }
                seen.addAll(ctx.parallel(List.of(1, 2, 3), (b, i) -> {
                    List<Object> inside = new ArrayList<>(draw(b));
                    happen(b, "Two");
                    inside.addAll(draw(b));
                    return inside;
                }));
                seen.addAll(draw(ctx));
                runs.add(seen);
                return "done";
            });

            trial.crashAtTheEnd().crashAtTheEnd();
            trial.result();

            assertThat(runs).hasSize(3);
            assertThat(runs.get(1)).isEqualTo(runs.get(0));
            assertThat(runs.get(2)).isEqualTo(runs.get(0));
        }

        @Test
        void drawsSomethingElseAtEveryPlaceAndInEveryWorkflow() {
            List<UUID> drawn = new CopyOnWriteArrayList<>();
            var chance = flow("chance", String.class);
            Revive revive = engine(chance, (ctx, in) -> {
                drawn.add(ctx.randomUuid());
                drawn.add(ctx.randomUuid());
                happen(ctx, "One");
                drawn.add(ctx.randomUuid());
                ctx.parallel(List.of(1, 2), (b, i) -> {
                    drawn.add(b.randomUuid());
                    happen(b, "Two");
                    return drawn.add(b.randomUuid());
                });
                drawn.add(ctx.randomUuid());
                return "done";
            });

            revive.start(chance, unique("a"), "x").result(PATIENCE);
            revive.start(chance, unique("b"), "x").result(PATIENCE);

            assertThat(drawn).hasSize(16).doesNotHaveDuplicates();
            assertThat(drawn).allMatch(uuid -> uuid.version() == 4 && uuid.variant() == 2);
        }

        @Test
        void drawsIndependentlyWithinOnePlace() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<Long> drawn = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    drawn.add(ctx.random().nextLong());
                }
                assertThat(drawn).doesNotHaveDuplicates();
                return "done";
            });

            assertThat(trial.result()).isEqualTo("done");
        }

        @Test
        void seesTimeStandStillBetweenCallsAndNeverRunBack() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Instant first = ctx.now();
                Instant again = ctx.now();
                happen(ctx, "One");
                Instant later = ctx.now();
                return first.equals(again) + " " + !later.isBefore(first);
            });

            assertThat(trial.result()).isEqualTo("true true");
        }

        @Test
        void doesNotDrawFromTheContextInsideAStep() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.step("Draw", String.class, () -> ctx.randomUuid().toString());
                } catch (StepFailedException e) {
                    return e.failure().summary();
                }
            });

            assertThat(trial.result()).contains("randomUuid() was asked for inside a step");
        }

        @Test
        void knowsWhetherItReplays() {
            List<String> seen = new CopyOnWriteArrayList<>();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                StringBuilder replaying = new StringBuilder().append(ctx.info().replaying());
                happen(ctx, "One");
                replaying.append(' ').append(ctx.info().replaying());
                happen(ctx, "Two");
                replaying.append(' ').append(ctx.info().replaying());
                seen.add(ctx.info().run() + ": " + replaying);
                return "done";
            });

            trial.crashAtTheEnd();
            trial.result();

            assertThat(seen).containsExactly("1: false false false", "2: true true false");
        }

        @Test
        void logsOnlyWhatTheOneBeforeDidNotReach() {
            try (Logs logs = new Logs()) {
                Trial<String> trial = trial(String.class, (ctx, in) -> {
                    ctx.logger().info("before");
                    happen(ctx, "One");
                    ctx.logger().warn("between {}", 1);
                    happen(ctx, "Two");
                    ctx.logger().atInfo().log("after");
                    happen(ctx, "Three");
                    return ctx.logger().isInfoEnabled() + "";
                });

                trial.crash(CrashPoint.BEFORE_STARTED, "Three");

                assertThat(trial.result()).isEqualTo("true");
                assertThat(logs.lines("before")).hasSize(1);
                assertThat(logs.lines("between 1")).hasSize(1);
                assertThat(logs.lines("after")).hasSize(2);
                assertThat(logs.lines("dev.revive.workflow." + trial.workflow().name()))
                        .hasSize(4);
            }
        }

        @Test
        void knowsWhatItIs() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> "%s %s %d"
                            .formatted(
                                    ctx.info().workflowId(),
                                    ctx.info().workflowName(),
                                    ctx.info().version()));

            assertThat(trial.result())
                    .isEqualTo(trial.id() + " " + trial.workflow().name() + " 1");
        }
    }

    @Nested
    class ChangedCode {
        private final WorkflowFunction<String, String> old = (ctx, in) -> {
            happen(ctx, "Create");
            happen(ctx, "Provision");
            happen(ctx, "Welcome");
            return "done";
        };

        private Trial<String> recorded() {
            return trial(String.class, old).crash(CrashPoint.BEFORE_STARTED, "Welcome");
        }

        /** It stops before anything new happens, says why, and goes on when the old code is back. */
        private Attention refuses(Trial<String> trial, WorkflowFunction<String, String> changed, String result) {
            WorkflowFunction<String, String> restored = trial.function();
            List<String> before = effects.all();
            Attention attention = trial.deploy(changed).attention();
            assertThat(attention.reason()).isEqualTo(Attention.Reason.NON_DETERMINISM);
            assertThat(effects.all()).as("no effect after the mismatch").isEqualTo(before);
            assertThat(trial.handle().status()).isEqualTo(WorkflowStatus.NEEDS_ATTENTION);
            assertThat(trial.handle().attention()).contains(attention);
            trial.deploy(restored);
            assertThat(trial.revive().resume(trial.id())).isTrue();
            assertThat(trial.result()).isEqualTo(result);
            assertThat(effects.all()).doesNotHaveDuplicates();
            return attention;
        }

        @Test
        void thatRenamesAStepIsRefused() {
            Attention attention = refuses(
                    recorded(),
                    (ctx, in) -> {
                        happen(ctx, "Create");
                        happen(ctx, "Provision Laptop");
                        happen(ctx, "Welcome");
                        return "changed";
                    },
                    "done");

            assertThat(attention.diff())
                    .containsExactly(
                            new Line("#1", "Create", "Create", false),
                            new Line("#2", "step \"Provision\"", "step \"Provision Laptop\"", true));
        }

        @Test
        void thatRemovesTheLastStepIsRefused() {
            Attention attention = refuses(
                    recorded(),
                    (ctx, in) -> {
                        happen(ctx, "Create");
                        return "changed";
                    },
                    "done");

            assertThat(attention.message()).contains("the code now ends without asking for it");
            assertThat(attention.diff())
                    .containsExactly(
                            new Line("#1", "Create", "Create", false), new Line("#2", "step \"Provision\"", "", true));
        }

        @Test
        void thatThrowsInsteadOfAskingForTheLastStepIsRefused() {
            Attention attention = refuses(
                    recorded(),
                    (ctx, in) -> {
                        happen(ctx, "Create");
                        throw new IllegalStateException("new rule");
                    },
                    "done");

            assertThat(attention.message()).contains("the code now ends without asking for it");
        }

        @Test
        void thatAddsAStepBeforeARecordedOneIsRefused() {
            Attention attention = refuses(
                    recorded(),
                    (ctx, in) -> {
                        happen(ctx, "Audit");
                        return old.run(ctx, in);
                    },
                    "done");

            assertThat(attention.diff().get(0)).isEqualTo(new Line("#1", "step \"Create\"", "step \"Audit\"", true));
            assertThat(attention.diff().get(1).recorded()).isEqualTo("step \"Provision\"");
        }

        @Test
        void thatSwapsTwoStepsIsRefused() {
            refuses(
                    recorded(),
                    (ctx, in) -> {
                        happen(ctx, "Provision");
                        happen(ctx, "Create");
                        happen(ctx, "Welcome");
                        return "changed";
                    },
                    "done");
        }

        @Test
        void thatMakesAParallelOfAStepIsRefused() {
            Attention attention = refuses(
                    recorded(),
                    (ctx, in) -> {
                        happen(ctx, "Create");
                        ctx.parallel(b -> 1, b -> 2, Integer::sum);
                        return "changed";
                    },
                    "done");

            assertThat(attention.diff().get(1))
                    .isEqualTo(new Line("#2", "step \"Provision\"", "parallel \"parallel\" of 2", true));
        }

        @Test
        void thatMakesAParallelOfTheSameNameIsRefused() {
            refuses(
                    recorded(),
                    (ctx, in) -> {
                        happen(ctx, "Create");
                        ctx.parallel(List.of(1), ParallelOptions.defaults().named("Provision"), (b, i) -> i);
                        return "changed";
                    },
                    "done");
        }

        @Test
        void thatAddsAStepAtTheEndOfWhatIsRecordedIsFine() {
            Trial<String> trial = recorded().deploy((ctx, in) -> {
                happen(ctx, "Create");
                happen(ctx, "Provision");
                happen(ctx, "Audit");
                happen(ctx, "Welcome");
                return "changed";
            });

            assertThat(trial.result()).isEqualTo("changed");
            assertThat(effects.all()).containsExactly("Create", "Provision", "Audit", "Welcome");
        }

        @Test
        void isReportedSideBySideWithItsPlaceInTheCode() {
            Attention attention = refuses(
                    recorded(),
                    (ctx, in) -> {
                        happen(ctx, "Create");
                        happen(ctx, "Provision Laptop");
                        return "changed";
                    },
                    "done");

            assertThat(attention.message())
                    .contains("trial-")
                    .contains("an earlier run recorded step \"Provision\"")
                    .contains("the code now asks for step \"Provision Laptop\"")
                    .contains("DeterminismTests.java:")
                    .contains("next version")
                    .contains("resume");
            List<String> table = attention.render().lines().skip(1).toList();
            assertThat(table).hasSize(3);
            assertThat(table.get(0)).contains("position").contains("recorded").contains("requested");
            assertThat(table.get(2)).startsWith("  > #2").contains("| step \"Provision\" | step \"Provision Laptop\"");
            assertThat(table)
                    .extracting(line -> line.indexOf('|'))
                    .containsOnly(table.get(0).indexOf('|'));
            assertThat(table)
                    .extracting(line -> line.lastIndexOf('|'))
                    .containsOnly(table.get(0).lastIndexOf('|'));
        }

        @Test
        void isReportedWithTheVersionItWasStartedWith() {
            var second = flow("versioned", String.class).version(2);
            Revive first = engine(builder -> builder.register(second, (ctx, in) -> {
                        happen(ctx, "Create");
                        return "done";
                    })
                    .crashHook(CrashPlan.at(CrashPoint.BEFORE_COMPLETION).keepingQueued()));
            assertThatThrownBy(() -> first.start(second, unique("v"), "x").result(PATIENCE))
                    .isInstanceOf(EngineStoppedException.class);
            close(first);
            Revive next = engine(second, (ctx, in) -> {
                happen(ctx, "Other");
                return "done";
            });

            assertThatThrownBy(() -> next.handle(second, unique("v")).result(PATIENCE))
                    .isInstanceOf(WorkflowNeedsAttentionException.class)
                    .hasMessageContaining("versioned")
                    .hasMessageContaining("2)");
        }

        @Test
        void thatCatchesTheMismatchIsStoppedAllTheSame() {
            List<String> caught = new CopyOnWriteArrayList<>();

            refuses(
                    recorded(),
                    (ctx, in) -> {
                        happen(ctx, "Create");
                        for (String name : List.of("Provision Laptop", "Provision", "Welcome")) {
                            try {
                                happen(ctx, name);
                            } catch (Throwable e) {
                                caught.add(name);
                            }
                        }
                        return "changed";
                    },
                    "done");

            assertThat(caught).containsExactly("Provision Laptop", "Provision", "Welcome");
        }
    }

    @Nested
    class ChangedBranches {
        private Branch<Integer> steps(String... names) {
            return b -> {
                for (String name : names) {
                    happen(b, name);
                }
                return names.length;
            };
        }

        private WorkflowFunction<String, String> joining(Branch<Integer> left, Branch<Integer> right) {
            return (ctx, in) -> {
                String joined = ctx.parallel(left, right, (l, r) -> l + " " + r);
                happen(ctx, "After");
                return joined;
            };
        }

        private Trial<String> recorded() {
            return trial(String.class, joining(steps("Left 1", "Left 2"), steps("Right 1")))
                    .crash(CrashPoint.BEFORE_STARTED, "After");
        }

        private Attention refuses(WorkflowFunction<String, String> changed) {
            return new ChangedCode().refuses(recorded(), changed, "2 1");
        }

        @Test
        void ofAnotherNumberAreRefused() {
            Attention attention = refuses((ctx, in) -> ctx.parallel(List.of(1, 2, 3), (b, i) -> {
                        happen(b, "Left 1");
                        return i;
                    })
                    .toString());

            assertThat(attention.diff())
                    .containsExactly(new Line("#1", "parallel \"parallel\" of 2", "parallel \"parallel\" of 3", true));
        }

        @Test
        void thatRenameAStepAreRefused() {
            Attention attention = refuses(joining(steps("Left 1", "Left Two"), steps("Right 1")));

            assertThat(attention.diff())
                    .containsExactly(
                            new Line("1.1#1", "Left 1", "Left 1", false),
                            new Line("1.1#2", "step \"Left 2\"", "step \"Left Two\"", true));
        }

        @Test
        void thatRemoveTheirLastStepAreRefused() {
            Attention attention = refuses(joining(steps("Left 1"), steps("Right 1")));

            assertThat(attention.message()).contains("At 1.1#2").contains("ends without asking for it");
        }

        @Test
        void thatRemoveAllTheirStepsAreRefused() {
            Attention attention = refuses(joining(steps("Left 1", "Left 2"), steps()));

            assertThat(attention.message()).contains("At 1.2#1").contains("ends without asking for it");
        }

        @Test
        void thatAddAStepAtTheirEndAreRefusedOnceTheyAreJoined() {
            Attention attention = refuses(joining(steps("Left 1", "Left 2", "Left 3"), steps("Right 1")));

            assertThat(attention.message()).contains("1.1#3").contains("step \"Left 3\"");
        }

        @Test
        void thatForkWhereNothingWasForkedAreRefusedOnceTheyAreJoined() {
            refuses(joining(
                    b -> {
                        happen(b, "Left 1");
                        happen(b, "Left 2");
                        return b.parallel(steps("Deep 1"), steps("Deep 2"), (x, y) -> 2);
                    },
                    steps("Right 1")));
        }

        @Test
        void thatFailWhereTheyCompletedAreRefused() {
            Attention attention = refuses(joining(
                    b -> {
                        steps("Left 1", "Left 2").run(b);
                        throw new IllegalStateException("new rule");
                    },
                    steps("Right 1")));

            assertThat(attention.message()).contains("branches that ended CC").contains("branches that end FC");
        }
    }
}
