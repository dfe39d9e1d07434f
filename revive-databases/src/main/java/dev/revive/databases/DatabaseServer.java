// SPDX-License-Identifier: Apache-2.0
package dev.revive.databases;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A database server of one's own on a free port, in a directory of its own, as durable as in production. Safe for use by many threads. */
public interface DatabaseServer extends AutoCloseable {
    /**
     * Its name and version.
     *
     * @return for example {@code PostgreSQL 18.3}
     */
    String product();

    /**
     * The port it listens on.
     *
     * @return on localhost
     */
    int port();

    /**
     * The JDBC URL of one of its databases.
     *
     * @param database made by {@link #create}
     * @return a URL that holds everything needed to connect
     */
    String url(String database);

    /**
     * A data source without a pool.
     *
     * @param database made by {@link #create}
     * @return opens a connection each time
     */
    DataSource dataSource(String database);

    /**
     * Makes an empty database, in place of an older one of that name.
     *
     * @param database lower-case letters, digits and underscores
     * @return its URL
     */
    default String create(String database) {
        try (Connection connection = dataSource(mainDatabase()).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + database);
            statement.execute("CREATE DATABASE " + database);
            return url(database);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create database " + database + " on " + product(), e);
        }
    }

    /**
     * The database that is always there.
     *
     * @return its name
     */
    String mainDatabase();

    /** Ends the server as a crash of its machine's power does to a process: SIGKILL, at once. */
    void kill();

    /** Starts it again on the same port and the same files; returns when it answers. */
    void restart();

    /** Stops it and deletes its files. */
    @Override
    void close();
}
