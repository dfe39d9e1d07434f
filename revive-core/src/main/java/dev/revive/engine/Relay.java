// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.lane.Outage;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.thread.Periodic;
import dev.revive.thread.Time;
import dev.revive.workflow.Printable;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what applications asked for in transactions of their own, once these are committed. Nobody tells of a commit: after somebody has asked for something
 * here it is looked for again and again, each time after about as long as it has been, up to a second; and now and then in any case, for the process that
 * would have looked may be dead. On a thread of its own.
 */
final class Relay {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    private static final Duration FIRST = Duration.ofMillis(5);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    /** After this time it is left to the look that comes in any case. */
    private static final Duration EXPECTED_FOR = Duration.ofMinutes(2);

    private static final Duration IN_ANY_CASE = Duration.ofSeconds(5);

    /** Whose it is. */
    interface Owner {
        /** Does what is there; answers true if something had to be left. */
        boolean deliver();

        /** There is nobody any more who would look. */
        void keeperEnded(Throwable why);
    }

    private final Outage outage = new Outage("the look into the outbox");
    private final Owner owner;
    private final Time time;
    private final Periodic thread;
    private Duration pauseOfLeft = FIRST;
    private boolean isRefused;
    private volatile long expectedSince;
    private volatile boolean isExpecting;

    Relay(String name, Owner owner, Time time) {
        this.owner = owner;
        this.time = time;
        this.thread = new Periodic(name, time, () -> IN_ANY_CASE, this::turn, owner::keeperEnded);
    }

    Periodic thread() {
        return thread;
    }

    /** Something was asked for in a transaction that may be committed soon. */
    void expect() {
        expectedSince = time.nanos();
        isExpecting = true;
        thread.wakeIn(FIRST);
    }

    /** Something is there, in a transaction that is committed. */
    void hurry() {
        thread.wakeIn(Duration.ZERO);
    }

    private void turn() {
        try {
            boolean isLeft = outage.ask(owner::deliver);
            pauseOfLeft = isLeft ? shorter(pauseOfLeft.multipliedBy(2), LONGEST) : FIRST;
            if (isLeft) {
                thread.wakeIn(pauseOfLeft);
            }
            isRefused = false;
        } catch (StoreUnavailableException e) {
            thread.wakeIn(LONGEST);
        } catch (StoreException e) {
            if (!isRefused) {
                log.warn("The outbox cannot be read, and what is in it waits: {}", Printable.of(e));
            }
            isRefused = true;
        }
        expectMore();
    }

    private void expectMore() {
        if (isExpecting) {
            isExpecting = false; // first: whoever expects something from now on sets it again
            Duration since = Duration.ofNanos(time.nanos() - expectedSince);
            if (since.compareTo(EXPECTED_FOR) <= 0) {
                isExpecting = true;
                thread.wakeIn(shorter(longer(since, FIRST), LONGEST));
            }
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
