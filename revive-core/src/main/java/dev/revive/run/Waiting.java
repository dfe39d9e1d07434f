// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.thread.Nanos;
import dev.revive.thread.Permits;
import dev.revive.thread.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the threads of one run wait, their permits returned, and where it is seen that all of them wait: then the run may leave memory.
 *
 * <p>A thread is <em>at rest</em> if nothing but time, a message or another thread of the run can wake it: in a timer, or in a join. A run
 * unloads only when every thread it has is at rest, so no effect is in flight, and only for a wait that is worth it: a replay and two writes cost
 * more than to hold a thread for a moment. Whoever comes to rest last looks, and so does everybody who is woken.
 *
 * <p>Whoever is woken is not at rest until it has looked again, though it may not run for a while: what it waits for may be there already, such
 * as its cancellation, and the thread that brought it may be the next to rest.
 */
public final class Waiting {
    private static final long NEVER = -1;

    private final Tools tools;
    private final Permits permits;
    private final Time time;
    private final BooleanSupplier isDropped;
    private final Runnable unload;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition durable = lock.newCondition();
    private final TreeMap<Instant, Integer> timers = new TreeMap<>();
    private final TreeMap<String, Integer> topics = new TreeMap<>();
    private final Set<Thread> interrupted = new HashSet<>();
    private int threads = 1;
    private int atRest;
    private long wakeUps;
    private int unwound;
    private long restingSince;
    private boolean isPressed;
    private boolean isHurried;
    private volatile @Nullable Instant unloadedUntil;
    private volatile Set<String> unloadedFor = Set.of();
    private volatile @Nullable Thread own;

    /**
     * For a run on one thread, not waiting.
     *
     * @param isDropped whether the run is to end
     * @param unload drops the run; called at most while nothing of it runs
     */
    Waiting(Tools tools, BooleanSupplier isDropped, Runnable unload) {
        this.tools = tools;
        this.permits = tools.permits();
        this.time = tools.time();
        this.isDropped = isDropped;
        this.unload = unload;
    }

    // ---- the run's threads

    /** The run's own thread, which is the calling one, begins to run user code. */
    public void begin() {
        own = Thread.currentThread();
        permits.acquire();
    }

    public void end() {
        permits.release();
    }

    /** Another thread begins to, beside it. */
    public void beginHelping() {
        permits.acquireToHelp();
    }

    public void endHelping() {
        permits.releaseOfHelper();
    }

    /** One more thread, before it is started: until it begins it is not at rest. */
    public void enter() {
        locked(() -> threads++);
    }

    /** One less. */
    public void leave() {
        locked(() -> {
            threads--;
            changed.signalAll();
        });
    }

    /** Something changed that a thread may wait for. */
    public void wake() {
        locked(this::rouse);
    }

    /** Something became durable. */
    void wakeDurable() {
        locked(durable::signalAll);
    }

    /** The run ends: everybody looks. */
    void wakeAll() {
        locked(() -> {
            rouse();
            durable.signalAll();
        });
    }

    /** There is no room for others: if the run is at rest, it leaves now, however short its wait. */
    public void press() {
        locked(() -> {
            if (atRest == threads) {
                isPressed = true;
                changed.signalAll();
            }
        });
    }

    /** For a run that has left memory: until its first timer, or null if it waits for news only. */
    @Nullable
    public Instant unloadedUntil() {
        return unloadedUntil;
    }

    /** For a run that has left memory: the topics of the messages that it waits for, in all branches. */
    public Set<String> unloadedFor() {
        return unloadedFor;
    }

