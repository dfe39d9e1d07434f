// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static dev.revive.store.Answer.ACCEPTED;
import static dev.revive.store.Answer.LOCKED;
import static dev.revive.tests.force.Operations.ORDER;
import static dev.revive.tests.force.Operations.claimed;
import static dev.revive.tests.force.Operations.completed;
import static dev.revive.tests.force.Operations.due;
import static dev.revive.tests.force.Operations.finish;
import static dev.revive.tests.force.Operations.release;
import static dev.revive.tests.force.Operations.started;
import static dev.revive.tests.force.Operations.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.FencedException;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Release;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A batch is in the server and waits there for a lock of the test's, while its executor's lease lapses and others want to take over. Either the
 * takeover waits for the batch, and then finds all of it; or the batch finds that its fence has fallen, and nothing of it is written.
 */
abstract class HeldInside extends ForceBed {
    private static final int CLAIMS = 0;
    private static final int LANE = 1;

    ExecutorSeat old;
    ExecutorSeat next;
    StepStore lane;

    @BeforeEach
    void takeSeats() {
        old = seat(near, "old");
        lane = old.lanes().get(0);
        next = seat(near, "next");
    }

    private CompletableFuture<List<Answer>> writing(Operation... batch) {
        return meanwhile(() -> lane.write(Arrays.asList(batch)));
    }

    List<String> claim() {
        return next.claim(Set.of(ORDER), 9, 0).workflows().stream()
                .map(WorkflowRecord::id)
                .toList();
    }

    /** What the next run is given is all there is, now and later. */
    void assertThatTheNextRunKnowsAll(String id, CompletableFuture<?> late) {
        WorkflowRecord claimed = row(id);
        assertThat(claimed.executorId()).isEqualTo(next.executorId());
        List<StepRecord> journal = next.lanes().get(0).load(List.of(claimed)).get(id);
        late.handle((result, thrown) -> true).join();
        assertThat(journal).isEqualTo(steps(id));
    }

    @Nested
    class ByAWorkflowsRow {
        /** The fence is locked before the row is waited for, so takeover cannot come between the batch's beginning and its end. */
        @Test
        void takeoverWaitsForTheBatchAndFindsIt() {
            lane.write(List.of(claimed("a"), claimed("b")));
            Lock lock = lock("SELECT id FROM ${prefix}workflow WHERE id = 'b' FOR UPDATE");
            CompletableFuture<List<Answer>> late = writing(completed("a", 1, 1), finish("b", 1));
            lock.awaitWaiting(1);
            lapse("old");

            assertThat(next.sweep()).as("workflows due while the batch waits").isZero();
            assertThat(claim()).isEmpty();
            lock.rollback();
            assertThat(outcome(late)).containsOnly(ACCEPTED);
            await().atMost(PATIENCE).until(() -> next.sweep() == 1);

            assertThat(claim()).containsExactly("a");
            assertThatTheNextRunKnowsAll("a", late);
            assertThat(steps("a")).hasSize(1);
            assertThat(row("b").status()).isEqualTo(WorkflowStatus.COMPLETED);
        }

        /** What it could write is there, what is locked is not; all of it is written again, and the rows are there once. */
        @Test
        void aClientThatGivesUpAndWritesAgainWritesOnce() {
            ExecutorSeat hasty = seat(near, "hasty", Duration.ofSeconds(2));
            StepStore its = hasty.lanes().get(0);
            its.write(List.of(claimed("a"), claimed("b")));
            Lock lock = lock("SELECT id FROM ${prefix}workflow WHERE id = 'b' FOR UPDATE");
            List<Operation> batch = List.of(completed("a", 1, 1), finish("b", 1));

            assertThat(its.write(batch)).containsExactly(ACCEPTED, LOCKED);
            assertThat(steps("a")).hasSize(1);
            assertThat(row("b").status()).isEqualTo(WorkflowStatus.RUNNING);
            lock.rollback();

            assertThat(its.write(batch)).containsOnly(ACCEPTED);
            assertThat(steps("a")).hasSize(1);
            assertThat(row("b").status()).isEqualTo(WorkflowStatus.COMPLETED);
        }
    }

    @Nested
    class ByAStepsKey {
        /** Somebody has inserted the row that the batch inserts, and not committed. */
        @Test
        void takeoverWaitsForTheBatchAndFindsIt() {
            lane.write(List.of(claimed("a")));
            Lock lock = lock("""
                    INSERT INTO ${prefix}step (workflow_id, step_id, sequence, scope, name, kind, status, epoch, attempt, zombies, branches,
                                               first_started_at, started_at, recorded_at)
                    VALUES ('a', 'step', 1, '', 'step', 'STEP', 'STARTED', 1, 1, 0, 0, 0, 0, 0)""");
            CompletableFuture<List<Answer>> late = writing(completed("a", 1, 1));
            lock.awaitWaiting(1);
            lapse("old");

            assertThat(next.sweep()).isZero();
            lock.rollback();
            assertThat(outcome(late)).containsOnly(ACCEPTED);
            await().atMost(PATIENCE).until(() -> next.sweep() == 1);

            assertThat(claim()).containsExactly("a");
            assertThatTheNextRunKnowsAll("a", late);
            assertThat(steps("a")).hasSize(1);
        }
    }

