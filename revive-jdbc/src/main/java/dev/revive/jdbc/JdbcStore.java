// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.store.Arrival;
import dev.revive.store.ExecutorRecord;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.Hint;
import dev.revive.store.HostTransaction;
import dev.revive.store.Letter;
import dev.revive.store.Message;
import dev.revive.store.PastLifePage;
import dev.revive.store.Posting;
import dev.revive.store.ReadLimit;
import dev.revive.store.Retry;
import dev.revive.store.SameStart;
import dev.revive.store.StepPage;
import dev.revive.store.StepRecord;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.Undelivered;
import dev.revive.store.WorkflowCounts;
import dev.revive.store.WorkflowExcerpt;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowSummary;
import dev.revive.thread.SteadyClock;
import dev.revive.workflow.Printable;
import dev.revive.workflow.WorkflowStatus;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workflows and steps in a relational database: an H2 file of its own by default, or tables in a database of yours.
 *
 * <p>An acknowledged step survives the end of the process, and by default a power cut. On H2 one write transaction runs at a time, and what the
 * store promises of {@code ctx.transaction} holds as long as nobody else writes to the same H2 database while its process is killed.
 */
public final class JdbcStore implements WorkflowStore {
    private static final Logger log = LoggerFactory.getLogger(JdbcStore.class);

    /** The thread on which a store is opened, and with it perhaps a pool. */
    private static final String OPENING = "revive-opening";

    private static final int STEPS_AT_ONCE = 1_000;
    private static final int SHORT = 1_000;

    private final Database database;
    private final boolean exclusive;
    private final HeldConnection.Source connections;
    private final Runnable whenClosed;
    private final Executors executors;
    private final PastLives pastLives;
    private final Outbox outbox;
    private final FileThreads bodies = FileThreads.writer();
    private final FileThreads readers = FileThreads.readers();
    private final Set<JdbcSeat> seats = ConcurrentHashMap.newKeySet();
    private final HintSender hintSender;
    private final ReentrantLock seating = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final OutboxRelay relay;

    private JdbcStore(
            Database database,
            Outbox outbox,
            boolean exclusive,
            HeldConnection.Source connections,
            HintSender hintSender,
            Runnable whenClosed) {
        this.database = database;
        this.hintSender = hintSender;
        this.exclusive = exclusive;
        this.connections = connections;
        this.whenClosed = whenClosed;
        this.executors = new Executors(database, database);
        this.pastLives = new PastLives(database);
        this.outbox = outbox;
        this.relay = new OutboxRelay(database, new ToldByHints());
    }

    /**
     * Opens the H2 file {@code revive} in a directory, creating both where they are missing. Survives a power cut.
     *
     * @param directory a directory of a local disk, of which no other store makes use
     * @return the store; close it
     * @throws StoreException if the directory is in use, not writable or damaged, saying which and what to do
     */
    public static JdbcStore embedded(Path directory) {
        return embedded(directory, Durability.POWER_LOSS);
    }

    /**
     * Opens the H2 file {@code revive} in a directory, creating both where they are missing.
     *
     * @param directory a directory of a local disk, of which no other store makes use
     * @param durability what an acknowledged step survives
     * @return the store; close it
     * @throws StoreException if the directory is in use, not writable or damaged, saying which and what to do
     */
    public static JdbcStore embedded(Path directory, Durability durability) {
        return embedded(directory, durability, "file");
    }

    /** @param fileSystem of H2, for tests: the scheme of its paths */
    static JdbcStore embedded(Path directory, Durability durability, String fileSystem) {
        return FileThreads.uninterruptible(OPENING, () -> open(EmbeddedFile.open(directory, fileSystem), durability));
    }

