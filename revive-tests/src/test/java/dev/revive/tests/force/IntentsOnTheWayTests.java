// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.store.MessageKind;
import dev.revive.store.StoreException;
import dev.revive.tests.support.Gate;
import dev.revive.workflow.Signal;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** People want something of a workflow just as its run tells the store something else. */
class IntentsOnTheWayTests {
    private static final Signal<String> GO = Signal.named("go", String.class);
    private static final Workflow<String, String> FLOW = Workflow.named("flow", String.class, String.class);
    private static final String ID = "a";
    private static final Duration A_WHILE = Duration.ofMillis(300);

    private IntentBed bed;

    @AfterEach
    void close() {
        bed.close();
    }

    private interface Body {
        String run(WorkflowContext ctx) throws Exception;
    }

    private void engine(Body body, UnaryOperator<Revive.Builder> more) {
        bed = new IntentBed(
                new InMemoryStore(),
                (builder, moments) -> more.apply(builder.register(FLOW, (ctx, in) -> body.run(ctx))));
    }

    /** One that leaves memory whenever it may, and passes its crash points. */
    private void unloading() {
        bed = new IntentBed(
                new InMemoryStore(),
                (builder, moments) -> builder.register(FLOW, (ctx, in) -> waits(ctx))
                        .unloadAfter(Duration.ZERO)
                        .crashHook(moments));
    }

    /** Starts it, and does this when it first comes to that moment. */
    private void startAndAt(String moment, Runnable what) {
        AtomicInteger times = new AtomicInteger();
        bed.moments.of(ID, passed -> {
            if (passed.equals(moment) && times.incrementAndGet() == 1) {
                what.run();
            }
        });
        bed.revive().start(FLOW, ID, "");
    }

    private void want(MessageKind... kinds) {
        for (MessageKind kind : kinds) {
            assertThat(bed.want(ID, kind)).as("it is in time to " + kind).isTrue();
        }
    }

    private void happen(String effect) {
        bed.happen(ID, effect);
    }

    private String waits(WorkflowContext ctx) throws Exception {
        try {
            ctx.step("Before", () -> happen("Before"));
            return ctx.await(GO);
        } finally {
            ctx.shielded(c -> c.step("Clean Up", () -> happen("Clean Up")));
        }
    }

    private void isOver(WorkflowStatus status, String... effects) {
        bed.awaitStatus(ID, status);
        for (String effect : List.of("Before", "Clean Up", "After")) {
            assertThat(bed.times(ID, effect))
                    .as(effect)
                    .isEqualTo(List.of(effects).contains(effect) ? 1 : 0);
        }
    }

    // ---- unloading

    @Test
    void aCancellationBetweenTheLastLookAndTheReleaseIsHeeded() {
        unloading();

        startAndAt("before-unload", () -> want(MessageKind.CANCEL));

        isOver(WorkflowStatus.CANCELLED, "Before", "Clean Up");
    }

    @Test
    void aCancellationWhileTheReleaseIsOnItsWayIsHeeded() {
        unloading();

        startAndAt("before RELEASE", () -> want(MessageKind.CANCEL));

        isOver(WorkflowStatus.CANCELLED, "Before", "Clean Up");
    }

    @Test
    void anEndWhileTheReleaseIsOnItsWayIsHeeded() {
        unloading();

        startAndAt("before RELEASE", () -> want(MessageKind.TERMINATE));

        isOver(WorkflowStatus.TERMINATED, "Before");
    }

    @Test
    void aPauseWhileTheReleaseIsOnItsWayIsHeeded() {
        unloading();

        startAndAt("before RELEASE", () -> want(MessageKind.PAUSE));

        bed.awaitStatus(ID, WorkflowStatus.PAUSED);
        bed.signal(ID, "go");
        assertThat(bed.resume(ID)).isTrue();
        isOver(WorkflowStatus.COMPLETED, "Before", "Clean Up");
    }

    /** Its branches were unwound for want of a thread, and have not heeded it. */
    @Test
    void aRunThatHasHeardOfACancellationIsNotUnloadedByWhatItHasSeen() {
        Gate inStep = new Gate();
        engine(
                ctx -> {
                    try {
                        return ""
                                + ctx.parallel(List.of("a", "b"), (b, n) -> {
                                    if (n.equals("a")) {
                                        return b.await(Signal.named("go " + n, String.class));
                                    }
                                    b.step("Work", inStep::pass);
                                    return "worked";
                                });
                    } finally {
                        ctx.shielded(c -> c.step("Clean Up", () -> happen("Clean Up")));
                    }
                },
                builder -> builder.permits(1).threads(1));
        AtomicInteger looks = new AtomicInteger();
        AtomicInteger wanted = new AtomicInteger();
        bed.moments.of(ID, passed -> {
            if (passed.equals("after inboxes")) {
                looks.incrementAndGet();
            }
        });
        bed.revive().start(FLOW, ID, "");
        inStep.awaitReached();
        wanted.set(looks.get());
        want(MessageKind.CANCEL);
        bed.moments.await("it has looked", () -> looks.get() > wanted.get());
        inStep.open();

        isOver(WorkflowStatus.CANCELLED, "Clean Up");
    }

