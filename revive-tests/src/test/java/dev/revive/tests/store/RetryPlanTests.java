// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.store.Join;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Retry;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a retry sets aside and asks again, worked out from a journal. */
class RetryPlanTests {
    private static final Instant THEN = Instant.parse("2026-11-23T10:15:30Z");
    private static final WorkflowRecord FAILED = WorkflowRecord.of(
                    new NewWorkflow("a", new WorkflowType("order", 1), "1", "hash", THEN))
            .epoch(1)
            .status(WorkflowStatus.FAILED)
            .build();

    private static StepRecord call(
            String scope, int sequence, CallKind kind, StepStatus status, int branches, @Nullable String output) {
        return StepRecord.of("a", new StepKey(scope, sequence, "call"), kind, 1)
                .status(status)
                .branches(branches)
                .output(output)
                .firstStartedAt(THEN)
                .startedAt(THEN)
                .recordedAt(THEN)
                .build();
    }

    private static StepRecord step(String scope, int sequence, StepStatus status) {
        return call(scope, sequence, CallKind.STEP, status, 0, null);
    }

    private static StepRecord joined(String scope, int sequence, String ends) {
        String join = new Join(ends, ends.indexOf(Join.FAILED)).toJson();
        return call(scope, sequence, CallKind.PARALLEL, StepStatus.FAILED, ends.length(), join);
    }

    private static Retry retry(List<StepRecord> journal, String... calls) {
        return Retry.of(FAILED, journal, List.of(calls), step -> Failure.Kind.THROWN, THEN.plusSeconds(1));
    }

    private static List<String> positions(List<StepRecord> calls) {
        return calls.stream().map(call -> call.key().position()).toList();
    }

    @Test
    void goesAlongThePathToACallInTheDepth() {
        List<StepRecord> journal = List.of(
                step("", 1, StepStatus.COMPLETED),
                joined("", 2, "CF"),
                step("2.2", 1, StepStatus.COMPLETED),
                joined("2.2", 2, "FC"),
                step("2.2.2.1", 1, StepStatus.FAILED),
                step("2.2.2.1", 2, StepStatus.COMPLETED),
                step("", 3, StepStatus.COMPLETED));

        Retry retry = retry(journal, "2.2.2.1#1");

        assertThat(positions(retry.aside())).containsExactlyInAnyOrder("#2", "#3", "2.2#2", "2.2.2.1#1", "2.2.2.1#2");
        assertThat(positions(retry.again())).containsExactlyInAnyOrder("#2", "2.2#2", "2.2.2.1#1");
    }

    @Test
    void setsAsideAllBranchesOfWhatFollowedAndNoneOfOthers() {
        List<StepRecord> journal = List.of(
                step("", 1, StepStatus.FAILED),
                joined("", 2, "CC"),
                step("2.1", 1, StepStatus.COMPLETED),
                joined("2.2", 1, "C"),
                step("2.2.1.1", 1, StepStatus.COMPLETED));

        assertThat(positions(retry(journal, "#1").aside()))
                .containsExactlyInAnyOrder("#1", "#2", "2.1#1", "2.2#1", "2.2.1.1#1");
    }

    /** Ten thousand branches by ten thousand failures would be a minute's work, under a lock that others wait for. */
    @Test
    @Timeout(20)
    void takesNoLongerForEachBranchHoweverManyThereAre() {
        int width = 20_000;
        List<StepRecord> journal = new ArrayList<>(List.of(joined("", 1, "F".repeat(width))));
        IntStream.rangeClosed(1, width).forEach(i -> journal.add(step("1." + i, 1, StepStatus.FAILED)));
        String[] calls = journal.stream().map(call -> call.key().position()).toArray(String[]::new);

        assertThat(retry(journal, calls).again()).hasSize(width + 1);
    }
}
