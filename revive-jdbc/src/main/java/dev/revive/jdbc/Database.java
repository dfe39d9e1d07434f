// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.thread.SteadyClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs transactions and reads. A transaction that the database rolled back in favour of others is run again, a bounded number of times; after
 * any other {@link SQLException} its connection is thrown away, and what happened is told as one of the store's exceptions.
 */
final class Database implements Transactions {
    /** What happens in a transaction or a read. Must not commit. */
    interface Work<T> {
        T in(Session session) throws SQLException;
    }

    static final int TRIES = 6;

    /** After so many uses statements are planned anew, and then whenever these have doubled. */
    static final int FIRST_PLANS = 64;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(2);

    /** How long an answer is waited for, where no lease says otherwise. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final DataSource pool;
    private final Dialect dialect;
    private final Sql sql;
    private final @Nullable SteadyClock host;
    private final AtomicLong clockOffset = new AtomicLong();

    /** How often a connection of the pool was used for a read, or a transaction with a body of the application's: whatever else it is used for keeps its plans. */
    private final AtomicLong uses = new AtomicLong();

    private final ReentrantLock oneWriter = new ReentrantLock();
    private final CommitGate commitGate = new CommitGate();
    private final AtomicReference<@Nullable String> storeId = new AtomicReference<>();

    Database(DataSource pool, Dialect dialect, Sql sql) {
        this(pool, dialect, sql, null);
    }

    /** @param host the clock that the database goes by, where that is this host's and nobody else goes by it; else null */
    Database(DataSource pool, Dialect dialect, Sql sql, @Nullable SteadyClock host) {
        this.pool = pool;
        this.dialect = dialect;
        this.sql = sql;
        this.host = host;
    }

    Dialect dialect() {
        return dialect;
    }

    Sql sql() {
        return sql;
    }

    /** For which tables a row of the outbox is. Read once, when the store is opened. */
    String storeId() {
        String known = storeId.get();
        return known != null ? known : readStoreId();
    }

    private String readStoreId() {
        List<String> found = read(session -> session.query(sql.storeId, row -> row.getString(1)));
        if (found.isEmpty()) {
            throw new StoreException(
                    "The table of the outbox's relay has no row with id 1. Run the last migration once more.", null);
        }
        storeId.set(found.get(0));
        return found.get(0);
    }

