// SPDX-License-Identifier: Apache-2.0
package dev.revive.lane;

import dev.revive.store.StoreLockedException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.workflow.Printable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says that the store does not answer once, when that begins, and once when it is over: what waits tries again and again, for hours perhaps. */
public final class Outage {
    private static final Logger log = LoggerFactory.getLogger(Outage.class);

    private final String what;
    private final AtomicBoolean lasts = new AtomicBoolean();

    /**
     * None so far.
     *
     * @param what waits meanwhile, as in a sentence
     */
    public Outage(String what) {
        this.what = what;
    }

    /** Does what asks the store. */
    public void watch(Runnable work) {
        ask(() -> {
            work.run();
            return true;
        });
    }

    /** Asks the store, and passes on what it says. */
    public <T> T ask(Supplier<T> question) {
        try {
            T answer = question.get();
            if (lasts.compareAndSet(true, false)) {
                log.info("The store answers again, {} goes on", what);
            }
            return answer;
        } catch (StoreUnavailableException e) {
            if (e instanceof StoreLockedException) {
                log.debug("{} waits: {}", what, Printable.of(e));
            } else if (lasts.compareAndSet(false, true)) {
                log.warn("The store does not answer, {} waits: {}", what, Printable.of(e));
            } else {
                log.debug("The store still does not answer, {} waits: {}", what, Printable.of(e));
            }
            throw e;
        }
    }
}
