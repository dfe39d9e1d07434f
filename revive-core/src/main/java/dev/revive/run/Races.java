// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.store.StepKey;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the races of one run share: whose turn it is, what a look ahead has found, and which messages are let lie. Safe for many threads. */
public final class Races {
    private final ReentrantLock turn = new ReentrantLock();
    private final Map<StepKey, LookAhead> found = new ConcurrentHashMap<>();
    private final Set<String> heldBack = ConcurrentHashMap.newKeySet();

    Races() {}

    /** Held by the branch whose turn it is: between two calls they run one at a time. */
    ReentrantLock turn() {
        return turn;
    }

    /** Notes what a look ahead has found of a race. */
    public void note(StepKey race, LookAhead seen) {
        found.put(race, seen);
    }

    /** What a look ahead has found of a race; null if there is nothing to say. */
    public @Nullable LookAhead found(StepKey race) {
        return found.get(race);
    }

    /** Whether a branch lets what has come for it lie, since a sibling may be about to decide that it is not needed. */
    void holdBack(String topic, boolean isHeldBack) {
        if (isHeldBack) {
            heldBack.add(topic);
        } else {
            heldBack.remove(topic);
        }
    }

    /** The topics of messages that are let lie. */
    public Set<String> heldBack() {
        return heldBack;
    }
}