    /**
     * How often the plans on the pool's connections are to have been made anew: whenever the uses have doubled, for those that were right for an empty table are
     * wrong for a full one.
     */
    int plansMade() {
        return Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(uses.get() / FIRST_PLANS));
    }

    /** Microseconds that are added to the database's clock; 0 but in tests, and where the host's clock was set back. */
    long clockOffset() {
        long ahead =
                host == null ? 0 : TimeUnit.NANOSECONDS.toMicros(host.ahead().toNanos());
        return clockOffset.get() + ahead;
    }

    void moveClock(Duration duration) {
        clockOffset.addAndGet(TimeUnit.NANOSECONDS.toMicros(duration.toNanos()));
    }

    /** On connections of the pool. Read again a few times if need be: after a restart of the database a pool is full of dead connections. */
    @Override
    public <T> T read(Work<T> work) {
        uses.incrementAndGet();
        for (int tries = 1; ; tries++) {
            try {
                return borrowed(Session.reading(pool.getConnection(), this), session -> {
                    session.giveUpAfter(PATIENCE);
                    return dialect.hasOneWriter() ? commitGate.look(() -> work.in(session)) : work.in(session);
                });
            } catch (SQLException e) {
                if (tries == TRIES || trouble(e) == Dialect.Trouble.REFUSED) {
                    throw failure("read", e);
                }
            }
            pauseAfter(tries);
        }
    }

    @Override
    public <T> T write(Work<T> work) {
        return repeat(() -> once(work));
    }

    @Override
    public <T> Optional<T> tryToWrite(Work<T> work) {
        return tryOnce(() -> once(work));
    }

    private <T> Optional<T> tryOnce(Attempt<T> attempt) {
        lockWriter();
        try {
            return Optional.of(attempt.run());
        } catch (SQLException e) {
            if (trouble(e) == Dialect.Trouble.RETRY) {
                return Optional.empty();
            }
            throw failure("write", e);
        } finally {
            unlockWriter();
        }
    }

    private <T> T once(Work<T> work) throws SQLException {
        return borrowed(Session.transactional(pool.getConnection(), this), session -> {
            session.giveUpAfter(PATIENCE);
            dialect.prepare(session, PATIENCE);
            session.begin();
            return commit(session, work);
        });
    }

    /** The work commits by itself, or not at all. */
    <T> T transaction(Connection connection, Work<T> work) throws SQLException {
        uses.incrementAndGet();
        return borrowed(Session.transactional(connection, this), session -> {
            session.begin();
            return work.in(session);
        });
    }

    /** Gives the session's connection back as it came; after an {@link SQLException} nobody is to get it again. */
    private static <T> T borrowed(Session borrowed, Work<T> work) throws SQLException {
        try (Session session = borrowed) {
            try {
                return work.in(session);
            } catch (SQLException | Error e) {
                session.spoil();
                throw e;
            }
        }
    }

    /** The same on a connection that is kept, whatever becomes of the pool. */
    Transactions on(HeldConnection held) {
        return new Transactions() {
            @Override
            public <T> T read(Work<T> work) {
                return look(held, work);
            }

            @Override
            public <T> T write(Work<T> work) {
                return Database.this.write(held, work);
            }

            @Override
            public <T> Optional<T> tryToWrite(Work<T> work) {
                return tryOnce(() -> once(held, work));
            }
        };
    }

    /** A write transaction on a connection that is kept. */
    <T> T write(HeldConnection held, Work<T> work) {
        return repeat(() -> once(held, work));
    }

    private <T> T once(HeldConnection held, Work<T> work) throws SQLException {
        return held.use(session -> inTransaction(session, work));
    }

    private <T> T inTransaction(Session session, Work<T> work) throws SQLException {
        session.commitEachStatement(false);
        session.begin();
        return commit(session, work);
    }

    /** A statement that commits by itself, on a connection that is kept; where what it needs can be set for a transaction only, in one. */
    <T> T alone(HeldConnection held, Work<T> work) {
        return repeat(() -> held.use(session -> {
            if (session.setsEachTransaction()) {
                return inTransaction(session, work);
            }
            session.commitEachStatement(true);
            T result = work.in(session);
            dialect.makeDurable(session.connection());
            return result;
        }));
    }

    /** A read on a connection that is kept. */
    <T> T look(HeldConnection held, Work<T> work) {
        for (int tries = 1; ; tries++) {
            try {
                return held.use(session -> {
                    session.commitEachStatement(true);
                    return work.in(session);
                });
            } catch (SQLException e) {
                if (!mayBeRunAgain(e) || tries == TRIES) {
                    throw failure("read", e);
                }
            }
            pauseAfter(tries);
        }
    }

    private <T> T commit(Session session, Work<T> work) throws SQLException {
        try {
            T result = work.in(session);
            commit(session);
            return result;
        } catch (RuntimeException | Error e) {
            session.rollback();
            throw e;
        }
    }

    /** Commits, and makes it durable. */
    void commit(Session session) throws SQLException {
        if (dialect.hasOneWriter()) {
            commitGate.commit(() -> commitNow(session));
        } else {
            commitNow(session);
        }
    }

    private void commitNow(Session session) throws SQLException {
        session.commit();
        dialect.makeDurable(session.connection());
    }

    private interface Attempt<T> {
        T run() throws SQLException;
    }

    private <T> T repeat(Attempt<T> attempt) {
        for (int tries = 1; ; tries++) {
            lockWriter();
            try {
                return attempt.run();
            } catch (SQLException e) {
                if (!mayBeRunAgain(e) || dialect.isLockedOut(e) || tries == TRIES) {
                    throw failure("write", e);
                }
            } finally {
                unlockWriter();
            }
            pauseAfter(tries);
        }
    }

    /** A pool that has no connection to give says so with the state of what it met last, but no statement was refused. */
    Dialect.Trouble trouble(SQLException e) {
        return e instanceof SQLTransientConnectionException ? Dialect.Trouble.UNAVAILABLE : dialect.trouble(e);
    }

    boolean mayBeRunAgain(SQLException e) {
        Dialect.Trouble trouble = trouble(e);
        return trouble == Dialect.Trouble.RETRY || trouble == Dialect.Trouble.CONFLICT;
    }

    static void pauseAfter(int tries) {
        LockSupport.parkNanos(FIRST_PAUSE.toNanos() << tries);
    }

    void lockWriter() {
        if (dialect.hasOneWriter()) {
            oneWriter.lock();
        }
    }

    void unlockWriter() {
        if (dialect.hasOneWriter()) {
            oneWriter.unlock();
        }
    }

    /** Does it unless a transaction body keeps the writer for longer than this; returns whether it did. */
    boolean whenWriterIsFree(Duration patience, Runnable work) {
        if (!dialect.hasOneWriter()) {
            work.run();
            return true;
        }
        if (!tryLockWriter(patience)) {
            return false;
        }
        try {
            work.run();
            return true;
        } finally {
            unlockWriter();
        }
    }

    /** For the end of the store, which cannot wait for ever for a transaction body. */
    boolean tryLockWriter(Duration patience) {
        try {
            return oneWriter.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    Connection connect() throws SQLException {
        return pool.getConnection();
    }

    /**
     * Closes a connection that nobody is to get again. Hikari is told; any other pool finds it dead: it is ended under its hands, and then used
     * once more, since some look for its death only where it is used.
     */
    void throwAway(Connection connection) {
        rollbackQuietly(
                connection); // it may be a while until the database sees it gone; until then the next writer would not
        // be alone
        if (pool instanceof HikariDataSource hikari && isPooledByHikari(connection)) {
            hikari.evictConnection(connection);
            return;
        }
        try (connection) {
            connection.abort(Runnable::run);
            connection.createStatement().close();
        } catch (SQLException e) {
            // as it is to be
        }
    }

    /** Not if somebody has wrapped it; nor are an embedded file's kept connections of its pool. */
    private static boolean isPooledByHikari(Connection connection) {
        return connection.getClass().getName().startsWith(HikariDataSource.class.getPackageName());
    }

    private void rollbackQuietly(Connection connection) {
        if (!dialect.hasOneWriter()) {
            return;
        }
        try {
            if (!connection.isClosed() && !connection.getAutoCommit()) {
                connection.rollback();
            }
        } catch (SQLException e) {
            // It is thrown away because it does not work.
        }
    }

    StoreException failure(String what, SQLException e) {
        if (trouble(e) == Dialect.Trouble.REFUSED) {
            return new StoreException("The database refuses this %s: %s".formatted(what, e.getMessage()), e);
        }
        if (trouble(e) == Dialect.Trouble.RETRY) {
            return new LockedOutException(what, e);
        }
        return new StoreUnavailableException(
                "The database did not complete this %s, and may or may not have done it: %s"
                        .formatted(what, e.getMessage()),
                e);
    }
}
