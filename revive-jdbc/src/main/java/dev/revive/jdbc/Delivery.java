// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.jdbc.OutboxTable.Posted;
import dev.revive.store.Arrival;
import dev.revive.store.ChildCall;
import dev.revive.store.Closing;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation.Create;
import dev.revive.store.Posting;
import dev.revive.store.SameStart;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.Undelivered;
import dev.revive.store.Undelivered.Reason;
import dev.revive.store.WorkflowType;
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

/**
 * Does what was posted, in the transaction of a session, and says what became of each. The rows of receivers are not waited for: what is for one that is locked is
 * left. First the rows of those to be started: another start that is not committed yet is waited for, hardly, while no receiver is held.
 */
final class Delivery {
    /** They are told in one transaction, or not many more. */
    private static final int CHILDREN_AT_ONCE = 256;

    /** Tells whether a start wants what is there already, as its input says, whatever the text of it. */
    interface Comparison {
        /** Null if the input has to be read first: it may be large, and somebody waits meanwhile. */
        @Nullable
        Boolean isSame(Posted start) throws SQLException;
    }

    /** What a start is compared with. */
    private record Facts(WorkflowType type, String inputHash) {}

    private final Session session;
    private final Database database;
    private final SameStart same;
    private final Comparison comparison;
    private final Inboxes inboxes;
    private final List<Posted> done = new ArrayList<>();
    private final List<Undelivered> refused = new ArrayList<>();
    private final Set<String> left = new HashSet<>();
    private final List<Posted> unread = new ArrayList<>();
    private final Set<String> toBeCompared = new HashSet<>();
    private final Set<String> received = new LinkedHashSet<>();
    private final Map<String, Receiver> receivers = new TreeMap<>();
    private final Map<String, Facts> existing = new HashMap<>();
    private final Map<String, NewWorkflow> starts = new TreeMap<>();
    private final Set<String> begun = new HashSet<>();
    private final Set<String> absent = new TreeSet<>();
    private final List<Letter> letters = new ArrayList<>();
    private final List<Posted> senders = new ArrayList<>();

    private final List<Posted> closings = new ArrayList<>();

    /** Starts that cannot be. */
    private final List<Posted> conflicts = new ArrayList<>();

    Delivery(Session session, Database database, SameStart same, Comparison comparison) {
        this.session = session;
        this.database = database;
        this.same = same;
        this.comparison = comparison;
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

    /** Starts that cannot be made: what stands behind them cannot be done either. */
    List<Posted> conflicts() {
        return conflicts;
    }

    /** For whom something had to be left. */
    Set<String> left() {
        return left;
    }

    /** Starts that are to be compared before they come again, with what follows for the same workflows. */
    List<Posted> unread() {
        return unread;
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
        for (Posted one : posted) {
            (isOfANewerVersion(one.posting()) ? left : ids).add(one.posting().workflowId());
        }
        ids.removeAll(left);
        find(ids);
        start(posted);
        lock(ids);
        for (Posted one : posted) {
            String id = one.posting().workflowId();
            if (isToBeRead(one)) {
                unread.add(one);
                toBeCompared.add(id);
            }
            if (!left.contains(id) && !toBeCompared.contains(id)) {
                take(one);
            }
        }
        send();
        int told = 0;
        for (Posted closing : closings) {
            told += told < CHILDREN_AT_ONCE ? close(closing) : 0; // what is too much comes again
        }
    }

    private boolean isToBeRead(Posted one) throws SQLException {
        NewWorkflow start = one.posting().start();
        return start != null && isToBeCompared(one, start) && comparison.isSame(one) == null;
    }

    /** With a workflow of its type that was there before, and whose input was written otherwise. */
    private boolean isToBeCompared(Posted one, NewWorkflow start) {
        Facts there = existing.get(start.id());
        return one.posting().isStartOnly()
                && !one.posting().mustBeNew()
                && there != null
                && there.type().equals(start.type())
                && !there.inputHash().equals(start.inputHash());
    }

    /**
     * Refuses to leave anything for later.
     *
     * @param positions of all that was posted in this transaction; who is to be started by others is on its way
     */
    void requireAll(Collection<Long> positions) throws SQLException {
        if (!left.isEmpty()) {
            throw LockedOutException.by("Somebody keeps the row of workflow %s locked"
                    .formatted(left.iterator().next()));
        }
        Set<String> missing = new TreeSet<>(absent);
        if (missing.isEmpty()) {
            return;
        }
        boolean areOnTheirWay = session
                .query(
                        database.sql().postedStartsAt,
                        Rows::number,
                        database.dialect().textSet(session.connection(), missing))
                .stream()
                .anyMatch(position -> !positions.contains(position));
        if (areOnTheirWay) {
            throw LockedOutException.by("A workflow is being started: one of " + missing);
        }
    }

    private static boolean isOfANewerVersion(Posting posting) {
        return posting.letter() != null && posting.letter().kind() == MessageKind.UNKNOWN;
    }

    private void find(Set<String> ids) throws SQLException {
        session.query(
                database.sql().startFacts,
                row -> existing.put(
                        row.getString(1),
                        new Facts(new WorkflowType(row.getString(2), row.getInt(3)), row.getString(4))),
                database.dialect().textSet(session.connection(), ids));
        absent.addAll(ids);
        absent.removeAll(existing.keySet());
    }

    private void start(List<Posted> posted) throws SQLException {
        for (Posted one : posted) {
            NewWorkflow start = one.posting().start();
            if (start != null && absent.contains(start.id())) {
                starts.putIfAbsent(start.id(), start);
            }
        }
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

    private void lock(Set<String> ids) throws SQLException {
        receivers.putAll(inboxes.free(session, ids));
        for (String id : existing.keySet()) {
            if (!receivers.containsKey(id)) {
                left.add(id);
            }
        }
    }

    private void take(Posted one) throws SQLException {
        String id = one.posting().workflowId();
        Letter letter = one.posting().letter();
        if (letter != null
                && (letter.isOfAnEnd() || letter.kind() == MessageKind.CLOSE)
                && !receivers.containsKey(id)) {
            done.add(one); // whom it concerns is gone
            return;
        }
        Reason problem = isBehindAConflict(one) ? Reason.CONFLICT : problem(one, id);
        if (problem != null) {
            refuse(one, problem);
            return;
        }
        if (letter == null) {
            done.add(one);
        } else if (letter.kind() == MessageKind.CLOSE) {
            closings.add(one);
        } else {
            letters.add(letter);
            senders.add(one);
        }
    }

    private boolean isBehindAConflict(Posted one) {
        return conflicts.stream()
                .anyMatch(start -> start.connectionId().equals(one.connectionId())
                        && start.posting().workflowId().equals(one.posting().workflowId()));
    }

    private @Nullable Reason problem(Posted one, String id) throws SQLException {
        NewWorkflow start = one.posting().start();
        boolean isThere = receivers.containsKey(id) && (!starts.containsKey(id) || begun.contains(id));
        if (start == null) {
            return isThere ? null : Reason.NOT_FOUND;
        }
        if (!isThere) {
            begun.add(id);
            return null;
        }
        if (one.posting().mustBeNew() || (one.posting().isStartOnly() && !isStartedSo(one, start))) {
            conflicts.add(one);
            return Reason.CONFLICT;
        }
        return null;
    }

    private boolean isStartedSo(Posted one, NewWorkflow start) throws SQLException {
        NewWorkflow before = starts.get(start.id());
        Facts facts = before == null ? existing.get(start.id()) : new Facts(before.type(), before.inputHash());
        if (new Facts(start.type(), start.inputHash()).equals(facts)) {
            return true;
        }
        return before == null
                ? isToBeCompared(one, start) && Boolean.TRUE.equals(comparison.isSame(one))
                : same.isSame(new Create(before, Create.Start.DUE, null).row(""), start);
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
            } else if (letters.get(place).isOfAnEnd()) {
                done.add(sender); // whom it concerns has ended
            } else {
                refuse(sender, arrivals[place] == Arrival.ENDED ? Reason.ENDED : Reason.NOT_FOUND);
            }
        }
    }

