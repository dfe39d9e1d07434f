// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Tables as they were when they had just been made. */
final class Emptied {
    /** What the migrations have put there. */
    private static final Set<String> KEPT = Set.of("schema_version", "outbox_relay");

    private Emptied() {}

    /** Takes all rows out of the tables of a prefix, in one transaction: a commit for each would take longer than most tests. */
    static void tables(Connection connection, String prefix) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement deletes = connection.createStatement()) {
            for (String table : of(connection, prefix)) {
                deletes.addBatch("DELETE FROM " + table);
            }
            deletes.executeBatch();
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static List<String> of(Connection connection, String prefix) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet tables = connection
                .getMetaData()
                .getTables(connection.getCatalog(), null, prefix + "%", new String[] {"TABLE"})) {
            while (tables.next()) {
                String name = tables.getString("TABLE_NAME");
                if (name.startsWith(prefix) && !KEPT.contains(name.substring(prefix.length()))) {
                    names.add(name);
                }
            }
        }
        return names;
    }
}
