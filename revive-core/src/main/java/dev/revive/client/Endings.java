// SPDX-License-Identifier: Apache-2.0
package dev.revive.client;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who waits for which workflow's end. */
public final class Endings {
    private static final Duration PAUSE_PER_ENDING = Duration.ofNanos(100_000);

    private final Map<String, Set<Expectation>> waiting = new ConcurrentHashMap<>();
    private volatile @Nullable Supplier<? extends RuntimeException> closed;

    /** Begins to wait; whatever is told from now on is heard. */
    Expectation expect(String workflowId) {
        Expectation expectation = new Expectation(workflowId);
        waiting.compute(workflowId, (id, others) -> {
            Set<Expectation> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            all.add(expectation);
            return all;
        });
        Supplier<? extends RuntimeException> why = closed;
        if (why != null) {
            expectation.ending.completeExceptionally(why.get());
        }
        return expectation;
    }

    public void tell(String workflowId, Ending ending) {
        waiting.getOrDefault(workflowId, Set.of()).forEach(expectation -> expectation.tell(ending));
    }

    /** Whoever waits in vain is told that it is paused. */
    public void tellPaused(String workflowId, boolean isPaused) {
        waiting.getOrDefault(workflowId, Set.of()).forEach(expectation -> expectation.isPaused = isPaused);
    }

    /** Fails everybody who waits now or later. */
    void close(Supplier<? extends RuntimeException> why) {
        closed = why;
        RuntimeException end = why.get();
        waiting.values().forEach(all -> all.forEach(expectation -> expectation.ending.completeExceptionally(end)));
    }

    /** Until the next look: it reads all that are waited for, so it is to take little of the time, however many they are. */
    public static Duration pause(Duration shortest, int lookedFor) {
        return shortest.plus(PAUSE_PER_ENDING.multipliedBy(lookedFor));
    }

    public Set<String> awaited() {
        return waiting.keySet();
    }

    /** One caller who waits. */
    final class Expectation implements AutoCloseable {
        private final String workflowId;
        private final CompletableFuture<Ending> ending = new CompletableFuture<>();
        private volatile boolean isPaused;

        private Expectation(String workflowId) {
            this.workflowId = workflowId;
        }

        void tell(Ending told) {
            ending.complete(told);
        }

        /** When it was last looked at. */
        boolean isPaused() {
            return isPaused;
        }

        /** @param deadline by {@link System#nanoTime} */
        Ending await(long deadline) throws InterruptedException, ExecutionException, TimeoutException {
            return ending.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public void close() {
            waiting.computeIfPresent(workflowId, (id, all) -> {
                all.remove(this);
                return all.isEmpty() ? null : all;
            });
        }
    }
}
