// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** Databases of a host, in memory. */
final class TestDatabase {
    private TestDatabase() {}

    static DataSource source(String settings) {
        return of("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1" + settings);
    }

    static DataSource of(String url) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(url);
        return source;
    }

    static HikariDataSource hikari(int size) {
        return pool(source(""), size);
    }

    static HikariDataSource pool(DataSource source, int size) {
        return pool(source, size, 10_000);
    }

    /** @param patience how many milliseconds it makes whoever asks wait for a connection */
    static HikariDataSource pool(DataSource source, int size, long patience) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(patience);
        return new HikariDataSource(config);
    }

    /** The same database under another product's name. */
    static DataSource named(DataSource source, String product) {
        return proxy(
                DataSource.class,
                source,
                "getConnection",
                connection -> proxy(
                        Connection.class,
                        connection,
                        "getMetaData",
                        metaData ->
                                proxy(DatabaseMetaData.class, metaData, "getDatabaseProductName", name -> product)));
    }

    /** The same database, which does not know one of its settings. */
    static DataSource without(DataSource source, String setting) {
        return proxy(
                DataSource.class,
                source,
                "getConnection",
                connection -> proxy(
                        Connection.class,
                        connection,
                        "createStatement",
                        statement -> misspelling((Statement) statement, setting)));
    }

    private static Statement misspelling(Statement statement, String word) {
        return (Statement) Proxy.newProxyInstance(
                TestDatabase.class.getClassLoader(), new Class<?>[] {Statement.class}, (self, called, arguments) -> {
                    boolean isSql = arguments != null && arguments[0] instanceof String;
                    return invoke(
                            statement,
                            called,
                            isSql
                                    ? new Object[] {String.valueOf(arguments[0]).replace(word, "no_" + word)}
                                    : arguments);
                });
    }

    private interface Change {
        Object of(Object answer);
    }

    private static <T> T proxy(Class<T> type, Object target, String method, Change change) {
        return type.cast(Proxy.newProxyInstance(
                TestDatabase.class.getClassLoader(), new Class<?>[] {type}, (self, called, arguments) -> {
                    Object answer = invoke(target, called, arguments);
                    return called.getName().equals(method) ? change.of(answer) : answer;
                }));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
