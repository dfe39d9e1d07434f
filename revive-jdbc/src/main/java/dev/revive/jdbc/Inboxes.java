// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Arrival;
import dev.revive.store.Inbox;
import dev.revive.store.Letter;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Create;
import dev.revive.workflow.WorkflowStatus;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts letters into inboxes, and reads them. A position is given under the lock of the workflow's row, so commits are ordered as positions are.
 *
 * <p>Nobody here waits for the row of a receiver. Who takes several takes only those that are free, and the others come by themselves, one in a
 * transaction; a letter whose receiver is locked even then is sent again later. So one row that somebody keeps locked holds up only who sends to it,
 * and nobody waits while holding a row that a lane may wait for.
 */
final class Inboxes {
    private final Database database;
    private final Sql sql;

    Inboxes(Database database) {
        this.database = database;
        this.sql = database.sql();
    }

    // ---- putting in

    List<Arrival> send(List<Letter> letters) {
        Arrival[] arrivals = new Arrival[letters.size()];
        Map<String, List<Integer>> places = new LinkedHashMap<>();
        for (int i = 0; i < arrivals.length; i++) {
            places.computeIfAbsent(letters.get(i).workflowId(), id -> new ArrayList<>())
                    .add(i);
        }
        Set<String> byThemselves = new HashSet<>(places.keySet());
        Map<String, List<Integer>> together = new TreeMap<>(places);
        together.values()
                .removeIf(some -> some.stream().anyMatch(i -> letters.get(i).start() != null));
        if (together.size() > 1) {
            byThemselves.removeAll(together(letters, together, arrivals));
        }
        places.forEach((id, some) -> {
            if (byThemselves.contains(id)) {
                alone(letters, some, arrivals);
            }
        });
        return Arrays.asList(arrivals);
    }

    /** Those whose rows are free, in one transaction; answers whose letters have an answer now. */
    private Set<String> together(List<Letter> letters, Map<String, List<Integer>> places, Arrival[] arrivals) {
        return database.write(session -> {
            Map<String, Receiver> free = free(session, places.keySet());
            Set<String> answered = new HashSet<>(places.keySet());
            if (free.size() < places.size()) {
                session.query(
                        sql.existing,
                        row -> free.containsKey(row.getString(1)) || answered.remove(row.getString(1)),
                        set(session, places.keySet()));
            }
            List<Integer> all = new ArrayList<>();
            answered.forEach(id -> all.addAll(places.get(id)));
            Collections.sort(all);
            put(session, letters, all, free, arrivals);
            waitForStarts(session, letters, all, arrivals);
            return answered;
        });
    }

    /** Those of one workflow, which may have to be started: another start of it, not yet committed, is waited for, but not long. */
    private void alone(List<Letter> letters, List<Integer> places, Arrival[] arrivals) {
        try {
            database.write(session -> {
                database.dialect().hardlyWait(session);
                String id = letters.get(places.get(0)).workflowId();
                Receiver receiver = receiver(session, id);
                if (receiver == null) {
                    if (!isStarted(session, letters, places, arrivals)) {
                        waitForStarts(session, letters, places, arrivals);
                    }
                } else {
                    put(session, letters, places, Map.of(id, receiver), arrivals);
                }
                return true;
            });
        } catch (LockedOutException e) {
            places.forEach(place -> arrivals[place] = Arrival.LOCKED);
        }
    }

    private @Nullable Receiver receiver(Session session, String workflowId) throws SQLException {
        return session.first(sql.lockReceiverNow, Receiver::of, workflowId);
    }

    /**
     * Letters before the one that starts it find nobody. A start of it that is committed, and on its way, comes first: then all of them come
     * again. If another starts it at the same time, this is tried again, and finds it.
     */
    private boolean isStarted(Session session, List<Letter> letters, List<Integer> places, Arrival[] arrivals)
            throws SQLException {
        places.forEach(place -> arrivals[place] = Arrival.NOT_FOUND);
        List<Integer> arriving = places.stream()
                .dropWhile(place -> letters.get(place).start() == null)
                .toList();
        NewWorkflow start =
                arriving.isEmpty() ? null : letters.get(arriving.get(0)).start();
        if (start == null || session.first(sql.postedStarts, row -> true, set(session, Set.of(start.id()))) != null) {
            return false;
        }
        Create create = new Create(start, Create.Start.DUE, null);
        session.update(sql.insertWorkflow, WorkflowTable.inserted(create, "", database.clockOffset()));
        put(session, letters, arriving, Map.of(start.id(), Receiver.fresh()), arrivals);
        return true;
    }

