// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Answer;
import dev.revive.store.Operation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a batch around the rows that somebody else keeps locked: a person in a console, an idle transaction, a job that goes through the table. A
 * workflow whose rows are locked is answered {@link Answer#LOCKED}, and its neighbours do not notice, but for the one wait that tells.
 *
 * <p>The batch is written at once, as if nobody had locked anything. If it waits in vain, the rows that are locked are looked for; the others are
 * written at once, and each locked workflow by itself, without a wait. If no row of a workflow is locked it may be one of a step, or the table: then
 * each is written by itself, for as long as {@link #PATIENCE} lasts. Whoever was waited for in vain is written by itself from then on, until that
 * succeeds.
 *
 * <p>One that sends needs the row of another workflow, too. It is a batch by itself, and does not wait for that row: if it is locked, the sender is
 * answered {@link Answer#LOCKED}.
 */
final class AroundLocks {
    /** How long those that are written by themselves may keep the lane, together; whoever is not reached is the first next time. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final JdbcSeat seat;
    private final int lane;
    private final Database database;
    private final HeldConnection held;
    private final Function<List<Operation>, List<Answer>> atOnce;

    /** Waited for in vain, the longest ago first. */
    private final Set<String> locked = new LinkedHashSet<>();

    /**
     * Of a lane.
     *
     * @param atOnce writes what is in nobody's way; may be locked out. What it has written then, in a transaction of its own before that, is accepted when
     *     it is written again, as after an answer that was lost
     */
    AroundLocks(
            JdbcSeat seat,
            int lane,
            Database database,
            HeldConnection held,
            Function<List<Operation>, List<Answer>> atOnce) {
        this.seat = seat;
        this.lane = lane;
        this.database = database;
        this.held = held;
        this.atOnce = atOnce;
    }

    List<Answer> write(List<Operation> batch) {
        if (locked.isEmpty()) {
            try {
                return atOnce.apply(batch);
            } catch (LockedOutException e) {
                return apart(batch, this::lockedOf);
            }
        }
        return apart(batch, ids -> locked.stream().filter(ids::contains).collect(Collectors.toSet()));
    }

    /** The suspects by themselves, the others at once; if even these are locked out, all of them by themselves. */
    private List<Answer> apart(List<Operation> batch, Function<Set<String>, Set<String>> suspects) {
        Answer[] answers = new Answer[batch.size()];
        Map<String, List<Integer>> alone = placesByWorkflow(batch);
        Map<String, List<Integer>> others = new LinkedHashMap<>(alone);
        others.keySet().removeAll(suspects.apply(Set.copyOf(alone.keySet())));
        List<Integer> places =
                others.values().stream().flatMap(List::stream).sorted().toList();
        if (places.isEmpty() || isWrittenAtOnce(batch, places, answers)) {
            alone.keySet().removeAll(others.keySet());
        }
        writeEach(batch, alone, answers);
        return Arrays.asList(answers);
    }

    private static Map<String, List<Integer>> placesByWorkflow(List<Operation> batch) {
        Map<String, List<Integer>> places = new LinkedHashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            places.computeIfAbsent(batch.get(i).workflowId(), id -> new ArrayList<>())
                    .add(i);
        }
        return places;
    }

    private boolean isWrittenAtOnce(List<Operation> batch, List<Integer> places, Answer[] answers) {
        try {
            put(answers, places, atOnce.apply(places.stream().map(batch::get).toList()));
            return true;
        } catch (LockedOutException e) {
            return false;
        }
    }

    private void writeEach(List<Operation> batch, Map<String, List<Integer>> alone, Answer[] answers) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        List<String> inVain = new ArrayList<>();
        for (String id : inTurn(alone.keySet())) {
            List<Integer> places = alone.getOrDefault(id, List.of());
            boolean isTime = end - System.nanoTime() > 0;
            if (isTime && isWritten(batch, places, answers)) {
                locked.remove(id);
            } else {
                put(answers, places, Collections.nCopies(places.size(), Answer.LOCKED));
                (isTime ? inVain : locked).add(id);
            }
        }
        locked.removeAll(inVain);
        locked.addAll(inVain);
    }

    /** Who was not tried yet comes first, then who was tried the longest ago. */
    private List<String> inTurn(Set<String> ids) {
        return Stream.concat(
                        ids.stream().filter(id -> !locked.contains(id)),
                        List.copyOf(locked).stream().filter(ids::contains))
                .toList();
    }

    private boolean isWritten(List<Operation> batch, List<Integer> places, Answer[] answers) {
        List<Operation> its = places.stream().map(batch::get).toList();
        try {
            put(
                    answers,
                    places,
                    seat.fenced(
                            held,
                            lane,
                            session -> CarefulWriter.hurried(session, database, seat.executorId())
                                    .write(its)));
            return true;
        } catch (LockedOutException e) {
            return false;
        }
    }

    /**
     * Of these workflows the ones whose row somebody else has locked. None, if it is something else that is locked. The only one of a batch need not be
     * looked at: whatever is locked, it is what this one needs, be it the row of the workflow that it sends to.
     */
    private Set<String> lockedOf(Set<String> ids) {
        return ids.size() == 1 ? ids : seat.fenced(held, lane, session -> locked(session, ids));
    }

    private Set<String> locked(Session session, Set<String> ids) throws SQLException {
        Object wanted = database.dialect().textSet(session.connection(), ids);
        Set<String> found = new HashSet<>(session.query(database.sql().states, row -> row.getString("id"), wanted));
        session.query(database.sql().lockFree, row -> row.getString("id"), wanted)
                .forEach(found::remove);
        return found;
    }

    private static void put(Answer[] answers, List<Integer> places, List<Answer> given) {
        for (int i = 0; i < given.size(); i++) {
            answers[places.get(i)] = given.get(i);
        }
    }
}
