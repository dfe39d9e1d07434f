// SPDX-License-Identifier: Apache-2.0
package dev.revive.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.revive.store.Answer;
import dev.revive.store.Arrival;
import dev.revive.store.HostTransaction;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Posting;
import dev.revive.store.ReadLimit;
import dev.revive.store.SameStart;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.StoreException;
import dev.revive.store.TransactionBodyException;
import dev.revive.store.Undelivered;
import dev.revive.store.Undelivered.Reason;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.WorkflowStatus;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is asked for in transactions of the application's. */
abstract class OutboxContract extends IntentContract {
    private static final SameStart ANOTHER = (existing, start) -> false;

    private int posters;

    private static Posting start(String id) {
        return Posting.of(workflow(id), false);
    }

    private static NewWorkflow another(String id) {
        return new NewWorkflow(id, ORDER, "2", "other hash", STAMP);
    }

    private static Posting message(String to, String key) {
        return Posting.of(letter(to, "go", key));
    }

    /** A message that brings its workflow along. */
    private static Letter with(NewWorkflow start, String key) {
        return new Letter(start.id(), MessageKind.SIGNAL, "go", key, "1", STAMP, start);
    }

    /** What is done on a connection in a transaction. */
    private interface Sql {
        void run(Connection connection) throws Exception;
    }

    /** In one transaction that is committed, and of which nothing is delivered yet. */
    private void post(Posting... postings) {
        commit(connection -> {
            for (Posting posting : postings) {
                store.post(connection, posting);
            }
        });
    }

    private void commit(Sql sql) {
        if (transactions() == Transactions.ALL) {
            commitOnAConnectionOfTheApplications(sql);
        } else {
            assertThat(commitInAWorkflow(sql)).isEqualTo(Answer.ACCEPTED);
        }
    }