    // ---- pausing

    @Test
    void oneThatIsResumedWhilePausedIsOnItsWayGoesOn() {
        engine(this::waits, builder -> builder);

        startAndAt("before PAUSED", () -> assertThat(bed.resume(ID)).isTrue());
        bed.moments.await("it waits", this::waitsForGo);
        want(MessageKind.PAUSE);
        bed.moments.await("it goes on", () -> bed.row(ID).epoch() == 2);
        bed.signal(ID, "go");

        isOver(WorkflowStatus.COMPLETED, "Before", "Clean Up");
    }

    private boolean waitsForGo() {
        return bed.steps(ID).stream()
                .anyMatch(step -> step.key().name().equals("go") && step.status() == StepStatus.STARTED);
    }

    private void pausedAndMeanwhile(MessageKind kind) {
        engine(this::waits, builder -> builder);
        startAndAt("before PAUSED", () -> want(kind));
        bed.moments.await("it waits", this::waitsForGo);
        want(MessageKind.PAUSE);
    }

    @Test
    void aCancellationWhilePausedIsOnItsWayIsHeeded() {
        pausedAndMeanwhile(MessageKind.CANCEL);

        isOver(WorkflowStatus.CANCELLED, "Before", "Clean Up");
    }

    @Test
    void anEndWhilePausedIsOnItsWayIsHeeded() {
        pausedAndMeanwhile(MessageKind.TERMINATE);

        isOver(WorkflowStatus.TERMINATED, "Before");
    }

    // ---- needing attention

    /** Its code asks for another call when it is run for the second time. */
    private void needsAttention(Runnable atThatMoment) {
        engine(
                ctx -> {
                    try {
                        ctx.step("Before", () -> happen("Before"));
                        ctx.await(Signal.named(ctx.info().run() == 2 ? "other" : "first", String.class));
                        return ctx.await(GO);
                    } finally {
                        ctx.shielded(c -> c.step("Clean Up", () -> happen("Clean Up")));
                    }
                },
                builder -> builder.unloadAfter(Duration.ZERO));
        startAndAt("before NEEDS_ATTENTION", atThatMoment);
        bed.awaitStatus(ID, WorkflowStatus.DUE);
        bed.signal(ID, "first");
    }

    @Test
    void anEndWhileNeedsAttentionIsOnItsWayIsHeeded() {
        needsAttention(() -> want(MessageKind.TERMINATE));

        isOver(WorkflowStatus.TERMINATED, "Before");
    }

    @Test
    void aCancellationWhileNeedsAttentionIsOnItsWayIsHeeded() {
        needsAttention(() -> want(MessageKind.CANCEL));

        isOver(WorkflowStatus.CANCELLED, "Before", "Clean Up");
    }

    @Test
    void aPauseWhileNeedsAttentionIsOnItsWayIsForLater() {
        needsAttention(() -> want(MessageKind.PAUSE));

        bed.awaitStatus(ID, WorkflowStatus.NEEDS_ATTENTION);
        assertThat(bed.resume(ID)).isTrue();
        bed.signal(ID, "go");
        isOver(WorkflowStatus.COMPLETED, "Before", "Clean Up");
    }

    /** Its result cannot be stored, which is for a person; and that is on its way when it is to end. */
    private void cannotBeStored(MessageKind kind) {
        engine(
                ctx -> {
                    ctx.step("Before", () -> happen("Before"));
                    ctx.shielded(c -> c.step("Clean Up", () -> happen("Clean Up")));
                    ctx.step("After", () -> happen("After"));
                    return "too much";
                },
                builder -> builder);
        bed.moments.of(ID, passed -> {
            if (passed.equals("before COMPLETED")) {
                throw new StoreException("This is too much.", null);
            }
            if (passed.equals("before NEEDS_ATTENTION") && bed.epoch(ID) == 1) {
                want(kind);
            }
        });
        bed.revive().start(FLOW, ID, "");
    }

    @Test
    void anEndIsHeededThoughTheStoreHasRefusedWhatCameBeforeNeedsAttention() {
        cannotBeStored(MessageKind.TERMINATE);

        isOver(WorkflowStatus.TERMINATED, "Before", "Clean Up", "After");
    }

