// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static dev.revive.store.Answer.ACCEPTED;
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

import dev.revive.Revive;
import dev.revive.store.Answer;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowRecord;
import dev.revive.tests.support.Effects;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The answer to a write is lost, and nobody knows whether it was committed: it was cut off on its way to the server, or on its way back. The same
 * batch is written again, is accepted as a whole, and nothing is there twice.
 */
class LostAnswerTests extends ForceBed {
    /** Where the connection is cut. */
    enum Lost {
        ON_THE_WAY_THERE,
        ON_THE_WAY_BACK;

        HoldingProxy.Trap arm(HoldingProxy proxy, String... words) {
            return this == ON_THE_WAY_THERE ? proxy.cutBefore(words) : proxy.cutAfterAnswer(words);
        }
    }

    /** One of each kind of operation, and more than one of some workflows. */
    static final List<Operation> ALL_KINDS = List.of(
            claimed("new"),
            due("new-due"),
            new Checkpoint(started("steps", 1, 1), false),
            new Checkpoint(started("steps", 2, 1), true),
            completed("ends", 1, 1),
            finish("ends", 1),
            completed("waits", 1, 1),
            release("waits", 1));

    static void prepare(StepStore lane) {
        assertThat(lane.write(List.of(claimed("steps"), claimed("ends"), claimed("waits"))))
                .containsOnly(ACCEPTED);
    }

    static void assertThatAllIsThereOnce(ForceBed bed) {
        assertThat(bed.row("new").status()).isEqualTo(WorkflowStatus.RUNNING);
        assertThat(bed.row("new-due").status()).isEqualTo(WorkflowStatus.DUE);
        assertThat(bed.steps("steps")).hasSize(2);
        assertThat(bed.steps("ends")).hasSize(1);
        assertThat(bed.row("ends").status()).isEqualTo(WorkflowStatus.COMPLETED);
        assertThat(bed.steps("waits")).hasSize(1);
        assertThat(bed.row("waits").status()).isEqualTo(WorkflowStatus.DUE);
    }

    @ParameterizedTest
    @EnumSource(Lost.class)
    void aBatchIsWrittenAgainAndIsThereOnce(Lost lost) {
        StepStore lane = seat(far, "unlucky").lanes().get(0);
        prepare(lane);
        lost.arm(proxy, "new-due");

        assertThatThrownBy(() -> lane.write(ALL_KINDS)).isInstanceOf(StoreUnavailableException.class);
        assertThat(near.find("new-due").isPresent()).isEqualTo(lost == Lost.ON_THE_WAY_BACK);
        assertThat(lane.write(ALL_KINDS)).containsOnly(ACCEPTED);

        assertThatAllIsThereOnce(this);
    }

    /** What it released has been claimed by another since: it is told so, and nothing that the other recorded is touched. */
    @Test
    void aBatchThatIsWrittenAgainAfterAnotherHasGoneOnLeavesItsRowsAlone() {
        StepStore lane = seat(far, "unlucky").lanes().get(0);
        prepare(lane);
        proxy.cutAfterAnswer("new-due");
        assertThatThrownBy(() -> lane.write(ALL_KINDS)).isInstanceOf(StoreUnavailableException.class);

        ExecutorSeat other = seat(near, "other");
        assertThat(other.claim(Set.of(ORDER), 9, 0).workflows()).hasSize(2);
        assertThat(other.lanes().get(0).write(List.of(completed("waits", 2, 2))))
                .containsOnly(ACCEPTED);
        Rows before = rows("waits");
        List<Answer> answers = lane.write(ALL_KINDS);

        assertThat(answers.subList(0, 6)).containsOnly(ACCEPTED);
        assertThat(answers.subList(6, 8)).containsOnly(Answer.REFUSED);
        assertThat(rows("waits")).isEqualTo(before);
    }

