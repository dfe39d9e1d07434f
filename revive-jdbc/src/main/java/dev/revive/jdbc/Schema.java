// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * The tables. Migrations are numbered files that are never edited; the version table says which were done. Who migrates holds the lock of its
 * row 0 on a second connection meanwhile, since DDL commits what it runs in.
 */
final class Schema {
    /** The newest migration in this jar. */
    static final int LATEST = 9;

    /** In a migration: which tables these are. */
    private static final String STORE_ID = "${store}";

    /** How databases say that a table is not there: most of them in the first way, H2 also in the next two, PostgreSQL in the last. */
    private static final Set<String> MISSING = Set.of("42S02", "42S03", "42S04", "42P01");

    /** What MySQL says where it cannot be asked to add a column only if it is not there. */
    private static final String DUPLICATE_COLUMN = "42S21";

    /** By a time limit or a person: what is so long would be so long again. */
    private static final String CANCELLED = "57014";

    /** Half a minute or so. */
    private static final int LOCK_TRIES = 30;

    private final DataSource source;
    private final Dialect dialect;
    private final String prefix;

    Schema(DataSource source, Dialect dialect, String prefix) {
        this.source = source;
        this.dialect = dialect;
        this.prefix = prefix;
    }

    void prepare(SchemaMode mode) throws SQLException {
        if (mode == SchemaMode.NONE) {
            return;
        }
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(true);
            int version = version(connection);
            requireKnown(version);
            if (version == LATEST) {
                return;
            }
            if (mode == SchemaMode.VALIDATE) {
                throw new StoreException(
                        "The tables %s* are at version %d, this Revive needs version %d. Open the store once with SchemaMode.MIGRATE, or run the files %s/V*.sql in its jar."
                                .formatted(prefix, version, LATEST, dialect.folder()),
                        null);
            }
            createVersionTable(connection);
            migrateAlone(connection);
        }
    }

    private void requireKnown(int version) {
        if (version > LATEST) {
            throw new StoreException(
                    "The tables %s* are at version %d, this Revive knows version %d and below. Use the newer Revive that migrated them."
                            .formatted(prefix, version, LATEST),
                    null);
        }
    }

    private void migrateAlone(Connection connection) throws SQLException {
        try (Connection lock = source.getConnection()) {
            lock.setAutoCommit(false);
            try {
                waitForLock(lock);
                int version = version(connection);
                requireKnown(version);
                for (int next = version + 1; next <= LATEST; next++) {
                    migrate(connection, next);
                }
            } finally {
                lock.rollback();
                lock.setAutoCommit(true);
            }
        }
    }

    private void migrate(Connection connection, int version) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : file(version, connection).split(";\\s*(\\R|$)", -1)) {
                if (!sql.isBlank()) {
                    change(statement, sql);
                }
            }
            statement.executeUpdate("INSERT INTO %sschema_version (version) VALUES (%s)".formatted(prefix, version));
        }
    }

    /**
     * While this waits for a lock, for the end of a backup say, whoever wants one after it waits too, and executors have leases to renew: so it gives
     * up soon, lets them pass, and tries again.
     */
    private void change(Statement statement, String sql) throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                dialect.changeHardlyWaiting(statement, sql);
                return;
            } catch (SQLException e) {
                if (DUPLICATE_COLUMN.equals(e.getSQLState())) {
                    return;
                }
                if (!dialect.isLockedOut(e) || CANCELLED.equals(e.getSQLState()) || tries == LOCK_TRIES) {
                    throw e;
                }
                Database.pauseAfter(Database.TRIES);
            }
        }
    }

    private String file(int version, Connection connection) throws SQLException {
        String name = "%s/V%s.sql".formatted(dialect.folder(), version);
        try (InputStream in = Objects.requireNonNull(Schema.class.getResourceAsStream(name), name)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^\\s*--.*$", "");
            return (text.contains(STORE_ID) ? text.replace(STORE_ID, storeId(connection)) : text)
                    .replace("${prefix}", prefix)
                    .replace("${collation}", dialect.collation());
        } catch (IOException e) {
            throw new StoreException("Cannot read " + name + " in the jar of revive-jdbc.", e);
        }
    }

    /** As a migration that was cut off has left it; else a new one. */
    private String storeId(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT store_id FROM %soutbox_relay WHERE id = 1".formatted(prefix))) {
            return row.next() ? row.getString(1) : UUID.randomUUID().toString();
        } catch (SQLException e) {
            if (MISSING.contains(String.valueOf(e.getSQLState()))) {
                return UUID.randomUUID().toString();
            }
            throw e;
        }
    }

    /** 0 if there is no version table yet. */
    private int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT MAX(version) FROM " + prefix + "schema_version")) {
            return row.next() ? row.getInt(1) : 0;
        } catch (SQLException e) {
            if (MISSING.contains(String.valueOf(e.getSQLState()))) {
                return 0;
            }
            if (dialect.trouble(e) == Dialect.Trouble.REFUSED) {
                throw new StoreException(
                        "The table %sschema_version cannot be read. Has this user the right to SELECT from it? The database says: %s"
                                .formatted(prefix, e.getMessage()),
                        e);
            }
            throw e;
        }
    }

    /** Others may be doing the same at this moment: only the last failure counts. */
    private void createVersionTable(Connection connection) throws SQLException {
        for (int tries = 1; ; tries++) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE IF NOT EXISTS %sschema_version (version INTEGER NOT NULL PRIMARY KEY)"
                        .formatted(prefix));
                statement.executeUpdate(
                        "INSERT INTO %1$sschema_version (version) SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM %1$sschema_version)"
                                .formatted(prefix));
                return;
            } catch (SQLException e) {
                if (tries == Database.TRIES) {
                    throw e;
                }
                Database.pauseAfter(tries);
            }
        }
    }

    private void waitForLock(Connection lock) throws SQLException {
        for (int tries = 1; ; tries++) {
            try (Statement statement = lock.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT version FROM %sschema_version WHERE version = 0 FOR UPDATE".formatted(prefix))) {
                row.next();
                return;
            } catch (SQLException e) {
                if (dialect.trouble(e) != Dialect.Trouble.RETRY || tries == Database.TRIES) {
                    throw e;
                }
                lock.rollback();
            }
        }
    }
}
