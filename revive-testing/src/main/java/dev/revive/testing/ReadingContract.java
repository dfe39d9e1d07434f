// SPDX-License-Identifier: Apache-2.0
package dev.revive.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.store.ExecutorRecord;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Create;
import dev.revive.store.ReadLimit;
import dev.revive.store.StepKey;
import dev.revive.store.StepPage;
import dev.revive.store.StepSummary;
import dev.revive.store.WorkflowCounts;
import dev.revive.store.WorkflowExcerpt;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowSummary;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What people ask of a store: {@link dev.revive.store.WorkflowReads}. */
abstract class ReadingContract extends OwnershipContract {
    @Nested
    class Summaries {
        @Test
        void areTheRowsWithoutTheirPayloads() {
            write(claimed("a"), due("b"), claimed("c"), complete("c", 1));

            assertThat(store.summaries(WorkflowFilter.all()))
                    .isEqualTo(store.list(WorkflowFilter.all()).stream()
                            .map(WorkflowSummary::of)
                            .toList());
        }

        @Test
        void areOfOneExecutorIfOneIsAskedFor() {
            write(claimed("a"), due("b"), claimed("c"), complete("c", 1));

            assertThat(summaries(WorkflowFilter.all().runBy(seat.executorId()))).containsExactly("a");
            assertThat(summaries(WorkflowFilter.all().runBy("nobody"))).isEmpty();
            assertThat(ids(store.list(WorkflowFilter.all().runBy(seat.executorId()))))
                    .containsExactly("a");
        }

        @Test
        void ofAPrefixEndWhereItEnds() {
            write(due("a"), due("az"), due("a~"), due("a\uFFFD"), due("a\uD83D\uDE00"), due("b"), due("~"), due("~x"));

            assertThat(summaries(new WorkflowFilter(Set.of(), null, "a", "", 9)))
                    .containsExactlyInAnyOrder("a", "az", "a~", "a\uFFFD", "a\uD83D\uDE00");
            assertThat(summaries(new WorkflowFilter(Set.of(), null, "a\uD83D\uDE00", "", 9)))
                    .containsExactly("a\uD83D\uDE00");
            assertThat(summaries(new WorkflowFilter(Set.of(), null, "~", "", 9)))
                    .containsExactly("~", "~x");
        }

        private List<String> summaries(WorkflowFilter filter) {
            return store.summaries(filter).stream().map(WorkflowSummary::id).toList();
        }
    }

    @Nested
    class Counting {
        @Test
        void tellsNamesAndStatusesApart() {
            NewWorkflow refund = new NewWorkflow("r", new WorkflowType("refund", 1), "1", "h", STAMP);
            write(claimed("a"), due("b"), due("c"), claimed("d"), complete("d", 1));
            write(new Create(refund, Create.Start.DUE, null));

            WorkflowCounts counts = store.counts("", 100);

            assertThat(counts.of(WorkflowStatus.DUE, null)).isEqualTo(3);
            assertThat(counts.of(WorkflowStatus.DUE, "order")).isEqualTo(2);
            assertThat(counts.of(WorkflowStatus.RUNNING, null)).isEqualTo(1);
            assertThat(counts.of(WorkflowStatus.COMPLETED, null)).isEqualTo(1);
            assertThat(counts.of(WorkflowStatus.FAILED, null)).isZero();
            assertThat(counts.names()).containsExactly("order", "refund");
            assertThat(counts.cut()).isEmpty();
        }

        @Test
        void countsOnlyWhatHasThePrefix() {
            write(due("a-1"), due("a-2"), due("b-1"), claimed("a-3"), complete("a-3", 1));

            WorkflowCounts counts = store.counts("a-", 100);

            assertThat(counts.of(WorkflowStatus.DUE, null)).isEqualTo(2);
            assertThat(counts.of(WorkflowStatus.COMPLETED, null)).isEqualTo(1);
        }

        @Test
        void saysWhereItStoppedCounting() {
            write(IntStream.range(0, 20).mapToObj(i -> due("w" + i)).toArray(Operation[]::new));

            WorkflowCounts counts = store.counts("", 5);

            boolean isExact = counts.of(WorkflowStatus.DUE, null) == 20;
            assertThat(isExact || counts.cut().contains(WorkflowStatus.DUE)).isTrue();
            assertThat(store.counts("w", 5).of(WorkflowStatus.DUE, null)).isGreaterThanOrEqualTo(5);
        }

