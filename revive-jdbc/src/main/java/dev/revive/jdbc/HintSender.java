// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Hint;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.thread.BareThreads;
import dev.revive.workflow.Printable;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes hints on, after the commit of what they are about: to this store's other seats by a call, to other processes by a notification. Many
 * hints become one: a notification says which there were since the last, and follows it after a pause. A thread of its own sends it, on a
 * connection of the pool, so nobody who writes waits for it; if it fails, it is forgotten.
 */
final class HintSender {
    private static final Logger log = LoggerFactory.getLogger(HintSender.class);
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration LAST_WORD = Duration.ofSeconds(1);
    private static final Duration IDLE_THREAD = Duration.ofSeconds(10);

    /** Of more than these it is not said which workflows they are about. */
    private static final int MOST_WORDS = 100;

    /** What a listener says as it comes, for others to know that they are not alone, and for itself to hear that it hears. */
    static final String HERE = "HERE";

    private final Database database;
    private final @Nullable Notifications notifications;
    private final String channel;
    private final String origin = UUID.randomUUID().toString();
    private final Set<JdbcSeat> seats = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> pending = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor sender;
    private boolean isSending;
    private volatile boolean isAlone;
    private volatile boolean isMute;

    /** @param notifications how other processes are told, or null if there are none or no way */
    HintSender(Database database, @Nullable Notifications notifications, String channel) {
        this.database = database;
        this.notifications = notifications;
        this.channel = channel;
        this.sender = new ThreadPoolExecutor(
                1,
                1,
                IDLE_THREAD.toSeconds(),
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                BareThreads.named("revive-hints"));
        sender.allowCoreThreadTimeOut(true);
    }

    // ---- telling

    /** To everybody but the one who did it. */
    void tell(Hint hint, @Nullable JdbcSeat from) {
        try {
            for (JdbcSeat seat : seats) {
                if (seat != from) {
                    seat.hear(hint);
                }
            }
            if (!isAlone) {
                send(HintText.word(hint));
            }
        } catch (RuntimeException | Error e) { // what it is about is committed, whoever hears of it
            log.debug("Not everybody was told of {}; they will find out: {}", hint, Printable.of(e));
        }
    }

    /** Whether a hint would reach anybody but this seat. */
    boolean hasListeners(JdbcSeat from) {
        return seats.size() > 1 || !seats.contains(from) || (notifications != null && !isAlone && !isMute);
    }

    void announce() {
        send(HERE);
    }

    /** This database knows no notifications: there is no use in sending any. */
    void fallSilent() {
        isMute = true;
    }

    /** As the executors' table has it. Trusted only while a newcomer would be heard. */
    void noteOthers(Set<String> living, boolean isListening) {
        Set<String> own = seats.stream().map(JdbcSeat::executorId).collect(Collectors.toSet());
        isAlone = isListening && own.containsAll(living);
    }

    private void send(String word) {
        if (notifications == null || isMute) {
            return;
        }
        lock.lock();
        try {
            pending.add(pending.size() < MOST_WORDS ? word : HintText.unnamed(word));
            if (!isSending) {
                sender.execute(this::sendAll);
                isSending = true;
            }
        } catch (RejectedExecutionException e) {
            log.debug("The store is closed; nobody is told of {}", Printable.of(word));
        } finally {
            lock.unlock();
        }
    }

    private void sendAll() {
        for (String text = next(); text != null; text = next()) {
            sendOne(text);
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private @Nullable String next() {
        lock.lock();
        try {
            if (pending.isEmpty()) {
                isSending = false;
                return null;
            }
            String text = origin + " " + HintText.joined(pending);
            pending.clear();
            return text;
        } catch (RuntimeException | Error e) {
            isSending = false; // this thread ends; the next word has another
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private void sendOne(String text) {
        if (notifications == null) {
            return;
        }
        try {
            String statement = notifications.send();
            database.read(session -> session.query(statement, row -> true, channel, text));
        } catch (StoreUnavailableException e) {
            log.debug("Others were not told of {}; they will find out: {}", Printable.of(text), Printable.of(e));
        } catch (StoreException e) {
            log.info("This database cannot notify others, which poll instead: {}", Printable.of(e.getMessage()));
            fallSilent();
        } catch (RuntimeException | Error e) { // were this thread to end, nothing would be sent any more
            log.debug("Others were not told of {}; they will find out: {}", Printable.of(text), Printable.of(e));
        }
    }

    // ---- hearing

    void add(JdbcSeat seat) {
        seats.add(seat);
    }

    void remove(JdbcSeat seat) {
        seats.remove(seat);
    }

    @Nullable
    Notifications notifications() {
        return notifications;
    }

    String channel() {
        return channel;
    }

    /** Whether a notification is this store's own, whose seats were told already. */
    boolean isOwn(String text) {
        return text.startsWith(origin);
    }

    /** What another store's notification says. */
    Set<Hint> hintsOf(String text) {
        isAlone = false;
        return HintText.hints(text);
    }

    /** Sends what is still to be said, if that is quickly done. */
    void close() {
        sender.shutdown();
        try {
            if (!sender.awaitTermination(LAST_WORD.toMillis(), TimeUnit.MILLISECONDS)) {
                sender.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
