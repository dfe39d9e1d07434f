// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** Counts what is read on connections between a statement with certain words and the end of its transaction. */
final class ReadBehind {
    private final String words;
    private final AtomicLong chars = new AtomicLong();

    ReadBehind(String words) {
        this.words = words;
    }

    long chars() {
        return chars.get();
    }

    DataSource of(Supplier<Connection> connections) {
        return proxy(DataSource.class, (method, arguments) -> {
            if (!method.getName().equals("getConnection")) {
                throw new UnsupportedOperationException(method.toString());
            }
            return watched(connections.get(), new AtomicBoolean());
        });
    }

    private Connection watched(Connection connection, AtomicBoolean isBehind) {
        return proxy(Connection.class, (method, arguments) -> {
            Object answer = invoke(connection, method, arguments);
            if (method.getName().equals("commit") || method.getName().equals("rollback")) {
                isBehind.set(false);
            }
            return answer instanceof PreparedStatement statement
                    ? watched(statement, String.valueOf(arguments[0]).contains(words), isBehind)
                    : answer;
        });
    }

    private PreparedStatement watched(PreparedStatement statement, boolean isIt, AtomicBoolean isBehind) {
        return proxy(PreparedStatement.class, (method, arguments) -> {
            Object answer = invoke(statement, method, arguments);
            if (answer instanceof ResultSet rows) {
                isBehind.compareAndSet(false, isIt);
                return isBehind.get() ? counted(rows) : rows;
            }
            return answer;
        });
    }

    private ResultSet counted(ResultSet rows) {
        return proxy(ResultSet.class, (method, arguments) -> {
            Object answer = invoke(rows, method, arguments);
            if (method.getName().equals("next") && Boolean.TRUE.equals(answer)) {
                chars.addAndGet(length(rows));
            }
            return answer;
        });
    }

    private static long length(ResultSet row) throws SQLException {
        long length = 0;
        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
            length += String.valueOf(row.getString(column)).length();
        }
        return length;
    }

    private interface Call {
        Object of(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                ReadBehind.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> call.of(method, arguments)));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
