// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static dev.revive.store.Answer.ACCEPTED;
import static dev.revive.tests.force.Operations.ORDER;
import static dev.revive.tests.force.Operations.claimed;
import static dev.revive.tests.force.Operations.completed;
import static dev.revive.tests.force.Operations.due;
import static dev.revive.tests.force.Operations.finish;
import static dev.revive.tests.force.Operations.release;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.Arrival;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.Letter;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Posting;
import dev.revive.store.ReadLimit;
import dev.revive.store.Retry;
import dev.revive.store.StepStore;
import dev.revive.store.Undelivered;
import dev.revive.store.Undelivered.Reason;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A transaction of the application's has asked for starts and signals of the very workflows that others have in hand, and stays open until they are done with
 * them. Nobody waits for it, and what it asked for is done once it is committed.
 */
class OpenTransactionTests extends ForceBed {
    private static final ReadLimit ALL = new ReadLimit(100, 100, 10_000);

    private static final Workflow<String, String> FLOW = Workflow.named(ORDER.name(), String.class, String.class);
    private static final Signal<String> WORD = Signal.named("word", String.class);

    /** What a transaction may have been begun with: the strictest ones lock what they have not found, too. */
    enum Isolation {
        READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED),
        REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
        SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

        private final int level;

        Isolation(int level) {
            this.level = level;
        }
    }

    private ExecutorSeat old;
    private ExecutorSeat next;
    private StepStore lane;

    @BeforeEach
    void takeSeats() {
        old = seat(near, "old");
        lane = old.lanes().get(0);
        next = seat(near, "next");
    }

    /** Of an application that starts and signals each of these workflows, and stays as it is. */
    private Connection opened(Isolation isolation, String... ids) throws SQLException {
        Connection connection = connection();
        connection.setTransactionIsolation(isolation.level);
        connection.setAutoCommit(false);
        for (String id : ids) {
            near.post(connection, Posting.of(new NewWorkflow(id, ORDER, "\"in\"", "hash", Instant.EPOCH), false));
            near.post(connection, Posting.of(letter(id, MessageKind.SIGNAL, "word")));
        }
        return connection;
    }

    private static Letter letter(String id, MessageKind kind, String name) {
        return new Letter(id, kind, name, Letter.ofSender(UUID.randomUUID()), "{}", Instant.EPOCH, null);
    }

    private List<String> claim() {
        return next.claim(Set.of(ORDER), 9, 0).workflows().stream()
                .map(WorkflowRecord::id)
                .toList();
    }

    private List<String> inbox(String id) {
        return near.messages(id, ALL).stream().map(Message::name).toList();
    }

    private void commitAndDeliver(Connection connection) throws SQLException {
        assertThat(number("SELECT COUNT(*) FROM ${prefix}outbox"))
                .as("what it asked for is not committed")
                .isZero();
        connection.commit();
        assertThat(near.deliver((existing, start) -> true)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aTakeoverDoesNotWaitForIt(Isolation isolation) throws SQLException {
        lane.write(List.of(claimed("a"), completed("a", 1, 1), claimed("b")));
        Connection open = opened(isolation, "a", "b", "c");

        assertThat(takeOver("old")).isEqualTo(2);
        assertThat(claim()).containsExactlyInAnyOrder("a", "b");
        assertThat(next.lanes().get(0).load(List.of(row("a"))).get("a")).hasSize(1);
        assertThat(next.lanes().get(0).write(List.of(completed("a", 2, 2), finish("b", 2))))
                .containsOnly(ACCEPTED);

        commitAndDeliver(open);
        assertThat(inbox("a")).containsExactly("word");
        assertThat(inbox("c")).containsExactly("word");
        assertThat(near.undelivered(9)).extracting(Undelivered::reason).containsExactly(Reason.ENDED);
    }

    @ParameterizedTest
    @EnumSource
    void aClaimAndAReleaseDoNotWaitForIt(Isolation isolation) throws SQLException {
        lane.write(List.of(due("a"), claimed("b")));
        Connection open = opened(isolation, "a", "b");

        assertThat(claim()).containsExactly("a");
        assertThat(lane.write(List.of(release("b", 1)))).containsExactly(ACCEPTED);
        assertThat(claim()).containsExactly("b");
        assertThat(next.lanes().get(0).write(List.of(release("a", 1)))).containsExactly(ACCEPTED);
        next.close();
        assertThat(row("b").status()).isEqualTo(WorkflowStatus.DUE);

        commitAndDeliver(open);
        assertThat(inbox("a")).containsExactly("word");
        assertThat(inbox("b")).containsExactly("word");
    }

    @ParameterizedTest
    @EnumSource
    void aStartDoesNotWaitForIt(Isolation isolation) throws SQLException {
        Connection open = opened(isolation, "a");

        assertThat(lane.write(List.of(claimed("a"), completed("a", 1, 1)))).containsOnly(ACCEPTED);
        assertThat(near.send(List.of(letter("a", MessageKind.SIGNAL, "first")))).containsExactly(Arrival.ARRIVED);

        commitAndDeliver(open);
        assertThat(inbox("a")).containsExactly("first", "word");
    }

    @ParameterizedTest
    @EnumSource
    void whatPeopleWantDoesNotWaitForIt(Isolation isolation) throws SQLException {
        lane.write(List.of(due("paused"), due("ended"), due("cancelled"), claimed("woken")));
        lane.write(List.of(release("woken", 1)));
        Connection open = opened(isolation, "paused", "ended", "cancelled", "woken");

        for (Letter wish : List.of(
                letter("paused", MessageKind.PAUSE, "wish"),
                letter("ended", MessageKind.TERMINATE, "wish"),
                letter("cancelled", MessageKind.CANCEL, "wish"))) {
            assertThat(near.send(List.of(wish))).containsExactly(Arrival.ARRIVED);
        }
        assertThat(row("paused").status()).isEqualTo(WorkflowStatus.PAUSED);
        assertThat(near.resume("paused")).isTrue();
        assertThat(near.wake("woken")).isTrue();
        assertThat(claim()).containsExactlyInAnyOrder("paused", "cancelled", "woken");

        commitAndDeliver(open);
        assertThat(row("ended").status()).isEqualTo(WorkflowStatus.TERMINATED);
        assertThat(near.undelivered(9))
                .extracting(one -> one.posting().workflowId())
                .containsExactly("ended");
    }

    @ParameterizedTest
    @EnumSource
    void aRetryDoesNotWaitForIt(Isolation isolation) throws SQLException {
        lane.write(List.of(claimed("a"), Finish.of("a", 1, WorkflowStatus.FAILED, "{}", Instant.EPOCH)));
        Connection open = opened(isolation, "a");

        assertThat(near.retry(new Retry("a", 1, List.of(), List.of()))).isTrue();
        assertThat(claim()).containsExactly("a");

        commitAndDeliver(open);
        assertThat(inbox("a")).as("it lives again").containsExactly("word");
    }

    @ParameterizedTest
    @EnumSource
    void aRelayDoesNotWaitForIt(Isolation isolation) throws SQLException {
        lane.write(List.of(claimed("a"), finish("a", 1), due("b")));
        Connection open = opened(isolation, "a", "b");
        Connection behind = opened(isolation, "a", "b", "c");
        behind.commit();

        assertThat(near.deliver((existing, start) -> true)).isFalse();
        assertThat(inbox("b")).containsExactly("word");
        assertThat(inbox("c")).containsExactly("word");
        long ended = near.undelivered(9).get(0).position();
        assertThat(near.deliverAgain(ended)).isTrue();
        assertThat(near.deliver((existing, start) -> true)).isFalse();
        assertThat(near.discard(ended)).isTrue();

        commitAndDeliver(open);
        assertThat(inbox("b")).containsExactly("word", "word");
    }

    /** From the call of an application to the result that another engine has come to. */
    @Test
    void anEngineRunsWhatADeadOneLeftWhileItIsOpen() throws SQLException {
        lane.write(List.of(claimed("a"), completed("a", 1, 1)));
        Revive living = engine(
                near,
                "living",
                builder -> builder.register(
                        FLOW,
                        (ctx, in) -> String.join(
                                " ", ctx.step("step", String.class, () -> "fresh"), ctx.await(WORD), ctx.await(WORD))));
        try (Connection open = connection()) {
            open.setAutoCommit(false);
            living.in(open).start(FLOW, "a", "in");
            living.in(open).signal("a", WORD, "late");
            living.in(open).start(FLOW, "b", "in");
            living.in(open).signal("b", WORD, "late");
            living.in(open).signal("b", WORD, "later");

            takeOver("old"); // unless the living one was quicker
            living.workflow("a").signal(WORD, "early");
            living.start(FLOW, "c", "in");
            living.workflow("c").signal(WORD, "one");
            living.workflow("c").signal(WORD, "two");
            assertThat(living.handle(FLOW, "c").result(PATIENCE)).isEqualTo("fresh one two");
            await("it is claimed again").atMost(PATIENCE).until(() -> row("a").epoch() > 1);
            open.commit();
        }

        assertThat(living.handle(FLOW, "a").result(PATIENCE)).isEqualTo("done early late");
        assertThat(living.handle(FLOW, "b").result(PATIENCE)).isEqualTo("fresh late later");
    }
}
