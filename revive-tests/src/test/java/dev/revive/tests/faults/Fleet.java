// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.tests.faults.ErrandsChild.Place;
import dev.revive.tests.support.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The executors' processes, each behind a proxy of its own; a lost one is replaced at once. */
final class Fleet implements AutoCloseable {
    /** From when until when a process stood still, by the clock that all processes share. */
    record Freeze(String process, long fromNanos, long untilNanos) {}

    /** A process. */
    static final class Member {
        private final Place place;
        private final Proxy proxy;
        private final Set<Order> asked = ConcurrentHashMap.newKeySet();
        private volatile boolean isReady;
        private volatile boolean isFrozen;
        private volatile boolean isGone;
        private volatile ChildJvm jvm;

        @SuppressWarnings("NullAway") // the JVM tells this object that it is ready, so it comes second
        private Member(Place place, Proxy proxy) {
            this.place = place;
            this.proxy = proxy;
        }

        String name() {
            return place.name();
        }

        Proxy proxy() {
            return proxy;
        }

        boolean isUp() {
            return isReady && !isFrozen && !isGone;
        }

        boolean isFrozen() {
            return isFrozen;
        }
    }

    private final Arena arena;
    private final Path directory;
    private final Duration lease;
    private final Consumer<Order> done;
    private final List<Member> members = new CopyOnWriteArrayList<>();
    private final List<Member> all = new CopyOnWriteArrayList<>();
    private final List<Freeze> freezes = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();

    /** @param done told an order that was done */
    Fleet(Arena arena, Path directory, Duration lease, Consumer<Order> done) {
        this.arena = arena;
        this.directory = directory;
        this.lease = lease;
        this.done = done;
    }

    /** One more process. */
    void enlist() {
        int number = all.size() + 1;
        Proxy proxy = arena.proxy();
        Place place = new Place(arena.url(proxy), directory, "p" + number, lease, number % 3 != 0);
        Member member = new Member(place, proxy);
        member.jvm = ChildJvm.start(
                ErrandsChild.class,
                List.of(
                        "-Xmx128m",
                        "-Xss512k",
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                        "-Dorg.slf4j.simpleLogger.showDateTime=true",
                        "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS"),
                ProcessBuilder.Redirect.to(place.log().toFile()),
                line -> hear(member, line),
                place.arguments());
        all.add(member);
        members.add(member);
    }

    private void hear(Member member, String line) {
        if (line.equals("R")) {
            member.isReady = true;
        } else {
            Order order = Order.of(line.substring(2));
            member.asked.remove(order);
            done.accept(order);
        }
    }

    /** Those in service, frozen or not. */
    List<Member> members() {
        return members;
    }

    List<Member> up() {
        return members.stream().filter(Member::isUp).toList();
    }

    /** All there ever were. */
    List<Place> places() {
        return all.stream().map(member -> member.place).toList();
    }

    List<Freeze> freezes() {
        return new ArrayList<>(freezes);
    }

    void ask(Member member, Order order) {
        member.asked.add(order);
        try {
            member.jvm.tell(order.line());
        } catch (RuntimeException e) {
            // It is being killed: what it did not acknowledge is asked of another.
        }
    }

    /** Kills it, and starts another in its place. Answers what it had not yet acknowledged. */
    Set<Order> kill(Member member) {
        members.remove(member);
        member.isGone = true;
        member.jvm.kill();
        member.proxy.close();
        enlist();
        return member.asked;
    }

    void freeze(Member member) {
        member.isFrozen = true;
        long now = System.nanoTime();
        member.jvm.freeze();
        freezes.add(new Freeze(member.name(), now, Long.MAX_VALUE));
    }

    void thaw(Member member) {
        Freeze open = freezes.stream()
                .filter(freeze -> freeze.process().equals(member.name()) && freeze.untilNanos() == Long.MAX_VALUE)
                .findFirst()
                .orElseThrow();
        member.jvm.thaw();
        freezes.remove(open);
        freezes.add(new Freeze(member.name(), open.fromNanos(), System.nanoTime()));
        member.isFrozen = false;
    }

    /** Takes a frozen one out of service, and starts another in its place. It is never continued. */
    Set<Order> giveUp(Member member) {
        members.remove(member);
        member.isGone = true;
        enlist();
        return member.asked;
    }

    /** Those that ended by themselves, which none may. */
    List<String> dead() {
        return members.stream()
                .filter(member -> !member.jvm.isAlive())
                .map(Member::name)
                .toList();
    }

    /** All in service stop gracefully; those that were given up are killed. */
    void stop() {
        members.forEach(member -> member.jvm.tell("stop"));
        for (Member member : members) {
            int exit = member.jvm.await();
            if (exit != 0) {
                violations.add(member.name() + " was told to stop and ended with " + exit);
            }
        }
        all.stream().filter(Member::isFrozen).forEach(member -> member.jvm.kill());
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    @Override
    public void close() {
        all.forEach(member -> {
            member.jvm.close();
            member.proxy.close();
        });
    }
}
