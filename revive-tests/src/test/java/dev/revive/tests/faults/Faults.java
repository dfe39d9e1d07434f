// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.tests.faults.Arena.Held;
import dev.revive.tests.faults.Fleet.Member;
import dev.revive.tests.faults.Proxy.Swallowing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What is done to a fleet and its database, one fault after the other, some while another lasts. */
final class Faults {
    /** The kinds of faults. */
    enum Fault {
        KILL,
        STOP,
        ABANDON,
        DATABASE,
        RESET,
        BLACK_HOLE
    }

    /**
     * What became of a process that was frozen for ever.
     *
     * @param workflows how many it had in hand
     * @param suspects how many of them had not gone on by then, for they had ended their processes before, and go on one by one
     * @param time until the last of the others was claimed, by the server's clock
     */
    record Takeover(int workflows, int suspects, Duration time) {}

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Arena arena;
    private final Fleet fleet;
    private final Feeder feeder;
    private final Duration lease;
    private final Random chance;
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);
    private final List<Takeover> takeovers = new ArrayList<>();
    private CompletableFuture<?> thaw = CompletableFuture.completedFuture(null);
    private CompletableFuture<?> passing = CompletableFuture.completedFuture(null);

    Faults(Arena arena, Fleet fleet, Feeder feeder, Duration lease, long seed) {
        this.arena = arena;
        this.fleet = fleet;
        this.feeder = feeder;
        this.lease = lease;
        this.chance = new Random(seed);
    }

    /** How many of each kind belong into a run of so many seconds: into ten minutes 60 kills, 15 stops, 8 restarts. */
    static Map<Fault, Integer> planFor(int seconds) {
        Map<Fault, Integer> plan = new EnumMap<>(Fault.class);
        plan.put(Fault.KILL, Math.max(4, seconds / 10));
        plan.put(Fault.STOP, Math.max(2, seconds / 40));
        plan.put(Fault.ABANDON, Math.max(1, seconds / 300));
        plan.put(Fault.DATABASE, Math.max(1, seconds / 75));
        plan.put(Fault.RESET, Math.max(2, seconds / 20));
        plan.put(Fault.BLACK_HOLE, Math.max(2, seconds / 30));
        return plan;
    }

    Map<Fault, Integer> done() {
        return done;
    }

    List<Takeover> takeovers() {
        return takeovers;
    }

    void all(Duration time) {
        Map<Fault, Integer> plan = planFor((int) time.toSeconds());
        List<Fault> faults = new ArrayList<>();
        plan.forEach((fault, count) -> faults.addAll(Collections.nCopies(count, fault)));
        Collections.shuffle(faults, chance);
        long begin = System.nanoTime();
        for (int i = 0; i < faults.size(); i++) {
            cause(faults.get(i));
            done.merge(faults.get(i), 1, Integer::sum);
            long next = begin + time.toNanos() * (i + 1) / faults.size();
            pause(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
            requireNoFailure();
        }
        calm();
    }

    private void cause(Fault fault) {
        switch (fault) {
            case KILL -> feeder.askAgain(fleet.kill(victim()));
            case STOP -> stop();
            case ABANDON -> abandon();
            case DATABASE -> killDatabase();
            case RESET -> victims().forEach(member -> member.proxy().reset());
            case BLACK_HOLE -> blackHole();
        }
    }

    // ---- each of them

    private void stop() {
        thaw.join();
        Member victim = victim();
        fleet.freeze(victim);
        Duration time = lease.plusMillis(200 + chance.nextInt((int) lease.toMillis()));
        thaw = later(time, () -> {
            if (victim.isFrozen() && fleet.members().contains(victim)) {
                fleet.thaw(victim);
            }
        });
    }

    /** Nothing else is wrong meanwhile, so that it can be said how long it takes. */
    private void abandon() {
        calm();
        Member victim = victim();
        AtomicReference<Set<Held>> hand = new AtomicReference<>(Set.of());
        AtomicLong frozenAt = new AtomicLong();
        await("it is frozen with something in hand", () -> {
            frozenAt.set(arena.now());
            fleet.freeze(victim);
            hand.set(arena.heldBy(victim.name()));
            if (hand.get().isEmpty()) {
                fleet.thaw(victim);
            }
            return !hand.get().isEmpty();
        });
        Set<Held> held = hand.get();
        await(
                () -> "its workflows are taken over: " + arena.rows(arena.unclaimed(held)),
                () -> arena.unclaimed(held).isEmpty());
        Duration time = Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(arena.now() - frozenAt.get()));
        takeovers.add(new Takeover(held.size(), arena.unclaimedSuspects(held).size(), time));
        feeder.askAgain(fleet.giveUp(victim));
    }

    private void killDatabase() {
        arena.kill();
        pause(Duration.ofMillis(chance.nextInt(800)));
        arena.restart();
    }

    private void blackHole() {
        passing.join();
        List<Member> victims = victims();
        Swallowing what = chance.nextBoolean() ? Swallowing.EVERYTHING : Swallowing.ANSWERS;
        victims.forEach(member -> member.proxy().swallow(what));
        // From a bit longer than the socket timeout to a bit longer than the lease.
        Duration time = lease.dividedBy(4).plusMillis(200 + chance.nextInt((int) lease.toMillis()));
        passing = later(time, () -> victims.forEach(member -> member.proxy().pass()));
    }

    /** All executors are in service, and the network is well, and so is the database: after an outage a pool takes seconds to connect again. */
    private void calm() {
        thaw.join();
        passing.join();
        await(
                "all executors are ready",
                () -> fleet.up().size() == fleet.members().size());
        long since = arena.now();
        List<String> names = fleet.members().stream().map(Member::name).toList();
        await(
                "all executors have renewed their leases",
                () -> arena.renewedSince(since).containsAll(names));
    }

    private Member victim() {
        await("an executor is ready", () -> !fleet.up().isEmpty());
        List<Member> up = fleet.up();
        return up.get(chance.nextInt(up.size()));
    }

    private List<Member> victims() {
        return chance.nextInt(3) == 0 ? fleet.members() : List.of(victim());
    }

    // ---- time

    private static CompletableFuture<?> later(Duration time, Runnable work) {
        return CompletableFuture.runAsync(
                work, CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS));
    }

    static void await(String what, BooleanSupplier condition) {
        await(() -> what, condition);
    }

    static void await(Supplier<String> what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (deadline - System.nanoTime() < 0) {
                throw new AssertionError("Not within " + PATIENCE + ": " + what.get());
            }
            pause(Duration.ofMillis(20));
        }
    }

    static void pause(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            throw new IllegalStateException("The test ran out of time.", e);
        }
    }

    private void requireNoFailure() {
        List<String> dead = fleet.dead();
        if (!dead.isEmpty()) {
            throw new AssertionError("Ended by themselves: " + dead);
        }
        feeder.requireAlive();
    }
}
