// SPDX-License-Identifier: Apache-2.0
package dev.revive.testing;

import static dev.revive.store.Answer.ACCEPTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.store.Claim;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.FencedException;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Release;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who runs a workflow, and who no longer does. */
abstract class OwnershipContract extends WritingContract {
    @Nested
    class Claiming {
        @Test
        void raisesTheEpochAndPutsTheWorkflowInTheExecutorsHands() {
            write(due("a"));

            List<WorkflowRecord> claimed = seat.claim(KNOWN, 9, 0).workflows();

            assertThat(claimed).containsExactly(row("a"));
            assertThat(row("a").status()).isEqualTo(WorkflowStatus.RUNNING);
            assertThat(row("a").epoch()).isEqualTo(1);
            assertThat(row("a").executorId()).isEqualTo(seat.executorId());
            assertThat(row("a").dueAt()).isNull();
        }

        @Test
        void handsOutNothingTwice() {
            write(due("a"));

            assertThat(claim(9)).containsExactly("a");
            assertThat(claim(9)).isEmpty();
        }

        @Test
        void leavesUnknownNamesAndVersionsAlone() {
            write(
                    new Create(
                            new NewWorkflow("v2", new WorkflowType("order", 2), "1", "h", STAMP),
                            Create.Start.DUE,
                            null),
                    new Create(
                            new NewWorkflow("other", new WorkflowType("Order", 1), "1", "h", STAMP),
                            Create.Start.DUE,
                            null),
                    due("a"));

            assertThat(claim(9)).containsExactly("a");
            Set<WorkflowType> others = Set.of(new WorkflowType("order", 2), new WorkflowType("Order", 1));
            assertThat(ids(seat.claim(others, 9, 0).workflows())).containsExactlyInAnyOrder("v2", "other");
        }

        @Test
        void takesTheLongestDueFirstAndNoMoreThanAsked() {
            for (String id : List.of("c", "a", "b")) {
                write(claimed(id), Release.of(id, 1).in(Duration.ofMinutes("cab".indexOf(id) + 1)));
            }
            pass(store, Duration.ofMinutes(5));

            assertThat(claim(2)).containsExactly("c", "a");
            assertThat(claim(2)).containsExactly("b");
        }

        @Test
        void knowingNothingClaimsNothing() {
            write(due("a"));

            assertThat(seat.claim(Set.of(), 9, 1)).isEqualTo(new Claim(List.of(), null));
        }

        @Test
        void leavesSuspectsToTheCallThatAsksForOne() {
            for (String id : List.of("a", "b")) {
                write(claimed(id));
            }
            for (int strikes = 1; strikes <= ExecutorSeat.SUSPECT; strikes++) {
                for (String id : List.of("a", "b")) {
                    write(Release.of(id, row(id).epoch()).withStrike());
                    if (strikes < ExecutorSeat.SUSPECT) {
                        claim(1);
                    }
                }
            }

            assertThat(claim(9)).isEmpty();
            pass(store, Duration.ofSeconds(1)); // or a store with a clock of the test's has all of them due at once
            write(due("c"));
            assertThat(claimWithSuspect(1)).containsExactly("a");
            assertThat(claimWithSuspect(9)).containsExactlyInAnyOrder("b", "c");
            assertThat(claimWithSuspect(9)).isEmpty();
        }

        private List<String> claimWithSuspect(int limit) {
            return ids(seat.claim(KNOWN, limit, 1).workflows());
        }

        @Test
        void tellsHowSoonTheNextFallsDue() {
            write(claimed("a"), claimed("b"), claimed("c"));
            write(release("a", 1), Release.of("b", 1).in(Duration.ofMinutes(2)));
            write(Release.of("c", 1).in(Duration.ofMinutes(1)));

            Duration next = Objects.requireNonNull(seat.claim(KNOWN, 9, 0).next(), "next");

            assertThat(next).isPositive().isLessThanOrEqualTo(Duration.ofMinutes(1));
            pass(store, next);
            assertThat(claim(9)).containsExactly("c");
        }

        @Test
        void tellsNothingOfWhatWaitsForNewsOrIsOfAnotherType() {
            write(claimed("a"), claimed("b"));
            write(Release.of("a", 1).in(null), Release.of("b", 1).in(Duration.ofMinutes(1)));

            assertThat(seat.claim(Set.of(new WorkflowType("order", 2)), 9, 1).next())
                    .isNull();
            pass(store, Duration.ofMinutes(2));
            assertThat(seat.claim(KNOWN, 9, 1).next()).isNull();
        }

