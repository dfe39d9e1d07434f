// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.StoreUnavailableException;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.OverheardStore;
import dev.revive.tests.support.Place;
import dev.revive.tests.support.TestBed;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.StartOutcomeUnknownException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A workflow that is alone writes its own steps, if the store lets it; and whatever happens to it meanwhile, the lane brings them to their end. */
@InSettings
class LeadingTests extends TestBed {
    private static final int STEPS = 40;

    private record Write(String thread, Object batch) {
        boolean isLed() {
            return !thread.startsWith("revive-lane");
        }
    }

    private final Effects effects = new Effects();
    private final ConcurrentLinkedQueue<Write> writes = new ConcurrentLinkedQueue<>();

    private Workflow<String, String> type() {
        return flow("leading", String.class);
    }

    private String steps(WorkflowContext ctx, String in) {
        for (int i = 0; i < STEPS; i++) {
            String name = "step-" + i;
            ctx.step(name, String.class, () -> name + " " + effects.happen(name));
        }
        return in;
    }

    private Revive engine(Runnable whenLed) {
        return engine(whenLed, PATIENCE);
    }

    /** @param startTimeout how long a start waits for the store */
    private Revive engine(Runnable whenLed, Duration startTimeout) {
        Workflow<String, String> type = type();
        use(OverheardStore.of(store(), (method, arguments) -> {
            if (method.equals("write")) {
                Write write = new Write(Thread.currentThread().getName(), arguments.get(0));
                writes.add(write);
                if (write.isLed()) {
                    whenLed.run();
                }
            }
        }));
        return engine(builder -> builder.register(type, this::steps).startTimeout(startTimeout));
    }

    private void runsToItsEnd(Revive engine) {
        String id = unique("lone");

        assertThat(engine.start(type(), id, "done").result(PATIENCE)).isEqualTo("done");

        assertThat(effects.all()).hasSize(STEPS).doesNotHaveDuplicates();
        assertThat(store().steps(id))
                .hasSize(STEPS)
                .allSatisfy(step -> assertThat(step.status()).isEqualTo(StepStatus.COMPLETED))
                .allSatisfy(step -> assertThat(step.zombies()).isZero());
    }

    private boolean mayLead() {
        return setting.place() != Place.H2;
    }

    private List<Write> led() {
        return writes.stream().filter(Write::isLed).toList();
    }

    @Test
    void theStepsOfALoneWorkflowAreWrittenByItsOwnThreadUnlessAnInterruptWouldHarmTheStore() {
        runsToItsEnd(engine(() -> {}));

        assertThat(led().isEmpty()).isEqualTo(!mayLead());
    }

    @Test
    void whatItsThreadCouldNotWriteTheLaneWritesBeforeAnythingElse() {
        runsToItsEnd(engine(() -> {
            throw new StoreUnavailableException("The test loses the connection.", null);
        }));

        isWrittenAgainByTheLane();
    }

    @Test
    void anErrorOfItsThreadIsNotTheLanes() {
        runsToItsEnd(engine(() -> {
            throw new StackOverflowError("The test's workflow is in deep recursion.");
        }));

        isWrittenAgainByTheLane();
    }

    private void isWrittenAgainByTheLane() {
        List<Write> all = List.copyOf(writes);
        assertThat(led().isEmpty()).isEqualTo(!mayLead());
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isLed()) {
                assertThat(all.get(i + 1).isLed()).isFalse();
                assertThat(all.get(i + 1).batch()).isEqualTo(all.get(i).batch());
            }
        }
    }

    @Test
    void anInterruptOfItsThreadDuringAWriteLosesNothing() {
        AtomicInteger interrupts = new AtomicInteger();

        runsToItsEnd(engine(() -> {
            if (interrupts.incrementAndGet() <= 5) { // with virtual threads, each costs the connection
                Thread.currentThread().interrupt();
            }
        }));
    }

    @Test
    void aCloseWaitsForWhatItsThreadIsWriting() throws Exception {
        assumeThat(mayLead()).isTrue();
        Gate writing = new Gate();
        Revive engine = engine(writing::passUninterruptibly, Duration.ofSeconds(1));
        String id = unique("lone");
        engine.start(type(), id, "done");
        writing.awaitReached();

        CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> close(engine));
        await().until(() -> isRefused(engine));
        assertThat(closing).isNotDone();
        writing.open();
        closing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        Revive next = engine(() -> {});
        assertThat(next.handle(type(), id).result(PATIENCE)).isEqualTo("done");
        assertThat(effects.all()).hasSize(STEPS).doesNotHaveDuplicates();
    }

    private boolean isRefused(Revive engine) {
        try {
            engine.start(
                    type(),
                    unique("late"),
                    "late"); // where the close has not begun yet, this waits behind what is being written
            return false;
        } catch (StartOutcomeUnknownException e) {
            return false;
        } catch (EngineStoppedException e) {
            return true;
        }
    }
}
