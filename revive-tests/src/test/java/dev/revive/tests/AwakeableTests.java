// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.ForwardingSeat;
import dev.revive.store.ForwardingStore;
import dev.revive.store.Hint;
import dev.revive.store.Message;
import dev.revive.store.ReadLimit;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Awakeable;
import dev.revive.workflow.AwakeableCompletedException;
import dev.revive.workflow.AwakeableFailedException;
import dev.revive.workflow.Branch;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.CompletionNotDeliveredException;
import dev.revive.workflow.CompletionNotDeliveredException.Reason;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Poll;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.WorkflowCancelledException;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Ids that a workflow gives to the world, and what the world completes them with. */
@InSettings
class AwakeableTests extends TestBed {
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofHours(1);
    private static final ReadLimit ALL = new ReadLimit(1_000, 1_000, 1_000_000);

    /** Of one workflow, each by several at once. */
    private static final int COMPLETIONS = Integer.getInteger("revive.completions", 60);

    private final Effects effects = new Effects();

    /** What the world was given, by name. */
    private final Map<String, List<String>> given = new ConcurrentHashMap<>();

    private void give(WorkflowContext ctx, Awakeable<?> awakeable) {
        ctx.step("Give " + awakeable.name(), () -> {
            given.computeIfAbsent(awakeable.name(), name -> new CopyOnWriteArrayList<>())
                    .add(awakeable.id());
        });
    }

    /** What the world knows it by. */
    private String awaitGiven(String name) {
        await().atMost(PATIENCE)
                .until(() -> !given.getOrDefault(name, List.of()).isEmpty());
        return given.get(name).get(0);
    }

    private String awaitGiven(Trial<?> trial, String name) {
        trial.revive();
        return awaitGiven(name);
    }

    /** Waits until a workflow is a row and nothing else. */
    private WorkflowRecord awaitUnloaded(String id) {
        await().atMost(PATIENCE).until(() -> row(id).status() == WorkflowStatus.DUE);
        return row(id);
    }

    private StepRecord completion(Trial<?> trial) {
        return trial.rows().stream()
                .filter(row -> row.kind() == CallKind.COMPLETION)
                .findFirst()
                .orElseThrow();
    }

    private void awaitWaiting(Trial<?> trial) {
        await().atMost(PATIENCE)
                .until(() -> trial.rows().stream()
                        .anyMatch(row -> row.kind() == CallKind.COMPLETION && row.status() == StepStatus.STARTED));
    }

    private Trial<String> paying() {
        return trial(String.class, (ctx, in) -> {
            Awakeable<String> paid = ctx.awakeable("Payment", String.class);
            give(ctx, paid);
            String payment = ctx.await(paid);
            ctx.step("After", () -> effects.happen("After"));
            return payment;
        });
    }

    private static Reason reasonOf(Runnable completion) {
        AtomicReference<Reason> reason = new AtomicReference<>();
        assertThatThrownBy(completion::run)
                .isInstanceOfSatisfying(CompletionNotDeliveredException.class, e -> reason.set(e.reason()));
        return reason.get();
    }

    @Nested
    class AWait {
        @Test
        void endsWithWhatItIsCompletedWith() {
            Trial<String> trial = paying();
            String id = awaitGiven(trial, "Payment");
            awaitWaiting(trial);

            trial.revive().complete(id, "EUR 10");

            assertThat(trial.result()).isEqualTo("EUR 10");
            assertThat(effects.all()).containsExactly("After");
        }

        @Test
        void endsThoughItsWorkflowIsARow() {
            Trial<String> trial = paying();
            String id = awaitGiven(trial, "Payment");
            assertThat(awaitUnloaded(trial.id()).dueAt()).isNull();

            trial.revive().complete(id, "EUR 10");

            assertThat(trial.result()).isEqualTo("EUR 10");
            assertThat(given.get("Payment")).hasSize(1);
        }

        @Test
        void findsWhatCameBeforeItAndThenDoesNotWait() {
            AtomicReference<Revive> revive = new AtomicReference<>();
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                ctx.step("Pay At Once", () -> {
                    gate.pass();
                    revive.get().complete(paid.id(), "at once");
                });
                return ctx.await(paid);
            });
            revive.set(trial.revive());
            gate.open();

