// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * An empty database of the server, for one contestant in one round.
 *
 * @param url holds everything needed to connect
 */
record Database(String url) {
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** A pool whose callers wait as long as they must: on a slow disk a contestant is slow, and does not fail. */
    HikariDataSource pool(int size) {
        HikariConfig config = new HikariConfig();
        config.setConnectionTimeout(Duration.ofMinutes(5).toMillis());
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }

    long count(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    void run(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