    /** Puts one letter into the inbox of a workflow, in the session's transaction. */
    Arrival put(Session session, Letter letter) throws SQLException {
        Receiver receiver = receiver(session, letter.workflowId());
        Arrival[] arrivals = new Arrival[1];
        put(
                session,
                List.of(letter),
                List.of(0),
                receiver == null ? Map.of() : Map.of(letter.workflowId(), receiver),
                arrivals);
        waitForStarts(session, List.of(letter), List.of(0), arrivals);
        return arrivals[0];
    }

    /**
     * A receiver that is not there may have been started, in a transaction that is committed, and be on its way: then the letter has to come again. Between the look
     * for the receiver and that into the outbox it may have arrived, so it is looked for once more.
     */
    private void waitForStarts(Session session, List<Letter> letters, List<Integer> places, Arrival[] arrivals)
            throws SQLException {
        Set<String> missing = new HashSet<>();
        places.stream()
                .filter(place -> arrivals[place] == Arrival.NOT_FOUND)
                .forEach(place -> missing.add(letters.get(place).workflowId()));
        if (missing.isEmpty()) {
            return;
        }
        Object wanted = set(session, missing);
        Set<String> coming = new HashSet<>(session.query(sql.postedStarts, row -> row.getString(1), wanted));
        coming.addAll(session.query(sql.existing, row -> row.getString(1), wanted));
        for (int place : places) {
            if (arrivals[place] == Arrival.NOT_FOUND
                    && coming.contains(letters.get(place).workflowId())) {
                arrivals[place] = Arrival.LOCKED;
            }
        }
    }

    /** Those of some workflows whose rows are free, until the session's transaction ends. */
    Map<String, Receiver> free(Session session, Collection<String> ids) throws SQLException {
        Map<String, Receiver> free = new TreeMap<>();
        session.query(sql.lockFreeReceivers, row -> free.put(row.getString(1), Receiver.of(row)), set(session, ids));
        return free;
    }

    /** Their keys are looked for only now that the rows are locked: a second try may have waited for the first. */
    void put(
            Session session,
            List<Letter> letters,
            List<Integer> places,
            Map<String, Receiver> receivers,
            Arrival[] arrivals)
            throws SQLException {
        Map<String, Set<String>> known = receivers.isEmpty() ? new HashMap<>() : keys(session, letters, places);
        boolean hasIntent =
                places.stream().anyMatch(place -> letters.get(place).kind().isIntent());
        if (hasIntent && !receivers.isEmpty()) {
            for (Message message : intents(session, receivers.keySet())) {
                Objects.requireNonNull(receivers.get(message.workflowId())).know(message);
            }
        }
        for (int place : places) {
            Letter letter = letters.get(place);
            Receiver receiver = receivers.get(letter.workflowId());
            Set<String> keys = known.computeIfAbsent(letter.workflowId(), id -> new HashSet<>());
            arrivals[place] = receiver == null ? Arrival.NOT_FOUND : receiver.take(letter, keys.contains(letter.key()));
            if (arrivals[place] == Arrival.ARRIVED) {
                keys.add(letter.key());
            }
        }
        write(session, new TreeMap<>(receivers));
    }

    private Map<String, Set<String>> keys(Session session, List<Letter> letters, List<Integer> places)
            throws SQLException {
        List<String> ids = new ArrayList<>();
        List<String> wanted = new ArrayList<>();
        for (int place : places) {
            ids.add(letters.get(place).workflowId());
            wanted.add(letters.get(place).key());
        }
        Map<String, Set<String>> keys = new HashMap<>();
        Session.Row<Boolean> reader = row ->
                keys.computeIfAbsent(row.getString(1), id -> new HashSet<>()).add(row.getString(2));
        if (places.size() == 1) {
            session.query(sql.messageKey, reader, ids.get(0), wanted.get(0));
        } else {
            session.query(sql.messageKeys, reader, set(session, ids), set(session, wanted));
        }
        return keys;
    }

    private Object set(Session session, Collection<String> texts) throws SQLException {
        return database.dialect().textSet(session.connection(), texts);
    }

    private void write(Session session, Map<String, Receiver> receivers) throws SQLException {
        List<@Nullable Object[]> messages = new ArrayList<>();
        ParameterTable told = new ParameterTable("r", WorkflowTable.TOLD);
        long offset = database.clockOffset();
        receivers.values().removeIf(receiver -> receiver.messages().isEmpty());
        receivers.forEach((id, receiver) -> {
            receiver.messages().forEach(message -> messages.add(MessageTable.inserted(message)));
            if (!receiver.isChanged()) {
                told.add(receiver.wakeSeq(), receiver.isAwaited(), offset, offset, id);
            }
        });
        if (messages.isEmpty()) {
            return;
        }
        if (database.dialect().insertsManyRows()) {
            ManyRows.insert(session, sql.insertMessage, messages);
        } else {
            session.batch(sql.insertMessage, messages);
        }
        tell(session, told);
        for (Map.Entry<String, Receiver> receiver : receivers.entrySet()) {
            change(session, receiver.getKey(), receiver.getValue());
        }
    }

