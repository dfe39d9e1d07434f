// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.Arrival;
import dev.revive.store.ForwardingStore;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowCancelledException;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import dev.revive.workflow.WorkflowTimedOutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Workflows that must end in time. */
@InSettings
class DeadlineTests extends TestBed {
    private static final Signal<String> GO = Signal.named("go", String.class);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofHours(1);

    private final Effects effects = new Effects();
    private final Workflow<String, String> workflow = flow("timed", String.class);

    private String cleaningUp(WorkflowContext ctx, String in) {
        try {
            return ctx.await(GO);
        } catch (CancelledException e) {
            ctx.shielded(c -> c.step(
                    "Clean Up",
                    () -> effects.happen("Clean Up: " + e.reason() + (e.isTimedOut() ? " Nobody asked." : ""))));
            throw e;
        }
    }

    private static StartOptions within(Duration limit) {
        return StartOptions.defaults().timeout(limit);
    }

    private void isTimedOut(WorkflowHandle<String> handle, Instant deadline) {
        WorkflowTimedOutException thrown =
                catchThrowableOfType(WorkflowTimedOutException.class, () -> handle.result(PATIENCE));
        assertThat(thrown).as("it timed out").isNotNull();
        assertThat(thrown.failure().kind()).isEqualTo(Failure.Kind.TIMED_OUT);
        assertThat(thrown).hasMessageContaining("" + deadline);
        assertThat(row(handle.id()).status()).isEqualTo(WorkflowStatus.FAILED);
        assertThat(effects.all()).containsExactly("Clean Up: It was to end by " + deadline + ". Nobody asked.");
    }

    private Instant deadline(String id) {
        return Objects.requireNonNull(row(id).deadline());
    }

    @Test
    void areCancelledWhenTheirTimeIsUp() {
        Revive revive = engine(workflow, this::cleaningUp);
        String id = unique("waits");

        WorkflowHandle<String> handle = revive.start(workflow, id, "", within(SHORT));

        assertThat(deadline(id)).isEqualTo(row(id).createdAt().plus(SHORT));
        isTimedOut(handle, deadline(id));
    }

    @Test
    void areCancelledThoughTheyAreARow() {
        Revive revive =
                engine(builder -> builder.register(workflow, this::cleaningUp).unloadAfter(Duration.ZERO));
        String id = unique("row");
        WorkflowHandle<String> handle = revive.start(workflow, id, "", within(Duration.ofSeconds(1)));
        await().atMost(PATIENCE).until(() -> row(id).status() != WorkflowStatus.RUNNING);

        isTimedOut(handle, deadline(id));
    }

    @Test
    void areCancelledThoughNobodyRanThemMeanwhile() {
        Gate gate = new Gate();
        Revive first = engine(workflow, (ctx, in) -> {
            gate.reach();
            return cleaningUp(ctx, in);
        });
        String id = unique("asleep");
        first.start(workflow, id, "", within(SHORT));
        gate.awaitReached();
        close(first);
        await().atMost(PATIENCE).until(() -> Instant.now().isAfter(deadline(id).plusMillis(500)));

        Revive second = engine(workflow, this::cleaningUp);

        isTimedOut(second.handle(workflow, id), deadline(id));
    }

    /** It takes seconds, and the contract for stores has the rest. */
    @Test
    void thatNeedAPersonAreCancelledToo() {
        assumeThat(setting).isIn(Setting.MEMORY_NARROW, Setting.MARIADB_WIDE);
        Revive revive = engine(workflow, (ctx, in) -> {
            ctx.sleep("Nap", LONG);
            return "";
        });
        String id = unique("person");
        revive.start(workflow, id, "", within(Duration.ofSeconds(1)));
        revive.workflow(id).pause("for long"); // false if its time is up before
        await().atMost(PATIENCE)
                .until(() -> row(id).status() == WorkflowStatus.PAUSED || row(id).status() == WorkflowStatus.FAILED);

        WorkflowTimedOutException thrown = catchThrowableOfType(
                WorkflowTimedOutException.class,
                () -> revive.handle(workflow, id).result(PATIENCE));
        assertThat(thrown).isNotNull();
        assertThat(stepRow(id, "Nap").status()).isEqualTo(StepStatus.CANCELLED);
    }

