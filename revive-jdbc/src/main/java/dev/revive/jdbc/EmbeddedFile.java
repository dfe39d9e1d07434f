// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.store.StoreException;
import dev.revive.thread.BareThreads;
import dev.revive.workflow.Printable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The H2 file of {@link JdbcStore#embedded}: opened by one store of one process at a time, with what durability needs. If H2 closes it, as it does
 * when the disk is full, this is the one place that notices and opens it again, for all connections at once.
 */
final class EmbeddedFile {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedFile.class);
    private static final int ALREADY_OPEN = 90020;
    private static final int DAMAGED = 90030;
    private static final int POOL_SIZE = 10;
    private static final String DATABASE = "revive.mv.db";
    private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(5);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** A file that was open for so long was in order. */
    private static final Duration GOOD_LIFE = Duration.ofSeconds(30);

    private final Path directory;
    private final FileChannel lock;
    private final String url;
    private final JdbcDataSource file = new JdbcDataSource();
    private final HikariDataSource pool;
    private final Set<PosixFilePermission> permissions;
    private final ReentrantLock opening = new ReentrantLock();
    private OpenFile current;
    private long openedAt = System.nanoTime();
    private Duration pause = Duration.ZERO;
    private boolean isDown;
    private boolean over;
    private volatile boolean hasPool;

    private EmbeddedFile(Path directory, FileChannel lock, String url, Set<PosixFilePermission> permissions)
            throws SQLException {
        this.permissions = permissions;
        this.directory = directory;
        this.lock = lock;
        this.url = url;
        this.file.setURL(url);
        this.current = OpenFile.open(url);
        this.pool = pool(new FileSource(this::connect));
        this.hasPool = true;
    }

    static EmbeddedFile open(Path directory) {
        return open(directory, "file");
    }

    /** @param fileSystem of H2: the scheme of its paths */
    static EmbeddedFile open(Path directory, String fileSystem) {
        Path absolute = directory.toAbsolutePath().normalize();
        if (absolute.toString().indexOf(';') >= 0) {
            throw new StoreException(
                    "H2 cannot use the directory %s: its path contains \";\".".formatted(absolute), null);
        }
        createDirectory(absolute);
        FileChannel lock = lock(absolute);
        try {
            requireGoodVersion();
            Set<PosixFilePermission> permissions = ownerOnly(absolute.resolve(DATABASE));
            // WRITE_DELAY: or a killed process loses the last half second. REUSE_RESULTS: or a transaction may not see
            // its own writes.
            return new EmbeddedFile(
                    absolute,
                    lock,
                    "jdbc:h2:" + fileSystem + ":" + absolute.resolve("revive")
                            + ";WRITE_DELAY=0;OPTIMIZE_REUSE_RESULTS=FALSE;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=10000"
                            + ";LAZY_QUERY_EXECUTION=1;TRACE_LEVEL_FILE=0",
                    permissions);
        } catch (SQLException e) {
            throw unlocked(lock, cannotOpen(absolute, e));
        } catch (RuntimeException e) {
            throw unlocked(lock, e);
        }
    }

    private static void createDirectory(Path directory) {
        try {
            OwnerOnly.createDirectory(directory);
        } catch (IOException e) {
            throw new StoreException(
                    "Cannot create the directory %s for Revive's data. Is there a file in its way, or a right missing? %s"
                            .formatted(directory, e),
                    e);
        }
        if (!Files.isWritable(directory)) {
            throw new StoreException(
                    "The directory %s is read-only. Revive must write its data there: give this process the right to, or name another directory."
                            .formatted(directory),
                    null);
        }
    }

    /** A new one before H2 makes it; H2 takes an empty file for none. */
    private static Set<PosixFilePermission> ownerOnly(Path database) {
        try {
            OwnerOnly.createFile(database);
            return OwnerOnly.permissions(database);
        } catch (IOException e) {
            throw new StoreException("Cannot create the file %s: %s".formatted(database, e), e);
        }
    }

    /** H2 locks its file too, but says so less clearly, and lets a second store of the same process in. */
    private static FileChannel lock(Path directory) {
        Path path = directory.resolve("revive.lock");
        FileChannel channel = null;
        try {
            OwnerOnly.createFile(path);
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
            channel.close();
            throw inUse(directory, null);
        } catch (OverlappingFileLockException e) {
            // The channel stays open: on POSIX systems closing it would drop the lock of the store that has the
            // directory.
            throw inUse(directory, e);
        } catch (IOException e) {
            throw new StoreException("Cannot lock %s: %s".formatted(path, e), e);
        }
    }

    private static StoreException inUse(Path directory, @Nullable Exception cause) {
        return new StoreException(
                "The directory %s is in use by another store, of this process or of another one. Close that first, share one JdbcStore, or use a database server for many processes."
                        .formatted(directory),
                cause);
    }

    /**
     * Asked of an empty database in memory: a version that is refused must not touch the file. Not through the driver manager, which knows H2 only
     * where a service file names it to the application's class loader: not in a web application, nor in a jar made of many without merging these.
     */
    private static void requireGoodVersion() throws SQLException {
        JdbcDataSource empty = new JdbcDataSource();
        empty.setURL("jdbc:h2:mem:");
        try (Connection memory = empty.getConnection()) {
            H2Dialect.checkVersion(String.valueOf(H2Dialect.value(memory, "SELECT H2VERSION()")));
        }
    }

    private static HikariDataSource pool(DataSource connections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("revive");
        config.setDataSource(connections);
        config.setMaximumPoolSize(POOL_SIZE);
        config.setMinimumIdle(1);
        config.setMaxLifetime(0);
        config.setThreadFactory(BareThreads.numbered("revive-pool-"));
        return new HikariDataSource(config);
    }

    private static StoreException cannotOpen(Path directory, SQLException e) {
        if (e.getErrorCode() == ALREADY_OPEN) {
            return inUse(directory, e);
        }
        String what = e.getErrorCode() == DAMAGED
                ? "The database file %s is damaged: restore it from a backup. H2 says: %s"
                : "Cannot open the database file %s. Is it read-only, or the disk full? H2 says: %s";
        return new StoreException(what.formatted(directory.resolve("revive.mv.db"), e.getMessage()), e);
    }

    private static <E extends RuntimeException> E unlocked(FileChannel lock, E why) {
        try {
            lock.close();
        } catch (IOException e) {
            why.addSuppressed(e);
        }
        return why;
    }

    HikariDataSource pool() {
        return pool;
    }

    /** A connection apart from the pool. Opens the file again if H2 has closed it. */
    Connection connect() throws SQLException {
        opening.lock();
        try {
            if (over) {
                throw new SQLTransientConnectionException("The store in %s is closed.".formatted(directory));
            }
            Connection joined = current.isGone() ? null : join();
            if (joined == null) {
                reopen();
                joined = file.getConnection();
            }
            return joined;
        } finally {
            opening.unlock();
        }
    }

    /**
     * Null if H2 has forgotten that the file is open: one that was open under the same name before, and is closed only now, takes the name with it. Then
     * what is open is no use to anybody.
     */
    private @Nullable Connection join() throws SQLException {
        try {
            return file.getConnection();
        } catch (SQLException e) {
            if (e.getErrorCode() == ALREADY_OPEN) {
                current.abandon();
                return null;
            }
            throw e;
        }
    }

    /** Not at once if the last opening did not last: a full disk is full for a while. */
    private void reopen() throws SQLException {
        Duration age = Duration.ofNanos(System.nanoTime() - openedAt);
        if (age.compareTo(pause) < 0) {
            throw new SQLTransientConnectionException("H2 has closed the database in %s. It is opened again in %d ms."
                    .formatted(directory, pause.minus(age).toMillis()));
        }
        pause = age.compareTo(GOOD_LIFE) > 0 ? SHORTEST_PAUSE : longer(pause);
        openedAt = System.nanoTime();
        boolean isTold = isDown;
        isDown = true;
        if (!isTold) {
            log.warn(
                    "H2 has closed the database in {}: {}. Opening it again",
                    Printable.of(directory),
                    Printable.of(current.reason()));
        }
        current.abandon();
        try {
            current = OpenFile.open(url);
        } catch (SQLException e) {
            log.atLevel(isTold ? Level.DEBUG : Level.WARN)
                    .log("The database in {} cannot be opened again yet: {}", Printable.of(directory), Printable.of(e));
            throw new SQLTransientConnectionException(
                    "The database in %s cannot be opened again yet: %s".formatted(directory, e.getMessage()), e);
        }
        if (hasPool) { // else it is being made, and this is its first connection
            pool.getHikariPoolMXBean().softEvictConnections();
        }
        isDown = false;
        log.info("The database in {} is open again", Printable.of(directory));
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        if (twice.compareTo(LONGEST_PAUSE) > 0) {
            return LONGEST_PAUSE;
        }
        return twice.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : twice;
    }

    /** After a commit, by the one writer. What was committed is, whatever becomes of this. */
    void compactIfGrown() {
        try {
            current().compactIfGrown();
        } catch (SQLException | RuntimeException e) {
            log.warn("The database in {} could not be compacted: {}", Printable.of(directory), Printable.of(e));
        }
    }

    private OpenFile current() {
        opening.lock();
        try {
            return current;
        } finally {
            opening.unlock();
        }
    }

    /** Makes the file as small as can be, and closes it. */
    void close(Database database) {
        boolean quiet = database.tryLockWriter(PATIENCE_AT_THE_END);
        try {
            end().close();
        } catch (SQLException e) {
            log.warn(
                    "The database in {} could not be compacted while closing: {}",
                    Printable.of(directory),
                    Printable.of(e));
        } finally {
            if (quiet) {
                database.unlockWriter();
            }
            release();
        }
    }

    /** No connection is to be had from now on. First the pool, which would ask for one again and again while it is closed. */
    private OpenFile end() {
        pool.close();
        opening.lock();
        try {
            over = true;
            return current;
        } finally {
            opening.unlock();
        }
    }

    /** Making it small has made it anew. */
    private void restorePermissions() {
        try {
            OwnerOnly.restore(directory.resolve(DATABASE), permissions);
        } catch (IOException e) {
            log.warn(
                    "The permissions of the database in {} could not be restored: {}",
                    Printable.of(directory),
                    Printable.of(e));
        }
    }

    /** Lets go of it at once, when the store could not be opened. */
    void discard() {
        end();
        release();
    }

    private void release() {
        if (!current().isGone()) {
            current().abandon();
        }
        restorePermissions();
        closeLock();
    }

    private void closeLock() {
        try {
            lock.close();
        } catch (IOException e) {
            log.warn("The lock of {} could not be released: {}", Printable.of(directory), Printable.of(e));
        }
    }
}
