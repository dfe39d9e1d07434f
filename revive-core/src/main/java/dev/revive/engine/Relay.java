// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.lane.Outage;
import dev.revive.store.StoreUnavailableException;
import dev.revive.thread.Periodic;
import dev.revive.thread.Time;
import java.time.Duration;

/**
 * Does what applications asked for in transactions of their own, once these are committed. Nobody tells of a commit: after somebody has asked for something
 * here it is looked for again and again, each time after about as long as it has been, up to a second; and now and then in any case, for the process that
 * would have looked may be dead. On a thread of its own.
 */
final class Relay {
    private static final Duration FIRST = Duration.ofMillis(5);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    /** After this time it is left to the look that comes in any case. */
    private static final Duration EXPECTED_FOR = Duration.ofMinutes(2);

    private static final Duration OTHERS = Duration.ofSeconds(5);
    private static final Duration NO_OTHERS = Duration.ofMinutes(1);

    /** Whose it is. */
    interface Owner {
        /** Whether others write to the store, too. */
        boolean isShared();

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
    private volatile long expectedSince;
    private volatile boolean isExpecting;

    Relay(String name, Owner owner, Time time) {
        this.owner = owner;
        this.time = time;
        this.thread =
                new Periodic(name, time, () -> owner.isShared() ? OTHERS : NO_OTHERS, this::turn, owner::keeperEnded);
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

    private void turn() {
        try {
            boolean isLeft = outage.ask(owner::deliver);
            pauseOfLeft = isLeft ? shorter(pauseOfLeft.multipliedBy(2), LONGEST) : FIRST;
            if (isLeft) {
                thread.wakeIn(pauseOfLeft);
            }
        } catch (StoreUnavailableException e) {
            thread.wakeIn(LONGEST);
        }
        expectMore();
    }

    private void expectMore() {
        if (isExpecting) {
            Duration since = Duration.ofNanos(time.nanos() - expectedSince);
            if (since.compareTo(EXPECTED_FOR) > 0) {
                isExpecting = false;
            } else {
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