        @Test
        void countsWhatFailedThoughItIsBehindManyThatCompleted() {
            for (int i = 0; i < 9; i++) {
                WorkflowStatus end = i < 6 ? WorkflowStatus.COMPLETED : WorkflowStatus.FAILED;
                write(claimed("w" + i), finish("w" + i, 1, end, "{}"));
            }

            WorkflowCounts counts = store.counts("", 5);

            assertThat(counts.of(WorkflowStatus.FAILED, "order")).isEqualTo(3);
            assertThat(counts.cut()).doesNotContain(WorkflowStatus.FAILED);
            assertThat(store.summaries(new WorkflowFilter(Set.of(WorkflowStatus.FAILED), null, "", "w6", 9)))
                    .extracting(WorkflowSummary::id)
                    .containsExactly("w7", "w8");
        }

        @Test
        void anEmptyStoreHasNothingToCount() {
            assertThat(store.counts("", 10).groups()).isEmpty();
            assertThat(store.counts("a", 10).names()).isEmpty();
        }
    }

    @Nested
    class LookingAtSteps {
        @Test
        void cutsOutputsAndSaysHowLongTheyAre() {
            write(claimed("a"), fresh(completed("a", 1, 1, 1, "\"0123456789\"")), fresh(started("a", 2, 1, 1)));

            List<StepSummary> summaries = page("", 0, 5, 10, 1_000).steps();

            assertThat(summaries).hasSize(2);
            assertThat(summaries.get(0).step().output()).isEqualTo("\"0123");
            assertThat(summaries.get(0).outputChars()).isEqualTo(12);
            assertThat(summaries.get(1)).isEqualTo(new StepSummary(journal("a").get(1), 0));
            assertThat(page("", 0, 50, 10, 1_000).steps().get(0).step())
                    .isEqualTo(journal("a").get(0));
            assertThat(store.stepPage("b", "", 0, new ReadLimit(5, 10, 1_000)))
                    .isEqualTo(new StepPage(List.of(), false));
        }

        private StepPage page(String afterScope, int afterSequence, int chars, int rows, long total) {
            return store.stepPage("a", afterScope, afterSequence, new ReadLimit(chars, rows, total));
        }

        private List<String> places(StepPage page) {
            return page.steps().stream()
                    .map(step -> step.step().key().position())
                    .toList();
        }

        @Test
        void answersStepsAPageAtATime() {
            write(
                    claimed("a"),
                    fresh(started("a", 1, 1, 1)),
                    fresh(started("a", 2, 1, 1)),
                    fresh(step("a", new StepKey("2.1", 1, "step"), StepStatus.COMPLETED, 1, 1, "7")),
                    fresh(step("a", new StepKey("2.10", 1, "step"), StepStatus.COMPLETED, 1, 1, "7")),
                    fresh(step("a", new StepKey("2.2", 1, "step"), StepStatus.COMPLETED, 1, 1, "7")));

            StepPage first = page("", 0, 5, 2, 1_000);
            StepPage second = page("", 2, 5, 2, 1_000);
            StepPage last = page("2.10", 1, 5, 2, 1_000);

            assertThat(places(first)).containsExactly("#1", "#2");
            assertThat(places(second)).containsExactly("2.1#1", "2.10#1");
            assertThat(places(last)).containsExactly("2.2#1");
            assertThat(first.hasMore()).isTrue();
            assertThat(second.hasMore()).isTrue();
            assertThat(last.hasMore()).isFalse();
        }

        @Test
        void answersNoMoreThanOneCanHold() {
            String thousand = "\"" + "x".repeat(998) + "\"";
            write(claimed("a"), fresh(started("a", 9, 1, 1)));
            for (int step = 1; step <= 4; step++) {
                write(fresh(completed("a", step, 1, 1, thousand)));
            }

            assertThat(places(page("", 0, 5_000, 100, 2_500))).containsExactly("#1", "#2");
            assertThat(page("", 0, 5_000, 100, 2_500).hasMore()).isTrue();
            assertThat(places(page("", 2, 5_000, 100, 2_500))).containsExactly("#3", "#4", "#9");
            assertThat(places(page("", 4, 5_000, 100, 2_500))).containsExactly("#9");
            assertThat(places(page("", 0, 5_000, 100, 1))).containsExactly("#1"); // one in any case
            assertThat(places(page("", 0, 10, 100, 35))).containsExactly("#1", "#2", "#3");
            assertThat(page("", 0, 0, 1, 1).steps().get(0).step().output()).isEmpty();
            assertThat(page("", 0, 0, 1, 1).steps().get(0).outputChars()).isEqualTo(1_000);
        }

