// SPDX-License-Identifier: Apache-2.0
package dev.revive.databases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class DatabaseServerTests {
    @Test
    void postgresKeepsWhatItCommittedWhenItIsKilled() throws SQLException {
        try (PostgresServer server = PostgresServer.start()) {
            keepsWhatItCommittedWhenKilled(server);
        }
    }

    @Test
    void mariaDbKeepsWhatItCommittedWhenItIsKilled() throws SQLException {
        try (MariaDbServer server = MariaDbServer.start()) {
            keepsWhatItCommittedWhenKilled(server);
        }
    }

    /** A MariaDB that starts deletes what looks like a temporary table in the directory for these, whoever's it is; that of the machine is everybody's. */
    @Test
    void mariaDbLeavesOthersTheirTemporaryTablesAsItStarts() throws IOException {
        Path theirs = Files.createTempFile("#sql-temptable-", ".MAI");
        try (MariaDbServer server = MariaDbServer.start()) {
            assertThat(server.product()).startsWith("MariaDB");
            assertThat(theirs).exists();
        } finally {
            Files.deleteIfExists(theirs);
        }
    }

    @Test
    void oneThatSomebodyElseRunsIsLeftAsItWas() throws SQLException {
        try (MariaDbServer theirs = MariaDbServer.start()) {
            theirs.create("shop");
            List<String> before = databases(theirs);
            try (GivenServer given = GivenServer.at(theirs.url("").replace("mariadb", "mysql"))) {
                assertThat(given.product()).startsWith("MariaDB");
                given.create("shop");
                try (Connection connection = given.dataSource("shop").getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY)");
                }
                assertThat(databases(theirs)).hasSize(before.size() + 1);
            }
            assertThat(databases(theirs)).isEqualTo(before);
        }
    }

    private static List<String> databases(DatabaseServer server) throws SQLException {
        try (Connection connection = server.dataSource(server.mainDatabase()).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW DATABASES")) {
            List<String> names = new ArrayList<>();
            while (row.next()) {
                names.add(row.getString(1));
            }
            return names;
        }
    }

    private static void keepsWhatItCommittedWhenKilled(DatabaseServer server) throws SQLException {
        server.create("shop");
        try (Connection connection = server.dataSource("shop").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY)");
            statement.execute("INSERT INTO kept VALUES (1)");
        }
        String product = server.product();

        server.kill();
        server.restart();

        assertThat(server.product()).isEqualTo(product);
        try (Connection connection = server.dataSource("shop").getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM kept")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isEqualTo(1);
        }
    }
}
