// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.store.BareThreads;
import dev.revive.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The H2 file of {@link JdbcStore#embedded}: opened by one store of one process at a time, with what durability needs. */
final class EmbeddedFile {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedFile.class);
    private static final int ALREADY_OPEN = 90020;
    private static final int POOL_SIZE = 10;
    private static final String DATABASE = "revive.mv.db";
    private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(30);

    private final Path directory;
    private final FileChannel lock;
    private final JdbcDataSource file;
    private final HikariDataSource pool;
    private final Set<PosixFilePermission> permissions;

    private EmbeddedFile(
            Path directory,
            FileChannel lock,
            JdbcDataSource file,
            HikariDataSource pool,
            Set<PosixFilePermission> permissions) {
        this.permissions = permissions;
        this.directory = directory;
        this.lock = lock;
        this.file = file;
        this.pool = pool;
    }

    static EmbeddedFile open(Path directory) {
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
            JdbcDataSource file = new JdbcDataSource();
            // WRITE_DELAY: or a killed process loses the last half second. REUSE_RESULTS: or a transaction may not see
            // its own writes.
            file.setURL("jdbc:h2:file:" + absolute.resolve("revive")
                    + ";WRITE_DELAY=0;OPTIMIZE_REUSE_RESULTS=FALSE;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=10000"
                    + ";LAZY_QUERY_EXECUTION=1;TRACE_LEVEL_FILE=0");
            try (Connection first = file.getConnection()) {
                mendWriteDelay(first);
                return new EmbeddedFile(absolute, lock, file, pool(file), permissions);
            }
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

    /** Asked of an empty database in memory: a version that is refused must not touch the file. */
    private static void requireGoodVersion() throws SQLException {
        try (Connection memory = DriverManager.getConnection("jdbc:h2:mem:")) {
            H2Dialect.checkVersion(String.valueOf(H2Dialect.value(memory, "SELECT H2VERSION()")));
        }
    }

    /** The setting is kept in the file; the URL should have changed it. */
    private static void mendWriteDelay(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET WRITE_DELAY 0");
        }
    }

    private static HikariDataSource pool(JdbcDataSource file) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("revive");
        config.setDataSource(file);
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
        return new StoreException(
                "Cannot open the database file %s. If it is damaged, restore it from a backup; if it is read-only, make it writable. H2 says: %s"
                        .formatted(directory.resolve("revive.mv.db"), e.getMessage()),
                e);
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

    /** A connection apart from the pool. */
    Connection connect() throws SQLException {
        return file.getConnection();
    }

    /** Makes the file small, which it is not by itself, and closes it. */
    void close(Database database) {
        boolean quiet = database.tryLockWriter(PATIENCE_AT_THE_END);
        try (Connection last = file.getConnection();
                Statement statement = last.createStatement()) {
            statement.execute("SHUTDOWN COMPACT");
        } catch (SQLException e) {
            log.warn("The database in {} could not be compacted while closing: {}", directory, e.toString());
        } finally {
            if (quiet) {
                database.unlockWriter();
            }
            pool.close();
            restorePermissions();
            closeLock();
        }
    }

    /** Making it small has made it anew. */
    private void restorePermissions() {
        try {
            OwnerOnly.restore(directory.resolve(DATABASE), permissions);
        } catch (IOException e) {
            log.warn("The permissions of the database in {} could not be restored: {}", directory, e.toString());
        }
    }

    /** Lets go of it at once, when the store could not be opened. */
    void discard() {
        pool.close();
        closeLock();
    }

    private void closeLock() {
        try {
            lock.close();
        } catch (IOException e) {
            log.warn("The lock of {} could not be released: {}", directory, e.toString());
        }
    }
}
