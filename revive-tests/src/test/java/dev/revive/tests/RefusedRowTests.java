// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.Revive;
import dev.revive.store.Answer;
import dev.revive.store.Claim;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.InMemoryStore;
import dev.revive.store.Operation;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.StoreException;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowType;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.LentStore;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowNeedsAttentionException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that refuses one row for good, because of its content: the workflow needs attention, and its effect is not run again and again. */
class RefusedRowTests {
    private static final Workflow<String, String> WORKFLOW = Workflow.named("refused", String.class, String.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Effects effects = new Effects();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5})
    void itsWorkflowNeedsAttentionWhateverFollows(int stepsAfterwards) {
        try (InMemoryStore memory = new InMemoryStore();
                Revive revive = Revive.with(refusing(memory, "poison"))
                        .register(WORKFLOW, (ctx, in) -> run(ctx, stepsAfterwards))
                        .start()) {
            assertThatThrownBy(() -> revive.start(WORKFLOW, "id", "in").result(PATIENCE))
                    .isInstanceOfSatisfying(
                            WorkflowNeedsAttentionException.class,
                            e -> assertThat(e.attention().reason()).isEqualTo(Attention.Reason.STORE_REFUSED));
            assertThat(effects.times("poisoned")).isEqualTo(1);
        }
    }

    @Test
    void soDoesOneWhoseResultIsRefused() {
        try (InMemoryStore memory = new InMemoryStore();
                Revive revive = Revive.with(refusing(memory, "poison"))
                        .register(WORKFLOW, (ctx, in) -> {
                            ctx.step("fine", () -> effects.happen("fine"));
                            return "poison";
                        })
                        .start()) {
            assertThatThrownBy(() -> revive.start(WORKFLOW, "id", "in").result(PATIENCE))
                    .isInstanceOfSatisfying(
                            WorkflowNeedsAttentionException.class,
                            e -> assertThat(e.attention().reason()).isEqualTo(Attention.Reason.STORE_REFUSED));
            assertThat(effects.times("fine")).isEqualTo(1);
        }
    }

    private String run(WorkflowContext ctx, int stepsAfterwards) {
        String value = ctx.step("poisoned", String.class, () -> {
            effects.happen("poisoned");
            return "poison";
        });
        for (int i = 0; i < stepsAfterwards; i++) {
            ctx.step("after", () -> effects.happen("after"));
        }
        return value.toUpperCase(Locale.ROOT);
    }

    /** The store, but for one word that it cannot write. */
    private static WorkflowStore refusing(WorkflowStore store, String word) {
        return (WorkflowStore) Proxy.newProxyInstance(
                WorkflowStore.class.getClassLoader(),
                new Class<?>[] {WorkflowStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("seat")) {
                        return new RefusingSeat(store.seat((ExecutorSettings) arguments[0]), word);
                    }
                    try {
                        return method.invoke(new LentStore(store), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private record RefusingSeat(ExecutorSeat seat, String word) implements ExecutorSeat {
        @Override
        public String executorId() {
            return seat.executorId();
        }

        @Override
        public List<StepStore> lanes() {
            return seat.lanes().stream()
                    .map(lane -> (StepStore) new RefusingLane(lane, word))
                    .toList();
        }

        @Override
        public boolean isShared() {
            return seat.isShared();
        }

        @Override
        public Claim claim(Set<WorkflowType> known, int limit, int suspects) {
            return seat.claim(known, limit, suspects);
        }

        @Override
        public List<WorkflowRecord> reclaim(Collection<String> held, int limit) {
            return seat.reclaim(held, limit);
        }

        @Override
        public boolean renew() {
            return seat.renew();
        }

        @Override
        public Optional<Instant> clock() {
            return seat.clock();
        }

        @Override
        public int sweep() {
            return seat.sweep();
        }

        @Override
        public void close() {
            seat.close();
        }

        @Override
        public void abandon() {
            seat.abandon();
        }
    }

    private record RefusingLane(StepStore lane, String word) implements StepStore {
        @Override
        public List<Answer> write(List<Operation> batch) {
            if (batch.stream().anyMatch(this::holdsTheWord)) {
                throw new StoreException("It cannot hold the word " + word + ".", null);
            }
            return lane.write(batch);
        }

        private boolean holdsTheWord(Operation operation) {
            return operation.toString().contains("\"" + word + "\"");
        }

        @Override
        public boolean toleratesInterrupts() {
            return lane.toleratesInterrupts();
        }

        @Override
        public Map<String, List<StepRecord>> load(Collection<WorkflowRecord> claimed) {
            return lane.load(claimed);
        }

        @Override
        public Answer transact(Transaction work) {
            return lane.transact(work);
        }
    }
}
