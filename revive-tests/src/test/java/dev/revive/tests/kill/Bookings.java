// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The host's own table in Revive's H2 file. No key keeps a row from being there twice: that is for Revive to see to. */
final class Bookings {
    private Bookings() {}

    static void createTable(Path directory) {
        execute(
                directory,
                "CREATE TABLE booking (workflow_id VARCHAR NOT NULL, step VARCHAR NOT NULL, nonce VARCHAR NOT NULL)");
        execute(directory, "CREATE INDEX booking_workflow ON booking (workflow_id)");
    }

    private static void execute(Path directory, String sql) {
        try (Connection connection = connect(directory);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In a transaction's body. */
    static void insert(Connection connection, String workflowId, String step, String nonce) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO booking VALUES (?, ?, ?)")) {
            insert.setString(1, workflowId);
            insert.setString(2, step);
            insert.setString(3, nonce);
            insert.executeUpdate();
        }
    }

    /** The nonces of the rows that each step of each workflow left, keyed by {@link #place}. */
    static Map<String, List<String>> all(Path directory) {
        Map<String, List<String>> nonces = new HashMap<>();
        try (Connection connection = connect(directory);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT workflow_id, step, nonce FROM booking")) {
            while (row.next()) {
                nonces.computeIfAbsent(place(row.getString(1), row.getString(2)), place -> new ArrayList<>())
                        .add(row.getString(3));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot read the bookings in " + directory, e);
        }
        return nonces;
    }

    static String place(String workflowId, String step) {
        return workflowId + "/" + step;
    }

    private static Connection connect(Path directory) throws SQLException {
        return DriverManager.getConnection("jdbc:h2:file:" + directory.resolve("revive") + ";WRITE_DELAY=0");
    }
}