    private void commitOnAConnectionOfTheApplications(Sql sql) {
        try (Connection connection = opened()) {
            sql.run(connection);
            connection.commit();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Connection opened() throws SQLException {
        Connection connection = connect(store);
        connection.setAutoCommit(false);
        return connection;
    }

    private Answer commitInAWorkflow(Sql sql) {
        String id = "poster " + ++posters;
        write(claimed(id));
        return lane.transact(new StepStore.Transaction() {
            @Override
            public String workflowId() {
                return id;
            }

            @Override
            public StepRecord run(Connection connection) throws Exception {
                sql.run(connection);
                return completed(id, 1, 1, 1, "1");
            }
        });
    }

    private void deliver() {
        assertThat(store.deliver(ANOTHER)).as("something was left").isFalse();
    }

    private List<Reason> problems() {
        return store.undelivered(100).stream().map(Undelivered::reason).toList();
    }

    private void requireTransactions() {
        assumeTrue(transactions() != Transactions.NONE, "the store is part of transactions");
    }

    @Nested
    class WhatIsPosted {
        @BeforeEach
        void takesATransaction() {
            requireTransactions();
        }

        @Test
        void isDoneInItsOrderOnceItIsDelivered() {
            Instant deadline = STAMP.plusSeconds(3_600);
            NewWorkflow fresh = new NewWorkflow("a", ORDER, "{\"emoji\":\"😀\"}", "hash", STAMP, deadline, null);
            post(Posting.of(fresh, false), message("a", "one"), message("a", "two"));
            assertThat(store.find("a")).isEmpty();

            deliver();

            assertThat(row("a").status()).isEqualTo(WorkflowStatus.DUE);
            assertThat(row("a").input()).isEqualTo(fresh.input());
            assertThat(row("a").inputHash()).isEqualTo(fresh.inputHash());
            assertThat(row("a").createdAt()).isEqualTo(STAMP);
            assertThat(row("a").deadline()).isEqualTo(deadline);
            assertThat(inbox("a").messages())
                    .containsExactly(
                            letter("a", "go", "one").at(1),
                            letter("a", "go", "two").at(2));
            assertThat(claim(9)).containsExactly("a");
        }

        @Test
        void isOnItsWayUntilItIsDelivered() {
            write(due("taken"));
            post(start("a"), Posting.of(with(workflow("b"), "one")), message("c", "one"));
            post(Posting.of(another("taken"), false));
            assertThat(List.of("a", "b", "c", "d"))
                    .filteredOn(store::isOnItsWay)
                    .containsExactly("a", "b");

            deliver();

            assertThat(List.of("a", "b", "c", "d", "taken"))
                    .filteredOn(store::isOnItsWay)
                    .isEmpty();
            assertThat(problems()).containsExactly(Reason.NOT_FOUND, Reason.CONFLICT);
        }

        @Test
        void isDoneOnce() {
            post(start("a"), message("a", "one"));
            deliver();
            deliver();

            assertThat(unread("a")).containsExactly("one");
            assertThat(row("a").wakeSeq()).isEqualTo(1);
            assertThat(problems()).isEmpty();
        }

        @Test
        void isNotDoneIfItsTransactionIsRolledBack() throws Exception {
            IllegalStateException thrown = new IllegalStateException("no");
            assertThatThrownBy(() -> commitInAWorkflow(connection -> {
                        store.post(connection, start("a"));
                        throw thrown;
                    }))
                    .isInstanceOf(TransactionBodyException.class)
                    .hasCause(thrown);
            if (transactions() == Transactions.ALL) {
                try (Connection connection = opened()) {
                    store.post(connection, start("a"));
                    connection.rollback();
                }
            }
            deliver();

            assertThat(store.find("a")).isEmpty();
        }

        @Test
        void isTakenBackByARollbackToASavepoint() {
            commit(connection -> {
                store.post(connection, start("a"));
                Savepoint before = connection.setSavepoint();
                store.post(connection, start("b"));
                store.post(connection, message("a", "one"));
                connection.rollback(before);
                store.post(connection, message("a", "two"));
            });
            deliver();

            assertThat(unread("a")).containsExactly("two");
            assertThat(store.find("b")).isEmpty();
        }

        @Test
        void wakesWhoWaitsForIt() {
            waiting("a", List.of("SIGNAL:go"));
            waiting("b", List.of("SIGNAL:stop"));
            post(message("a", "one"), message("b", "one"));
            deliver();

            assertThat(claim(9)).containsExactly("a");
            assertThat(unread("b")).containsExactly("one");
        }

        @Test
        void arrivesOnceUnderOneKey() {
            write(due("a"));
            post(message("a", "same"), message("a", "same"));
            deliver();
            post(message("a", "same"));
            deliver();

            assertThat(unread("a")).containsExactly("same");
            assertThat(problems()).isEmpty();
        }

        @Test
        void mayBeAStartOfOneThatIsThere() {
            write(claimed("a"));
            post(start("a"), start("a"));
            deliver();

            assertThat(row("a").status()).isEqualTo(WorkflowStatus.RUNNING);
            assertThat(row("a").epoch()).isEqualTo(1);
            assertThat(problems()).isEmpty();
        }

        @Test
        void isComparedByWhoKnowsWhatTheSameInputIs() {
            write(due("a"));
            post(Posting.of(another("a"), false));
            List<String> asked = new ArrayList<>();
            store.deliver((existing, start) -> asked.add(existing.inputHash() + ", " + start.inputHash()));

            assertThat(asked).containsExactly("hash, other hash");
            assertThat(problems()).isEmpty();
        }

        @Test
        void bringsAlongWhatItIsForIfThatIsNotThere() {
            post(Posting.of(with(workflow("a"), "one")), Posting.of(with(another("a"), "two")));
            deliver();
            post(Posting.of(with(another("a"), "three")));
            deliver();

            assertThat(row("a").inputHash()).isEqualTo("hash");
            assertThat(unread("a")).containsExactly("one", "two", "three");
            assertThat(problems()).isEmpty();
        }

        @Test
        void isDoneHoweverMuchItIs() {
            String large = "\"" + "0123456789".repeat(100_000) + "\"";
            post(start("a"));
            post(IntStream.range(0, 600).mapToObj(i -> message("a", "n" + i)).toArray(Posting[]::new));
            post(
                    Posting.of(new NewWorkflow("b", ORDER, large, "hash", STAMP), false),
                    Posting.of(new Letter("b", MessageKind.SIGNAL, "go", "one", large, STAMP, null)));
            deliver();

            assertThat(unread("a"))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 600).mapToObj(i -> "n" + i).toList());
            assertThat(row("b").input()).isEqualTo(large);
            assertThat(inbox("b").messages().get(0).payload()).isEqualTo(large);
        }

        @Test
        void isWaitedForByALetterToTheWorkflowThatItStarts() {
            post(start("a"));
            List<Letter> early = List.of(letter("a", "go", "one"));
            assertThat(store.send(early)).containsExactly(Arrival.LOCKED);
            assertThat(store.send(List.of(letter("b", "go", "one")))).containsExactly(Arrival.NOT_FOUND);
            deliver();

            assertThat(store.send(early)).containsExactly(Arrival.ARRIVED);
            assertThat(unread("a")).containsExactly("one");
        }

        @Test
        void comesBeforeAStartThatALetterBringsAlong() {
            post(start("a"));
            List<Letter> early = List.of(with(another("a"), "one"));
            assertThat(store.send(early)).containsExactly(Arrival.LOCKED);
            deliver();

            assertThat(store.send(early)).containsExactly(Arrival.ARRIVED);
            assertThat(row("a").inputHash()).isEqualTo("hash");
            assertThat(problems()).isEmpty();
        }
    }

