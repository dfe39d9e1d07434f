// SPDX-License-Identifier: Apache-2.0
package dev.revive.databases;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * A MySQL or MariaDB on this machine that somebody else runs, so nobody kills it. Its databases have this process's id in their names, since other processes may
 * use it, too, and are gone when it is closed.
 */
final class GivenServer implements DatabaseServer {
    private static final Pattern URL = Pattern.compile("jdbc:(?:mysql|mariadb)://localhost:(\\d+)/[^?]*\\?(.+)");

    private final String own = "revive_%d_".formatted(ProcessHandle.current().pid());
    private final Set<String> created = ConcurrentHashMap.newKeySet();
    private final int port;
    private final String options;

    private GivenServer(int port, String options) {
        this.port = port;
        this.options = options;
    }

    /** One at {@code jdbc:mysql://localhost:<port>/?user=<who may create databases>}, with what else this user needs to connect. */
    static GivenServer at(String url) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException("Not like jdbc:mysql://localhost:3306/?user=root: " + url);
        }
        return new GivenServer(Integer.parseInt(parts.group(1)), parts.group(2));
    }

    @Override
    public String product() {
        try (Connection connection = dataSource(mainDatabase()).getConnection()) {
            DatabaseMetaData its = connection.getMetaData();
            return its.getDatabaseProductName() + " " + its.getDatabaseProductVersion();
        } catch (SQLException e) {
            throw new IllegalStateException("The server that was given does not answer", e);
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String create(String database) {
        String name = name(database);
        try (Connection connection = dataSource(mainDatabase()).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + name);
            statement.execute("CREATE DATABASE " + name);
            created.add(name);
            return url(database);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create database " + name, e);
        }
    }

    @Override
    public String url(String database) {
        return "jdbc:mariadb://localhost:%d/%s?%s".formatted(port, name(database), options);
    }

    private String name(String database) {
        return database.equals(mainDatabase()) ? database : own + database;
    }

    @Override
    public DataSource dataSource(String database) {
        try {
            return new MariaDbDataSource(url(database));
        } catch (SQLException e) {
            throw new IllegalStateException("The driver does not take this URL", e);
        }
    }

    @Override
    public String mainDatabase() {
        return "mysql";
    }

    @Override
    public void kill() {
        throw new UnsupportedOperationException("Not this process's to kill");
    }

    @Override
    public void restart() {
        throw new UnsupportedOperationException("Not this process's to start");
    }

    /** Leaves it as it was. */
    @Override
    public void close() {
        try (Connection connection = dataSource(mainDatabase()).getConnection();
                Statement statement = connection.createStatement()) {
            for (String name : created) {
                statement.execute("DROP DATABASE IF EXISTS " + name);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot drop " + created, e);
        }
    }
}
