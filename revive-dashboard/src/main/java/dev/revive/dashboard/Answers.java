// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Answers that were just given, so that twenty pages which ask the same cost the store as much as one. An answer lives for a moment, and is given to
 * nobody who asks after it was {@linkplain #outdate outdated}, even if it was on its way by then.
 *
 * <p>A costly one, of a very long workflow or out of a very large table, is given a little longer all the same: it would be asked for again at every
 * change, and cost the engine more than the page is worth. Pages are told once more after things have calmed down, so they end with what is so.
 */
final class Answers {
    private static final long SHORTEST = Duration.ofMillis(250).toNanos();
    private static final long COSTLY = Duration.ofMillis(25).toNanos();

    /** How much longer than it took to get a costly answer lives: it takes a small part of one thread, however often it is asked for. */
    private static final int FACTOR = 40;

    /** Nothing older is given. */
    static final Duration LONGEST_LAG = Duration.ofSeconds(4);

    private static final int MOST = 64;
    private static final long MOST_BYTES =
            Math.min(64_000_000, Runtime.getRuntime().maxMemory() / 16);

    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Object, Entry> entries = new LinkedHashMap<>();
    private final AtomicLong generation = new AtomicLong();
    private final AtomicLong written = new AtomicLong();

    Answers() {
        this(System::nanoTime);
    }

    Answers(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** One question. Whoever waits for the answer gives it a turn of his own; the first turn of them all answers it, the others are over at once. */
    private final class Entry extends FutureTask<Cached> {
        private final Object key;
        private final long generationThen = generation.get();
        private final long writtenThen = written.get();
        private final AtomicInteger waiting = new AtomicInteger();
        private volatile long began;
        private volatile boolean costly;
        private volatile long freshUntil = Long.MAX_VALUE;
        private volatile int bytes;

        Entry(Object key, Supplier<byte[]> question) {
            super(() -> new Cached(question.get()));
            this.key = key;
        }

        @Override
        public void run() {
            if (began == 0) {
                began = nanos.getAsLong();
            }
            super.run();
        }

        @Override
        protected void set(Cached cached) {
            long ended = nanos.getAsLong();
            bytes = cached.plain().length;
            costly = ended - began >= COSTLY;
            long lag = Math.min(LONGEST_LAG.toNanos(), FACTOR * (ended - began));
            freshUntil = ended + (costly ? lag : SHORTEST);
            super.set(cached);
        }

        /** Given up by one who waited. The question is, by the last of them. */
        @Override
        public boolean cancel(boolean mayInterrupt) {
            return waiting.decrementAndGet() == 0 && super.cancel(false);
        }

        @Override
        protected void done() {
            if (freshUntil == Long.MAX_VALUE) {
                drop(this); // it failed, or was given up
            }
        }
    }

    /** What somebody else has just asked, or is about to; else this question. To be given a turn unless it is done. */
    FutureTask<Cached> to(Object key, Supplier<byte[]> question) {
        lock.lock();
        try {
            Entry known = entries.remove(key);
            Entry entry = known != null && isFresh(known) ? known : new Entry(key, question);
            entry.waiting.incrementAndGet();
            entries.put(key, entry);
            trim();
            return entry;
        } finally {
            lock.unlock();
        }
    }

    private void drop(Entry entry) {
        lock.lock();
        try {
            entries.remove(entry.key, entry);
        } finally {
            lock.unlock();
        }
    }

    private boolean isFresh(Entry entry) {
        return !entry.isCancelled() // given up by all who waited, and about to be dropped
                && entry.writtenThen == written.get()
                && (entry.costly || entry.generationThen == generation.get())
                && (!entry.isDone() || nanos.getAsLong() - entry.freshUntil < 0);
    }

    private void trim() {
        long bytes = entries.values().stream().mapToLong(entry -> entry.bytes).sum();
        var oldest = entries.entrySet().iterator();
        while (oldest.hasNext() && (entries.size() > MOST || bytes > MOST_BYTES)) {
            Entry entry = oldest.next().getValue();
            if (entry.isDone()) {
                bytes -= entry.bytes;
                oldest.remove();
            } else if (entries.size() <= MOST) {
                return;
            }
        }
    }

    /** Something has changed: whoever asks from now on gets a new answer, unless it is a costly one. */
    void outdate() {
        generation.incrementAndGet();
    }

    /** A person has changed something here, and wants to see it: whoever asks from now on gets a new answer. */
    void forget() {
        written.incrementAndGet();
    }
}
