// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.Arrival;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.ForwardingSeat;
import dev.revive.store.ForwardingStore;
import dev.revive.store.Hint;
import dev.revive.store.Letter;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.ReadLimit;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Branch;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalNotDeliveredException;
import dev.revive.workflow.SignalNotDeliveredException.Reason;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowCancelledException;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowRef;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Waiting for signals, and sending them. */
@InSettings
class SignalTests extends TestBed {
    private static final Signal<String> GO = Signal.named("go", String.class);
    private static final Signal<Integer> NUMBER = Signal.named("number", Integer.class);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofHours(1);
    private static final ReadLimit ALL = new ReadLimit(1_000, 1_000, 1_000_000);

    private final Effects effects = new Effects();

    /** Waits until a workflow is a row and nothing else. */
    private WorkflowRecord awaitUnloaded(String id) {
        await().atMost(PATIENCE).until(() -> row(id).status() == WorkflowStatus.DUE);
        return row(id);
    }

    private void awaitWaiting(Trial<?> trial, String signal) {
        awaitWaiting(trial, signal, 1);
    }

    private void awaitWaiting(Trial<?> trial, String signal, long epoch) {
        await().atMost(PATIENCE)
                .until(() -> trial.rows().stream()
                        .anyMatch(row -> row.key().name().equals(signal)
                                && row.status() == StepStatus.STARTED
                                && row.epoch() >= epoch));
    }

    private WorkflowRef ref(Trial<?> trial) {
        return trial.revive().workflow(trial.id());
    }

    private Trial<String> waiting() {
        return trial(String.class, (ctx, in) -> {
            ctx.step("Before", () -> effects.happen("Before"));
            String got = ctx.await(GO);
            ctx.step("After", () -> effects.happen("After"));
            return got;
        });
    }

    @Nested
    class AWait {
        @Test
        void endsWithWhatIsSent() {
            Trial<String> trial = waiting();
            trial.revive();
            awaitWaiting(trial, "go");

            ref(trial).signal(GO, "now");

            assertThat(trial.result()).isEqualTo("now");
            assertThat(effects.all()).containsExactly("Before", "After");
        }

        @Test
        void endsWithWhatIsSentToAWorkflowThatIsARow() {
            Trial<String> trial = waiting();
            trial.revive();
            WorkflowRecord unloaded = awaitUnloaded(trial.id());
            assertThat(unloaded.dueAt()).isNull();

            ref(trial).signal(GO, "now");

            assertThat(trial.result()).isEqualTo("now");
            assertThat(effects.all()).containsExactly("Before", "After");
        }

