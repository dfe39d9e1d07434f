// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.store.StoreUnavailableException;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.OverheardStore;
import dev.revive.workflow.ResultTimeoutException;
import dev.revive.workflow.StartOutcomeUnknownException;
import dev.revive.workflow.WaitInterruptedException;
import dev.revive.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever calls waits no longer than was said, though the store does not answer; and an interrupt ends the wait. */
@Timeout(60)
class WaitTests {
    private static final Workflow<String, String> ECHO = Workflow.named("echo", String.class, String.class);
    private static final Duration MOMENT = Duration.ofMillis(300);
    private static final Duration FAR_TOO_LONG = Duration.ofSeconds(20);

    /** Its code runs ahead of the disk, until its lane takes no more. */
    private static final Workflow<String, String> EAGER = Workflow.named("eager", String.class, String.class);

    /** More than a lane's queue holds. */
    private static final int MORE = 30_000;

    private final AtomicReference<Thread> eager = new AtomicReference<>();
    private final Gate writes = new Gate();
    private final Gate reads = new Gate();
    private final List<Thread> callers = new ArrayList<>();

    private Revive engine(UnaryOperator<Revive.Builder> more) {
        return more.apply(Revive.with(OverheardStore.of(new InMemoryStore(), (method, arguments) -> {
                            if (method.equals("write")) {
                                writes.passUninterruptibly();
                            } else if (method.equals("find") || method.equals("steps") || method.equals("resume")) {
                                reads.passUninterruptibly();
                            }
                        }))
                        .lanes(1)
                        .startTimeout(MOMENT)
                        .shutdownGrace(Duration.ofMillis(100))
                        .register(ECHO, (ctx, in) -> "done")
                        .register(EAGER, (ctx, in) -> {
                            eager.set(Thread.currentThread());
                            IntStream.range(0, MORE).forEach(i -> ctx.sleep(Duration.ZERO));
                            return "done";
                        }))
                .start();
    }

    @AfterEach
    void letGo() {
        writes.open();
        reads.open();
    }

    private CompletableFuture<?> call(Runnable call) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                call.run();
                result.complete(true);
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        callers.add(thread);
        thread.start();
        return result;
    }

    private static Throwable thrown(CompletableFuture<?> call) {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        await().atMost(FAR_TOO_LONG).until(call::isDone);
        assertThatThrownBy(call::join).isInstanceOfSatisfying(CompletionException.class, e -> thrown.set(e.getCause()));
        return thrown.get();
    }

    /** The lane writes and does not come back, and its queue fills. */
    private void fill(Revive revive) {
        call(() -> revive.start(EAGER, "eager", "a"));
        writes.awaitReached();
        await().atMost(FAR_TOO_LONG)
                .until(() -> Stream.ofNullable(eager.get())
                        .flatMap(thread -> Stream.of(thread.getStackTrace()))
                        .anyMatch(frame -> frame.getMethodName().equals("awaitUninterruptibly")));
    }

    @Test
    void aStartThatFindsNoRoomInItsLaneGivesUpInTime() {
        try (Revive revive = engine(builder -> builder)) {
            fill(revive);
            List<CompletableFuture<?>> starts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String id = "start " + i;
                starts.add(call(() -> revive.start(ECHO, id, "a")));
            }

            assertThat(starts)
                    .allSatisfy(start -> assertThat(thrown(start)).isInstanceOf(StartOutcomeUnknownException.class));
            letGo();
        }
    }

    @Test
    void anInterruptEndsAStartThatFindsNoRoomInItsLane() {
        try (Revive revive = engine(builder -> builder.startTimeout(Duration.ofMinutes(5)))) {
            fill(revive);
            CompletableFuture<?> start = call(() -> revive.start(ECHO, "one more", "a"));
            Thread caller = callers.get(callers.size() - 1);
            await().atMost(FAR_TOO_LONG).until(() -> isWaiting(caller));
            caller.interrupt();

            assertThat(thrown(start)).isInstanceOf(WaitInterruptedException.class);
            letGo();
        }
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    @Test
    void whoWaitsForAResultGivesUpInTimeHoweverManyAskedBefore() {
        try (Revive revive = engine(builder -> builder)) {
            List<CompletableFuture<?>> results = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                results.add(call(() -> revive.handle(ECHO, "x").result(MOMENT)));
            }

            assertThat(results)
                    .allSatisfy(result -> assertThat(thrown(result)).isInstanceOf(ResultTimeoutException.class));
            letGo();
        }
    }

    @Test
    void whoLooksOrDecidesWaitsNoLongerThanAStart() {
        try (Revive revive = engine(builder -> builder)) {
            assertThat(List.<Runnable>of(
                            () -> revive.handle(ECHO, "x").status(),
                            () -> revive.handle(ECHO, "x").steps(),
                            () -> revive.handle(ECHO, "x").attention(),
                            () -> revive.resume("x")))
                    .allSatisfy(look -> assertThat(thrown(call(look))).isInstanceOf(StoreUnavailableException.class));
            letGo();
        }
    }

    /** Neither can its lane write, nor its seat be left. */
    @Test
    void closingTakesNoLongerThanTheGraceAndTenSeconds() {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicBoolean isDown = new AtomicBoolean();
        Revive revive = Revive.with(OverheardStore.of(new InMemoryStore(), (method, arguments) -> {
                    if (isDown.get() && (method.equals("write") || method.equals("claim") || method.equals("close"))) {
                        awaitForEver(answer);
                    }
                }))
                .startTimeout(MOMENT)
                .shutdownGrace(MOMENT)
                .register(ECHO, (ctx, in) -> "done")
                .start();
        isDown.set(true);
        assertThat(thrown(call(() -> revive.start(ECHO, "x", "a")))).isInstanceOf(StartOutcomeUnknownException.class);

        call(revive::close);
        Thread closing = callers.get(callers.size() - 1);
        await().atMost(FAR_TOO_LONG).until(() -> !closing.isAlive());
        answer.countDown();
    }

    private static void awaitForEver(CountDownLatch answer) {
        try {
            answer.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts who asks the store.", e);
        }
    }

    @Test
    void anInterruptEndsALook() {
        try (Revive revive = engine(builder -> builder.startTimeout(Duration.ofMinutes(5)))) {
            CompletableFuture<?> look = call(() -> revive.handle(ECHO, "x").status());
            reads.awaitReached();
            callers.get(0).interrupt();

            assertThat(thrown(look)).isInstanceOf(WaitInterruptedException.class);
            letGo();
        }
    }
}