    /** A batch with something refused takes several statements, and may be cut off between its parts. */
    @ParameterizedTest
    @EnumSource(Lost.class)
    void aBatchOfWhichSomethingIsRefusedIsWrittenAgainAndIsThereOnce(Lost lost) {
        StepStore lane = seat(far, "unlucky").lanes().get(0);
        prepare(lane);
        List<Operation> batch =
                List.of(completed("steps", 1, 1), completed("ends", 1, 9), finish("ends", 9), completed("waits", 1, 1));
        lost.arm(proxy, "COMMIT");

        assertThatThrownBy(() -> lane.write(batch)).isInstanceOf(StoreUnavailableException.class);

        assertThat(lane.write(batch)).containsExactly(ACCEPTED, Answer.REFUSED, Answer.REFUSED, ACCEPTED);
        assertThat(steps("steps")).hasSize(1);
        assertThat(steps("ends")).isEmpty();
        assertThat(steps("waits")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Lost.class)
    void aClaimIsFoundAgainAndNoWorkflowIsLeftBehind(Lost lost) {
        ExecutorSeat unlucky = seat(far, "unlucky");
        unlucky.lanes().get(0).write(List.of(due("a")));
        lost.arm(proxy, "SKIP LOCKED");

        assertThatThrownBy(() -> unlucky.claim(Set.of(ORDER), 9, 0).workflows())
                .isInstanceOf(StoreUnavailableException.class);
        List<WorkflowRecord> found = lost == Lost.ON_THE_WAY_BACK
                ? unlucky.reclaim(Set.of(), 9)
                : unlucky.claim(Set.of(ORDER), 9, 0).workflows();

        assertThat(found).singleElement().satisfies(w -> assertThat(w.id()).isEqualTo("a"));
        assertThat(row("a").epoch()).isEqualTo(lost == Lost.ON_THE_WAY_BACK ? 2 : 1);
    }

    @ParameterizedTest
    @EnumSource(Lost.class)
    void aTransactionIsCommittedOnce(Lost lost) {
        update("CREATE TABLE ${prefix}account (who VARCHAR(20))");
        StepStore lane = seat(far, "unlucky").lanes().get(0);
        lane.write(List.of(claimed("a")));
        HoldingProxy.Trap trap = lost.arm(proxy, "COMMIT");

        assertThat(lane.transact(new StepStore.Transaction() {
                    @Override
                    public String workflowId() {
                        return "a";
                    }

                    @Override
                    public StepRecord run(Connection connection) throws Exception {
                        update(connection, "INSERT INTO ${prefix}account VALUES ('a')");
                        return step("a", 1, 1, StepStatus.COMPLETED, "\"done\"");
                    }
                }))
                .isEqualTo(ACCEPTED);
        assertThat(trap.isSprung()).isTrue();
        assertThat(number("SELECT COUNT(*) FROM ${prefix}account")).isEqualTo(1);
        assertThat(steps("a")).hasSize(1);
    }

    /** Whatever commit it is whose answer is lost, the engine goes on as if nothing had been. */
    @ParameterizedTest
    @EnumSource(Lost.class)
    void anEngineRunsEachEffectOnceWhateverAnswerIsLost(Lost lost) {
        Workflow<String, String> flow = Workflow.named("flow", String.class, String.class);
        Effects effects = new Effects();
        Revive revive = engine(
                far,
                "unlucky",
                builder -> builder.register(
                        flow,
                        (ctx, in) -> ctx.step("one", String.class, () -> "" + effects.happen(in + " one"))
                                + ctx.step("two", String.class, () -> "" + effects.happen(in + " two"))));
        String[][] words = {
            {"INSERT INTO " + prefix + "workflow", "unlucky-0"},
            {"STARTED", "unlucky-1", "one"},
            {"COMPLETED", "unlucky-2", "one"},
            {"COMPLETED", "unlucky-3", "two"},
            {"finished_at", "unlucky-4"}
        };
        for (int i = 0; i < words.length; i++) {
            HoldingProxy.Trap trap = lost.arm(proxy, words[i]);

            assertThat(revive.start(flow, "unlucky-" + i, "unlucky-" + i).result(PATIENCE))
                    .isEqualTo("11");

            assertThat(trap.isSprung()).as("the answer was lost").isTrue();
            assertThat(row("unlucky-" + i).epoch()).isEqualTo(1);
        }
        assertThat(effects.all()).hasSize(10).doesNotHaveDuplicates();
    }
}