    /** Whether the last step's outcome went down with the result is chance: then there is something to cancel. */
    @Test
    void aCancellationIsHeardThoughTheStoreHasRefusedWhatCameBeforeNeedsAttention() {
        cannotBeStored(MessageKind.CANCEL);

        bed.moments.await(
                "a run that knows of it has decided",
                () -> bed.epoch(ID) == 2 && bed.status(ID) != WorkflowStatus.RUNNING);
        assertThat(bed.status(ID)).isIn(WorkflowStatus.NEEDS_ATTENTION, WorkflowStatus.CANCELLED);
    }

    // ---- steps

    /** What it heard of before is queued and not there yet. */
    @Test
    void aCancellationWhileAnOutcomeIsQueuedLetsItStand() {
        unloading();

        startAndAt("before Before COMPLETED", () -> want(MessageKind.CANCEL));

        isOver(WorkflowStatus.CANCELLED, "Before", "Clean Up");
        assertThat(bed.steps(ID).get(0).status()).isEqualTo(StepStatus.COMPLETED);
    }

    @Test
    void aCancellationAfterAllIsDoneIsTooLateOrHeeded() {
        engine(
                ctx -> {
                    ctx.step("Before", () -> happen("Before"));
                    return "over";
                },
                builder -> builder);

        startAndAt("before COMPLETED", () -> want(MessageKind.CANCEL));

        isOver(WorkflowStatus.COMPLETED, "Before");
        assertThat(bed.want(ID, MessageKind.CANCEL)).isFalse();
    }

    @Test
    void anEndAfterAllIsDoneIsTooLate() {
        engine(
                ctx -> {
                    ctx.step("Before", () -> happen("Before"));
                    return "over";
                },
                builder -> builder);

        startAndAt("before COMPLETED", () -> want(MessageKind.TERMINATE));

        isOver(WorkflowStatus.COMPLETED, "Before");
        assertThat(bed.row(ID).failure()).isNull();
    }

    // ---- ending

    /** Whoever unwinds later has nothing to say, and does not give it to others before the end is there. */
    @Test
    void anEndIsTheLastWordOfItsRunThoughItsThreadsUnwindLater() {
        Gate unwound = new Gate();
        Gate reclaimed = new Gate();
        engine(
                ctx -> {
                    try {
                        ctx.step("Before", () -> happen("Before"));
                        return ctx.await(GO);
                    } finally {
                        unwound.reach();
                    }
                },
                builder -> builder);
        AtomicInteger ends = new AtomicInteger();
        bed.moments.of(ID, passed -> {
            if (passed.equals("before TERMINATED") && ends.incrementAndGet() == 1) {
                unwound.awaitReached();
                waitAWhile(reclaimed);
            } else if (passed.equals("after reclaim") && ends.get() == 1) {
                reclaimed.reach();
            }
        });
        bed.revive().start(FLOW, ID, "");
        bed.moments.await("it waits", this::waitsForGo);

        want(MessageKind.TERMINATE);

        isOver(WorkflowStatus.TERMINATED, "Before");
        assertThat(bed.row(ID).epoch()).isEqualTo(1);
        assertThat(ends).hasValue(1);
    }

    private static void waitAWhile(Gate gate) {
        try {
            gate.awaitReachedOr(A_WHILE);
        } catch (InterruptedException e) {
            throw new AssertionError("Nobody interrupts a test.", e);
        }
    }

    @Test
    void afterAnEndThatIsThereNothingIsWritten() {
        Gate deaf = new Gate();
        engine(
                ctx -> {
                    ctx.step("Before", () -> {
                        deaf.passUninterruptibly();
                        happen("Before");
                    });
                    ctx.step("After", () -> happen("After"));
                    return "";
                },
                builder -> builder);
        AtomicInteger late = new AtomicInteger();
        bed.moments.of(ID, passed -> {
            if (bed.status(ID) == WorkflowStatus.TERMINATED && passed.startsWith("before Before")) {
                late.incrementAndGet();
            }
        });
        bed.revive().start(FLOW, ID, "");
        deaf.awaitReached();

        want(MessageKind.TERMINATE);
        bed.awaitStatus(ID, WorkflowStatus.TERMINATED);
        deaf.open();
        bed.moments.await("it happened", () -> bed.times(ID, "Before") == 1);
        bed.close();

        assertThat(late).hasValue(0);
        assertThat(bed.times(ID, "After")).isZero();
        assertThat(bed.steps(ID))
                .singleElement()
                .satisfies(step -> assertThat(step.status()).isEqualTo(StepStatus.STARTED));
    }
}
