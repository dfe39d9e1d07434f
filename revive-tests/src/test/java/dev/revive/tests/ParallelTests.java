// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Place;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Branch;
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
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Branches: what they answer, where they are recorded, how they fail, and that a crash changes nothing of it. */
@InSettings
class ParallelTests extends TestBed {
    private static final ParallelOptions FINISH = ParallelOptions.defaults();
    private static final ParallelOptions CANCEL = ParallelOptions.defaults().cancelSiblings();

    private final Effects effects = new Effects();

    private int count(WorkflowContext branch, String name) {
        return branch.step(name, Integer.class, () -> effects.happen(name));
    }

    /** What a workflow can see of a parallel's failure, as text. */
    private static String seen(ParallelFailedException e) {
        return "first %d, failed %s, cancelled %s: %s"
                .formatted(
                        e.first(),
                        e.failures().entrySet().stream()
                                .map(entry ->
                                        entry.getKey() + "=" + entry.getValue().getMessage())
                                .toList(),
                        e.cancelled(),
                        e.getMessage());
    }

    @Nested
    class Branches {
        @Test
        void areJoinedByTwo() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                            b -> b.step("Laptop", String.class, () -> "laptop"),
                            b -> b.step("Access", Integer.class, () -> 7),
                            (laptop, access) -> laptop + access));

            assertThat(trial.result()).isEqualTo("laptop7");
        }

        /** Several have the same thread, one after the other, and which is chance. */
        @Test
        void leaveNoInterruptToOneAnother() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<Boolean> found = ctx.parallel(List.of(1, 2, 3, 4), (branch, i) -> {
                    boolean isInterrupted = Thread.currentThread().isInterrupted();
                    Thread.currentThread().interrupt();
                    return isInterrupted;
                });
                return found + " " + Thread.currentThread().isInterrupted();
            });

            assertThat(trial.result()).isEqualTo("[false, false, false, false] false");
        }

        @Test
        void areJoinedByThreeAndFourAndFive() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                String three = ctx.parallel(b -> "a", b -> 1, b -> 'c', (a, b, c) -> a + b + c);
                String four = ctx.parallel(b -> "a", b -> 1, b -> 'c', b -> 2L, (a, b, c, d) -> a + b + c + d);
                String five = ctx.parallel(
                        b -> "a", b -> 1, b -> 'c', b -> 2L, b -> true, (a, b, c, d, e) -> a + b + c + d + e);
                return three + " " + four + " " + five;
            });

            assertThat(trial.result()).isEqualTo("a1c a1c2 a1c2true");
        }

        @Test
        void ofAListAnswerInItsOrder() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                                    IntStream.rangeClosed(1, 20).boxed().toList(),
                                    (b, item) -> b.step("Square", Integer.class, () -> item * item))
                            .toString());

            trial.crashAtTheEnd();

            assertThat(trial.result())
                    .isEqualTo(IntStream.rangeClosed(1, 20)
                            .map(i -> i * i)
                            .boxed()
                            .toList()
                            .toString());
        }

        @Test
        void ofAnEmptyListAreNone() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<Integer> none = ctx.parallel(List.<Integer>of(), (b, item) -> item);
                ctx.step("Next", () -> effects.happen("next"));
                return none.toString();
            });

            trial.crash(CrashPoint.AFTER_EFFECT, "Next").crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("[]");
            assertThat(trial.stepKeys()).containsExactly("parallel#1", "Next#2");
            assertThat(trial.step("parallel").status()).isEqualTo(StepStatus.COMPLETED);
        }

        @Test
        void mayAnswerNull() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<String> answers = ctx.parallel(
                        Arrays.asList("a", null, "c"), (b, item) -> b.step("Echo", String.class, () -> item));
                return answers.toString();
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("[a, null, c]");
        }

        @Test
        void mayLoopAndUseTheSameNames() {
            Trial<Integer> trial = trial(Integer.class, (ctx, in) -> {
                List<Integer> sums = ctx.parallel(List.of(2, 3, 4), (b, times) -> {
                    int sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += b.step("Add", Integer.class, () -> {
                            effects.happen("add");
                            return 1;
                        });
                    }
                    return sum;
                });
                return sums.stream().mapToInt(Integer::intValue).sum();
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo(9);
            assertThat(effects.times("add")).isEqualTo(9);
            assertThat(trial.stepKeys())
                    .containsExactlyInAnyOrder(
                            "parallel#1",
                            "1.1/Add#1",
                            "1.1/Add#2",
                            "1.2/Add#1",
                            "1.2/Add#2",
                            "1.2/Add#3",
                            "1.3/Add#1",
                            "1.3/Add#2",
                            "1.3/Add#3",
                            "1.3/Add#4");
        }

        @Test
        void mayForkAgain() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                                    List.of(1, 2),
                                    (b, i) -> b.parallel(
                                                    List.of(1, 2),
                                                    (c, j) -> c.step("Leaf", String.class, () -> i + "" + j))
                                            .toString())
                            .toString());

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("[[11, 12], [21, 22]]");
            assertThat(trial.stepKeys())
                    .containsExactlyInAnyOrder(
                            "parallel#1",
                            "1.1/parallel#1",
                            "1.2/parallel#1",
                            "1.1.1.1/Leaf#1",
                            "1.1.1.2/Leaf#1",
                            "1.2.1.1/Leaf#1",
                            "1.2.1.2/Leaf#1");
        }

        @Test
        void runAtTheSameTimeWhereThereIsRoom() {
            assumeThat(setting.isNarrow()).isFalse();
            CountDownLatch all = new CountDownLatch(8);
            Trial<Integer> trial = trial(
                    Integer.class,
                    (ctx, in) -> ctx.parallel(
                                    IntStream.range(0, 8).boxed().toList(),
                                    (b, i) -> b.step("Meet", Boolean.class, () -> {
                                        all.countDown();
                                        return all.await(20, TimeUnit.SECONDS);
                                    }))
                            .size());

            assertThat(trial.result()).isEqualTo(8);
            assertThat(all.getCount()).isZero();
        }

        @Test
        void areNeverMoreAtATimeThanAllowed() {
            AtomicInteger running = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            Trial<Integer> trial = trial(
                    Integer.class,
                    (ctx, in) -> ctx.parallel(
                                    IntStream.range(0, 40).boxed().toList(),
                                    ParallelOptions.defaults().atMost(3),
                                    (b, i) -> {
                                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                                        b.step("Work", () -> effects.happen("work"));
                                        b.step("More", () -> effects.happen("work"));
                                        running.decrementAndGet();
                                        return i;
                                    })
                            .size());

            assertThat(trial.result()).isEqualTo(40);
            assertThat(most.get()).isBetween(1, 3);
        }

        @Test
        void mayBeAThousand() {
            Trial<Integer> trial = trial(
                    Integer.class,
                    (ctx, in) -> new HashSet<>(ctx.parallel(
                                    IntStream.range(0, 1_000).boxed().toList(),
                                    (b, i) -> b.step("Work", Integer.class, () -> effects.happen("work"))))
                            .size());

            trial.crash(CrashPlan.at(CrashPoint.AFTER_EFFECT)
                    .ofStep("Work")
                    .passage(500)
                    .keepingQueued());

            assertThat(trial.result()).isPositive();
            assertThat(trial.steps()).hasSize(1_001).allMatch(step -> step.status() == StepStatus.COMPLETED);
        }

        @Test
        void thatDoNothingDurableAreRecordedAsAParallelAllTheSame() {
            Trial<Integer> trial = trial(Integer.class, (ctx, in) -> ctx.parallel(b -> 1, b -> 2, Integer::sum));

            assertThat(trial.result()).isEqualTo(3);
            assertThat(trial.step("parallel").status()).isEqualTo(StepStatus.COMPLETED);
        }

        @Test
        void thatDoNothingDurableAreRecordedUnderLoadToo() throws Exception {
            var pure = flow("pure", Integer.class);
            var revive = engine(pure, (ctx, in) -> ctx.parallel(b -> 1, b -> 2, Integer::sum));
            int workflows = 400;
            List<Thread> starters = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int first = t;
                starters.add(new Thread(() -> {
                    for (int i = first; i < workflows; i += 8) {
                        revive.start(pure, unique("pure-" + i), "");
                    }
                }));
            }
            starters.forEach(Thread::start);
            for (Thread starter : starters) {
                starter.join();
            }

            for (int i = 0; i < workflows; i++) {
                var handle = revive.handle(pure, unique("pure-" + i));
                assertThat(handle.result(PATIENCE)).isEqualTo(3);
                assertThat(handle.steps()).extracting(step -> step.status()).containsExactly(StepStatus.COMPLETED);
            }
        }

        @Test
        void areNotNestedBeyondWhatAKeyHolds() {
            Trial<Integer> trial = trial(Integer.class, (ctx, in) -> depth(ctx, 0));

            assertThat(trial.failure().failure().type()).isEqualTo(ParallelFailedException.class.getName());
            assertThat(deepest(trial)).contains("Parallels are nested too deeply");
        }

        private static String deepest(Trial<Integer> trial) {
            return trial.steps().stream()
                    .filter(step -> step.status() == StepStatus.FAILED)
                    .max(java.util.Comparator.comparingInt(step -> step.scope().length()))
                    .orElseThrow()
                    .failure()
                    .summary();
        }

        private static int depth(WorkflowContext ctx, int depth) {
            return 1 + ctx.parallel(List.of(1), (b, one) -> depth(b, depth + 1)).get(0);
        }

        @Test
        void mayBeNestedAsDeepAsAKeyHolds() {
            Trial<Integer> trial = trial(Integer.class, (ctx, in) -> nested(ctx, 30));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo(31);
        }

        private int nested(WorkflowContext ctx, int depth) {
            return depth == 0
                    ? count(ctx, "Bottom")
                    : 1
                            + ctx.parallel(List.of(1), (b, one) -> nested(b, depth - 1))
                                    .get(0);
        }

        @Test
        void areOfTheListAsItWasAtTheCall() {
            List<Integer> items = new CopyOnWriteArrayList<>(List.of(1, 2, 3));
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(items, (b, i) -> {
                                items.clear();
                                return count(b, "Work " + i) * i;
                            })
                            .toString());

            assertThat(trial.result()).isEqualTo("[1, 2, 3]");
        }
    }

    @Nested
    class AKey {
        @Test
        void dependsOnTheProgramAndNotOnScheduling() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step("Create Employee", () -> {});
                ctx.parallel(b -> count(b, "Provision Laptop"), b -> count(b, "Grant Access"), Integer::sum);
                ctx.step("Welcome", () -> {});
                return "done";
            });

            trial.result();

            assertThat(trial.steps())
                    .extracting(step -> step.stepKey())
                    .containsExactlyInAnyOrder(
                            "Create Employee#1",
                            "parallel#2",
                            "2.1/Provision Laptop#1",
                            "2.2/Grant Access#1",
                            "Welcome#3");
            assertThat(trial.step("parallel").kind()).isEqualTo(CallKind.PARALLEL);
            assertThat(trial.step("Grant Access").scope()).isEqualTo("2.2");
        }

        @Test
        void isItsOwnWhateverTheName() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step("2.1/Work", () -> effects.happen("root"));
                ctx.parallel(List.of(1), (b, one) -> {
                    b.step("Work", () -> effects.happen("branch"));
                    b.step("~odd", () -> effects.happen("branch"));
                    return one;
                });
                ctx.step("~odd", () -> effects.happen("root"));
                ctx.step("2.1", () -> effects.happen("root"));
                ctx.step("2/3", () -> effects.happen("root"));
                return "done";
            });

            trial.crashAtTheEnd();
            trial.result();

            assertThat(trial.stepKeys())
                    .containsExactlyInAnyOrder(
                            "~2.1/Work#1", "parallel#2", "2.1/Work#1", "2.1/~odd#2", "~~odd#3", "2.1#4", "2/3#5");
            assertThat(effects.times("root")).isEqualTo(4);
            assertThat(trial.steps()).extracting(step -> step.name()).contains("2.1/Work", "Work", "~odd", "2/3");
        }

        @Test
        void ofAParallelHasItsName() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                                    List.of(1), ParallelOptions.defaults().named("Everybody"), (b, one) -> one)
                            .toString());

            trial.result();

            assertThat(trial.stepKeys()).containsExactly("Everybody#1");
        }
    }

    @Nested
    class AFailingBranch {
        private final List<String> seen = new CopyOnWriteArrayList<>();

        private int fail(WorkflowContext branch, String name) {
            return branch.step(name, Integer.class, () -> {
                effects.happen(name);
                throw new IOException(name + " broke");
            });
        }

        private Trial<String> failing(ParallelOptions options, List<Branch<Integer>> branches) {
            return trial(String.class, (ctx, in) -> {
                try {
                    return ctx.parallel(options).<Integer>all(branches).toString();
                } catch (ParallelFailedException e) {
                    seen.add(seen(e));
                    return seen(e);
                }
            });
        }

        @Test
        void letsItsSiblingsFinish() {
            Trial<String> trial = failing(
                    FINISH,
                    List.of(
                            b -> fail(b, "Bad"),
                            b -> count(b, "Good 1") + count(b, "Good 2"),
                            b -> count(b, "Good 3")));

            trial.crashAtTheEnd();
            String result = trial.result();

            assertThat(effects.all()).containsExactlyInAnyOrder("Bad", "Good 1", "Good 2", "Good 3");
            assertThat(result).startsWith("first 0, failed [0=Step \"Bad\"").contains("cancelled []");
            assertThat(seen).hasSize(2).containsOnly(result);
        }

        @Test
        void isOneOfSeveral() {
            Trial<String> trial =
                    failing(FINISH, List.of(b -> count(b, "Good"), b -> fail(b, "Bad 1"), b -> fail(b, "Bad 2")));

            trial.crashAtTheEnd();
            String result = trial.result();

            assertThat(result)
                    .matches("first [12], failed \\[1=.*Bad 1 broke, 2=.*Bad 2 broke], cancelled \\[]: 2 of .*");
            assertThat(seen).hasSize(2).containsOnly(result);
        }

        @Test
        void isThrownWithTheFirstAsItsCause() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.parallel(b -> fail(b, "Bad"), b -> 1, Integer::sum);
                    return "joined";
                } catch (ParallelFailedException e) {
                    assertThat(e.getCause()).isSameAs(e.failures().get(0));
                    assertThat(e.getCause()).isInstanceOf(StepFailedException.class);
                    return ((StepFailedException) e.getCause()).failure().type();
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("java.io.IOException");
        }

        @Test
        void mayFailInPureCode() {
            Trial<String> trial = failing(
                    FINISH,
                    List.of(
                            b -> {
                                throw new IllegalStateException("pure");
                            },
                            b -> count(b, "Good")));

            trial.crashAtTheEnd();
            String result = trial.result();

            assertThat(result).startsWith("first 0, failed [0=pure]");
            assertThat(seen).hasSize(2).containsOnly(result);
        }

        @Test
        void maySayNothingSensibleAboutIt() {
            class Mute extends RuntimeException {
                @Override
                public String getMessage() {
                    throw new IllegalStateException("no words");
                }
            }
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.parallel(
                            b -> {
                                throw new Mute();
                            },
                            b -> count(b, "Good"),
                            (x, y) -> "joined");
                    return "joined";
                } catch (ParallelFailedException e) {
                    return "failed " + e.failures().keySet();
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("failed [0]");
        }

        @Test
        void mayBeCaughtInsideTheBranch() {
            Trial<String> trial = failing(
                    CANCEL,
                    List.of(
                            b -> {
                                try {
                                    return fail(b, "Bad");
                                } catch (StepFailedException e) {
                                    return count(b, "Instead");
                                }
                            },
                            b -> count(b, "Good")));

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("[1, 1]");
        }

        @Test
        void cancelsItsSiblingsAtTheirNextCall() {
            assumeThat(setting.isNarrow()).isFalse();
            Gate gate = new Gate();
            Trial<String> trial = failing(
                    CANCEL,
                    List.of(
                            b -> {
                                b.step("Long", () -> {
                                    effects.happen("long");
                                    gate.pass();
                                });
                                return count(b, "Never");
                            },
                            b -> {
                                b.step("Wait", () -> gate.awaitReached());
                                try {
                                    return fail(b, "Bad");
                                } finally {
                                    gate.open();
                                }
                            }));

            trial.crashAtTheEnd();
            String result = trial.result();

            assertThat(effects.times("long")).isEqualTo(1);
            assertThat(result).startsWith("first 1, failed [1=Step \"Bad\"");
            assertThat(seen).hasSize(2).containsOnly(result);
            // The sibling saw the failure either before its next call or not at all: the gate opens a moment before the
            // branch has failed.
            assertThat(result.contains("cancelled [0]")).isEqualTo(effects.times("Never") == 0);
        }

        @Test
        void cancelsSiblingsThatHaveNotBegun() {
            Trial<String> trial = failing(
                    CANCEL.atMost(1),
                    List.of(
                            b -> count(b, "Good"),
                            b -> fail(b, "Bad"),
                            b -> count(b, "Never"),
                            b -> count(b, "Never")));

            trial.crashAtTheEnd();
            String result = trial.result();

            assertThat(result).startsWith("first 1, failed [1=Step \"Bad\"").contains("cancelled [2, 3]");
            assertThat(effects.all()).containsExactly("Good", "Bad");
            assertThat(seen).hasSize(2).containsOnly(result);
        }

        @Test
        void cancelsWhatIsNestedInASibling() {
            Trial<String> trial = failing(
                    CANCEL.atMost(1),
                    List.of(
                            b -> fail(b, "Bad"),
                            b -> b.parallel(List.of(1, 2), (c, i) -> count(c, "Never"))
                                    .size()));

            trial.crashAtTheEnd();
            String result = trial.result();

            assertThat(result).contains("cancelled [1]");
            assertThat(effects.all()).containsExactly("Bad");
            assertThat(seen).hasSize(2).containsOnly(result);
        }

        @Test
        void cancelsASiblingThatWaitsToTryAgain() {
            assumeThat(setting.isNarrow()).isFalse();
            Gate gate = new Gate();
            Trial<String> trial = failing(
                    CANCEL,
                    List.of(
                            b -> b.step(Step.of("Retry", Integer.class, attempt -> {
                                        gate.reach();
                                        throw new IOException("again");
                                    })
                                    .retry(RetryPolicy.forever().fixedDelay(Duration.ofHours(1)))),
                            b -> {
                                b.step("Wait", () -> gate.awaitReached());
                                return fail(b, "Bad");
                            }));

            trial.crashAtTheEnd();
            String result = trial.result();

            assertThat(result).startsWith("first 1").contains("cancelled [0]");
            assertThat(seen).hasSize(2).containsOnly(result);
        }

        /** The last thread may come to rest before the cancelled one has woken up: seen once in CI, as a workflow that slept for the whole hour. */
        @Test
        void neverLeavesMemoryForTheTimerOfACancelledSibling() {
            assumeThat(setting.place()).isEqualTo(Place.MEMORY);
            assumeThat(setting.isNarrow()).isFalse();
            RetryPolicy inAnHour = RetryPolicy.forever().fixedDelay(Duration.ofHours(1));
            Workflow<String, String> workflow = flow("cancelled", String.class);
            Revive revive = engine(builder -> builder.register(workflow, (ctx, in) -> {
                Gate gate = new Gate();
                try {
                    ctx.parallel(CANCEL)
                            .all(List.of(
                                    b -> b.step(Step.of("Retry", Integer.class, attempt -> {
                                                gate.reach();
                                                throw new IOException("again");
                                            })
                                            .retry(inAnHour)),
                                    b -> {
                                        b.step("Wait", () -> gate.awaitReached());
                                        return fail(b, "Bad");
                                    }));
                    return "joined";
                } catch (ParallelFailedException e) {
                    return "first " + e.first();
                }
            }));
            long end = System.nanoTime() + PATIENCE.toNanos();
            for (int i = 0; i < 3_000 && end - System.nanoTime() > 0; i++) {
                assertThat(revive.start(workflow, unique("cancelled-" + i), "in")
                                .result(PATIENCE))
                        .isEqualTo("first 1");
            }
        }
    }

    @Nested
    class ACrash {
        private Trial<String> program(ParallelOptions options) {
            return trial(String.class, (ctx, in) -> {
                count(ctx, "Before");
                String seen;
                try {
                    seen = ctx.parallel(List.of(1, 2, 3, 4), options, (b, i) -> {
                                count(b, "First " + i);
                                if (i == 3) {
                                    b.step("Bad", () -> {
                                        effects.happen("Bad");
                                        throw new IOException("broken");
                                    });
                                }
                                return count(b, "Second " + i);
                            })
                            .toString();
                } catch (ParallelFailedException e) {
                    seen = seen(e);
                }
                count(ctx, "After");
                return seen;
            });
        }

        @ParameterizedTest
        @EnumSource(
                value = CrashPoint.class,
                names = {"BEFORE_FORK", "AFTER_FORK", "BEFORE_JOIN", "JOIN_QUEUED", "AFTER_OUTCOME"})
        void ofTheForkOrTheJoinChangesNothing(CrashPoint point) {
            Trial<String> trial = program(FINISH);

            trial.crash(CrashPlan.at(point).ofStep("parallel").keepingQueued()).crashAtTheEnd();

            assertThat(trial.result())
                    .startsWith("first 2, failed [2=Step \"Bad\" of workflow")
                    .contains("cancelled []");
            assertThat(effects.all())
                    .containsExactlyInAnyOrder(
                            "Before",
                            "First 1",
                            "First 2",
                            "First 3",
                            "First 4",
                            "Bad",
                            "Second 1",
                            "Second 2",
                            "Second 4",
                            "After");
        }

        @ParameterizedTest
        @EnumSource(
                value = CrashPoint.class,
                names = {"BEFORE_FORK", "AFTER_FORK", "BEFORE_JOIN", "JOIN_QUEUED", "AFTER_OUTCOME"})
        void thatLosesWhatWasQueuedRepeatsAtMostWhatWasQueued(CrashPoint point) {
            Trial<String> trial = program(FINISH);

            trial.crash(CrashPlan.at(point).ofStep("parallel").losingQueued());
            Set<String> recorded = recorded(trial);
            List<String> before = effects.all();

            assertThat(trial.result()).startsWith("first 2, failed [2=Step \"Bad\" of workflow");
            assertThat(effects.all().subList(before.size(), effects.all().size()))
                    .doesNotContainAnyElementsOf(recorded);
            assertThat(trial.steps()).allMatch(step -> step.status().isFinal()).hasSize(11);
        }

        private static Set<String> recorded(Trial<String> trial) {
            return trial.rows().stream()
                    .filter(row -> row.status().isFinal())
                    .map(row -> row.key().name())
                    .collect(Collectors.toSet());
        }

        @ParameterizedTest
        @EnumSource(
                value = CrashPoint.class,
                names = {"BEFORE_FORK", "AFTER_FORK", "BEFORE_JOIN", "JOIN_QUEUED", "AFTER_OUTCOME"})
        void keepsWhoWasCancelledOnceTheJoinIsRecorded(CrashPoint point) {
            Trial<String> trial = program(CANCEL);

            trial.crash(CrashPlan.at(point).ofStep("parallel").keepingQueued());
            trial.crashAtTheEnd();
            String join = trial.row("parallel").output();
            List<String> before = effects.all();
            trial.crashAtTheEnd();

            assertThat(trial.result()).startsWith("first 2, failed [2=Step \"Bad\"");
            assertThat(effects.all()).isEqualTo(before);
            assertThat(trial.row("parallel").output()).isEqualTo(join);
            assertThat(effects.all()).doesNotHaveDuplicates();
        }

        @ParameterizedTest
        @EnumSource(
                value = CrashPoint.class,
                names = {"BEFORE_STARTED", "BEFORE_EFFECT", "AFTER_EFFECT", "OUTCOME_QUEUED", "AFTER_OUTCOME"})
        void insideABranchRepeatsNothingThatIsRecorded(CrashPoint point) {
            Trial<String> trial = program(FINISH);

            trial.crash(CrashPlan.at(point).ofStep("Second 2").keepingQueued());
            Set<String> recorded = recorded(trial);
            List<String> before = effects.all();
            String result = trial.result();

            assertThat(result).startsWith("first 2, failed [2=Step \"Bad\"");
            assertThat(effects.all().subList(before.size(), effects.all().size()))
                    .doesNotContainAnyElementsOf(recorded);
        }
    }

    @Nested
    class Misuse {
        @Test
        void ofOptionsIsRefused() {
            assertThatThrownBy(() -> FINISH.atMost(0)).hasMessageContaining("maxConcurrency must be 1 or more");
            assertThatThrownBy(() -> FINISH.named(" ")).hasMessageContaining("is blank");
        }

        @Test
        @SuppressWarnings("NullAway") // the misuse under test
        void ofANullBranchIsRefusedBeforeAnythingIsRecorded() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.parallel(FINISH).all(Arrays.asList(b -> 1, null));
                    return "ran";
                } catch (NullPointerException e) {
                    return "refused";
                }
            });

            assertThat(trial.result()).isEqualTo("refused");
            assertThat(trial.rows()).isEmpty();
        }
    }

    @Nested
    class AWideOne {
        private static final int BRANCHES = 100;

        private final Gate gate = new Gate();
        private final AtomicInteger atWork = new AtomicInteger();

        @Test
        void leavesAShareOfThePermitsToItsNeighbours() {
            assertThatANeighbourGetsOn(builder -> builder.permits(8).threads(64));
        }

        @Test
        void leavesAShareOfTheThreadsToItsNeighbours() {
            assertThatANeighbourGetsOn(builder -> builder.permits(64).threads(8));
        }

        private void assertThatANeighbourGetsOn(UnaryOperator<Revive.Builder> room) {
            Workflow<String, Integer> wide = flow("wide", Integer.class);
            Workflow<String, String> neighbour = flow("neighbour", String.class);
            Revive revive = engine(builder -> room.apply(builder)
                    .register(
                            wide,
                            (ctx, in) -> ctx.parallel(
                                            IntStream.range(0, BRANCHES).boxed().toList(), (branch, i) -> {
                                                branch.step("Hold", () -> {
                                                    atWork.incrementAndGet();
                                                    gate.passUninterruptibly();
                                                });
                                                return i;
                                            })
                                    .size())
                    .register(neighbour, (ctx, in) -> ctx.step("Step", String.class, () -> in)));
            WorkflowHandle<Integer> held = revive.start(wide, unique("wide"), "in");
            await().atMost(PATIENCE).until(() -> atWork.get() >= 7);

            assertThat(revive.start(neighbour, unique("neighbour"), "on").result(PATIENCE.dividedBy(2)))
                    .isEqualTo("on");
            gate.open();
            assertThat(held.result(PATIENCE)).isEqualTo(BRANCHES);
            assertThat(atWork).hasValue(BRANCHES);
        }
    }
}