    @Nested
    class WhatCannotBeDelivered {
        @BeforeEach
        void takesATransaction() {
            requireTransactions();
        }

        @Test
        void saysWhyAndHoldsUpNobody() {
            write(due("taken"), claimed("there"), claimed("ended"), complete("ended", 1));
            post(Posting.of(another("taken"), false));
            post(Posting.of(workflow("there"), true));
            post(message("nobody", "one"), message("ended", "one"), start("a"), message("a", "one"));
            deliver();

            assertThat(problems()).containsExactly(Reason.CONFLICT, Reason.CONFLICT, Reason.NOT_FOUND, Reason.ENDED);
            assertThat(unread("a")).containsExactly("one");
        }

        @Test
        void isKeptAsItWasPosted() {
            write(due("taken"));
            NewWorkflow late = new NewWorkflow("taken", ORDER, "2", "other hash", STAMP, STAMP.plusSeconds(5), null);
            List<Posting> postings = List.of(
                    Posting.of(late, true),
                    Posting.of(new Letter("nobody", MessageKind.SIGNAL, "go", "k", "\"😀\"", STAMP, null)));
            post(postings.toArray(Posting[]::new));
            deliver();

            List<Undelivered> kept = store.undelivered(100);
            assertThat(kept).extracting(Undelivered::posting).isEqualTo(postings);
            assertThat(kept.get(0).position()).isLessThan(kept.get(1).position());
            assertThat(store.undelivered(1)).isEqualTo(kept.subList(0, 1));
        }

        @Test
        void isReadNoFurtherThanAsked() {
            write(due("taken"));
            post(Posting.of(new NewWorkflow("taken", ORDER, "\"a long story\"", "other hash", STAMP), false));
            post(Posting.of(new Letter("nobody", MessageKind.SIGNAL, "go", "k", "\"a longer one\"", STAMP, null)));
            deliver();

            List<Undelivered> cut = store.undelivered(new ReadLimit(5, 10, 0));
            assertThat(Objects.requireNonNull(cut.get(0).posting().start()).input())
                    .isEqualTo("\"a lo");
            assertThat(Objects.requireNonNull(cut.get(1).posting().letter()).payload())
                    .isEqualTo("\"a lo");
            assertThat(store.undelivered(new ReadLimit(5, 1, 0))).hasSize(1);
        }