            assertThat(trial.result()).isEqualTo("at once");
            assertThat(trial.rows()).noneMatch(row -> row.status() == StepStatus.STARTED);
        }

        @Test
        void isNotEndedByAnother() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> first = ctx.awakeable("First", String.class);
                Awakeable<String> second = ctx.awakeable("Second", String.class);
                give(ctx, first);
                give(ctx, second);
                return ctx.await(first) + ctx.await(second);
            });
            String second = awaitGiven(trial, "Second");
            awaitUnloaded(trial.id());
            long epoch = row(trial.id()).epoch();

            trial.revive().complete(second, "2");
            assertThat(row(trial.id()).epoch()).isEqualTo(epoch);
            assertThat(row(trial.id()).dueAt()).isNull();
            trial.revive().complete(awaitGiven("First"), "1");

            assertThat(trial.result()).isEqualTo("12");
        }

        @Test
        void isRecordedAsWhatItIs() {
            Trial<String> trial = paying();
            String id = awaitGiven(trial, "Payment");
            awaitWaiting(trial);

            trial.revive().complete(id, "EUR 10");
            trial.result();

            assertThat(trial.rows())
                    .extracting(StepRecord::kind)
                    .containsExactly(CallKind.AWAKEABLE, CallKind.STEP, CallKind.COMPLETION, CallKind.STEP);
            assertThat(trial.row("Payment").output()).isEqualTo("\"" + id + "\"");
            assertThat(completion(trial).output()).isEqualTo("\"EUR 10\"");
            assertThat(completion(trial).detail()).isEqualTo("{\"awakeable\":\"#1\"}");
        }

        @Test
        void ofWhatHasTypeArgumentsIsReadAsThatType() {
            TypeRef<List<Duration>> durations = new TypeRef<>() {};
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<List<Duration>> paid = ctx.awakeable("Payment", durations);
                give(ctx, paid);
                return ctx.await(paid).get(0).plusSeconds(1).toString();
            });

            trial.revive().complete(awaitGiven(trial, "Payment"), List.of(SHORT), durations);

            assertThat(trial.result()).isEqualTo("PT1.1S");
        }
    }

    @Nested
    class SeveralWaitsForOne {
        @Test
        void comeToTheSameEndOneAfterTheOther() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                String ends = ctx.await(paid) + ctx.await(paid, SHORT).orElse("nothing");
                ctx.step("Wait", gate::pass);
                return ends + ctx.await(paid) + ctx.await(paid, Duration.ZERO).orElse("nothing");
            });
            trial.revive().complete(awaitGiven(trial, "Payment"), "a");
            trial.stopWhile(gate);

            assertThat(trial.result()).isEqualTo("aaaa");
        }

        @Test
        void comeToTheSameEndInBranches() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                return ctx.parallel(ParallelOptions.defaults())
                        .all(Collections.nCopies(4, (Branch<String>) b -> b.await(paid)))
                        .toString();
            });
            String id = awaitGiven(trial, "Payment");
            awaitUnloaded(trial.id());

            trial.revive().complete(id, "a");

            assertThat(trial.result()).isEqualTo("[a, a, a, a]");
        }

        /** The branch that was first to wait may have no thread when what it waits for is there. */
        @Test
        void doSoThoughOneOfTheBranchesHasCompletedIt() {
            AtomicReference<Revive> revive = new AtomicReference<>();
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                return ctx.parallel(ParallelOptions.defaults())
                        .all(List.<Branch<String>>of(
                                b -> b.await(paid) + b.await(paid),
                                b -> {
                                    b.step("Pay", () -> {
                                        gate.pass();
                                        revive.get().complete(paid.id(), "a");
                                    });
                                    return b.await(paid);
                                },
                                b -> b.await(paid)))
                        .toString();
            });
            revive.set(trial.revive());
            gate.open();

            assertThat(trial.result()).isEqualTo("[aa, a, a]");
        }

        @Test
        void areOfOneThatABranchHasMade() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid =
                        ctx.parallel(b -> b.awakeable("Payment", String.class), b -> "other", (made, other) -> made);
                give(ctx, paid);
                return ctx.await(paid);
            });

            trial.revive().complete(awaitGiven(trial, "Payment"), "a");

            assertThat(trial.result()).isEqualTo("a");
            assertThat(completion(trial).detail()).isEqualTo("{\"awakeable\":\"1.1#1\"}");
        }
    }

    @Nested
    class AWaitWithALimit {
        @Test
        void mayBeAsLongOrAsShortAsNobodyCanCount() {
            Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                return ctx.await(paid, forEver.negated()).orElse("nothing, ")
                        + ctx.await(paid, forEver).orElse("nothing");
            });
            String id = awaitGiven(trial, "Payment");
            assertThat(awaitUnloaded(trial.id()).dueAt()).isAfter(Instant.now().plus(Duration.ofDays(36_000)));

            trial.revive().complete(id, "then something");

            assertThat(trial.result()).isEqualTo("nothing, then something");
        }

        @Test
        void leavesNoTimerBehindWhenItEndsBefore() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                Awakeable<String> shipped = ctx.awakeable("Shipment", String.class);
                give(ctx, paid);
                give(ctx, shipped);
                return ctx.await(paid, LONG).orElse("nothing") + ctx.await(shipped);
            });
            String id = awaitGiven(trial, "Payment");
            awaitWaiting(trial);
            assertThat(awaitUnloaded(trial.id()).dueAt()).isNotNull();

            trial.revive().complete(id, "in time, ");
            await().atMost(PATIENCE)
                    .until(() -> trial.rows().stream()
                            .anyMatch(row -> row.kind() == CallKind.COMPLETION
                                    && row.key().name().equals("Shipment")));

            assertThat(awaitUnloaded(trial.id()).dueAt()).isNull();
            trial.revive().complete(awaitGiven("Shipment"), "too");
            assertThat(trial.result()).isEqualTo("in time, too");
        }

        @Test
        void endsWithNothingAndAnotherMayFollow() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                Optional<String> early = ctx.await(paid, SHORT);
                ctx.step("Wait", gate::pass);
                return early.orElse("nothing") + " then "
                        + ctx.await(paid, LONG).orElse("nothing");
            });
            trial.revive();
            gate.awaitReached();
            assertThat(completion(trial).output()).isNull();
            assertThat(completion(trial).status()).isEqualTo(StepStatus.COMPLETED);
            trial.revive().complete(awaitGiven("Payment"), "late");
            trial.stopWhile(gate);

            assertThat(trial.result()).isEqualTo("nothing then late");
        }

        @Test
        void endsWithNothingThoughItIsARow() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                return ctx.await(paid, Duration.ofMillis(1_700)).orElse("nothing");
            });

            assertThat(trial.result()).isEqualTo("nothing");
        }

        /** What tells of it is lost: the store's hints reach nobody. */
        @Test
        void looksOnceMoreWhenItsTimeIsUp() {
            use(new ForwardingStore(store()) {
                @Override
                public ExecutorSeat seat(ExecutorSettings settings) {
                    return new ForwardingSeat(super.seat(settings)) {
                        @Override
                        public void listen(Consumer<Hint> hints) {}
                    };
                }
            });
            Revive client = engine(builder -> builder);
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                ctx.step("Pay", () -> client.complete(paid.id(), "in time"));
                return ctx.await(paid, Duration.ofMillis(50)).orElse("nothing");
            });

            assertThat(trial.result()).isEqualTo("in time");
        }
    }

    @Nested
    class AnId {
        @Test
        void isGoodForAUrlAndNotToBeGuessed() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> one = ctx.awakeable("One", String.class);
                Awakeable<String> other = ctx.awakeable("Other", String.class);
                assertThat(one.toString()).isEqualTo("One");
                return one.id() + " " + other.id();
            });

            String[] ids = trial.result().split(" ");

            assertThat(ids).allMatch(id -> id.matches("[A-Za-z0-9_-]{40,70}"));
            assertThat(ids[0].substring(0, 32)).isNotEqualTo(ids[1].substring(0, 32));
        }

        @Test
        void mayBeOfAWorkflowWithAnIdOfAnyKind() {
            String odd = unique("\u00e4/\ud83d\ude80 #1/2 \n" + "x".repeat(200));
            Revive revive = engine(flow("odd", String.class), (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                return ctx.await(paid);
            });
            revive.start(flow("odd", String.class), odd, "");

            revive.complete(awaitGiven("Payment"), "EUR 10");

            assertThat(revive.handle(flow("odd", String.class), odd).result(PATIENCE))
                    .isEqualTo("EUR 10");
        }

        @Test
        void isTheSameInEveryReplayFromWhenSomebodyHasIt() {
            for (CrashPoint point : List.of(
                    CrashPoint.BEFORE_STARTED,
                    CrashPoint.BEFORE_EFFECT,
                    CrashPoint.AFTER_EFFECT,
                    CrashPoint.OUTCOME_QUEUED,
                    CrashPoint.AFTER_OUTCOME)) {
                boolean isOfEffects = point == CrashPoint.BEFORE_EFFECT || point == CrashPoint.AFTER_EFFECT;
                for (CrashAction how : List.of(CrashAction.CRASH_LOSING_QUEUED, CrashAction.CRASH_KEEPING_QUEUED)) {
                    for (int passage = 1; passage <= (isOfEffects ? 1 : 3); passage++) {
                        String name = "Payment at %s %s %d".formatted(point, how, passage);
                        Trial<String> trial = trial(name, String.class, (ctx, in) -> {
                            Awakeable<String> paid = ctx.awakeable(name, String.class);
                            ctx.step(Step.of("Give", () -> {
                                        given.computeIfAbsent(name, n -> new CopyOnWriteArrayList<>())
                                                .add(paid.id());
                                    })
                                    .idempotent());
                            return paid.id() + ctx.await(paid, Duration.ZERO).orElse("");
                        });

                        trial.crash(CrashPlan.at(point).passage(passage).then(how));
                        String id = trial.result();

                        assertThat(given.get(name)).as(name).containsOnly(id);
                        trial.stop();
                    }
                }
            }
        }

        /** In the store, by another connection, while whatever could tell it to the world is at work. */
        @Test
        void isDurableBeforeAnythingCanTellIt() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<Awakeable<String>> all = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    all.add(ctx.awakeable("A" + i, String.class));
                    Awakeable<String> last = all.get(i);
                    Step<Void> step = Step.of("Tell", () -> requireDurable(ctx, last));
                    switch (i) {
                        case 0 -> ctx.step(step);
                        case 1 -> ctx.step(step.idempotent());
                        case 2 -> ctx.step(step.atMostOnce());
                        case 3 -> ctx.step(step.attemptTimeout(PATIENCE));
                        case 4 ->
                            ctx.poll("Tell", Boolean.class, Poll.every(SHORT).until(seen -> seen), attempt -> {
                                requireDurable(ctx, last);
                                return true;
                            });
                        default ->
                            ctx.parallel(
                                    b -> {
                                        Awakeable<String> made = b.awakeable("B", String.class);
                                        b.step("Tell", () -> requireDurable(b, made));
                                        return "";
                                    },
                                    b -> b.step("Tell", String.class, () -> {
                                        requireDurable(b, last);
                                        return "";
                                    }),
                                    (one, other) -> "");
                    }
                }
                return "durable";
            });

            assertThat(trial.result()).isEqualTo("durable");
            assertThat(effects.times("told")).isEqualTo(7);
        }

        private void requireDurable(WorkflowContext ctx, Awakeable<?> awakeable) {
            assertThat(store().steps(ctx.info().workflowId()))
                    .extracting(StepRecord::output)
                    .contains("\"" + awakeable.id() + "\"");
            effects.happen("told");
        }
    }

    @Nested
    class AFailure {
        private Trial<String> declined(Gate gate) {
            return trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                String seen;
                try {
                    seen = ctx.await(paid);
                } catch (AwakeableFailedException e) {
                    seen = e.reason() + " at " + e.position() + " of " + e.stepName();
                }
                ctx.step("Wait", gate::pass);
                return seen;
            });
        }

        @Test
        void isThrownByTheWaitAndTheSameInEveryReplay() {
            Gate gate = new Gate();
            Trial<String> trial = declined(gate);
            trial.revive().fail(awaitGiven(trial, "Payment"), "declined");
            trial.stopWhile(gate);

            assertThat(trial.result()).isEqualTo("declined at #3 of Payment");
            assertThat(completion(trial).status()).isEqualTo(StepStatus.FAILED);
            assertThat(completion(trial).failure())
                    .contains("declined")
                    .contains(AwakeableFailedException.class.getName());
        }

        @Test
        void mayBeOfAnyTextAndLength() {
            String odd = "\u0000\ud800\"\\\n\u00e4\ud83d\ude80" + "x".repeat(10_000);
            Gate gate = new Gate();
            gate.open();
            Trial<String> trial = declined(gate);
            String id = awaitGiven(trial, "Payment");

            trial.revive().fail(id, odd);
            trial.revive().fail(id, odd);

            assertThat(trial.result()).startsWith(odd.substring(0, 4_000) + "... at #3");
        }

        @Test
        void thatIsNotCaughtFailsTheWorkflowAndIsMetAgainWhenThatIsRetried() {
            Trial<String> trial = paying();
            trial.revive().fail(awaitGiven(trial, "Payment"), "declined");
            assertThat(trial.failure().failure().message())
                    .contains("\"Payment\"")
                    .contains("declined");

            trial.revive().retry(trial.id());

            assertThat(trial.failure().failure().message()).contains("declined");
            assertThat(given.get("Payment")).hasSize(1);
        }
    }

    @Nested
    class Completing {
        @Test
        void theSameTwiceIsAcceptedThoughItsWorkflowHasEnded() {
            Trial<String> trial = paying();
            String id = awaitGiven(trial, "Payment");
            trial.revive().complete(id, "EUR 10");
            trial.revive().complete(id, "EUR 10");
            assertThat(trial.result()).isEqualTo("EUR 10");

            assertThatCode(() -> trial.revive().complete(id, "EUR 10")).doesNotThrowAnyException();
        }

        @Test
        void theSameInAnotherOrderIsTheSame() {
            TypeRef<Map<String, Integer>> type = new TypeRef<>() {};
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<Map<String, Integer>> paid = ctx.awakeable("Payment", type);
                give(ctx, paid);
                return ctx.await(paid).toString();
            });
            String id = awaitGiven(trial, "Payment");
            Map<String, Integer> sorted = new LinkedHashMap<>();
            sorted.put("a", 1);
            sorted.put("b", 2);
            Map<String, Integer> reversed = new LinkedHashMap<>();
            reversed.put("b", 2);
            reversed.put("a", 1);
            trial.revive().complete(id, sorted, type);
            trial.revive().complete(id, reversed, type);

            assertThat(trial.result()).isEqualTo("{a=1, b=2}");
        }

        @Test
        void anotherWaySaysThatTheFirstCounts() {
            Trial<String> trial = paying();
            String id = awaitGiven(trial, "Payment");
            trial.revive().complete(id, "EUR 10");

            assertThatThrownBy(() -> trial.revive().complete(id, "EUR 11"))
                    .isInstanceOfSatisfying(AwakeableCompletedException.class, e -> {
                        assertThat(e.workflowId()).isEqualTo(trial.id());
                        assertThat(e.name()).isEqualTo("Payment");
                        assertThat(e.wasFailed()).isFalse();
                        assertThat(e.completedAt())
                                .isEqualTo(
                                        store().messages(trial.id(), ALL).get(0).sentAt());
                        assertThat(e)
                                .hasMessageContaining("The first counts")
                                .hasMessageNotContaining("EUR")
                                .hasMessageNotContaining(id);
                    });
            assertThatThrownBy(() -> trial.revive().fail(id, "EUR 10")).isInstanceOf(AwakeableCompletedException.class);
            assertThat(trial.result()).isEqualTo("EUR 10");
            assertThatThrownBy(() -> trial.revive().complete(id, "EUR 11"))
                    .isInstanceOf(AwakeableCompletedException.class);
        }

        @Test
        void whatWasFailedSaysSo() {
            Trial<String> trial = paying();
            String id = awaitGiven(trial, "Payment");
            trial.revive().fail(id, "declined");

            assertThatThrownBy(() -> trial.revive().complete(id, "declined"))
                    .isInstanceOfSatisfying(
                            AwakeableCompletedException.class,
                            e -> assertThat(e.wasFailed()).isTrue());
            assertThatCode(() -> trial.revive().fail(id, "declined")).doesNotThrowAnyException();
        }

        @Test
        void whatDoesNotExistLeavesNothing() {
            Trial<String> trial = paying();
            String id = awaitGiven(trial, "Payment");
            awaitWaiting(trial);
            byte[] forged = Base64.getUrlDecoder().decode(id);
            forged[15]++;
            byte[] ofAnother = (new String(forged, 0, 24, StandardCharsets.ISO_8859_1) + "#1/nobody")
                    .getBytes(StandardCharsets.ISO_8859_1);
            byte[] ofAStep = (new String(forged, 0, 24, StandardCharsets.ISO_8859_1) + "#2/" + trial.id())
                    .getBytes(StandardCharsets.ISO_8859_1);

            List<String> wrong =
                    new ArrayList<>(List.of("", "x", "not an id", id + "=", id + "A", id.substring(1), "A".repeat(32)));
            wrong.add(id.substring(0, id.length() - 1));
            for (byte[] bytes : List.of(forged, ofAnother, ofAStep)) {
                wrong.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
            }
            for (String each : wrong) {
                assertThat(reasonOf(() -> trial.revive().complete(each, "EUR 10")))
                        .as(each)
                        .isEqualTo(Reason.NOT_FOUND);
                assertThat(reasonOf(() -> trial.revive().fail(each, "declined")))
                        .isEqualTo(Reason.NOT_FOUND);
            }

            assertThatThrownBy(() -> trial.revive().complete("x", "EUR 10"))
                    .hasMessageContaining("the id of no awakeable")
                    .hasMessageContaining("changed on its way");
            assertThat(store().messages(trial.id(), ALL)).isEmpty();
            assertThat(row(trial.id()).wakeSeq()).isZero();
        }

        @Test
        void whatNobodyWaitsForAnyMoreSaysSo() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                return "gone";
            });
            String id = awaitGiven(trial, "Payment");
            trial.result();

            assertThat(reasonOf(() -> trial.revive().complete(id, "EUR 10"))).isEqualTo(Reason.ENDED);
            assertThatThrownBy(() -> trial.revive().fail(id, "declined"))
                    .hasMessageContaining(trial.id())
                    .hasMessageContaining("has ended")
                    .hasMessageContaining("nobody waits for it");
            assertThat(store().messages(trial.id(), ALL)).isEmpty();
        }

        @Test
        void withWhatCannotBeRecordedIsRefusedAndLeavesNothing() {
            Trial<String> trial = paying();
            String id = awaitGiven(trial, "Payment");

            assertThatThrownBy(() -> trial.revive().complete(id, new Thread()))
                    .isInstanceOf(SerializationException.class);
            assertThatThrownBy(() -> trial.revive().complete(id, new SignalTests.Unreadable("x", 1)))
                    .isInstanceOf(SerializationException.class);
            assertThatThrownBy(() -> trial.revive().complete(id, List.of("x")))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("TypeRef");
            assertThatThrownBy(() -> trial.revive().complete(id, null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("Send what null would mean");
            assertThatThrownBy(() -> trial.revive().complete(id, null, new TypeRef<String>() {}))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("Send what null would mean");
            assertThatThrownBy(() -> trial.revive().fail(id, null)).hasMessage("reason");
            assertThatThrownBy(() -> trial.revive().complete(null, "EUR 10")).hasMessage("awakeableId");

            assertThat(store().messages(trial.id(), ALL)).isEmpty();
        }

        @Test
        void isForAnyEngineOfTheStore() {
            Trial<String> trial = paying();
            String id = awaitGiven(trial, "Payment");
            trial.stop();
            Revive client = engine(builder -> builder);

            client.complete(id, "EUR 10");
            close(client);

            assertThat(trial.result()).isEqualTo("EUR 10");
            assertThatThrownBy(() -> client.complete(id, "EUR 10")).isInstanceOf(EngineStoppedException.class);
        }

        @Test
        void isForStepsAndNotForWorkflows() {
            Trial<String> payee = trial("payee", String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                return ctx.await(paid);
            });
            String id = awaitGiven(payee, "Payment");
            Gate gate = new Gate();
            AtomicReference<Revive> revive = new AtomicReference<>();
            Trial<String> payer = trial("payer", String.class, (ctx, in) -> {
                ctx.step("Wait", gate::pass);
                assertThatThrownBy(() -> revive.get().complete(id, "outside"))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("step");
                ctx.step("Pay", () -> revive.get().complete(id, "in a step"));
                return "paid";
            });
            revive.set(payer.revive());
            gate.open();

            assertThat(payer.result()).isEqualTo("paid");
            assertThat(payee.result()).isEqualTo("in a step");
        }
    }

    @Nested
    class ManyAtOnce {
        private static final int RIVALS = 4;

        /** Each rival tells what it was told; whatever the waits see is what the one was told who was not refused. */
        @Test
        void completeOnce() throws Exception {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<Awakeable<Integer>> all = new ArrayList<>();
                for (int i = 0; i < COMPLETIONS; i++) {
                    all.add(ctx.awakeable("A" + i, Integer.class));
                }
                ctx.step("Give", () -> all.forEach(each -> given.put(each.name(), List.of(each.id()))));
                return ctx.parallel(
                        b -> all.stream().map(b::await).toList().toString(),
                        b -> all.stream().map(b::await).toList().toString(),
                        (one, other) -> one + other);
            });
            awaitGiven(trial, "A" + (COMPLETIONS - 1));
            List<Integer> counted = new ArrayList<>();
            ExecutorService threads = Executors.newFixedThreadPool(RIVALS);
            try {
                for (int i = 0; i < COMPLETIONS; i++) {
                    counted.add(oneOfMany(threads, trial.revive(), awaitGiven("A" + i)));
                }
            } finally {
                threads.shutdown();
            }

            assertThat(trial.result()).isEqualTo(counted.toString() + counted);
        }

        private int oneOfMany(ExecutorService threads, Revive revive, String id) throws Exception {
            CyclicBarrier together = new CyclicBarrier(RIVALS);
            List<Future<Boolean>> all = new ArrayList<>();
            for (int rival = 0; rival < RIVALS; rival++) {
                int value = rival;
                all.add(threads.submit(() -> {
                    together.await();
                    try {
                        revive.complete(id, value);
                        return true;
                    } catch (AwakeableCompletedException e) {
                        return false;
                    }
                }));
            }
            List<Integer> winners = new ArrayList<>();
            for (int rival = 0; rival < RIVALS; rival++) {
                if (all.get(rival).get()) {
                    winners.add(rival);
                }
            }
            assertThat(winners).hasSize(1);
            return winners.get(0);
        }
    }

    @Nested
    class AcrossACrash {
        @Test
        void whatItWasCompletedWithIsNeitherLostNorAnother() {
            for (CrashPoint point : List.of(CrashPoint.OUTCOME_QUEUED, CrashPoint.AFTER_OUTCOME)) {
                for (CrashAction how : List.of(CrashAction.CRASH_LOSING_QUEUED, CrashAction.CRASH_KEEPING_QUEUED)) {
                    for (int passage = 2; passage <= 5; passage++) { // the first is of the call that makes it
                        String name = "Payment at %s %s %d".formatted(point, how, passage);
                        Trial<String> trial = trial(name, String.class, (ctx, in) -> {
                            Awakeable<String> paid = ctx.awakeable(name, String.class);
                            give(ctx, paid);
                            return ctx.await(paid)
                                    + ctx.parallel(b -> b.await(paid), b -> b.await(paid), String::concat)
                                    + ctx.await(paid);
                        });
                        String id = awaitGiven(trial, name);
                        awaitWaiting(trial);
                        trial.stop();
                        Revive client = engine(builder -> builder);
                        client.complete(id, "a");
                        close(client);

                        trial.crash(CrashPlan.at(point)
                                .ofStep(name)
                                .passage(passage - 1)
                                .then(how));

                        assertThat(trial.result()).as(name).isEqualTo("aaaa");
                        trial.stop();
                    }
                }
            }
        }
    }

    @Nested
    class Misuse {
        @Test
        void toWaitForAnothersOrForOneThatIsKeptIsRefused() {
            AtomicReference<Awakeable<String>> kept = new AtomicReference<>();
            Trial<String> owner = trial("owner", String.class, (ctx, in) -> {
                if (kept.get() == null) {
                    kept.set(ctx.awakeable("Payment", String.class));
                    ctx.step("Keep", () -> effects.happen("kept"));
                } else {
                    ctx.awakeable("Payment", String.class);
                    ctx.step("Keep", () -> effects.happen("kept"));
                    assertThatThrownBy(() -> ctx.await(kept.get()))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("another run");
                }
                return ctx.await(kept.get(), Duration.ZERO).orElse("own");
            });
            owner.crash(CrashPoint.AFTER_OUTCOME, "Keep");
            assertThat(owner.failure().failure().message()).contains("another run");

            Trial<String> other = trial("other", String.class, (ctx, in) -> ctx.await(kept.get()));
            assertThat(other.failure().failure().message())
                    .contains("await(Payment)")
                    .contains("another run");
        }

        @Test
        void inAStepIsRefused() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                ctx.step("Wait", () -> {
                    assertThatThrownBy(() -> ctx.await(paid))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("inside a step");
                    assertThatThrownBy(() -> ctx.awakeable("Inner", String.class))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("inside a step");
                });
                return "refused";
            });

            assertThat(trial.result()).isEqualTo("refused");
        }

        @Test
        @SuppressWarnings("NullAway") // the misuse under test
        void onAForeignContextOrOfNothingIsRefused() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                ctx.parallel(List.of(1, 2), (b, i) -> {
                    assertThatThrownBy(() -> ctx.await(paid))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("await \"Payment\"")
                            .hasMessageContaining("on the surrounding context");
                    return i;
                });
                assertThatThrownBy(() -> ctx.await((Awakeable<String>) null)).hasMessage("awakeable");
                assertThatThrownBy(() -> ctx.await(paid, null)).hasMessage("atMost");
                return CompletableFuture.supplyAsync(() -> {
                            assertThatThrownBy(() -> ctx.await(paid)).hasMessageContaining("use parallel(...)");
                            assertThatThrownBy(() -> ctx.awakeable("Other", String.class))
                                    .hasMessageContaining("use parallel(...)");
                            return "refused";
                        })
                        .join();
            });

            assertThat(trial.result()).isEqualTo("refused");
            assertThat(trial.stepKeys()).containsExactly("Payment#1", "parallel#2");
        }

        @Test
        void aNameOrATypeThatCannotBeIsRefusedBeforeAnythingIsRecorded() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                assertThatThrownBy(() -> ctx.awakeable(" ", String.class)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> ctx.awakeable("Later", Future.class))
                        .isInstanceOf(IllegalArgumentException.class);
                return "refused";
            });

            assertThat(trial.result()).isEqualTo("refused");
            assertThat(trial.rows()).isEmpty();
        }

        @Test
        void aTypeOfWhichNothingCanBeReadNeedsAttentionBeforeTheIdIsGiven() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<SignalTests.Unreadable> paid = ctx.awakeable("Payment", SignalTests.Unreadable.class);
                give(ctx, paid);
                return "given";
            });

            assertThat(trial.attention().reason()).isEqualTo(Attention.Reason.UNREADABLE_PAYLOAD);
            assertThat(given).isEmpty();
        }

        /** Of two with one name the other would be taken for it. */
        @Test
        void toWaitForAnotherThanWasRecordedNeedsAttention() {
            AtomicBoolean isOtherCode = new AtomicBoolean();
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> one = ctx.awakeable("Payment", String.class);
                Awakeable<String> two = ctx.awakeable("Payment", String.class);
                give(ctx, one);
                give(ctx, two);
                String first = ctx.await(isOtherCode.get() ? two : one);
                ctx.step("Wait", gate::pass);
                return first;
            });
            trial.revive().complete(awaitGiven(trial, "Payment"), "one");
            gate.awaitReached();
            isOtherCode.set(true);
            trial.stopWhile(gate);

            Attention attention = trial.attention();

            assertThat(attention.reason()).isEqualTo(Attention.Reason.NON_DETERMINISM);
            assertThat(attention.message())
                    .contains("awakeable \"Payment\" of #1")
                    .contains("awakeable \"Payment\" of #2");
        }
    }

    @Nested
    class WhatCannotBeRead {
        @Test
        void needsAttentionAndIsKept() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<Integer> paid = ctx.awakeable("Payment", Integer.class);
                give(ctx, paid);
                return "" + ctx.await(paid);
            });
            trial.revive().complete(awaitGiven(trial, "Payment"), "not a number");

            Attention attention = trial.attention();
            assertThat(attention.reason()).isEqualTo(Attention.Reason.UNREADABLE_PAYLOAD);
            assertThat(attention.message())
                    .contains("what awakeable \"Payment\" was completed with as java.lang.Integer")
                    .contains("It is kept, and nothing takes its place")
                    .contains("resume")
                    .contains("cancel");
            assertThatThrownBy(() -> trial.revive().complete(awaitGiven("Payment"), 10))
                    .isInstanceOf(AwakeableCompletedException.class);
            assertThat(store().messages(trial.id(), ALL))
                    .extracting(Message::payload)
                    .containsExactly("\"not a number\"");

            trial.deploy((ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                return ctx.await(paid);
            });
            trial.revive().resume(trial.id());
            assertThat(trial.result()).isEqualTo("not a number");
        }

        @Test
        void doesNotKeepItsWorkflowFromBeingCancelled() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<Integer> paid = ctx.awakeable("Payment", Integer.class);
                give(ctx, paid);
                try {
                    return "" + ctx.await(paid);
                } finally {
                    ctx.shielded(c -> c.step("Clean Up", () -> effects.happen("Clean Up")));
                }
            });
            trial.revive().complete(awaitGiven(trial, "Payment"), "not a number");
            trial.attention();

            trial.revive().workflow(trial.id()).cancel("nobody can read it");

            assertThatThrownBy(trial::result).isInstanceOf(WorkflowCancelledException.class);
            assertThat(effects.all()).containsExactly("Clean Up");
        }
    }

    /** Of a failed workflow that a person has retried. */
    @Nested
    class InAnotherLife {
        private final AtomicBoolean isMended = new AtomicBoolean();

        private void fragile(WorkflowContext ctx) {
            ctx.step("Fragile", () -> {
                if (!isMended.get()) {
                    throw new IllegalStateException("down");
                }
            });
        }

        private void fix(Trial<?> trial) {
            isMended.set(true);
            assertThat(trial.revive().retry(trial.id())).isTrue();
        }

        @Test
        void oneFromBeforeTheFailedCallStands() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                fragile(ctx);
                return ctx.await(paid);
            });
            String id = awaitGiven(trial, "Payment");
            trial.failure();
            assertThat(reasonOf(() -> trial.revive().complete(id, "EUR 10"))).isEqualTo(Reason.ENDED);
            fix(trial);

            trial.revive().complete(id, "EUR 10");

            assertThat(trial.result()).isEqualTo("EUR 10");
            assertThat(given.get("Payment")).hasSize(1);
        }

        @Test
        void whatWasAwaitedAfterTheFailedCallIsThereAgain() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                Awakeable<String> declined = ctx.awakeable("Declined", String.class);
                give(ctx, declined);
                return ctx.step(Step.of("Fragile", String.class, attempt -> {
                            if (!isMended.get()) {
                                throw new IllegalStateException("down");
                            }
                            return "mended ";
                        }))
                        + ends(ctx, paid, declined);
            });
            trial.deploy((ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                Awakeable<String> declined = ctx.awakeable("Declined", String.class);
                give(ctx, declined);
                StepFailedException failed = null;
                try {
                    fragile(ctx);
                } catch (StepFailedException e) {
                    failed = e;
                }
                String ends = ends(ctx, paid, declined);
                if (failed != null) {
                    throw failed;
                }
                return ends;
            });
            trial.revive().fail(awaitGiven(trial, "Declined"), "no");
            trial.revive().complete(awaitGiven("Payment"), "EUR 10");
            trial.failure();

            fix(trial);

            assertThat(trial.result()).isEqualTo("EUR 10 no");
        }

        private String ends(WorkflowContext ctx, Awakeable<String> paid, Awakeable<String> declined) {
            try {
                return ctx.await(paid) + " " + ctx.await(declined);
            } catch (AwakeableFailedException e) {
                return ctx.await(paid) + " " + e.reason();
            }
        }

        /** The bank takes the second charge for the first, and calls back with the id that it was given first. */
        private Trial<String> failing(Gate gate) {
            return trial(String.class, (ctx, in) -> {
                StepFailedException failed = null;
                try {
                    fragile(ctx);
                } catch (StepFailedException e) {
                    failed = e;
                }
                if (failed == null) {
                    gate.pass();
                }
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                if (failed != null) {
                    throw failed;
                }
                return ctx.await(paid);
            });
        }

        @Test
        void oneFromAfterTheFailedCallHasTheIdThatSomebodyHas() {
            Gate gate = new Gate();
            gate.open();
            Trial<String> trial = failing(gate);
            String id = awaitGiven(trial, "Payment");
            trial.failure();
            fix(trial);
            awaitWaiting(trial);
            assertThat(given.get("Payment")).containsExactly(id, id);

            trial.revive().complete(id, "EUR 10");

            assertThat(trial.result()).isEqualTo("EUR 10");
        }

        @Test
        void isCompletedBeforeItIsMadeAgain() {
            Gate gate = new Gate();
            Trial<String> trial = failing(gate);
            String id = awaitGiven(trial, "Payment");
            trial.failure();
            fix(trial);
            gate.awaitReached();

            Throwable thrown = catchThrowable(() -> trial.revive().complete(id, "EUR 10"));
            gate.open();

            assertThat(thrown).isNull();
            assertThat(trial.result()).isEqualTo("EUR 10");
        }

        /** Or its time might be up before it goes on. */
        @Test
        void theWaitOfABranchThatWasCancelledBeginsAnew() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Awakeable<String> paid = ctx.awakeable("Payment", String.class);
                give(ctx, paid);
                List<String> ends = ctx.parallel(ParallelOptions.defaults().cancelSiblings())
                        .all(List.<Branch<String>>of(b -> b.await(paid, LONG).orElse("nothing"), b -> {
                            b.step("Wait", gate::pass);
                            fragile(b);
                            return "mended";
                        }));
                return ends.toString();
            });
            String id = awaitGiven(trial, "Payment");
            awaitWaiting(trial);
            gate.open();
            trial.failure();
            StepRecord cancelled = completion(trial);

            fix(trial);

            await().atMost(PATIENCE)
                    .until(() -> trial.rows().stream()
                            .anyMatch(row -> row.kind() == CallKind.COMPLETION && row.epoch() > cancelled.epoch()));
            assertThat(completion(trial).nextAt()).isAfter(cancelled.startedAt().plus(LONG));
            trial.revive().complete(id, "EUR 10");
            assertThat(trial.result()).isEqualTo("[EUR 10, mended]");
        }

        @Test
        void isNoneWhereTheCodeHasMadeAnother() {
            Gate gate = new Gate();
            gate.open();
            Trial<String> trial = failing(gate);
            String id = awaitGiven(trial, "Payment");
            trial.failure();
            trial.deploy((ctx, in) -> {
                fragile(ctx);
                Awakeable<String> paid = ctx.awakeable("Other Payment", String.class);
                give(ctx, paid);
                return ctx.await(paid);
            });
            fix(trial);
            String other = awaitGiven("Other Payment");
            assertThat(other).isNotEqualTo(id);

            assertThat(reasonOf(() -> trial.revive().complete(id, "EUR 10"))).isEqualTo(Reason.NOT_FOUND);
            trial.revive().complete(other, "EUR 11");

            assertThat(trial.result()).isEqualTo("EUR 11");
        }
    }

    @Test
    void manyAreWaitedForInAnyOrder() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            List<Awakeable<Integer>> all = IntStream.range(0, 20)
                    .mapToObj(i -> ctx.awakeable("A" + i, Integer.class))
                    .toList();
            ctx.step("Give", () -> all.forEach(each -> given.put(each.name(), List.of(each.id()))));
            int sum = 0;
            for (int i = all.size() - 1; i >= 0; i--) {
                sum += ctx.await(all.get(i));
            }
            return String.valueOf(sum);
        });
        awaitGiven(trial, "A19");
        for (int i = 0; i < 20; i++) {
            trial.revive().complete(awaitGiven("A" + i), i);
        }

        assertThat(trial.result()).isEqualTo("190");
    }
}
