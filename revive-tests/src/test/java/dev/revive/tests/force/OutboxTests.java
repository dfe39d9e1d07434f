// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.Letter;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Posting;
import dev.revive.store.ReadLimit;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.Undelivered;
import dev.revive.store.Undelivered.Reason;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowType;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What was asked for in transactions of the application's is done once and in its order, whoever is locked, cut off, or at it, too. */
class OutboxTests extends ForceBed {
    private static final ReadLimit ALL = new ReadLimit(100, 100, 10_000);

    private static NewWorkflow workflow(String id) {
        return workflow(id, "1");
    }

    private static NewWorkflow workflow(String id, String input) {
        return new NewWorkflow(id, new WorkflowType("order", 1), input, "hash of " + input.length(), Instant.EPOCH);
    }

    private static Letter letter(String id, String name) {
        return letter(id, name, "1");
    }

    private static Letter letter(String id, String name, String payload) {
        return new Letter(
                id, MessageKind.SIGNAL, name, Letter.ofSender(UUID.randomUUID()), payload, Instant.EPOCH, null);
    }

    private void post(Posting... postings) throws SQLException {
        try (Connection connection = connection()) {
            connection.setAutoCommit(false);
            for (Posting posting : postings) {
                near.post(connection, posting);
            }
            connection.commit();
        }
    }

    /** As the drivers send it: not the isolation level, which has the word, too. */
    private String commit() {
        return server() == Server.POSTGRES ? "\0COMMIT\0" : "\3COMMIT";
    }

    private boolean deliver() {
        return near.deliver((existing, start) -> true);
    }

    private List<String> inbox(String id) {
        return near.messages(id, ALL).stream().map(Message::name).toList();
    }

    private long posted() {
        return number("SELECT COUNT(*) FROM ${prefix}outbox");
    }

    @Test
    void isDoneOnceThoughTheAnswerWasLost() throws SQLException {
        post(Posting.of(workflow("a"), false), Posting.of(letter("a", "one")));
        proxy.cutAfterAnswer(commit());
        assertThatThrownBy(() -> far.deliver((existing, start) -> true)).isInstanceOf(StoreUnavailableException.class);
        assertThat(near.find("a")).as("it was committed").isPresent();

        assertThat(deliver()).isFalse();
        assertThat(inbox("a")).containsExactly("one");
        assertThat(posted()).isZero();
    }

    @Test
    void isDoneLaterIfItsRelayIsCutOff() throws SQLException {
        post(Posting.of(workflow("a"), false), Posting.of(letter("a", "one")));
        proxy.cutBefore(commit());
        assertThatThrownBy(() -> far.deliver((existing, start) -> true)).isInstanceOf(StoreUnavailableException.class);
        assertThat(near.find("a")).isEmpty();

        await().atMost(PATIENCE) // the server may take a moment to see that the relay is gone
                .until(() -> !deliver() && posted() == 0);
        assertThat(inbox("a")).containsExactly("one");
    }

    @Test
    void oneRelayAtATimeDelivers() throws SQLException {
        post(Posting.of(workflow("a"), false));
        Lock relay = lock("SELECT id FROM ${prefix}outbox_relay WHERE id = 1 FOR UPDATE");
        assertThat(deliver()).isFalse();
        assertThat(near.find("a")).isEmpty();
        relay.rollback();

        assertThat(deliver()).isFalse();
        assertThat(near.find("a")).isPresent();
    }

    /** A process that stops in the middle of an answer keeps what it has locked for as long as the server cannot send the rest of it. */
    @Test
    void nothingLargeIsReadUnderTheRelaysLock() throws SQLException {
        String large = "\"%s\"".formatted("x".repeat(500_000));
        post(Posting.of(workflow("a", large), false));
        deliver();
        post(
                Posting.of(letter("a", "large", large)),
                Posting.of(workflow("a", " " + large), false),
                Posting.of(letter("a", "after")),
                Posting.of(workflow("b", large), false));
        ReadBehind lock = new ReadBehind("outbox_relay WHERE id = 1 FOR UPDATE");

        boolean isLeft =
                lentTo(lock).deliver((existing, start) -> existing.input().equals(large));

        assertThat(isLeft).isFalse();
        assertThat(inbox("a")).containsExactly("large", "after");
        assertThat(posted()).isZero();
        assertThat(lock.chars()).isPositive().isLessThan(10_000);
    }

