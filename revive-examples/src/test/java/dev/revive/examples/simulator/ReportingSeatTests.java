// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.FencedException;
import dev.revive.store.ForwardingLane;
import dev.revive.store.ForwardingSeat;
import dev.revive.store.InMemoryStore;
import dev.revive.store.Operation;
import dev.revive.store.StepStore;
import dev.revive.workflow.WorkflowStatus;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a worker says of its lanes. */
class ReportingSeatTests {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @Test
    void saysOnceWhatIsFencedOffThoughItIsTriedTwice() {
        ExecutorSeat real = new InMemoryStore().seat(new ExecutorSettings("A", 1, Duration.ofSeconds(30), "", null));
        Reporter reporter = new Reporter("A", new PrintStream(said, true, StandardCharsets.UTF_8));
        StepStore lane =
                new ReportingSeat(new FencedSeat(real), reporter).lanes().get(0);
        Operation end = Operation.Finish.of("it", 1, WorkflowStatus.COMPLETED, "1", Instant.EPOCH);

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> lane.write(List.of(end))).isInstanceOf(FencedException.class);
        }

        assertThat(said.toString(StandardCharsets.UTF_8)).containsOnlyOnce("REFUSED");
    }

    private static final class FencedSeat extends ForwardingSeat {
        FencedSeat(ExecutorSeat seat) {
            super(seat);
        }

        @Override
        public List<StepStore> lanes() {
            return super.lanes().stream().<StepStore>map(FencedLane::new).toList();
        }
    }

    private static final class FencedLane extends ForwardingLane {
        FencedLane(StepStore lane) {
            super(lane);
        }

        @Override
        public List<Answer> write(List<Operation> batch) {
            throw new FencedException("Another executor took over.", null);
        }
    }
}
