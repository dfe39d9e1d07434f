// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.hostapp;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** The application's own tables. Nothing here knows Revive; a connection is all it takes to take part in a step's transaction. */
final class Bank {
    private final DataSource database;

    Bank(DataSource database) {
        this.database = database;
    }

    /** Creates the tables and two accounts, unless they are there. */
    void open() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS account (owner VARCHAR(40) PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0))");
            // No key on the id: a payment made twice would show.
            statement.execute("CREATE TABLE IF NOT EXISTS payment (id VARCHAR(255) NOT NULL, amount INTEGER NOT NULL)");
            statement.execute("MERGE INTO account (owner, balance) SELECT * FROM (VALUES ('alice', 100), ('bob', 0))"
                    + " WHERE NOT EXISTS (SELECT 1 FROM account)");
        }
    }

    /** Moves money from Alice to Bob and writes it down, in the transaction of the caller. */
    static void pay(Connection connection, String paymentId, int amount) throws SQLException {
        update(connection, "UPDATE account SET balance = balance - ? WHERE owner = 'alice'", amount);
        update(connection, "UPDATE account SET balance = balance + ? WHERE owner = 'bob'", amount);
        update(connection, "INSERT INTO payment (amount, id) VALUES (?, ?)", amount, paymentId);
    }

    Map<String, Integer> balances() throws SQLException {
        Map<String, Integer> balances = new TreeMap<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT owner, balance FROM account")) {
            while (rows.next()) {
                balances.put(rows.getString(1), rows.getInt(2));
            }
        }
        return balances;
    }

    int payments() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM payment")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static void update(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }
}