    private static JdbcStore open(EmbeddedFile file, Durability durability) {
        try {
            JdbcSettings settings = JdbcSettings.defaults().asExclusive().withDurability(durability);
            H2Dialect dialect = new H2Dialect(durability, file::compactIfGrown);
            Database database = prepared(file.pool(), settings, connection -> dialect);
            HintSender hintSender = new HintSender(database, null, "");
            return new JdbcStore(
                    database, Outbox.of(database), true, file::connect, hintSender, () -> file.close(database));
        } catch (RuntimeException e) {
            file.discard();
            throw e;
        }
    }

    /**
     * Uses tables in a database of yours; creates them if they are missing.
     *
     * @param dataSource stays yours to close; each engine keeps one of its connections for each lane (two by default, one on H2) and
     *     three more, on PostgreSQL four, of an exclusive store two: a pool needs more than that
     * @return the store
     * @throws StoreException if the database cannot be used, saying what to do
     */
    public static JdbcStore over(DataSource dataSource) {
        return over(dataSource, JdbcSettings.defaults());
    }

    /**
     * Uses tables in a database of yours.
     *
     * @param dataSource stays yours to close; each engine keeps one of its connections for each lane (two by default, one on H2) and
     *     three more, on PostgreSQL four, of an exclusive store two: a pool needs more than that
     * @param settings the tables' prefix, what to do about them, and who else uses them
     * @return the store
     * @throws StoreException if the database cannot be used, saying what to do
     */
    public static JdbcStore over(DataSource dataSource, JdbcSettings settings) {
        Objects.requireNonNull(dataSource, "dataSource");
        Database database = FileThreads.uninterruptible(
                OPENING,
                () -> prepared(dataSource, settings, connection -> Dialect.of(connection, settings.durability())));
        Notifications notifications =
                settings.exclusive() ? null : database.dialect().notifications();
        HintSender hintSender = new HintSender(database, notifications, settings.tablePrefix() + "hint");
        Outbox outbox = FileThreads.uninterruptible(OPENING, () -> Outbox.of(database));
        return new JdbcStore(database, outbox, settings.exclusive(), dataSource::getConnection, hintSender, () -> {});
    }

    private interface Dialects {
        Dialect of(Connection connection) throws SQLException;
    }

    private static Database prepared(DataSource source, JdbcSettings settings, Dialects dialects) {
        try {
            noteLeakDetection(source);
            Dialect dialect = checked(source, dialects);
            new Schema(source, dialect, settings.tablePrefix()).prepare(settings.schemaMode());
            boolean isByThisHost = settings.exclusive() && dialect.isInThisProcess();
            SteadyClock host = isByThisHost ? new SteadyClock(Clock.systemUTC()) : null;
            return new Database(source, dialect, new Sql(settings.tablePrefix(), dialect), host);
        } catch (SQLException e) {
            throw new StoreUnavailableException(
                    "The database does not answer, or refuses to be prepared: " + e.getMessage(), e);
        }
    }

    /** It would take each connection that an engine keeps for a leak. */
    private static void noteLeakDetection(DataSource source) {
        if (source instanceof HikariDataSource pool && pool.getLeakDetectionThreshold() > 0) {
            log.info(
                    "{} has leakDetectionThreshold={}: it will report each connection that an engine keeps as a leak, once. They are none; a pool without it, for Revive alone, is quiet.",
                    Printable.of(pool.getPoolName()),
                    pool.getLeakDetectionThreshold());
        }
    }

    private static Dialect checked(DataSource source, Dialects dialects) throws SQLException {
        try (Connection connection = source.getConnection()) {
            Dialect dialect = dialects.of(connection);
            dialect.check(connection);
            return dialect;
        }
    }

    @Override
    public ExecutorSeat seat(ExecutorSettings settings) {
        bodies.requireOutsideOfBody();
        if (closed.get()) {
            throw new StoreException("This store is closed. Open a new one.", null);
        }
        seating.lock();
        try {
            if (exclusive) {
                buryStrangers(false);
            }
            JdbcSeat seat = new JdbcSeat(
                            UUID.randomUUID().toString(),
                            settings,
                            exclusive,
                            database,
                            connections,
                            bodies,
                            hintSender,
                            () -> buryStrangers(true),
                            seats::remove)
                    .open();
            seats.add(seat);
            return seat;
        } finally {
            seating.unlock();
        }
    }