    /** What can be held at the fence. */
    enum Held {
        STARTED {
            @Override
            Operation operation() {
                return new Checkpoint(started("a", 1, 1), true);
            }
        },
        OUTCOME {
            @Override
            Operation operation() {
                return completed("a", 1, 1);
            }
        },
        FINISH {
            @Override
            Operation operation() {
                return finish("a", 1);
            }
        },
        RELEASE {
            @Override
            Operation operation() {
                return release("a", 1);
            }
        },
        CREATE {
            @Override
            Operation operation() {
                return claimed("new");
            }
        };

        abstract Operation operation();
    }

    @Nested
    class ByTheFence {
        /** The test is the takeover: the fences have fallen, and it is not yet committed. */
        @ParameterizedTest
        @EnumSource(Held.class)
        void theBatchThatWaitsForTheTakeoverIsRefused(Held held) {
            lane.write(List.of(claimed("a")));
            Rows before = rows("a");
            Lock takeover = lock("DELETE FROM ${prefix}fence WHERE executor_id = ?", old.executorId());
            CompletableFuture<List<Answer>> late = writing(held.operation());
            takeover.awaitWaiting(late);
            takeover.commit();

            assertThatThrownBy(() -> outcome(late)).isInstanceOf(FencedException.class);
            assertThat(rows("a")).isEqualTo(before);
            assertThat(near.find("new")).isEmpty();
        }

        @Test
        void theClaimThatWaitsForTheTakeoverClaimsNothing() {
            lane.write(List.of(due("a")));
            Rows before = rows("a");
            Lock takeover = lock("DELETE FROM ${prefix}fence WHERE executor_id = ?", old.executorId());
            CompletableFuture<List<WorkflowRecord>> late =
                    meanwhile(() -> old.claim(Set.of(ORDER), 9, 0).workflows());
            takeover.awaitWaiting(late);
            takeover.commit();

            assertThatThrownBy(() -> outcome(late)).isInstanceOf(FencedException.class);
            assertThat(rows("a")).isEqualTo(before);
        }

        @Test
        void theTransactionThatWaitsForTheTakeoverIsRolledBack() {
            update("CREATE TABLE ${prefix}account (who VARCHAR(20) PRIMARY KEY)");
            lane.write(List.of(claimed("a")));
            Lock takeover = lock("DELETE FROM ${prefix}fence WHERE executor_id = ?", old.executorId());
            CompletableFuture<Answer> late = meanwhile(() -> lane.transact(transaction()));
            takeover.awaitWaiting(late);
            takeover.commit();

            assertThatThrownBy(() -> outcome(late)).isInstanceOf(FencedException.class);
            assertThat(steps("a")).isEmpty();
            assertThat(number("SELECT COUNT(*) FROM ${prefix}account")).isZero();
        }

        /** Who is first at the fence is not said; but the one finds what the other did. */
        @Test
        void whoeverWinsNothingIsLostOrDoubled() {
            lane.write(List.of(claimed("a")));
            Lock lock = lock("SELECT lane FROM ${prefix}fence WHERE executor_id = ? FOR UPDATE", old.executorId());
            CompletableFuture<List<Answer>> late = writing(completed("a", 1, 1));
            lock.awaitWaiting(1);
            lapse("old");
            CompletableFuture<Boolean> sweeps = meanwhile(() -> {
                await().atMost(PATIENCE).until(() -> next.sweep() == 1);
                return true;
            });
            lock.awaitWaiting(2);
            lock.rollback();

            assertThat(outcome(sweeps)).isTrue();
            assertThat(claim()).containsExactly("a");
            assertThatTheNextRunKnowsAll("a", late);
        }

        /**
         * The claim's statement sees the database as it was when it began, and waits; meanwhile another runs the workflow and gives it back. What is
         * loaded in the claim's own statement lacks what that one recorded.
         */
        @Test
        void aClaimThatWaitedLoadsWhatWasRecordedMeanwhile() {
            lane.write(List.of(due("a")));
            Lock lock = lock(
                    "SELECT lane FROM ${prefix}fence WHERE executor_id = ? AND lane = ? FOR UPDATE",
                    next.executorId(),
                    CLAIMS);
            CompletableFuture<List<WorkflowRecord>> claim =
                    meanwhile(() -> next.claim(Set.of(ORDER), 9, 0).workflows());
            lock.awaitWaiting(1);
            assertThat(old.claim(Set.of(ORDER), 9, 0).workflows()).hasSize(1);
            assertThat(lane.write(List.of(completed("a", 1, 1)))).containsOnly(ACCEPTED);
            assertThat(lane.write(List.of(release("a", 1)))).containsOnly(ACCEPTED);
            lock.rollback();

            List<WorkflowRecord> claimed = outcome(claim);
            assertThat(claimed)
                    .singleElement()
                    .satisfies(row -> assertThat(row.epoch()).isEqualTo(2));
            assertThat(next.lanes().get(0).load(claimed).get("a"))
                    .isEqualTo(steps("a"))
                    .hasSize(1);
        }