    @Nested
    class WithALimitOnTheirCleanUp {
        private Revive engine(Duration grace, WorkflowFunction<String, String> code) {
            return DeadlineTests.this.engine(
                    builder -> builder.register(workflow, code).cleanUpGrace(grace));
        }

        private void endsInTime(Revive revive, String id) {
            WorkflowHandle<String> handle = revive.start(workflow, id, "", within(SHORT));

            assertThatThrownBy(() -> handle.result(PATIENCE))
                    .isInstanceOf(WorkflowTimedOutException.class)
                    .hasMessageContaining("" + deadline(id));
            assertThat(row(id).status()).isEqualTo(WorkflowStatus.FAILED);
            assertThat(revive.retry(id)).isFalse();
        }

        @Test
        void endThoughTheyStillWait() {
            Revive revive = engine(SHORT, (ctx, in) -> {
                try {
                    return ctx.await(GO);
                } catch (CancelledException e) {
                    ctx.shielded(c -> c.sleep("Cool Down", LONG));
                    throw e;
                }
            });
            String id = unique("waits-on");

            endsInTime(revive, id);

            assertThat(stepRow(id, "Cool Down").status()).isEqualTo(StepStatus.STARTED);
        }

        @Test
        void endThoughAStepHangs() {
            Gate gate = new Gate();
            Revive revive = engine(SHORT, (ctx, in) -> {
                try {
                    return ctx.await(GO);
                } catch (CancelledException e) {
                    ctx.shielded(c -> c.step("Clean Up", () -> gate.passUninterruptibly()));
                    throw e;
                }
            });
            String id = unique("hangs");

            endsInTime(revive, id);

            gate.open();
            assertThat(stepRow(id, "Clean Up").status()).isEqualTo(StepStatus.STARTED);
        }

        /** Though all of it has passed since their deadline when somebody has them in hand again. It takes seconds. */
        @Test
        void haveAllOfIt() {
            assumeThat(setting).isEqualTo(Setting.MEMORY_WIDE);
            Duration grace = Duration.ofSeconds(8);
            Gate gate = new Gate();
            Revive first = engine(grace, (ctx, in) -> {
                gate.reach();
                return cleaningUp(ctx, in);
            });
            String id = unique("asleep");
            first.start(workflow, id, "", within(SHORT));
            gate.awaitReached();
            close(first);
            await().atMost(PATIENCE)
                    .until(() -> Instant.now().isAfter(deadline(id).plus(grace)));

            Revive second = engine(grace, DeadlineTests.this::cleaningUp);

            isTimedOut(second.handle(workflow, id), deadline(id));
        }

        @Test
        void thatSomebodyElseCancelsMayTakeLonger() {
            Revive revive = engine(Duration.ZERO, DeadlineTests.this::cleaningUp);
            String id = unique("person");
            WorkflowHandle<String> handle = revive.start(workflow, id, "", within(LONG));

            revive.workflow(id).cancel("too expensive");

            assertThatThrownBy(() -> handle.result(PATIENCE)).isInstanceOf(WorkflowCancelledException.class);
            assertThat(effects.all()).containsExactly("Clean Up: too expensive");
        }
    }

    @Test
    void thatEndInTimeAreNotTouched() {
        Revive revive = engine(workflow, this::cleaningUp);
        String id = unique("in-time");
        WorkflowHandle<String> handle = revive.start(workflow, id, "", within(LONG));
        revive.workflow(id).signal(GO, "in time");

        assertThat(handle.result(PATIENCE)).isEqualTo("in time");
        assertThat(deadline(id)).isEqualTo(row(id).createdAt().plus(LONG));
    }

