// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.revive.Revive;
import dev.revive.codec.JacksonSerializer;
import dev.revive.codec.PayloadSerializer;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPoint;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Logs;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.ResultTimeoutException;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.UnknownWorkflowException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowConflictException;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowNotFoundException;
import dev.revive.workflow.WorkflowStatus;
import java.io.IOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** From start to close: ids, handles, many callers, several engines, typed steps. */
@InSettings
class LifecycleTests extends TestBed {
    private final Effects effects = new Effects();

    private Workflow<String, String> echo() {
        return flow("echo", String.class);
    }

    private Revive echoing() {
        return engine(
                echo(),
                (ctx, in) -> ctx.step("Echo", String.class, () -> {
                    effects.happen("echo");
                    return "echo " + in;
                }));
    }

    /** Runs the same thing in so many threads at once, and answers what came out. */
    private static <T> List<T> together(int threads, java.util.concurrent.Callable<T> what) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(pool.submit(() -> {
                    barrier.await();
                    return what.call();
                }));
            }
            List<T> answers = new ArrayList<>();
            for (Future<T> future : futures) {
                answers.add(future.get());
            }
            return answers;
        } finally {
            pool.shutdownNow();
        }
    }

    @Nested
    class AnId {
        private final String id = unique("id");

        @Test
        void answersTheSameWorkflowForTheSameInput() {
            Revive revive = echoing();

            String first = revive.start(echo(), id, "a").result(PATIENCE);
            String second = revive.start(echo(), id, "a").result(PATIENCE);

            assertThat(first).isEqualTo("echo a");
            assertThat(second).isEqualTo(first);
            assertThat(effects.times("echo")).isEqualTo(1);
        }

        @Test
        void answersTheSameWorkflowInTheNextEngine() {
            Revive revive = echoing();
            revive.start(echo(), id, "a").result(PATIENCE);
            close(revive);

            assertThat(echoing().start(echo(), id, "a").result(PATIENCE)).isEqualTo("echo a");
            assertThat(effects.times("echo")).isEqualTo(1);
        }

        @Test
        void isRefusedForAnotherInput() {
            Revive revive = echoing();
            revive.start(echo(), id, "a").result(PATIENCE);

            assertThatThrownBy(() -> revive.start(echo(), id, "b"))
                    .isInstanceOf(WorkflowConflictException.class)
                    .hasMessageContaining(id)
                    .hasMessageContaining("another input");
            assertThatThrownBy(() -> revive.start(echo(), id, null)).isInstanceOf(WorkflowConflictException.class);
        }

        @Test
        void isRefusedForAnotherWorkflowOrVersion() {
            Workflow<String, String> other = flow("other", String.class);
            Revive revive = engine(builder -> builder.register(echo(), (ctx, in) -> in)
                    .register(echo().version(2), (ctx, in) -> in)
                    .register(other, (ctx, in) -> in));
            revive.start(echo(), id, "a").result(PATIENCE);

            assertThatThrownBy(() -> revive.start(other, id, "a"))
                    .isInstanceOf(WorkflowConflictException.class)
                    .hasMessageContaining("belongs to");
            assertThatThrownBy(() -> revive.start(echo().version(2), id, "a"))
                    .isInstanceOf(WorkflowConflictException.class);
        }

        @Test
        void isRefusedWhenTheCallerWantsANewOne() {
            Revive revive = echoing();
            StartOptions options = StartOptions.defaults().failIfExists();
            revive.start(echo(), id, "a", options).result(PATIENCE);

            assertThatThrownBy(() -> revive.start(echo(), id, "a", options))
                    .isInstanceOf(WorkflowConflictException.class)
                    .hasMessageContaining("exists already");
        }

        @Test
        void isNewForOneCallerOnlyAlthoughAllCallAtOnce() throws Exception {
            Revive revive = engine(builder -> builder.register(
                            echo(), (ctx, in) -> ctx.step("Echo", String.class, () -> "echo"))
                    .clock(Clock.fixed(Instant.parse("2026-11-23T00:00:00Z"), ZoneOffset.UTC)));
            StartOptions options = StartOptions.defaults().failIfExists();

            List<Boolean> won = together(8, () -> {
                try {
                    revive.start(echo(), id, "a", options);
                    return true;
                } catch (WorkflowConflictException e) {
                    return false;
                }
            });

            assertThat(won).containsOnlyOnce(true);
        }

        @Test
        void doesNotCareForTheOrderOfProperties() {
            Workflow<Map<String, Object>, String> maps =
                    Workflow.named(unique("maps"), new TypeRef<Map<String, Object>>() {}, TypeRef.of(String.class));
            Revive revive = engine(builder -> builder.register(maps, (ctx, in) -> "" + in.get("b"))
                    .serializer(new JacksonSerializer(com.fasterxml.jackson.databind.json.JsonMapper.builder()
                            .build())));
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("a", 1);
            one.put("b", Map.of("x", 1));
            Map<String, Object> other = new LinkedHashMap<>();
            other.put("b", Map.of("x", 1));
            other.put("a", 1);

            revive.start(maps, id, one).result(PATIENCE);

            assertThat(revive.start(maps, id, other).result(PATIENCE)).isEqualTo("{x=1}");
        }

        record Basket(String owner, Collection<String> articles) {}

        /** Of the same hash, so a HashSet has them in the order they came in; Set.of has an order of its own in every process. */
        private Basket basket(String one, String other) {
            return new Basket("Ada", new HashSet<>(List.of(one, other)));
        }

        @Test
        void doesNotCareForTheOrderOfASet() {
            Workflow<Basket, String> baskets = Workflow.named(unique("baskets"), Basket.class, String.class);
            Revive revive = engine(baskets, (ctx, in) -> in.owner());
            assertThat(basket("Aa", "BB").articles().toString())
                    .isNotEqualTo(basket("BB", "Aa").articles().toString());

            revive.start(baskets, id, basket("Aa", "BB")).result(PATIENCE);

            assertThat(revive.start(baskets, id, basket("BB", "Aa")).result(PATIENCE))
                    .isEqualTo("Ada");
            assertThatThrownBy(() -> revive.start(baskets, id, basket("BB", "CC")))
                    .isInstanceOf(WorkflowConflictException.class);
        }

        @Test
        void caresForTheOrderOfAList() {
            Workflow<Basket, String> baskets = Workflow.named(unique("baskets"), Basket.class, String.class);
            Revive revive = engine(baskets, (ctx, in) -> in.owner());

            revive.start(baskets, id, new Basket("Ada", List.of("a", "b"))).result(PATIENCE);

            assertThatThrownBy(() -> revive.start(baskets, id, new Basket("Ada", List.of("b", "a"))))
                    .isInstanceOf(WorkflowConflictException.class);
        }

        record Hire(String name) {}

        record HireWithNote(String name, @Nullable String note, List<String> tags) {
            HireWithNote {
                tags = tags == null ? List.of() : tags;
            }
        }

        private final Workflow<Hire, String> hires = Workflow.named(unique("hires"), Hire.class, String.class);
        private final Workflow<HireWithNote, String> laterHires =
                Workflow.named(unique("hires"), HireWithNote.class, String.class);

        @Test
        void attachesThoughALaterVersionHasAddedProperties() {
            Revive earlier = engine(hires, (ctx, in) -> in.name());
            earlier.start(hires, id, new Hire("Ada")).result(PATIENCE);
            close(earlier);

            Revive later = engine(laterHires, (ctx, in) -> in.name());

            assertThat(later.start(laterHires, id, new HireWithNote("Ada", null, List.of()))
                            .result(PATIENCE))
                    .isEqualTo("Ada");
            assertThatThrownBy(() -> later.start(laterHires, id, new HireWithNote("Ada", "late", List.of())))
                    .isInstanceOf(WorkflowConflictException.class);
        }

        @Test
        void attachesThoughAnEarlierVersionHasNotThePropertiesYet() {
            Revive later = engine(laterHires, (ctx, in) -> in.name());
            later.start(laterHires, id, new HireWithNote("Ada", null, List.of()))
                    .result(PATIENCE);
            close(later);

            Revive earlier = engine(hires, (ctx, in) -> in.name());

            assertThat(earlier.start(hires, id, new Hire("Ada")).result(PATIENCE))
                    .isEqualTo("Ada");
            assertThatThrownBy(() -> earlier.start(hires, id, new Hire("Bob")))
                    .isInstanceOf(WorkflowConflictException.class);
        }

        /** Hashes the text as it is, as versions did that did not know of sets. */
        private record TextHasher(PayloadSerializer real) implements PayloadSerializer {
            @Override
            public String serialize(@Nullable Object value, Type type) {
                return real.serialize(value, type);
            }

            @Override
            public @Nullable Object deserialize(String json, Type type) {
                return real.deserialize(json, type);
            }
        }

        @Test
        void attachesThoughTheHashWasMadeInAnotherWay() {
            Workflow<Set<String>, Integer> sets =
                    Workflow.named(unique("sets"), new TypeRef<Set<String>>() {}, TypeRef.of(Integer.class));
            Set<String> one = new LinkedHashSet<>(List.of("b", "a"));
            Revive earlier = engine(builder ->
                    builder.register(sets, (ctx, in) -> in.size()).serializer(new TextHasher(new JacksonSerializer())));
            earlier.start(sets, id, one).result(PATIENCE);
            close(earlier);

            Revive later = engine(sets, (ctx, in) -> in.size());

            assertThat(later.start(sets, id, Set.of("a", "b")).result(PATIENCE)).isEqualTo(2);
        }

        /** Is written, and does not let itself be read. */
        static final class Unreadable {
            @JsonCreator
            Unreadable(@JsonProperty("name") @Nullable String name) {
                if (name != null) {
                    throw new IllegalStateException("never again");
                }
            }

            public String getName() {
                return "Ada";
            }
        }

        @Test
        void isRefusedIfItsInputCannotBeReadBack() {
            Workflow<Unreadable, String> unreadable =
                    Workflow.named(unique("unreadable"), Unreadable.class, String.class);
            Revive revive = engine(unreadable, (ctx, in) -> "ran");

            assertThatThrownBy(() -> revive.start(unreadable, id, new Unreadable(null)))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("never again");
            assertThat(store().find(id)).isEmpty();
        }

        @Test
        void tellsNumbersApartThatDifferInTheirLastDigit() {
            Workflow<BigDecimal, String> amounts = Workflow.named(unique("amounts"), BigDecimal.class, String.class);
            Revive revive = engine(amounts, (ctx, in) -> in.toPlainString());

            revive.start(amounts, id, new BigDecimal("12345678901234567890.01")).result(PATIENCE);

            assertThatThrownBy(() -> revive.start(amounts, id, new BigDecimal("12345678901234567890.02")))
                    .isInstanceOf(WorkflowConflictException.class);
        }

        @Test
        void runsOnceAlthoughManyStartItAtOnce() throws Exception {
            Revive revive = echoing();

            List<String> results =
                    together(16, () -> revive.start(echo(), id, "a").result(PATIENCE));

            assertThat(results).hasSize(16).containsOnly("echo a");
            assertThat(effects.times("echo")).isEqualTo(1);
        }

        @Test
        void mayBeStartedAgainWhileItRunsWithoutDisturbingIt() throws Exception {
            Workflow<String, Integer> counting = flow("counting", Integer.class);
            Revive revive = engine(counting, (ctx, in) -> {
                int sum = 0;
                for (int i = 0; i < 100; i++) {
                    sum += ctx.step("Count", Integer.class, () -> {
                        effects.happen("count");
                        return 1;
                    });
                }
                return sum;
            });
            WorkflowHandle<Integer> handle = revive.start(counting, id, "a");

            together(4, () -> {
                for (int i = 0; i < 50; i++) {
                    revive.start(counting, id, "a");
                }
                return true;
            });

            assertThat(handle.result(PATIENCE)).isEqualTo(100);
            assertThat(effects.times("count")).isEqualTo(100);
            assertThat(handle.steps()).extracting(StepInfo::zombies).containsOnly(0);
            assertThat(row(id).epoch()).isEqualTo(1);
        }
    }

    @Nested
    class AStart {
        @Test
        void ofWhatIsNotRegisteredIsRefused() {
            Revive revive = echoing();

            assertThatThrownBy(() -> revive.start(flow("nobody", String.class), unique("x"), "a"))
                    .isInstanceOf(UnknownWorkflowException.class)
                    .hasMessageContaining("nobody")
                    .hasMessageContaining("Register it");
            assertThatThrownBy(() -> revive.start(echo().version(7), unique("x"), "a"))
                    .isInstanceOf(UnknownWorkflowException.class);
        }

        @Test
        void mayBeForAnotherProcess() {
            Workflow<String, String> elsewhere = flow("elsewhere", String.class);
            Revive revive = echoing();
            String id = unique("x");

            WorkflowHandle<String> handle =
                    revive.start(elsewhere, id, "a", StartOptions.defaults().runElsewhere());

            assertThat(handle.status()).isEqualTo(WorkflowStatus.DUE);
            close(revive);
            Revive there = engine(elsewhere, (ctx, in) -> "there " + in);
            assertThat(there.handle(elsewhere, id).result(PATIENCE)).isEqualTo("there a");
        }

        @Test
        void ofAVersionRunsThatVersionsCode() {
            Revive revive = engine(builder ->
                    builder.register(echo(), (ctx, in) -> "one").register(echo().version(2), (ctx, in) -> "two"));

            assertThat(revive.start(echo(), unique("1"), "").result(PATIENCE)).isEqualTo("one");
            assertThat(revive.start(echo().version(2), unique("2"), "").result(PATIENCE))
                    .isEqualTo("two");
        }

        @Test
        void mayHaveNoInput() {
            Workflow<Void, String> workflow = Workflow.named(unique("void"), Void.class, String.class);
            Revive revive = engine(workflow, (ctx, in) -> "in: " + in);

            assertThat(revive.start(workflow, unique("x"), null).result(PATIENCE))
                    .isEqualTo("in: null");
        }

        @Test
        void twiceOfOneRegistrationIsRefused() {
            assertThatThrownBy(() -> builder().register(echo(), (ctx, in) -> in).register(echo(), (ctx, in) -> in))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("registered twice");
        }

        @Test
        void ofAnInputThatIsNoJsonIsRefused() {
            Workflow<Object, String> objects = Workflow.named(unique("objects"), Object.class, String.class);
            Revive revive = engine(objects, (ctx, in) -> "never");
            List<Object> circle = new ArrayList<>();
            circle.add(circle);

            assertThatThrownBy(() -> revive.start(objects, unique("x"), circle))
                    .hasMessageContaining("cannot be written as JSON");
            assertThat(store().find(unique("x"))).isEmpty();
        }

        /** If each waited for a look of its own, it would take longer than a test may. */
        @Test
        void oneAfterTheOtherLeavesNobodyWaiting() {
            Revive revive = echoing();

            for (int i = 0; i < 300; i++) {
                revive.start(echo(), unique("x" + i), "a").result(PATIENCE);
            }
        }
    }

    @Nested
    class AHandle {
        private final Gate gate = new Gate();

        private Revive waiting() {
            return engine(
                    echo(),
                    (ctx, in) -> ctx.step("Wait", String.class, () -> {
                        gate.pass();
                        return "done";
                    }));
        }

        @Test
        void waitsNoLongerThanItsCallerWants() {
            Revive revive = waiting();
            WorkflowHandle<String> handle = revive.start(echo(), unique("x"), "a");

            assertThatThrownBy(() -> handle.result(Duration.ofMillis(30)))
                    .isInstanceOf(ResultTimeoutException.class)
                    .hasMessageContaining("It goes on");
            assertThatThrownBy(() -> handle.result(Duration.ZERO)).isInstanceOf(ResultTimeoutException.class);
            gate.open();

            assertThat(handle.result(PATIENCE)).isEqualTo("done");
            assertThat(handle.result(Duration.ZERO)).isEqualTo("done");
        }

        @Test
        void thatWaitsForNothingAsksTheStore() {
            Revive revive = echoing();
            revive.start(echo(), unique("x"), "a").result(PATIENCE);
            close(revive);
            WorkflowHandle<String> handle = engine(builder -> builder).handle(echo(), unique("x"));

            assertThat(handle.result(Duration.ZERO)).isEqualTo("echo a");
            assertThat(handle.result(Duration.ofSeconds(-1))).isEqualTo("echo a");
        }

        @Test
        void mayWaitForEver() {
            Revive revive = waiting();
            WorkflowHandle<String> handle = revive.start(echo(), unique("x"), "a");
            gate.open();

            assertThat(handle.result(ChronoUnit.FOREVER.getDuration())).isEqualTo("done");
        }

        @Test
        void showsWhereTheWorkflowStands() {
            Revive revive = waiting();
            WorkflowHandle<String> handle = revive.start(echo(), unique("x"), "a");
            gate.awaitReached();

            assertThat(handle.id()).isEqualTo(unique("x"));
            assertThat(handle.status()).isEqualTo(WorkflowStatus.RUNNING);
            assertThat(handle.steps()).singleElement().satisfies(step -> {
                assertThat(step.status()).isEqualTo(StepStatus.STARTED);
                assertThat(step.stepKey()).isEqualTo("Wait#1");
                assertThat(step.output()).isNull();
            });
            assertThat(handle.attention()).isEmpty();
            gate.open();
            handle.result(PATIENCE);
            assertThat(handle.status()).isEqualTo(WorkflowStatus.COMPLETED);
            assertThat(handle.steps()).extracting(StepInfo::status).containsExactly(StepStatus.COMPLETED);
        }

        @Test
        void ofNobodySaysSo() {
            WorkflowHandle<String> handle = waiting().handle(echo(), unique("nobody"));

            assertThatThrownBy(handle::result)
                    .isInstanceOf(WorkflowNotFoundException.class)
                    .hasMessageContaining(unique("nobody"));
            assertThatThrownBy(handle::status).isInstanceOf(WorkflowNotFoundException.class);
            assertThatThrownBy(handle::attention).isInstanceOf(WorkflowNotFoundException.class);
            assertThat(handle.steps()).isEmpty();
        }

        @Test
        void doesNotHangOnWhatNobodyCanRun() {
            Revive revive = echoing();
            Workflow<String, String> lost = flow("lost", String.class);
            revive.start(lost, unique("x"), "a", StartOptions.defaults().runElsewhere());

            assertThatThrownBy(() -> revive.handle(lost, unique("x")).result(PATIENCE))
                    .isInstanceOf(UnknownWorkflowException.class)
                    .hasMessageContaining("no code is registered");
        }

        @Test
        void tellsAllWhoWait() throws Exception {
            Revive revive = waiting();
            WorkflowHandle<String> handle = revive.start(echo(), unique("x"), "a");
            AtomicInteger waiting = new AtomicInteger();
            Thread opener = new Thread(() -> {
                await().until(() -> waiting.get() == 10);
                gate.open();
            });
            opener.start();

            List<String> results = together(10, () -> {
                waiting.incrementAndGet();
                return handle.result(PATIENCE);
            });

            assertThat(results).hasSize(10).containsOnly("done");
        }
    }

    @Nested
    class AClose {
        private final Gate gate = new Gate();

        private static Thread closing(Revive revive) {
            Thread closer = new Thread(revive::close);
            closer.start();
            return closer;
        }

        private static void join(Thread thread) throws InterruptedException {
            thread.join(PATIENCE.toMillis());
            assertThat(thread.isAlive()).isFalse();
        }

        @Test
        void letsARunningEffectReturnAndRecordsIt() throws Exception {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step("Long", () -> {
                    effects.happen("long");
                    gate.pass();
                });
                ctx.step("Next", () -> effects.happen("next"));
                return "done";
            });
            Revive revive = trial.revive();
            gate.awaitReached();
            Thread closer = closing(revive);
            awaitClosed(revive, trial);
            gate.open();
            join(closer);

            assertThat(trial.row("Long").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(effects.times("next")).isZero();
            trial.stop();
            assertThat(trial.result()).isEqualTo("done");
            assertThat(effects.all()).containsExactly("long", "next");
            assertThat(trial.step("Long").zombies()).isZero();
        }

        private void awaitClosed(Revive revive, Trial<String> trial) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThatThrownBy(() -> revive.start(trial.workflow(), unique("late"), "x"))
                            .isInstanceOf(EngineStoppedException.class));
        }

        @Test
        void takesBackAStepThatWasAboutToBegin() throws Exception {
            assertTakenBack(Step.of("Once", () -> effects.happen("once")));
        }

        /** Its effect has a thread of its own. */
        @Test
        void takesBackAStepWithATimeoutThatWasAboutToBegin() throws Exception {
            assertTakenBack(Step.of("Once", () -> effects.happen("once")).attemptTimeout(PATIENCE));
        }

        /** Its STARTED row is durable and its effect has not begun: that is known, so it must not look like a zombie afterwards. */
        private void assertTakenBack(Step<?> step) throws Exception {
            CrashHook atTheLastMoment = site -> {
                if (site.point() == CrashPoint.BEFORE_EFFECT) {
                    gate.passUninterruptibly();
                }
                return CrashAction.GO_ON;
            };
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                        ctx.step(step.atMostOnce());
                        return "done";
                    })
                    .with(builder -> builder.crashHook(atTheLastMoment));
            Revive revive = trial.revive();
            gate.awaitReached();
            Thread closer = closing(revive);
            awaitClosed(revive, trial);
            gate.open();
            join(closer);

            trial.stop();
            assertThat(trial.result()).isEqualTo("done");
            assertThat(effects.times("once")).isEqualTo(1);
        }

        @Test
        void accusesNobodyWhoseLastEffectWasStillRunning() throws Exception {
            try (Logs logs = new Logs()) {
                Trial<String> trial = trial(String.class, (ctx, in) -> {
                    ctx.step("Long", gate::pass);
                    return "done";
                });
                Revive revive = trial.revive();
                gate.awaitReached();
                Thread closer = closing(revive);
                awaitClosed(revive, trial);
                gate.open();
                join(closer);

                assertThat(logs.lines("caught the Error")).isEmpty();
                trial.stop();
                assertThat(trial.result()).isEqualTo("done");
            }
        }

        @Test
        void interruptsAnEffectThatDoesNotReturnAndRecordsNoException() {
            Trial<String> trial = trial(
                            String.class,
                            (ctx, in) -> ctx.step("Long", String.class, () -> {
                                if (effects.happen("long") == 1) {
                                    gate.pass();
                                }
                                return "done " + effects.times("long");
                            }))
                    .with(builder -> builder.shutdownGrace(Duration.ofMillis(50)));
            trial.revive();
            gate.awaitReached();

            trial.stop();

            assertThat(trial.row("Long").status()).isEqualTo(StepStatus.STARTED);
            assertThat(trial.result()).isEqualTo("done 2");
            assertThat(trial.step("Long").zombies()).isEqualTo(1);
        }

        @Test
        void recordsWhatAnInterruptedEffectStillReturns() {
            Trial<String> trial = trial(
                            String.class,
                            (ctx, in) -> ctx.step("Long", String.class, () -> {
                                try {
                                    gate.pass();
                                    return "never";
                                } catch (InterruptedException e) {
                                    return "after all";
                                }
                            }))
                    .with(builder -> builder.shutdownGrace(Duration.ofMillis(50)));
            trial.revive();
            gate.awaitReached();

            trial.stop();

            assertThat(trial.row("Long").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(trial.result()).isEqualTo("after all");
        }

        @Test
        void doesNotHangOnAnEffectThatNeverReturns() throws Exception {
            Gate returned = new Gate();
            Trial<String> trial = trial(
                            String.class,
                            (ctx, in) -> ctx.step("Stuck", String.class, () -> {
                                if (effects.happen("stuck") == 1) {
                                    gate.passUninterruptibly();
                                    returned.reach();
                                }
                                return "done " + effects.times("stuck");
                            }))
                    .with(builder -> builder.shutdownGrace(Duration.ofMillis(50)));
            trial.revive();
            gate.awaitReached();

            trial.stop();
            String result = trial.result();
            gate.open();
            returned.awaitReached();

            assertThat(result).isEqualTo("done 2");
            assertThat(trial.result()).isEqualTo("done 2");
        }

        @Test
        void endsTheWaitOfCallers() throws Exception {
            Revive revive = engine(
                    echo(),
                    (ctx, in) -> ctx.step("Wait", String.class, () -> {
                        gate.pass();
                        return "done";
                    }));
            WorkflowHandle<String> handle = revive.start(echo(), unique("x"), "a");
            gate.awaitReached();
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread waiter = new Thread(() -> {
                try {
                    handle.result(PATIENCE);
                } catch (RuntimeException e) {
                    thrown.complete(e);
                }
            });
            waiter.start();
            Thread closer = closing(revive);
            gate.open();
            join(closer);
            join(waiter);

            if (thrown.isDone()) {
                assertThat(thrown.get()).isInstanceOf(EngineStoppedException.class);
            }
            assertThatThrownBy(() -> handle.result(PATIENCE)).isInstanceOf(EngineStoppedException.class);
        }

        @Test
        void mayBeCalledTwiceAndLeavesNothingUsable() {
            Revive revive = echoing();
            WorkflowHandle<String> handle = revive.start(echo(), unique("x"), "a");
            handle.result(PATIENCE);

            revive.close();
            revive.close();

            assertThatThrownBy(() -> revive.start(echo(), unique("y"), "a"))
                    .isInstanceOf(EngineStoppedException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(handle::result).isInstanceOf(EngineStoppedException.class);
            assertThatThrownBy(handle::status).isInstanceOf(EngineStoppedException.class);
            assertThatThrownBy(handle::steps).isInstanceOf(EngineStoppedException.class);
            assertThatThrownBy(() -> revive.resume(unique("x"))).isInstanceOf(EngineStoppedException.class);
            assertThat(revive.hasCrashed()).isFalse();
        }

        @Test
        void ofManyRunningWorkflowsLosesNone() {
            Workflow<String, Integer> counting = flow("counting", Integer.class);
            dev.revive.workflow.WorkflowFunction<String, Integer> count = (ctx, in) -> {
                int sum = 0;
                for (int i = 0; i < 20; i++) {
                    sum += ctx.step("Count", Integer.class, () -> {
                        effects.happen("count");
                        return 1;
                    });
                }
                return sum;
            };
            Revive revive = engine(counting, count);
            for (int i = 0; i < 20; i++) {
                revive.start(counting, unique("x" + i), "a");
            }

            close(revive);
            Revive next = engine(counting, count);

            for (int i = 0; i < 20; i++) {
                assertThat(next.handle(counting, unique("x" + i)).result(PATIENCE))
                        .isEqualTo(20);
            }
            assertThat(effects.times("count")).isEqualTo(400);
        }
    }

    @Nested
    class Room {
        @Test
        void forOneWorkflowIsEnoughForMany() {
            Revive revive = engine(builder -> builder.maxLoadedRuns(1).register(echo(), (ctx, in) -> {
                ctx.step("One", () -> {});
                return ctx.step("Echo", String.class, () -> "echo " + in);
            }));
            List<WorkflowHandle<String>> handles = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                handles.add(revive.start(echo(), unique("x" + i), "" + i));
            }

            for (int i = 0; i < 50; i++) {
                assertThat(handles.get(i).result(PATIENCE)).isEqualTo("echo " + i);
            }
        }

        @Test
        void isSharedByTwoEnginesOnOneStore() {
            Revive one = echoing();
            Revive other = echoing();

            for (int i = 0; i < 20; i++) {
                Revive revive = i % 2 == 0 ? one : other;
                assertThat(revive.start(echo(), unique("x" + i), "a").result(PATIENCE))
                        .isEqualTo("echo a");
            }

            assertThat(effects.times("echo")).isEqualTo(20);
            assertThat(other.handle(echo(), unique("x0")).result(PATIENCE)).isEqualTo("echo a");
            assertThat(other.start(echo(), unique("x2"), "a").result(PATIENCE)).isEqualTo("echo a");
            assertThat(effects.times("echo")).isEqualTo(20);
        }

        @Test
        void ofAnEngineThatLeavesIsTakenByTheOther() {
            Gate gate = new Gate();
            Workflow<String, String> moving = flow("moving", String.class);
            dev.revive.workflow.WorkflowFunction<String, String> code = (ctx, in) -> {
                ctx.step("Long", () -> {
                    if (effects.happen("long") == 1) {
                        gate.pass();
                    }
                });
                return ctx.step("Where", String.class, () -> "done");
            };
            Revive one = engine(builder -> builder.register(moving, code).shutdownGrace(Duration.ofMillis(20)));
            one.start(moving, unique("x"), "a");
            gate.awaitReached();
            Revive other = engine(moving, code);

            close(one);

            assertThat(other.start(moving, unique("x"), "a").result(PATIENCE)).isEqualTo("done");
            assertThat(effects.times("long")).isEqualTo(2);
        }

        @Test
        void ofAnotherEngineIsWaitedFor() {
            assumeThat(setting.isNarrow()).isFalse(); // it is found by looking now and then, which takes time
            Gate gate = new Gate();
            Workflow<String, String> far = flow("far", String.class);
            Revive one = engine(
                    far,
                    (ctx, in) -> ctx.step("Wait", String.class, () -> {
                        gate.pass();
                        return "done";
                    }));
            Revive other = engine(far, (ctx, in) -> "never");
            one.start(far, unique("x"), "a");
            gate.awaitReached();
            gate.open();

            assertThat(other.handle(far, unique("x")).result(PATIENCE)).isEqualTo("done");
        }
    }

    interface Hr {
        String create(String name);

        List<Employee> all(int count) throws IOException;

        void fire(String name);

        int size();

        default String createTwice(String name) {
            return create(name) + create(name);
        }
    }

    record Employee(String name) {}

    static class RealHr implements Hr {
        private final Effects effects;

        RealHr(Effects effects) {
            this.effects = effects;
        }

        @Override
        public String create(String name) {
            return name + effects.happen("create");
        }

        @Override
        public List<Employee> all(int count) {
            effects.happen("all");
            return java.util.Collections.nCopies(count, new Employee("Ada"));
        }

        @Override
        public void fire(String name) {
            throw new UnsupportedOperationException("nobody is fired, not even " + name);
        }

        @Override
        public int size() {
            return 42;
        }

        @Override
        public String toString() {
            return "the real HR";
        }
    }

    @Nested
    class TypedSteps {
        @Test
        void areNamedAfterInterfaceAndMethod() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Hr hr = ctx.steps(Hr.class, new RealHr(effects));
                return hr.create("Ada") + hr.size();
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("Ada142");
            assertThat(trial.stepKeys()).containsExactly("Hr.create#1", "Hr.size#2");
            assertThat(effects.times("create")).isEqualTo(1);
        }

        @Test
        void keepTheirTypeArguments() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<Employee> all = ctx.steps(Hr.class, new RealHr(effects)).all(2);
                return all.get(1).name();
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("Ada");
            assertThat(effects.times("all")).isEqualTo(1);
        }

        @Test
        void ofADefaultMethodAreThoseItCalls() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.steps(Hr.class, new RealHr(effects)).createTwice("Ada"));

            assertThat(trial.result()).isEqualTo("Ada1Ada2");
            assertThat(trial.stepKeys()).containsExactly("Hr.create#1", "Hr.create#2");
        }

        @Test
        void areNoneOfObjectsMethods() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Hr hr = ctx.steps(Hr.class, new RealHr(effects));
                Hr other = ctx.steps(Hr.class, new RealHr(effects));
                return hr + " " + hr.equals(hr) + hr.equals(other) + hr.equals(null) + (hr.hashCode() == hr.hashCode());
            });

            assertThat(trial.result()).isEqualTo("steps of Hr on the real HR truefalsefalsetrue");
            assertThat(trial.steps()).isEmpty();
        }

        @Test
        void failAsStepsDo() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.steps(Hr.class, new RealHr(effects)).fire("Ada");
                    return "fired";
                } catch (StepFailedException e) {
                    return e.stepName() + ": " + e.failure().summary();
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result())
                    .isEqualTo("Hr.fire: java.lang.UnsupportedOperationException: nobody is fired, not even Ada");
        }

        @Test
        void takeOptions() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Hr flaky = new RealHr(effects) {
                    @Override
                    public String create(String name) {
                        if (effects.happen("try") < 3) {
                            throw new IllegalStateException("again");
                        }
                        return name;
                    }
                };
                StepOptions options = StepOptions.defaults()
                        .retry(dev.revive.workflow.RetryPolicy.upTo(3).fixedDelay(Duration.ofMillis(1)));
                return ctx.steps(Hr.class, flaky, options).create("Ada");
            });

            assertThat(trial.result()).isEqualTo("Ada");
            assertThat(trial.step("Hr.create").attempt()).isEqualTo(3);
        }

        interface Async {
            CompletableFuture<String> later();
        }

        @Test
        void thatAnswerLaterAreRefused() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.steps(Async.class, () -> CompletableFuture.completedFuture("x"))
                            .later()
                            .join());

            assertThat(trial.failure().failure().message())
                    .contains("Async.later")
                    .contains("still to come")
                    .contains("ctx.parallel");
        }

        @Test
        void ofAClassAreRefused() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.steps(RealHr.class, new RealHr(effects)).create("Ada"));

            assertThat(trial.failure().failure().message()).contains("is not an interface");
        }

        @Test
        void belongToTheContextThatMadeThem() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Hr hr = ctx.steps(Hr.class, new RealHr(effects));
                return ctx.parallel(List.of(1), (b, i) -> hr.create("Ada")).toString();
            });

            assertThat(trial.failure().failure().cause().message())
                    .contains("on the surrounding context while its parallel runs");
        }
    }

    @Nested
    class TheContextClassLoader {
        @Test
        void isThatOfWhoBuiltTheEngineEverywhere() throws Exception {
            List<ClassLoader> seen = new CopyOnWriteArrayList<>();
            ClassLoader before = Thread.currentThread().getContextClassLoader();
            try (URLClassLoader mine = new URLClassLoader(new URL[0], before)) {
                Thread.currentThread().setContextClassLoader(mine);
                Trial<String> trial = trial(String.class, (ctx, in) -> {
                    see(seen);
                    ctx.step("Step", () -> see(seen));
                    ctx.step(dev.revive.workflow.Step.of("Timed", () -> see(seen))
                            .attemptTimeout(Duration.ofSeconds(20)));
                    ctx.parallel(List.of(1, 2, 3), (b, i) -> {
                        see(seen);
                        b.step("Branch", () -> see(seen));
                        return i;
                    });
                    return "done";
                });
                trial.result();
                assertThat(seen).hasSize(9).containsOnly(mine);
            } finally {
                Thread.currentThread().setContextClassLoader(before);
            }
        }

        private static void see(List<ClassLoader> seen) {
            seen.add(Thread.currentThread().getContextClassLoader());
        }

        @Test
        void thatUserCodeLeavesBehindDoesNotReachTheNextWorkflow() throws Exception {
            List<ClassLoader> seen = new CopyOnWriteArrayList<>();
            try (URLClassLoader foreign = new URLClassLoader(new URL[0])) {
                Revive revive = engine(echo(), (ctx, in) -> {
                    see(seen);
                    Thread.currentThread().setContextClassLoader(foreign);
                    return "done";
                });

                for (int i = 0; i < 5; i++) {
                    revive.start(echo(), unique("x" + i), "").result(PATIENCE);
                }

                assertThat(seen).doesNotContain(foreign);
            }
        }
    }

    /** What a request is to one thread: a tenant, a priority, a group. The first that starts a workflow makes the engine's threads. */
    @Nested
    class TheContextOfARequest {
        private static final InheritableThreadLocal<String> TENANT = new InheritableThreadLocal<>();

        private <T> T inARequest(Callable<T> work) throws Exception {
            FutureTask<T> task = new FutureTask<>(() -> {
                TENANT.set("A");
                return work.call();
            });
            Thread request = new Thread(new ThreadGroup("requests"), task, "request");
            request.setPriority(Thread.MAX_PRIORITY);
            request.start();
            return task.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }

        private static String context() {
            Thread here = Thread.currentThread();
            return TENANT.get() + " " + here.getPriority() + " "
                    + here.getThreadGroup().getName().equals("requests");
        }

        @Test
        void reachesNoWorkflow() throws Exception {
            List<String> seen = new CopyOnWriteArrayList<>();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                seen.add(context());
                ctx.step("Step", () -> seen.add(context()));
                ctx.step(Step.of("Timed", () -> seen.add(context())).attemptTimeout(PATIENCE));
                ctx.parallel(IntStream.range(0, 20).boxed().toList(), (branch, i) -> {
                    seen.add(context());
                    branch.step("Branch", () -> seen.add(context()));
                    return i;
                });
                return "done";
            });

            assertThat(inARequest(trial::result)).isEqualTo("done");
            assertThat(seen).hasSize(43).containsOnly("null 5 false");
        }

        @Test
        void reachesNoneOfTheEnginesThreads() throws Exception {
            Trial<String> trial = trial(String.class, (ctx, in) -> ctx.step("Step", String.class, () -> "done"));
            inARequest(() -> {
                trial.result();
                return trial.handle().status();
            });

            List<Thread> engines = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("revive-"))
                    .toList();
            assertThat(engines).isNotEmpty().allSatisfy(thread -> {
                assertThat(thread.getPriority()).as(thread.getName()).isEqualTo(Thread.NORM_PRIORITY);
                assertThat(thread.isDaemon()).as(thread.getName()).isTrue();
                ThreadGroup group = thread.getThreadGroup();
                assertThat(group == null ? "ended" : group.getName())
                        .as(thread.getName())
                        .isNotEqualTo("requests");
            });
        }
    }

    @Nested
    class ABuilder {
        @Test
        void refusesNonsense() {
            assertThatThrownBy(() -> builder().permits(0)).hasMessageContaining("permits must be 1 or more");
            assertThatThrownBy(() -> builder().threads(-1)).hasMessageContaining("threads must be 1 or more");
            assertThatThrownBy(() -> builder().maxStrikes(0)).hasMessageContaining("maxStrikes");
            assertThatThrownBy(() -> builder().lanes(0)).hasMessageContaining("lanes");
            assertThatCode(() -> builder().maxLoadedRuns(1)).doesNotThrowAnyException();
        }

        @Test
        void takesTimesThatNobodyCanCount() {
            Duration forEver = ChronoUnit.FOREVER.getDuration();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                        ctx.sleep("Nap", Duration.ofMillis(20));
                        return ctx.step(Step.of("Step", String.class, attempt -> {
                                    if (attempt.attempt() == 1) {
                                        throw new IllegalStateException("once");
                                    }
                                    return "done";
                                })
                                .with(StepOptions.defaults()
                                        .attemptTimeout(forEver)
                                        .totalTimeout(forEver)
                                        .timeoutGrace(forEver))
                                .retry(RetryPolicy.forever().maxDelay(forEver).fixedDelay(Duration.ofMillis(1))));
                    })
                    .with(builder -> builder.lease(forEver)
                            .startTimeout(forEver)
                            .unloadAfter(forEver)
                            .shutdownGrace(forEver));

            assertThat(trial.handle().result(forEver)).isEqualTo("done");
            trial.stop();
            assertThat(trial.result()).isEqualTo("done");
        }

        @Test
        void refusesTimesThatMakeNoSense() {
            assertThatThrownBy(() -> builder().shutdownGrace(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> builder().startTimeout(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> builder().lease(Duration.ofMillis(1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