        private StepStore.Transaction transaction() {
            return new StepStore.Transaction() {
                @Override
                public String workflowId() {
                    return "a";
                }

                @Override
                public StepRecord run(Connection connection) throws Exception {
                    update(connection, "INSERT INTO ${prefix}account VALUES ('a')");
                    return step("a", 1, 1, StepStatus.COMPLETED, "\"done\"");
                }
            };
        }
    }

    @Nested
    class ByTheNetwork {
        /** It comes to the server when another has taken over and knows all that is recorded. */
        @ParameterizedTest
        @EnumSource(Held.class)
        void theBatchThatComesAfterTheTakeoverIsRefused(Held held) {
            ExecutorSeat frozen = seat(far, "frozen");
            StepStore its = frozen.lanes().get(0);
            its.write(List.of(claimed("a")));
            HoldingProxy.Trap trap = proxy.hold("FOR UPDATE");
            CompletableFuture<List<Answer>> late = meanwhile(() -> its.write(List.of(held.operation())));
            trap.awaitSprung();
            assertThat(takeOver("frozen")).isEqualTo(1);
            assertThat(claim()).containsExactly("a");
            Rows before = rows("a");
            trap.letGo();

            assertThatThrownBy(() -> outcome(late)).isInstanceOf(FencedException.class);
            assertThat(rows("a")).isEqualTo(before);
            assertThat(near.find("new")).isEmpty();
        }
    }

    @Nested
    class Takeover {
        /** One dead executor whose fence cannot be had now must not keep the living from taking over others, or from renewing their own lease. */
        @Test
        void goesOnToTheNextExecutorIfAFenceIsLocked() {
            ExecutorSeat another = seat(near, "old");
            lane.write(List.of(claimed("a")));
            another.lanes().get(0).write(List.of(claimed("b")));
            Lock lock = lock(
                    "SELECT lane FROM ${prefix}fence WHERE executor_id = ? AND lane = ? FOR UPDATE",
                    old.executorId(),
                    LANE);
            lapse("old");

            assertThat(next.sweep()).isEqualTo(1);
            assertThat(claim()).containsExactly("b");
            lock.rollback();
            assertThat(next.sweep()).isEqualTo(1);
            assertThat(claim()).containsExactly("a");
        }

        /** A row that somebody has locked is due with a later sweep; the others are due now. */
        @Test
        void leavesALockedWorkflowForTheNextSweep() {
            lane.write(List.of(claimed("a"), claimed("b")));
            Lock lock = lock("SELECT id FROM ${prefix}workflow WHERE id = 'a' FOR UPDATE");
            lapse("old");

            assertThat(next.sweep()).isEqualTo(1);
            assertThat(claim()).containsExactly("b");
            lock.rollback();
            assertThat(next.sweep()).isEqualTo(1);
            assertThat(claim()).containsExactly("a");
        }

        /** It locked the fence, and went silent in the middle of a transaction of several statements. */
        @Test
        void doesNotWaitForeverForAClientThatIsSilentInATransaction() {
            ExecutorSeat frozen = seat(far, "frozen", Duration.ofSeconds(3));
            StepStore its = frozen.lanes().get(0);
            its.write(List.of(claimed("b")));
            HoldingProxy.Trap trap = proxy.hold("COMMIT");
            CompletableFuture<List<Answer>> late = meanwhile(() ->
                    its.write(List.of(completed("b", 1, 1), Release.of("b", 1).withStrike())));
            trap.awaitSprung();
            lapse("frozen");

            await().atMost(PATIENCE).until(() -> next.sweep() == 1);
            assertThat(claim()).containsExactly("b");
            trap.letGo();
            assertThatTheNextRunKnowsAll("b", late);
            assertThat(steps("b")).isEmpty();
        }

        /** The one who takes over may freeze, too, in the middle of it. */
        @Test
        void doesNotWaitForeverForAnotherTakeover() {
            lane.write(List.of(claimed("a")));
            ExecutorSeat sweeper = seat(far, "sweeper");
            HoldingProxy.Trap trap = proxy.hold("COMMIT");
            lapse("old");
            CompletableFuture<Integer> late = meanwhile(sweeper::sweep);
            trap.awaitSprung();

            await().atMost(PATIENCE.multipliedBy(2)) // MySQL ends it after 20 s
                    .until(() -> next.sweep() == 1);
            assertThat(claim()).containsExactly("a");
            trap.letGo();
            late.handle((orphans, thrown) -> true).join();
            assertThat(row("a").executorId()).isEqualTo(next.executorId());
        }
    }
}
