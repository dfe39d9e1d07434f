// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A connection kept apart from the pool for one purpose, so that no crowd of users can keep it from its work. Opened again after a failure. */
final class HeldConnection {
    /** Opens a connection. */
    interface Source {
        Connection open() throws SQLException;
    }

    /** A quarter of the lease may be too short for any answer. */
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(500);

    private final Database database;
    private final Source source;
    private final Duration lease;
    private final Duration patience;
    private final ReentrantLock lock;
    private @Nullable Session session;
    private volatile boolean over;
    private int uses;
    private long lastUse;

    HeldConnection(Database database, Source source, Duration lease) {
        this(database, source, lease, lease.dividedBy(4), new ReentrantLock());
    }

    /** @param patience how long an answer is waited for, or {@link #SHORTEST_WAIT} if that is longer */
    HeldConnection(Database database, Source source, Duration lease, Duration patience) {
        this(database, source, lease, patience, new ReentrantLock());
    }

    /** @param lock which can let something happen when it is let go */
    HeldConnection(Database database, Source source, Duration lease, Duration patience, ReentrantLock lock) {
        this.lock = lock;
        this.database = database;
        this.source = source;
        this.lease = lease;
        this.patience = patience.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : patience;
    }

    /** Opens it now, so that a pool that is too small is found out at the start. */
    void open() throws SQLException {
        use(session -> true);
    }

    <T> T use(Database.Work<T> work) throws SQLException {
        Session current = null;
        lock.lock();
        try {
            current = session();
            if (++uses >= Database.FIRST_PLANS && Integer.bitCount(uses) == 1) {
                database.dialect().planAnew(current);
            }
            T result = work.in(current);
            lastUse = System.nanoTime();
            return result;
        } catch (SQLException e) {
            if (!isStillGood(current, e)) {
                throwAway();
            }
            throw e;
        } catch (Error e) {
            throwAway();
            throw e;
        } finally {
            lock.unlock();
            giveBackIfOver();
        }
    }

    /** What the database rolled back in favour of others says nothing against the connection, and there may be no other to be had. */
    private boolean isStillGood(@Nullable Session used, SQLException why) {
        if (used == null || !database.mayBeRunAgain(why)) {
            return false;
        }
        try {
            used.endTransaction();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private Session session() throws SQLException {
        if (session != null && database.dialect().isStale(Duration.ofNanos(System.nanoTime() - lastUse), lease)) {
            throwAway();
        }
        Session current = session;
        if (current == null) {
            current = Session.transactional(source.open(), database);
            session = current;
            uses = 0;
            current.giveUpAfter(patience);
            database.dialect().keep(current, lease);
        }
        return current;
    }

    /** Closes it for good; if it is in use, once that is done. */
    void close() {
        over = true;
        giveBackIfOver();
    }

    /** Whoever has the lock looks once more after letting go of it: one of the two, the user and the closer, sees what the other did. */
    private void giveBackIfOver() {
        if (over && lock.tryLock()) {
            try {
                Session current = session;
                session = null;
                if (current != null) {
                    current.close();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void throwAway() {
        Session current = session;
        session = null;
        if (current != null) {
            current.spoil();
            current.close();
        }
    }
}
