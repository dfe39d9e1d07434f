// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Hint;
import dev.revive.thread.BareThreads;
import dev.revive.workflow.Printable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what other processes notify, on a connection and a thread of its own, for as long as its seat is taken. It trusts its ears only once it
 * has heard itself, told through another connection: a pooler that lends a connection for a transaction at a time takes LISTEN and delivers
 * nothing. Whenever it does not hear, its executor polls faster; nothing else depends on it.
 */
final class Listener {
    private static final Logger log = LoggerFactory.getLogger(Listener.class);
    private static final Duration HEARS_ITSELF_WITHIN = Duration.ofSeconds(5);

    /** After so long a silence the connection is asked whether it lives. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final Duration ALIVE_WITHIN = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LAST_PAUSE = Duration.ofMinutes(1);

    private final HintSender hintSender;
    private final Notifications notifications;
    private final Database database;
    private final HeldConnection.Source source;
    private final Consumer<Hint> hints;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private @Nullable Connection connection;
    private boolean isClosed;
    private boolean hasComplained;
    private volatile boolean isHearing;

    Listener(
            HintSender hintSender,
            Notifications notifications,
            Database database,
            HeldConnection.Source source,
            Consumer<Hint> hints) {
        this.hintSender = hintSender;
        this.notifications = notifications;
        this.database = database;
        this.source = source;
        this.hints = hints;
    }

    /** Takes the connection now, so that a pool that is too small is found out at the start. */
    void open() throws SQLException {
        connection = source.open();
    }

    void start() {
        BareThreads.make("revive-listener", this::run).start();
    }

    boolean isHearing() {
        return isHearing;
    }

    /** Ends at once: the connection is thrown away under the hands of the thread that waits on it. */
    void close() {
        Connection last;
        lock.lock();
        try {
            isClosed = true;
            closing.signalAll();
            last = connection;
            connection = null;
        } finally {
            lock.unlock();
        }
        discard(last);
    }

    private void run() {
        boolean goesOn = true;
        for (Duration pause = FIRST_PAUSE; goesOn; pause = next(pause)) {
            Throwable thrown = null;
            try {
                goesOn = hear();
            } catch (Throwable e) { // an Error, too: if this thread ended, nobody would hear any more
                thrown = e;
            }
            if (isHearing) {
                pause = FIRST_PAUSE;
            }
            isHearing = false; // first: whatever comes now, the executor polls
            if (thrown != null) {
                complain(thrown);
            }
            discard(taken());
            goesOn = goesOn && pause(pause);
        }
    }

    private static Duration next(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LAST_PAUSE) < 0 ? twice : LAST_PAUSE;
    }

    /** Hears until the end or a failure; false if there is no point in trying again. */
    private boolean hear() throws SQLException {
        Connection current = connected();
        if (current == null) {
            return false;
        }
        current.setAutoCommit(true);
        current.setNetworkTimeout(Runnable::run, Math.toIntExact(ALIVE_WITHIN.toMillis()));
        try {
            if (notifications.isDeaf(current, database::connect)) {
                log.info(
                        "A pooler lends the server's sessions for one transaction each, so no notification arrives; Revive polls instead");
                return false;
            }
            notifications.listen(current, hintSender.channel());
        } catch (SQLException e) {
            if (!notifications.isRefusal(e)) {
                throw e;
            }
            log.info(
                    "This database or its driver cannot notify Revive, which polls instead: {}",
                    Printable.of(e.getMessage()));
            return false;
        }
        hintSender.announce();
        while (true) {
            List<String> texts = notifications.await(current, isHearing ? SILENCE : HEARS_ITSELF_WITHIN);
            if (!texts.isEmpty()) {
                texts.forEach(this::hear);
            } else if (!isHearing) {
                throw new SQLException(
                        "It does not hear its own notification. A pooler that lends connections for one transaction each does not deliver any.");
            } else if (!current.isValid(Math.toIntExact(ALIVE_WITHIN.toSeconds()))) {
                throw new SQLException("The connection does not answer.");
            }
        }
    }

    private void hear(String text) {
        if (!hintSender.isOwn(text)) {
            hintSender.hintsOf(text).forEach(hints);
        } else if (!isHearing) {
            isHearing = true;
            hasComplained = false;
            hints.accept(Hint.DUE); // for what was missed until now
            hints.accept(Hint.ENDED);
        }
    }

    private void complain(Throwable e) {
        if (isOver()) {
            return;
        }
        if (hasComplained) {
            log.debug("Still no notifications: {}", Printable.of(e));
        } else {
            hasComplained = true;
            log.warn("Notifications do not arrive; Revive polls until they do: {}", Printable.of(e));
        }
    }

    /** The connection, opened again if need be; null if this is the end. */
    private @Nullable Connection connected() throws SQLException {
        Connection current = locked();
        if (current != null || isOver()) {
            return current;
        }
        Connection opened = source.open();
        lock.lock();
        try {
            if (!isClosed) {
                connection = opened;
                return opened;
            }
        } finally {
            lock.unlock();
        }
        opened.close();
        return null;
    }

    private @Nullable Connection locked() {
        lock.lock();
        try {
            return connection;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Connection taken() {
        lock.lock();
        try {
            Connection current = connection;
            connection = null;
            return current;
        } finally {
            lock.unlock();
        }
    }

    private boolean isOver() {
        lock.lock();
        try {
            return isClosed;
        } finally {
            lock.unlock();
        }
    }

    /** Answers false at the end. */
    private boolean pause(Duration pause) {
        lock.lock();
        try {
            long nanos = pause.toNanos();
            while (!isClosed && nanos > 0) {
                nanos = closing.awaitNanos(nanos);
            }
            return !isClosed;
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts this thread.", e);
        } finally {
            lock.unlock();
        }
    }

    /** Nobody else is to get a connection that listens. Who waits on it fails. */
    private void discard(@Nullable Connection old) {
        if (old == null) {
            return;
        }
        try {
            old.abort(Runnable::run);
            database.throwAway(old);
        } catch (SQLException | RuntimeException | Error e) {
            log.debug("A connection that listened could not be closed: {}", Printable.of(e));
        }
    }
}