    private int buryStrangers(boolean isHurried) {
        seating.lock();
        try {
            return executors.buryAllBut(
                    seats.stream().map(JdbcSeat::executorId).collect(Collectors.toSet()), isHurried);
        } finally {
            seating.unlock();
        }
    }

    @Override
    public Optional<WorkflowRecord> find(String workflowId) {
        return read(
                session -> Optional.ofNullable(session.first(database.sql().findWorkflow, Rows::workflow, workflowId)));
    }

    @Override
    public List<WorkflowRecord> find(Collection<String> workflowIds) {
        Set<String> ids = Set.copyOf(workflowIds);
        return read(session -> session.query(
                database.sql().findWorkflows, Rows::workflow, database.dialect().textSet(session.connection(), ids)));
    }

    @Override
    public List<WorkflowRecord> list(WorkflowFilter filter) {
        String statement = database.sql().list(filter);
        return read(session -> session.query(statement, Rows::workflow, parameters(filter)));
    }

    @Override
    public List<WorkflowSummary> summaries(WorkflowFilter filter) {
        String statement = database.sql().summaries(filter);
        return read(session -> session.query(statement, Rows::summary, parameters(filter)));
    }

    private static @Nullable Object[] parameters(WorkflowFilter filter) {
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(filter.afterId());
        parameters.addAll(Sql.prefixParameters(filter.idPrefix()));
        if (filter.name() != null) {
            parameters.add(filter.name());
        }
        if (filter.executorId() != null) {
            parameters.add(filter.executorId());
        }
        parameters.add(filter.limit());
        return parameters.toArray();
    }

    @Override
    public WorkflowCounts counts(String idPrefix, int atMost) {
        Object[] parameters = Sql.prefixParameters(idPrefix).toArray();
        Sql sql = database.sql();
        return read(session -> Counting.of(
                idPrefix.isEmpty() ? session.query(sql.countApart(atMost), Rows::group) : List.of(),
                session.query(sql.countFirst(idPrefix, atMost), Rows::group, parameters),
                idPrefix.isEmpty(),
                atMost));
    }

    @Override
    public Optional<WorkflowExcerpt> excerpt(String workflowId, int chars) {
        String statement = database.sql().excerpt(chars);
        return read(session -> Optional.ofNullable(session.first(statement, Rows::excerpt, workflowId)));
    }

    /** Long outputs are measured before they are read: a driver may hold the whole answer of a statement in memory. */
    @Override
    public StepPage stepPage(String workflowId, String afterScope, int afterSequence, ReadLimit limit) {
        Object[] place = {workflowId, afterScope, afterScope, afterSequence};
        ReadLimit atMost = new ReadLimit(limit.chars(), Math.min(limit.rows(), STEPS_AT_ONCE), limit.total());
        Sql sql = database.sql();
        return read(session -> {
            int rows = atMost.chars() <= SHORT
                    ? atMost.rows() + 1
                    : fitting(session.query(sql.stepLengths(atMost), Rows::number, place), atMost);
            return StepPage.of(session.query(sql.stepPage(atMost.chars(), rows), Rows::stepSummary, place), atMost);
        });
    }

    /** How many rows fit, and the one that does not: as a short one it tells that there are more. */
    static int fitting(List<Long> lengths, ReadLimit limit) {
        long total = 0;
        for (int row = 0; row < lengths.size(); row++) {
            total += lengths.get(row);
            if (row > 0 && total > limit.total()) {
                return row + 1;
            }
        }
        return lengths.size();
    }

