// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.tests.faults.Fleet.Member;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keeps so many workflows active: as some end, others are asked to be started, of whichever process there is. */
final class Feeder {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration UNTIL_LATE = Duration.ofMillis(700);
    private static final Duration UNTIL_ASKED_AGAIN = Duration.ofSeconds(8);

    private final Arena arena;
    private final int target;
    private final Random chance;
    private final Set<String> issued = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> unacknowledged = new ConcurrentHashMap<>();
    private final Queue<String> waiting = new ArrayDeque<>();
    private volatile boolean isOver;
    private volatile boolean isFed;
    private volatile int fewest = Integer.MAX_VALUE;
    private volatile @Nullable Throwable failure;
    private @Nullable Thread thread;

    Feeder(Arena arena, int target, long seed) {
        this.arena = arena;
        this.target = target;
        this.chance = new Random(seed);
    }

    void start(Fleet fleet) {
        Thread feeding = new Thread(() -> feed(fleet), "feeder");
        feeding.setDaemon(true);
        feeding.start();
        thread = feeding;
        Faults.await("enough workflows are active", () -> isFed || failure != null);
    }

    /** Starts no more, and waits until all that were asked for are acknowledged. */
    void stop() {
        isOver = true;
        Faults.await("all starts are acknowledged", () -> failure != null || unacknowledged.isEmpty());
        requireAlive();
    }

    void requireAlive() {
        if (failure != null) {
            throw new AssertionError("The feeder has failed.", failure);
        }
    }

    void started(String workflowId) {
        unacknowledged.remove(workflowId);
    }

    /** Their process is gone; they may have been started or not. */
    synchronized void askAgain(Collection<String> workflowIds) {
        workflowIds.stream().filter(unacknowledged::containsKey).forEach(waiting::add);
    }

    /** All ids that were ever asked for. */
    Set<String> issued() {
        return issued;
    }

    /** The smallest number of active workflows that was seen, once there were enough. */
    int fewest() {
        return fewest;
    }

    private void feed(Fleet fleet) {
        try {
            while (!isOver || !unacknowledged.isEmpty()) {
                turn(fleet);
                Faults.pause(PAUSE);
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private synchronized void turn(Fleet fleet) {
        List<Member> up = fleet.up();
        if (up.isEmpty()) {
            return;
        }
        askLateOnesAgain();
        int missing = isOver ? 0 : target - active() - onTheirWay();
        for (int i = 0; i < missing; i++) {
            String id = "errand-" + (issued.size() + 1);
            issued.add(id);
            waiting.add(id);
        }
        while (!waiting.isEmpty()) {
            String id = waiting.remove();
            unacknowledged.put(id, System.nanoTime());
            fleet.ask(up.get(chance.nextInt(up.size())), id);
        }
    }

    /** Those asked of a process that just now hears and sees nothing do not count: there must be enough without them. */
    private int onTheirWay() {
        long limit = System.nanoTime() - UNTIL_LATE.toNanos();
        return (int) unacknowledged.values().stream()
                .filter(since -> since - limit > 0)
                .count();
    }

    private void askLateOnesAgain() {
        long limit = System.nanoTime() - UNTIL_ASKED_AGAIN.toNanos();
        unacknowledged.forEach((id, since) -> {
            if (since - limit < 0 && !waiting.contains(id)) {
                waiting.add(id);
            }
        });
    }

    /** As many as are wanted if the database is down, and cannot say. */
    private int active() {
        int active;
        try {
            active = arena.active();
        } catch (IllegalStateException e) {
            return target;
        }
        isFed |= active >= target * 9 / 10;
        if (isFed && !isOver) {
            fewest = Math.min(fewest, active);
        }
        return active;
    }
}