    private void tell(Session session, ParameterTable told) throws SQLException {
        if (told.size() > 1 && database.dialect().writesInOneStatement()) {
            List<@Nullable Object> parameters = new ArrayList<>();
            told.addTo(parameters, session.connection());
            session.update(sql.tellAll, parameters.toArray());
        } else if (!told.isEmpty()) {
            session.batch(sql.tell, told.rows());
        }
    }

    private void change(Session session, String id, Receiver receiver) throws SQLException {
        if (!receiver.isChanged()) {
            return;
        }
        if (receiver.isLifted()) {
            session.update(sql.unpause, database.clockOffset(), id, receiver.liftedAt());
        }
        Message end = receiver.end();
        if (end != null && receiver.status() == WorkflowStatus.TERMINATED) {
            Ends.terminate(session, database, id, receiver.wakeSeq(), end);
        } else if (receiver.status() == WorkflowStatus.PAUSED) {
            session.update(sql.pause, receiver.wakeSeq(), id);
        } else {
            session.update(sql.lift, database.clockOffset(), receiver.wakeSeq(), id);
        }
    }

    // ---- what people want of workflows

    List<Message> intents(Session session, Collection<String> workflowIds) throws SQLException {
        return session.query(sql.intents, row -> MessageTable.read(row, 1), set(session, workflowIds));
    }

    /** Does what people wanted of workflows while they were RUNNING, now that these are DUE, their rows locked by this session. */
    void settle(Session session, Collection<String> workflowIds) throws SQLException {
        Map<String, List<Message>> wanted = intents(session, workflowIds).stream()
                .collect(Collectors.groupingBy(Message::workflowId, TreeMap::new, Collectors.toList()));
        for (Map.Entry<String, List<Message>> one : wanted.entrySet()) {
            Set<MessageKind> kinds = one.getValue().stream().map(Message::kind).collect(Collectors.toSet());
            Message end = one.getValue().stream()
                    .filter(message -> message.kind() == MessageKind.TERMINATE)
                    .findFirst()
                    .orElse(null);
            if (end != null) {
                Ends.terminate(session, database, one.getKey(), 0, end);
            } else if (!kinds.contains(MessageKind.CANCEL)) {
                session.update(sql.pause, 0, one.getKey());
            }
        }
    }

    // ---- reading

    /**
     * The counters first: whatever they count is there when the messages are read, and what comes in between is shown though it is not counted. In one
     * statement that would not be sure: H2, where it is lazy, takes a row's columns out of an index, looks into the other table, and only then reads
     * the rest of the row.
     *
     * <p>Where nothing came that is not known, and that is where most looks are, no message is read: however many lie there for another call.
     */
    Map<String, Inbox> of(Map<String, Long> after) {
        return database.read(session -> {
            Map<String, Long> counters = new HashMap<>();
            session.query(
                    sql.counters,
                    row -> counters.put(row.getString(1), row.getLong(2)) == null,
                    set(session, after.keySet()));
            Map<String, Long> behind = new HashMap<>(after);
            behind.entrySet().removeIf(known -> counters.getOrDefault(known.getKey(), 0L) <= known.getValue());
            Map<String, List<Message>> messages = unread(session, behind).stream()
                    .filter(message -> message.position() > after.getOrDefault(message.workflowId(), 0L))
                    .sorted(Comparator.comparingLong(Message::position))
                    .collect(Collectors.groupingBy(Message::workflowId));
            Map<String, Inbox> inboxes = new HashMap<>();
            counters.forEach((id, wakeSeq) ->
                    inboxes.put(id, new Inbox(wakeSeq, messages.getOrDefault(id, List.of()))));
            return inboxes;
        });
    }

    private List<Message> unread(Session session, Map<String, Long> after) throws SQLException {
        Session.Row<Message> reader = row -> MessageTable.read(row, 1);
        if (after.isEmpty()) {
            return List.of();
        }
        if (after.size() == 1) {
            Map.Entry<String, Long> only = after.entrySet().iterator().next();
            return session.query(sql.unreadOfOne, reader, only.getKey(), only.getValue());
        }
        return session.query(sql.unreadOf, reader, set(session, after.keySet()));
    }
}