        @Test
        void neverHandsOutTwiceToManyThreads() throws Exception {
            int many = 200;
            write(IntStream.range(0, many).mapToObj(i -> due("w" + i)).toArray(Operation[]::new));

            List<String> claimed = new ArrayList<>();
            for (List<String> some : together(4, () -> {
                List<String> mine = new ArrayList<>();
                for (List<String> next = claim(7); !next.isEmpty(); next = claim(7)) {
                    mine.addAll(next);
                }
                return mine;
            })) {
                claimed.addAll(some);
            }
            assertThat(claimed).hasSize(many).doesNotHaveDuplicates();
        }
    }

    @Nested
    class Reclaiming {
        @Test
        void findsWhatIsInTheHandsButNotInTheMemory() {
            write(claimed("a"), claimed("b"), due("c"));

            assertThat(ids(seat.reclaim(List.of("b"), 9))).containsExactly("a");
            assertThat(row("a").epoch()).isEqualTo(2);
            assertThat(row("b").epoch()).isEqualTo(1);
            assertThat(row("c").status()).isEqualTo(WorkflowStatus.DUE);
        }

        /** An executor admits a workflow to its memory first and writes its row after: the row may be younger than any copy of the list. */
        @Test
        void leavesAloneWhatWasAdmittedAfterTheListWasCopied() {
            write(claimed("a"));
            Collection<String> live = new AbstractCollection<>() {
                @Override
                public Iterator<String> iterator() {
                    return Collections.emptyIterator();
                }

                @Override
                public int size() {
                    return 0;
                }

                @Override
                public boolean contains(Object id) {
                    return "a".equals(id);
                }
            };
            assertThat(seat.reclaim(live, 9)).isEmpty();
            assertThat(row("a").epoch()).isEqualTo(1);
        }

        @Test
        void leavesOthersAloneAndKeepsTheLimit() {
            write(claimed("a"), claimed("b"));
            try (ExecutorSeat other = seat()) {
                assertThat(other.reclaim(List.of(), 9)).isEmpty();
            }
            assertThat(seat.reclaim(List.of(), 1)).hasSize(1);
        }
    }

    @Nested
    class Loading {
        @Test
        void ordersStepsByScopeAndSequence() {
            StepRecord inBranch = step("a", new StepKey("1.1", 1, "x"), StepStatus.COMPLETED, 1, 1, "1");
            write(claimed("a"));
            write(fresh(completed("a", 2, 1, 1, "2")), fresh(inBranch), fresh(completed("a", 1, 1, 1, "1")));

            Map<String, List<StepRecord>> journals = lane.load(List.of(row("a")));

            assertThat(journals.get("a")).extracting(s -> s.key().position()).containsExactly("#1", "#2", "1.1#1");
            assertThat(journals.get("a")).isEqualTo(journal("a"));
        }

        @Test
        void givesAnEmptyListWhereNothingIsRecorded() {
            write(claimed("a"), claimed("b"), fresh(started("b", 1, 1, 1)));

            Map<String, List<StepRecord>> journals = lane.load(List.of(row("a"), row("b")));

            assertThat(journals.get("a")).isEmpty();
            assertThat(journals.get("b")).hasSize(1);
        }

        @Test
        void leavesOutWhatIsNoLongerAtThatEpoch() {
            write(claimed("a"));
            WorkflowRecord before = row("a");
            write(release("a", 1));
            claim(1);

            assertThat(lane.load(List.of(before))).isEmpty();
            assertThat(lane.load(List.of(row("a")))).containsKey("a");
        }

        @Test
        void takesManyAtOnce() {
            write(IntStream.range(0, 500).mapToObj(i -> claimed("w" + i)).toArray(Operation[]::new));

            assertThat(lane.load(store.find(
                            IntStream.range(0, 500).mapToObj(i -> "w" + i).toList())))
                    .hasSize(500);
        }
    }

    @Nested
    class WhenAnExecutorDies {
        @Test
        void whatItRanIsDueForTheNext() {
            write(claimed("a"), fresh(started("a", 1, 1, 1)), claimed("done"), complete("done", 1), due("b"));

            dieAndComeBack();

            assertThat(claim(9)).containsExactlyInAnyOrder("a", "b");
            assertThat(row("a").epoch()).isEqualTo(2);
            assertThat(lane.load(List.of(row("a"))).get("a")).containsExactly(started("a", 1, 1, 1));
            assertThat(row("done").status()).isEqualTo(WorkflowStatus.COMPLETED);
        }

