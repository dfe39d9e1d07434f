// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A connection kept apart from the pool for one purpose, so that no crowd of users can keep it from its work. Opened again after a failure. */
final class HeldConnection {
    /** Opens a connection. */
    interface Source {
        Connection open() throws SQLException;
    }

    private final Source source;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Session session;
    private volatile boolean over;

    HeldConnection(Source source) {
        this.source = source;
    }

    /** Opens it now, so that a pool that is too small is found out at the start. */
    void open() throws SQLException {
        use(session -> true);
    }

    <T> T use(Database.Work<T> work) throws SQLException {
        lock.lock();
        try {
            return work.in(session());
        } catch (SQLException | Error e) {
            discard();
            throw e;
        } finally {
            if (over) {
                discard();
            }
            lock.unlock();
        }
    }

    private Session session() throws SQLException {
        Session current = session;
        if (current == null) {
            current = Session.transactional(source.open());
            session = current;
        }
        return current;
    }

    /** Closes it for good; if it is in use, once that is done. */
    void close() {
        over = true;
        if (lock.tryLock()) {
            try {
                discard();
            } finally {
                lock.unlock();
            }
        }
    }

    private void discard() {
        Session current = session;
        session = null;
        if (current != null) {
            try {
                current.close();
            } catch (SQLException e) {
                // It is thrown away because it does not work; nothing is lost with it.
            }
        }
    }
}