        @Test
        void findsWhatCameBeforeIt() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step("Wait", gate::pass);
                return ctx.await(GO);
            });
            trial.revive();
            gate.awaitReached();

            ref(trial).signal(GO, "early");
            gate.open();

            assertThat(trial.result()).isEqualTo("early");
            assertThat(trial.rows()).noneMatch(row -> row.status() == StepStatus.STARTED);
        }

        @Test
        void isRecordedWhenItReallyWaitsAndWithWhatItReceived() {
            Trial<String> trial = waiting();
            trial.revive();
            awaitWaiting(trial, "go");
            StepRecord started = trial.row("go");
            assertThat(started.kind()).isEqualTo(CallKind.AWAIT);
            assertThat(started.nextAt()).isNull();

            ref(trial).signal(GO, "now");
            trial.result();

            assertThat(trial.row("go").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(trial.row("go").output()).isEqualTo("\"now\"");
            assertThat(store().messages(trial.id(), ALL)).isEmpty();
        }

        @Test
        void receivesEachOnceInTheOrderOfTheirArrival() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<Integer> all = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    all.add(ctx.await(NUMBER));
                    if (i % 5 == 0) {
                        ctx.step("Step", () -> effects.happen("Step"));
                    }
                }
                return all.toString();
            });
            WorkflowRef workflow = ref(trial);
            for (int i = 0; i < 20; i++) {
                workflow.signal(NUMBER, i);
            }

            assertThat(trial.result())
                    .isEqualTo(IntStream.range(0, 20).boxed().toList().toString());
            assertThat(effects.all()).hasSize(4);
        }

        @Test
        void receivesOnlyItsOwn() {
            Trial<String> trial = trial(String.class, (ctx, in) -> ctx.await(GO) + ctx.await(NUMBER));
            WorkflowRef workflow = ref(trial);
            workflow.signal(NUMBER, 1);
            workflow.signal(GO, "a");

            assertThat(trial.result()).isEqualTo("a1");
        }

        @Test
        void isNotWokenByWhatItDoesNotWaitFor() {
            Trial<String> trial = waiting();
            trial.revive();
            long epoch = awaitUnloaded(trial.id()).epoch();

            for (int i = 0; i < 10; i++) {
                ref(trial).signal(NUMBER, i);
            }

            assertThat(row(trial.id()).epoch()).isEqualTo(epoch);
            assertThat(row(trial.id()).dueAt()).isNull();
            assertThat(row(trial.id()).wakeSeq()).isEqualTo(10);
            ref(trial).signal(GO, "now");
            assertThat(trial.result()).isEqualTo("now");
            assertThat(store().messages(trial.id(), ALL))
                    .extracting(Message::name)
                    .containsOnly("number")
                    .hasSize(10);
        }

        @Test
        void isNotHeldUpByALongSleepBesideIt() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.parallel(
                            b -> {
                                b.sleep("Nap", LONG);
                                return "slept";
                            },
                            b -> {
                                String got = b.await(GO);
                                b.step("After", () -> effects.happen(got));
                                return got;
                            },
                            String::concat));
            trial.revive();
            awaitUnloaded(trial.id());

            ref(trial).signal(GO, "now");

            await().atMost(PATIENCE).until(() -> effects.times("now") == 1);
            assertThat(trial.row("Nap").status()).isEqualTo(StepStatus.STARTED);
        }

        @Test
        void ofASleepIsNotEndedByASignal() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.sleep("Nap", Duration.ofMillis(1_500));
                return ctx.await(GO);
            });
            trial.revive();
            await().atMost(PATIENCE).until(() -> !trial.rows().isEmpty());

            ref(trial).signal(GO, "now");

            assertThat(trial.result()).isEqualTo("now");
            StepRecord nap = trial.row("Nap");
            assertThat(Duration.between(nap.startedAt(), nap.recordedAt()))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(1_500));
        }
    }

    @Nested
    class AWaitWithALimit {
        private Trial<String> waiting(Duration limit) {
            return trial(String.class, (ctx, in) -> {
                Optional<String> got = ctx.await(GO, limit);
                ctx.step("After", () -> effects.happen("After"));
                return got.orElse("nothing");
            });
        }

        @Test
        void endsWithNothingWhenTheTimeIsUp() {
            Trial<String> trial = waiting(SHORT);

            assertThat(trial.result()).isEqualTo("nothing");

            StepRecord row = trial.row("go");
            assertThat(row.status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(row.output()).isNull();
            assertThat(Duration.between(row.startedAt(), row.recordedAt())).isGreaterThanOrEqualTo(SHORT);
        }

        @Test
        void endsWithNothingThoughItIsARow() {
            Trial<String> trial = waiting(Duration.ofMillis(1_700));

            assertThat(trial.result()).isEqualTo("nothing");
            assertThat(effects.all()).containsExactly("After");
        }

        @Test
        void endsWithWhatCameInTime() {
            Trial<String> trial = waiting(LONG);
            trial.revive();
            awaitUnloaded(trial.id());

            ref(trial).signal(GO, "now");

            assertThat(trial.result()).isEqualTo("now");
        }

        @Test
        void hasReceivedTheSameInEveryReplay() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                String got = ctx.await(GO, LONG).orElse("nothing");
                ctx.step("Wait", gate::pass);
                return got + ctx.await(GO, Duration.ZERO).orElse(", and nothing else");
            });
            ref(trial).signal(GO, "once");
            trial.stopWhile(gate);

            assertThat(trial.result()).isEqualTo("once, and nothing else");
        }

        @Test
        void leavesNoTimerBehindWhenItEndsBefore() {
            Trial<String> trial =
                    trial(String.class, (ctx, in) -> ctx.await(GO, LONG).orElse("nothing") + ctx.await(NUMBER));
            trial.revive();
            assertThat(awaitUnloaded(trial.id()).dueAt()).isNotNull();

            ref(trial).signal(GO, "in time ");
            awaitWaiting(trial, "number");

            assertThat(awaitUnloaded(trial.id()).dueAt()).isNull();
            ref(trial).signal(NUMBER, 1);
            assertThat(trial.result()).isEqualTo("in time 1");
        }

        @Test
        void mayBeAsLongOrAsShortAsNobodyCanCount() {
            Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.await(GO, forEver.negated()).orElse("nothing, ")
                            + ctx.await(GO, forEver).orElse("nothing"));
            trial.revive();
            assertThat(awaitUnloaded(trial.id()).dueAt()).isAfter(Instant.now().plus(Duration.ofDays(36_000)));

            ref(trial).signal(GO, "then something");

            assertThat(trial.result()).isEqualTo("nothing, then something");
        }

        @Test
        void ofNoTimeTakesWhatIsThereAndElseNothing() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Optional<String> before = ctx.await(GO, Duration.ZERO);
                ctx.step("Wait", gate::pass);
                return before.orElse("nothing")
                        + ctx.await(GO, Duration.ofSeconds(-1)).orElse("nothing");
            });
            trial.revive();
            gate.awaitReached();
            ref(trial).signal(GO, " something");
            gate.open();

            assertThat(trial.result()).isEqualTo("nothing something");
        }

        @Test
        void thatWasUpStaysSoThoughItsSignalIsThereWhenItIsReplayed() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Optional<String> got = ctx.await(GO, SHORT);
                ctx.step("Wait", gate::pass);
                return got.orElse("nothing") + " then " + ctx.await(GO);
            });
            trial.revive();
            gate.awaitReached();
            ref(trial).signal(GO, "late");
            trial.stopWhile(gate);

            assertThat(trial.result()).isEqualTo("nothing then late");
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
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                String id = ctx.info().workflowId();
                ctx.step("Send", () -> {
                    sendUnheard(id);
                });
                return ctx.await(GO, Duration.ofMillis(50)).orElse("nothing");
            });

            assertThat(trial.result()).isEqualTo("in time");
        }

        private void sendUnheard(String id) {
            store().send(List.of(new Letter(id, MessageKind.SIGNAL, "go", "k", "\"in time\"", Instant.now(), null)));
        }

        @Test
        void isNotMadeLongerByACrash() {
            Trial<String> trial = waiting(Duration.ofSeconds(1));
            trial.revive();
            await().atMost(PATIENCE).until(() -> !trial.rows().isEmpty());
            trial.stop();

            assertThat(trial.result()).isEqualTo("nothing");
            StepRecord row = trial.row("go");
            assertThat(Duration.between(row.startedAt(), row.recordedAt()))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }

        /** Whichever of the two is first, the signal is received exactly once, by the first wait or by the one after it. */
        @Test
        void losesNoSignalToItsLimit() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                int received = 0;
                int limits = 0;
                while (received < 30) {
                    Optional<Integer> got = ctx.await(NUMBER, Duration.ofMillis(3));
                    if (got.isEmpty()) {
                        limits++;
                    } else if (got.get() != received++) {
                        return "out of order: " + got.get();
                    }
                    if (limits > 100_000) {
                        return "lost";
                    }
                }
                return "all";
            });
            WorkflowRef workflow = ref(trial);
            for (int i = 0; i < 30; i++) {
                workflow.signal(NUMBER, i);
            }

            assertThat(trial.result()).isEqualTo("all");
        }
    }

    @Nested
    class ASender {
        @Test
        void isToldThatNobodyIsThere() {
            Revive revive = engine(builder -> builder);

            assertThatThrownBy(() -> revive.workflow(unique("nobody")).signal(GO, "x"))
                    .isInstanceOfSatisfying(SignalNotDeliveredException.class, e -> {
                        assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND);
                        assertThat(e).hasMessageContaining("Start it first");
                    });
            assertThatThrownBy(() -> revive.workflow(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("workflow id");
            assertThatThrownBy(() -> revive.workflow(" "))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("workflow id is blank");
        }

        @Test
        void isToldThatItIsOver() {
            Trial<String> trial = trial(String.class, (ctx, in) -> "done");
            trial.result();

            assertThatThrownBy(() -> ref(trial).signal(GO, "x"))
                    .isInstanceOfSatisfying(SignalNotDeliveredException.class, e -> {
                        assertThat(e.reason()).isEqualTo(Reason.ENDED);
                        assertThat(e).hasMessageContaining("under a new id");
                    });
        }

        @Test
        void whoCallsAgainUnderItsKeyHasSentOnce() {
            Trial<String> trial = trial(String.class, (ctx, in) -> ctx.await(GO) + ctx.await(GO));
            WorkflowRef workflow = ref(trial);
            workflow.signal(GO, "a", SignalOptions.idempotencyKey("click-1"));
            workflow.signal(GO, "b", SignalOptions.idempotencyKey("click-1"));
            workflow.signal(GO, "c", SignalOptions.idempotencyKey("click-2"));

            assertThat(trial.result()).isEqualTo("ac");
            workflow.signal(GO, "d", SignalOptions.idempotencyKey("click-1"));
        }

        @Test
        void whoseSignalIsStillOnItsWayHearsThatTheEngineIsClosed() throws Exception {
            Gate inStore = new Gate();
            hearsThatTheEngineIsClosed(letters -> {
                inStore.passUninterruptibly();
                return List.of(Arrival.ARRIVED);
            });
            inStore.open();
        }

        @Test
        void whoseSignalIsToBeSentAgainHearsThatTheEngineIsClosed() throws Exception {
            hearsThatTheEngineIsClosed(letters -> List.of(Arrival.LOCKED));
        }

        private void hearsThatTheEngineIsClosed(Function<List<Letter>, List<Arrival>> sending) throws Exception {
            Gate inStore = new Gate();
            use(new ForwardingStore(store()) {
                @Override
                public List<Arrival> send(List<Letter> letters) {
                    inStore.reach();
                    return sending.apply(letters);
                }
            });
            Revive revive = engine(builder -> builder.startTimeout(LONG).shutdownGrace(Duration.ZERO));
            ExecutorService sender = Executors.newSingleThreadExecutor();
            try {
                Future<?> sent = sender.submit(() -> revive.workflow("any").signal(GO, "x"));
                inStore.awaitReached();
                close(revive);

                assertThatThrownBy(() -> sent.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                        .hasCauseInstanceOf(EngineStoppedException.class);
            } finally {
                sender.shutdown();
            }
        }

        @Test
        @SuppressWarnings("NullAway") // the misuse under test
        void cannotSendNothing() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                refusesNothing(() -> ctx.workflow("other").signal(GO, null));
                return ctx.await(GO);
            });

            refusesNothing(() -> ref(trial).signal(GO, null));
            refusesNothing(() -> trial.revive().startAndSignal(trial.workflow(), trial.id(), "", GO, null));
            assertThatThrownBy(() -> ref(trial).signal(null, "x")).hasMessage("signal");
            assertThatThrownBy(() -> ref(trial).signal(GO, "x", null)).hasMessage("options");

            ref(trial).signal(GO, "something");
            assertThat(trial.result()).isEqualTo("something");
        }

        private void refusesNothing(ThrowingCallable sending) {
            assertThatThrownBy(sending)
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("never null")
                    .hasMessageContaining("Send what null would mean");
        }

        @Test
        @SuppressWarnings({"unchecked", "rawtypes"}) // the misuse under test
        void isRefusedWhatIsNotOfTheSignalsType() {
            Trial<String> trial = waiting();

            assertThatThrownBy(() -> ref(trial).signal((Signal) NUMBER, "not a number"))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("Integer");
            assertThat(store().messages(trial.id(), ALL)).isEmpty();
        }

        @Test
        void isRefusedWhatCannotBeReadBack() {
            Trial<String> trial = waiting();
            Signal<Unreadable> signal = Signal.named("unreadable", Unreadable.class);

            assertThatThrownBy(() -> ref(trial).signal(signal, new Unreadable("x", 1)))
                    .isInstanceOf(SerializationException.class);
        }

        @Test
        void inAWorkflowMayNotGoAroundItsContext() {
            Workflow<String, String> workflow = flow("around", String.class);
            AtomicReference<Revive> revive = new AtomicReference<>();
            revive.set(engine(workflow, (ctx, in) -> {
                revive.get().workflow("x").signal(GO, "x");
                return "";
            }));

            assertThatThrownBy(
                            () -> revive.get().start(workflow, unique("a"), "").result())
                    .hasMessageContaining("Use ctx.workflow(id).signal(...)");
        }

        @Test
        void insideAStepMay() {
            Trial<String> receiver = waiting();
            receiver.revive();
            Trial<String> sender = trial("sender", String.class, (ctx, in) -> {
                ctx.step("Send", () -> ref(receiver).signal(GO, "from a step", SignalOptions.idempotencyKey("once")));
                return "";
            });
            sender.result();

            assertThat(receiver.result()).isEqualTo("from a step");
            assertThat(sender.stepKeys()).as("it is no call of its own").containsExactly("Send#1");
        }

        /** Nobody knows whether it has sent, so it sends again. */
        @Test
        void whoseStepIsRunAgainHasSentOnceUnderItsKey() {
            Signal<String> end = Signal.named("end", String.class);
            Trial<String> receiver = trial(
                    "receiver",
                    String.class,
                    (ctx, in) -> ctx.await(end)
                            + ctx.await(GO)
                            + ctx.await(GO, Duration.ZERO).orElse(", once"));
            Trial<String> sender = trial("sender", String.class, (ctx, in) -> {
                return ctx.step(Step.of("Send", String.class, attempt -> {
                    String key = attempt.idempotencyKey();
                    ref(receiver).signal(GO, "sent", SignalOptions.idempotencyKey(key));
                    return "attempt " + attempt.attempt();
                }));
            });
            sender.crash(CrashPoint.AFTER_EFFECT, "Send");

            assertThat(sender.result()).isEqualTo("attempt 2");
            ref(receiver).signal(end, "");
            assertThat(receiver.result()).isEqualTo("sent, once");
        }

        @Test
        void amongManyIsAnsweredForItself() throws Exception {
            int senders = 16;
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                int sum = 0;
                for (int i = 0; i < senders * 10; i++) {
                    sum += ctx.await(NUMBER);
                }
                return String.valueOf(sum);
            });
            WorkflowRef workflow = ref(trial);
            ExecutorService threads = Executors.newFixedThreadPool(senders);
            try {
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < senders; i++) {
                    all.add(threads.submit(() -> {
                        for (int n = 1; n <= 10; n++) {
                            workflow.signal(NUMBER, n);
                        }
                    }));
                }
                for (Future<?> each : all) {
                    each.get();
                }
            } finally {
                threads.shutdown();
            }

            assertThat(trial.result()).isEqualTo(String.valueOf(senders * 55));
        }
    }

    /** Written, and not read back. */
    static final class Unreadable {
        private final String text;

        Unreadable(String text, int ignored) {
            this.text = text;
        }

        public String getText() {
            return text;
        }
    }

    @Nested
    class StartingAndSignalling {
        @Test
        void startsWhatIsNotThereWithTheSignalInItsInbox() {
            Workflow<String, String> workflow = flow("starts", String.class);
            Revive revive = engine(
                    workflow, (ctx, in) -> in + ctx.await(GO, Duration.ZERO).orElse("nothing"));

            assertThat(revive.startAndSignal(workflow, unique("a"), "in ", GO, "go")
                            .result())
                    .isEqualTo("in go");
        }

        @Test
        void onlySignalsWhatIsThere() {
            Workflow<String, String> workflow = flow("signals", String.class);
            Revive revive = engine(workflow, (ctx, in) -> in + ctx.await(GO) + ctx.await(GO));
            String id = unique("a");
            revive.startAndSignal(workflow, id, "first ", GO, "1");

            assertThat(revive.startAndSignal(workflow, id, "ignored ", GO, "2").result())
                    .isEqualTo("first 12");
        }

        @Test
        void fromManyAtOnceStartsOnceAndLosesNothing() throws Exception {
            Workflow<String, Integer> workflow = flow("counts", Integer.class);
            Revive revive = engine(workflow, (ctx, in) -> {
                effects.happen("started " + ctx.info().workflowId());
                int sum = 0;
                for (int i = 0; i < 8; i++) {
                    sum += ctx.await(NUMBER);
                }
                return sum;
            });
            String id = unique("a");
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                List<Future<?>> all = new ArrayList<>();
                for (int i = 1; i <= 8; i++) {
                    int number = i;
                    all.add(threads.submit(() -> revive.startAndSignal(workflow, id, "", NUMBER, number)));
                }
                for (Future<?> each : all) {
                    each.get();
                }
            } finally {
                threads.shutdown();
            }

            assertThat(revive.handle(workflow, id).result()).isEqualTo(36);
        }
    }

    @Nested
    class FromAWorkflow {
        @Test
        void aSignalArrivesOnce() {
            Trial<String> receiver = trial(String.class, (ctx, in) -> ctx.await(GO));
            receiver.revive();
            Trial<String> sender = trial("sender", String.class, (ctx, in) -> {
                ctx.workflow(receiver.id()).signal(GO, "hello");
                return "sent";
            });

            assertThat(sender.result()).isEqualTo("sent");
            assertThat(receiver.result()).isEqualTo("hello");
            assertThat(sender.row("go").kind()).isEqualTo(CallKind.SIGNAL);
        }

        @Test
        void aSignalToNobodyIsAFailureThatIsTheSameInEveryReplay() {
            Gate gate = new Gate();
            String other = unique("other");
            Trial<String> sender = trial("sender", String.class, (ctx, in) -> {
                String got = undelivered(ctx, other);
                ctx.step("Wait", gate::pass);
                return got;
            });
            sender.revive();
            gate.awaitReached();
            Workflow<String, String> workflow = flow("other", String.class);
            Revive revive = engine(workflow, (ctx, in) -> ctx.await(GO));
            revive.start(workflow, other, "");
            sender.stopWhile(gate);

            assertThat(sender.result()).isEqualTo("NOT_FOUND");
            assertThat(store().messages(other, ALL)).isEmpty();
        }

        @Test
        void aSignalToWhatIsOverIsAFailure() {
            Trial<String> over = trial("over", String.class, (ctx, in) -> "over");
            over.result();
            Trial<String> sender = trial("sender", String.class, (ctx, in) -> undelivered(ctx, over.id()));

            assertThat(sender.result()).isEqualTo("ENDED");
            assertThat(sender.row("go").status()).isEqualTo(StepStatus.FAILED);
        }

        private String undelivered(WorkflowContext ctx, String id) {
            try {
                ctx.workflow(id).signal(GO, "x");
                return "delivered";
            } catch (SignalNotDeliveredException e) {
                return e.reason().name();
            }
        }

        @Test
        void aSignalToItselfIsReceived() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.workflow(ctx.info().workflowId()).signal(GO, "me");
                return ctx.await(GO);
            });

            assertThat(trial.result()).isEqualTo("me");
        }

        @Test
        void branchesMayWaitForEachOther() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<String> ends = ctx.parallel(ParallelOptions.defaults())
                        .all(List.<Branch<String>>of(b -> "got " + b.await(GO), b -> {
                            b.step("Before", () -> effects.happen("Before"));
                            b.workflow(b.info().workflowId()).signal(GO, "it");
                            return "sent";
                        }));
                return String.join(", ", ends);
            });

            assertThat(trial.result()).isEqualTo("got it, sent");
            assertThat(effects.all()).containsExactly("Before");
        }

        @Test
        void twoMayTalkToEachOther() {
            String ping = unique("ping");
            String pong = unique("pong");
            Workflow<String, Integer> workflow = flow("talk", Integer.class);
            Revive revive = engine(workflow, (ctx, in) -> {
                int last = 0;
                for (int i = 0; i < 15; i++) {
                    boolean isPing = ctx.info().workflowId().equals(ping);
                    if (!isPing || i > 0) {
                        last = ctx.await(NUMBER);
                    }
                    if (isPing || i < 14) {
                        ctx.workflow(isPing ? pong : ping).signal(NUMBER, last + 1);
                    }
                }
                return last;
            });
            revive.start(workflow, pong, "waits first");
            revive.start(workflow, ping, "");

            assertThat(revive.handle(workflow, pong).result(PATIENCE)).isEqualTo(29);
            assertThat(revive.handle(workflow, ping).result(PATIENCE)).isEqualTo(28);
        }
    }

    @Nested
    class InBranches {
        @Test
        void eachMessageGoesToOneOfThoseThatWaitForIt() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<Integer> all = ctx.parallel(ParallelOptions.defaults())
                        .all(Collections.nCopies(5, (Branch<Integer>) b -> b.await(NUMBER)));
                return String.valueOf(all.stream().sorted().toList());
            });
            WorkflowRef workflow = ref(trial);
            for (int i = 0; i < 5; i++) {
                workflow.signal(NUMBER, i);
            }

            assertThat(trial.result()).isEqualTo("[0, 1, 2, 3, 4]");
        }

        @Test
        void waitsThatAreARowAreWokenByAnyOfTheirs() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<String> ends = ctx.parallel(ParallelOptions.defaults())
                        .all(List.<Branch<String>>of(
                                b -> b.await(GO),
                                b -> "" + b.await(NUMBER, LONG).orElse(-1),
                                b -> {
                                    b.sleep("Nap", SHORT);
                                    return "slept";
                                }));
                return ends.toString();
            });
            trial.revive();
            awaitUnloaded(trial.id());

            ref(trial).signal(NUMBER, 7);
            await().atMost(PATIENCE).until(() -> trial.row("number").status() == StepStatus.COMPLETED);
            ref(trial).signal(GO, "go");

            assertThat(trial.result()).isEqualTo("[go, 7, slept]");
        }

        /** The branch that was cut off took nothing with it. */
        @Test
        void whatACancelledBranchDidNotReceiveIsThereForOthers() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.parallel(ParallelOptions.defaults().cancelSiblings())
                            .all(List.<Branch<String>>of(b -> b.await(GO), b -> {
                                b.step("Wait", gate::pass);
                                throw new IllegalStateException("fails");
                            }));
                } catch (ParallelFailedException e) {
                    return ctx.await(GO);
                }
                return "no failure";
            });
            trial.revive();
            awaitWaiting(trial, "go");
            gate.awaitReached();
            gate.open();
            await().atMost(PATIENCE)
                    .until(() -> trial.rows().stream()
                            .anyMatch(row -> row.kind() == CallKind.PARALLEL && row.status() == StepStatus.FAILED));

            ref(trial).signal(GO, "still here");

            assertThat(trial.result()).isEqualTo("still here");
        }
    }

    @Nested
    class AcrossACrash {
        private int trials;

        @Test
        void whatWasReceivedIsNotReceivedTwiceNorLost() {
            for (CrashPoint point : List.of(CrashPoint.OUTCOME_QUEUED, CrashPoint.AFTER_OUTCOME)) {
                for (CrashAction how : List.of(CrashAction.CRASH_LOSING_QUEUED, CrashAction.CRASH_KEEPING_QUEUED)) {
                    for (int passage = 1; passage <= 3; passage++) {
                        Trial<String> trial = withThreeSignals();

                        trial.crash(CrashPlan.at(point)
                                .ofStep("go")
                                .passage(passage)
                                .then(how));

                        assertThat(trial.result()).as("%s, %s", point, how).isEqualTo("012");
                        trial.stop();
                    }
                }
            }
        }

        /** It waits for the first of them, and no engine runs it. */
        private Trial<String> withThreeSignals() {
            Trial<String> trial =
                    trial("three" + ++trials, String.class, (ctx, in) -> ctx.await(GO) + ctx.await(GO) + ctx.await(GO));
            trial.revive();
            awaitWaiting(trial, "go");
            trial.stop();
            Revive client = engine(builder -> builder);
            for (int i = 0; i < 3; i++) {
                client.workflow(trial.id()).signal(GO, String.valueOf(i));
            }
            close(client);
            return trial;
        }

        @Test
        void whatWasSentByAWorkflowArrivesOnce() {
            for (CrashPoint point :
                    List.of(CrashPoint.BEFORE_STARTED, CrashPoint.OUTCOME_QUEUED, CrashPoint.AFTER_OUTCOME)) {
                for (CrashAction how : List.of(CrashAction.CRASH_LOSING_QUEUED, CrashAction.CRASH_KEEPING_QUEUED)) {
                    Trial<String> receiver = trial(
                            "receiver" + ++trials,
                            String.class,
                            (ctx, in) -> ctx.await(GO)
                                    + ctx.await(Signal.named("end", String.class))
                                    + ctx.await(GO, Duration.ZERO).orElse(""));
                    receiver.revive();
                    Trial<String> sender = trial("sender" + trials, String.class, (ctx, in) -> {
                        ctx.workflow(receiver.id()).signal(GO, "once");
                        ctx.workflow(receiver.id()).signal(Signal.named("end", String.class), ", that is all");
                        return "sent";
                    });

                    sender.crash(CrashPlan.at(point).ofStep("go").then(how));

                    assertThat(sender.result()).isEqualTo("sent");
                    assertThat(receiver.result()).as("%s, %s", point, how).isEqualTo("once, that is all");
                    sender.stop();
                    receiver.stop();
                }
            }
        }
    }

    @Nested
    class AfterARetry {
        private final AtomicBoolean isMended = new AtomicBoolean();

        private void fix(Trial<?> trial) {
            isMended.set(true);
            assertThat(trial.revive().retry(trial.id())).isTrue();
        }

        /** Does something after a step that fails until the world is fixed, and lets it fail then. */
        private WorkflowFunction<String, String> failingBefore(Function<WorkflowContext, String> what) {
            return (ctx, in) -> {
                StepFailedException failure = null;
                try {
                    ctx.step("Ship", this::ship);
                } catch (StepFailedException e) {
                    failure = e;
                }
                String did = what.apply(ctx);
                if (failure != null) {
                    throw failure;
                }
                return did;
            };
        }

        private void ship() {
            if (!isMended.get()) {
                throw new IllegalStateException("down");
            }
        }

        private Trial<String> receiver(String name) {
            Trial<String> receiver = trial(
                    name, String.class, (ctx, in) -> ctx.await(GO) + ctx.await(Signal.named("end", String.class)));
            receiver.revive();
            return receiver;
        }

        private void end(Trial<?> receiver) {
            ref(receiver).signal(Signal.named("end", String.class), ", that is all");
        }

        private WorkflowFunction<String, String> sendingTo(Trial<?> receiver) {
            return failingBefore(ctx -> {
                ctx.workflow(receiver.id()).signal(GO, "to " + receiver.id());
                return "sent";
            });
        }

        @Test
        void itSendsToAnotherIfThatIsWhomItNowSendsTo() {
            Trial<String> first = receiver("first");
            Trial<String> second = receiver("second");
            Trial<String> sender = trial("sender", String.class, sendingTo(first));
            sender.failure();
            sender.deploy(sendingTo(second));

            fix(sender);

            assertThat(sender.result()).isEqualTo("sent");
            end(first);
            end(second);
            assertThat(first.result()).isEqualTo("to " + first.id() + ", that is all");
            assertThat(second.result()).isEqualTo("to " + second.id() + ", that is all");
        }

        @Test
        void itDoesNotSendAgainWhatItHasSentToTheSame() {
            Trial<String> receiver = receiver("receiver");
            Trial<String> sender = trial("sender", String.class, sendingTo(receiver));
            sender.failure();
            StepRecord sent = sender.row("go");

            fix(sender);

            assertThat(sender.result()).isEqualTo("sent");
            assertThat(sender.row("go").resolution()).isEqualTo(Resolution.RETRIED);
            assertThat(sender.row("go").startedAt()).isEqualTo(sent.startedAt());
            end(receiver);
            assertThat(receiver.result()).isEqualTo("to " + receiver.id() + ", that is all");
            assertThat(store().messages(receiver.id(), ALL)).isEmpty();
        }

        @Test
        void itReceivesAgainWhatItHadReceivedAfterTheFailedCall() {
            Trial<String> trial = trial(String.class, failingBefore(ctx -> ctx.await(GO) + ctx.await(GO)));
            ref(trial).signal(GO, "1");
            ref(trial).signal(GO, "2");
            trial.failure();
            assertThat(store().messages(trial.id(), ALL)).isEmpty();

            fix(trial);

            assertThat(trial.result()).isEqualTo("12");
            assertThat(store().messages(trial.id(), ALL)).isEmpty();
        }

        @Test
        void theWaitOfABranchThatWasCancelledBeginsAnew() {
            Gate gate = new Gate();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<String> ends = ctx.parallel(ParallelOptions.defaults().cancelSiblings())
                        .all(List.<Branch<String>>of(b -> b.await(GO, LONG).orElse("nothing"), b -> {
                            b.step("Wait", gate::pass);
                            b.step("Ship", this::ship);
                            return "shipped";
                        }));
                return ends.toString();
            });
            trial.revive();
            awaitWaiting(trial, "go");
            gate.open();
            trial.failure();
            StepRecord cancelled = trial.row("go");

            fix(trial);

            awaitWaiting(trial, "go", cancelled.epoch() + 1);
            assertThat(trial.row("go").startedAt()).isAfter(cancelled.startedAt());
            assertThat(trial.row("go").nextAt()).isAfter(cancelled.startedAt().plus(LONG));
            ref(trial).signal(GO, "now");
            assertThat(trial.result()).isEqualTo("[now, shipped]");
        }
    }

    @Nested
    class WhatCannotBeRead {
        private final Signal<Integer> asNumber = Signal.named("go", Integer.class);

        @Test
        void needsAttentionAndIsKeptInItsPlace() {
            Trial<String> trial = trial(String.class, (ctx, in) -> "" + ctx.await(asNumber));
            ref(trial).signal(GO, "not a number");

            Attention attention = trial.attention();
            assertThat(attention.reason()).isEqualTo(Attention.Reason.UNREADABLE_PAYLOAD);
            assertThat(attention.message())
                    .contains("a signal \"go\" as java.lang.Integer")
                    .contains("It is kept")
                    .contains("resume")
                    .contains("cancel");
            ref(trial).signal(GO, "nor this");
            assertThat(store().messages(trial.id(), ALL)).hasSize(2);

            trial.deploy((ctx, in) -> ctx.await(GO) + ", " + ctx.await(GO));
            trial.revive().resume(trial.id());
            assertThat(trial.result()).isEqualTo("not a number, nor this");
        }

        @Test
        void doesNotKeepItsWorkflowFromBeingCancelled() {
            Trial<String> trial = trial(String.class, (ctx, in) -> "" + ctx.await(asNumber));
            ref(trial).signal(GO, "not a number");
            trial.attention();

            ref(trial).cancel("nobody can read it");

            assertThatThrownBy(trial::result).isInstanceOf(WorkflowCancelledException.class);
        }
    }

    @Nested
    class Misuse {
        private void isRefused(ThrowingCallable call, String... words) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContainingAll(words);
        }

        /** Each of what a workflow may ask of signals. */
        private void areRefused(WorkflowContext ctx, String where, String instead) {
            isRefused(() -> ctx.await(GO), "await \"go\"", where, instead);
            isRefused(() -> ctx.await(GO, LONG), "await \"go\"", where, instead);
            isRefused(() -> ctx.workflow("other").signal(GO, "x"), "signal go", where, instead);
            isRefused(() -> ctx.shielded(c -> effects.happen("shielded")), "shielded(...)", where, instead);
        }

        @Test
        void insideAStepIsRefused() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step("Wait", () -> areRefused(ctx, "inside a step", "one after the other"));
                return "refused";
            });

            assertThat(trial.result()).isEqualTo("refused");
            assertThat(trial.stepKeys()).containsExactly("Wait#1");
        }

        @Test
        void onAForeignContextIsRefused() {
            AtomicReference<WorkflowContext> kept = new AtomicReference<>();
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                kept.set(ctx);
                ctx.parallel(List.of(1, 2), (b, i) -> {
                    areRefused(ctx, "on the surrounding context", "b -> b.step(...)");
                    return i;
                });
                return CompletableFuture.supplyAsync(() -> {
                            areRefused(ctx, "on thread", "use parallel(...)");
                            return "refused";
                        })
                        .join();
            });

            assertThat(trial.result()).isEqualTo("refused");
            areRefused(kept.get(), "whose function has returned", "do not keep it");
            assertThat(effects.all()).isEmpty();
            assertThat(trial.stepKeys()).containsExactly("parallel#1");
        }

        @Test
        @SuppressWarnings("NullAway") // the misuse under test
        void ofItsPartsIsRefusedAndRecordsNothing() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                assertThatThrownBy(() -> ctx.await((Signal<String>) null)).hasMessage("signal");
                assertThatThrownBy(() -> ctx.await(GO, null)).hasMessage("atMost");
                assertThatThrownBy(() -> ctx.workflow(null)).hasMessageContaining("workflow id");
                assertThatThrownBy(() -> ctx.shielded(null)).hasMessage("block");
                return "refused";
            });
            assertThatThrownBy(() -> Signal.named(" ", String.class)).hasMessageContaining("signal name is blank");
            assertThatThrownBy(() -> Signal.named("later", Future.class)).hasMessageContaining("the signal later");

            assertThat(trial.result()).isEqualTo("refused");
            assertThat(trial.rows()).isEmpty();
        }
    }
}
