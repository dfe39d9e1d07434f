// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.jdbc.OutboxTable.Posted;
import dev.revive.store.Letter;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Posting;
import dev.revive.store.SameStart;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.Undelivered;
import dev.revive.store.Undelivered.Reason;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.Printable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes out of the outbox what transactions that are committed have put there, in its order, in the transaction that does what it asks for. One at a time, by a
 * lock that is held for one transaction.
 *
 * <p>What is large is read before: a process that stops while an answer is on its way to it must not hold the lock, nor a receiver's row.
 */
final class OutboxRelay {
    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);

    /** In one transaction. */
    private static final int MOST = 256;

    private static final long MOST_CHARS = 2_000_000;

    /** Who is told once a transaction is committed. */
    interface Told {
        void started(String workflowId);

        void received(String workflowId);
    }

    private final Database database;
    private final Sql sql;
    private final Told told;

    OutboxRelay(Database database, Told told) {
        this.database = database;
        this.sql = database.sql();
        this.told = told;
    }

    /**
     * Does what is there. If the database refuses some of it, or somebody keeps a lock that it needs, half as much is tried, until the culprit is found, which
     * is then refused or left.
     *
     * @return whether something had to be left
     */
    boolean deliver(SameStart same) {
        Set<String> left = new HashSet<>();
        Map<Long, Boolean> compared = new HashMap<>();
        int most = MOST;
        while (true) {
            int now = most;
            List<Posted> posted = database.read(session -> next(session, left, now));
            if (posted.isEmpty()) {
                return !left.isEmpty();
            }
            try {
                Optional<Delivery> delivery = database.write(session -> deliver(session, posted, same, compared));
                if (delivery.isEmpty()) {
                    return !left.isEmpty();
                }
                left.addAll(delivery.get().left());
                tell(delivery.get());
                for (Posted start : delivery.get().unread()) {
                    compared.put(start.position(), database.read(session -> isSame(session, start, same)));
                }
                most = Math.min(MOST, 2 * most);
            } catch (LockedOutException e) {
                if (posted.size() == 1) {
                    left.add(posted.get(0).posting().workflowId());
                }
                most = half(posted);
            } catch (StoreUnavailableException e) {
                throw e;
            } catch (StoreException e) {
                if (posted.size() == 1) {
                    refuse(posted.get(0), e);
                }
                most = half(posted);
            }
        }
    }

    private static int half(List<Posted> posted) {
        return Math.max(1, posted.size() / 2);
    }

    /** The first ones, but for some workflows: as many as can be in memory at once. */
    private List<Posted> next(Session session, Set<String> but, int most) throws SQLException {
        Object others = database.dialect().textSet(session.connection(), but);
        List<Long> lengths = session.query(sql.postedLengths, Rows::number, others, most);
        return lengths.isEmpty() ? List.of() : session.query(sql.posted, OutboxTable::read, others, fitting(lengths));
    }

    private static int fitting(List<Long> lengths) {
        long chars = 0;
        for (int i = 0; i < lengths.size(); i++) {
            chars += lengths.get(i);
            if (chars > MOST_CHARS) {
                return Math.max(1, i);
            }
        }
        return lengths.size();
    }

    /** Reads the input of what is there. */
    private boolean isSame(Session session, Posted posted, SameStart same) throws SQLException {
        NewWorkflow start = Objects.requireNonNull(posted.posting().start(), "start");
        WorkflowRecord there = session.first(sql.findWorkflow, Rows::workflow, start.id());
        return there != null && same.isSame(there, start);
    }

    /**
     * Empty if another relay is at work. What it has done meanwhile is not there any more.
     *
     * @param compared starts that are, or are not, what is there already, by their positions
     */
    private Optional<Delivery> deliver(
            Session session, List<Posted> posted, SameStart same, Map<Long, Boolean> compared) throws SQLException {
        if (session.first(sql.lockRelay, Rows::number) == null) {
            return Optional.empty();
        }
        database.dialect().hardlyWait(session);
        Set<Long> there = new HashSet<>(session.query(
                sql.stillPosted,
                Rows::number,
                posted.get(0).position(),
                posted.get(posted.size() - 1).position()));
        Delivery delivery = new Delivery(session, database, same, start -> compared.get(start.position()));
        delivery.deliver(
                posted.stream().filter(one -> there.contains(one.position())).toList());
        remove(session, delivery);
        return Optional.of(delivery);
    }

    /**
     * Does what a transaction of ours has posted, at its end.
     *
     * @param positions of what it posted; what it has rolled back to a savepoint is not there any more
     * @throws LockedOutException if it has to come again: the row of a receiver is locked, or the receiver is on its way
     */
    Delivery deliverAtOnce(Session session, List<Long> positions, SameStart same) throws SQLException {
        List<Posted> posted = new ArrayList<>();
        for (long position : positions) {
            posted.addAll(session.query(sql.postedAt, OutboxTable::read, position));
        }
        Delivery delivery = new Delivery(session, database, same, start -> isSame(session, start, same));
        delivery.deliver(posted);
        delivery.requireAll(positions);
        remove(session, delivery);
        return delivery;
    }

    private void remove(Session session, Delivery delivery) throws SQLException {
        List<@Nullable Object[]> done = new ArrayList<>();
        delivery.done().forEach(one -> done.add(new Object[] {one.position()}));
        if (!done.isEmpty()) {
            session.batch(sql.deletePosting, done);
        }
        List<@Nullable Object[]> refused = new ArrayList<>();
        for (Undelivered one : delivery.refused()) {
            refused.add(new Object[] {one.reason().name(), one.position()});
        }
        for (Posted start : delivery.conflicts()) {
            session.query(
                            sql.postedBehind,
                            Rows::number,
                            start.posting().workflowId(),
                            start.connectionId(),
                            start.position())
                    .forEach(position -> refused.add(new Object[] {Reason.CONFLICT.name(), position}));
        }
        if (!refused.isEmpty()) {
            session.batch(sql.refusePosting, refused);
        }
    }

    private void refuse(Posted one, StoreException why) {
        database.write(session -> session.update(sql.refusePosting, Reason.REFUSED.name(), one.position()));
        tellRefused(new Undelivered(one.position(), one.posting(), Reason.REFUSED), Printable.of(why));
    }

    void tell(Delivery delivery) {
        delivery.started().forEach(told::started);
        delivery.received().forEach(told::received);
        delivery.refused().forEach(refused -> tellRefused(refused, refused.reason()));
    }

    private static void tellRefused(Undelivered refused, Object why) {
        log.warn(
                "{}: {} was asked for in a transaction that is committed, and cannot be done: {}. It stays in the outbox, and what came behind a start on the same connection, until somebody calls discard({}) or deliverAgain({}) of the store, or does so in the console",
                Printable.of(refused.posting().workflowId()),
                Printable.of(what(refused.posting())),
                why,
                refused.position(),
                refused.position());
    }

    private static String what(Posting posting) {
        NewWorkflow start = posting.start();
        Letter letter = posting.letter();
        if (letter != null) {
            return "the signal " + letter.name();
        }
        return start == null
                ? "nothing"
                : "a start of %s v%d"
                        .formatted(start.type().name(), start.type().version());
    }
}