        /** What was meant for the other one must not come to this. */
        @Test
        void takesWithItWhatIsBehindItForTheSameIdFromTheSameConnection() {
            write(due("a"));
            post(
                    message("a", "before it"),
                    Posting.of(another("a"), false),
                    message("a", "for the other"),
                    message("b", "one"),
                    start("a"));
            post(start("a"), message("a", "from another connection"));
            deliver();

            assertThat(unread("a")).containsExactly("before it", "from another connection");
            assertThat(problems()).containsExactly(Reason.CONFLICT, Reason.CONFLICT, Reason.NOT_FOUND, Reason.CONFLICT);
        }

        @Test
        void isDiscardedOnce() {
            post(message("nobody", "one"), message("nobody", "two"));
            deliver();
            long first = store.undelivered(1).get(0).position();

            assertThat(store.discard(first)).isTrue();

            assertThat(store.discard(first)).isFalse();
            assertThat(store.deliverAgain(first)).isFalse();
            assertThat(problems()).hasSize(1);
        }

        @Test
        void isTriedAgainAtItsPlace() {
            post(message("a", "one"));
            deliver();
            long place = store.undelivered(1).get(0).position();
            post(start("a"), message("a", "two"));

            assertThat(store.deliverAgain(place)).isTrue();
            assertThat(store.deliverAgain(place)).isFalse();
            deliver();
            assertThat(unread("a")).as("its start came behind it").containsExactly("two");
            assertThat(store.undelivered(9)).extracting(Undelivered::position).containsExactly(place);

            assertThat(store.deliverAgain(place)).isTrue();
            deliver();
            assertThat(unread("a")).containsExactly("two", "one");
            assertThat(problems()).isEmpty();
        }

        @Test
        void isNothingThatIsStillToBeDelivered() {
            post(message("nobody", "one"));
            deliver();
            long place = store.undelivered(1).get(0).position();
            store.deliverAgain(place);

            assertThat(problems()).isEmpty();
            assertThat(store.discard(place)).isFalse();
            deliver();
            assertThat(problems()).containsExactly(Reason.NOT_FOUND);
        }
    }

    /** Notes why it is refused. */
    private static final class Work implements HostTransaction {
        private final Sql sql;
        private final List<Undelivered> refused = new ArrayList<>();

        Work(Sql sql) {
            this.sql = sql;
        }

        @Override
        public void run(Connection connection) throws Exception {
            sql.run(connection);
        }

        @Override
        public boolean isSame(WorkflowRecord existing, NewWorkflow start) {
            return false;
        }

        @Override
        public RuntimeException refusal(Undelivered what) {
            refused.add(what);
            return new IllegalArgumentException("refused");
        }
    }

    @Nested
    class ATransactionThatTheStoreRuns {
        @BeforeEach
        void takesAStoreThatDoes() {
            requireTransactions();
        }

        @Test
        void hasDoneWhatItPostedWhenItReturns() {
            write(due("there"));
            store.transact(new Work(connection -> {
                store.post(connection, start("a"));
                store.post(connection, message("a", "one"));
                store.post(connection, message("there", "one"));
                assertThat(store.find("a")).isEmpty();
            }));

            assertThat(row("a").status()).isEqualTo(WorkflowStatus.DUE);
            assertThat(unread("a")).containsExactly("one");
            assertThat(unread("there")).containsExactly("one");
            deliver();
            assertThat(row("a").wakeSeq()).isEqualTo(1);
        }

        @Test
        void isRolledBackWithWhatItsBodyThrows() {
            IOException thrown = new IOException("full");
            assertThatThrownBy(() -> store.transact(new Work(connection -> {
                        store.post(connection, start("a"));
                        throw thrown;
                    })))
                    .isInstanceOf(TransactionBodyException.class)
                    .hasCause(thrown);
            deliver();

            assertThat(store.find("a")).isEmpty();
        }

        @Test
        void isRolledBackIfOneThingCannotBeDone() {
            write(due("taken"), claimed("ended"), complete("ended", 1));
            assertRefused(Posting.of(another("taken"), false), Reason.CONFLICT);
            assertRefused(Posting.of(workflow("taken"), true), Reason.CONFLICT);
            assertRefused(message("ended", "one"), Reason.ENDED);
            assertRefused(message("nobody", "one"), Reason.NOT_FOUND);
            deliver();

            assertThat(store.find("a")).isEmpty();
            assertThat(problems()).isEmpty();
        }