        @Test
        void readsTheBeginningOfAWorkflow() {
            write(claimed("a"));
            String input = store.find("a").orElseThrow().input();

            WorkflowExcerpt none = store.excerpt("a", 0).orElseThrow();
            WorkflowExcerpt whole = store.excerpt("a", 1_000).orElseThrow();

            assertThat(none.row().input()).isEmpty();
            assertThat(none.row().output()).isNull();
            assertThat(none.inputChars()).isEqualTo(input.length());
            assertThat(none.outputChars()).isZero();
            assertThat(whole.row()).isEqualTo(store.find("a").orElseThrow());
            assertThat(store.excerpt("b", 5)).isEmpty();
        }

        @Test
        void findsOneStepByItsPlace() {
            StepKey inBranch = new StepKey("1.2", 1, "step");
            write(
                    claimed("a"),
                    fresh(started("a", 1, 1, 1)),
                    fresh(step("a", inBranch, StepStatus.COMPLETED, 1, 1, "7")));

            assertThat(store.step("a", "1.2", 1)).map(step -> step.key()).contains(inBranch);
            assertThat(store.step("a", "", 1)).map(step -> step.status()).contains(StepStatus.STARTED);
            assertThat(store.step("a", "", 2)).isEmpty();
            assertThat(store.step("b", "", 1)).isEmpty();
        }
    }

    @Nested
    class Fingerprints {
        @Test
        void changeWithTheWorkflowAndWithItsSteps() {
            assertThat(store.fingerprint("a")).isEmpty();
            write(claimed("a"));
            String created = print();
            write(fresh(started("a", 1, 1, 1)));
            String started = print();
            write(later(completed("a", 1, 1, 1, "1")));
            String completed = print();
            write(complete("a", 1));

            assertThat(List.of(created, started, completed, print())).doesNotHaveDuplicates();
        }

        @Test
        void stayWhileNothingChanges() {
            write(claimed("a"), fresh(started("a", 1, 1, 1)));
            String before = print();
            write(claimed("b"), fresh(started("b", 1, 1, 1)));

            assertThat(print()).isEqualTo(before);
        }

        private String print() {
            return store.fingerprint("a").orElseThrow();
        }
    }

    @Nested
    class LookingAtExecutors {
        @Test
        void showsWhoIsThere() {
            try (ExecutorSeat other = store.seat(new ExecutorSettings("other", 1, LEASE, "1.2.3", "[\"order v1\"]"))) {
                assertThat(store.executors())
                        .extracting(ExecutorRecord::id)
                        .containsExactlyInAnyOrder(seat.executorId(), other.executorId());
                ExecutorRecord found = executor(other.executorId());
                assertThat(found.name()).isEqualTo("other");
                assertThat(found.version()).isEqualTo("1.2.3");
                assertThat(found.types()).isEqualTo("[\"order v1\"]");
                assertThat(executor(seat.executorId()).types()).isNull();
                assertThat(found.alive()).isTrue();
                assertThat(found.seenAt()).isAfterOrEqualTo(found.startedAt());
            }
            assertThat(store.executors()).extracting(ExecutorRecord::id).containsExactly(seat.executorId());
        }

        @Test
        void showsWhenALeaseEndsWhereThereIsOne() {
            assertThat(seat.renew()).isTrue();

            ExecutorRecord found = executor(seat.executorId());

            if (seat.isShared()) {
                assertThat(found.heartbeatAt()).isNotNull().isBetween(found.startedAt(), found.seenAt());
                assertThat(found.leaseUntil()).isAfter(found.seenAt());
            } else {
                assertThat(found.heartbeatAt()).isNull();
                assertThat(found.leaseUntil()).isNull();
            }
        }

        private ExecutorRecord executor(String id) {
            return store.executors().stream()
                    .filter(each -> each.id().equals(id))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