    @Override
    public Optional<StepRecord> step(String workflowId, String scope, int sequence) {
        return read(session ->
                Optional.ofNullable(session.first(database.sql().stepAt, Rows::step, workflowId, scope, sequence)));
    }

    @Override
    public List<StepRecord> pastSteps(String workflowId, String scope, int sequence) {
        return read(session -> session.query(database.sql().pastStepsAt, Rows::step, workflowId, scope, sequence));
    }

    @Override
    public PastLifePage pastLives(String workflowId, ReadLimit limit) {
        return safely(() -> pastLives.of(workflowId, limit));
    }

    @Override
    public Optional<String> fingerprint(String workflowId) {
        return read(session ->
                Optional.ofNullable(session.first(database.sql().fingerprint, Rows::joined, workflowId, workflowId)));
    }

    @Override
    public List<ExecutorRecord> executors() {
        return read(session ->
                session.query(database.sql().seats, row -> Rows.executor(row, exclusive), database.clockOffset()));
    }

    @Override
    public List<StepRecord> steps(String workflowId) {
        return read(session -> session.query(database.sql().steps, Rows::step, workflowId));
    }

    @Override
    public boolean resume(String workflowId) {
        return told(workflowId, write(session -> resume(session, workflowId)));
    }

    private boolean resume(Session session, String workflowId) throws SQLException {
        Sql sql = database.sql();
        long offset = database.clockOffset();
        WorkflowRecord workflow = session.first(sql.lockWorkflow, Rows::workflow, workflowId);
        if (workflow == null || workflow.status().isFinal()) {
            return false;
        }
        boolean wasToBePaused = session.update(sql.unpause, offset, workflowId, workflow.wakeSeq()) > 0;
        return session.update(sql.resume, offset, workflowId) == 1
                || (wasToBePaused && session.update(sql.wake, offset, offset, workflowId) == 1);
    }

    @Override
    public boolean wake(String workflowId) {
        long offset = database.clockOffset();
        return told(workflowId, write(session -> session.update(database.sql().wake, offset, offset, workflowId) == 1));
    }

    private boolean told(String workflowId, boolean isDue) {
        if (isDue) {
            hintSender.tell(Hint.due(workflowId), null);
        }
        return isDue;
    }

    @Override
    public List<Arrival> send(List<Letter> letters) {
        List<Arrival> arrivals = written(() -> new Inboxes(database).send(letters));
        Set<String> told = new LinkedHashSet<>();
        for (int i = 0; i < arrivals.size(); i++) {
            if (arrivals.get(i) == Arrival.ARRIVED) {
                told.add(letters.get(i).workflowId());
            }
        }
        told.forEach(id -> hintSender.tell(Hint.news(id), null));
        letters.stream()
                .filter(letter -> letter.kind().isIntent()) // it may end what was to be terminated while it ran
                .forEach(letter -> hintSender.tell(Hint.ended(letter.workflowId()), null));
        return arrivals;
    }

    @Override
    public List<WorkflowRecord> overdue(int limit) {
        long offset = database.clockOffset();
        return read(session -> session.query(database.sql().overdue, Rows::workflow, offset, limit, offset, limit));
    }

    @Override
    public List<Message> messages(String workflowId, ReadLimit limit) {
        return read(session -> session.query(
                database.sql().messages, row -> MessageTable.read(row, 1), limit.chars(), workflowId, limit.rows()));
    }

    @Override
    public Optional<Message> message(String workflowId, String key) {
        return read(session -> Optional.ofNullable(
                session.first(database.sql().messageByKey, row -> MessageTable.read(row, 1), workflowId, key)));
    }