    /** Whether a thread of it waits for a message. */
    public boolean isForNews() {
        lock.lock();
        try {
            return !topics.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    // ---- waiting

    /** Does what takes time and is not the user's code. */
    void withoutPermit(Runnable work) {
        if (Thread.currentThread() == own) {
            permits.release();
            try {
                work.run();
            } finally {
                permits.acquire();
            }
            return;
        }
        permits.releaseOfHelper();
        try {
            work.run();
        } finally {
            permits.acquireToHelp();
        }
    }

    /** Waits until the condition holds, or the run is dropped; {@link #wakeDurable} wakes it. */
    void awaitDurable(BooleanSupplier condition) {
        if (isOver(condition)) {
            return;
        }
        whileWaiting(() -> {
            while (!isOver(condition)) {
                durable.awaitUninterruptibly();
            }
        });
    }

    /** Waits, not at rest, until the instant by the engine's clock, the condition, or the run's end. */
    public void awaitAwake(BooleanSupplier condition, Instant until) {
        if (isOver(condition)) {
            return;
        }
        long deadline = deadline(until);
        whileWaiting(() -> {
            while (!isOver(condition) && deadline - time.nanos() > 0) {
                await(deadline - time.nanos());
            }
        });
    }

    /** Waits for the run's own other threads, be it dropped or not. */
    public void awaitJoin(BooleanSupplier condition) {
        if (condition.getAsBoolean()) {
            return;
        }
        whileWaiting(() -> restUntil(condition, Long.MAX_VALUE));
    }

    /**
     * Waits at rest for what it waits for, the condition, or the run's end. The run may leave memory meanwhile: then it is dropped.
     *
     * @param condition true as soon as the wait is over, though its time is not
     */
    void awaitAtRest(BooleanSupplier condition, Wait wait) {
        Instant until = wait.until();
        if (isOver(condition) || (until != null && !until.isAfter(tools.exactNow()))) {
            return;
        }
        long deadline = until == null ? Long.MAX_VALUE : deadline(until);
        whileWaiting(() -> {
            restingSince = time.nanos();
            add(wait);
            try {
                restUntil(() -> isOver(condition) || (until != null && deadline - time.nanos() <= 0), deadline);
            } finally {
                remove(wait);
            }
        });
    }

    /** A branch was unwound that waits so, for want of a thread: as soon as all others are at rest, the run leaves memory. */
    public void addUnwound(Wait wait) {
        locked(() -> {
            unwound++;
            add(wait);
        });
    }

    /** Waits for the run to leave memory, or to be dropped for another reason. */
    void awaitUnloading() {
        whileWaiting(() -> restUntil(isDropped, Long.MAX_VALUE));
    }

    /** A branch that was unwound may have something else to do now than to wait: if there is one, the run is due again as soon as it has left memory. */
    public void hasten() {
        locked(() -> {
            isHurried |= unwound > 0;
            rouse();
        });
    }

    /** Nobody is at rest any more, until it has looked. */
    private void rouse() {
        wakeUps++;
        atRest = 0;
        changed.signalAll();
    }

    /** At rest whenever it has looked, in vain, at what the last wake-up may have brought. */
    private void restUntil(BooleanSupplier condition, long deadline) {
        long looked = NEVER;
        while (!condition.getAsBoolean()) {
            if (looked != wakeUps) {
                looked = wakeUps;
                atRest++;
            }
            rest(deadline);
        }
        if (looked == wakeUps) {
            atRest--;
        }
    }

    private void add(Wait wait) {
        add(timers, wait.until());
        add(topics, wait.topic());
    }

    private void remove(Wait wait) {
        remove(timers, wait.until());
        remove(topics, wait.topic());
    }

    private static <K> void add(Map<K, Integer> counts, @Nullable K key) {
        if (key != null) {
            counts.merge(key, 1, Integer::sum);
        }
    }

    private static <K> void remove(Map<K, Integer> counts, @Nullable K key) {
        if (key != null) {
            counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Unloads if all are at rest and it is worth it; else sleeps until somebody wakes this thread, the deadline, or the end of the patience. */
    @SuppressWarnings("WaitNotInLoop") // the loop is its callers', each with a condition of its own
    private void rest(long deadline) {
        long wakeAt = deadline;
        if (atRest == threads && !isDropped.getAsBoolean()) {
            long unloadAt = unloadAt();
            if (unloadAt - time.nanos() <= 0) {
                Instant first = timers.isEmpty() ? null : timers.firstKey();
                unloadedUntil = isHurried ? tools.exactNow() : first;
                unloadedFor = Set.copyOf(topics.keySet());
                unload.run();
                return;
            }
            wakeAt = Math.min(deadline, unloadAt);
        }
        if (wakeAt == Long.MAX_VALUE) {
            changed.awaitUninterruptibly();
        } else {
            await(wakeAt - time.nanos());
        }
    }

    /** When a run that is at rest is to leave memory; {@code Long.MAX_VALUE} if its first timer fires before that would be worth it. */
    private long unloadAt() {
        boolean hasShortTimer =
                !timers.isEmpty() && timers.firstKey().isBefore(tools.exactNow().plus(tools.unloadAfter()));
        if (unwound > 0 || isPressed) {
            return time.nanos();
        }
        if (hasShortTimer || (timers.isEmpty() && topics.isEmpty())) {
            return Long.MAX_VALUE;
        }
        return topics.isEmpty() ? time.nanos() : restingSince + Nanos.of(tools.unloadAfter());
    }

    private boolean isOver(BooleanSupplier condition) {
        return condition.getAsBoolean() || isDropped.getAsBoolean();
    }

    private long deadline(Instant until) {
        return time.nanos() + Math.max(0, Nanos.of(Duration.between(tools.exactNow(), until)));
    }

    @SuppressWarnings("WaitNotInLoop") // the loop is its callers', each with a condition of its own
    private void await(long nanos) {
        try {
            time.await(changed, nanos);
        } catch (InterruptedException e) {
            interrupted.add(Thread.currentThread());
        }
    }

    /** An interrupt does not end a wait, and is kept. */
    private void whileWaiting(Runnable wait) {
        withoutPermit(() -> locked(() -> {
            try {
                wait.run();
            } finally {
                if (interrupted.remove(Thread.currentThread())) {
                    Thread.currentThread().interrupt();
                }
            }
        }));
    }

    private void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }
}
