// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who waits for which workflow's end. */
final class Endings {
    private final Map<String, List<CompletableFuture<Ending>>> waiting = new ConcurrentHashMap<>();
    private volatile @Nullable Supplier<? extends RuntimeException> closed;

    /** Must be {@linkplain #forget forgotten} by whoever asked. */
    CompletableFuture<Ending> expect(String workflowId) {
        CompletableFuture<Ending> future = new CompletableFuture<>();
        waiting.compute(workflowId, (id, futures) -> {
            List<CompletableFuture<Ending>> more = futures == null ? new ArrayList<>() : new ArrayList<>(futures);
            more.add(future);
            return more;
        });
        Supplier<? extends RuntimeException> why = closed;
        if (why != null) {
            future.completeExceptionally(why.get());
        }
        return future;
    }

    void forget(String workflowId, CompletableFuture<Ending> future) {
        waiting.computeIfPresent(workflowId, (id, futures) -> {
            List<CompletableFuture<Ending>> fewer = new ArrayList<>(futures);
            fewer.remove(future);
            return fewer.isEmpty() ? null : fewer;
        });
    }

    void tell(String workflowId, Ending ending) {
        List<CompletableFuture<Ending>> futures = waiting.get(workflowId);
        if (futures != null) {
            futures.forEach(future -> future.complete(ending));
        }
    }

    /** Fails everybody who waits now or later. */
    void close(Supplier<? extends RuntimeException> why) {
        closed = why;
        waiting.values().forEach(futures -> futures.forEach(future -> future.completeExceptionally(why.get())));
    }

    Set<String> awaited() {
        return waiting.keySet();
    }
}
