// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Finish;
import dev.revive.store.ReadLimit;
import dev.revive.store.Retry;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The network holds a person's retry of a failed workflow, before it begins or before it commits, while others go on. */
class RetryOnTheWayTests extends ForceBed {
    private static final String ID = "held-workflow";

    private final StepRecord failed = Operations.step(ID, 1, 1, StepStatus.FAILED, null);
    private final Retry retry = new Retry(ID, 1, List.of(failed), List.of());
    private ExecutorSeat seat;

    @BeforeEach
    void failOnce() {
        seat = seat(near, "near");
        write(Operations.claimed(ID), new Checkpoint(failed, true));
        write(end(1, WorkflowStatus.FAILED));
    }

    private void write(Operation... batch) {
        seat.lanes().get(0).write(List.of(batch));
    }

    private static Finish end(long epoch, WorkflowStatus status) {
        return Finish.of(ID, epoch, status, "{}", Instant.EPOCH);
    }

    private List<WorkflowRecord> claim() {
        return seat.claim(Set.of(Operations.ORDER), 1, 0).workflows();
    }

    /** Another has it retried meanwhile, and it ends so. The late one must not follow. */
    private void retryLate(WorkflowStatus end) {
        HoldingProxy.Trap trap = proxy.hold(ID, "FOR UPDATE");
        CompletableFuture<Boolean> late = meanwhile(() -> far.retry(retry));
        trap.awaitSprung();
        assertThat(near.retry(retry)).isTrue();
        assertThat(claim()).extracting(WorkflowRecord::epoch).containsExactly(3L);
        write(new Checkpoint(Operations.step(ID, 1, 3, StepStatus.FAILED, null), true), end(3, end));
        Rows before = rows(ID);

        trap.letGo();

        assertThat(outcome(late)).isFalse();
        assertThat(rows(ID)).isEqualTo(before);
        assertThat(near.pastLives(ID, new ReadLimit(1, 1_000, 1_000_000)).lives())
                .hasSize(1);
    }

    @Test
    void oneThatIsLateRetriesNoLaterFailure() {
        retryLate(WorkflowStatus.FAILED);

        assertThat(near.retry(new Retry(ID, 3, List.of(), List.of()))).isTrue();
    }

    @Test
    void oneThatIsLateLeavesAloneWhatNeedsAPersonAndIsResumed() {
        retryLate(WorkflowStatus.NEEDS_ATTENTION);

        assertThat(near.resume(ID)).isTrue();
        assertThat(claim()).extracting(WorkflowRecord::epoch).containsExactly(4L);
    }

    @Test
    void beforeItHasCommittedNobodyClaimsResumesOrRetriesTheWorkflow() {
        HoldingProxy.Trap trap = proxy.hold("COMMIT");
        CompletableFuture<Boolean> first = meanwhile(() -> far.retry(retry));
        trap.awaitSprung();
        assertThat(claim()).isEmpty();
        assertThat(near.resume(ID)).isFalse();
        CompletableFuture<Boolean> second = meanwhile(() -> near.retry(retry));

        trap.letGo();

        assertThat(List.of(outcome(first), outcome(second))).containsExactlyInAnyOrder(true, false);
        assertThat(near.pastLives(ID, new ReadLimit(1, 1_000, 1_000_000)).lives())
                .hasSize(1);
        assertThat(claim()).extracting(WorkflowRecord::epoch).containsExactly(3L);
    }
}
