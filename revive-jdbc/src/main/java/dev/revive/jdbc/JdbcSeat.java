// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Answer;
import dev.revive.store.Claim;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.Hint;
import dev.revive.store.Operation;
import dev.revive.store.StepStore;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowSummary;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.Printable;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An executor's place: claims, the lease and the sweep on connections of their own, apart from the lanes'. */
final class JdbcSeat implements ExecutorSeat {
    private static final Logger log = LoggerFactory.getLogger(JdbcSeat.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String executorId;
    private final ExecutorSettings settings;
    private final boolean exclusive;
    private final Database database;
    private final Executors executors;
    private final Executors others;
    private final IntSupplier strangers;
    private final Consumer<JdbcSeat> whenLeft;
    private final HintSender hintSender;
    private final @Nullable Listener listener;
    private final Claims claims;
    private final HeldConnection heartbeat;
    private final HeldConnection sweeps;
    private final List<JdbcLane> lanes;
    private volatile Consumer<Hint> hints = hint -> {};
    private volatile boolean seated = true;

    JdbcSeat(
            String executorId,
            ExecutorSettings settings,
            boolean exclusive,
            Database database,
            HeldConnection.Source connections,
            FileThreads bodies,
            HintSender hintSender,
            IntSupplier strangers,
            Consumer<JdbcSeat> whenLeft) {
        this.executorId = executorId;
        this.settings = settings;
        this.exclusive = exclusive;
        this.database = database;
        this.executors = new Executors(database, database);
        this.hintSender = hintSender;
        this.strangers = strangers;
        this.whenLeft = whenLeft;
        this.claims = new Claims(this, database, new HeldConnection(database, connections, settings.lease()));
        this.heartbeat = new HeldConnection(database, connections, settings.lease());
        this.sweeps = new HeldConnection(database, connections, bound(settings.lease()), Database.PATIENCE);
        this.others = new Executors(database, database.on(sweeps));
        this.lanes = IntStream.rangeClosed(1, database.dialect().lanes(settings.lanes()))
                .mapToObj(lane -> new JdbcLane(
                        this,
                        lane,
                        database,
                        new HeldConnection(database, connections, settings.lease(), patience(settings.lease())),
                        bodies))
                .toList();
        Notifications notifications = hintSender.notifications();
        this.listener = notifications == null
                ? null
                : new Listener(hintSender, notifications, database, connections, this::hear);
    }

    /** Takes all connections it will ever hold, and one more of the pool to see that others are left something; then registers. */
    JdbcSeat open() {
        try {
            claims.open();
            heartbeat.open();
            if (!exclusive) {
                sweeps.open();
            }
            for (JdbcLane lane : lanes) {
                lane.open();
            }
            if (listener != null) {
                listener.open();
            }
            database.connect().close();
            executors.register(executorId, settings, lanes.size());
            hintSender.add(this);
            return this;
        } catch (SQLException e) {
            letGo();
            throw cannotOpen(
                    "Cannot open the %d connections that an executor keeps and one more. Is the connection pool too small? %s"
                            .formatted(kept(), e.getMessage()),
                    e);
        } catch (RuntimeException | Error e) {
            letGo();
            throw e;
        }
    }

    /** Longer than a lock is waited for: else nobody would know whether what waited was done. */
    private Duration patience(Duration lease) {
        Duration quarter = lease.dividedBy(4);
        Duration atLeast = database.dialect().lockWait(lease).plusMillis(500);
        return quarter.compareTo(atLeast) < 0 ? atLeast : quarter;
    }

    /** A sweeper that stops must not keep the next one out for long, however long the lease. */
    private static Duration bound(Duration lease) {
        return lease.compareTo(Database.PATIENCE) < 0 ? lease : Database.PATIENCE;
    }

    private int kept() {
        return lanes.size() + (exclusive ? 2 : 3) + (listener == null ? 0 : 1);
    }

    /** Told apart because one may be tried again and the other not. */
    private StoreException cannotOpen(String message, SQLException e) {
        return database.trouble(e) == Dialect.Trouble.UNAVAILABLE
                ? new StoreUnavailableException(message, e)
                : new StoreException(message, e);
    }

    Duration lease() {
        return settings.lease();
    }

    @Override
    public String executorId() {
        return executorId;
    }

    @Override
    public List<StepStore> lanes() {
        return List.copyOf(lanes);
    }

    @Override
    public boolean isShared() {
        return !exclusive;
    }

    @Override
    public void listen(Consumer<Hint> listening) {
        hints = listening;
        if (listener != null) {
            listener.start();
        }
    }

    @Override
    public boolean isListening() {
        return listener != null && listener.isHearing();
    }

    void hear(Hint hint) {
        hints.accept(hint);
    }

    /** Others are told of what these operations make due, and of what they end. */
    void tell(List<Operation> batch, List<Answer> answers) {
        if (hintSender.hasListeners(this)) {
            Operation.hints(batch, answers).forEach(hint -> hintSender.tell(hint, this));
        }
    }

    @Override
    public Claim claim(Set<WorkflowType> known, int limit, int suspects) {
        return claims.claim(known, limit, suspects);
    }

    @Override
    public List<WorkflowRecord> reclaim(Collection<String> held, int limit) {
        return claims.reclaim(held, limit);
    }

    @Override
    public List<WorkflowSummary> unclaimed(Set<WorkflowType> known, Duration patience) {
        return claims.unclaimed(known, patience);
    }

    /** A write transaction of this executor: locks the fence first, and is rolled back if the seat was left meanwhile. */
    <T> T fenced(HeldConnection held, int lane, Database.Work<T> work) {
        requireSeated();
        return database.write(held, session -> {
            executors.lockFence(session, executorId, lane);
            T result = work.in(session);
            requireSeated();
            return result;
        });
    }

    void lockFence(Session session, int lane) throws SQLException {
        requireSeated();
        executors.lockFence(session, executorId, lane);
    }

    void requireSeated() {
        if (!seated) {
            throw Executors.fenced(executorId);
        }
    }

    @Override
    public boolean renew() {
        return seated && (exclusive ? executors.isAlive(executorId) : executors.renew(heartbeat, executorId, settings));
    }

    @Override
    public Optional<Instant> clock() {
        return exclusive ? Optional.empty() : Optional.of(executors.clock(heartbeat));
    }

    @Override
    public int sweep() {
        requireSeated();
        int orphans = exclusive ? strangers.getAsInt() : others.buryLapsed(this::noteOthers);
        if (orphans > 0) {
            hintSender.tell(Hint.DUE, this);
        }
        return orphans;
    }

    private void noteOthers(Set<String> living) {
        hintSender.noteOthers(living, isListening());
    }

    @Override
    public void close() {
        if (seated) {
            abandon();
            try {
                if (!database.whenWriterIsFree(PATIENCE, this::leave)) {
                    log.warn("Executor {} could not say that it leaves, a transaction body still runs", executorId);
                }
            } catch (StoreException e) {
                log.warn(
                        "Executor {} could not say that it leaves; others will find out: {}",
                        executorId,
                        Printable.of(e));
            }
        }
    }

    private void leave() {
        if (executors.leave(executorId) > 0) {
            hintSender.tell(Hint.DUE, this);
        }
    }

    @Override
    public void abandon() {
        seated = false;
        hintSender.remove(this);
        letGo();
        whenLeft.accept(this);
    }

    private void letGo() {
        claims.close();
        heartbeat.close();
        sweeps.close();
        lanes.forEach(JdbcLane::close);
        if (listener != null) {
            listener.close();
        }
    }
}
