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

/**
 * Keeps so many errands active: as some end, others are asked to be started, of whichever process there is. Beside them it has mailboxes sent what is for
 * them, and resumed when they are paused.
 */
final class Feeder {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration UNTIL_LATE = Duration.ofMillis(700);
    private static final Duration UNTIL_ASKED_AGAIN = Duration.ofSeconds(8);

    private static final Duration UNTIL_RESUMED = Duration.ofMillis(700);
    private static final int MAIL_ON_ITS_WAY = 24;
    private static final int FAMILIES_ON_THEIR_WAY = 4;

    /** Times as many errands as are to be active: on a machine that is too busy to start them, more would only make it busier. */
    private static final int MOST_ON_THEIR_WAY = 2;

    private final Arena arena;
    private final int target;
    private final Random chance;
    private final Set<String> issued = ConcurrentHashMap.newKeySet();
    private final Set<String> mailboxes = ConcurrentHashMap.newKeySet();
    private final Set<String> families = ConcurrentHashMap.newKeySet();
    private final Map<Order, Long> unacknowledged = new ConcurrentHashMap<>();
    private final Queue<Order> waiting = new ArrayDeque<>();
    private volatile boolean isOver;
    private volatile boolean isAllEnded;
    private volatile boolean isFed;
    private volatile int fewest = Integer.MAX_VALUE;
    private volatile @Nullable Throwable failure;
    private @Nullable Thread thread;
    private long resumedAt = System.nanoTime();

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

    /** Asks for no more, and waits until all that was asked for is done, and all workflows have ended. */
    void stop() {
        isOver = true;
        Faults.await(() -> "done: " + unacknowledged.keySet(), () -> failure != null || unacknowledged.isEmpty());
        Faults.await(
                () -> "ended: " + arena.unfinished(),
                () -> failure != null || arena.unfinished().isEmpty());
        isAllEnded = true;
        requireAlive();
    }

    void requireAlive() {
        if (failure != null) {
            throw new AssertionError("The feeder has failed.", failure);
        }
    }

    void done(Order order) {
        unacknowledged.remove(order);
    }

    /** Their process is gone; they may have been done or not. */
    synchronized void askAgain(Collection<Order> orders) {
        orders.stream().filter(unacknowledged::containsKey).forEach(waiting::add);
    }

    /** All errands that were ever asked for. */
    Set<String> issued() {
        return issued;
    }

    /** All mailboxes that were ever to be sent something. */
    Set<String> mailboxes() {
        return mailboxes;
    }

    /** All families that were ever asked for. */
    Set<String> families() {
        return families;
    }

    /** The smallest number of active workflows that was seen, once there were enough. */
    int fewest() {
        return fewest;
    }

    private void feed(Fleet fleet) {
        try {
            while (!isAllEnded) {
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
        if (!isOver) {
            issueErrands();
            issueMail();
            issueFamily();
        }
        while (!waiting.isEmpty()) {
            Order order = waiting.remove();
            unacknowledged.put(order, System.nanoTime());
            fleet.ask(anyOf(up), order);
        }
        resumePaused(fleet, up);
    }

    private Member anyOf(List<Member> up) {
        return up.get(chance.nextInt(up.size()));
    }

    private void issueErrands() {
        int missing = Math.min(target - active() - onTheirWay(), MOST_ON_THEIR_WAY * target - unacknowledgedErrands());
        for (int i = 0; i < missing; i++) {
            String id = Errand.PREFIX + (issued.size() + 1);
            issued.add(id);
            waiting.add(Order.start(id));
        }
    }

    private void issueMail() {
        long onItsWay = unacknowledged.keySet().stream().filter(Order::isMail).count();
        while (onItsWay < MAIL_ON_ITS_WAY) {
            Mail mail = Mail.to(Mail.PREFIX + (mailboxes.size() + 1));
            mailboxes.add(mail.mailbox());
            waiting.addAll(mail.orders());
            onItsWay += mail.orders().size();
        }
    }

    /** One a turn, unless that is too much. */
    private void issueFamily() {
        long onTheirWay = unacknowledged.keySet().stream()
                .filter(order -> order.id().startsWith(Families.PREFIX))
                .count();
        if (onTheirWay < FAMILIES_ON_THEIR_WAY) {
            String id = Families.PREFIX + (families.size() + 1);
            families.add(id);
            waiting.add(Order.start(id));
        }
    }

    /** Who had it paused may be gone: that somebody has it resumed is up to the feeder, now and then, until nothing is paused. */
    private void resumePaused(Fleet fleet, List<Member> up) {
        long now = System.nanoTime();
        if (now - resumedAt > UNTIL_RESUMED.toNanos()) {
            resumedAt = now;
            paused().forEach(id -> fleet.ask(anyOf(up), Order.resume(id)));
        }
    }

    /** None if the database is down, and cannot say. */
    private List<String> paused() {
        try {
            return arena.paused();
        } catch (IllegalStateException e) {
            return List.of();
        }
    }

    /** Those asked of a process that just now hears and sees nothing do not count: there must be enough without them. */
    private int onTheirWay() {
        long limit = System.nanoTime() - UNTIL_LATE.toNanos();
        return (int) unacknowledged.entrySet().stream()
                .filter(order -> !order.getKey().isMail() && order.getValue() - limit > 0)
                .count();
    }

    private int unacknowledgedErrands() {
        return (int) unacknowledged.keySet().stream()
                .filter(order -> !order.isMail())
                .count();
    }

    private void askLateOnesAgain() {
        long limit = System.nanoTime() - UNTIL_ASKED_AGAIN.toNanos();
        unacknowledged.forEach((order, since) -> {
            if (since - limit < 0 && !waiting.contains(order)) {
                waiting.add(order);
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
