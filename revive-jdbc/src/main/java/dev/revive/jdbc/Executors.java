// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.ExecutorSettings;
import dev.revive.store.FencedException;
import dev.revive.workflow.Printable;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Executors come, renew their lease, and go: by themselves, or declared dead, their fences first and their workflows after. */
final class Executors {
    private static final Logger log = LoggerFactory.getLogger(Executors.class);
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_VERSION = 100;

    /** So many workflows of a dead executor move in one transaction. */
    private static final int AT_ONCE = 1_000;

    private final Database database;
    private final Transactions transactions;
    private final Sql sql;

    /** @param transactions where to work */
    Executors(Database database, Transactions transactions) {
        this.database = database;
        this.transactions = transactions;
        this.sql = database.sql();
    }

    /** Fence 0 is for claims, 1 and up for the lanes. */
    void register(String executorId, ExecutorSettings settings, int lanes) {
        String name = cut(settings.name(), LONGEST_NAME);
        transactions.write(session -> {
            long offset = database.clockOffset();
            session.update(
                    sql.insertExecutor,
                    executorId,
                    name,
                    cut(settings.version(), LONGEST_VERSION),
                    settings.types(),
                    offset,
                    offset,
                    offset,
                    micros(settings));
            for (int lane = 0; lane <= lanes; lane++) {
                session.update(sql.insertFence, executorId, lane);
            }
            return executorId;
        });
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }

    private static long micros(ExecutorSettings settings) {
        return settings.lease().toNanos() / 1_000;
    }

    /** The first thing in every write transaction of an executor. */
    void lockFence(Session session, String executorId, int lane) throws SQLException {
        if (session.first(sql.lockFence, row -> row.getInt(1), executorId, lane) == null) {
            throw fenced(executorId);
        }
    }

    static FencedException fenced(String executorId) {
        return new FencedException(
                "Executor %s left the store or was declared dead: it writes no more.".formatted(executorId), null);
    }

    boolean renew(HeldConnection held, String executorId, ExecutorSettings settings) {
        long offset = database.clockOffset();
        return database.alone(
                held,
                session -> session.update(sql.renewLease, offset, micros(settings), offset, executorId, offset) == 1);
    }

    Instant clock(HeldConnection held) {
        return database.look(held, session -> {
            Long micros = session.first(sql.readClock, row -> row.getLong(1), database.clockOffset());
            return Instant.EPOCH.plus(Objects.requireNonNull(micros, "the database's time"), ChronoUnit.MICROS);
        });
    }

    boolean isAlive(String executorId) {
        return transactions.read(
                session -> session.first(sql.isExecutorAlive, row -> row.getString(1), executorId) != null);
    }

    /**
     * Declares dead whoever did not renew in time.
     *
     * @param living told of those that did
     * @return how many workflows became due
     */
    int buryLapsed(Consumer<Set<String>> living) {
        Set<String> alive = new HashSet<>();
        List<String> lapsed = new ArrayList<>();
        transactions.read(session -> session.query(
                sql.executors,
                row -> (row.getInt("is_lapsed") == 1 ? lapsed : alive).add(row.getString("id")),
                database.clockOffset()));
        living.accept(alive);
        return bury(lapsed, true, true);
    }

    /**
     * Declares dead everybody but these.
     *
     * @param isHurried whether those whose fences are locked are left to the next time
     * @return how many workflows became due
     */
    int buryAllBut(Set<String> living, boolean isHurried) {
        List<String> others =
                new ArrayList<>(transactions.read(session -> session.query(sql.allExecutors, row -> row.getString(1))));
        others.removeAll(living);
        return bury(others, false, isHurried);
    }

    /** The fences fall in a transaction of their own: when it has committed no late write can come, and only then do the workflows move. */
    private int bury(List<String> executorIds, boolean ifLapsed, boolean isHurried) {
        int orphans = 0;
        for (String id : executorIds) {
            boolean isDead = ifLapsed ? declareDeadIfLapsed(id) : declareDead(id, isHurried);
            if (isDead) {
                orphans += remove(id, sql.orphan, sql.orphanAll);
                log.info("Executor {} is dead: what it was running is due again", Printable.of(id));
            }
        }
        return orphans;
    }

    /**
     * Waits for a fence that is still locked only as long as the dialect bounds it: there may be other dead ones. A frozen process is cut off by the
     * server some time, and a later sweep takes over.
     */
    private boolean declareDeadIfLapsed(String executorId) {
        long offset = database.clockOffset();
        return transactions
                .tryToWrite(session -> {
                    database.dialect().boundLockWait(session);
                    boolean isLapsed =
                            session.first(sql.lockIfLapsed, row -> row.getString(1), executorId, offset) != null;
                    return isLapsed && fell(session, executorId);
                })
                .orElse(false);
    }

    private boolean declareDead(String executorId, boolean isHurried) {
        if (!isHurried) {
            return transactions.write(session -> fell(session, executorId));
        }
        return transactions
                .tryToWrite(session -> {
                    database.dialect().boundLockWait(session);
                    return fell(session, executorId);
                })
                .orElse(false);
    }

    private boolean fell(Session session, String executorId) throws SQLException {
        session.update(sql.declareDead, executorId);
        session.update(sql.deleteFences, executorId);
        return true;
    }

    /** Leaves gracefully: what it still runs is due at once, without a strike; how many workflows that are. */
    int leave(String executorId) {
        transactions.write(session -> session.update(sql.deleteFences, executorId));
        return remove(executorId, sql.giveBack, sql.giveBackAll);
    }

    /**
     * Its fences are gone, so nothing is added any more to what it runs. A row that somebody has locked is left for a later sweep, since
     * others wait to be taken over. The executor's row goes last, so a sweep that was cut off, or left something, is found again.
     */
    private int remove(String executorId, String giveBack, String giveBackAll) {
        List<String> run = transactions.read(session -> session.query(sql.runBy, row -> row.getString(1), executorId));
        int moved = 0;
        for (int from = 0; from < run.size(); from += AT_ONCE) {
            List<String> some = run.subList(from, Math.min(run.size(), from + AT_ONCE));
            moved += transactions.write(session -> move(session, some, executorId, giveBack, giveBackAll));
        }
        if (moved == run.size()) {
            transactions.write(session -> session.update(sql.deleteExecutor, executorId));
        }
        return moved;
    }

    private int move(Session session, List<String> ids, String executorId, String giveBack, String giveBackAll)
            throws SQLException {
        Object wanted = database.dialect().textSet(session.connection(), ids);
        List<String> free = session.query(sql.lockRunBy, row -> row.getString(1), wanted, executorId);
        if (free.isEmpty()) {
            return 0;
        }
        if (database.dialect().writesInOneStatement()) {
            Object set = database.dialect().textSet(session.connection(), free);
            session.update(giveBackAll, database.clockOffset(), set, executorId);
        } else {
            session.batch(giveBack, oneByOne(free, executorId));
        }
        new Inboxes(database).settle(session, free);
        return free.size();
    }

    private List<@Nullable Object[]> oneByOne(List<String> ids, String executorId) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (String id : ids) {
            rows.add(new Object[] {database.clockOffset(), id, executorId});
        }
        return rows;
    }
}
