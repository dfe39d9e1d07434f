// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Claim;
import dev.revive.store.StoreLockedException;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowSummary;
import dev.revive.store.WorkflowType;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes due workflows in hand for one executor. A look without a lock or a transaction says what is due; only what it names is locked, and taken if it
 * is still as it was found. Each claim raises the epoch, so an earlier run's writes are refused.
 */
final class Claims {
    private static final int LANE = 0;

    private final JdbcSeat seat;
    private final String executorId;
    private final Database database;
    private final Sql sql;
    private final HeldConnection held;

    Claims(JdbcSeat seat, Database database, HeldConnection held) {
        this.seat = seat;
        this.executorId = seat.executorId();
        this.database = database;
        this.sql = database.sql();
        this.held = held;
    }

    void open() throws SQLException {
        held.open();
    }

    void close() {
        held.close();
    }

    /** Looks first, without a lock or a transaction: when nothing is due, that is all there is to it. */
    Claim claim(Set<WorkflowType> known, int limit, int suspects) {
        for (int tries = 1; !known.isEmpty(); tries++) {
            seat.requireSeated();
            Outlook outlook = database.look(held, session -> outlook(session, known, limit, suspects));
            List<WorkflowRecord> taken = outlook.due().isEmpty() ? List.of() : take(outlook.due());
            if (outlook.due().isEmpty() || !taken.isEmpty() || tries == Database.TRIES) {
                return new Claim(taken, outlook.next());
            }
        }
        return new Claim(List.of(), null);
    }

    /** What is due, and how soon something else will be. */
    private record Outlook(List<String> due, @Nullable Duration next) {}

    private List<WorkflowRecord> take(List<String> due) {
        return database.dialect().writesInOneStatement() ? takeAtOnce(due) : takeInTransaction(due);
    }

    private List<WorkflowRecord> takeAtOnce(List<String> due) {
        List<Optional<WorkflowRecord>> taken = database.alone(held, session -> {
            Object ids = database.dialect().textSet(session.connection(), due);
            return session.query(
                    sql.takeDue,
                    row -> row.getString(1) == null ? Optional.empty() : Optional.of(Rows.workflow(row)),
                    executorId,
                    LANE,
                    ids,
                    database.clockOffset(),
                    executorId);
        });
        seat.requireSeated();
        if (taken.isEmpty()) {
            throw Executors.fenced(executorId);
        }
        Map<String, WorkflowRecord> found = taken.stream()
                .flatMap(Optional::stream)
                .collect(Collectors.toMap(WorkflowRecord::id, Function.identity()));
        return due.stream() // the database gives them in the order of its plan
                .filter(found::containsKey)
                .map(id -> Objects.requireNonNull(found.get(id)))
                .toList();
    }

    private List<WorkflowRecord> takeInTransaction(List<String> due) {
        return seat.fenced(held, LANE, session -> {
            Object ids = database.dialect().textSet(session.connection(), due);
            return take(session, session.query(sql.lockDue, Rows::workflow, ids, database.clockOffset()));
        });
    }

    private Outlook outlook(Session session, Set<WorkflowType> known, int limit, int suspects) throws SQLException {
        List<String> due = new ArrayList<>();
        List<Duration> next = new ArrayList<>();
        List<Boolean> rows = session.query(
                sql.dueIds(known.size(), suspects > 0),
                row -> {
                    String id = row.getString("id");
                    long dueIn = row.getLong("due_in");
                    return id != null ? due.add(id) : row.wasNull() || next.add(Duration.of(dueIn, ChronoUnit.MICROS));
                },
                outlookParameters(known, limit, suspects));
        if (rows.isEmpty()) {
            throw Executors.fenced(executorId);
        }
        return new Outlook(due, next.isEmpty() ? null : next.get(0));
    }

    /** For {@link Sql#dueIds}. */
    private @Nullable Object[] outlookParameters(Set<WorkflowType> known, int limit, int suspects) {
        long offset = database.clockOffset();
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(offset);
        known.forEach(type -> parameters.addAll(List.of(type.name(), type.version(), offset, limit)));
        if (suspects > 0) {
            known.forEach(type -> parameters.addAll(List.of(type.name(), type.version(), offset, suspects)));
        }
        parameters.add(limit);
        known.forEach(type -> parameters.addAll(List.of(type.name(), type.version(), offset)));
        parameters.addAll(List.of(executorId, LANE));
        return parameters.toArray();
    }

    List<WorkflowRecord> reclaim(Collection<String> inMemory, int limit) {
        return seat.fenced(held, LANE, session -> {
            Object ids = database.dialect().textSet(session.connection(), inMemory);
            List<WorkflowRecord> found = session.query(sql.heldBy, Rows::workflow, executorId, ids, limit);
            found.removeIf(w -> inMemory.contains(w.id())); // admitted meanwhile: its row is younger than the list
            return take(session, free(session, found));
        });
    }

    /** Those whose row nobody else keeps locked. If there are none, that is told, or nobody would look for the others again. */
    private List<WorkflowRecord> free(Session session, List<WorkflowRecord> found) throws SQLException {
        if (found.isEmpty()) {
            return found;
        }
        Set<String> ids = found.stream().map(WorkflowRecord::id).collect(Collectors.toSet());
        Object wanted = database.dialect().textSet(session.connection(), ids);
        Set<String> free = new HashSet<>(session.query(sql.lockFree, row -> row.getString("id"), wanted));
        if (free.isEmpty()) {
            throw new StoreLockedException(
                    "Somebody keeps locked what this executor has lost sight of; it is looked for again.", null);
        }
        return found.stream().filter(w -> free.contains(w.id())).toList();
    }

    /** Those of the found that are still as they were found: somebody else may have been quicker. */
    private List<WorkflowRecord> take(Session session, List<WorkflowRecord> found) throws SQLException {
        List<WorkflowRecord> taken = new ArrayList<>();
        if (found.isEmpty()) {
            return taken;
        }
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (WorkflowRecord w : found) {
            rows.add(new Object[] {executorId, w.id(), w.status().name(), w.epoch()});
        }
        int[] changed = session.batch(sql.take, rows);
        Set<String> ids = isCounted(changed) ? Set.of() : lookAt(session, found);
        for (int i = 0; i < changed.length; i++) {
            WorkflowRecord w = found.get(i);
            if (changed[i] == 1 || (changed[i] == Statement.SUCCESS_NO_INFO && ids.contains(w.id()))) {
                taken.add(w.change().heldBy(executorId, w.epoch() + 1).build());
            }
        }
        return taken;
    }

    private static boolean isCounted(int[] changed) {
        return Arrays.stream(changed).noneMatch(count -> count == Statement.SUCCESS_NO_INFO);
    }

    /** Where the driver does not count: those that stand now as the claim leaves them. */
    private Set<String> lookAt(Session session, List<WorkflowRecord> found) throws SQLException {
        Map<String, WorkflowRecord> before =
                found.stream().collect(Collectors.toMap(WorkflowRecord::id, Function.identity()));
        Object ids = database.dialect().textSet(session.connection(), before.keySet());
        return session.query(sql.findWorkflows, Rows::workflow, ids).stream()
                .filter(now -> now.isHeldBy(
                        executorId, Objects.requireNonNull(before.get(now.id())).epoch() + 1))
                .map(WorkflowRecord::id)
                .collect(Collectors.toSet());
    }

    List<WorkflowSummary> unclaimed(Set<WorkflowType> known, Duration patience) {
        seat.requireSeated();
        long since = database.clockOffset() - patience.toNanos() / 1_000;
        return database.look(held, session -> new DueTypes(session, sql).unknown(known, since));
    }
}
