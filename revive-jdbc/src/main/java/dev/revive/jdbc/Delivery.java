// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.jdbc.OutboxTable.Posted;
import dev.revive.store.Arrival;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Create;
import dev.revive.store.Posting;
import dev.revive.store.SameStart;
import dev.revive.store.Undelivered;
import dev.revive.store.Undelivered.Reason;
import dev.revive.store.WorkflowRecord;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Does what was posted, in the transaction of a session, and says what became of each. Rows of workflows are locked in the order of their ids. */
final class Delivery {
    private final Session session;
    private final Database database;
    private final SameStart same;
    private final boolean waits;
    private final Inboxes inboxes;
    private final List<Posted> done = new ArrayList<>();
    private final List<Undelivered> refused = new ArrayList<>();
    private final Set<String> left = new HashSet<>();
    private final Set<String> received = new LinkedHashSet<>();
    private final Map<String, Receiver> receivers = new TreeMap<>();
    private final Map<String, WorkflowRecord> existing = new HashMap<>();
    private final Map<String, NewWorkflow> starts = new TreeMap<>();
    private final List<Letter> letters = new ArrayList<>();
    private final List<Posted> senders = new ArrayList<>();

    /** Behind a start that cannot be. */
    private final Set<String> conflicts = new HashSet<>();

    /** @param waits whether the rows of receivers are waited for; else what is for one that is locked is left */
    Delivery(Session session, Database database, SameStart same, boolean waits) {
        this.session = session;
        this.database = database;
        this.same = same;
        this.waits = waits;
        this.inboxes = new Inboxes(database);
    }

    /** What is done, to be taken out. */
    List<Posted> done() {
        return done;
    }

    /** What cannot be done. */
    List<Undelivered> refused() {
        return refused;
    }

    /** For whom something had to be left. */
    Set<String> left() {
        return left;
    }

    /** What is due since. */
    Collection<String> started() {
        return starts.keySet();
    }

    /** Whose inboxes have got something. */
    Collection<String> received() {
        return received;
    }

    /** In their order. */
    void deliver(List<Posted> posted) throws SQLException {
        if (posted.isEmpty()) {
            return;
        }
        Set<String> ids = new TreeSet<>();
        posted.forEach(one -> ids.add(one.posting().workflowId()));
        posted.stream()
                .map(Posted::posting)
                .filter(Delivery::isOfANewerVersion)
                .forEach(posting -> left.add(posting.workflowId()));
        lock(ids);
        find(posted);
        for (Posted one : posted) {
            if (!left.contains(one.posting().workflowId())) {
                take(one);
            }
        }
        start();
        send();
    }

    private static boolean isOfANewerVersion(Posting posting) {
        return posting.letter() != null && posting.letter().kind() == MessageKind.UNKNOWN;
    }

    private void lock(Set<String> ids) throws SQLException {
        if (waits) {
            for (String id : ids) {
                Receiver receiver = session.first(database.sql().lockReceiver, Receiver::of, id);
                if (receiver != null) {
                    receivers.put(id, receiver);
                }
            }
            return;
        }
        receivers.putAll(inboxes.free(session, ids));
        if (receivers.size() < ids.size()) {
            session.query(
                    database.sql().existing,
                    row -> receivers.containsKey(row.getString(1)) || left.add(row.getString(1)),
                    database.dialect().textSet(session.connection(), ids));
        }
    }

    /** Those that a start is to be compared with. */
    private void find(List<Posted> posted) throws SQLException {
        Set<String> ids = new TreeSet<>();
        posted.stream()
                .filter(one -> one.posting().start() != null)
                .map(one -> one.posting().workflowId())
                .filter(receivers::containsKey)
                .forEach(ids::add);
        if (!ids.isEmpty()) {
            session.query(
                    database.sql().findWorkflows,
                    row -> existing.put(row.getString(1), Rows.workflow(row)),
                    database.dialect().textSet(session.connection(), ids));
        }
    }

    private void take(Posted one) {
        String id = one.posting().workflowId();
        Reason problem = conflicts.contains(id) ? Reason.CONFLICT : problem(one, id);
        if (problem != null) {
            refuse(one, problem);
            return;
        }
        Letter letter = one.posting().letter();
        if (letter == null) {
            done.add(one);
        } else {
            letters.add(letter);
            senders.add(one);
        }
    }

    private @Nullable Reason problem(Posted one, String id) {
        NewWorkflow start = one.posting().start();
        if (start == null) {
            return receivers.containsKey(id) ? null : Reason.NOT_FOUND;
        }
        if (!receivers.containsKey(id)) {
            receivers.put(id, Receiver.fresh());
            starts.put(id, start);
            return null;
        }
        if (one.posting().mustBeNew() || (one.posting().isStartOnly() && !isStartedSo(id, start))) {
            conflicts.add(id);
            return Reason.CONFLICT;
        }
        return null;
    }

    private boolean isStartedSo(String id, NewWorkflow start) {
        NewWorkflow before = starts.get(id);
        WorkflowRecord there = before == null ? existing.get(id) : new Create(before, Create.Start.DUE, null).row("");
        return there != null && same.isSame(there, start);
    }

    private void start() throws SQLException {
        if (starts.isEmpty()) {
            return;
        }
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (NewWorkflow start : starts.values()) {
            rows.add(WorkflowTable.inserted(new Create(start, Create.Start.DUE, null), "", database.clockOffset()));
        }
        if (database.dialect().insertsManyRows()) {
            ManyRows.insert(session, database.sql().insertWorkflow, rows);
        } else {
            session.batch(database.sql().insertWorkflow, rows);
        }
    }

    private void send() throws SQLException {
        if (letters.isEmpty()) {
            return;
        }
        Arrival[] arrivals = new Arrival[letters.size()];
        List<Integer> places = IntStream.range(0, arrivals.length).boxed().toList();
        inboxes.put(session, letters, places, receivers, arrivals);
        for (int place : places) {
            Posted sender = senders.get(place);
            if (arrivals[place] == Arrival.ARRIVED) {
                done.add(sender);
                received.add(sender.posting().workflowId());
            } else {
                refuse(sender, arrivals[place] == Arrival.ENDED ? Reason.ENDED : Reason.NOT_FOUND);
            }
        }
    }

    private void refuse(Posted one, Reason why) {
        refused.add(new Undelivered(one.position(), one.posting(), why));
    }
}
