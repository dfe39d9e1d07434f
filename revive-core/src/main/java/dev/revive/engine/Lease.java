// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import java.time.Duration;

/**
 * Until when this executor may begin effects, by its own monotonic clock: counted from before the renewal was sent, less a margin, so it ends here
 * before anybody else may take over.
 */
final class Lease {
    private final long nanos;
    private volatile long deadline = System.nanoTime();
    private final boolean isEndless;

    private Lease(Duration duration, boolean isEndless) {
        this.nanos = duration.toNanos() - duration.toNanos() / 5;
        this.isEndless = isEndless;
    }

    /** For a store that nobody else can open. */
    static Lease endless() {
        return new Lease(Duration.ZERO, true);
    }

    static Lease of(Duration duration) {
        return new Lease(duration, false);
    }

    /** Extends the lease. */
    void renewedBy(long sentAtNanos) {
        deadline = sentAtNanos + nanos;
    }

    boolean isValid() {
        return isEndless || deadline - System.nanoTime() > 0;
    }
}
