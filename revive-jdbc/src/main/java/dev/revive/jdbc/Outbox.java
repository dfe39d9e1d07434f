// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.jdbc.OutboxTable.Posted;
import dev.revive.store.Posting;
import dev.revive.store.SameStart;
import dev.revive.store.StoreException;
import dev.revive.store.Undelivered;
import dev.revive.workflow.Printable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What applications ask for in transactions of their own. Such a transaction inserts rows, under fresh keys, and nothing else: it may stay open for a minute, and
 * nobody of ours waits for it. Once it is committed they are taken out, in their order and by one relay at a time, in the transaction that does what they ask for.
 */
final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);

    /** In one transaction. */
    private static final int MOST = 256;

    private static final long MOST_CHARS = 2_000_000;
    private static final String KEY = "position";

    /** What a database says whose table is not there, or has a check that a row is for itself. */
    private static final Set<String> ELSEWHERE = Set.of("42P01", "42S02", "42S03", "42S04", "23514");

    private static final Set<Integer> CHECK_FAILED = Set.of(4025, 3819);

    private final Database database;
    private final Sql sql;
    private final String storeId;

    private Outbox(Database database, String storeId) {
        this.database = database;
        this.sql = database.sql();
        this.storeId = storeId;
    }

    static Outbox of(Database database) {
        String storeId = database.read(session -> session.first(database.sql().storeId, row -> row.getString(1)));
        if (storeId == null) {
            throw new StoreException(
                    "The table of the outbox's relay has no row with id 1. Run the last migration once more.", null);
        }
        return new Outbox(database, storeId);
    }

    // ---- putting in

    /** On the caller's connection and thread. */
    void post(Connection connection, Posting posting) {
        GuardedConnection guard = GuardedConnection.of(connection);
        try {
            if (guard == null) {
                requireFit(connection);
            } else {
                guard.requireOf(database);
            }
            long position = insert(connection, posting);
            if (guard != null) {
                guard.posted(position);
            }
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private void requireFit(Connection connection) throws SQLException {
        if (database.dialect().hasOneWriter()) {
            throw new IllegalStateException(
                    "On H2 one transaction writes at a time, and this connection's would be a second one. Use revive.transact(connection -> ...), which takes its turn.");
        }
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "This connection commits each statement by itself, so what is asked for would not be part of a transaction. Begin one: connection.setAutoCommit(false), or @Transactional.");
        }
        if (connection.isReadOnly()) {
            throw new IllegalStateException(
                    "This connection is read-only, and what is asked for in its transaction is a row of it. Use one that may write.");
        }
    }

    private long insert(Connection connection, Posting posting) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.insertPosting, new String[] {KEY})) {
            @Nullable Object[] values = OutboxTable.inserted(posting, storeId);
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                keys.next();
                return keys.getLong(1);
            }
        }
    }

    private StoreException refused(SQLException e) {
        if (ELSEWHERE.contains(String.valueOf(e.getSQLState())) || CHECK_FAILED.contains(e.getErrorCode())) {
            return new StoreException(
                    "This connection does not lead to the tables that this engine uses: it is another database's, or another schema is its first. Use one of the engine's DataSource. The database says: "
                            + e.getMessage(),
                    e);
        }
        return new StoreException(
                "What is asked for in this transaction could not be noted in it; roll it back. The database says: "
                        + e.getMessage(),
                e);
    }

    // ---- taking out

    /** One transaction of the relay; the last if there was no more. */
    private record Round(boolean isLast, Delivery delivery) {}

    /**
     * Does what is there; answers whether something had to be left.
     *
     * @param told told what was done, each time that is committed
     */
    boolean deliver(SameStart same, Told told) {
        if (database.read(session -> session.first(sql.nextPosted, Rows::number)) == null) {
            return false;
        }
        Set<String> left = new HashSet<>();
        boolean isOneByOne = false;
        while (true) {
            Set<String> tried = new HashSet<>();
            int most = isOneByOne ? 1 : MOST;
            try {
                Round round = database.write(session -> round(session, same, left, most, tried));
                if (round == null) {
                    return !left.isEmpty();
                }
                left.addAll(round.delivery().left());
                tell(round.delivery(), told);
                if (round.isLast()) {
                    return !left.isEmpty();
                }
            } catch (LockedOutException e) { // somebody starts one of them at this moment, and takes his time
                if (isOneByOne) {
                    left.addAll(tried);
                }
                isOneByOne = true;
            }
        }
    }

    /** Who is told once a transaction is committed. */
    interface Told {
        void started(String workflowId);

        void received(String workflowId);
    }

    /** Null if another relay is at work. */
    private @Nullable Round round(Session session, SameStart same, Set<String> left, int most, Set<String> tried)
            throws SQLException {
        tried.clear();
        if (session.first(sql.lockRelay, Rows::number) == null) {
            return null;
        }
        database.dialect().hardlyWait(session);
        Object but = database.dialect().textSet(session.connection(), left);
        List<Long> lengths = session.query(sql.postedLengths, Rows::number, but, most);
        int fitting = fitting(lengths);
        List<Posted> posted = session.query(sql.posted, OutboxTable::read, but, Math.max(1, fitting));
        posted.forEach(one -> tried.add(one.posting().workflowId()));
        Delivery delivery = new Delivery(session, database, same, false);
        delivery.deliver(posted);
        remove(session, delivery);
        return new Round(lengths.size() < most && fitting == lengths.size(), delivery);
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

    private void remove(Session session, Delivery delivery) throws SQLException {
        List<@Nullable Object[]> done = new ArrayList<>();
        delivery.done().forEach(one -> done.add(new Object[] {one.position()}));
        if (!done.isEmpty()) {
            session.batch(sql.deletePosting, done);
        }
        for (Undelivered refused : delivery.refused()) {
            session.update(sql.refusePosting, refused.reason().name(), refused.position());
            if (refused.posting().start() != null && refused.reason() == Undelivered.Reason.CONFLICT) {
                refuseBehind(session, refused);
            }
        }
    }

    private void refuseBehind(Session session, Undelivered start) throws SQLException {
        for (long position :
                session.query(sql.postedBehind, Rows::number, start.posting().workflowId(), start.position())) {
            session.update(sql.refusePosting, start.reason().name(), position);
        }
    }

    private static void tell(Delivery delivery, Told told) {
        delivery.started().forEach(told::started);
        delivery.received().forEach(told::received);
        for (Undelivered refused : delivery.refused()) {
            log.warn(
                    "{} {} was asked for in a transaction that is committed, and cannot be done: {}. It stays in the outbox, at {}, until somebody discards it or has it tried again",
                    Printable.of(refused.posting().workflowId()),
                    refused.posting().isStartOnly() ? "a start" : "a signal",
                    refused.reason(),
                    refused.position());
        }
    }

    /**
     * Does what a transaction of ours has posted, at its end.
     *
     * @param positions of what it posted; what it has rolled back to a savepoint is not there any more
     */
    Delivery deliverAtOnce(Session session, List<Long> positions, SameStart same) throws SQLException {
        List<Posted> posted = new ArrayList<>();
        for (long position : positions) {
            posted.addAll(session.query(sql.postedAt, OutboxTable::read, position));
        }
        Delivery delivery = new Delivery(session, database, same, true);
        delivery.deliver(posted);
        remove(session, delivery);
        return delivery;
    }

    // ---- for people

    List<Undelivered> undelivered(int limit) {
        return database.read(session -> session.query(
                sql.undelivered,
                row -> {
                    Posted posted = OutboxTable.read(row);
                    return new Undelivered(
                            posted.position(), posted.posting(), Objects.requireNonNull(posted.problem(), "problem"));
                },
                limit));
    }

    boolean discard(long position) {
        return database.write(session -> session.update(sql.discardPosting, position) == 1);
    }

    boolean deliverAgain(long position) {
        return database.write(session -> session.update(sql.deliverAgain, position) == 1);
    }
}