        @Test
        void itsLateBatchesAreFencedOff() {
            write(claimed("a"));
            StepStore late = lane;
            ExecutorSeat dead = seat;

            dieAndComeBack();
            claim(9);

            assertThatThrownBy(() -> late.write(List.of(fresh(started("a", 1, 1, 1)))))
                    .isInstanceOf(FencedException.class);
            assertThatThrownBy(() -> late.write(List.of(claimed("new")))).isInstanceOf(FencedException.class);
            assertThatThrownBy(() -> dead.claim(KNOWN, 1, 0)).isInstanceOf(FencedException.class);
            assertThatThrownBy(() -> dead.reclaim(List.of(), 1)).isInstanceOf(FencedException.class);
            assertThat(dead.renew()).isFalse();
            assertThat(journal("a")).isEmpty();
            assertThat(store.find("new")).isEmpty();
        }

        @Test
        void itsLateGoodbyeChangesNothing() {
            write(claimed("a"));
            ExecutorSeat dead = seat;

            dieAndComeBack();
            claim(9);
            dead.close();

            assertThat(row("a").status()).isEqualTo(WorkflowStatus.RUNNING);
            assertThat(row("a").executorId()).isEqualTo(seat.executorId());
        }

        @Test
        void everyWorkflowItRanGetsAStrike() {
            write(claimed("a"), claimed("b"), fresh(completed("b", 1, 1, 1, "1")));
            dieAndComeBack();
            claim(9);
            write(fresh(completed("b", 2, 2, 1, "2")));
            dieAndComeBack();

            assertThat(row("a").strikes()).isEqualTo(2);
            assertThat(row("b").strikes()).isEqualTo(1);
        }

        @Test
        void theNextOneGoesOnAtTheHigherEpoch() {
            write(claimed("a"), fresh(started("a", 1, 1, 1)));
            dieAndComeBack();
            claim(9);

            assertThat(write(later(completed("a", 1, 2, 2, "1")), complete("a", 2)))
                    .containsOnly(ACCEPTED);
        }
    }

    @Nested
    class WhenAnExecutorLeaves {
        @Test
        void whatItRanIsDueWithoutAStrike() {
            write(claimed("a"));

            seat.close();
            seat = seat();

            assertThat(row("a").strikes()).isZero();
            assertThat(claim(9)).containsExactly("a");
        }

        @Test
        void itWritesNoMore() {
            seat.close();

            assertThatThrownBy(() -> write(claimed("a"))).isInstanceOf(FencedException.class);
            assertThatThrownBy(() -> claim(1)).isInstanceOf(FencedException.class);
        }

        @Test
        void leavingTwiceIsHarmless() {
            seat.close();
            seat.close();

            assertThat(seat.renew()).isFalse();
        }
    }

    @Nested
    class Seats {
        @Test
        void haveIdsThatAreNeverUsedTwice() {
            Set<String> ids = IntStream.range(0, 20)
                    .mapToObj(i -> {
                        try (ExecutorSeat next = seat()) {
                            return next.executorId();
                        }
                    })
                    .collect(Collectors.toSet());

            assertThat(ids).hasSize(20).allMatch(id -> id.length() <= 64);
        }

        @Test
        void giveAtLeastOneLaneAndAtMostAsManyAsAsked() {
            try (ExecutorSeat wide = store.seat(new dev.revive.store.ExecutorSettings("wide", 3, LEASE))) {
                assertThat(wide.lanes()).hasSizeBetween(1, 3);
            }
        }

        @Test
        void ofTheSameStoreLiveSideBySide() {
            write(claimed("a"));
            try (ExecutorSeat other = seat()) {
                assertThat(other.renew()).isTrue();
                assertThat(seat.renew()).isTrue();
                assertThat(other.sweep()).isZero();
                assertThat(write(fresh(started("a", 1, 1, 1)))).containsExactly(ACCEPTED);
            }
        }
    }

    static <T> List<T> together(int threads, Callable<T> work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : executor.invokeAll(java.util.Collections.nCopies(threads, work))) {
                results.add(result.get());
            }
            return results;
        } finally {
            executor.shutdown();
        }
    }
}
