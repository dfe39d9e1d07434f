// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashPoint;
import dev.revive.store.FencedException;
import dev.revive.store.InMemoryStore;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.LentStore;
import dev.revive.tests.support.OverheardStore;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What keeps an engine alive may end, of an Error for example; but not in silence: the engine then says that it is dead, and nobody waits in vain.
 */
@Timeout(60)
class EngineEndTests {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Workflow<String, String> FLOW = Workflow.named("flow", String.class, String.class);
    private static final Workflow<String, String> WAITING = Workflow.named("waiting", String.class, String.class);

    private final InMemoryStore store = new InMemoryStore();
    private final Effects effects = new Effects();
    private final AtomicBoolean isArmed = new AtomicBoolean();
    private final Gate waiting = new Gate();

    @AfterEach
    void letGo() {
        waiting.open();
    }

    private Revive engine(OverheardStore.Listener listener, UnaryOperator<Revive.Builder> more) {
        return more.apply(Revive.with(new LentStore(OverheardStore.of(store, listener)))
                        .startTimeout(PATIENCE)
                        .shutdownGrace(PATIENCE)
                        .register(FLOW, (ctx, in) -> ctx.step("Step", String.class, () -> "done " + effects.happen(in)))
                        .register(
                                WAITING,
                                (ctx, in) -> ctx.step("Wait", String.class, () -> {
                                    waiting.pass();
                                    return "waited";
                                })))
                .start();
    }

    private Revive engine(OverheardStore.Listener listener) {
        return engine(listener, builder -> builder);
    }

    private void throwIf(boolean condition) {
        if (condition && isArmed.getAndSet(false)) {
            throw new OutOfMemoryError("injected");
        }
    }

    private void isDeadAndSaysSo(Revive revive, WorkflowHandle<?> awaited) {
        assertThatThrownBy(() -> awaited.result(PATIENCE))
                .isInstanceOf(EngineStoppedException.class)
                .hasStackTraceContaining("injected");
        assertThat(revive.hasCrashed()).isTrue();
        assertThatThrownBy(() -> revive.start(FLOW, "late", "late")).isInstanceOf(EngineStoppedException.class);
    }

    private void goesOnInAnother() {
        waiting.open();
        try (Revive next = engine((method, arguments) -> {})) {
            assertThat(next.handle(WAITING, "waiting").result(PATIENCE)).isEqualTo("waited");
            assertThat(next.start(FLOW, "late", "late").result(PATIENCE)).startsWith("done");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"write", "claim", "load"})
    void anErrorOfTheStoreEndsIt(String method) {
        try (Revive revive = engine((called, arguments) -> {
            boolean isTheEngines =
                    !Thread.currentThread().getName().startsWith("revive-run"); // what a leader leaves is the lane's
            throwIf(called.equals(method) && isTheEngines);
        })) {
            WorkflowHandle<String> handle = revive.start(WAITING, "waiting", "in");
            waiting.awaitReached();
            isArmed.set(true);
            store.wake("waiting");
            if (!method.equals("claim")) {
                startedElsewhere();
            }

            isDeadAndSaysSo(revive, handle);
        }
        goesOnInAnother();
    }

    /** Due for whoever claims it. */
    private void startedElsewhere() {
        try (Revive other = Revive.with(new LentStore(store)).start()) {
            other.start(FLOW, "elsewhere", "elsewhere", StartOptions.defaults().runElsewhere());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"seat", "claim", "listen", "abandon"})
    void anErrorAsItBeginsAgainEndsIt(String method) {
        AtomicBoolean isFenced = new AtomicBoolean();
        AtomicInteger seats = new AtomicInteger();
        try (Revive revive = engine((called, arguments) -> {
            if (called.equals("write") && isFenced.get()) {
                isArmed.set(true);
                throw new FencedException("Somebody declared it dead.", null);
            }
            if (called.equals("seat")) {
                isFenced.set(false);
                seats.incrementAndGet();
            }
            throwIf(called.equals(method) && (seats.get() > 1 || called.equals("abandon")));
        })) {
            WorkflowHandle<String> handle = revive.start(WAITING, "waiting", "in");
            waiting.awaitReached();
            isFenced.set(true);
            waiting.open();

            isDeadAndSaysSo(revive, handle);
        }
        goesOnInAnother();
    }

    @Test
    void whatCannotBeStartedHoldsNothing() {
        isArmed.set(true);

        assertThatThrownBy(() -> engine((called, arguments) -> throwIf(called.equals("listen"))))
                .isInstanceOf(OutOfMemoryError.class);

        waiting.open();
        try (Revive next = engine((method, arguments) -> {})) {
            assertThat(next.start(WAITING, "waiting", "in").result(PATIENCE)).isEqualTo("waited");
            assertThat(store.executors()).hasSize(1);
        }
    }

    /** A receipt that throws: what is written is written, but somebody has not heard of it. */
    @ParameterizedTest
    @EnumSource(
            value = CrashPoint.class,
            names = {"AFTER_OUTCOME", "AFTER_COMPLETION"})
    void anErrorWhenAnOutcomeIsToldEndsIt(CrashPoint point) {
        try (Revive revive = engine(
                (called, arguments) -> {},
                builder -> builder.crashHook(site -> {
                    throwIf(site.point() == point && site.workflowId().equals("told"));
                    return CrashAction.GO_ON;
                }))) {
            WorkflowHandle<String> handle = revive.start(WAITING, "waiting", "in");
            waiting.awaitReached();
            isArmed.set(true);
            revive.start(FLOW, "told", "told");

            isDeadAndSaysSo(revive, handle);
        }
        goesOnInAnother();
        try (Revive next = engine((method, arguments) -> {})) {
            assertThat(next.handle(FLOW, "told").result(PATIENCE)).isEqualTo("done 1");
        }
        assertThat(effects.times("told")).isEqualTo(1);
    }

    /** Its row is RUNNING in this engine's name, and no run has it: nobody else would take it. */
    @Test
    void aStartWhoseRunHasEndedBeforeItsRowIsThereIsRunAgain() {
        Gate writing = new Gate();
        Workflow<String, String> early = Workflow.named("early", String.class, String.class);
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger looks = new AtomicInteger();
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                throwIf(Thread.currentThread().getName().startsWith("revive-run"));
                return Instant.now();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        };
        try (Revive revive = engine(
                new OverheardStore.Listener() {
                    @Override
                    public void hear(String method, List<?> arguments) {
                        if (method.equals("write") && arguments.toString().contains("Create")) {
                            writing.passUninterruptibly();
                        }
                    }

                    @Override
                    public void made(String method, List<?> arguments) {
                        if (method.equals("reclaim")) {
                            looks.incrementAndGet();
                        }
                    }
                },
                builder -> builder.maxStrikes(1).clock(clock).register(early, (ctx, in) -> {
                    if (runs.incrementAndGet() == 1) {
                        isArmed.set(true); // the run cannot even say how it ended
                        throw new OutOfMemoryError("injected");
                    }
                    return "run " + runs.get();
                }))) {
            Thread starter = new Thread(() -> revive.start(early, "early", "in"), "starter");
            starter.start();
            writing.awaitReached();
            await().dontCatchUncaughtExceptions().atMost(PATIENCE).until(() -> looks.get() > 0);
            writing.open();

            await().dontCatchUncaughtExceptions()
                    .atMost(PATIENCE)
                    .until(() -> store.find("early").isPresent());
            assertThat(revive.handle(early, "early").result(PATIENCE)).isEqualTo("run 2");
        }
    }
}