    @Test
    void thatSomebodyCancelsBeforeHaveNotTimedOut() {
        Revive revive = engine(workflow, this::cleaningUp);
        String id = unique("person");
        WorkflowHandle<String> handle = revive.start(workflow, id, "", within(LONG));

        revive.workflow(id).cancel("too expensive");

        assertThatThrownBy(() -> handle.result(PATIENCE)).isInstanceOf(WorkflowCancelledException.class);
        assertThat(effects.all()).containsExactly("Clean Up: too expensive");
        assertThat(row(id).status()).isEqualTo(WorkflowStatus.CANCELLED);
    }

    @Test
    void keepTheDeadlineOfTheirFirstStart() {
        Revive revive = engine(workflow, this::cleaningUp);
        String id = unique("twice");
        revive.start(workflow, id, "", within(LONG));
        Instant deadline = deadline(id);

        revive.start(workflow, id, "", within(Duration.ofMillis(1)));

        assertThat(deadline(id)).isEqualTo(deadline);
        revive.workflow(id).signal(GO, "still");
        assertThat(revive.handle(workflow, id).result(PATIENCE)).isEqualTo("still");
    }

    @Test
    void startedWithASignalHaveOne() {
        Revive revive = engine(workflow, this::cleaningUp);
        String id = unique("with-signal");

        WorkflowHandle<String> handle = revive.startAndSignal(
                workflow,
                id,
                "",
                within(SHORT),
                Signal.named("other", String.class),
                "first",
                SignalOptions.defaults());

        isTimedOut(handle, deadline(id));
    }

    @Test
    void areGivenANewOneByARetry() {
        Revive revive = engine(
                workflow,
                (ctx, in) -> ctx.step("Fail", String.class, () -> {
                    if (effects.happen("try") == 1) {
                        throw new IllegalStateException("no");
                    }
                    return "yes";
                }));
        String id = unique("retried");
        WorkflowHandle<String> handle = revive.start(workflow, id, "", within(LONG));
        assertThatThrownBy(() -> handle.result(PATIENCE)).hasMessageContaining("no");
        Instant before = deadline(id);

        assertThat(revive.retry(id)).isTrue();

        assertThat(deadline(id)).isAfter(before);
        assertThat(handle.result(PATIENCE)).isEqualTo("yes");
    }

    @Test
    void takeNoAbsurdTimes() {
        assertThatThrownBy(() -> within(Duration.ZERO)).hasMessageContaining("timeout must be more than zero");
        assertThatThrownBy(() -> within(Duration.ofSeconds(-1))).hasMessageContaining("timeout must be more than zero");
        Revive revive = engine(workflow, (ctx, in) -> "over");

        assertThat(revive.start(workflow, unique("for-ever"), "", within(Duration.ofSeconds(Long.MAX_VALUE)))
                        .result(PATIENCE))
                .isEqualTo("over");
    }

    /** At once, again and again, would be a thread that does nothing else. */
    @Test
    void whoseRowsAreLockedAreTriedAgainAfterAPause() {
        assumeThat(setting).isIn(Setting.MEMORY_WIDE, Setting.H2_WIDE);
        Queue<Long> tries = new ConcurrentLinkedQueue<>();
        use(new ForwardingStore(store()) {
            @Override
            public List<Arrival> send(List<Letter> letters) {
                if (letters.get(0).kind() == MessageKind.CANCEL && tries.size() < 5) {
                    tries.add(System.nanoTime());
                    return Collections.nCopies(letters.size(), Arrival.LOCKED);
                }
                return super.send(letters);
            }
        });
        Revive revive = engine(workflow, this::cleaningUp);
        String id = unique("locked");

        WorkflowHandle<String> handle = revive.start(workflow, id, "", within(SHORT));

        isTimedOut(handle, deadline(id));
        List<Long> times = List.copyOf(tries);
        assertThat(times).hasSize(5);
        assertThat(Duration.ofNanos(times.get(4) - times.get(0))).isGreaterThan(Duration.ofMillis(100));
    }
}
