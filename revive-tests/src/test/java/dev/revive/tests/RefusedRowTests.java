// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.Revive;
import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.ForwardingLane;
import dev.revive.store.ForwardingSeat;
import dev.revive.store.InMemoryStore;
import dev.revive.store.Operation;
import dev.revive.store.StepStore;
import dev.revive.store.StoreException;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.LentStore;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowNeedsAttentionException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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
        return new LentStore(store) {
            @Override
            public ExecutorSeat seat(ExecutorSettings settings) {
                return new RefusingSeat(super.seat(settings), word);
            }
        };
    }

    private static final class RefusingSeat extends ForwardingSeat {
        private final String word;

        RefusingSeat(ExecutorSeat seat, String word) {
            super(seat);
            this.word = word;
        }

        @Override
        public List<StepStore> lanes() {
            return super.lanes().stream()
                    .map(lane -> (StepStore) new RefusingLane(lane, word))
                    .toList();
        }
    }

    private static final class RefusingLane extends ForwardingLane {
        private final String word;

        RefusingLane(StepStore lane, String word) {
            super(lane);
            this.word = word;
        }

        @Override
        public List<Answer> write(List<Operation> batch) {
            if (batch.stream().anyMatch(this::holdsTheWord)) {
                throw new StoreException("It cannot hold the word " + word + ".", null);
            }
            return super.write(batch);
        }

        private boolean holdsTheWord(Operation operation) {
            return operation.toString().contains("\"" + word + "\"");
        }
    }
}