    /**
     * So many children of one whose end is in the outbox as go in one transaction; how far that is, is noted there, and may have been since it was read. A child
     * whose row is locked gets a posting of its own, so that the others need not wait.
     *
     * @return how many were looked at
     */
    private int close(Posted read) throws SQLException {
        Posted one = session.first(database.sql().postedAt, OutboxTable::read, read.position());
        Letter close = one == null ? null : one.posting().letter();
        Closing closing = close == null ? null : Closing.parse(close.payload()).orElse(null);
        if (close != null && closing == null) {
            left.add(close.workflowId()); // for a newer version, which has written it
            return 0;
        }
        if (close == null || closing == null || !isStillEnded(close.workflowId(), closing)) {
            done.add(read); // it has been retried meanwhile
            return 0;
        }
        List<StepRecord> calls = session.query(
                database.sql().children,
                Rows::step,
                close.workflowId(),
                closing.scope(),
                closing.scope(),
                closing.sequence(),
                CHILDREN_AT_ONCE);
        close(close, calls);
        if (calls.size() < CHILDREN_AT_ONCE) {
            done.add(read);
        } else {
            StepKey last = calls.get(calls.size() - 1).key();
            session.update(database.sql().notePosting, closing.after(last).json(), read.position());
        }
        return calls.size();
    }

    /** The row is locked by now. */
    private boolean isStillEnded(String id, Closing closing) throws SQLException {
        Receiver parent = receivers.get(id);
        Ends.Known known = session.first(database.sql().ties, Ends.Known::of, id);
        return parent != null
                && parent.status().isFinal()
                && known != null
                && known.epoch() == closing.epoch()
                && known.ties().startedAt().equals(closing.startedAt());
    }

    private void close(Letter close, List<StepRecord> calls) throws SQLException {
        Map<String, Letter> closing = new TreeMap<>();
        calls.stream()
                .flatMap(call -> ChildCall.of(call).stream())
                .flatMap(child -> child.closing(close).stream())
                .forEach(letter -> closing.put(letter.workflowId(), letter));
        if (closing.isEmpty()) {
            return;
        }
        closing.keySet().retainAll(Ends.children(session, database, close.workflowId(), List.copyOf(closing.keySet())));
        Map<String, Receiver> free = inboxes.free(session, closing.keySet());
        List<Posting> later = new ArrayList<>();
        closing.forEach((id, letter) -> {
            if (!free.containsKey(id)) {
                later.add(Posting.of(letter));
            }
        });
        Ends.post(session, database, later);
        closing.keySet().retainAll(free.keySet());
        List<Letter> now = List.copyOf(closing.values());
        Arrival[] arrivals = new Arrival[now.size()];
        List<Integer> places = IntStream.range(0, arrivals.length).boxed().toList();
        inboxes.put(session, now, places, free, arrivals);
        for (int place : places) {
            if (arrivals[place] == Arrival.ARRIVED) {
                received.add(now.get(place).workflowId());
            }
        }
    }

    private void refuse(Posted one, Reason why) {
        refused.add(new Undelivered(one.position(), one.posting(), why));
    }
}
