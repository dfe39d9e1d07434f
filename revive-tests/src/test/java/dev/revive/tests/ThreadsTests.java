// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.tests.support.TestBed;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowHandle;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** On which threads user code runs. */
class ThreadsTests {
    private static final Workflow<Integer, String> MEET = Workflow.named("meet", Integer.class, String.class);
    private static final int FEW = 8;
    private static final int MANY = 12;

    private final CyclicBarrier barrier = new CyclicBarrier(MANY);

    @Test
    void theFirstFewAtATimeAreReusedAndTheOthersVirtualWhereTheJvmHasThem() {
        try (Revive revive = Revive.with(new InMemoryStore())
                .register(MEET, (ctx, number) -> ctx.step("Meet", String.class, this::meet))
                .start()) {
            Map<Boolean, List<String>> names = kinds(meet(revive));
            boolean hasVirtual = Runtime.version().feature() >= 21;
            assertThat(names.get(false)).hasSize(hasVirtual ? FEW : MANY).doesNotHaveDuplicates();
            assertThat(names.get(true)).hasSize(hasVirtual ? MANY - FEW : 0);
            assertThat(kinds(meet(revive)).get(false)) // fewer if one of them is not back yet
                    .isNotEmpty()
                    .hasSizeLessThanOrEqualTo(names.get(false).size());
        }
    }

    /** Nothing of it has happened, so a step that must not happen twice is free to happen in the next run. */
    @Test
    void anAttemptForWhichThereIsNoneHasNotBegun() throws ReflectiveOperationException {
        Workflow<String, String> timed = Workflow.named("timed", String.class, String.class);
        WorkflowFunction<String, String> function = (ctx, in) -> ctx.step(Step.of("Once", String.class, attempt -> in)
                .attemptTimeout(TestBed.PATIENCE)
                .atMostOnce());
        InMemoryStore store = new InMemoryStore();
        try (Revive without = Revive.with(store).register(timed, function).start()) {
            takeThreadsForAttempts(without);
            without.start(timed, "it", "done");
            await().atMost(TestBed.PATIENCE)
                    .until(() -> store.steps("it").stream().anyMatch(step -> step.status() == StepStatus.BACKOFF));
        }
        try (Revive next = Revive.with(store).register(timed, function).start()) {
            assertThat(next.handle(timed, "it").result(TestBed.PATIENCE)).isEqualTo("done");
        }
    }

    /** As if the system had no more to give; nothing that a test may do brings that about. */
    private static void takeThreadsForAttempts(Revive revive) throws ReflectiveOperationException {
        ((ExecutorService) inside(inside(inside(inside(revive, "engine"), "tools"), "attempts"), "reused")).shutdown();
    }

    private static Object inside(Object owner, String name) throws ReflectiveOperationException {
        Field field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }

    private static Map<Boolean, List<String>> kinds(List<String> names) {
        return names.stream().collect(Collectors.partitioningBy(name -> name.startsWith("revive-run-virtual-")));
    }

    /** Has so many workflows run that none can end before all are there. */
    private static List<String> meet(Revive revive) {
        List<WorkflowHandle<String>> handles = new ArrayList<>();
        for (int number = 0; number < MANY; number++) {
            handles.add(revive.start(MEET, "meet-" + System.nanoTime(), number));
        }
        return handles.stream().map(handle -> handle.result(TestBed.PATIENCE)).toList();
    }

    private String meet() throws Exception {
        barrier.await(TestBed.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        return Thread.currentThread().getName();
    }
}
