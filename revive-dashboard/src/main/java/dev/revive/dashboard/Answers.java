// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Answers that were just given, so that twenty pages which ask the same cost the store as much as one. An answer lives for a moment, and is given to
 * nobody who asks after it was {@linkplain #outdate outdated}, even if it was on its way by then.
 *
 * <p>A dear one, of a very long workflow or out of a very large table, is given a little longer all the same: it would be asked for again at every
 * change, and cost the engine more than the page is worth. Pages are told once more after things have calmed down, so they end with what is so.
 */
final class Answers {
    private static final long SHORTEST = Duration.ofMillis(250).toNanos();
    private static final long DEAR = Duration.ofMillis(25).toNanos();

    /** How much longer than it took to get a dear answer lives: it takes a small part of one thread, however often it is asked for. */
    private static final int FACTOR = 40;

    /** Nothing older is given. */
    static final Duration LONGEST_LAG = Duration.ofSeconds(4);

    private static final int MOST = 64;
    private static final long MOST_BYTES =
            Math.min(64_000_000, Runtime.getRuntime().maxMemory() / 16);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Object, Entry> entries = new LinkedHashMap<>();
    private final AtomicLong generation = new AtomicLong();
    private final AtomicLong written = new AtomicLong();

    private static final class Entry {
        private final long generation;
        private final long written;
        private volatile boolean dear;
        private final CompletableFuture<Cached> answer = new CompletableFuture<>();
        private volatile long freshUntil = Long.MAX_VALUE;
        private volatile int bytes;

        Entry(long generation, long written) {
            this.generation = generation;
            this.written = written;
        }
    }

    /** The answer that somebody else just got, or is about to get; else asks. */
    Cached get(Object key, Supplier<byte[]> question) {
        Entry mine = new Entry(generation.get(), written.get());
        Entry entry = freshOr(key, mine);
        if (entry == mine) {
            answer(key, mine, question);
        }
        try {
            return entry.answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    private Entry freshOr(Object key, Entry mine) {
        lock.lock();
        try {
            Entry known = entries.remove(key);
            Entry entry = known != null && isFresh(known) ? known : mine;
            entries.put(key, entry);
            trim();
            return entry;
        } finally {
            lock.unlock();
        }
    }

    private void answer(Object key, Entry entry, Supplier<byte[]> question) {
        long began = System.nanoTime();
        try {
            Cached cached = new Cached(question.get());
            long ended = System.nanoTime();
            entry.bytes = cached.plain().length;
            entry.dear = ended - began >= DEAR;
            long lag = Math.min(LONGEST_LAG.toNanos(), FACTOR * (ended - began));
            entry.freshUntil = ended + (entry.dear ? lag : SHORTEST);
            entry.answer.complete(cached);
        } catch (RuntimeException | Error e) {
            lock.lock();
            try {
                entries.remove(key, entry);
            } finally {
                lock.unlock();
            }
            entry.answer.completeExceptionally(e);
        }
    }

    private boolean isFresh(Entry entry) {
        return entry.written == written.get()
                && (entry.dear || entry.generation == generation.get())
                && (!entry.answer.isDone() || System.nanoTime() - entry.freshUntil < 0);
    }

    private void trim() {
        long bytes = entries.values().stream().mapToLong(entry -> entry.bytes).sum();
        var oldest = entries.entrySet().iterator();
        while (oldest.hasNext() && (entries.size() > MOST || bytes > MOST_BYTES)) {
            Entry entry = oldest.next().getValue();
            if (entry.answer.isDone()) {
                bytes -= entry.bytes;
                oldest.remove();
            } else if (entries.size() <= MOST) {
                return;
            }
        }
    }

    /** Something has changed: whoever asks from now on gets a new answer, unless it is a dear one. */
    void outdate() {
        generation.incrementAndGet();
    }

    /** A person has changed something here, and wants to see it: whoever asks from now on gets a new answer. */
    void forget() {
        written.incrementAndGet();
    }
}