        private void assertRefused(Posting posting, Reason why) {
            Work work = new Work(connection -> {
                store.post(connection, start("a"));
                store.post(connection, posting);
            });
            assertThatThrownBy(() -> store.transact(work))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("refused");
            assertThat(work.refused).singleElement().satisfies(refused -> {
                assertThat(refused.posting()).isEqualTo(posting);
                assertThat(refused.reason()).isEqualTo(why);
            });
        }

        @Test
        void doesNotDoWhatItHasTakenBack() {
            store.transact(new Work(connection -> {
                Savepoint before = connection.setSavepoint();
                store.post(connection, message("nobody", "one"));
                connection.rollback(before);
                store.post(connection, start("a"));
            }));

            assertThat(store.find("a")).isPresent();
            assertThat(problems()).isEmpty();
        }

        @Test
        void signalsWhatIsOnItsWay() {
            post(start("a"), message("a", "one"));
            store.transact(new Work(connection -> store.post(connection, message("a", "two"))));

            assertThat(unread("a")).containsExactly("one", "two");
        }

        @Test
        void keepsItsConnectionToItself() {
            AtomicReference<Connection> kept = new AtomicReference<>();
            store.transact(new Work(connection -> {
                assertThatThrownBy(connection::commit).isInstanceOf(IllegalStateException.class);
                kept.set(connection);
            }));

            assertThatThrownBy(() -> store.post(kept.get(), start("a"))).isInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    class ATransactionOfTheApplications {
        @BeforeEach
        void takesAConnection() {
            assumeTrue(transactions() == Transactions.ALL, "the store is part of transactions of the application's");
        }

        @Test
        void holdsUpNobodyWhileItIsOpen() throws SQLException {
            write(due("b"));
            try (Connection open = opened();
                    Connection other = opened()) {
                store.post(open, start("a"));
                store.post(open, message("b", "late"));
                store.post(other, start("c"));
                store.post(other, message("b", "early"));
                other.commit();
                deliver();
                write(due("a"));
                assertThat(store.send(List.of(letter("a", "go", "one")))).containsExactly(Arrival.ARRIVED);
                assertThat(claim(9)).containsExactlyInAnyOrder("a", "b", "c");
                open.commit();
            }
            deliver();

            assertThat(unread("b")).containsExactly("early", "late");
            assertThat(problems()).isEmpty();
        }

        @Test
        void isRefusedIfItIsNone() throws SQLException {
            try (Connection connection = opened()) {
                connection.setAutoCommit(true);
                assertThatThrownBy(() -> store.post(connection, start("a"))).isInstanceOf(IllegalStateException.class);
                connection.setAutoCommit(false);
                connection.setReadOnly(true);
                assertThatThrownBy(() -> store.post(connection, start("a"))).isInstanceOf(IllegalStateException.class);
                connection.rollback();
                connection.setReadOnly(false);
            }
            deliver();

            assertThat(store.find("a")).isEmpty();
        }
    }

    @Nested
    class AStoreThatIsPartOfNoTransaction {
        @BeforeEach
        void saysSo() {
            assumeTrue(transactions() == Transactions.NONE, "the store is part of no transaction");
        }

        @Test
        void refusesToRunOne() {
            assertThatThrownBy(() -> store.transact(new Work(connection -> {
                        throw new AssertionError("must not be called");
                    })))
                    .isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> commitInAWorkflow(connection -> {
                        throw new AssertionError("must not be called");
                    }))
                    .isInstanceOf(StoreException.class);
        }

        @Test
        void hasNothingToDeliver() {
            deliver();

            assertThat(problems()).isEmpty();
            assertThat(store.undelivered(new ReadLimit(1, 1, 0))).isEmpty();
            assertThat(store.isOnItsWay("a")).isFalse();
            assertThat(store.discard(1)).isFalse();
            assertThat(store.deliverAgain(1)).isFalse();
        }
    }
}