    @Override
    public boolean decide(StepRecord zombie, StepRecord decision) {
        if (!zombie.workflowId().equals(decision.workflowId()) || !zombie.key().equals(decision.key())) {
            throw new IllegalArgumentException("The decision is about %s of %s, the zombie is %s of %s."
                    .formatted(decision.key(), decision.workflowId(), zombie.key(), zombie.workflowId()));
        }
        Sql sql = database.sql();
        return told(zombie.workflowId(), write(session -> {
            WorkflowRecord workflow = session.first(sql.lockWorkflow, Rows::workflow, zombie.workflowId());
            StepRecord recorded = session.first(
                    sql.stepAt,
                    Rows::step,
                    zombie.workflowId(),
                    zombie.key().scope(),
                    zombie.key().sequence());
            return workflow != null
                    && workflow.status() == WorkflowStatus.NEEDS_ATTENTION
                    && recorded != null
                    && zombie.isSameAs(recorded)
                    && session.update(sql.replaceStep, StepTable.replacing(decision)) == 1
                    && session.update(sql.resume, database.clockOffset(), workflow.id()) == 1;
        }));
    }

    @Override
    public boolean retry(Retry retry) {
        return told(retry.workflowId(), written(() -> pastLives.retry(retry)));
    }

    @Override
    public void post(Connection connection, Posting posting) {
        outbox.post(connection, posting);
    }

    @Override
    public void transact(HostTransaction work) {
        AtomicBoolean isInterrupted = new AtomicBoolean();
        GuardedBody.Sql<Boolean> body = connection -> {
            try {
                work.run(connection);
            } finally {
                isInterrupted.set(Thread.currentThread().isInterrupted());
            }
            return true;
        };
        if (!database.dialect().toleratesInterrupts()) {
            bodies.requireOutsideOfBody();
            GuardedBody.Sql<Boolean> elsewhere = bodies.onItsOwn(body);
            relay.tell(bodies.call(new CallersTransaction(database, relay, work, elsewhere)::run));
            return;
        }
        try {
            relay.tell(new CallersTransaction(database, relay, work, body).run());
        } finally {
            if (isInterrupted.get()) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean deliver(SameStart same) {
        return written(() -> relay.deliver(same));
    }

    @Override
    public List<Undelivered> undelivered(int limit) {
        return safely(() -> outbox.undelivered(limit));
    }

    @Override
    public List<Undelivered> undelivered(ReadLimit limit) {
        return safely(() -> outbox.undelivered(limit));
    }

    @Override
    public boolean isOnItsWay(String workflowId) {
        return read(session -> session.first(
                        database.sql().postedStarts,
                        row -> row.getString(1),
                        database.dialect().textSet(session.connection(), Set.of(workflowId)))
                != null);
    }

    @Override
    public boolean discard(long position) {
        return written(() -> outbox.discard(position));
    }

    @Override
    public boolean deliverAgain(long position) {
        return written(() -> outbox.deliverAgain(position));
    }

    /** Gives hints of what was delivered. */
    private final class ToldByHints implements OutboxRelay.Told {
        @Override
        public void started(String workflowId) {
            hintSender.tell(Hint.due(workflowId), null);
        }

        @Override
        public void received(String workflowId) {
            hintSender.tell(Hint.news(workflowId), null);
        }
    }

    private <T> T read(Database.Work<T> work) {
        return safely(() -> database.read(work));
    }

    private <T> T write(Database.Work<T> work) {
        return written(() -> database.write(work));
    }

    private <T> T written(Supplier<T> work) {
        bodies.requireOutsideOfBody();
        return safely(work);
    }

    /** The caller may be any thread of the application, which somebody interrupts. */
    private <T> T safely(Supplier<T> work) {
        return database.dialect().toleratesInterrupts() ? work.get() : readers.call(work);
    }

    /** Moves the database's clock, as this store sees it. */
    void moveClock(Duration duration) {
        database.moveClock(duration);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            bodies.close();
            readers.close();
            FileThreads.uninterruptible("revive-closing", () -> {
                List.copyOf(seats).forEach(JdbcSeat::abandon);
                hintSender.close();
                whenClosed.run();
                return true;
            });
        }
    }
}