    private WorkflowStore lentTo(ReadBehind lock) {
        return JdbcStore.over(lock.of(this::connection), JdbcSettings.defaults().withTablePrefix(prefix));
    }

    @Test
    void aLockedReceiverKeepsWhatIsForItAndInOrder() throws SQLException {
        post(Posting.of(workflow("a"), false), Posting.of(workflow("b"), false));
        deliver();
        post(Posting.of(letter("a", "one")), Posting.of(letter("b", "one")), Posting.of(letter("a", "two")));
        Lock receiver = lock("SELECT id FROM ${prefix}workflow WHERE id = 'a' FOR UPDATE");

        assertThat(deliver()).as("something was left").isTrue();
        assertThat(inbox("a")).isEmpty();
        assertThat(inbox("b")).containsExactly("one");
        post(Posting.of(letter("a", "three")));
        assertThat(deliver()).isTrue();
        receiver.rollback();

        assertThat(deliver()).isFalse();
        assertThat(inbox("a")).containsExactly("one", "two", "three");
        assertThat(posted()).isZero();
    }

    @Test
    void aStartThatMeetsAnUncommittedRowIsLeftAndItsNeighboursGoOn() throws SQLException {
        Lock other = lock("""
                INSERT INTO ${prefix}workflow (id, name, version, status, input, input_hash, epoch, wake_seq, strikes, created_at)
                VALUES ('a', 'order', 1, 'DUE', '1', 'hash', 0, 0, 0, 0)""");
        post(Posting.of(workflow("a"), false), Posting.of(letter("a", "one")), Posting.of(workflow("b"), false));

        assertThat(deliver()).as("something was left").isTrue();
        assertThat(near.find("b")).isPresent();
        other.rollback();

        assertThat(deliver()).isFalse();
        assertThat(inbox("a")).containsExactly("one");
    }

    @Test
    void whatTheDatabaseRefusesIsSetAsideAndItsNeighboursGoOn() throws SQLException {
        post(Posting.of(workflow("a"), false), Posting.of(workflow("b"), false), Posting.of(workflow("c"), false));
        update("UPDATE ${prefix}outbox SET deadline_at = ? WHERE workflow_id = 'b'", -5);
        refuse("deadline_at > -1");

        assertThat(deliver()).isFalse();
        assertThat(near.find("a")).isPresent();
        assertThat(near.find("c")).isPresent();
        assertThat(near.undelivered(10)).extracting(Undelivered::reason).containsExactly(Reason.REFUSED);
    }

    /** Has the table of workflows refuse rows. */
    private void refuse(String check) {
        update("ALTER TABLE ${prefix}workflow ADD CONSTRAINT ${prefix}refusing CHECK (deadline_at IS NULL OR %s)"
                .formatted(check));
    }

    @Test
    void whatANewerReviveHasWrittenIsLeftForIt() throws SQLException {
        post(Posting.of(letter("a", "one")), Posting.of(workflow("b"), false), Posting.of(letter("c", "one")));
        update("UPDATE ${prefix}outbox SET kind = 'TELEPATHY' WHERE workflow_id = 'a'");
        update("UPDATE ${prefix}outbox SET payload = NULL WHERE workflow_id = 'c'");

        assertThat(deliver()).as("something was left").isTrue();
        assertThat(near.find("b")).isPresent();
        assertThat(near.undelivered(10)).isEmpty();
        assertThat(posted()).isEqualTo(2);
    }
}
